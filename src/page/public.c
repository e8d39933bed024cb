/* public.c — pages for everybody, without signing in: notices that stand today, and draws with what
 * is needed to check them.  Nothing is read here but what a `publish` or a receipt makes public. */
#include "page/public.h"
#include "base/limits.h"
#include "care/draw.h"
#include "care/publish_file.h"
#include "page/ask.h"
#include "page/follow.h"
#include "page/frame.h"
#include "page/pages.h"
#include "page/policy.h"

#define PUBLIC_ROWS 50u

static Str below(const Req *q, const char *top, Str name, const char *rest)
{
    g_autoptr(GString) to = g_string_new(top);
    address_escape(to, name);
    g_string_append(to, rest);
    return arena_str(q->arena, (Str){to->str, to->len});
}

/* ---- what there is ---- */

static bool fill_notices(Req *q, View *v, GError **error)
{
    const Model *m = care_model(q->care);
    ViewList *l = view_list(v, "notices");
    for (size_t i = 0; i < m->n_publications; i++) {
        const Publish *p = m->publications[i];
        uint64_t n;
        if (!publication_count(q->care, p, &n, error))
            return false;
        if (n == 0 && !publish_in_force(q->care, p))
            continue; /* nothing is left of an earlier text */
        View *row = view_add(l);
        view_text(row, "label", label_of(q, p->label));
        view_text(row, "count", words_count(q, n));
        view_text(row, "document", label_of(q, p->home.document->title));
        view_url(row, "link_url",
                 below(q, "/public/notices/", publish_address(q->care, p, q->arena), ""));
    }
    return true;
}

/* What was drawn, and where: as published, which is Chinese, or as the documents call it now. */
static void fill_names(Req *q, View *v, const char *title, const DrawRound *x)
{
    const RegionTree *t = care_regions(q->care);
    Str place = x->receipt.place_name, what = x->receipt.title;
    for (size_t i = 0; q->lang == LANG_EN && i < t->n; i++)
        if (str_equal(t->code[i], x->receipt.place))
            place = region_name(q, (int32_t)i);
    if (q->lang == LANG_EN && x->draw != NULL)
        what = label_of(q, x->draw->label);
    view_text(v, title, what);
    view_text(v, "place", place);
}

void fill_draw_row(Req *q, View *row, const DrawRound *x)
{
    const Receipt *r = &x->receipt;
    fill_names(q, row, "title", x);
    view_text(row, "number", r->number);
    view_text(row, "listed", words_date(q, r->listed));
    view_flag(row, "drawn", r->drawn);
    view_text(row, "count", words_count(q, r->n_taken));
    view_text(row, "all", words_count(q, r->n_of));
}

static bool fill_draws(Req *q, View *v, GError **error)
{
    DrawRound *rounds;
    size_t n;
    ViewList *l = view_list(v, "draws");
    if (!draw_rounds(q->care, q->arena, &rounds, &n, error))
        return false;
    for (size_t i = 0; i < n; i++) {
        View *row = view_add(l);
        fill_draw_row(q, row, &rounds[i]);
        view_url(row, "link_url", below(q, "/public/draws/", rounds[i].receipt.number, ""));
    }
    return true;
}

bool public_show(Req *q, GError **error)
{
    View *v = view_new(q->arena);
    view_text(v, "page_title", say(q, "public_title"));
    view_text(v, "on", words_date(q, care_today(q->care)));
    return fill_notices(q, v, error) && fill_draws(q, v, error) &&
           page_show(q, VIEW_PAGE_PUBLIC, 200, v, error);
}

/* ---- one notice ---- */

static bool find_notice(Req *q, const Publish **ret, GError **error)
{
    *ret = publish_found(q->care, q->arguments[0]);
    return *ret != NULL || fail(error, FAIL_ABSENT, "there is no such notice");
}

static void fill_lines(Req *q, View *v, const PublicBook *b)
{
    ViewList *heads = view_list(v, "heads"), *rows = view_list(v, "rows");
    for (size_t i = 0; i < b->what->n_fields; i++)
        view_text(view_add(heads), "label", label_of(q, b->what->fields[i].label));
    for (size_t i = 0; i < b->n_lines; i++) {
        const PublicLine *line = &b->lines[i];
        View *row = view_add(rows);
        ViewList *cells = view_list(row, "cells");
        for (size_t k = 0; k < b->what->n_fields; k++) {
            View *cell = view_add(cells);
            view_text(cell, "label", label_of(q, b->what->fields[k].label));
            view_text(cell, "text", line->cells[k]);
        }
        view_text(row, "from", line->has_from ? words_date(q, line->from) : STR(""));
        view_text(row, "until", line->has_until ? words_date(q, line->until) : STR(""));
    }
}

bool public_notice(Req *q, GError **error)
{
    const Publish *p;
    PublicBook b;
    size_t page = req_page(q);
    if (!find_notice(q, &p, error) || !publication_read(q->care, p, 0, q->lang == LANG_EN, page,
                                                        PUBLIC_ROWS, q->arena, &b, error))
        return false;
    View *v = view_new(q->arena);
    view_text(v, "page_title", label_of(q, p->label));
    view_text(v, "on", words_date(q, b.on));
    view_text(v, "document", label_of(q, p->home.document->title));
    view_text(v, "clause", p->home.clause != NULL ? p->home.clause->number : STR(""));
    Label by = follow_names(&p->by, q->arena);
    view_text(v, "by", label_of(q, by));
    view_flag(v, "ends", p->lasts != NULL);
    view_url(v, "csv_url", below(q, "/public/notices/", p->name, "/csv"));
    view_url(v, "json_url", below(q, "/public/notices/", p->name, "/json"));
    fill_paging(q, v, page, PUBLIC_ROWS, b.n_lines, b.total);
    fill_lines(q, v, &b);
    return page_show(q, VIEW_PAGE_PUBLIC_NOTICE, 200, v, error);
}

bool public_file(Req *q, GError **error)
{
    const Publish *p;
    PublicBook b;
    GString *to = g_string_new(NULL);
    bool csv = str_is(q->arguments[1], "csv"), json = str_is(q->arguments[1], "json");
    bool fine = (csv || json || fail(error, FAIL_ABSENT, "a notice is saved as csv or json")) &&
                find_notice(q, &p, error) &&
                publication_read(q->care, p, 0, q->lang == LANG_EN, 0, LIMIT_PAGE_EXPORT, q->arena,
                                 &b, error);
    if (fine && csv)
        public_book_csv(&b, q->lang == LANG_EN, to);
    else if (fine)
        public_book_json(&b, to);
    Str body = arena_str(q->arena, (Str){to->str, to->len});
    g_string_free(to, TRUE);
    if (!fine)
        return false;
    page_answer(q, csv ? "text/csv; charset=utf-8" : "application/json; charset=utf-8", body);
    http_answer_header(q->http, "Content-Disposition",
                       str_of(arena_printf(q->arena, "attachment; filename=\"%.*s.%s\"",
                                           STR_ARG(p->name), csv ? "csv" : "json")));
    return true;
}

/* ---- one draw ---- */

static void fill_head(Req *q, View *v, const DrawRound *x)
{
    const Receipt *r = &x->receipt;
    fill_names(q, v, "page_title", x);
    view_text(v, "number", r->number);
    view_text(v, "document", document_title(q, r->document));
    view_text(v, "clause", r->clause);
    view_text(v, "listed", words_date(q, r->listed));
    view_word(v, "method", r->method == DIGEST_SM3 ? "SM3" : "SHA-256");
    view_word(v, "tool", r->method == DIGEST_SM3 ? "openssl dgst -sm3" : "sha256sum");
    view_text(v, "public_on", words_date(q, r->public_on));
    view_text(v, "public_what", r->public_what);
    view_text(v, "list_digest", r->list);
    view_flag(v, "drawn", r->drawn);
    view_text(v, "value", r->value);
    view_text(v, "dice", r->dice);
    view_text(v, "seed", r->seed);
    view_text(v, "receipt_digest", r->digest);
    ViewList *promises = view_list(v, "promises");
    for (size_t i = 0; i < r->n_commits; i++) {
        View *p = view_add(promises);
        view_text(p, "who", r->commits[i].who);
        view_text(p, "digest", r->commits[i].digest);
        view_text(p, "secret", r->commits[i].secret);
    }
}

static Str names_sent(Req *q, const Receipt *r, const ReceiptTaken *t)
{
    g_autoptr(GString) to = g_string_new(NULL);
    for (size_t i = 0; i < t->n_with; i++) {
        const ReceiptName *x = &r->with[t->with[i]];
        g_string_append_printf(to, "%s%.*s", i > 0 ? (q->lang == LANG_EN ? ", " : "、") : "",
                               STR_ARG(x->name));
        if (!str_equal(x->name, x->id))
            g_string_append_printf(to, " %.*s", STR_ARG(x->id));
    }
    return arena_str(q->arena, (Str){to->str, to->len});
}

/* A draw without classes has one that is called by its number. */
static Str class_label(const Req *q, const Receipt *r, Str name)
{
    return r->n_classes == 1 ? say(q, "filter_all") : name;
}

static void fill_result(Req *q, View *v, const Receipt *r)
{
    ViewList *classes = view_list(v, "classes"), *taken = view_list(v, "taken");
    for (size_t i = 0; i < r->n_classes; i++) {
        View *c = view_add(classes);
        view_text(c, "label", class_label(q, r, r->classes[i].name));
        view_text(c, "all", words_count(q, r->classes[i].all));
        view_text(c, "take", words_count(q, r->classes[i].take));
    }
    for (size_t i = 0; i < r->n_taken; i++) {
        const ReceiptTaken *t = &r->taken[i];
        const ReceiptName *of = &r->of[t->of];
        View *row = view_add(taken);
        view_int(row, "rank", (int64_t)i + 1);
        view_text(row, "id", of->id);
        view_text(row, "name", of->name);
        view_text(row, "label", class_label(q, r, of->class));
        view_text(row, "ticket", (Str){t->ticket.at, MIN(t->ticket.len, 14)});
        view_text(row, "sent", names_sent(q, r, t));
        view_flag(row, "short", t->n_with < r->each);
    }
    view_text(v, "all", words_count(q, r->n_of));
    view_text(v, "people", words_count(q, r->n_with));
    view_text(v, "bars", words_count(q, r->n_bars));
}

void fill_draw(Req *q, View *v, const DrawRound *x)
{
    fill_head(q, v, x);
    fill_result(q, v, &x->receipt);
    view_url(v, "text_url", below(q, "/public/draws/", x->receipt.number, "/receipt"));
}

bool public_draw(Req *q, GError **error)
{
    DrawRound x;
    if (!draw_find(q->care, q->arguments[0], q->arena, &x, error))
        return false;
    View *v = view_new(q->arena);
    fill_draw(q, v, &x);
    return page_show(q, VIEW_PAGE_PUBLIC_DRAW, 200, v, error);
}

bool public_receipt(Req *q, GError **error)
{
    DrawRound x;
    if (!draw_find(q->care, q->arguments[0], q->arena, &x, error))
        return false;
    page_answer(q, "text/plain; charset=utf-8", x.text);
    http_answer_header(q->http, "Content-Disposition",
                       str_of(arena_printf(q->arena, "attachment; filename=\"draw-%.*s.txt\"",
                                           STR_ARG(x.receipt.number))));
    return true;
}
