/* schema.c — see schema.h.  Read first: schema_compare(), field_changed(). */
#include "declare/schema.h"

/* ---- lines ------------------------------------------------------------------------------- */

static const char *const what_words[] = {[SCHEMA_ENTITY] = "entity",
                                         [SCHEMA_FIELD] = "field",
                                         [SCHEMA_ENUM] = "enum",
                                         [SCHEMA_CODE] = "code"};

/* A type has blanks in it only behind these. */
static Str type_cut(Str *rest)
{
    Str begin = *rest, word = str_cut(rest, ' ');
    size_t more = str_is(word, "set") ? 2 : str_is(word, "enum") || str_is(word, "ref") ? 1 : 0;

    for (; more > 0 && rest->at != NULL; more--)
        word = str_cut(rest, ' ');
    return (Str){begin.at, word.at != NULL ? (size_t)(word.at + word.len - begin.at) : begin.len};
}

static bool range_read(Str *rest, SchemaField *f)
{
    Str text = str_cut(rest, ' '), low = str_cut(&text, '.');

    if (text.len < 2 || text.at[0] != '.')
        return false;
    g_autofree char *from = g_strndup(low.at, low.len), *to = g_strndup(text.at + 1, text.len - 1);

    f->has_range = g_ascii_string_to_signed(from, 10, G_MININT64, G_MAXINT64, &f->low, NULL) &&
                   g_ascii_string_to_signed(to, 10, G_MININT64, G_MAXINT64, &f->high, NULL);
    return f->has_range;
}

bool schema_field_read(Str line, SchemaField *ret)
{
    SchemaField f = {0};
    Str rest = line, name = {NULL, 0};
    const struct Flag {
        const char *word;
        bool *to;
    } flags[] = {{"required", &f.required}, {"dated", &f.dated}, {"secret", &f.secret},
                 {"unique", &f.unique},     {"open", &f.open},   {"computed", &f.computed}};

    if (!str_is(str_cut(&rest, ' '), "field"))
        return false;
    name = str_cut(&rest, ' ');
    f.entity = str_cut(&name, '.');
    f.name = name;
    if (rest.at == NULL)
        return false;
    f.type = type_cut(&rest);
    while (rest.at != NULL) {
        Str word = str_cut(&rest, ' ');
        bool known = str_is(word, "range") && range_read(&rest, &f);

        for (size_t i = 0; !known && i < G_N_ELEMENTS(flags); i++) {
            known = str_is(word, flags[i].word);
            if (known)
                *flags[i].to = true;
        }
        if (!known)
            return false;
    }
    *ret = f;
    return f.entity.len > 0 && f.name.len > 0 && f.type.len > 0;
}

/* ---- types ------------------------------------------------------------------------------- */

static bool type_number(Str text, const char *before, uint16_t *ret)
{
    size_t n = strlen(before);
    guint64 number = 0;

    if (!str_starts(text, str_of(before)) || text.len <= n + 1 || text.at[text.len - 1] != ')')
        return false;
    g_autofree char *digits = g_strndup(text.at + n, text.len - n - 1);

    if (!g_ascii_string_to_unsigned(digits, 10, 0, UINT16_MAX, &number, NULL))
        return false;
    *ret = (uint16_t)number;
    return true;
}

bool schema_type_read(Str text, Type *ret)
{
    static const struct Duration {
        const char *word;
        Unit unit;
    } durations[] = {{"days", UNIT_DAYS},
                     {"months", UNIT_MONTHS},
                     {"years", UNIT_YEARS},
                     {"working_days", UNIT_WORKING_DAYS}};
    uint16_t scale = 0;

    *ret = (Type){.kind = KIND_N};
    if (str_starts(text, STR("enum ")))
        ret->kind = KIND_ENUM;
    else if (str_starts(text, STR("set of ")))
        ret->kind = KIND_SET;
    else if (str_starts(text, STR("ref ")))
        ret->kind = KIND_REF;
    else if (type_number(text, "text(", &ret->length))
        ret->kind = KIND_TEXT;
    else if (type_number(text, "decimal(", &scale))
        *ret = (Type){.kind = KIND_DECIMAL, .scale = (uint8_t)scale};
    for (size_t i = 0; i < G_N_ELEMENTS(durations); i++) {
        if (str_is(text, durations[i].word))
            *ret = (Type){.kind = KIND_INT, .unit = durations[i].unit};
    }
    for (int k = 0; ret->kind == KIND_N && k < KIND_N; k++) {
        if (str_is(text, kind_facts[k].word))
            ret->kind = (Kind)k;
    }
    return ret->kind != KIND_N;
}

bool schema_same_form(const SchemaField *a, const SchemaField *b)
{
    Type x, y;
    bool texts = schema_type_read(a->type, &x) && schema_type_read(b->type, &y) &&
                 kind_is_text(x.kind) && kind_is_text(y.kind);

    return (texts || str_equal(a->type, b->type)) && a->dated == b->dated &&
           a->secret == b->secret && a->computed == b->computed &&
           (!a->secret || a->unique == b->unique);
}

/* ---- what it means ----------------------------------------------------------------------- */

typedef struct Meaning {
    GString *words;
    bool destructive;
    SchemaStep step;
} Meaning;

static void means(Meaning *m, bool destructive, const char *words)
{
    g_string_append_printf(m->words, "%s%s", m->words->len > 0 ? "; " : "", words);
    m->destructive = m->destructive || destructive;
}

static void type_changed(const SchemaField *was, const SchemaField *now, Meaning *m)
{
    Type x, y;

    if (str_equal(was->type, now->type))
        return;
    bool wider = schema_type_read(was->type, &x) && schema_type_read(now->type, &y) &&
                 x.kind == KIND_TEXT && y.kind == KIND_TEXT && y.length >= x.length;

    means(m, !wider, wider ? "longer texts fit" : "what does not fit stays until it is changed");
}

static void range_changed(const SchemaField *was, const SchemaField *now, Meaning *m)
{
    if (was->has_range == now->has_range && was->low == now->low && was->high == now->high)
        return;
    bool wider =
        !now->has_range || (was->has_range && now->low <= was->low && now->high >= was->high);

    means(m, !wider,
          wider ? "the range is wider"
                : "the range is narrower: what lies outside stays until it is changed");
}

/* The form is the same: everything recorded stays where it is. */
static void checks_changed(const SchemaField *was, const SchemaField *now, Meaning *m)
{
    type_changed(was, now, m);
    range_changed(was, now, m);
    if (was->required != now->required)
        means(m, now->required,
              now->required ? "required from now on, also of records that lack it"
                            : "no longer required");
    if (was->unique != now->unique)
        means(m, now->unique, now->unique ? "unique from now on" : "no longer unique");
    if (was->open != now->open)
        means(m, true,
              now->open ? "unknown means \"not yet\" from now on"
                        : "unknown no longer means \"not yet\"");
}

static void field_changed(Str before, Str after, Meaning *m)
{
    SchemaField was, now;

    if (!schema_field_read(before, &was) || !schema_field_read(after, &now)) {
        means(m, true, "another version of the program declared it");
        m->step = SCHEMA_REPLACED;
    } else if (was.computed && now.computed) {
        means(m, false, "computed, before and after");
    } else if (was.computed) {
        means(m, true, "was computed: unknown until it is recorded");
        m->step = SCHEMA_ADDED;
    } else if (!schema_same_form(&was, &now)) {
        means(m, true,
              now.secret && !was.secret
                  ? "a secret from now on, unknown until it is recorded anew; what was recorded "
                    "stays in the journal as it was, out of sight"
                  : "unknown until it is recorded anew; what was recorded is kept out of sight");
        m->step = SCHEMA_REPLACED;
    } else {
        checks_changed(&was, &now, m);
    }
}

static void line_new(SchemaWhat what, Str after, bool owner_new, Meaning *m)
{
    SchemaField f;

    m->step = SCHEMA_ADDED;
    if (what == SCHEMA_FIELD && !owner_new && schema_field_read(after, &f) && f.required &&
        !f.computed)
        means(m, true, "required, also of records that lack it");
}

static void line_gone(SchemaWhat what, Str before, Meaning *m)
{
    SchemaField f;

    m->step = SCHEMA_HIDDEN;
    if (what == SCHEMA_ENUM ||
        (what == SCHEMA_FIELD && schema_field_read(before, &f) && f.computed))
        return;
    means(m, true,
          what == SCHEMA_CODE ? "where it was recorded the field is unknown from now on"
                              : "what was recorded is kept out of sight");
}

static void line_changed(SchemaWhat what, Str before, Str after, Meaning *m)
{
    static const char *const words[] = {
        [SCHEMA_ENTITY] = "which records count, where, or what they are called by changes",
        [SCHEMA_ENUM] = "what is more and what is less changes",
        [SCHEMA_CODE] = "what it counts as further up changes",
    };

    if (what == SCHEMA_FIELD)
        field_changed(before, after, m);
    else
        means(m, true, words[what]);
}

/* ---- two texts --------------------------------------------------------------------------- */

typedef struct Line {
    Str all, key, rest; /* key: "field elder.born" */
    SchemaWhat what;
    Str owner, member;
} Line;

static bool line_read(Str line, Line *ret)
{
    Str rest = line, word = str_cut(&rest, ' '), name = {NULL, 0};

    if (rest.at == NULL)
        return false;
    name = str_cut(&rest, ' ');
    *ret = (Line){.all = line, .rest = rest};
    ret->key = (Str){word.at, (size_t)(name.at + name.len - word.at)};
    ret->owner = str_cut(&name, '.');
    ret->member = name;
    for (size_t i = 0; i < G_N_ELEMENTS(what_words); i++) {
        ret->what = (SchemaWhat)i;
        if (str_is(word, what_words[i]))
            return ret->owner.len > 0;
    }
    return false;
}

/* What is no line of a schema is passed over. */
static bool line_next(Str *text, Line *ret)
{
    while (text->len > 0) {
        if (line_read(str_cut(text, '\n'), ret))
            return true;
    }
    return false;
}

static void say_what(const Line *l, GString *to)
{
    g_string_append_printf(to, "%s %.*s",
                           l->what == SCHEMA_ENTITY || l->what == SCHEMA_FIELD ? "entity" : "enum",
                           STR_ARG(l->owner));
    if (l->member.len > 0)
        g_string_append_printf(to, ": %s %.*s", what_words[l->what], STR_ARG(l->member));
}

static SchemaChange change_of(const Line *was, const Line *now, bool owner_new, Arena *a)
{
    const Line *one = now != NULL ? now : was;
    Meaning m = {.words = g_string_new(NULL)};
    g_autoptr(GString) to = g_string_new(NULL);

    say_what(one, to);
    if (was == NULL) {
        line_new(one->what, now->all, owner_new, &m);
        g_string_append(to, " is new");
    } else if (now == NULL) {
        line_gone(one->what, was->all, &m);
        g_string_append(to, " is gone");
    } else {
        line_changed(one->what, was->all, now->all, &m);
        g_string_append_printf(to, " was '%.*s' and is '%.*s'", STR_ARG(was->rest),
                               STR_ARG(now->rest));
    }
    if (m.words->len > 0)
        g_string_append_printf(to, ": %s", m.words->str);
    g_string_free(m.words, TRUE);
    return (SchemaChange){.what = one->what,
                          .owner = one->owner,
                          .member = one->member,
                          .before = was != NULL ? was->all : (Str){NULL, 0},
                          .after = now != NULL ? now->all : (Str){NULL, 0},
                          .step = m.step,
                          .destructive = m.destructive,
                          .words = arena_str(a, (Str){to->str, to->len})};
}

/* Entities and enums stand before their fields and codes in none of the two texts. */
static GHashTable *owners_of(const char *text)
{
    GHashTable *owners = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    Str rest = str_of(text);

    for (Line l; line_next(&rest, &l);) {
        if (l.what == SCHEMA_ENTITY)
            g_hash_table_add(owners, g_strndup(l.owner.at, l.owner.len));
    }
    return owners;
}

static bool is_owner(GHashTable *owners, Str name)
{
    g_autofree char *text = g_strndup(name.at, name.len);

    return g_hash_table_contains(owners, text);
}

void schema_compare(const char *stored, const char *now, Arena *a, SchemaChange **ret,
                    size_t *ret_n)
{
    g_autoptr(GHashTable) owners = owners_of(stored);
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(SchemaChange));
    Str x = str_of(stored), y = str_of(now);
    Line was, is;
    bool more_x = line_next(&x, &was), more_y = line_next(&y, &is);

    while (more_x || more_y) {
        int order = !more_x ? 1 : !more_y ? -1 : str_compare(was.key, is.key);

        if (order != 0 || !str_equal(was.rest, is.rest)) {
            SchemaChange c = change_of(order <= 0 ? &was : NULL, order >= 0 ? &is : NULL,
                                       order > 0 && !is_owner(owners, is.owner), a);

            g_array_append_val(all, c);
        }
        if (order <= 0)
            more_x = line_next(&x, &was);
        if (order >= 0)
            more_y = line_next(&y, &is);
    }
    *ret = arena_list(a, all, ret_n);
}

/* ---- a thin Model ------------------------------------------------------------------------ */

static const Expr computed_somehow;

static Str key_name(Str entity_line)
{
    for (Str rest = entity_line; rest.at != NULL;) {
        if (str_is(str_cut(&rest, ' '), "key"))
            return str_cut(&rest, ' ');
    }
    return (Str){NULL, 0};
}

static Field *field_thin(Arena *a, Entity *e, const SchemaField *s)
{
    Field *f = arena_new_of(a, Field);

    *f = (Field){.name = s->name, .entity = e, .index = (unsigned)e->n_fields};
    schema_type_read(s->type, &f->type);
    f->required = s->required;
    f->dated = s->dated;
    f->secret = s->secret;
    f->unique = s->unique;
    f->open = s->open;
    f->compute = s->computed ? &computed_somehow : NULL;
    return f;
}

static void entity_fill(Arena *a, Entity *e, Str text, Str key)
{
    Str rest = text;
    SchemaField s;
    size_t most = 0;

    for (Line l; line_next(&rest, &l);)
        most += l.what == SCHEMA_FIELD && str_equal(l.owner, e->name);
    e->fields = arena_many(a, Field *, most + 1);
    rest = text;
    for (Line l; line_next(&rest, &l);) {
        if (l.what != SCHEMA_FIELD || !str_equal(l.owner, e->name) || !schema_field_read(l.all, &s))
            continue;
        Field *f = field_thin(a, e, &s);

        if (f->type.kind == KIND_N)
            continue;
        e->fields[e->n_fields++] = f;
        if (key.len > 0 && str_equal(f->name, key))
            e->key = f;
    }
}

static bool is_there(const Model *m, Str name)
{
    for (size_t i = 0; i < m->n_entities; i++) {
        if (str_equal(m->entities[i]->name, name))
            return true;
    }
    return false;
}

Model *schema_model(Arena *a, const char *text)
{
    Model *m = arena_new_of(a, Model);
    Str all = arena_str(a, str_of(text)), rest = all;
    size_t most = 0;

    m->arena = a;
    m->refs = 1;
    for (Line l; line_next(&rest, &l);)
        most++;
    m->entities = arena_many(a, Entity *, most + 1);
    rest = all;
    for (Line l; line_next(&rest, &l);) {
        if ((l.what != SCHEMA_ENTITY && l.what != SCHEMA_FIELD) || is_there(m, l.owner))
            continue;
        Entity *e = arena_new_of(a, Entity);

        e->name = l.owner;
        e->number = (unsigned)m->n_entities;
        m->entities[m->n_entities++] = e;
        entity_fill(a, e, all, l.what == SCHEMA_ENTITY ? key_name(l.rest) : (Str){NULL, 0});
    }
    return m;
}
