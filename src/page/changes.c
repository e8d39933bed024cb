/* changes.c — 变更复核: changes that wait for a second person, each with what stands now and what
 * is asked for.  Nobody approves the own ones. */
#include "care/proposal.h"
#include "page/cells.h"
#include "page/frame.h"
#include "page/pages.h"

static void add_row(Req *q, ViewList *rows, const ProposalLine *p)
{
    View *v = view_add(rows);
    bool english = q->lang == LANG_EN;
    view_text(v, "title", p->title);
    view_text(v, "entity_label", label_of(q, p->entity->label));
    view_url(v, "link_url", record_address(q, p->entity, p->subject, ""));
    view_text(v, "by", words_actor(q, p->by));
    view_text(v, "at", words_moment(q, p->at));
    view_text(v, "reason", p->reason);
    view_text(v, "number", key_text(q, p->key));
    view_flag(v, "mine", p->mine);
    view_flag(v, "outdated", p->n_fields == 0);
    view_url(v, "action_url",
             str_of(arena_printf(q->arena, "/changes/%.*s", STR_ARG(key_text(q, p->key)))));
    ViewList *fields = view_list(v, "fields");
    for (size_t i = 0; i < p->n_fields; i++) {
        const ProposalField *f = &p->fields[i];
        View *to = view_add(fields);
        view_text(to, "label", label_of(q, f->field->label));
        view_text(to, "now", english ? f->now_en : f->now_zh);
        view_text(to, "then", english ? f->then_en : f->then_zh);
        view_flag(to, "now_none", f->now_zh.len == 0);
        view_flag(to, "then_none", f->then_zh.len == 0);
        view_text(to, "since", words_date(q, f->since));
    }
}

static bool changes_page(Req *q, unsigned status, Str fault, GError **error)
{
    ProposalLine *lines = NULL;
    size_t n = 0;
    if (!proposal_list(q->care, q->session, q->arena, &lines, &n, error))
        return fail_while(error, "listing changes that wait");
    View *v = view_new(q->arena);
    view_text(v, "page_title", say(q, "changes_title"));
    view_text(v, "fault", fault);
    view_flag(v, "done", fields_has(&q->query, "done"));
    ViewList *rows = view_list(v, "rows");
    for (size_t i = 0; i < n; i++)
        add_row(q, rows, &lines[i]);
    return page_show(q, VIEW_PAGE_CHANGES, status, v, error);
}

bool changes_show(Req *q, GError **error)
{
    return changes_page(q, 200, STR(""), error);
}

bool change_do(Req *q, GError **error)
{
    static const char *const verdicts[] = {[PROPOSAL_APPROVE] = "approve",
                                           [PROPOSAL_REFUSE] = "refuse",
                                           [PROPOSAL_TAKE_BACK] = "back"};
    Str what = fields_get(&q->form, "what"), reason = str_trim(fields_get(&q->form, "reason"));
    RecordKey key;
    Said said = {NULL, NULL};
    g_autoptr(GError) why = NULL;
    if (!req_key(q, q->arguments[0], &key, error))
        return false;
    if (str_utf8_length(reason) < REASON_LEAST)
        return changes_page(q, 400, say(q, "reveal_reason_short"), error);
    for (size_t i = 0; i < G_N_ELEMENTS(verdicts); i++) {
        if (!str_is(what, verdicts[i]))
            continue;
        if (proposal_decide(q->care, q->session, key, (ProposalVerdict)i, reason, &said, &why))
            return page_redirect(q, STR("/changes?done=1"));
        if (said.zh != NULL)
            return changes_page(q, 422, said_text(q, said), error);
        g_propagate_error(error, g_steal_pointer(&why));
        return false;
    }
    return fail(error, FAIL_INPUT, "say whether the change is approved, refused or taken back");
}
