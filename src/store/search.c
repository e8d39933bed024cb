/* search.c — finding records by a piece of their title, or of a field that is declared `found`.
 * Each such text leaves its characters by two and by three, its first one and its readings
 * (search_pinyin.c) in `gram`; ASCII letters and full-width forms are folded, blanks
 * dropped.  Derived: large chunks put
 * it off, the next search or the end of the process catches up; a database whose grams were made
 * otherwise makes them anew.  Read first: grams_of(), store_search(). */
#include "store/search.h"

#include "base/sort.h"
#include "store/about.h"

#define GRAM_SHIFT  21   /* a code point has 21 bits */
#define THREE_SHIFT 18   /* of three side by side: all characters that are written have fewer */
#define THREE_BIT   60   /* no pair has it, and no reading */
#define LOOKED_MOST 2000 /* texts that are looked at because their number says too little */
#define GRAMS_ASKED 6    /* more grams of one query do not narrow it further */
#define COUNT_MOST  200  /* rows counted to find the rarest gram */
#define SKIPS_MOST  400  /* gaps in the readings of one way: what it is in is seldom meant */
#define PAGE_SKIP   200  /* rows of one look where there are gaps */
#define MISSES      8    /* side by side: the next that fits is looked up */
#define FIRST_MEANT 3    /* stretches: the words, and both of the first way */
#define STRETCHES   (1 + 2 * PINYIN_WAYS)
#define GRAMS_MADE  "4" /* raised when a text leaves other grams */

/* ---- grams ------------------------------------------------------------------------------- */

void points_of(Str text, Points *to)
{
    to->n = 0;
    while (text.len > 0 && to->n < TITLE_POINTS) {
        uint32_t p = char_narrow(str_utf8_next(&text));

        if (p >= 'A' && p <= 'Z')
            p += 'a' - 'A';
        if (p > ' ')
            to->at[to->n++] = p;
    }
}

/* 0: one of the three is too large. */
static int64_t three_of(const uint32_t *p)
{
    if ((p[0] | p[1] | p[2]) >> THREE_SHIFT != 0)
        return 0;
    return INT64_C(1) << THREE_BIT | (int64_t)p[0] << 2 * THREE_SHIFT |
           (int64_t)p[1] << THREE_SHIFT | p[2];
}

static int64_t two_of(const uint32_t *p)
{
    return (int64_t)p[0] << GRAM_SHIFT | p[1];
}

static void grams_of(Str text, GArray *to)
{
    Points p;

    points_of(text, &p);
    for (size_t i = 0; i < p.n; i++) {
        int64_t gram = i == 0 ? p.at[0] : two_of(p.at + i - 1);

        g_array_append_val(to, gram);
        gram = i >= 2 ? three_of(p.at + i - 2) : 0;
        if (gram != 0)
            g_array_append_val(to, gram);
    }
    pinyin_grams(&p, to);
}

static const Sql gram_insert = SQL("INSERT INTO gram(county,entity,gram,id) VALUES(?1,?2,?3,?4) "
                                   "ON CONFLICT DO NOTHING");
static const Sql gram_delete =
    SQL("DELETE FROM gram WHERE county=?1 AND entity=?2 AND gram=?3 AND id=?4");

static bool grams_each(Writing *w, const Row *r, const Cell *titles, bool insert, GError **error)
{
    g_autoptr(GArray) grams = g_array_new(FALSE, FALSE, sizeof(int64_t));
    Statement *st = NULL;

    for (size_t i = 0; i < r->plan->n_fields; i++) {
        Cell c = titles != NULL ? titles[i] : r->slots[i].value;

        if (r->plan->fields[i].gram && c.type == CELL_TEXT)
            grams_of(c.text, grams);
    }
    for (guint i = 0; i < grams->len; i++) {
        if (!conn_statement(w->conn, insert ? gram_insert : gram_delete, &st, error))
            return false;
        bind_int(st, 1, r->key.county);
        bind_int(st, 2, r->plan->number);
        bind_int(st, 3, g_array_index(grams, int64_t, i));
        bind_int(st, 4, r->key.id);
        if (!(insert ? conn_put : conn_done)(w->conn, st, error))
            return false;
    }
    return true;
}

bool grams_change(Writing *w, const Row *r, const Cell *before, GError **error)
{
    bool changed = before == NULL;

    if (!r->plan->has_gram)
        return true;
    for (size_t i = 0; !changed && i < r->plan->n_fields; i++)
        changed = r->plan->fields[i].gram && !cell_equal(before[i], r->slots[i].value);
    if (!changed)
        return true;
    if (before != NULL && !grams_each(w, r, before, false, error))
        return false;
    return grams_each(w, r, NULL, true, error);
}

bool grams_remove(Writing *w, const Row *r, GError **error)
{
    return !r->plan->has_gram || grams_each(w, r, NULL, false, error);
}

/* ---- putting off and catching up --------------------------------------------------------- */

bool grams_put_off(Writing *w, Head *h, GError **error)
{
    static const Sql sql =
        SQL("INSERT INTO gram_due(county,seq) VALUES(?1,?2) ON CONFLICT(county) DO NOTHING");
    Statement *st = NULL;

    if (h->grams_put_off)
        return true;
    if (!conn_statement(w->conn, sql, &st, error))
        return false;
    bind_int(st, 1, h->county);
    bind_int(st, 2, h->seq + 1);
    h->grams_put_off = conn_done(w->conn, st, error);
    return h->grams_put_off;
}

typedef struct GramRow {
    int64_t gram, id;
} GramRow;

static int gram_order(const void *a, const void *b)
{
    const GramRow *x = a, *y = b;

    if (x->gram != y->gram)
        return x->gram < y->gram ? -1 : 1;
    return x->id < y->id ? -1 : x->id > y->id;
}

static bool table_grams(Conn *c, const TablePlan *t, int32_t county, int64_t seq, GArray *rows,
                        GError **error)
{
    g_autoptr(GArray) grams = g_array_new(FALSE, FALSE, sizeof(int64_t));
    Statement *st = NULL;
    bool ok;

    if (!conn_scan(c, t->gram_scan, &st, error))
        return false;
    bind_int(st, 1, county);
    bind_int(st, 2, seq);
    while (conn_next(c, st, &ok, error)) {
        g_array_set_size(grams, 0);
        for (int i = 1; i < column_count(st); i++)
            grams_of(column_str(st, i), grams);
        for (guint i = 0; i < grams->len; i++) {
            GramRow g = {g_array_index(grams, int64_t, i), column_int64(st, 0)};

            g_array_append_val(rows, g);
        }
    }
    return ok;
}

/* In order of the key: pages are written once. */
static bool grams_insert_sorted(Conn *c, const TablePlan *t, int32_t county, GArray *rows,
                                GError **error)
{
    Statement *st = NULL;

    if (rows->len > 0)
        sort_rows(rows->data, rows->len, sizeof(GramRow), gram_order);
    for (guint i = 0; i < rows->len; i++) {
        const GramRow *g = &g_array_index(rows, GramRow, i);

        if (!conn_statement(c, gram_insert, &st, error))
            return false;
        bind_int(st, 1, county);
        bind_int(st, 2, t->number);
        bind_int(st, 3, g->gram);
        bind_int(st, 4, g->id);
        if (!conn_put(c, st, error))
            return false;
    }
    return true;
}

static bool county_settle(Store *s, Conn *c, int32_t county, int64_t seq, GError **error)
{
    static const Sql sql = SQL("DELETE FROM gram_due WHERE county=?1");
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(GramRow));
    Statement *st = NULL;

    for (size_t i = 0; i < s->plan->n_tables; i++) {
        const TablePlan *t = &s->plan->tables[i];

        if (!t->has_gram)
            continue;
        g_array_set_size(rows, 0);
        if (!table_grams(c, t, county, seq, rows, error) ||
            !grams_insert_sorted(c, t, county, rows, error))
            return false;
    }
    if (!conn_statement(c, sql, &st, error))
        return false;
    bind_int(st, 1, county);
    return conn_done(c, st, error);
}

static bool grams_are_due(Conn *c, bool *ret, GError **error)
{
    static const Sql sql = SQL("SELECT 1 FROM gram_due LIMIT 1");
    Statement *st = NULL;
    int64_t due = 0;

    if (!conn_statement(c, sql, &st, error) || !conn_number(c, st, 0, &due, error))
        return false;
    *ret = due != 0;
    return true;
}

static bool settle_all(Store *s, GError **error)
{
    static const Sql sql = SQL("SELECT seq FROM gram_due WHERE county=?1");
    Statement *st = NULL;
    int64_t seq = 0;

    for (guint i = 0; i < s->work->counties->len; i++) {
        int32_t county = g_array_index(s->work->counties, int32_t, i);

        if (writing_head(s->work, county, error) == NULL ||
            !conn_statement(s->writer, sql, &st, error))
            return false;
        bind_int(st, 1, county);
        if (!conn_number(s->writer, st, -1, &seq, error))
            return false;
        if (seq >= 0 && !county_settle(s, s->writer, county, seq, error))
            return false;
    }
    return true;
}

bool grams_settle(Store *s, GError **error)
{
    bool due = false, ok = false;

    g_mutex_lock(&s->writing);
    ok = grams_are_due(s->writer, &due, error);
    if (ok && due) {
        ok = writing_begin(s->work, error);
        if (ok && !settle_all(s, error)) {
            writing_abort(s->work);
            ok = false;
        }
        ok = ok && writing_commit(s->work, error);
    }
    g_mutex_unlock(&s->writing);
    return ok;
}

/* ---- searching --------------------------------------------------------------------------- */

typedef struct Search {
    bool (*wanted)(void *with, int64_t id);
    void *with;
    Conn *conn;
    const TablePlan *plan;
    Points words;
    int64_t grams[GRAMS_ASKED];
    size_t n_grams;
    bool check; /* the grams say less than the words */
    PinyinWay *ways;
    size_t n_ways;
    size_t most;
    Arena *arena;
    GArray *found; /* of RecordKey */
    int64_t *ids;  /* of these, by open addressing; 0: free */
    size_t mask;
} Search;

/* One, two or three characters are one gram; more are looked for by three, and looked at. */
static void search_grams(Search *q)
{
    const Points *p = &q->words;
    int64_t gram;

    if (p->n == 1)
        q->grams[q->n_grams++] = p->at[0];
    for (size_t i = 2; i < p->n && q->n_grams < GRAMS_ASKED; i++) {
        gram = three_of(p->at + i - 2);
        if (gram != 0)
            q->grams[q->n_grams++] = gram;
    }
    q->check = p->n > 3 || (p->n == 3 && q->n_grams == 0);
    for (size_t i = 1; i < p->n && q->n_grams == 0; i++)
        q->grams[q->n_grams++] = two_of(p->at + i - 1);
}

/* 0: one of them stands nowhere. */
static bool rarest_gram(Search *q, int32_t county, int64_t *ret, GError **error)
{
    static const Sql sql = SQL("SELECT count(*) FROM (SELECT 1 FROM gram WHERE county=?1 "
                               "AND entity=?2 AND gram=?3 LIMIT ?4) AS few");
    int64_t least = COUNT_MOST + 1, rows = 0;
    Statement *st = NULL;

    *ret = q->grams[0];
    for (size_t i = 0; i < q->n_grams && q->n_grams > 1 && least > 0; i++) {
        if (!conn_statement(q->conn, sql, &st, error))
            return false;
        bind_int(st, 1, county);
        bind_int(st, 2, q->plan->number);
        bind_int(st, 3, q->grams[i]);
        bind_int(st, 4, COUNT_MOST);
        if (!conn_number(q->conn, st, 0, &rows, error))
            return false;
        if (rows < least) {
            least = rows;
            *ret = q->grams[i];
        }
    }
    *ret = least > 0 ? *ret : 0;
    return true;
}

static bool points_contain(const Points *title, const Points *words)
{
    for (size_t i = 0; i + words->n <= title->n; i++) {
        if (memcmp(title->at + i, words->at, words->n * sizeof *words->at) == 0)
            return true;
    }
    return false;
}

typedef struct Place { /* in the table of grams: what comes behind this row */
    int64_t gram, id;
} Place;

/* Grams from <= gram < until; way: of these, those that fit it.  check: the row holds the texts,
 * which are looked at, too. */
typedef struct Stretch {
    int64_t until;
    const PinyinWay *way; /* NULL: the words themselves */
    size_t *looked;       /* texts, in all stretches of the way */
    bool check;
    bool more;  /* rows behind `at` may fit */
    bool dense; /* the page before was looked at to its end */
    Place at;
    unsigned pages;
    Statement *asked;
    GArray *found; /* of RecordKey, in order */
} Stretch;

/* Those of one county, in the order in which what they find is told. */
typedef struct Stretches {
    Search *q;
    int32_t county;
    Stretch list[STRETCHES];
    size_t n, told; /* told: those before it are done, and what they found is told */
    size_t looked[PINYIN_WAYS + 1];
} Stretches;

/* Whether one of the texts in the row holds the words, or is read so. */
static bool texts_fit(const Search *q, const Stretch *in, Statement *st)
{
    Points title;
    bool fits = false;

    for (int i = 2; !fits && i < column_count(st); i++) {
        points_of(column_str(st, i), &title);
        fits = in->way != NULL ? pinyin_reads(&title, in->way) : points_contain(&title, &q->words);
    }
    return fits;
}

static void found_add(Search *q, RecordKey key)
{
    size_t at = (size_t)((uint64_t)key.id * UINT64_C(0x9e3779b97f4a7c15) >> 32) & q->mask;

    while (q->ids[at] != 0 && q->ids[at] != key.id)
        at = (at + 1) & q->mask;
    if (q->ids[at] == key.id) /* by another gram already */
        return;
    q->ids[at] = key.id;
    g_array_append_val(q->found, key);
}

static void found_room(Search *q)
{
    size_t size = 16;

    while (size < q->most * 2)
        size *= 2;
    q->found = g_array_new(FALSE, FALSE, sizeof(RecordKey));
    q->ids = arena_many(q->arena, int64_t, size);
    q->mask = size - 1;
}

static bool has_enough(const Search *q)
{
    return q->found->len >= q->most;
}

static bool stretch_has_enough(const Search *q, const Stretch *s)
{
    return s->found->len >= q->most || *s->looked >= LOOKED_MOST;
}

/* One row; false: nothing behind it fits before *next. */
static bool row_look(const Search *q, int32_t county, Stretch *s, int64_t *next)
{
    s->at = (Place){column_int64(s->asked, 0), column_int64(s->asked, 1)};
    *next = s->way != NULL ? pinyin_next(s->way, s->at.gram) : s->at.gram;
    if (*next != s->at.gram)
        return false;
    if (q->wanted != NULL && !q->wanted(q->with, s->at.id))
        return true;
    *s->looked += s->check && s->way != NULL;
    if (!s->check || texts_fit(q, s, s->asked)) {
        const RecordKey key = {county, s->at.id};

        g_array_append_val(s->found, key);
    }
    return true;
}

/* Where there are gaps, most looks end after a few rows that do not fit; where all of them fitted,
 * more will. */
static int64_t page_rows(const Search *q, const Stretch *s)
{
    if (s->way != NULL && s->way->gaps && !s->dense)
        return 2 * MISSES;
    return s->check || (s->way != NULL && s->way->gaps) ? PAGE_SKIP : (int64_t)q->most;
}

/* Rows behind the place of the stretch, as the `nth` question of several. */
static bool page_ask(const Stretches *all, Stretch *s, size_t nth, GError **error)
{
    static const Sql numbers =
        SQL("SELECT gram,id FROM gram WHERE county=?1 AND entity=?2 AND (gram,id)>(?3,?4) "
            "AND gram<?5 ORDER BY gram,id LIMIT ?6");
    const Search *q = all->q;

    if (!conn_statement_nth(q->conn, s->check ? q->plan->gram_texts : numbers, nth, &s->asked,
                            error))
        return false;
    bind_int(s->asked, 1, all->county);
    bind_int(s->asked, 2, q->plan->number);
    bind_int(s->asked, 3, s->at.gram);
    bind_int(s->asked, 4, s->at.id);
    bind_int(s->asked, 5, s->until);
    bind_int(s->asked, 6, page_rows(q, s));
    return conn_ask(q->conn, s->asked, error);
}

static bool page_look(const Stretches *all, Stretch *s, GError **error)
{
    const Search *q = all->q;
    int64_t rows = 0, next = s->at.gram;
    bool row = true;

    for (unsigned missed = 0; row && missed < MISSES && !stretch_has_enough(q, s); rows += row) {
        if (!conn_step(q->conn, s->asked, &row, error))
            return false;
        if (row)
            missed = row_look(q, all->county, s, &next) ? 0 : missed + 1;
    }
    if (row)
        statement_reset(s->asked);
    s->more = (row || rows == page_rows(q, s)) && next < s->until && !stretch_has_enough(q, s) &&
              ++s->pages < SKIPS_MOST;
    s->dense = !row;
    if (next > s->at.gram)
        s->at = (Place){next, INT64_MIN};
    return true;
}

/* What was found by those that are done and have none before them that is not. */
static void stretches_tell(Stretches *all)
{
    for (; all->told < all->n && !all->list[all->told].more; all->told++) {
        const GArray *found = all->list[all->told].found;

        for (guint i = 0; i < found->len && !has_enough(all->q); i++)
            found_add(all->q, g_array_index(found, RecordKey, i));
    }
}

/* The next pages of those from the first that is not done on, many at once: over a connection they
 * wait once together.  What was meant first often finds enough: so long it is asked for alone. */
static bool stretches_look(Stretches *all, GError **error)
{
    size_t many = conn_asks(all->q->conn), asked = 0;

    many = MIN(many, all->told < FIRST_MEANT ? FIRST_MEANT : STRETCHES);
    for (size_t i = all->told; i < all->n && asked < many; i++) {
        Stretch *s = &all->list[i];

        if (s->more && !page_ask(all, s, asked++, error))
            return false;
    }
    for (size_t i = all->told, looked = 0; looked < asked; i++) {
        if (!all->list[i].more)
            continue;
        looked++;
        if (!page_look(all, &all->list[i], error))
            return false;
    }
    return true;
}

static void stretch_add(Stretches *all, int64_t from, int64_t until, const PinyinWay *way,
                        bool check, size_t *looked)
{
    all->list[all->n++] = (Stretch){.until = until,
                                    .way = way,
                                    .looked = looked,
                                    .check = check,
                                    .more = true,
                                    .at = {from, INT64_MIN},
                                    .found = g_array_new(FALSE, FALSE, sizeof(RecordKey))};
}

/* By the words, then by what is read as was typed, in each of the ways it can be meant. */
static bool stretches_make(Stretches *all, GError **error)
{
    Search *q = all->q;
    int64_t gram = 0;

    if (!rarest_gram(q, all->county, &gram, error))
        return false;
    if (gram != 0)
        stretch_add(all, gram, gram + 1, NULL, q->check, &all->looked[PINYIN_WAYS]);
    for (size_t i = 0; i < q->n_ways; i++) {
        const PinyinWay *way = &q->ways[i];

        for (size_t k = 0; k < way->n_stretches; k++)
            stretch_add(all, way->from[k], way->until[k], way, way->check, &all->looked[i]);
    }
    return true;
}

static bool county_all(Search *q, int32_t county, GError **error)
{
    g_autofree Stretches *all = g_new0(Stretches, 1);

    all->q = q;
    all->county = county;
    bool ok = stretches_make(all, error);

    while (ok && all->told < all->n && !has_enough(q)) {
        ok = stretches_look(all, error);
        if (ok)
            stretches_tell(all);
    }
    for (size_t i = 0; i < all->n; i++)
        g_array_unref(all->list[i].found);
    return ok;
}

static bool search_all(Search *q, const SearchIn *in, GError **error)
{
    g_autoptr(GArray) counties = g_array_new(FALSE, FALSE, sizeof(int32_t));

    q->conn->looks_up = true;
    if (!conn_begin(q->conn, error))
        return false;
    if (in->n_counties > 0)
        g_array_append_vals(counties, in->counties, (guint)in->n_counties);
    else if (!counties_of(q->conn, counties, error))
        return false;
    for (guint i = 0; i < counties->len && q->found->len < q->most; i++) {
        if (!county_all(q, g_array_index(counties, int32_t, i), error))
            return false;
    }
    return true;
}

bool store_search_in(Store *s, const SearchIn *in, Arena *a, RecordKey **ret, size_t *ret_n,
                     GError **error)
{
    Search q = {.plan = &s->plan->tables[in->entity->number],
                .most = in->most,
                .wanted = in->wanted,
                .with = in->with,
                .arena = a};
    bool ok = false, due = false;

    *ret = NULL;
    *ret_n = 0;
    points_of(in->words, &q.words);
    search_grams(&q);
    if (in->read) {
        q.ways = arena_many(a, PinyinWay, PINYIN_WAYS);
        q.n_ways = pinyin_ways(in->words, q.ways);
    }
    if (q.n_grams == 0 || !q.plan->has_gram)
        return true;
    if (!reader_take(s, &q.conn, error))
        return false;
    found_room(&q);
    ok = grams_are_due(q.conn, &due, error) && (!due || grams_settle(s, error)) &&
         search_all(&q, in, error);
    reader_give(s, q.conn);
    if (ok) {
        *ret_n = q.found->len;
        *ret = arena_many(a, RecordKey, q.found->len + 1);
        if (q.found->len > 0)
            memcpy(*ret, q.found->data, q.found->len * sizeof **ret);
    }
    g_array_unref(q.found);
    return ok;
}

bool store_search(Store *s, const Entity *e, Str words, size_t most, Arena *a, RecordKey **ret,
                  size_t *ret_n, GError **error)
{
    const SearchIn in = {.entity = e, .words = words, .most = most};

    return store_search_in(s, &in, a, ret, ret_n, error);
}

/* ---- databases whose grams were made otherwise ------------------------------------------- */

/* What grams are made of: the way of making them, and which fields. */
static char *grams_words(const Plan *p)
{
    GString *s = g_string_new(GRAMS_MADE);

    for (size_t i = 0; i < p->n_tables; i++) {
        for (size_t k = 0; k < p->tables[i].n_fields; k++) {
            if (p->tables[i].fields[k].gram)
                g_string_append_printf(s, " %u.%u", p->tables[i].number,
                                       p->tables[i].fields[k].number);
        }
    }
    return g_string_free(s, FALSE);
}

/* Where there are none at all and nothing says how they were made, the database is new. */
static bool grams_anew(Writing *w, const char *words, bool is_told, GError **error)
{
    static const Sql any = SQL("SELECT 1 FROM gram LIMIT 1");
    static const Sql none = SQL("DELETE FROM gram"), all = SQL("DELETE FROM gram_due"),
                     due = SQL("INSERT INTO gram_due(county,seq) SELECT county,0 FROM head");

    Statement *st = NULL;
    int64_t there = 0;

    if (!conn_statement(w->conn, any, &st, error) || !conn_number(w->conn, st, 0, &there, error))
        return false;
    if ((there != 0 || is_told) &&
        (!conn_run(w->conn, none, error) || !conn_run(w->conn, all, error) ||
         !conn_run(w->conn, due, error)))
        return false;
    return about_write(w->conn, "grams", str_of(words), error);
}

bool grams_check(Store *s, GError **error)
{
    g_autofree char *words = grams_words(s->plan);
    g_autoptr(Arena) a = arena_new();
    bool ok = false;
    Str made;

    g_mutex_lock(&s->writing);
    ok = about_read(s->writer, a, "grams", &made, error);
    if (ok && !str_is(made, words)) {
        ok = writing_begin(s->work, error);
        if (ok && !grams_anew(s->work, words, made.at != NULL, error)) {
            writing_abort(s->work);
            ok = false;
        }
        ok = ok && writing_commit(s->work, error);
    }
    g_mutex_unlock(&s->writing);
    return ok;
}
