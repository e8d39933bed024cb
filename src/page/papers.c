/* papers.c — papers: all that one may issue, one before it is issued, one as it was issued with its
 * scans.  What a paper looks like is made in paper_view.c.
 * Read first: papers_show(), paper_show(), issued_show(). */
#include "page/papers.h"
#include "base/file.h"
#include "base/limits.h"
#include "care/consent.h"
#include "page/ask.h"
#include "page/cells.h"
#include "page/frame.h"
#include "page/pages.h"

#include <glib/gstdio.h>
#include <unistd.h>

#define RECENT_SHOWN 50u
#define BEFORE_SHOWN 3u

static Str issued_address(const Req *q, Str number, const char *below)
{
    g_autoptr(GString) to = g_string_new("/papers/");
    address_escape(to, number);
    g_string_append(to, below);
    return arena_str(q->arena, (Str){to->str, to->len});
}

/* ---- one paper, not issued yet */

typedef struct Asked {
    const Entity *entity; /* NULL: a pay run */
    RecordKey key;
    const Paper *paper;
} Asked;

static Str about_address(const Req *q, const Entity *e, RecordKey key, const char *below)
{
    if (e != NULL)
        return record_address(q, e, key, below);
    return str_of(arena_printf(q->arena, "/pay/%" G_GINT64_FORMAT "%s", key.id, below));
}

static Str paper_address(const Req *q, const Entity *e, RecordKey key, const Paper *p)
{
    return about_address(q, e, key, arena_printf(q->arena, "/papers/%.*s", STR_ARG(p->name)));
}

static bool find_named(Req *q, Asked *a, Str name, GError **error)
{
    a->paper = paper_named(care_model(q->care), name);
    return (a->paper != NULL && a->paper->entity == a->entity) ||
           fail(error, FAIL_ABSENT, "there is no such paper about this");
}

static bool find_record_paper(Req *q, Asked *a, GError **error)
{
    return req_entity(q, q->arguments[0], &a->entity, error) &&
           req_key(q, q->arguments[1], &a->key, error) && find_named(q, a, q->arguments[2], error);
}

static bool find_run_paper(Req *q, Asked *a, GError **error)
{
    Decimal run;
    if (!decimal_parse(q->arguments[0], &run) || run.scale != 0 || run.mantissa <= 0)
        return fail(error, FAIL_ABSENT, "there is no such pay run");
    a->key = (RecordKey){0, run.mantissa};
    return find_named(q, a, q->arguments[1], error);
}

static void fill_issued(Req *q, ViewList *list, const IssuedPaper *all, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        View *row = view_add(list);
        const Paper *p = paper_named(care_model(q->care), all[i].name);
        view_text(row, "label", p != NULL ? label_of(q, p->label) : all[i].name);
        view_text(row, "number", all[i].number);
        view_text(row, "day", words_date(q, all[i].day));
        view_url(row, "link_url", issued_address(q, all[i].number, ""));
    }
}

/* Whoever comes back to the form sees that it was sent. */
static bool fill_before(Req *q, View *v, const Asked *a, GError **error)
{
    IssuedPaper *list;
    size_t n, kept = 0;
    if (!paper_list(q->care, q->session, a->entity, a->key, q->arena, &list, &n, error))
        return false;
    for (size_t i = 0; i < n && kept < BEFORE_SHOWN; i++)
        if (str_equal(list[i].name, a->paper->name))
            list[kept++] = list[i];
    fill_issued(q, view_list(v, "issued"), list, kept);
    return true;
}

static bool show_asked(Req *q, const Asked *a, GError **error)
{
    PaperSheet sheet;
    View *v = view_new(q->arena);
    bool ready;
    if (!paper_preview(q->care, q->session, a->paper, a->key, req_day(q), q->arena, &sheet, &ready,
                       error))
        return false;
    bool may = paper_may(q->care, q->session, a->paper);
    fill_sheet(q, v, &sheet);
    view_url(v, "record_url", about_address(q, a->entity, a->key, ""));
    view_flag(v, "may", may && ready);
    view_text(v, "request", req_nonce(q));
    view_flag(v, "not_ready", !ready);
    view_url(v, "action_url", paper_address(q, a->entity, a->key, a->paper));
    return (!may || fill_before(q, v, a, error)) && page_show(q, VIEW_PAGE_PAPER, 200, v, error);
}

static bool issue_asked(Req *q, const Asked *a, GError **error)
{
    PaperSheet sheet;
    return paper_issue_once(q->care, q->session, a->paper, a->key, fields_get(&q->form, "request"),
                            q->arena, &sheet, error) &&
           page_redirect(q, issued_address(q, sheet.number, ""));
}

bool paper_show(Req *q, GError **error)
{
    Asked a = {0};
    return find_record_paper(q, &a, error) && show_asked(q, &a, error);
}

bool paper_do(Req *q, GError **error)
{
    Asked a = {0};
    return find_record_paper(q, &a, error) && issue_asked(q, &a, error);
}

bool run_paper_show(Req *q, GError **error)
{
    Asked a = {0};
    return find_run_paper(q, &a, error) && show_asked(q, &a, error);
}

bool run_paper_do(Req *q, GError **error)
{
    Asked a = {0};
    return find_run_paper(q, &a, error) && issue_asked(q, &a, error);
}

/* ---- one that was issued */

static bool fill_scans(Req *q, View *v, const PaperFound *p, GError **error)
{
    FileLine *lines;
    size_t n;
    if (!paper_scans(q->care, p, q->arena, &lines, &n, error))
        return false;
    ViewList *list = view_list(v, "scans");
    for (size_t i = 0; i < n; i++) {
        View *row = view_add(list);
        const char *below =
            arena_printf(q->arena, "/scans/%.*s", STR_ARG(key_text(q, lines[i].key)));
        view_text(row, "name", lines[i].name);
        view_text(row, "at", words_moment(q, lines[i].at));
        view_text(row, "by", words_actor(q, lines[i].by));
        view_text(row, "hash", arena_str(q->arena, str_of(lines[i].hash)));
        view_url(row, "link_url", issued_address(q, p->sheet.number, below));
    }
    return true;
}

static bool show_issued(Req *q, const PaperFound *p, unsigned status, Str fault, GError **error)
{
    View *v = view_new(q->arena);
    const Paper *declared = paper_named(care_model(q->care), p->sheet.name);
    bool groups = false;
    fill_sheet(q, v, &p->sheet);
    for (size_t i = 0; i < p->sheet.n_tables; i++)
        groups |= p->sheet.tables[i].n_groups > 0;
    view_url(v, "record_url", about_address(q, p->entity, p->key, ""));
    view_url(v, "action_url", STR("/"));
    view_flag(v, "is_issued", true);
    view_text(v, "fault", fault);
    view_flag(v, "done", fields_has(&q->query, "done"));
    view_url(v, "book_url", issued_address(q, p->sheet.number, "/xlsx"));
    if (groups)
        view_url(v, "apart_url", issued_address(q, p->sheet.number, "/xlsx?apart=1"));
    if (declared != NULL && paper_may(q->care, q->session, declared))
        view_url(v, "upload_url", issued_address(q, p->sheet.number, "/scans"));
    return fill_scans(q, v, p, error) && page_show(q, VIEW_PAGE_PAPER, status, v, error);
}

bool issued_show(Req *q, GError **error)
{
    PaperFound p;
    return paper_find(q->care, q->session, q->arguments[0], q->arena, &p, error) &&
           show_issued(q, &p, 200, STR(""), error);
}

bool scan_upload(Req *q, GError **error)
{
    PaperFound p;
    Said said = {NULL, NULL};
    GError *why = NULL;
    if (!paper_find(q->care, q->session, q->arguments[0], q->arena, &p, error))
        return false;
    if (q->upload.bytes.at == NULL)
        return show_issued(q, &p, 400, say(q, "files_choose"), error);
    Str reason =
        str_of(arena_printf(q->arena, "sealed scan of paper %.*s", STR_ARG(p.sheet.number)));
    if (paper_scan(q->care, q->session, &p, q->upload.name, q->upload.bytes, reason, &said, &why))
        return page_redirect(q, issued_address(q, p.sheet.number, "?done=1"));
    if (said.zh == NULL) {
        g_propagate_error(error, why);
        return false;
    }
    g_error_free(why);
    return show_issued(q, &p, 422, said_text(q, said), error);
}

bool scan_download(Req *q, GError **error)
{
    PaperFound p;
    RecordKey key;
    FileLine f;
    Str bytes;
    if (!paper_find(q->care, q->session, q->arguments[0], q->arena, &p, error) ||
        !req_key(q, q->arguments[1], &key, error) ||
        !paper_scan_get(q->care, q->session, &p, key, q->arena, &f, &bytes, error))
        return fail_while(error, "sending a scan");
    page_answer(q, file_kind_facts[f.kind].type, bytes);
    http_answer_header(q->http, "Content-Disposition", file_disposition(q, &f));
    return true;
}

bool issued_book(Req *q, GError **error)
{
    PaperFound p;
    Str body;
    g_autofree char *path = NULL;
    if (!paper_find(q->care, q->session, q->arguments[0], q->arena, &p, error) ||
        !paper_taken(q->care, q->session, &p.sheet, p.entity, p.key, q->arena, error))
        return false;
    int fd = g_file_open_tmp("anlao-paper-XXXXXX", &path, error);
    if (fd < 0)
        return false;
    close(fd);
    bool fine = paper_workbook(&p.sheet, path, fields_has(&q->query, "apart"), error) &&
                file_read(q->arena, path, LIMIT_ISSUED_BYTES, &body, error);
    (void)g_unlink(path);
    if (!fine)
        return false;
    page_answer(q, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", body);
    g_autoptr(GString) name = g_string_new("attachment; filename*=UTF-8''");
    address_escape(name, p.sheet.title);
    g_string_append_c(name, '-');
    address_escape(name, p.sheet.number);
    g_string_append(name, ".xlsx");
    http_answer_header(q->http, "Content-Disposition",
                       arena_str(q->arena, (Str){name->str, name->len}));
    return true;
}

/* ---- papers of one record or run */

bool fill_papers(Req *q, View *v, const Entity *e, RecordKey key, GError **error)
{
    const Model *m = care_model(q->care);
    ViewList *papers = view_list(v, "papers"), *issued = view_list(v, "issued");
    IssuedPaper *list;
    size_t n = 0;
    const Paper *p;
    /* To a family papers are handed; those of a pay run name people. */
    bool none =
        session_is_kin(q->session) || (e == NULL && !session_may(q->session, MAY_PERSON_READ));
    for (size_t i = 0; !none && (p = paper_about(m, e, &i)) != NULL;) {
        View *row = view_add(papers);
        view_text(row, "label", label_of(q, p->label));
        view_url(row, "link_url", paper_address(q, e, key, p));
    }
    view_flag(v, "has_papers", papers->count > 0);
    if (papers->count > 0 && !paper_list(q->care, q->session, e, key, q->arena, &list, &n, error))
        return false;
    fill_issued(q, issued, list, n);
    return true;
}

/* ---- all papers one may issue */

static bool matches(const Req *q, const Paper *p, Str words)
{
    return words.len == 0 || str_find(p->label.zh, words) >= 0 ||
           str_find(p->label.en, words) >= 0 || str_equal(p->name, words) ||
           str_find(label_of(q, p->label), words) >= 0;
}

/* Of a place: at once, of the session's own.  Of records and runs: where they are chosen. */
static Str begin_address(const Req *q, const Paper *p, RecordKey place, bool has_place)
{
    if (p->entity == NULL)
        return STR("/pay");
    if (entity_is_region(p->entity) && has_place)
        return paper_address(q, p->entity, place, p);
    return str_of(arena_printf(q->arena, "/records/%.*s", STR_ARG(p->entity->name)));
}

static bool own_place(Req *q, RecordKey *ret)
{
    const Entity *e = model_entity(care_model(q->care), STR("region"));
    GError *none = NULL;
    bool found = e != NULL && record_find(q->care, q->session, e,
                                          care_regions(q->care)->code[req_region(q)], ret, &none);
    if (none != NULL)
        g_error_free(none);
    return found;
}

static void fill_group(Req *q, View *v, const Entity *e, Str words)
{
    const Model *m = care_model(q->care);
    RecordKey place = {0, 0};
    bool has_place = e != NULL && entity_is_region(e) && own_place(q, &place);
    ViewList *papers = view_list(v, "papers");
    const Paper *p;
    view_text(v, "title", e != NULL ? label_of(q, e->label) : say(q, "pay_run"));
    for (size_t i = 0; (p = paper_about(m, e, &i)) != NULL;) {
        if (!paper_may(q->care, q->session, p) || !matches(q, p, words))
            continue;
        View *row = view_add(papers);
        view_text(row, "label", label_of(q, p->label));
        view_text(row, "name", p->name);
        view_url(row, "link_url", begin_address(q, p, place, has_place));
    }
    view_flag(v, "some", papers->count > 0);
}

static bool has_papers(const Req *q, const Entity *e)
{
    size_t i = 0;
    return paper_about(care_model(q->care), e, &i) != NULL;
}

bool papers_show(Req *q, GError **error)
{
    const Model *m = care_model(q->care);
    Str words = str_trim(fields_get(&q->query, "q"));
    View *v = view_new(q->arena);
    ViewList *groups = view_list(v, "groups");
    IssuedPaper *recent;
    size_t n;
    view_text(v, "page_title", say(q, "paper_title"));
    view_text(v, "words", words);
    if (session_may(q->session, MAY_MONEY_READ) && has_papers(q, NULL))
        fill_group(q, view_add(groups), NULL, words);
    for (size_t i = 0; i < m->n_entities; i++)
        if (has_papers(q, m->entities[i]) && session_sees(q->session, m->entities[i]))
            fill_group(q, view_add(groups), m->entities[i], words);
    if (!paper_recent(q->care, q->session, STR(""), RECENT_SHOWN, q->arena, &recent, &n, error))
        return false;
    fill_issued(q, view_list(v, "recent"), recent, n);
    return page_show(q, VIEW_PAGE_PAPERS, 200, v, error);
}
