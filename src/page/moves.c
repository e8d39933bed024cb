/* moves.c — 迁移: who goes on in another county.  What waits for this desk, and what it asked for;
 * asking itself stands on the page around a record. */
#include "care/move.h"
#include "page/around.h"
#include "page/frame.h"
#include "page/pages.h"

static void add_row(Req *q, ViewList *rows, const MoveLine *m)
{
    View *v = view_add(rows);
    view_text(v, "title", m->title);
    view_text(v, "entity_label", label_of(q, m->entity->label));
    view_text(v, "from", region_name(q, m->from));
    view_text(v, "to", region_name(q, m->to));
    view_text(v, "since", words_date(q, m->since));
    view_text(v, "by", words_actor(q, m->by));
    view_text(v, "at", words_moment(q, m->at));
    view_text(v, "reason", m->reason);
    view_text(v, "number", key_text(q, m->key));
    view_flag(v, "incoming", m->incoming);
    view_flag(v, "stuck", m->stuck);
    view_url(v, "action_url",
             str_of(arena_printf(q->arena, "/moves/%.*s", STR_ARG(key_text(q, m->key)))));
}

static bool moves_page(Req *q, unsigned status, Str fault, GError **error)
{
    MoveLine *lines = NULL;
    size_t n = 0;
    if (!move_list(q->care, q->session, q->arena, &lines, &n, error))
        return fail_while(error, "listing moves");
    View *v = view_new(q->arena);
    view_text(v, "page_title", say(q, "moves_title"));
    view_text(v, "fault", fault);
    view_flag(v, "done", fields_has(&q->query, "done"));
    ViewList *rows = view_list(v, "rows");
    for (size_t i = 0; i < n; i++)
        add_row(q, rows, &lines[i]);
    return page_show(q, VIEW_PAGE_MOVES, status, v, error);
}

bool moves_show(Req *q, GError **error)
{
    return moves_page(q, 200, STR(""), error);
}

bool move_do(Req *q, GError **error)
{
    static const char *const verdicts[] = {
        [MOVE_ACCEPT] = "accept", [MOVE_REFUSE] = "refuse", [MOVE_TAKE_BACK] = "back"};
    Str what = fields_get(&q->form, "what"), reason = str_trim(fields_get(&q->form, "reason"));
    RecordKey move, to;
    Said said = {NULL, NULL};
    g_autoptr(GError) why = NULL;
    if (!req_key(q, q->arguments[0], &move, error))
        return false;
    if (str_utf8_length(reason) < REASON_LEAST)
        return moves_page(q, 400, say(q, "reveal_reason_short"), error);
    for (size_t i = 0; i < G_N_ELEMENTS(verdicts); i++) {
        if (!str_is(what, verdicts[i]))
            continue;
        if (move_decide(q->care, q->session, move, (MoveVerdict)i, reason, &to, &said, &why))
            return page_redirect(q, STR("/moves?done=1"));
        if (said.zh != NULL)
            return moves_page(q, 422, said_text(q, said), error);
        g_propagate_error(error, g_steal_pointer(&why));
        return false;
    }
    return fail(error, FAIL_INPUT, "say whether the move is accepted, refused or taken back");
}

/* Asked for on the page around the record. */
bool move_ask_do(Req *q, GError **error)
{
    Around a = {0};
    Said said = {NULL, NULL};
    GError *why = NULL;
    Date since;
    Str reason;
    if (!around_read(q, &a, error))
        return false;
    if (!around_reason(&a, &reason))
        return around_page(&a, 400, say(q, "reveal_reason_short"), error);
    if (!date_parse(fields_get(&q->form, "since"), &since))
        return around_page(&a, 400, say(q, "moves_day"), error);
    bool done = move_ask(q->care, q->session, a.entity, a.key, fields_get(&q->form, "to"), since,
                         reason, &said, &why);
    return around_again(&a, done, said, why, error);
}

/* All places of the tree: where somebody goes lies outside one's own. */
bool around_fill_move(Around *a, GError **error)
{
    Req *q = a->q;
    const RegionTree *t = care_regions(q->care);
    (void)error;
    if (!session_may(q->session, MAY_PERSON_WRITE) || a->entity->place == NULL ||
        a->entity->place->n_path != 1 || entity_is_region(a->entity))
        return true;
    view_url(a->v, "move_url", record_address(q, a->entity, a->key, "/move"));
    ViewList *places = view_list(a->v, "places");
    for (size_t i = 0; i < t->n; i++) {
        if (region_in(t, (int32_t)i, q->session->region))
            continue; /* inside one's own region it is corrected, not moved */
        View *v = view_add(places);
        view_text(v, "code", t->code[i]);
        view_text(v, "label", region_name(q, (int32_t)i));
    }
    return true;
}
