/* paper.c — see paper.h: who may, numbers, keeping, finding again, scans.  What stands on a paper
 * is made in paper_fill.c.  Read first: issue(). */
#include "care/paper.h"

#include "base/identifier.h"
#include "base/limits.h"
#include "care/access.h"
#include "care/consent_inside.h"
#include "care/follow_inside.h"
#include "care/paper_make.h"
#include "care/texts.h"
#include "care/write.h"
#include "store/issue.h"

#define RUN_WORD     STR("pay_run") /* in place of an entity's name */
#define NUMBER_TRIES 20             /* somebody else took the number meanwhile */

const Paper *paper_named(const Model *m, Str name)
{
    for (size_t i = 0; i < m->n_papers; i++)
        if (str_equal(m->papers[i]->name, name))
            return m->papers[i];
    return NULL;
}

const Paper *paper_about(const Model *m, const Entity *e, size_t *i)
{
    while (*i < m->n_papers) {
        const Paper *p = m->papers[(*i)++];
        if (p->entity == e && p->wording.version == 0) /* later texts have its name */
            return p;
    }
    return NULL;
}

bool paper_may(const Care *c, const Session *s, const Paper *p)
{
    if (p->by.n > 0)
        return follow_may(c, s, &p->by);
    return session_may(s, p->entity == NULL ? MAY_PAY_PREPARE : MAY_PERSON_WRITE);
}

static Str entity_word(const Paper *p)
{
    return p->entity != NULL ? p->entity->name : RUN_WORD;
}

/* ---- who looked, who took it along */

/* Of a pay run there is no list of who looked: the journal of its county says so. */
static bool note_at_place(Care *c, const Session *s, const PaperSheet *p, const char *what,
                          GError **error)
{
    const RecordKey county = {county_of_place(c, region_row(c->regions, p->place)), 0};
    return care_note(c, s, NULL, county, NULL, str_of(what), error);
}

static bool note_look(Care *c, const Session *s, const PaperSheet *p, const Entity *e,
                      RecordKey key, Arena *a, GError **error)
{
    if (e == NULL)
        return note_at_place(c, s, p,
                             arena_printf(a, "looked at paper %.*s of pay run %.*s",
                                          STR_ARG(p->name), STR_ARG(p->key)),
                             error);
    return locate(c, e, key.id, &key, error) &&
           access_note(c, s, e, key, arena_printf(a, "paper %.*s", STR_ARG(p->name)), error);
}

bool paper_taken(Care *c, const Session *s, const PaperSheet *p, const Entity *e, RecordKey key,
                 Arena *a, GError **error)
{
    const char *number = p->number.len > 0 ? arena_printf(a, " %.*s", STR_ARG(p->number)) : "";
    if (e == NULL)
        return note_at_place(c, s, p,
                             arena_printf(a, "paper %.*s%s of pay run %.*s taken along",
                                          STR_ARG(p->name), number, STR_ARG(p->key)),
                             error);
    Str what = str_of(arena_printf(a, "paper %.*s%s taken along", STR_ARG(p->name), number));
    return locate(c, e, key.id, &key, error) && care_note(c, s, e, key, NULL, what, error);
}

bool paper_preview(Care *c, const Session *s, const Paper *p, RecordKey key, Date on, Arena *a,
                   PaperSheet *ret, bool *ret_ready, GError **error)
{
    bool ready;
    if (!paper_make(c, s, p, key, on != 0 ? on : care_today(c), a, ret, &ready, error))
        return fail_while(error, "making the paper \"%.*s\"", STR_ARG(p->name));
    if (!note_look(c, s, ret, p->entity, key, a, error))
        return false;
    if (ret_ready != NULL)
        *ret_ready = ready;
    paper_close(ret, a);
    return true;
}

/* ---- numbers */

static Str put_in(Arena *a, Str pattern, const char *what, Str by)
{
    ptrdiff_t at = str_find(pattern, str_of(what));
    if (at < 0)
        return pattern;
    Str rest = {pattern.at + at + strlen(what), pattern.len - (size_t)at - strlen(what)};
    return str_of(arena_printf(a, "%.*s%.*s%.*s", (int)at, pattern.at, STR_ARG(by), STR_ARG(rest)));
}

/* The office whose numbers run on: the county's, or above it the place's own. */
static Str office_of(const Care *c, Str place)
{
    int32_t at = region_row(c->regions, place);
    for (int32_t up = at; up != ROW_NONE; up = c->regions->parent[up])
        if (str_is(c->regions->level[up], "county"))
            return c->model->regions[up].name;
    return at != ROW_NONE ? c->model->regions[at].name : place;
}

static Str with_number(Arena *a, Str pattern, int64_t n)
{
    return put_in(a, pattern, "{number}", str_of(arena_printf(a, "%" G_GINT64_FORMAT, n)));
}

/* The number that a letter of this pattern has; 0: it is of another. */
static int64_t number_of(Str pattern, Str letter)
{
    Decimal n;
    ptrdiff_t at = str_find(pattern, STR("{number}"));
    size_t before = at < 0 ? 0 : (size_t)at, behind = pattern.len - before - 8;
    if (at < 0 || letter.len <= before + behind || memcmp(letter.at, pattern.at, before) != 0 ||
        memcmp(letter.at + letter.len - behind, pattern.at + pattern.len - behind, behind) != 0)
        return 0;
    Str digits = {letter.at + before, letter.len - before - behind};
    return decimal_parse(digits, &n) && n.scale == 0 && n.mantissa > 0 ? n.mantissa : 0;
}

/* The next one behind all that were given, and behind *last, which it becomes. */
static bool next_letter(Care *c, const Paper *p, const PaperSheet *x, Arena *a, int64_t *last,
                        Str *ret, GError **error)
{
    const IssueQuery q = {.kind = STR("paper"), .name = p->name};
    Ymd at = date_ymd(x->made);
    IssueRow *rows;
    size_t n;
    Str pattern = put_in(a, p->numbered, "{place}", office_of(c, x->place));
    pattern = put_in(a, pattern, "{year}", str_of(arena_printf(a, "%d", at.year)));
    if (!store_issued(c->store, &q, a, &rows, &n, error))
        return false;
    for (size_t i = 0; i < n; i++)
        *last = MAX(*last, number_of(pattern, rows[i].number));
    *ret = with_number(a, pattern, ++*last);
    return true;
}

/* ---- issued */

typedef struct Issuing {
    Care *care;
    const Session *session;
    const Paper *paper;
    RecordKey key;
    const uint8_t *request; /* NULL: asked for by no form */
    bool lost;              /* a form that has none */
    int64_t last;           /* number that was tried */
    Arena *arena;
} Issuing;

/* What the same form issued before; *ret_found says whether it did. */
static bool issued_before(const Issuing *f, PaperSheet *x, bool *ret_found, GError **error)
{
    Care *c = f->care;
    int32_t county = county_of_place(c, region_row(c->regions, x->place));
    IssueRow *row = NULL;
    *ret_found = false;
    if (f->request == NULL)
        return true;
    if (!store_issued_by(c->store, county, f->request, f->arena, &row, error) ||
        (row != NULL && !paper_parse(row->content, f->arena, x, error)))
        return false;
    *ret_found = row != NULL;
    return true;
}

static bool keep(Issuing *f, PaperSheet *x, GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);
    Care *c = f->care;
    const Paper *p = f->paper;
    char id[ID_TEXT];
    int64_t number;
    bool repeated, found;
    if (!care_new_id(c, &number, error) ||
        (p->numbered.len > 0 && !next_letter(c, p, x, f->arena, &f->last, &x->letter, error)))
        return false;
    x->number = x->letter.len > 0 ? x->letter : arena_str(f->arena, str_of(id_format(number, id)));
    paper_close(x, f->arena);
    paper_print(x, text);
    const IssueRow row = {.id = number,
                          .kind = STR("paper"),
                          .number = x->number,
                          .name = p->name,
                          .entity = entity_word(p),
                          .record = f->key.id,
                          .place = x->place,
                          .day = x->made,
                          .actor = f->session->account,
                          .type = STR("text/plain"),
                          .digest = x->digest,
                          .content = {text->str, text->len}};
    g_autofree char *why = g_strdup_printf("paper %.*s %.*s", STR_ARG(p->name), STR_ARG(x->digest));
    return care_issue(c, f->session, &row, f->request, str_of(why), &repeated, error) &&
           (!repeated || issued_before(f, x, &found, error));
}

static bool number_taken(Care *c, Str number, Arena *a)
{
    const IssueQuery q = {.kind = STR("paper"), .number = number};
    IssueRow *rows;
    size_t n;
    return number.len > 0 && store_issued(c->store, &q, a, &rows, &n, NULL) && n > 0;
}

/* Two who issue at once ask for the same number: the database lets one have it, the other takes the
 * next. */
static bool issue(Issuing *f, PaperSheet *x, GError **error)
{
    for (int i = 1; f->paper->numbered.len > 0 && i < NUMBER_TRIES; i++) {
        g_autoptr(GError) why = NULL;
        if (keep(f, x, &why))
            return true;
        if (!number_taken(f->care, x->number, f->arena)) {
            g_propagate_error(error, g_steal_pointer(&why));
            return false;
        }
    }
    return keep(f, x, error);
}

static bool issue_text(Issuing *f, Date on, PaperSheet *ret, GError **error)
{
    const Paper *p = f->paper;
    bool ready, found;
    if (!paper_make(f->care, f->session, p, f->key, on != 0 ? on : care_today(f->care), f->arena,
                    ret, &ready, error) ||
        !issued_before(f, ret, &found, error))
        return fail_while(error, "issuing \"%.*s\"", STR_ARG(p->name));
    if (found)
        return true;
    if (!ready)
        return fail(
                   error, FAIL_CONFLICT,
                   "\"%.*s\" may not be issued yet: what its declaration asks for (when) is not so",
                   STR_ARG(p->name)) ||
               fail_zh(error, "还不能出具“%.*s”：条文规定的出具条件现在不满足",
                       STR_ARG(p->label.zh));
    return issue(f, ret, error) || fail_while(error, "issuing \"%.*s\"", STR_ARG(p->name));
}

static bool issue_as(Issuing *f, const Paper *p, Date on, PaperSheet *ret, GError **error)
{
    Care *c = f->care;
    f->paper = paper_text(c, p->name, f->session->region, care_today(c));
    if (f->paper == NULL ||
        !text_in_force(c, &f->paper->wording, &f->paper->home, f->session->region))
        return text_refused(c, "the paper", p->name, &p->wording, &p->home, error);
    if (!paper_may(c, f->session, f->paper))
        return fail(error, FAIL_RIGHT, "the role \"%s\" does not issue \"%.*s\"",
                    f->session->role->word, STR_ARG(p->name));
    if (f->lost)
        return fail(error, FAIL_INPUT, "the form lost its number: open it again") ||
               fail_zh(error, "表单没有编号，请重新打开再出具");
    return issue_text(f, on, ret, error);
}

bool paper_issue(Care *c, const Session *s, const Paper *p, RecordKey key, Date on, Arena *a,
                 PaperSheet *ret, GError **error)
{
    Issuing f = {.care = c, .session = s, .key = key, .arena = a};
    return issue_as(&f, p, on, ret, error);
}

/* The form of one paper about one record: filled in otherwise it is another. */
static void once_key(Str request, const Paper *p, RecordKey key, uint8_t to[16])
{
    uint8_t digest[SM3_SIZE];
    g_autofree char *of =
        g_strdup_printf("paper\n%.*s\n%.*s\n%.*s\n%" G_GINT64_FORMAT, STR_ARG(request),
                        STR_ARG(p->name), STR_ARG(entity_word(p)), key.id);
    sm3(of, strlen(of), digest);
    memcpy(to, digest, 16);
}

bool paper_issue_once(Care *c, const Session *s, const Paper *p, RecordKey key, Str request,
                      Arena *a, PaperSheet *ret, GError **error)
{
    uint8_t once[16];
    Issuing f = {.care = c, .session = s, .key = key, .request = once, .arena = a};
    f.lost = request.len == 0;
    once_key(request, p, key, once);
    return issue_as(&f, p, 0, ret, error);
}

static IssuedPaper issued_of(const IssueRow *row)
{
    return (IssuedPaper){row->number, row->name, row->digest, row->actor, row->place, row->day};
}

static bool may_see(Care *c, const Session *s, const Entity *e, RecordKey key, Arena *a,
                    GError **error)
{
    g_autoptr(Working) w = NULL;
    PayRun run;
    if (e != NULL)
        return working_get(c, &w, error) && scope_allows(c, w, s, e, key, error) &&
               (consent_whole(c, w, s, e) ||
                fail(error, FAIL_RIGHT, "the consent of this account does not name the file"));
    return (session_may(s, MAY_MONEY_READ | MAY_PERSON_READ) ||
            fail(error, FAIL_RIGHT, "the role \"%s\" sees no pay runs", s->role->word)) &&
           pay_run_of(c, s, key.id, a, &run, error);
}

bool paper_list(Care *c, const Session *s, const Entity *e, RecordKey key, Arena *a,
                IssuedPaper **ret, size_t *ret_n, GError **error)
{
    const IssueQuery q = {
        .kind = STR("paper"), .entity = e != NULL ? e->name : RUN_WORD, .record = key.id};
    IssueRow *rows;
    if (!may_see(c, s, e, key, a, error) || !store_issued(c->store, &q, a, &rows, ret_n, error))
        return false;
    *ret = arena_many(a, IssuedPaper, *ret_n + 1);
    for (size_t i = 0; i < *ret_n; i++)
        (*ret)[i] = issued_of(&rows[i]);
    return true;
}

static bool lies_in(const Care *c, const Session *s, Str place)
{
    int32_t at = region_row(c->regions, place);
    return at != ROW_NONE && s->facility == 0 && region_in(c->regions, at, s->region);
}

bool paper_recent(Care *c, const Session *s, Str name, size_t most, Arena *a, IssuedPaper **ret,
                  size_t *ret_n, GError **error)
{
    const IssueQuery q = {.kind = STR("paper"), .name = name};
    IssueRow *rows;
    size_t n;
    *ret_n = 0;
    if (!store_issued(c->store, &q, a, &rows, &n, error))
        return false;
    *ret = arena_many(a, IssuedPaper, MIN(n, most) + 1);
    for (size_t i = 0; i < n && *ret_n < most; i++)
        if (lies_in(c, s, rows[i].place))
            (*ret)[(*ret_n)++] = issued_of(&rows[i]);
    return true;
}

static bool needs_money(PaperList list)
{
    return list == LIST_decisions || list == LIST_payments || list == LIST_runs ||
           list == LIST_benefits;
}

/* What was issued is shown to nobody who could not have been shown its rows. */
static bool may_read(const Care *c, const Session *s, Str name, GError **error)
{
    const Paper *p = paper_named(c->model, name);
    /* Of what is declared no longer, or was by another text, nobody knows what stands on it. */
    bool may = (p != NULL && p->wording.of == NULL) || session_may(s, MAY_MONEY_READ);
    for (size_t i = 0; p != NULL && i < p->n_rows; i++) {
        const PaperRows *r = &p->rows[i];
        may = may && (!needs_money(r->list) || session_may(s, MAY_MONEY_READ));
        may = may && (r->rule == NULL || session_may(s, MAY_MONEY_READ));
        may = may && (r->of == NULL || r->by != NULL || session_sees(s, r->of));
        may = may && ((r->list != LIST_figures && r->list != LIST_targets) ||
                      session_may(s, MAY_POLICY_READ));
    }
    return may || fail(error, FAIL_RIGHT, "the role \"%s\" does not see what stands on \"%.*s\"",
                       s->role->word, STR_ARG(name));
}

/* A paper about a place stands in the journal of that place's county; the record of the place lies
 * where the node keeps it. */
static bool where_it_lies(Care *c, PaperFound *p, GError **error)
{
    g_autoptr(Working) w = NULL;
    if (p->entity == NULL || !entity_is_region(p->entity))
        return true;
    if (!working_get(c, &w, error))
        return false;
    const Batch *b = working_batch(w, p->entity);
    int64_t row = working_row(w, p->entity, p->key.id);
    if (row != ROW_NONE && b->counties != NULL)
        p->key.county = b->counties[row];
    return true;
}

/* A place's papers are for who works on the place, whoever may read its record. */
static bool may_find(Care *c, const Session *s, const IssueRow *row, PaperFound *ret, Arena *a,
                     GError **error)
{
    bool run = str_equal(row->entity, RUN_WORD);
    ret->entity = run ? NULL : model_entity(c->model, row->entity);
    ret->key = (RecordKey){row->county, row->record};
    ret->own = (RecordKey){row->county, row->id};
    if (row->content.len == 0)
        return fail(error, FAIL_ABSENT, "what paper \"%.*s\" said was erased by law",
                    STR_ARG(row->number));
    if (!run && ret->entity == NULL)
        return fail(error, FAIL_ABSENT, "there is no paper \"%.*s\"", STR_ARG(row->number));
    if (!run && entity_is_region(ret->entity) && !lies_in(c, s, row->place))
        return fail(error, FAIL_RIGHT,
                    "this paper is about a place outside what the role \"%s\" "
                    "works on",
                    s->role->word);
    return where_it_lies(c, ret, error) && may_see(c, s, ret->entity, ret->key, a, error) &&
           (str_equal(row->actor, s->account) || may_read(c, s, row->name, error)) &&
           paper_parse(row->content, a, &ret->sheet, error);
}

static bool find(Care *c, const Session *s, Str number, Arena *a, PaperFound *ret, GError **error)
{
    const IssueQuery q = {.kind = STR("paper"), .number = number, .content = true};
    IssueRow *rows;
    size_t n = 0;
    if (number.len > 0 && !store_issued(c->store, &q, a, &rows, &n, error))
        return false;
    for (size_t i = 0; i + 1 < n; i++) /* two counties may give the same number */
        if (may_find(c, s, &rows[i], ret, a, NULL))
            return true;
    return n > 0 ? may_find(c, s, &rows[n - 1], ret, a, error)
                 : fail(error, FAIL_ABSENT, "there is no paper \"%.*s\"", STR_ARG(number));
}

bool paper_find(Care *c, const Session *s, Str number, Arena *a, PaperFound *ret, GError **error)
{
    return find(c, s, number, a, ret, error) &&
           note_look(c, s, &ret->sheet, ret->entity, ret->key, a, error);
}

bool paper_issued_in(Making *f, Date from, Date to, const PaperSheet **ret, GError **error)
{
    const IssueQuery q = {.kind = STR("paper"),
                          .name = f->paper->name,
                          .entity = entity_word(f->paper),
                          .record = f->key.id,
                          .content = true};
    IssueRow *rows;
    size_t n;
    *ret = NULL;
    if (!store_issued(f->care->store, &q, f->arena, &rows, &n, error))
        return false;
    for (size_t i = n; i-- > 0;) { /* newest first: the last one is the first */
        if (rows[i].day < from || rows[i].day > to)
            continue;
        PaperSheet *sheet = arena_new_of(f->arena, PaperSheet);
        if (!paper_parse(rows[i].content, f->arena, sheet, error))
            return false;
        *ret = sheet;
        return true;
    }
    return true;
}

/* ---- 盖章件 */

/* Files lie with records; those of a paper about a pay run are said to be with a place. */
static const Entity *scan_entity(Care *c, const PaperFound *p)
{
    return p->entity != NULL ? p->entity : model_entity(c->model, STR("region"));
}

bool paper_scan(Care *c, const Session *s, const PaperFound *p, Str name, Str bytes, Str reason,
                Said *said, GError **error)
{
    const Paper *declared = paper_named(c->model, p->sheet.name);
    RecordKey file;
    if (declared == NULL || !paper_may(c, s, declared))
        return fail(error, FAIL_RIGHT, "the role \"%s\" does not issue \"%.*s\"", s->role->word,
                    STR_ARG(p->sheet.name));
    return file_put(c, s, scan_entity(c, p), p->own, name, bytes, reason, &file, said, error);
}

bool paper_scans(Care *c, const PaperFound *p, Arena *a, FileLine **ret, size_t *ret_n,
                 GError **error)
{
    return file_lines_of(c, scan_entity(c, p), p->own, a, ret, ret_n, error);
}

bool paper_scan_get(Care *c, const Session *s, const PaperFound *p, RecordKey file, Arena *a,
                    FileLine *ret, Str *ret_bytes, GError **error)
{
    if (!file_bytes_of(c, scan_entity(c, p), p->own, file, a, ret, ret_bytes, error))
        return false;
    char *reason = arena_printf(a, "scan of paper %.*s read", STR_ARG(p->sheet.number));
    return care_note(c, s, p->entity, p->entity != NULL ? p->key : (RecordKey){p->own.county, 0},
                     NULL, str_of(reason), error);
}
