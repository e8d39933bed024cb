/* duplicates.c — which two records may be one person: by name, birth, telephone, address, town.
 * In: titles and addresses as hashes from the store, days and towns from the working set.  Out:
 * pairs with points.  Nothing here is a decision: a person looks at both side by side.
 * Read first: pairs_find(), pair_judge(). */
#include "base/identifier.h"
#include "base/sort.h"
#include "care/keys.h"
#include "care/record.h"
#include "care/same.h"
#include "care/write.h"

#define RUN_MOST   40     /* of one bucket: beyond, names and birthdays say nothing */
#define PAIRS_MOST 200000 /* a bound of memory: so many pairs are no list for people */

/* What a pair is judged by.  `address` and `sex` by their names, like other fields of the trade. */
typedef struct Traits {
    const Entity *entity;
    const Field *born, *address, *sex, *number, *phone;
} Traits;

typedef struct Person {
    RecordKey key;
    uint64_t title, address;
    uint32_t row;
    int32_t place;
    bool born_known;
    int64_t born;
} Person;

typedef struct Pair {
    uint32_t a, b; /* in persons; a < b */
    int score;
} Pair;

typedef struct Finding {
    Care *care;
    Working *working;
    const Session *session; /* NULL: nobody looks, all are compared */
    Traits t;
    Arena *arena;
    Date today;
    Person *persons;
    size_t n;
    GHashTable *seen; /* a << 32 | b */
    GHashTable *apart;
    GArray *pairs;
} Finding;

static Traits traits_of(const Entity *e)
{
    Traits t = {.entity = e, .born = e->begin};
    t.address = entity_field(e, STR("address"));
    if (t.address != NULL && (t.address->type.kind != KIND_TEXT || t.address->secret ||
                              t.address->dated || t.address->compute != NULL))
        t.address = NULL;
    t.sex = entity_field(e, STR("sex"));
    if (t.sex != NULL && t.sex->type.kind != KIND_ENUM)
        t.sex = NULL;
    for (size_t i = 0; i < e->n_fields; i++) {
        const Field *f = e->fields[i];
        if (f->secret && f->unique && t.number == NULL)
            t.number = f;
        if (f->type.kind == KIND_PHONE && t.phone == NULL)
            t.phone = f;
    }
    return t;
}

/* ---- points */

static void give(Alike *to, const char *zh, const char *en, int points)
{
    g_assert(to->n_reasons < ALIKE_REASONS);
    to->reasons[to->n_reasons++] = (AlikeReason){zh, en, points};
    to->score += points;
}

/* One figure wrong, or day and month the other way round: how birthdays are mistyped. */
static bool days_near(Date x, Date y)
{
    Ymd a = date_ymd(x), b = date_ymd(y);
    int same = (a.year == b.year) + (a.month == b.month) + (a.day == b.day);
    return same == 2 || (a.year == b.year && a.month == b.day && a.day == b.month);
}

static void judge_born(const Person *x, const Person *y, Alike *to)
{
    if (!x->born_known || !y->born_known)
        return;
    if (x->born == y->born)
        give(to, "出生日期相同", "the same birthday", 30);
    else if (days_near((Date)x->born, (Date)y->born))
        give(to, "出生日期只差一处", "birthdays that differ in one place", 15);
    else
        give(to, "出生日期不同", "different birthdays", -20);
}

static bool known_both(const Batch *b, const Field *f, uint32_t x, uint32_t y, Date day,
                       int64_t *ret_x, int64_t *ret_y)
{
    const Column *c = f != NULL && f->index < b->n_columns ? b->columns[f->index] : NULL;
    return c != NULL && column_at(c, x, day, ret_x) && column_at(c, y, day, ret_y);
}

/* All but the telephone, which lies sealed. */
static void pair_judge(const Finding *f, const Person *x, const Person *y, Alike *to)
{
    const Batch *b = working_batch(f->working, f->t.entity);
    const Column *number = f->t.number != NULL ? b->columns[f->t.number->index] : NULL;
    int64_t left, right;
    *to = (Alike){.entity = f->t.entity, .a = x->key, .b = y->key};
    if (x->title != 0 && x->title == y->title)
        give(to, "姓名相同", "the same name", 40);
    judge_born(x, y, to);
    if (x->address != 0 && x->address == y->address)
        give(to, "住址相同", "the same address", 20);
    if (x->place != ROW_NONE && x->place == y->place)
        give(to, "同一个乡镇或村", "the same town or village", 10);
    if (known_both(b, f->t.sex, x->row, y->row, f->today, &left, &right) && left != right)
        give(to, "性别不同", "different sexes", -30);
    if (number != NULL && column_known(number, x->row) && column_known(number, y->row))
        give(to, "各有公民身份号码，且不同", "each has a citizen number, and they differ", -40);
}

static bool plain_of(Care *c, const Field *f, RecordKey key, Arena *a, Str *ret, GError **error)
{
    Str sealed;
    *ret = STR("");
    return store_sealed(c->store, f, key, a, &sealed, error) &&
           (sealed.len == 0 || keys_unseal(c->keys, f, key.id, sealed, a, ret, error));
}

/* However each of them was written. */
static bool same_phone(Str x, Str y)
{
    char of_x[PHONE_MOST + 1], of_y[PHONE_MOST + 1];
    size_t n, m;
    bool same = phone_read(x, of_x, &n) && phone_read(y, of_y, &m)
                    ? n > 0 && n == m && memcmp(of_x, of_y, n) == 0
                    : x.len > 0 && str_equal(x, y);
    explicit_bzero(of_x, sizeof of_x);
    explicit_bzero(of_y, sizeof of_y);
    return same;
}

/* Whether they are equal is all that leaves here. */
static bool judge_phone(Finding *f, Alike *to, GError **error)
{
    Str x, y;
    if (f->t.phone == NULL || !f->t.phone->secret)
        return true;
    if (!plain_of(f->care, f->t.phone, to->a, f->arena, &x, error) ||
        !plain_of(f->care, f->t.phone, to->b, f->arena, &y, error))
        return false;
    if (same_phone(x, y))
        give(to, "电话相同", "the same telephone", 25);
    return true;
}

/* ---- buckets */

typedef struct Bucket {
    uint64_t key;
    uint32_t person;
} Bucket;

static int bucket_order(const void *a, const void *b)
{
    const Bucket *x = a, *y = b;
    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    return x->person < y->person ? -1 : x->person > y->person;
}

static uint64_t mixed(uint64_t a, uint64_t b)
{
    return (a ^ (b + UINT64_C(0x9e3779b97f4a7c15) + (a << 6) + (a >> 2))) | 1;
}

/* 0: says nothing. */
static uint64_t bucket_key(const Person *p, int kind)
{
    uint64_t born = (uint64_t)p->born + 1000000, place = (uint64_t)(p->place + 1);
    switch (kind) {
    case 0:
        return p->title != 0 && p->born_known ? mixed(p->title, born) : 0;
    case 1:
        return p->title != 0 && p->place != ROW_NONE ? mixed(p->title, place) : 0;
    default:
        return p->address != 0 && p->born_known ? mixed(p->address, born) : 0;
    }
}

static int64_t pair_key(uint32_t a, uint32_t b)
{
    return (int64_t)((uint64_t)MIN(a, b) << 32 | MAX(a, b));
}

static bool is_apart(const Finding *f, int64_t x, int64_t y)
{
    g_autofree char *key =
        g_strdup_printf("%" G_GINT64_FORMAT " %" G_GINT64_FORMAT, MIN(x, y), MAX(x, y));
    return g_hash_table_contains(f->apart, key);
}

static void pair_try(Finding *f, uint32_t x, uint32_t y)
{
    const Person *a = &f->persons[MIN(x, y)], *b = &f->persons[MAX(x, y)];
    int64_t key = pair_key(x, y);
    Alike judged;
    if (f->pairs->len >= PAIRS_MOST || a->key.id == b->key.id ||
        !g_hash_table_add(f->seen, g_memdup2(&key, sizeof key)))
        return;
    pair_judge(f, a, b, &judged);
    if (judged.score < ALIKE_LEAST || is_apart(f, a->key.id, b->key.id))
        return;
    Pair p = {MIN(x, y), MAX(x, y), judged.score};
    g_array_append_val(f->pairs, p);
}

static void buckets_walk(Finding *f, int kind)
{
    g_autofree Bucket *buckets = g_new(Bucket, f->n + 1);
    size_t n = 0;
    for (size_t i = 0; i < f->n; i++) {
        uint64_t key = bucket_key(&f->persons[i], kind);
        if (key != 0)
            buckets[n++] = (Bucket){key, (uint32_t)i};
    }
    sort_rows(buckets, n, sizeof *buckets, bucket_order);
    for (size_t from = 0, to; from < n; from = to) {
        for (to = from + 1; to < n && buckets[to].key == buckets[from].key; to++)
            ;
        if (to - from > RUN_MOST)
            continue;
        for (size_t i = from; i < to; i++)
            for (size_t k = i + 1; k < to; k++)
                pair_try(f, buckets[i].person, buckets[k].person);
    }
}

/* ---- who may be looked at */

static bool persons_read(Finding *f, int32_t region, GError **error)
{
    Care *c = f->care;
    const Batch *b = working_batch(f->working, f->t.entity);
    const int32_t *places;
    TitleRow *rows;
    size_t n;
    if (b == NULL || b->rows == 0)
        return true;
    g_autofree uint8_t *seen = g_new0(uint8_t, b->rows + 1);
    if (f->session == NULL)
        memset(seen, 1, b->rows);
    else if (!scope_rows(c, f->working, f->session, f->t.entity, f->today, seen, error))
        return false;
    if (!working_places(c, f->working, f->t.entity, f->today, &places, error) ||
        !store_title_hashes(c->store, f->t.entity, f->t.address, f->arena, &rows, &n, error))
        return false;
    const Column *born = f->t.born != NULL ? b->columns[f->t.born->index] : NULL;
    f->persons = arena_many(f->arena, Person, n + 1);
    for (size_t i = 0; i < n; i++) {
        int64_t row = working_row(f->working, f->t.entity, rows[i].key.id);
        if (row == ROW_NONE || !seen[row])
            continue;
        if (region != ROW_NONE &&
            (places[row] == ROW_NONE || !region_in(c->regions, places[row], region)))
            continue;
        Person p = {
            rows[i].key, rows[i].title, rows[i].address, (uint32_t)row, places[row], false, 0};
        p.born_known = born != NULL && column_at(born, (size_t)row, f->today, &p.born);
        f->persons[f->n++] = p;
    }
    return true;
}

static bool apart_read(Finding *f, GError **error)
{
    Docket *list;
    size_t n;
    if (!store_dockets(f->care->store, DOCKET_APART, DOCKET_OPEN, f->arena, &list, &n, error))
        return false;
    for (size_t i = 0; i < n; i++)
        if (list[i].entity == f->t.entity)
            g_hash_table_add(f->apart, g_strdup_printf("%" G_GINT64_FORMAT " %" G_GINT64_FORMAT,
                                                       MIN(list[i].subject, list[i].other.id),
                                                       MAX(list[i].subject, list[i].other.id)));
    return true;
}

static bool finding_begin(Finding *f, int32_t region, GError **error)
{
    f->today = care_today(f->care);
    f->seen = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    f->apart = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    f->pairs = g_array_new(FALSE, FALSE, sizeof(Pair));
    return working_get(f->care, &f->working, error) && persons_read(f, region, error) &&
           apart_read(f, error);
}

static void finding_end(Finding *f)
{
    g_hash_table_unref(f->seen);
    g_hash_table_unref(f->apart);
    g_array_unref(f->pairs);
    working_unref(f->working);
}

static int pair_order(const void *a, const void *b)
{
    const Pair *x = a, *y = b;
    if (x->score != y->score)
        return x->score > y->score ? -1 : 1;
    return x->a != y->a ? (x->a < y->a ? -1 : 1) : (x->b > y->b) - (x->b < y->b);
}

static int alike_order(const void *a, const void *b)
{
    const Alike *x = a, *y = b;
    return (y->score > x->score) - (y->score < x->score);
}

static bool alike_fill(Finding *f, const Person *x, const Person *y, Alike *to, GError **error)
{
    bool swap = x->key.id > y->key.id; /* ids grow: the older record first */
    pair_judge(f, swap ? y : x, swap ? x : y, to);
    return judge_phone(f, to, error) &&
           title_of(f->care, f->working, f->session, f->t.entity, to->a, 0, f->arena, &to->a_title,
                    error) &&
           title_of(f->care, f->working, f->session, f->t.entity, to->b, 0, f->arena, &to->b_title,
                    error);
}

static bool pairs_hand_over(Finding *f, size_t most, Alike **ret, size_t *ret_n, GError **error)
{
    size_t n = MIN(f->pairs->len, most);
    if (f->pairs->len > 0)
        sort_rows(f->pairs->data, f->pairs->len, sizeof(Pair), pair_order);
    *ret = arena_many(f->arena, Alike, n + 1);
    for (size_t i = 0; i < n; i++) {
        const Pair *p = &g_array_index(f->pairs, Pair, i);
        if (!alike_fill(f, &f->persons[p->a], &f->persons[p->b], &(*ret)[i], error))
            return false;
    }
    sort_rows(*ret, n, sizeof **ret, alike_order); /* a telephone may have lifted one */
    *ret_n = n;
    return true;
}

static bool may_look(const Session *s, const Entity *e, GError **error)
{
    Scope scope;
    if (!scope_of(s, e, MAY_PERSON_READ | MAY_PERSON_WRITE, &scope, error))
        return false;
    return e->place != NULL ||
           fail(error, FAIL_INPUT, "records of \"%.*s\" are no persons", STR_ARG(e->name));
}

bool alike_list(Care *c, const Session *s, const Entity *e, int32_t region, size_t most, Arena *a,
                Alike **ret, size_t *ret_n, uint64_t *ret_all, GError **error)
{
    Finding f = {.care = c, .session = s, .t = traits_of(e), .arena = a};
    if (!may_look(s, e, error))
        return false;
    bool fine = finding_begin(&f, region, error);
    for (int kind = 0; fine && kind < 3; kind++)
        buckets_walk(&f, kind);
    *ret_all = f.pairs->len;
    fine = fine && pairs_hand_over(&f, most, ret, ret_n, error);
    finding_end(&f);
    return fine || fail_while(error, "looking for records that are alike");
}

static int id_order(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

bool alike_later(Care *c, const Entity *e, Arena *a, int64_t **ret, size_t *ret_n, GError **error)
{
    g_autoptr(Arena) own = arena_new();
    Finding f = {.care = c, .t = traits_of(e), .arena = own};
    bool fine = finding_begin(&f, ROW_NONE, error);
    for (int kind = 0; fine && kind < 3; kind++)
        buckets_walk(&f, kind);
    *ret = arena_many(a, int64_t, f.pairs->len + 1);
    *ret_n = 0;
    for (guint i = 0; fine && i < f.pairs->len; i++) {
        const Pair *p = &g_array_index(f.pairs, Pair, i);
        (*ret)[i] = MAX(f.persons[p->a].key.id, f.persons[p->b].key.id); /* ids grow */
    }
    sort_rows(*ret, f.pairs->len, sizeof **ret, id_order);
    for (guint i = 0; fine && i < f.pairs->len; i++)
        if (*ret_n == 0 || (*ret)[*ret_n - 1] != (*ret)[i])
            (*ret)[(*ret_n)++] = (*ret)[i];
    finding_end(&f);
    return fine || fail_while(error, "looking for records that are alike");
}

static int64_t person_of(const Finding *f, int64_t id)
{
    for (size_t i = 0; i < f->n; i++)
        if (f->persons[i].key.id == id)
            return (int64_t)i;
    return -1;
}

bool alike_pair(Care *c, const Session *s, const Entity *e, RecordKey x, RecordKey y, Arena *a,
                Alike *ret, GError **error)
{
    Finding f = {.care = c, .session = s, .t = traits_of(e), .arena = a};
    if (!may_look(s, e, error))
        return false;
    bool fine = finding_begin(&f, ROW_NONE, error);
    int64_t one = fine ? person_of(&f, x.id) : -1, two = fine ? person_of(&f, y.id) : -1;
    if (fine && (one < 0 || two < 0 || one == two))
        fine = fail(error, FAIL_ABSENT, "there are no two such records in your region");
    fine = fine && alike_fill(&f, &f.persons[one], &f.persons[two], ret, error);
    finding_end(&f);
    return fine;
}

bool alike_apart(Care *c, const Session *s, const Entity *e, RecordKey x, RecordKey y, Str reason,
                 GError **error)
{
    g_autoptr(Arena) a = arena_new();
    Alike pair;
    Docket d = {.kind = DOCKET_APART, .entity = e, .by = s->account};
    if (!check_reason(reason, error) || !alike_pair(c, s, e, x, y, a, &pair, error) ||
        !care_new_id(c, &d.key.id, error))
        return false;
    d.key.county = pair.a.county;
    d.subject = pair.a.id;
    d.other = pair.b;
    const WriteSet set = {.dockets = &d, .n_dockets = 1, .reason = reason};
    return care_write_set(c, s, &set, error) || fail_while(error, "noting that they are two");
}
