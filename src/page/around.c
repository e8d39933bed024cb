/* around.c — 相关事项 of one record: what the register itself does not say.  Each section brings
 * its forms; what they do comes back here.  Sections: files
 * (files.c), merges.  Read first: around_page(). */
#include "page/around.h"
#include "care/same.h"
#include "page/frame.h"
#include "page/pages.h"

bool around_read(Req *q, Around *a, GError **error)
{
    a->q = q;
    return req_entity(q, q->arguments[0], &a->entity, error) &&
           req_key(q, q->arguments[1], &a->key, error);
}

static bool fill_merges(Around *a, GError **error)
{
    Req *q = a->q;
    MergeLine *lines = NULL;
    size_t n = 0;
    if (!merges_into(q->care, q->session, a->entity, a->key, q->arena, &lines, &n, error))
        return false;
    ViewList *list = view_list(a->v, "merges");
    for (size_t i = 0; i < n; i++) {
        View *v = view_add(list);
        view_text(v, "title", lines[i].gone_title);
        view_text(v, "number", key_text(q, lines[i].gone));
        view_text(v, "at", words_moment(q, lines[i].at));
        view_text(v, "by", words_actor(q, lines[i].by));
        view_url(v, "action_url", record_address(q, a->entity, a->key, "/unmerge"));
    }
    return true;
}

bool around_page(Around *a, unsigned status, Str fault, GError **error)
{
    Req *q = a->q;
    Str title = STR("");
    if (!record_title(q->care, q->session, a->entity, a->key, q->arena, &title, error))
        return false;
    a->v = view_new(q->arena);
    view_text(a->v, "page_title", say(q, "around_title"));
    view_text(a->v, "title", title);
    view_text(a->v, "entity_label", label_of(q, a->entity->label));
    view_url(a->v, "back_url", record_address(q, a->entity, a->key, ""));
    view_text(a->v, "fault", fault);
    view_flag(a->v, "done", fields_has(&q->query, "done"));
    return around_fill_files(a, error) && around_fill_move(a, error) && fill_merges(a, error) &&
           page_show(q, VIEW_PAGE_AROUND, status, a->v, error);
}

bool around_show(Req *q, GError **error)
{
    Around a = {0};
    return around_read(q, &a, error) && around_page(&a, 200, STR(""), error);
}

/* Done, or the page again with what was wrong. */
bool around_again(Around *a, bool done, Said said, GError *why, GError **error)
{
    if (done)
        return page_redirect(a->q, record_address(a->q, a->entity, a->key, "/around?done=1"));
    if (said.zh == NULL) {
        g_propagate_error(error, why);
        return false;
    }
    g_error_free(why);
    return around_page(a, 422, said_text(a->q, said), error);
}

/* A reason that says too little is asked for again. */
bool around_reason(Around *a, Str *ret)
{
    *ret = str_trim(fields_get(&a->q->form, "reason"));
    return str_utf8_length(*ret) >= REASON_LEAST;
}

bool unmerge_do(Req *q, GError **error)
{
    Around a = {0};
    RecordKey gone;
    MergeReport report = {0};
    GError *why = NULL;
    Str reason;
    if (!around_read(q, &a, error) || !req_key(q, fields_get(&q->form, "gone"), &gone, error))
        return false;
    if (!around_reason(&a, &reason))
        return around_page(&a, 400, say(q, "reveal_reason_short"), error);
    bool done =
        record_unmerge(q->care, q->session, a.entity, gone.id, reason, q->arena, &report, &why);
    if (done && report.asked > 0) /* the record says that it waits, and where */
        return page_redirect(q, record_address(q, a.entity, a.key, "?saved=1"));
    return around_again(&a, done, report.said, why, error);
}
