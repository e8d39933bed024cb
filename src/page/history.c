/* history.c — 操作留痕: who changed what, when and why; from the journal, newest first. */
#include "page/cells.h"
#include "page/frame.h"
#include "page/pages.h"

#define LINES_MOST 200u

static void add_line(Req *q, ViewList *list, const HistoryLine *line)
{
    View *v = view_add(list);
    bool english = q->lang == LANG_EN;
    view_text(v, "at", words_moment(q, line->at));
    view_text(v, "actor", words_actor(q, line->actor));
    view_text(v, "via", words_journal(q, line->via));
    view_text(v, "kind", words_journal(q, line->kind));
    view_text(v, "reason", label_of(q, line->reason));
    view_int(v, "seq", line->seq);
    ViewList *fields = view_list(v, "fields");
    for (size_t i = 0; i < line->n_fields; i++) {
        const struct HistoryField *f = &line->fields[i];
        Str before = english ? f->before_en : f->before_zh;
        Str after = english ? f->after_en : f->after_zh;
        View *to = view_add(fields);
        view_text(to, "label", label_of(q, f->field->label));
        view_text(to, "before", before);
        view_text(to, "after", after);
        view_flag(to, "before_none", before.len == 0);
        view_flag(to, "after_none", after.len == 0);
        view_text(to, "since", f->field->dated ? words_date(q, f->since) : STR(""));
    }
}

bool history_show(Req *q, GError **error)
{
    const Entity *e = NULL;
    RecordKey key;
    HistoryLine *lines = NULL;
    size_t n = 0;
    Str title = STR("");
    if (!req_entity(q, q->arguments[0], &e, error) || !req_key(q, q->arguments[1], &key, error) ||
        !record_title(q->care, q->session, e, key, q->arena, &title, error) ||
        !record_history(q->care, q->session, e, key, LINES_MOST, q->arena, &lines, &n, error))
        return fail_while(error, "showing who changed a record");
    View *v = view_new(q->arena);
    view_text(v, "page_title", say(q, "history_title"));
    view_text(v, "title", title);
    view_text(v, "entity_label", label_of(q, e->label));
    view_url(v, "back_url", record_address(q, e, key, ""));
    ViewList *list = view_list(v, "lines");
    for (size_t i = 0; i < n; i++)
        add_line(q, list, &lines[i]);
    return page_show(q, VIEW_PAGE_HISTORY, 200, v, error);
}
