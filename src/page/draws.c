/* draws.c — the ceremony of a draw for those who hold it: the list is made and published, then the
 * value is entered and the result stands.  Who may is the draw's `by`. */
#include "care/draw.h"

#include "care/follow.h"
#include "page/ask.h"
#include "page/follow.h"
#include "page/frame.h"
#include "page/pages.h"
#include "page/public.h"

static Str draw_address(const Req *q, Str number)
{
    g_autoptr(GString) to = g_string_new("/draws/");
    address_escape(to, number);
    return arena_str(q->arena, (Str){to->str, to->len});
}

static int32_t region_of(const Req *q, Str code)
{
    const RegionTree *t = care_regions(q->care);
    for (size_t i = 0; code.len > 0 && i < t->n; i++)
        if (str_equal(t->code[i], code))
            return (int32_t)i;
    return ROW_NONE;
}

/* As it was sent, when something in it was at fault. */
static void fill_form(Req *q, View *v)
{
    Date on;
    char *first_day = arena_alloc(q->arena, DATE_TEXT);
    Str day = fields_get(&q->form, "public_on");
    int32_t region = region_of(q, fields_get(&q->form, "region"));
    view_word(v, "first_day", date_format(care_today(q->care) + 1, first_day));
    view_text(v, "what", fields_get(&q->form, "what"));
    view_text(v, "public_on", date_parse(day, &on) ? day : STR(""));
    view_text(v, "promises", fields_get(&q->form, "promises"));
    view_flag(v, "sm3", str_is(fields_get(&q->form, "method"), "sm3"));
    fill_regions(q, v, "regions", region != ROW_NONE ? region : q->session->region);
}

static bool show_all(Req *q, unsigned status, Str fault, GError **error)
{
    const Model *m = care_model(q->care);
    DrawRound *rounds;
    size_t n;
    View *v = view_new(q->arena);
    ViewList *kinds = view_list(v, "kinds"), *rows = view_list(v, "draws");
    const FollowQuery all = {.region = ROW_NONE};
    if (!draw_rounds(q->care, q->arena, &rounds, &n, error) ||
        !fill_recurring(q, v, &all, RECUR_DRAWS, error))
        return false;
    view_text(v, "page_title", say(q, "nav_draws"));
    view_text(v, "fault", fault);
    fill_form(q, v);
    for (size_t i = 0; i < m->n_draws; i++)
        if (draw_offered(q->care, q->session, m->draws[i]))
            add_option(kinds, m->draws[i]->name, label_of(q, m->draws[i]->label),
                       fields_get(&q->form, "draw"));
    view_flag(v, "may", kinds->count > 0);
    for (size_t i = 0; i < n; i++) {
        View *row = view_add(rows);
        fill_draw_row(q, row, &rounds[i]);
        view_url(row, "link_url", draw_address(q, rounds[i].receipt.number));
    }
    return page_show(q, VIEW_PAGE_DRAWS, status, v, error);
}

bool draws_show(Req *q, GError **error)
{
    return show_all(q, 200, STR(""), error);
}

/* What the person who asked can mend is said on the form; the rest is a page of its own. */
static bool is_told(const GError *why)
{
    return g_error_matches(why, FAIL_DOMAIN, FAIL_INPUT) ||
           g_error_matches(why, FAIL_DOMAIN, FAIL_CONFLICT);
}

/* 甲某=ab12… a line. */
static bool read_promises(Req *q, DrawOrder *o, GError **error)
{
    Str text = fields_get(&q->form, "promises");
    GArray *list = g_array_new(FALSE, FALSE, sizeof(ReceiptCommit));
    bool fine = true;
    while (fine && text.at != NULL && text.len > 0) {
        Str line = str_trim(str_cut(&text, '\n'));
        ReceiptCommit c = {.who = str_trim(str_cut(&line, '='))};
        if (c.who.len == 0)
            continue;
        c.digest = str_trim(line);
        fine = line.at != NULL || fail(error, FAIL_INPUT, "a promise is written WHO=DIGEST") ||
               fail_zh(error, "承诺请写成：姓名=摘要，每行一个");
        g_array_append_val(list, c);
    }
    ReceiptCommit *kept = arena_list(q->arena, list, NULL);
    o->commits = kept;
    o->n_commits = list->len;
    g_array_unref(list);
    return fine;
}

static bool is_same(const Req *q, const Receipt *r, const DrawOrder *o)
{
    bool same = o->region != ROW_NONE &&
                str_equal(r->place, care_regions(q->care)->code[o->region]) && !r->drawn &&
                r->listed == care_today(q->care) && str_equal(r->draw, o->draw->name) &&
                r->public_on == o->public_on && str_equal(r->public_what, o->public_what) &&
                r->method == o->method && r->n_commits == o->n_commits;
    for (size_t i = 0; same && i < o->n_commits; i++)
        same = str_equal(r->commits[i].who, o->commits[i].who) &&
               str_equal(r->commits[i].digest, o->commits[i].digest);
    return same;
}

/* A form sent twice publishes one list: of two, whoever holds the draw could choose. */
static bool list_once(Req *q, const DrawOrder *o, DrawRound *ret, GError **error)
{
    DrawRound *rounds;
    size_t n;
    if (!draw_rounds(q->care, q->arena, &rounds, &n, error))
        return false;
    for (size_t i = 0; i < n; i++)
        if (is_same(q, &rounds[i].receipt, o) && draw_offered(q->care, q->session, o->draw)) {
            *ret = rounds[i];
            return true;
        }
    return draw_list(q->care, q->session, o, q->arena, ret, error);
}

static bool make_list(Req *q, DrawRound *ret, GError **error)
{
    DrawOrder o = {.draw = draw_named(care_model(q->care), fields_get(&q->form, "draw"))};
    if (o.draw == NULL)
        return fail(error, FAIL_INPUT, "say which draw") || fail_zh(error, "请选择抽取的事项");
    if (!date_parse(fields_get(&q->form, "public_on"), &o.public_on))
        return fail(error, FAIL_INPUT, "say on which day the value will be public") ||
               fail_zh(error, "请填写数值公开的日期");
    if (o.public_on <= care_today(q->care))
        return fail(error, FAIL_INPUT, "%.*s", STR_ARG(say(q, "draw_same_day"))) ||
               fail_zh(error, "%.*s", STR_ARG(say(q, "draw_same_day")));
    Str code = fields_get(&q->form, "region");
    o.region = region_of(q, code);
    if (code.len > 0 && o.region == ROW_NONE)
        return fail(error, FAIL_INPUT, "there is no region \"%.*s\"", STR_ARG(code)) ||
               fail_zh(error, "没有地区“%.*s”，请重新选择", STR_ARG(code));
    o.public_what = str_trim(fields_get(&q->form, "what"));
    o.method = str_is(fields_get(&q->form, "method"), "sm3") ? DIGEST_SM3 : DIGEST_SHA256;
    return read_promises(q, &o, error) && list_once(q, &o, ret, error);
}

bool draws_do(Req *q, GError **error)
{
    DrawRound x;
    GError *why = NULL;
    if (make_list(q, &x, &why))
        return page_redirect(q, draw_address(q, x.receipt.number));
    if (!is_told(why)) {
        g_propagate_error(error, why);
        return false;
    }
    Str fault = why_text(q, why);
    g_error_free(why);
    return show_all(q, 400, fault, error);
}

/* ---- one ---- */

static bool show_one(Req *q, const DrawRound *x, unsigned status, Str fault, GError **error)
{
    View *v = view_new(q->arena);
    bool may = x->draw != NULL && follow_may(q->care, q->session, &x->draw->by);
    fill_draw(q, v, x);
    view_text(v, "fault", fault);
    view_flag(v, "waits", care_today(q->care) < x->receipt.public_on);
    view_flag(v, "may", may && !x->receipt.drawn && care_today(q->care) >= x->receipt.public_on);
    view_url(v, "action_url", draw_address(q, x->receipt.number));
    ViewList *secrets = view_list(v, "secrets");
    for (size_t i = 0; i < x->receipt.n_commits; i++) {
        View *s = view_add(secrets);
        view_word(s, "name", arena_printf(q->arena, "secret%zu", i + 1));
        view_text(s, "who", x->receipt.commits[i].who);
    }
    return page_show(q, VIEW_PAGE_DRAW, status, v, error);
}

bool draw_show(Req *q, GError **error)
{
    DrawRound x;
    return draw_find(q->care, q->arguments[0], q->arena, &x, error) &&
           show_one(q, &x, 200, STR(""), error);
}

bool draw_do(Req *q, GError **error)
{
    DrawRound x;
    DrawSeed seed = {.value = str_trim(fields_get(&q->form, "value")),
                     .dice = str_trim(fields_get(&q->form, "dice"))};
    GError *why = NULL;
    if (!draw_find(q->care, q->arguments[0], q->arena, &x, error))
        return false;
    Str *secrets = arena_many(q->arena, Str, x.receipt.n_commits + 1);
    for (size_t i = 0; i < x.receipt.n_commits; i++)
        secrets[i] = str_trim(fields_get(&q->form, arena_printf(q->arena, "secret%zu", i + 1)));
    seed.secrets = secrets;
    seed.n_secrets = x.receipt.n_commits;
    if (draw_make(q->care, q->session, q->arguments[0], &seed, q->arena, &x, &why))
        return page_redirect(q, draw_address(q, x.receipt.number));
    if (!is_told(why)) {
        g_propagate_error(error, why);
        return false;
    }
    Str fault = why_text(q, why);
    g_error_free(why);
    return draw_find(q->care, q->arguments[0], q->arena, &x, error) &&
           show_one(q, &x, 400, fault, error);
}
