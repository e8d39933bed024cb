/* draw.c — see draw.h.  Read first: draw_list(), draw_make(). */
#include "care/draw.h"

#include "base/identifier.h"
#include "base/limits.h"
#include "care/draw_inside.h"
#include "care/follow.h"
#include "care/record.h"
#include "care/texts.h"
#include "care/write.h"
#include "compile/compile.h"
#include "store/issue.h"

const Draw *draw_named(const Model *m, Str name)
{
    for (size_t i = 0; i < m->n_draws; i++)
        if (str_equal(m->draws[i]->name, name))
            return m->draws[i];
    return NULL;
}

bool draw_offered(const Care *c, const Session *s, const Draw *d)
{
    return follow_may(c, s, &d->by) && text_in_force(c, &d->wording, &d->home, s->region);
}

/* ---- the list */

static bool may_draw(Care *c, const Session *s, const Draw *w, GError **error)
{
    if (follow_may(c, s, &w->by))
        return true;
    return fail(error, FAIL_RIGHT, "the role \"%s\" does not draw \"%.*s\"", s->role->word,
                STR_ARG(w->name)) ||
           fail_zh(error, "本岗位不能办理“%.*s”抽取", STR_ARG(w->label.zh));
}

static bool order_fine(Care *c, const Session *s, const DrawOrder *o, GError **error)
{
    if (!may_draw(c, s, o->draw, error))
        return false;
    if (o->region != ROW_NONE && !region_in(c->regions, o->region, s->region))
        return fail(error, FAIL_RIGHT, "the place lies outside your region") ||
               fail_zh(error, "这个地区不在本辖区");
    if (!receipt_day_fine(care_today(c), o->public_on, error))
        return false;
    if (!receipt_cell_fine(o->public_what, true))
        return fail(error, FAIL_INPUT, "say which public value makes the seed, in one line") ||
               fail_zh(error, "请在一行内写明用哪个公开数值作种子");
    for (size_t i = 0; i < o->n_commits; i++) {
        uint8_t bytes[DIGEST_SIZE];
        if (!receipt_cell_fine(o->commits[i].who, true) ||
            !hex_parse(o->commits[i].digest, bytes, DIGEST_SIZE))
            return fail(error, FAIL_INPUT, "a promise is a name and %d hexadecimal digits",
                        2 * DIGEST_SIZE) ||
                   fail_zh(error, "承诺须写姓名和 %d 位十六进制数", 2 * DIGEST_SIZE);
    }
    return true;
}

static void head_fill(Care *c, const DrawOrder *o, int32_t region, Receipt *r)
{
    const Home *home = &o->draw->home;
    const RegionRow *place = &c->model->regions[region];
    r->draw = o->draw->name;
    r->title = o->draw->label.zh;
    r->document = home->document->name;
    r->clause = home->clause != NULL ? home->clause->number : STR("");
    r->place = c->regions->code[region];
    r->place_name = place->name;
    r->listed = care_today(c);
    r->method = o->method;
    r->each = o->draw->with != NULL ? o->draw->count : 0;
    r->public_on = o->public_on;
    r->public_what = o->public_what;
    r->commits = (ReceiptCommit *)o->commits;
    r->n_commits = o->n_commits;
}

static bool issue(Care *c, const Session *s, const char *kind, int64_t id, const DrawRound *x,
                  Str digest, GError **error)
{
    const IssueRow row = {.id = id,
                          .kind = str_of(kind),
                          .number = x->receipt.number,
                          .name = x->receipt.draw,
                          .entity = STR(""),
                          .place = x->receipt.place,
                          .day = care_today(c),
                          .actor = s->account,
                          .type = STR("text/plain"),
                          .digest = digest,
                          .content = x->text};
    g_autofree char *why =
        g_strdup_printf("%s %.*s %.*s", kind, STR_ARG(x->receipt.number), STR_ARG(digest));
    bool repeated;
    return care_issue(c, s, &row, NULL, str_of(why), &repeated, error);
}

static Str text_of(const Receipt *r, Arena *a)
{
    g_autoptr(GString) to = g_string_new(NULL);
    receipt_print(r, to);
    return arena_str(a, (Str){to->str, to->len});
}

static bool list_make(Care *c, const Session *s, const DrawOrder *asked, Arena *a, DrawRound *ret,
                      GError **error)
{
    g_autoptr(Working) w = NULL;
    Receipt *r = &ret->receipt;
    char id[ID_TEXT];
    int64_t number;
    int32_t region = asked->region != ROW_NONE ? asked->region : s->region;
    const Draw *text = draw_text(c, asked->draw->name, region, care_today(c));
    DrawOrder own = *asked;
    const DrawOrder *o = &own;
    if (text == NULL || !text_in_force(c, &text->wording, &text->home, region))
        return text_refused(c, "the draw", asked->draw->name, &asked->draw->wording,
                            &asked->draw->home, error);
    own.draw = text;
    if (!order_fine(c, s, o, error) || !working_get(c, &w, error) ||
        !care_new_id(c, &number, error))
        return false;
    r->number = arena_str(a, str_of(id_format(number, id)));
    head_fill(c, o, region, r);
    DrawFilling f = {c, w, s, o->draw, region, care_today(c), a, r};
    if (!draw_fill(&f, error) || !receipt_close_list(r, a, error))
        return false;
    ret->draw = o->draw;
    ret->text = text_of(r, a);
    return issue(c, s, "draw-list", number, ret, r->list, error);
}

bool draw_list(Care *c, const Session *s, const DrawOrder *o, Arena *a, DrawRound *ret,
               GError **error)
{
    *ret = (DrawRound){0};
    return list_make(c, s, o, a, ret, error) ||
           fail_while(error, "making the list of \"%.*s\"", STR_ARG(o->draw->name));
}

/* ---- rounds that were issued */

static bool issued_text(Care *c, const char *kind, Str number, Arena *a, IssueRow *ret,
                        bool *ret_there, GError **error)
{
    const IssueQuery q = {.kind = str_of(kind), .number = number, .content = true};
    IssueRow *rows;
    size_t n;
    if (!store_issued(c->store, &q, a, &rows, &n, error))
        return false;
    *ret_there = n > 0;
    if (n > 0)
        *ret = rows[0];
    return true;
}

/* What is stored is believed no more than what comes from outside. */
static bool round_of(Care *c, const IssueRow *row, Arena *a, DrawRound *ret, GError **error)
{
    *ret = (DrawRound){.text = row->content, .made = row->day};
    const char *name = arena_printf(a, "draw %.*s", STR_ARG(row->number));
    if (!receipt_again(row->content, name, a, &ret->receipt, error))
        return false;
    /* A list that was made is drawn by the text under which it was made. */
    ret->draw = draw_text(c, ret->receipt.draw, region_row(c->regions, ret->receipt.place),
                          ret->receipt.listed);
    return true;
}

bool draw_find(Care *c, Str number, Arena *a, DrawRound *ret, GError **error)
{
    IssueRow row;
    bool there = false;
    if (number.len > 0 &&
        (!issued_text(c, "draw-receipt", number, a, &row, &there, error) ||
         (!there && !issued_text(c, "draw-list", number, a, &row, &there, error))))
        return false;
    if (!there)
        return fail(error, FAIL_ABSENT, "there is no draw \"%.*s\"", STR_ARG(number)) ||
               fail_zh(error, "没有第“%.*s”号抽取", STR_ARG(number));
    return round_of(c, &row, a, ret, error);
}

bool draw_rounds(Care *c, Arena *a, DrawRound **ret, size_t *ret_n, GError **error)
{
    const IssueQuery q = {.kind = STR("draw-list"), .most = LIMIT_PAGE_ROWS};
    IssueRow *rows;
    size_t n;
    if (!store_issued(c->store, &q, a, &rows, &n, error))
        return false;
    *ret = arena_many(a, DrawRound, n + 1);
    *ret_n = n;
    for (size_t i = 0; i < n; i++)
        if (!draw_find(c, rows[i].number, a, &(*ret)[i], error))
            return false;
    return true;
}

/* ---- the result */

/* One record for each that was drawn; the key of the request is made from the receipt, so that a
 * second attempt enters none twice. */
static bool gives_all(Care *c, const Session *s, const DrawRound *x, Arena *a, GError **error)
{
    WriteRequest *requests;
    size_t n;
    const WriteBy by = {s->account, s->via};
    if (x->draw == NULL || x->draw->gives.entity == NULL)
        return true;
    if (!draw_records(c, x, a, &requests, &n, error))
        return false;
    for (size_t i = 0; i < n; i += LIMIT_IMPORT_CHUNK)
        if (!care_write_chunk(c, &by, requests + i, MIN(n - i, LIMIT_IMPORT_CHUNK), error))
            return fail_while(error, "entering what was drawn");
    return true;
}

static bool same_seed(const Receipt *r, const DrawSeed *seed)
{
    bool same = str_equal(r->value, seed->value) && str_equal(r->dice, seed->dice) &&
                r->n_commits == seed->n_secrets;
    for (size_t i = 0; same && i < seed->n_secrets; i++)
        same = str_equal(r->commits[i].secret, seed->secrets[i]);
    return same;
}

static bool make(Care *c, const Session *s, const DrawSeed *seed, Arena *a, DrawRound *ret,
                 GError **error)
{
    Receipt *r = &ret->receipt;
    int64_t id;
    if (r->drawn)
        return same_seed(r, seed) ||
               fail(error, FAIL_CONFLICT, "it was drawn before; a draw is made once") ||
               fail_zh(error, "已经抽取过；一次抽取只办一次");
    if (!receipt_day_fine(r->listed, r->public_on, error))
        return false;
    if (care_today(c) < r->public_on)
        return fail(error, FAIL_INPUT, "the public value is not known yet: the list says when") ||
               fail_zh(error, "公开数值还没有公布，公布日期见名单");
    if (!receipt_draw(r, seed->value, seed->dice, seed->secrets, seed->n_secrets, a, error) ||
        !care_new_id(c, &id, error))
        return false;
    ret->made = care_today(c);
    ret->text = text_of(r, a);
    return issue(c, s, "draw-receipt", id, ret, r->digest, error);
}

bool draw_make(Care *c, const Session *s, Str number, const DrawSeed *seed, Arena *a,
               DrawRound *ret, GError **error)
{
    if (!draw_find(c, number, a, ret, error))
        return false;
    int32_t place = region_row(c->regions, ret->receipt.place);
    if (ret->draw == NULL)
        return fail(error, FAIL_ABSENT, "the documents in force have no draw \"%.*s\"",
                    STR_ARG(ret->receipt.draw)) ||
               fail_zh(error, "现行文件里没有这项抽取“%.*s”", STR_ARG(ret->receipt.draw));
    if (place == ROW_NONE || !region_in(c->regions, place, s->region))
        return fail(error, FAIL_RIGHT, "the place of this draw lies outside your region") ||
               fail_zh(error, "这次抽取的地区不在本辖区");
    return may_draw(c, s, ret->draw, error) &&
           ((make(c, s, seed, a, ret, error) && gives_all(c, s, ret, a, error)) ||
            fail_while(error, "drawing \"%.*s\"", STR_ARG(number)));
}
