/* demo_profile.c — the profile of a place for the demonstration, chance, names, and the binding to
 * the Model. In: packs/demo/CODE.tsv.  Out: DemoProfile.  What the lines mean stands in that file.
 */
#include "base/file.h"
#include "base/limits.h"
#include "care/demo_inside.h"
#include "compile/compile.h"
#include "data/point.h"

/* ---- chance
 * ---------------------------------------------------------------------------------------- */

static uint64_t mix(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15ull);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return z ^ (z >> 31);
}

void chance_seed(Chance *c, uint64_t seed)
{
    for (unsigned i = 0; i < 4; i++)
        c->s[i] = mix(&seed);
}

static uint64_t turn(uint64_t x, unsigned n)
{
    return x << n | x >> (64 - n);
}

uint64_t chance_next(Chance *c)
{
    uint64_t result = turn(c->s[1] * 5, 7) * 9, t = c->s[1] << 17;
    c->s[2] ^= c->s[0];
    c->s[3] ^= c->s[1];
    c->s[1] ^= c->s[2];
    c->s[0] ^= c->s[3];
    c->s[2] ^= t;
    c->s[3] = turn(c->s[3], 45);
    return result;
}

unsigned chance_below(Chance *c, unsigned n)
{
    return n == 0 ? 0 : (unsigned)((chance_next(c) >> 32) * n >> 32);
}

int64_t chance_between(Chance *c, int64_t low, int64_t high)
{
    return high <= low ? low : low + (int64_t)chance_below(c, (unsigned)(high - low + 1));
}

bool chance_permille(Chance *c, unsigned p)
{
    return chance_below(c, 1000) < p;
}

/* ---- the profile's lines
 * ---------------------------------------------------------------------------- */

typedef struct Line {
    Str cells[12];
    size_t n;
    unsigned number;
} Line;

static unsigned cell_number(const Line *l, size_t i)
{
    unsigned value = 0;
    for (size_t k = 0;
         i < l->n && k < l->cells[i].len && g_ascii_isdigit(l->cells[i].at[k]) && value < 100000000;
         k++)
        value = value * 10 + (unsigned)(l->cells[i].at[k] - '0');
    return value;
}

static Words cell_words(Arena *a, Str cell)
{
    Words w = {0};
    for (Str rest = cell; rest.len > 0; w.n++)
        (void)str_cut(&rest, ' ');
    w.list = arena_many(a, Str, w.n + 1);
    size_t i = 0;
    for (Str rest = cell; rest.len > 0;)
        w.list[i++] = str_cut(&rest, ' ');
    return w;
}

static DemoCounty *county_of(DemoProfile *p, int32_t region)
{
    for (size_t i = 0; i < p->n_counties; i++)
        if (p->counties[i].region == region)
            return &p->counties[i];
    DemoCounty *c = &p->counties[p->n_counties++];
    *c = (DemoCounty){.region = region};
    return c;
}

static bool read_words(DemoProfile *p, const Line *l)
{
    struct {
        const char *key;
        Words *to;
    } lists[] = {{"surname", &p->surnames},
                 {"given_woman", &p->given_woman},
                 {"given_man", &p->given_man},
                 {"given_1950", &p->given_1950},
                 {"facility_name", &p->facility_names}};
    for (size_t i = 0; i < G_N_ELEMENTS(lists); i++)
        if (l->n == 2 && str_is(l->cells[0], lists[i].key)) {
            *lists[i].to = cell_words(p->arena, l->cells[1]);
            return true;
        }
    return false;
}

static bool read_places(DemoProfile *p, const Line *l, int32_t county)
{
    if (str_is(l->cells[0], "facility") && l->n == 11) {
        p->places[p->n_places++] = (DemoPlaces){.county = county,
                                                .kind = l->cells[2],
                                                .setting = l->cells[3],
                                                .year = (int)cell_number(l, 4),
                                                .count = cell_number(l, 5),
                                                .beds = cell_number(l, 6),
                                                .nursing = cell_number(l, 7),
                                                .ownership = l->cells[8],
                                                .operation = l->cells[9],
                                                .profit = cell_number(l, 10)};
        return true;
    }
    if (str_is(l->cells[0], "beds") && l->n == 5) {
        p->beds[p->n_beds++] =
            (DemoBeds){county, (int)cell_number(l, 2), cell_number(l, 3), cell_number(l, 4)};
        return true;
    }
    if (str_is(l->cells[0], "share") && l->n == 3) {
        county_of(p, county)->share = cell_number(l, 2);
        return true;
    }
    if (str_is(l->cells[0], "employee_pension") && l->n == 3) {
        county_of(p, county)->employee = cell_number(l, 2);
        return true;
    }
    return false;
}

/* Lines that name no county. */
static bool read_kinds(DemoProfile *p, const Line *l)
{
    if (str_is(l->cells[0], "records") && l->n == 3)
        p->records[p->n_records++] = (DemoRecords){l->cells[1], cell_number(l, 2)};
    else if (str_is(l->cells[0], "value") && l->n == 5)
        p->values[p->n_values++] =
            (DemoValues){l->cells[1], l->cells[2], cell_number(l, 3), cell_number(l, 4)};
    else if (str_is(l->cells[0], "code") && l->n == 5)
        p->codes[p->n_codes++] =
            (DemoCodes){l->cells[1], l->cells[2], l->cells[3], cell_number(l, 4)};
    else if ((str_is(l->cells[0], "text") || str_is(l->cells[0], "title")) && l->n == 3)
        p->texts[p->n_texts++] = (DemoText){str_is(l->cells[0], "title"), l->cells[1], l->cells[2]};
    else if (str_is(l->cells[0], "kind_name") && l->n == 3)
        p->kind_names[p->n_kind_names++] = (DemoKindName){l->cells[1], l->cells[2]};
    else if (str_is(l->cells[0], "centre") && l->n == 2)
        return point_parse(l->cells[1], &p->centre) == POINT_VALID;
    else if (str_is(l->cells[0], "phone") && l->n == 2)
        p->phone = l->cells[1];
    else
        return false;
    return true;
}

static bool read_line(DemoProfile *p, const RegionTree *t, const Line *l, const char *path,
                      GError **error)
{
    if (str_is(l->cells[0], "day") && l->n == 2 && date_parse(l->cells[1], &p->day))
        return true;
    if (str_is(l->cells[0], "age") && l->n == 4 && p->n_ages < G_N_ELEMENTS(p->ages)) {
        p->ages[p->n_ages++] =
            (DemoAge){(int)cell_number(l, 1), (int)cell_number(l, 2), cell_number(l, 3)};
        return true;
    }
    if (read_words(p, l) || read_kinds(p, l))
        return true;
    int32_t county = l->n > 1 ? region_row(t, l->cells[1]) : ROW_NONE;
    if (county != ROW_NONE && read_places(p, l, county))
        return true;
    return fail(error, FAIL_INPUT, "%s:%u: this line is none a profile knows (\"%.*s\")", path,
                l->number, STR_ARG(l->cells[0]));
}

static void collect_towns(DemoProfile *p, const RegionTree *t)
{
    for (size_t i = 0; i < p->n_counties; i++) {
        DemoCounty *c = &p->counties[i];
        c->towns = arena_many(p->arena, int32_t, t->n + 1);
        for (int32_t k = t->order[c->region] + 1; k <= t->last[c->region]; k++)
            c->towns[c->n_towns++] = t->by_order[k];
        if (c->n_towns == 0) /* a committee that runs no town of its own */
            c->towns[c->n_towns++] = c->region;
    }
}

static bool read_stop(DemoProfile *p, const char *path, GError **error)
{
    Str text;
    if (!file_read(p->arena, path, LIMIT_DOCUMENT_BYTES, &text, error))
        return false;
    p->stop = arena_many(p->arena, uint64_t, text.len / 16 + 1);
    for (Str rest = text; rest.len > 0;) {
        uint8_t bytes[8];
        Str line = str_trim(str_cut(&rest, '\n'));
        if (line.len != 16 || !hex_parse(line, bytes, 8))
            continue;
        memcpy(&p->stop[p->n_stop++], bytes, 8);
    }
    return true;
}

static bool read_lines(DemoProfile *p, const RegionTree *t, const char *path, Str text,
                       GError **error)
{
    unsigned number = 0;
    for (Str rest = text; rest.len > 0;) {
        Line l = {.number = ++number};
        Str line = str_cut(&rest, '\n');
        if (line.len == 0 || line.at[0] == '#')
            continue;
        while (line.len > 0 && l.n < G_N_ELEMENTS(l.cells))
            l.cells[l.n++] = str_trim(str_cut(&line, '\t'));
        if (!read_line(p, t, &l, path, error))
            return false;
    }
    return true;
}

static size_t count_lines(Str text)
{
    size_t lines = 1;
    for (size_t i = 0; i < text.len; i++)
        lines += text.at[i] == '\n';
    return lines;
}

/* What is the same everywhere stands beside the places' profiles; a place's own lines come first.
 */
bool demo_profile_read(Arena *a, const RegionTree *t, const char *path, const char *stop_names,
                       DemoProfile *ret, GError **error)
{
    *ret = (DemoProfile){
        .arena = a, .phone = STR("0000-0"), .centre = point_make(105000000, 35000000)};
    Str text, common;
    g_autofree char *folder = g_path_get_dirname(path);
    g_autofree char *usual = g_build_filename(folder, "common.txt", NULL);
    if (!file_read(a, path, LIMIT_DOCUMENT_BYTES, &text, error) ||
        !file_read(a, usual, LIMIT_DOCUMENT_BYTES, &common, error))
        return fail_while(error, "reading the demonstration's profile");
    size_t lines = count_lines(text) + count_lines(common);
    ret->counties = arena_many(a, DemoCounty, lines);
    ret->places = arena_many(a, DemoPlaces, lines);
    ret->beds = arena_many(a, DemoBeds, lines);
    ret->records = arena_many(a, DemoRecords, lines);
    ret->values = arena_many(a, DemoValues, lines);
    ret->codes = arena_many(a, DemoCodes, lines);
    ret->kind_names = arena_many(a, DemoKindName, lines);
    ret->texts = arena_many(a, DemoText, lines);
    if (!read_lines(ret, t, path, text, error) || !read_lines(ret, t, usual, common, error))
        return false;
    collect_towns(ret, t);
    return read_stop(ret, stop_names, error);
}

bool demo_day(const char *profile, Date *ret, GError **error)
{
    g_autoptr(Arena) a = arena_new();
    Str text;
    if (!file_read(a, profile, LIMIT_DOCUMENT_BYTES, &text, error))
        return fail_while(error, "reading the demonstration's profile");
    for (Str rest = text; rest.len > 0;) {
        Str line = str_cut(&rest, '\n');
        Str value = line;
        if (str_is(str_cut(&value, '\t'), "day") && date_parse(str_trim(value), ret))
            return true;
    }
    return fail(error, FAIL_INPUT, "%s has no line \"day\"", profile);
}

/* ---- names of the Model
 * -------------------------------------------------------------------------------- */

static bool bind_field(const Model *m, const char *entity, const char *field, const Field **ret,
                       GError **error)
{
    const Entity *e = model_entity(m, str_of(entity));
    *ret = e != NULL ? entity_field(e, str_of(field)) : NULL;
    if (*ret == NULL)
        return fail(error, FAIL_INPUT,
                    "the demonstration fills %s.%s, which the documents do not declare", entity,
                    field);
    return true;
}

static bool bind_code(const Model *m, const char *of, const char *name, int64_t *ret,
                      GError **error)
{
    const Enum *e = model_enum(m, str_of(of));
    const Code *code = e != NULL ? enum_code(e, str_of(name)) : NULL;
    if (code == NULL)
        return fail(error, FAIL_INPUT,
                    "the demonstration uses the code %s of %s, which the documents do not declare",
                    name, of);
    *ret = (int64_t)code->number;
    return true;
}

bool demo_names_bind(const Model *m, DemoNames *ret, GError **error)
{
#define FIELD(entity, field)                                                                       \
    if (!bind_field(m, #entity, #field, &ret->entity##_##field, error))                            \
        return false;
#define CODE(of, code)                                                                             \
    if (!bind_code(m, #of, #code, &ret->of##_##code, error))                                       \
        return false;
#include "care/demo_names.def"
#undef FIELD
#undef CODE
    return true;
}

/* ---- a name
 * -----------------------------------------------------------------------------------------------
 */

static Str pick(Chance *c, const Words *w)
{
    return w->n == 0 ? STR("某") : w->list[chance_below(c, (unsigned)w->n)];
}

static bool stopped(const DemoProfile *p, const GString *name)
{
    uint8_t digest[SM3_SIZE];
    uint64_t head;
    sm3(name->str, name->len, digest);
    memcpy(&head, digest, 8);
    for (size_t i = 0; i < p->n_stop; i++)
        if (p->stop[i] == head)
            return true;
    return false;
}

void demo_name(Demo *d, bool woman, int born_year, GString *to)
{
    const DemoProfile *p = &d->profile;
    const Words *given =
        woman ? &p->given_woman
        : born_year >= 1950 && born_year <= 1960 && chance_permille(&d->chance, 500)
            ? &p->given_1950
            : &p->given_man;
    do {
        g_string_truncate(to, 0);
        Str family = pick(&d->chance, &p->surnames), first = pick(&d->chance, given);
        g_string_append_len(to, family.at, (gssize)family.len);
        g_string_append_len(to, first.at, (gssize)first.len);
        if (!chance_permille(&d->chance,
                             40)) { /* one in twenty-five has a given name of one character */
            Str second = pick(&d->chance, given);
            g_string_append_len(to, second.at, (gssize)second.len);
        }
    } while (stopped(p, to));
}
