/* reveal.c — a full number is shown once, after a reason, and the journal says so first. */
#include "page/cells.h"
#include "page/frame.h"
#include "page/pages.h"

typedef struct Asked {
    const Entity *entity;
    const Field *field;
    RecordKey key;
    Str title;
} Asked;

static bool read_asked(Req *q, Asked *a, GError **error)
{
    if (!req_entity(q, q->arguments[0], &a->entity, error) ||
        !req_key(q, q->arguments[1], &a->key, error))
        return false;
    a->field = entity_field(a->entity, q->arguments[2]);
    if (a->field == NULL || !a->field->secret)
        return fail(error, FAIL_ABSENT, "no such secret field");
    return record_allowed(q->care, q->session, a->entity, a->key, error) &&
           record_title(q->care, q->session, a->entity, a->key, q->arena, &a->title, error);
}

static bool show(Req *q, const Asked *a, unsigned status, Str value, Str fault, GError **error)
{
    View *v = view_new(q->arena);
    view_text(v, "page_title", say(q, "reveal_title"));
    view_text(v, "title", a->title);
    view_text(v, "entity_label", label_of(q, a->entity->label));
    view_text(v, "field_label", label_of(q, a->field->label));
    view_url(v, "back_url", record_address(q, a->entity, a->key, ""));
    view_url(v, "action_url",
             record_address(q, a->entity, a->key,
                            arena_printf(q->arena, "/reveal/%.*s", STR_ARG(a->field->name))));
    view_text(v, "value", value);
    view_text(v, "fault", fault);
    return page_show(q, VIEW_PAGE_REVEAL, status, v, error);
}

bool reveal_ask(Req *q, GError **error)
{
    Asked a = {0};
    return read_asked(q, &a, error) && show(q, &a, 200, STR(""), STR(""), error);
}

bool reveal_do(Req *q, GError **error)
{
    Asked a = {0};
    Str reason = str_trim(fields_get(&q->form, "reason")), value = STR("");
    if (!read_asked(q, &a, error))
        return false;
    if (str_utf8_length(reason) < REASON_LEAST)
        return show(q, &a, 400, STR(""), say(q, "reveal_reason_short"), error);
    if (!record_reveal(q->care, q->session, a.field, a.key, reason, q->arena, &value, error))
        return fail_while(error, "showing a full number");
    return show(q, &a, 200, value, STR(""), error);
}
