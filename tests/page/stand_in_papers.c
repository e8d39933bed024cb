/* stand_in_papers.c — one paper, for pages without a store: in poison words. */
#include "care/paper.h"
#include "stand_in.h"

static const Str words = {POISON, 5};
static Paper paper;
static PaperEntry entries[] = {{{"B2", 2}, {POISON, 5}, {"80.00", 5}, PAPER_MONEY}};
static PaperColumn columns[] = {{{POISON, 5}, PAPER_TEXT}, {{POISON, 5}, PAPER_MONEY}};
static Str cells[] = {{POISON, 5}, {"1,234.00", 8}};
static PaperTable tables[] = {{{"A4", 2}, {POISON, 5}, columns, 2, cells, 1}};

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
    return (*i)++ == 0 && str_is(e->name, "elder") ? paper_named(m, STR("roster")) : NULL;
}

bool paper_may(const Care *c, const Session *s, const Paper *p)
{
    (void)c, (void)p;
    return session_may(s, MAY_PERSON_WRITE);
}

bool paper_preview(Care *c, const Session *s, const Paper *p, RecordKey key, Date on, Arena *a,
                   PaperSheet *ret, GError **error)
{
    (void)c, (void)s, (void)p, (void)key, (void)on, (void)a, (void)error;
    *ret = sheet_of(STR(""));
    return true;
}

bool paper_issue(Care *c, const Session *s, const Paper *p, RecordKey key, Date on, Arena *a,
                 PaperSheet *ret, GError **error)
{
    (void)key, (void)on, (void)a;
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

bool paper_find(Care *c, const Session *s, Str number, Arena *a, PaperSheet *ret,
                const Entity **ret_entity, RecordKey *ret_key, GError **error)
{
    (void)s, (void)a;
    *ret = sheet_of(number);
    *ret_entity = model_entity(care_model(c), STR("elder"));
    *ret_key = (RecordKey){360302, 7};
    return str_is(number, "N1") || fail(error, FAIL_ABSENT, "no");
}
