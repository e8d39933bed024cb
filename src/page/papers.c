/* papers.c — a paper as a page that prints on A4: before it is issued, and as it was issued.
 * What stands on it comes from its own text (format/paper.h), so both are shown by one function. */
#include "care/paper.h"

#include "base/file.h"
#include "base/limits.h"
#include "format/capitals.h"
#include "page/ask.h"
#include "page/cells.h"
#include "page/frame.h"
#include "page/pages.h"
#include "page/papers.h"

#include <glib/gstdio.h>
#include <unistd.h>

static Str capitals(const Req *q, int64_t fen)
{
    g_autoptr(GString) to = g_string_new(NULL);
    capitals_money(fen, to);
    return arena_str(q->arena, (Str){to->str, to->len});
}

static void fill_entries(const Req *q, View *v, const PaperSheet *p)
{
    ViewList *l = view_list(v, "entries");
    for (size_t i = 0; i < p->n_entries; i++) {
        const PaperEntry *e = &p->entries[i];
        View *row = view_add(l);
        int64_t fen;
        view_text(row, "label", e->label);
        view_text(row, "text", e->text);
        if (e->kind == PAPER_MONEY && money_parse(e->text, &fen))
            view_text(row, "capitals", capitals(q, fen));
    }
}

static void fill_rows(View *v, const PaperTable *t)
{
    ViewList *heads = view_list(v, "heads"), *rows = view_list(v, "rows");
    for (size_t k = 0; k < t->n_columns; k++)
        view_text(view_add(heads), "label", t->columns[k].label);
    for (size_t i = 0; i < t->n_rows; i++) {
        View *row = view_add(rows);
        ViewList *cells = view_list(row, "cells");
        view_int(row, "rank", (int64_t)i + 1);
        for (size_t k = 0; k < t->n_columns; k++) {
            View *cell = view_add(cells);
            bool number = t->columns[k].kind == PAPER_MONEY || t->columns[k].kind == PAPER_NUMBER;
            view_text(cell, "label", t->columns[k].label);
            view_text(cell, "text", t->cells[i * t->n_columns + k]);
            view_flag(cell, "number", number);
        }
    }
}

static void fill_sums(const Req *q, View *v, const PaperTable *t)
{
    ViewList *sums = view_list(v, "sums");
    for (size_t k = 0; k < t->n_columns; k++) {
        int64_t fen;
        if (!paper_sum(t, k, &fen))
            continue;
        View *sum = view_add(sums);
        view_text(sum, "label", t->columns[k].label);
        view_text(sum, "amount", words_money(q, fen));
        view_text(sum, "capitals", capitals(q, fen));
    }
}

static bool show_sheet(Req *q, const PaperSheet *p, Str record, Str action, bool may,
                       GError **error)
{
    View *v = view_new(q->arena);
    ViewList *tables = view_list(v, "tables");
    view_text(v, "page_title", p->title);
    view_text(v, "number", p->number);
    view_text(v, "place", p->place_name);
    view_text(v, "document", p->document);
    view_text(v, "clause", p->clause);
    view_text(v, "about", p->about);
    view_text(v, "made", words_date(q, p->made));
    view_text(v, "actor", p->actor);
    view_text(v, "signs", p->signs);
    view_text(v, "digest", p->number.len > 0 ? p->digest : STR(""));
    view_url(v, "record_url", record);
    view_flag(v, "may", may);
    view_url(v, "action_url", action);
    if (p->number.len > 0)
        view_url(v, "book_url",
                 str_of(arena_printf(q->arena, "/papers/%.*s/xlsx", STR_ARG(p->number))));
    fill_entries(q, v, p);
    for (size_t i = 0; i < p->n_tables; i++) {
        View *t = view_add(tables);
        view_text(t, "title", p->tables[i].title);
        view_text(t, "count", words_count(q, p->tables[i].n_rows));
        fill_rows(t, &p->tables[i]);
        fill_sums(q, t, &p->tables[i]);
    }
    return page_show(q, VIEW_PAGE_PAPER, 200, v, error);
}

static bool find_paper(Req *q, const Entity **ret_entity, RecordKey *ret_key, const Paper **ret,
                       GError **error)
{
    if (!req_entity(q, q->arguments[0], ret_entity, error) ||
        !req_key(q, q->arguments[1], ret_key, error))
        return false;
    *ret = paper_named(care_model(q->care), q->arguments[2]);
    return (*ret != NULL && (*ret)->entity == *ret_entity) ||
           fail(error, FAIL_ABSENT, "there is no such paper about these records");
}

bool paper_show(Req *q, GError **error)
{
    const Entity *e;
    const Paper *p;
    RecordKey key;
    PaperSheet sheet;
    if (!find_paper(q, &e, &key, &p, error) ||
        !paper_preview(q->care, q->session, p, key, req_day(q), q->arena, &sheet, error))
        return false;
    const char *rest = arena_printf(q->arena, "/papers/%.*s", STR_ARG(p->name));
    return show_sheet(q, &sheet, record_address(q, e, key, ""), record_address(q, e, key, rest),
                      paper_may(q->care, q->session, p), error);
}

bool paper_do(Req *q, GError **error)
{
    const Entity *e;
    const Paper *p;
    RecordKey key;
    PaperSheet sheet;
    return find_paper(q, &e, &key, &p, error) &&
           paper_issue(q->care, q->session, p, key, 0, q->arena, &sheet, error) &&
           page_redirect(q, str_of(arena_printf(q->arena, "/papers/%.*s", STR_ARG(sheet.number))));
}

bool issued_show(Req *q, GError **error)
{
    const Entity *e;
    RecordKey key;
    PaperSheet sheet;
    return paper_find(q->care, q->session, q->arguments[0], q->arena, &sheet, &e, &key, error) &&
           show_sheet(q, &sheet, record_address(q, e, key, ""), STR("/"), false, error);
}

bool issued_book(Req *q, GError **error)
{
    const Entity *e;
    RecordKey key;
    PaperSheet sheet;
    Str body;
    g_autofree char *path = NULL;
    if (!paper_find(q->care, q->session, q->arguments[0], q->arena, &sheet, &e, &key, error))
        return false;
    int fd = g_file_open_tmp("anlao-paper-XXXXXX", &path, error);
    if (fd < 0)
        return false;
    close(fd);
    bool fine = paper_workbook(&sheet, path, error) &&
                file_read(q->arena, path, LIMIT_ISSUED_BYTES, &body, error);
    (void)g_unlink(path);
    if (!fine)
        return false;
    page_answer(q, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", body);
    http_answer_header(q->http, "Content-Disposition",
                       str_of(arena_printf(q->arena, "attachment; filename=\"%.*s-%.*s.xlsx\"",
                                           STR_ARG(sheet.name), STR_ARG(sheet.number))));
    return true;
}

bool fill_papers(Req *q, View *v, const Entity *e, RecordKey key, GError **error)
{
    const Model *m = care_model(q->care);
    ViewList *papers = view_list(v, "papers"), *issued = view_list(v, "issued");
    IssuedPaper *list;
    size_t n = 0;
    const Paper *p;
    for (size_t i = 0; (p = paper_about(m, e, &i)) != NULL;) {
        View *row = view_add(papers);
        view_text(row, "label", label_of(q, p->label));
        view_url(
            row, "link_url",
            record_address(q, e, key, arena_printf(q->arena, "/papers/%.*s", STR_ARG(p->name))));
    }
    view_flag(v, "has_papers", papers->count > 0);
    if (papers->count > 0 && !paper_list(q->care, q->session, e, key, q->arena, &list, &n, error))
        return false;
    for (size_t i = 0; i < n; i++) {
        View *row = view_add(issued);
        p = paper_named(m, list[i].name);
        view_text(row, "label", p != NULL ? label_of(q, p->label) : list[i].name);
        view_text(row, "number", list[i].number);
        view_text(row, "day", words_date(q, list[i].day));
        view_url(row, "link_url",
                 str_of(arena_printf(q->arena, "/papers/%.*s", STR_ARG(list[i].number))));
    }
    return true;
}
