/* migrate_kept.c — which fields and entities are hidden after a migration, and under which names
 * their numbers are kept.  A field that is declared otherwise is hidden as NAME#NUMBER, and the new
 * one gets a number of its own; one that comes back as it once was gets its number back, and with
 * it everything recorded. */
#include "store/migrate_inside.h"

void kept_begin(Kept *k, Arena *a, Str text, Numbering *numbers, GArray *renames)
{
    *k = (Kept){a, g_ptr_array_new(), renames, numbers};
    while (text.len > 0) {
        Str line = str_cut(&text, '\n');

        if (line.len > 0)
            g_ptr_array_add(k->lines, arena_dup(a, line.at, line.len));
    }
}

void kept_end(Kept *k)
{
    g_ptr_array_unref(k->lines);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

char *kept_text(Kept *k)
{
    GString *to = g_string_new(NULL);
    char *text = NULL;

    g_ptr_array_sort(k->lines, by_text);
    for (guint i = 0; i < k->lines->len; i++)
        g_string_append_printf(to, "%s\n", (const char *)k->lines->pdata[i]);
    text = arena_dup(k->arena, to->str, to->len);
    g_string_free(to, TRUE);
    return text;
}

static void keep_line(Kept *k, Str line)
{
    g_ptr_array_add(k->lines, arena_dup(k->arena, line.at, line.len));
}

static Str owner_of(Kept *k, Str entity)
{
    return str_of(arena_printf(k->arena, "entity %.*s", STR_ARG(entity)));
}

static void number_rename(Kept *k, Str entity, Str from, Str to)
{
    NumberRename r = {owner_of(k, entity), arena_str(k->arena, from), owner_of(k, entity),
                      arena_str(k->arena, to)};

    if (str_equal(from, to))
        return;
    numbering_rename(k->numbers, r.owner, from, to);
    g_array_append_val(k->renames, r);
}

/* The line of a field under another name: "field elder.phone text(20)" → "field elder.phone#14 …".
 */
static Str line_renamed(Kept *k, Str line, const SchemaField *f, Str name)
{
    Str rest = line;

    str_cut(&rest, ' ');
    str_cut(&rest, ' ');
    return str_of(arena_printf(k->arena, "field %.*s.%.*s%s%.*s", STR_ARG(f->entity), STR_ARG(name),
                               rest.len > 0 ? " " : "", STR_ARG(rest)));
}

/* The name becomes free for another field. */
static Str set_aside(Kept *k, Str line, const SchemaField *f)
{
    int64_t number = numbering_find(k->numbers, owner_of(k, f->entity), f->name);
    Str name = str_of(arena_printf(k->arena, "%.*s#%" G_GINT64_FORMAT, STR_ARG(f->name), number));

    number_rename(k, f->entity, f->name, name);
    return line_renamed(k, line, f, name);
}

static Str plain_name(Str name)
{
    return str_cut(&name, '#');
}

/* Where the newest hidden field of that name and form stands, or of any form when `form` is NULL:
 * then only one that has kept its name. */
static int hidden_at(Kept *k, Str entity, Str name, const SchemaField *form)
{
    int64_t newest = -1;
    int at = -1;

    for (guint i = 0; i < k->lines->len; i++) {
        SchemaField f;

        if (!schema_field_read(str_of(k->lines->pdata[i]), &f) || !str_equal(f.entity, entity))
            continue;
        bool fits = form != NULL ? str_equal(plain_name(f.name), name) && schema_same_form(&f, form)
                                 : str_equal(f.name, name);
        int64_t number = fits ? numbering_find(k->numbers, owner_of(k, entity), f.name) : -1;

        if (number > newest) {
            newest = number;
            at = (int)i;
        }
    }
    return at;
}

/* A field is declared that was not, or not so.  True: records may hold values of it already. */
static bool field_comes(Kept *k, Str line)
{
    SchemaField f, was;
    int back = -1, other = -1;

    if (!schema_field_read(line, &f))
        return false;
    if (!f.computed)
        back = hidden_at(k, f.entity, f.name, &f);
    other = hidden_at(k, f.entity, f.name, NULL);
    if (other >= 0 && other != back) {
        const char *aside = k->lines->pdata[other];

        schema_field_read(str_of(aside), &was);
        k->lines->pdata[other] = (gpointer)set_aside(k, str_of(aside), &was).at;
    }
    if (back < 0)
        return false;
    schema_field_read(str_of(k->lines->pdata[back]), &was);
    number_rename(k, f.entity, was.name, f.name);
    g_ptr_array_remove_index(k->lines, (guint)back);
    return true;
}

static void entity_comes(Kept *k, Str name)
{
    for (guint i = 0; i < k->lines->len; i++) {
        Str rest = str_of(k->lines->pdata[i]);

        if (str_is(str_cut(&rest, ' '), "entity") && str_equal(str_cut(&rest, ' '), name)) {
            g_ptr_array_remove_index(k->lines, i);
            return;
        }
    }
}

static bool field_change(Kept *k, const SchemaChange *c)
{
    SchemaField was;
    bool held = c->before.at != NULL && schema_field_read(c->before, &was) && !was.computed;

    if (c->step == SCHEMA_HIDDEN && held)
        keep_line(k, c->before);
    if (c->step == SCHEMA_REPLACED && held)
        keep_line(k, set_aside(k, c->before, &was));
    return (c->step == SCHEMA_ADDED || c->step == SCHEMA_REPLACED) && field_comes(k, c->after);
}

bool kept_change(Kept *k, const SchemaChange *c)
{
    if (c->what == SCHEMA_FIELD)
        return field_change(k, c);
    if (c->what == SCHEMA_ENTITY && c->step == SCHEMA_HIDDEN)
        keep_line(k, c->before);
    if (c->what == SCHEMA_ENTITY && c->step == SCHEMA_ADDED)
        entity_comes(k, c->owner);
    return false;
}
