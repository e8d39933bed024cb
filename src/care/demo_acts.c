/* demo_acts.c — what offices did in the demonstration beyond entering records: draws made and a
 * list waiting for its seed, papers issued, files that lie with records, look-alikes, a change that
 * waits for a second person, moves between counties.  All of it through the doors that people use.
 * Read first: demo_acts(). */
#include "care/attach.h"
#include "care/demo.h"
#include "care/draw.h"
#include "care/follow_inside.h"
#include "care/inside.h"
#include "care/move.h"
#include "care/page_api.h"
#include "care/paper.h"
#include "care/pay.h"
#include "care/session.h"
#include "care/trade.h"
#include "compile/compile.h"

#include <glib/gstdio.h>

typedef struct Acts {
    Care *care;
    const Session *session;
    Arena *arena;
} Acts;

/* What a small demonstration lacks (nobody to be sent, a place unset) is left out, as a clerk
 * would. */
static bool left_out(bool fine, GError **mine, GError **error)
{
    if (fine || g_error_matches(*mine, FAIL_DOMAIN, FAIL_INPUT)) {
        g_clear_error(mine);
        return true;
    }
    g_propagate_error(error, g_steal_pointer(mine));
    return false;
}

/* ---- draws */

/* The list of one that was made is of the day before its value. */
static bool one_draw(const Acts *t, const Draw *w, bool made, GError **error)
{
    static const char *const value = "31415"; /* drawn from nothing: a demonstration's */
    Date today = care_today(t->care), listed = made ? today - 1 : today;
    DrawOrder o = {.draw = w,
                   .region = ROW_NONE,
                   .public_on = listed + 1,
                   .public_what = STR("示范用的公开数（编造）"),
                   .method = DIGEST_SM3};
    const DrawSeed seed = {.value = str_of(value), .dice = STR("")};
    DrawRound x;
    GError *mine = NULL;
    care_inside(t->care)->stands_at = listed;
    bool fine = draw_list(t->care, t->session, &o, t->arena, &x, &mine);
    care_inside(t->care)->stands_at = 0;
    if (fine && made)
        fine = draw_make(t->care, t->session, x.receipt.number, &seed, t->arena, &x, &mine);
    return left_out(fine, &mine, error);
}

static bool draws(const Acts *t, GError **error)
{
    const Model *m = care_model(t->care);
    for (size_t i = 0; i < m->n_draws; i++)
        if (!one_draw(t, m->draws[i], true, error) ||
            (i == 0 && !one_draw(t, m->draws[i], false, error)))
            return false;
    return true;
}

/* ---- papers and files */

static bool first_record(const Acts *t, const Entity *e, size_t at, RecordKey *ret, GError **error)
{
    g_autoptr(Working) w = NULL;
    if (!working_get(t->care, &w, error))
        return false;
    *ret = (RecordKey){0};
    if (at < working_rows(w, e))
        *ret = key_of_row(w, e, at);
    return true;
}

#define PAPER_TRIES 300 /* records asked before a paper stays without one */

/* One about the first record that may have it: some wait for a state of their case. */
static bool one_paper(const Acts *t, const Paper *p, GError **error)
{
    for (size_t i = 0; i < PAPER_TRIES; i++) {
        RecordKey key;
        PaperSheet sheet;
        GError *mine = NULL;
        if (!first_record(t, p->entity, i, &key, error))
            return false;
        if (key.id == 0 || paper_issue(t->care, t->session, p, key, 0, t->arena, &sheet, &mine))
            return true;
        if (!g_error_matches(mine, FAIL_DOMAIN, FAIL_CONFLICT) &&
            !g_error_matches(mine, FAIL_DOMAIN, FAIL_RIGHT)) /* regions beyond this place */
            return left_out(false, &mine, error);
        g_clear_error(&mine);
    }
    return true;
}

static bool papers(const Acts *t, GError **error)
{
    const Model *m = care_model(t->care);
    for (size_t i = 0; i < m->n_papers; i++) {
        const Paper *p = m->papers[i];
        /* About a pay run, which there is none of yet; a later text has its name. */
        if (p->entity != NULL && p->wording.version == 0 && !one_paper(t, p, error))
            return false;
    }
    return true;
}

/* The least that is a PDF: a page with nothing on it. */
static const char blank_pdf[] = "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
                                "2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
                                "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\n"
                                "trailer<</Root 1 0 R>>\n%%EOF\n";

static bool files(const Acts *t, GError **error)
{
    static const char *const with[] = {"elder", "facility"};
    for (size_t i = 0; i < G_N_ELEMENTS(with); i++) {
        const Entity *e = model_entity(care_model(t->care), str_of(with[i]));
        RecordKey key, made;
        if (e == NULL || !first_record(t, e, 0, &key, error))
            return e == NULL;
        if (key.id != 0 &&
            !file_attach(t->care, t->session, e, key, STR("示范附件.pdf"), str_of(blank_pdf),
                         STR("示范：附件一份"), &made, NULL, error))
            return false;
    }
    return true;
}

/* ---- people: look-alikes, a change for two pairs of eyes, moves */

static bool edit(const Acts *t, RecordEdit *x, RecordKey *ret, GError **error)
{
    FieldFault *faults;
    size_t n;
    GError *mine = NULL;
    bool fine = record_save(t->care, t->session, x, t->arena, ret, &faults, &n, &mine);
    return left_out(fine, &mine, error);
}

/* Somebody entered again, without the number: name, birthday and address are the first one's. */
static bool look_alike(const Acts *t, const Entity *e, RecordKey of, GError **error)
{
    static const char *const same[] = {"name", "sex", "born", "residence", "address"};
    Record *r;
    RecordKey made;
    size_t n = 0;
    FieldEdit fields[G_N_ELEMENTS(same) + 1];
    if (!record_get(t->care, t->session, e, of, 0, t->arena, &r, error))
        return false;
    for (size_t i = 0; i < G_N_ELEMENTS(same); i++) {
        const Field *f = entity_field(e, str_of(same[i]));
        if (f == NULL || !r->facts[f->index].value.known)
            continue;
        Str text = value_text(t->care, f, r->facts[f->index].value, true, t->arena);
        if (f->type.kind == KIND_REGION)
            text = r->facts[f->index].value.text;
        fields[n++] = (FieldEdit){.field = f, .text = text};
    }
    const Field *why = entity_field(e, STR("id_absent_reason"));
    if (why != NULL)
        fields[n++] = (FieldEdit){.field = why, .text = why->type.of->codes[0].name};
    RecordEdit x = {.entity = e, .fields = fields, .n_fields = n, .reason = STR("示范：重复录入")};
    x.request[0] = 1;
    return edit(t, &x, &made, error);
}

/* Only what is checked waits; a demonstration's documents may have no such field. */
static bool waiting_change(const Acts *t, const Entity *e, RecordKey of, GError **error)
{
    for (size_t i = 0; i < e->n_fields; i++) {
        const Field *f = e->fields[i];
        if (!f->checked || !kind_is_text(f->type.kind))
            continue;
        FieldEdit field = {.field = f, .text = STR("6217000000000001")};
        RecordEdit x = {.entity = e, .key = of, .fields = &field, .n_fields = 1};
        RecordKey same;
        x.reason = STR("示范：换了账户，等第二人复核");
        x.request[0] = 2;
        return edit(t, &x, &same, error);
    }
    return true;
}

static int32_t other_county(const Acts *t, RecordKey of)
{
    const RegionTree *tree = care_regions(t->care);
    for (size_t i = 0; i < tree->n; i++)
        if (tree->county[i] != of.county && str_is(tree->level[i], "county"))
            return (int32_t)i;
    return ROW_NONE;
}

#define MOVE_TRIES 200 /* people asked before no move is accepted */

static bool ask_move(const Acts *t, const Entity *e, RecordKey key, int32_t to, GError **error)
{
    return move_ask(t->care, t->session, e, key, care_regions(t->care)->code[to],
                    care_today(t->care), STR("示范：迁居外县"), NULL, error);
}

/* The other side is another person, at the desk of the county that gets her. */
static bool accept_one(const Acts *t, const Session *desk, GError **error)
{
    RecordKey arrived;
    MoveLine *lines;
    size_t n;
    if (!move_list(t->care, desk, t->arena, &lines, &n, error))
        return false;
    for (size_t i = 0; i < n; i++)
        if (lines[i].incoming)
            return move_decide(t->care, desk, lines[i].key, MOVE_ACCEPT, STR("示范：同意接收"),
                               &arrived, NULL, error);
    return true;
}

/* Somebody of another county comes to that of the demonstration's clerk. */
static bool arrives(const Acts *t, const Entity *e, GError **error)
{
    const Session *desk;
    GError *mine = NULL;
    if (!session_local(t->care, STR("clerk"), t->arena, &desk, error))
        return false;
    for (size_t i = 1; i < MOVE_TRIES; i++) {
        RecordKey key;
        if (!first_record(t, e, i, &key, error))
            return false;
        if (key.id == 0)
            return true;
        if (key.county != care_regions(t->care)->county[desk->region])
            return left_out(ask_move(t, e, key, desk->region, &mine) && accept_one(t, desk, &mine),
                            &mine, error);
    }
    return true;
}

/* One arrives, one waits; a district on its own has nowhere to move to. */
static bool moves(const Acts *t, const Entity *e, GError **error)
{
    RecordKey key;
    GError *mine = NULL;
    if (!arrives(t, e, error) || !first_record(t, e, 2, &key, error))
        return false;
    int32_t to = key.id != 0 ? other_county(t, key) : ROW_NONE;
    return to == ROW_NONE || left_out(ask_move(t, e, key, to, &mine), &mine, error);
}

static bool people(const Acts *t, GError **error)
{
    const Entity *e = model_entity(care_model(t->care), STR("elder"));
    RecordKey first;
    if (e == NULL || !first_record(t, e, 0, &first, error))
        return e == NULL;
    return first.id == 0 || (look_alike(t, e, first, error) && waiting_change(t, e, first, error) &&
                             moves(t, e, error));
}

/* ---- files of other offices */

/* A file in which nothing was found: the names of its columns alone. */
static char *bare_file(const Exchange *x)
{
    GString *text = g_string_new(NULL);
    for (size_t i = 0; i < x->n_key + x->n_take; i++) {
        const Field *f = i < x->n_key ? x->key[i] : x->take[i - x->n_key];
        g_string_append_printf(text, "%s%.*s", i > 0 ? "," : "", STR_ARG(f->name));
    }
    g_string_append_c(text, '\n');
    return g_string_free(text, FALSE);
}

/* What goes out is made and thrown away: that it went stays. */
static bool one_exchange(const Acts *t, const Exchange *x, const char *path, GError **error)
{
    const TradeFile f = {.exchange = x,
                         .path = path,
                         .who = trade_who(&x->with.list[0]).zh,
                         .letter = STR("示函〔2021〕1号"),
                         .made_up = true};
    TradeCounts counts;
    uint64_t records;
    GError *mine = NULL;
    bool fine;
    if (x->n_give > 0) {
        fine = trade_give(t->care, t->session, &f, t->arena, &records, &mine);
    } else {
        g_autofree char *text = bare_file(x);
        fine = g_file_set_contents(path, text, -1, &mine) &&
               trade_take(t->care, t->session, &f, t->arena, &counts, &mine);
    }
    (void)g_unlink(path);
    return left_out(fine, &mine, error);
}

static bool exchanges(const Acts *t, GError **error)
{
    const Model *m = care_model(t->care);
    g_autofree char *folder = g_dir_make_tmp("anlao-demo-XXXXXX", error);
    g_autofree char *path = folder != NULL ? g_build_filename(folder, "file.csv", NULL) : NULL;
    bool fine = folder != NULL;
    for (size_t i = 0; fine && i < m->n_exchanges; i++)
        fine =
            m->exchanges[i]->wording.version != 0 || one_exchange(t, m->exchanges[i], path, error);
    if (folder != NULL)
        (void)g_rmdir(folder);
    return fine;
}

bool demo_acts(Care *c, GError **error)
{
    g_autoptr(Arena) a = arena_new();
    Acts t = {.care = c, .arena = a};
    if (!care_is_demo(c))
        return fail(error, FAIL_INPUT, "only a demonstration shows what nobody did");
    /* Files before people move: they lie with the record that is the first one then. */
    return session_local(c, STR(""), a, &t.session, error) && files(&t, error) &&
           people(&t, error) && papers(&t, error) && draws(&t, error) && exchanges(&t, error);
}

/* One about the newest run that may have it: some need what the bank sent back. */
static bool run_paper(const Acts *t, const Paper *p, const PayRun *runs, size_t n, GError **error)
{
    for (size_t i = 0; i < n; i++) {
        PaperSheet sheet;
        GError *mine = NULL;
        const RecordKey key = {runs[i].county, runs[i].id};
        if (paper_issue(t->care, t->session, p, key, 0, t->arena, &sheet, &mine))
            return true;
        if (!g_error_matches(mine, FAIL_DOMAIN, FAIL_CONFLICT))
            return left_out(false, &mine, error);
        g_clear_error(&mine);
    }
    return true;
}

bool demo_run_papers(Care *c, GError **error)
{
    g_autoptr(Arena) a = arena_new();
    const Model *m = care_model(c);
    Acts t = {.care = c, .arena = a};
    PayRun *runs;
    size_t n;
    if (!session_local(c, STR(""), a, &t.session, error) ||
        !pay_runs(c, t.session, a, &runs, &n, error))
        return false;
    for (size_t i = 0; i < m->n_papers; i++) {
        const Paper *p = m->papers[i];
        if (p->entity == NULL && p->wording.version == 0 && !run_paper(&t, p, runs, n, error))
            return false;
    }
    return true;
}
