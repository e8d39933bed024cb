/* same.c — 可能重复: records that may be one person, two side by side with the reasons, the merge
 * and its undoing.  Nothing is ticked beforehand: a person decides, and says why. */
#include "care/same.h"
#include "page/cells.h"
#include "page/frame.h"
#include "page/pages.h"

#define PAIRS_SHOWN 100u

static Str pair_address(const Req *q, const Entity *e, RecordKey a, RecordKey b)
{
    return str_of(arena_printf(q->arena, "/alike/%.*s/%.*s/%.*s", STR_ARG(e->name),
                               STR_ARG(key_text(q, a)), STR_ARG(key_text(q, b))));
}

static void fill_reasons(const Req *q, View *v, const Alike *pair)
{
    ViewList *list = view_list(v, "reasons");
    for (size_t i = 0; i < pair->n_reasons; i++) {
        View *r = view_add(list);
        view_word(r, "text", q->lang == LANG_EN ? pair->reasons[i].en : pair->reasons[i].zh);
        view_word(r, "points", arena_printf(q->arena, "%+d", pair->reasons[i].points));
        view_flag(r, "against", pair->reasons[i].points < 0);
    }
}

bool alike_show(Req *q, GError **error)
{
    const Entity *e = NULL;
    Alike *pairs = NULL;
    size_t n = 0;
    uint64_t all = 0;
    int32_t region = req_region(q);
    if (!req_entity(q, q->arguments[0], &e, error) ||
        !alike_list(q->care, q->session, e, region, PAIRS_SHOWN, q->arena, &pairs, &n, &all, error))
        return fail_while(error, "looking for records that are alike");
    View *v = view_new(q->arena);
    view_text(v, "page_title", say(q, "alike_title"));
    view_text(v, "entity_label", label_of(q, e->label));
    view_url(v, "back_url", str_of(arena_printf(q->arena, "/records/%.*s", STR_ARG(e->name))));
    view_url(v, "clear_url", str_of(arena_printf(q->arena, "/alike/%.*s", STR_ARG(e->name))));
    view_text(v, "total", words_count(q, all));
    view_text(v, "shown", words_count(q, n));
    fill_regions(q, v, "regions", region);
    ViewList *rows = view_list(v, "rows");
    for (size_t i = 0; i < n; i++) {
        View *row = view_add(rows);
        view_text(row, "a_title", pairs[i].a_title);
        view_text(row, "b_title", pairs[i].b_title);
        view_int(row, "score", pairs[i].score);
        view_url(row, "link_url", pair_address(q, e, pairs[i].a, pairs[i].b));
        fill_reasons(q, row, &pairs[i]);
    }
    return page_show(q, VIEW_PAGE_ALIKE, 200, v, error);
}

/* ---- two side by side ---- */

typedef struct Two {
    const Entity *entity;
    RecordKey a, b;
    Alike pair;
    Record *left, *right;
} Two;

static bool read_two(Req *q, Two *t, GError **error)
{
    if (!req_entity(q, q->arguments[0], &t->entity, error) ||
        !req_key(q, q->arguments[1], &t->a, error) || !req_key(q, q->arguments[2], &t->b, error) ||
        !alike_pair(q->care, q->session, t->entity, t->a, t->b, q->arena, &t->pair, error))
        return false;
    t->a = t->pair.a;
    t->b = t->pair.b;
    return record_get(q->care, q->session, t->entity, t->a, 0, q->arena, &t->left, error) &&
           record_get(q->care, q->session, t->entity, t->b, 0, q->arena, &t->right, error);
}

static void add_row(Req *q, ViewList *rows, const Field *f, const Two *t)
{
    Str left = STR(""), right = STR("");
    bool has_left = fact_text(q, f, t->left, &left), has_right = fact_text(q, f, t->right, &right);
    if (!has_left && !has_right)
        return;
    View *row = view_add(rows);
    view_text(row, "label", label_of(q, f->label));
    view_text(row, "left", left);
    view_text(row, "right", right);
    view_flag(row, "left_none", !has_left);
    view_flag(row, "right_none", !has_right);
    view_flag(row, "differs", has_left && has_right && !str_equal(left, right));
}

static bool show_two(Req *q, const Two *t, unsigned status, Str fault, GError **error)
{
    View *v = view_new(q->arena);
    view_text(v, "page_title", say(q, "alike_title"));
    view_text(v, "entity_label", label_of(q, t->entity->label));
    view_url(v, "back_url",
             str_of(arena_printf(q->arena, "/alike/%.*s", STR_ARG(t->entity->name))));
    view_url(v, "action_url", pair_address(q, t->entity, t->a, t->b));
    view_url(v, "a_url", record_address(q, t->entity, t->a, ""));
    view_url(v, "b_url", record_address(q, t->entity, t->b, ""));
    view_text(v, "a_title", t->pair.a_title);
    view_text(v, "b_title", t->pair.b_title);
    view_text(v, "a_number", key_text(q, t->a));
    view_text(v, "b_number", key_text(q, t->b));
    view_int(v, "score", t->pair.score);
    view_text(v, "fault", fault);
    view_flag(v, "two_counties", t->a.county != t->b.county);
    fill_reasons(q, v, &t->pair);
    ViewList *rows = view_list(v, "rows");
    for (size_t i = 0; i < t->entity->n_fields; i++)
        add_row(q, rows, t->entity->fields[i], t);
    return page_show(q, VIEW_PAGE_ALIKE_PAIR, status, v, error);
}

bool alike_pair_show(Req *q, GError **error)
{
    Two t = {0};
    return read_two(q, &t, error) && show_two(q, &t, 200, STR(""), error);
}

static bool decide_two(Req *q, const Two *t, Str what, Str reason, Str *ret_to, Said *ret_said,
                       GError **error)
{
    MergeReport report = {0};
    bool left = str_is(what, "left"), right = str_is(what, "right");
    if (str_is(what, "apart")) {
        *ret_to = str_of(arena_printf(q->arena, "/alike/%.*s", STR_ARG(t->entity->name)));
        return alike_apart(q->care, q->session, t->entity, t->a, t->b, reason, error);
    }
    if (!left && !right)
        return fail(error, FAIL_INPUT, "say whether they are one person, and which record stays");
    *ret_to = record_address(q, t->entity, left ? t->a : t->b, "?saved=1");
    bool done = record_merge(q->care, q->session, t->entity, left ? t->b : t->a, left ? t->a : t->b,
                             reason, q->arena, &report, error);
    *ret_said = report.said;
    return done;
}

bool alike_pair_do(Req *q, GError **error)
{
    Two t = {0};
    Str what = fields_get(&q->form, "what"), reason = str_trim(fields_get(&q->form, "reason")), to;
    g_autoptr(GError) why = NULL;
    Said said = {NULL, NULL};
    if (!read_two(q, &t, error))
        return false;
    if (what.len == 0)
        return show_two(q, &t, 400, say(q, "alike_choose"), error);
    if (str_utf8_length(reason) < REASON_LEAST)
        return show_two(q, &t, 400, say(q, "reveal_reason_short"), error);
    if (decide_two(q, &t, what, reason, &to, &said, &why))
        return page_redirect(q, to);
    if (said.zh != NULL)
        return show_two(q, &t, 422, said_text(q, said), error);
    g_propagate_error(error, g_steal_pointer(&why));
    return false;
}
