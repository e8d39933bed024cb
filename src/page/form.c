/* form.c — entering and correcting a record: the form is the Model's, the checks are care's.
 * What was not touched is not sent on, so two people can correct different fields.
 * Read first: form_save(), show_form(). */
#include "base/identifier.h"
#include "care/follow.h"
#include "page/cells.h"
#include "page/frame.h"
#include "page/pages.h"
#include "page/widget.h"

#define REF_OPTIONS_MOST 200u

typedef struct Form {
    const Entity *entity;
    bool is_new;
    RecordKey key;
    Record *record; /* NULL for a new one */
    Str title;
    FieldFault *faults;
    size_t n_faults;
    Str reason, request;
    int64_t expected;
    bool conflict; /* the record was changed while the form was open */
} Form;

static const char *input_name(const Req *q, const Field *f)
{
    return arena_printf(q->arena, "f_%.*s", STR_ARG(f->name));
}

static const char *since_name(const Req *q, const Field *f)
{
    return arena_printf(q->arena, "since_%.*s", STR_ARG(f->name));
}

static const Fact *current_of(const Form *f, const Field *field)
{
    if (f->record == NULL || field->index >= f->record->n_facts)
        return NULL;
    return &f->record->facts[field->index];
}

/* ---- showing ---- */

static void region_options(Req *q, Widget *w)
{
    View *v = view_new(q->arena);
    fill_regions(q, v, "regions", -1);
    const ViewList *list = view_find(v, STR("regions"))->as.list;
    WidgetOption *options = arena_many(q->arena, WidgetOption, list->count + 2);
    size_t n = 0;
    bool has = w->text.len == 0;
    for (const View *r = list->first; r != NULL; r = r->next) {
        Str indent = view_find(r, STR("indent"))->text, label = view_find(r, STR("label"))->text;
        options[n].value = view_find(r, STR("code"))->text;
        options[n].label =
            str_of(arena_printf(q->arena, "%.*s%.*s", STR_ARG(indent), STR_ARG(label)));
        has = has || str_equal(options[n].value, w->text);
        n++;
    }
    if (!has) /* a place outside the reader's own region stays what it is */
        options[n++] = (WidgetOption){w->text, w->text};
    w->options = options;
    w->n_options = n;
}

/* Few records: a list to choose from.  Many: the number is typed, or came with the address. */
static void ref_options(Req *q, Widget *w)
{
    const Entity *to = w->field->type.to;
    ListQuery lq = {.entity = to, .region = -1, .page_rows = 1};
    ListResult r = {0};
    if (!record_list(q->care, q->session, &lq, q->arena, &r, NULL) || r.total > REF_OPTIONS_MOST)
        return;
    lq.page_rows = REF_OPTIONS_MOST;
    if (!record_list(q->care, q->session, &lq, q->arena, &r, NULL))
        return;
    WidgetOption *options = arena_many(q->arena, WidgetOption, r.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < r.n; i++) {
        Value id = VALUE_NUM(r.rows[i].key.id);
        if (!record_title(q->care, q->session, to, r.rows[i].key, q->arena, &options[n].label,
                          NULL))
            continue;
        options[n++].value = widget_text(q, w->field, &id);
    }
    w->options = options;
    w->n_options = n;
}

/* A report is about one of the duties. */
static void duty_options(Req *q, Widget *w)
{
    const Model *m = care_model(q->care);
    DutyRegister of;
    if (w->field->type.kind != KIND_TEXT || !duty_register(m, &of) || of.duty != w->field)
        return;
    WidgetOption *options = arena_many(q->arena, WidgetOption, m->n_duties + 1);
    size_t n = 0;
    for (size_t i = 0; i < m->n_duties; i++)
        if (m->duties[i]->wording.version == 0) /* its later texts have its name */
            options[n++] = (WidgetOption){m->duties[i]->name, label_of(q, m->duties[i]->label)};
    w->options = options;
    w->n_options = n;
}

/* What an input holds: as typed before, as it is, or as the address brought it. */
static Str text_of_input(Req *q, const Form *f, const Field *field)
{
    const Fact *now = current_of(f, field);
    RecordKey key;
    Str text = STR("");
    if (q->post) {
        widget_read(q, field, input_name(q, field), &text);
        return text;
    }
    if (now != NULL && !field->secret)
        return widget_text(q, field, &now->value);
    if (f->is_new && fields_has(&q->query, input_name(q, field))) /* a list led here for this */
        return fields_get(&q->query, input_name(q, field));
    bool brought = field->type.kind == KIND_REF &&
                   str_equal(fields_get(&q->query, "by"), field->name) &&
                   key_parse(fields_get(&q->query, "of"), &key);
    if (!brought)
        return STR("");
    Value id = VALUE_NUM(key.id);
    return widget_text(q, field, &id);
}

static Str fault_of(const Req *q, const Form *f, const Field *field)
{
    for (size_t i = 0; i < f->n_faults; i++)
        if (f->faults[i].field == field)
            return q->lang == LANG_EN ? f->faults[i].en : f->faults[i].zh;
    return STR("");
}

static Str hint_of(Req *q, const Field *f, const Widget *w)
{
    int64_t id = 0;
    switch (f->type.kind) {
    case KIND_REF:
        if (w->options != NULL)
            return STR("");
        return id_parse(w->text, &id) ? reference_title(q, f, id) : say(q, "hint_ref");
    case KIND_MONEY:
        return say(q, "hint_money");
    case KIND_AREA:
        return say(q, "hint_area");
    case KIND_SHARE:
        return say(q, "hint_share");
    case KIND_HOURS:
        return say(q, "hint_hours");
    case KIND_CITIZEN_ID:
        return say(q, "hint_citizen_id");
    case KIND_CREDIT_CODE:
        return say(q, "hint_credit_code");
    case KIND_SET:
        return say(q, "hint_set");
    default:
        return STR("");
    }
}

/* A state is changed by a step, on the record's own page; a new record begins by itself. */
static bool is_state(const Field *f)
{
    return f->entity->procedure != NULL && f->entity->procedure->state == f;
}

static void add_computed(Req *q, const Form *f, View *v, const Field *field)
{
    Str text = STR("");
    view_flag(v, "computed", true);
    if (f->record != NULL)
        fact_text(q, field, f->record, &text);
    view_text(v, "value", text);
}

static void add_input(Req *q, const Form *f, ViewList *list, const Field *field)
{
    const Fact *now = current_of(f, field);
    View *v = view_add(list);
    Widget w = {.field = field, .name = input_name(q, field)};
    Str fault = fault_of(q, f, field);
    Html *h = html_new(q->arena);
    view_word(v, "id", w.name);
    view_text(v, "label", label_of(q, field->label));
    if (field->compute != NULL || is_state(field)) {
        add_computed(q, f, v, field);
        return;
    }
    w.text = text_of_input(q, f, field);
    w.bad = fault.len > 0;
    w.keeps = field->secret && now != NULL && now->value.known;
    if (field->type.kind == KIND_REGION)
        region_options(q, &w);
    else if (field->type.kind == KIND_REF)
        ref_options(q, &w);
    else
        duty_options(q, &w);
    widget_write(q, h, &w);
    view_html(v, "widget_html", h);
    view_flag(v, "group", widget_is_group(field));
    view_flag(v, "required", field->required);
    view_text(v, "hint", hint_of(q, field, &w));
    view_text(v, "fault", fault);
    view_flag(v, "dated", field->dated);
    if (!field->dated)
        return;
    view_word(v, "name", since_name(q, field));
    /* Empty on a correction: a changed value holds from today.  The old day stands in the file;
     * filled in here it would rewrite the past without a word. */
    Str since = f->is_new ? words_date(q, care_today(q->care)) : STR("");
    view_text(v, "since", q->post ? fields_get(&q->form, since_name(q, field)) : since);
}

static void fill_faults(Req *q, View *v, const Form *f)
{
    ViewList *faults = view_list(v, "faults");
    for (size_t i = 0; i < f->n_faults; i++) {
        View *fault = view_add(faults);
        const Field *field = f->faults[i].field;
        view_text(fault, "label", field != NULL ? label_of(q, field->label) : STR(""));
        view_text(fault, "text", q->lang == LANG_EN ? f->faults[i].en : f->faults[i].zh);
        view_url(fault, "anchor_url",
                 field != NULL ? str_of(arena_printf(q->arena, "#%s", input_name(q, field)))
                               : STR("#main"));
    }
    if (f->n_faults > 0 || f->conflict)
        view_text(v, "fault_count", words_count(q, f->n_faults));
}

static bool show_form(Req *q, const Form *f, unsigned status, GError **error)
{
    View *v = view_new(q->arena);
    Str list = str_of(arena_printf(q->arena, "/records/%.*s", STR_ARG(f->entity->name)));
    view_text(v, "page_title", f->is_new ? say(q, "new") : say(q, "correct"));
    view_text(v, "title", f->title);
    view_text(v, "entity_label", label_of(q, f->entity->label));
    view_flag(v, "is_new", f->is_new);
    view_url(v, "back_url", f->is_new ? list : record_address(q, f->entity, f->key, ""));
    view_url(v, "action_url",
             f->is_new ? str_of(arena_printf(q->arena, "%.*s/new", STR_ARG(list)))
                       : record_address(q, f->entity, f->key, "/edit"));
    view_int(v, "seq", f->expected);
    view_text(v, "request", f->request);
    view_text(v, "reason", f->reason);
    fill_faults(q, v, f);
    view_flag(v, "conflict", f->conflict);
    ViewList *fields = view_list(v, "fields");
    for (size_t i = 0; i < f->entity->n_fields; i++)
        add_input(q, f, fields, f->entity->fields[i]);
    return page_show(q, VIEW_PAGE_FORM, status, v, error);
}

/* The record the address names, when it names one. */
static bool read_form(Req *q, Form *f, GError **error)
{
    if (!req_entity(q, q->arguments[0], &f->entity, error))
        return false;
    f->is_new = q->arguments[1].len == 0;
    f->request = q->post ? fields_get(&q->form, "request") : req_nonce(q);
    f->reason = str_trim(fields_get(&q->form, "reason"));
    if (f->is_new)
        return true;
    if (!req_key(q, q->arguments[1], &f->key, error) ||
        !record_get(q->care, q->session, f->entity, f->key, care_today(q->care), q->arena,
                    &f->record, error) ||
        !record_title(q->care, q->session, f->entity, f->key, q->arena, &f->title, error))
        return false;
    Str seq = fields_get(&q->form, "seq");
    f->expected =
        q->post ? g_ascii_strtoll(arena_dup(q->arena, seq.at, seq.len), NULL, 10) : f->record->seq;
    return true;
}

bool form_new(Req *q, GError **error)
{
    Form f = {0};
    return read_form(q, &f, error) && show_form(q, &f, 200, error);
}

bool form_edit(Req *q, GError **error)
{
    Form f = {0};
    return read_form(q, &f, error) && show_form(q, &f, 200, error);
}

/* ---- saving ---- */

static void push_fault(Req *q, Form *f, const Field *field, Str zh, Str en)
{
    FieldFault *all = arena_many(q->arena, FieldFault, f->n_faults + 1);
    if (f->n_faults > 0)
        memcpy(all, f->faults, f->n_faults * sizeof *all);
    all[f->n_faults++] = (FieldFault){field, zh, en};
    f->faults = all;
}

static bool add_fault(Req *q, Form *f, const Field *field, const char *key)
{
    push_fault(q, f, field, text_of(q->site->texts, LANG_ZH, key),
               text_of(q->site->texts, LANG_EN, key));
    return false;
}

/* True when the field is to be changed; false also for faults, which are collected. */
static bool read_edit(Req *q, Form *f, const Field *field, FieldEdit *to)
{
    const Fact *now = current_of(f, field);
    Str was = now != NULL && !field->secret ? widget_text(q, field, &now->value) : STR("");
    Str since = fields_get(&q->form, since_name(q, field));
    *to = (FieldEdit){.field = field};
    if (!f->is_new && !fields_has(&q->form, since_name(q, field)) &&
        !fields_has(&q->form, input_name(q, field)) && field->type.kind != KIND_SET)
        return false; /* not sent: left as it is */
    if (!widget_read(q, field, input_name(q, field), &to->text))
        return add_fault(q, f, field, KEY("fault_set_none"));
    if (field->dated && since.len > 0 && !date_parse(since, &to->since))
        return add_fault(q, f, field, KEY("fault_since"));
    if (!str_equal(to->text, was))
        return true;
    bool moved =
        field->dated && now != NULL && now->value.known && since.len > 0 && to->since != now->since;
    return moved;
}

/* Somebody else was first: what was typed stays, and each field that now differs says what the
 * record has, for the writer to choose.  The next saving is against what is shown. */
static bool show_conflict(Req *q, Form *f, GError **error)
{
    f->conflict = true;
    f->expected = f->record->seq;
    for (size_t i = 0; i < f->entity->n_fields; i++) {
        const Field *field = f->entity->fields[i];
        const Fact *now = current_of(f, field);
        Str typed = STR(""), has = STR("");
        if (field->compute != NULL || is_state(field) || field->secret || now == NULL)
            continue;
        widget_read(q, field, input_name(q, field), &typed);
        if (str_equal(typed, widget_text(q, field, &now->value)))
            continue;
        if (!fact_text(q, field, f->record, &has))
            has = say(q, "absent");
        Str text = say_name(q, "form_now", has);
        push_fault(q, f, field, text, text);
    }
    return show_form(q, f, 409, error);
}

bool form_save(Req *q, GError **error)
{
    Form f = {0};
    RecordKey saved = {0, 0};
    g_autoptr(GError) refused = NULL;
    if (!read_form(q, &f, error))
        return false;
    FieldEdit *edits = arena_many(q->arena, FieldEdit, f.entity->n_fields + 1);
    RecordEdit edit = {.entity = f.entity,
                       .key = f.key,
                       .expected = f.expected,
                       .fields = edits,
                       .reason = f.reason};
    if (!hex_parse(f.request, edit.request, sizeof edit.request))
        return fail(error, FAIL_INPUT, "a form without its number");
    for (size_t i = 0; i < f.entity->n_fields; i++)
        if (f.entity->fields[i]->compute == NULL && !is_state(f.entity->fields[i]) &&
            read_edit(q, &f, f.entity->fields[i], &edits[edit.n_fields]))
            edit.n_fields++;
    if (f.n_faults > 0)
        return show_form(q, &f, 422, error);
    if (edit.n_fields == 0 && !f.is_new)
        return page_redirect(q, record_address(q, f.entity, f.key, "?unchanged=1"));
    if (record_save(q->care, q->session, &edit, q->arena, &saved, &f.faults, &f.n_faults, &refused))
        return page_redirect(q, record_address(q, f.entity, saved, "?saved=1"));
    if (f.n_faults > 0)
        return show_form(q, &f, 422, error);
    if (g_error_matches(refused, FAIL_DOMAIN, FAIL_CONFLICT) && f.record != NULL)
        return show_conflict(q, &f, error);
    g_propagate_error(error, g_steal_pointer(&refused));
    return false;
}
