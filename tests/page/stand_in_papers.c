/* stand_in_papers.c — one paper, for pages without a store: in poison words. */
#include "care/note_words.h"
#include "care/paper.h"
#include "stand_in.h"

static const Str words = {POISON, 5};
static Paper paper;
static PaperEntry entries[] = {{{"B2", 2}, {POISON, 5}, {"80.00", 5}, PAPER_MONEY}};
static PaperColumn columns[] = {{{POISON, 5}, PAPER_TEXT, false}, {{POISON, 5}, PAPER_MONEY, true}};
static Str cells[] = {{POISON, 5}, {"1,234.00", 8}};
static PaperGroup groups[] = {{{POISON, 5}, 1}};
static PaperTable tables[] = {{{"A4", 2}, {POISON, 5}, columns, 2, cells, 1, groups, 1}};
static Str texts[] = {{POISON, 5}};

static PaperSheet sheet_of(Str number)
{
    return (PaperSheet){.number = number,
                        .name = STR("roster"),
                        .title = words,
                        .document = words,
                        .clause = words,
                        .place_name = words,
                        .about = words,
                        .actor = words,
                        .signs = words,
                        .letter = words,
                        .texts = texts,
                        .n_texts = 1,
                        .entries = entries,
                        .n_entries = 1,
                        .tables = tables,
                        .n_tables = 1,
                        .digest = words};
}

const Paper *paper_named(const Model *m, Str name)
{
    paper = (Paper){.name = STR("roster"), .label = {words, words}};
    paper.entity = model_entity(m, STR("elder"));
    return str_is(name, "roster") ? &paper : NULL;
}

const Paper *paper_about(const Model *m, const Entity *e, size_t *i)
{
    return (*i)++ == 0 && e != NULL && str_is(e->name, "elder") ? paper_named(m, STR("roster"))
                                                                : NULL;
}

bool paper_may(const Care *c, const Session *s, const Paper *p)
{
    (void)c, (void)p;
    return session_may(s, MAY_PERSON_WRITE);
}

bool paper_preview(Care *c, const Session *s, const Paper *p, RecordKey key, Date on, Arena *a,
                   PaperSheet *ret, bool *ret_ready, GError **error)
{
    (void)c, (void)s, (void)p, (void)key, (void)on, (void)a, (void)error;
    *ret = sheet_of(STR(""));
    *ret_ready = true;
    return true;
}

bool paper_issue_once(Care *c, const Session *s, const Paper *p, RecordKey key, Str request,
                      Arena *a, PaperSheet *ret, GError **error)
{
    (void)key, (void)a;
    if (request.len == 0)
        return fail(error, FAIL_INPUT, "none") || fail_zh(error, "表单没有编号");
    *ret = sheet_of(STR("N1"));
    return paper_may(c, s, p) || fail(error, FAIL_RIGHT, "no");
}

bool paper_list(Care *c, const Session *s, const Entity *e, RecordKey key, Arena *a,
                IssuedPaper **ret, size_t *ret_n, GError **error)
{
    (void)c, (void)s, (void)e, (void)key, (void)error;
    *ret = arena_many(a, IssuedPaper, 1);
    **ret = (IssuedPaper){.number = STR("N1"), .name = words, .digest = words, .actor = words};
    *ret_n = 1;
    return true;
}

bool paper_recent(Care *c, const Session *s, Str name, size_t most, Arena *a, IssuedPaper **ret,
                  size_t *ret_n, GError **error)
{
    (void)name, (void)most;
    return paper_list(c, s, NULL, (RecordKey){0}, a, ret, ret_n, error);
}

bool paper_find(Care *c, const Session *s, Str number, Arena *a, PaperFound *ret, GError **error)
{
    (void)s, (void)a;
    *ret = (PaperFound){.sheet = sheet_of(number),
                        .entity = model_entity(care_model(c), STR("elder")),
                        .key = {360302, 7},
                        .own = {360302, 9}};
    return str_is(number, "N1") || fail(error, FAIL_ABSENT, "no");
}

bool paper_taken(Care *c, const Session *s, const PaperSheet *p, const Entity *e, RecordKey key,
                 Arena *a, GError **error)
{
    (void)c, (void)s, (void)p, (void)e, (void)key, (void)a, (void)error;
    return true;
}

bool paper_scan(Care *c, const Session *s, const PaperFound *p, Str name, Str bytes, Str reason,
                Said *said, GError **error)
{
    (void)c, (void)s, (void)p, (void)name, (void)bytes, (void)reason, (void)said, (void)error;
    return true;
}

bool paper_scans(Care *c, const PaperFound *p, Arena *a, FileLine **ret, size_t *ret_n,
                 GError **error)
{
    (void)c, (void)p, (void)error;
    *ret = arena_many(a, FileLine, 1);
    **ret = (FileLine){.key = {360302, 3}, .name = words, .by = words};
    *ret_n = 1;
    return true;
}

bool paper_scan_get(Care *c, const Session *s, const PaperFound *p, RecordKey file, Arena *a,
                    FileLine *ret, Str *ret_bytes, GError **error)
{
    (void)c, (void)s, (void)p, (void)file, (void)a;
    *ret = (FileLine){.key = {360302, 3}, .name = STR("a.pdf"), .by = words, .kind = FILE_PDF};
    *ret_bytes = STR("%PDF-1.4");
    return error != NULL;
}

Label note_words(const Care *c, Str reason, Arena *a)
{
    (void)c;
    (void)a;
    return (Label){reason, reason};
}

bool record_find(Care *c, const Session *s, const Entity *e, Str text, RecordKey *ret,
                 GError **error)
{
    (void)c, (void)s, (void)e;
    *ret = (RecordKey){360302, 7};
    return !str_is(text, "none") || fail(error, FAIL_ABSENT, POISON);
}
