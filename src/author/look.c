/* look.c — what a word is: its declaration, its label and type, a param's value in force.
 * Read first: lsp_hover(), found_at(). */
#include "author/inside.h"
#include "base/clock.h"
#include "care/observable.h"
#include "care/param_text.h"
#include "compile/compile.h"
#include "declare/link.h"

#include <string.h>

/* Lines of a declaration that are shown; the rest is a click away. */
#define SHOWN_LINES 8u

typedef struct Found {
    const Model *model;
    const Document *document; /* in which the word stands */
    Pos of;                   /* where what it names is declared */
    Pos word;                 /* what is underlined while it is shown */
    const Statement *statement;
    const Field *field;
    const Code *code;
    const RegionRow *region;
    bool keyword; /* the word that begins a declaration */
} Found;

/* ---- what is declared at a place */

static void find_field(Found *f, Pos of)
{
    for (size_t i = 0; i < f->model->n_entities; i++)
        for (size_t k = 0; k < f->model->entities[i]->n_fields; k++)
            if (pos_same(f->model->entities[i]->fields[k]->home.pos, of))
                f->field = f->model->entities[i]->fields[k];
}

static void find_code(Found *f, Pos of)
{
    for (size_t i = 0; i < f->model->n_enums; i++)
        for (size_t k = 0; k < f->model->enums[i]->n_codes; k++)
            if (pos_same(f->model->enums[i]->codes[k].home.pos, of))
                f->code = &f->model->enums[i]->codes[k];
}

static void find_region(Found *f, Pos of)
{
    for (size_t i = 0; i < f->model->n_regions; i++)
        if (pos_same(f->model->regions[i].home.pos, of))
            f->region = &f->model->regions[i];
}

static bool found_of(Found *f, Pos of)
{
    f->of = of;
    f->statement = model_statement_at(f->model, of);
    find_field(f, of);
    find_code(f, of);
    find_region(f, of);
    return f->statement != NULL;
}

/* The name of a field or code where it is declared. */
static bool found_inside(Found *f, Pos pos)
{
    for (size_t i = 0; i < f->model->n_entities; i++)
        for (size_t k = 0; k < f->model->entities[i]->n_fields; k++)
            if (pos_within(f->model->entities[i]->fields[k]->home.pos, pos))
                return found_of(f, f->model->entities[i]->fields[k]->home.pos);
    for (size_t i = 0; i < f->model->n_enums; i++)
        for (size_t k = 0; k < f->model->enums[i]->n_codes; k++)
            if (pos_within(f->model->enums[i]->codes[k].home.pos, pos))
                return found_of(f, f->model->enums[i]->codes[k].home.pos);
    return false;
}

static bool found_at(Server *s, const OpenText *o, Place place, Found *f)
{
    *f = (Found){0};
    f->document = server_document(s, o, &f->model);
    if (f->document == NULL)
        return false;
    Pos pos = text_pos(f->document->source, place);
    const Mention *m = model_mention_at(f->model, pos);
    if (m != NULL) {
        f->word = m->pos;
        return found_of(f, m->of);
    }
    if (found_inside(f, pos)) {
        f->word = f->of;
        return true;
    }
    f->statement = model_statement_at(f->model, pos);
    if (f->statement == NULL)
        return false;
    f->keyword = pos_within(f->statement->begin, pos);
    f->of = f->statement->home.pos;
    f->word = f->keyword ? f->statement->begin : f->of;
    return f->keyword || pos_within(f->of, pos);
}

/* ---- hover */

static void append_lines(GString *to, Str text, uint32_t first, uint32_t last)
{
    uint32_t line = 1;
    g_string_append(to, "```anlao\n");
    for (Str rest = text; rest.at != NULL && line <= last; line++) {
        Str one = str_cut(&rest, '\n');
        if (line < first)
            continue;
        if (line - first == SHOWN_LINES) {
            g_string_append(to, "…\n");
            break;
        }
        g_string_append_printf(to, "%.*s\n", STR_ARG(one));
    }
    g_string_append(to, "```\n");
}

static void append_label(GString *to, Label label)
{
    if (label.zh.len == 0)
        return;
    g_string_append_printf(to, "\n**%.*s**", STR_ARG(label.zh));
    if (!str_equal(label.zh, label.en))
        g_string_append_printf(to, " / %.*s", STR_ARG(label.en));
}

static void append_home(GString *to, const Home *home)
{
    g_string_append_printf(to, "%.*s", STR_ARG(home->document->name));
    if (home->clause != NULL)
        g_string_append_printf(to, " %.*s", STR_ARG(home->clause->number));
    if (home->clause != NULL && !str_equal(home->clause->number, home->clause->title.zh))
        g_string_append_printf(to, " %.*s", STR_ARG(home->clause->title.zh));
}

/* The values of a param today, at the place of the document in which it is asked. */
static void append_values(GString *to, const Found *f, const Param *p)
{
    g_autoptr(Arena) a = arena_new();
    char day[DATE_TEXT];
    RegionTree *regions = region_tree_new(a, f->model);
    int32_t here = region_row(regions, f->document->place);
    size_t n;
    const ParamValue **values = param_in_force(regions, p, here, clock_today(), a, &n);
    ParamText text;
    param_text(f->model, regions, p, here, clock_today(), a, &text);
    date_format(clock_today(), day);
    if (text.unset) {
        g_string_append_printf(to, "\n\n%s: 未设定，须由当地填写 / unset, for the place to fill",
                               day);
        return;
    }
    g_string_append_printf(to, "\n\n%s 起效 / in force:", day);
    for (size_t i = 0; i < n; i++) {
        g_string_append(to, "\n- ");
        param_value_text(p, values[i], false, to);
        g_string_append(to, " — ");
        append_home(to, &values[i]->home);
        if (values[i]->source.len > 0)
            g_string_append_printf(to, "（%.*s）", STR_ARG(values[i]->source));
    }
    if (n == 0)
        g_string_append_printf(to, " %.*s", STR_ARG(text.zh));
}

static void append_type(GString *to, const Type *t)
{
    g_autoptr(Arena) a = arena_new();
    bool named = (t->kind != KIND_ENUM && t->kind != KIND_SET) || t->of != NULL;
    if (named && (t->kind != KIND_REF || t->to != NULL))
        g_string_append_printf(to, " · %s", type_words(a, t));
}

static void append_statement(GString *to, const Found *f)
{
    const Statement *s = f->statement;
    const Observable *o = &observables[s->kind];
    append_lines(to, s->begin.source->text, s->begin.line, MAX(s->end.line, s->begin.line));
    append_label(to, s->label);
    g_string_append_printf(to, "\n\n%s / %s", o->zh, o->en);
    if (s->kind == DECLARES_PARAM && s->what != NULL)
        append_type(to, &((const Param *)s->what)->type);
    g_string_append(to, " · ");
    append_home(to, &s->home);
    if (s->kind == DECLARES_PARAM && f->model->whole)
        append_values(to, f, s->what);
    else if (o->sees_zh[0] != '\0')
        g_string_append_printf(to, "\n\n%s / %s", o->sees_zh, o->sees_en);
}

static void append_line_of(GString *to, Pos pos)
{
    append_lines(to, pos.source->text, pos.line, pos.line);
}

static void append_found(GString *to, const Found *f)
{
    if (f->region != NULL) {
        g_string_append_printf(to, "**%.*s** %.*s", STR_ARG(f->region->name),
                               STR_ARG(f->region->code));
        return;
    }
    if (f->field == NULL && f->code == NULL) {
        append_statement(to, f);
        return;
    }
    append_line_of(to, f->of);
    append_label(to, f->field != NULL ? f->field->label : f->code->label);
    const Home *home = f->field != NULL ? &f->field->home : &f->code->home;
    g_string_append(to, "\n\n");
    if (f->field != NULL) {
        g_string_append_printf(to, "%.*s.%.*s", STR_ARG(f->field->entity->name),
                               STR_ARG(f->field->name));
        append_type(to, &f->field->type);
    } else {
        g_string_append(to, "代码 / code");
    }
    g_string_append(to, " · ");
    append_home(to, home);
}

bool lsp_hover(Server *s, const json_t *params, JsonWriter *j, GError **error)
{
    Place place;
    Found f;
    OpenText *o = param_open(s, params, error);
    if (o == NULL || !param_place(params, &place, error))
        return false;
    if (!o->ours || !found_at(s, o, place, &f)) {
        json_put_null(j, "result");
        return true;
    }
    g_autoptr(GString) text = g_string_new(NULL);
    append_found(text, &f);
    json_put_object(j, "result");
    json_put_object(j, "contents");
    json_put_str(j, "kind", STR("markdown"));
    json_put_str(j, "value", (Str){text->str, text->len});
    json_put_end(j);
    json_range(j, "range", text_range(f.word));
    json_put_end(j);
    return true;
}

/* ---- definition, references */

static void put_location(const Server *s, JsonWriter *j, const char *key, Pos pos)
{
    g_autofree char *uri = server_uri(s, pos.source);
    json_put_object(j, key);
    json_put_str(j, "uri", str_of(uri != NULL ? uri : ""));
    json_range(j, "range", text_range(pos));
    json_put_end(j);
}

bool lsp_definition(Server *s, const json_t *params, JsonWriter *j, GError **error)
{
    Place place;
    Found f;
    OpenText *o = param_open(s, params, error);
    if (o == NULL || !param_place(params, &place, error))
        return false;
    if (!o->ours || !found_at(s, o, place, &f) || f.keyword)
        json_put_null(j, "result");
    else
        put_location(s, j, "result", f.of);
    return true;
}

/* One place of a text, in whichever stack it was met. */
static bool same_place(Pos a, Pos b)
{
    return strcmp(a.source->name, b.source->name) == 0 && a.line == b.line && a.column == b.column;
}

static bool met(const Server *s, guint stack, Pos pos)
{
    for (guint i = 0; i < stack; i++) {
        const Model *m = ((const Stack *)s->stacks->pdata[i])->model;
        for (size_t d = 0; d < m->n_documents; d++)
            if (strcmp(m->documents[d]->source->name, pos.source->name) == 0)
                return true;
    }
    return false;
}

bool lsp_references(Server *s, const json_t *params, JsonWriter *j, GError **error)
{
    Place place;
    Found f;
    OpenText *o = param_open(s, params, error);
    const json_t *context = json_is_object(params) ? json_object_get(params, "context") : NULL;
    if (o == NULL || !param_place(params, &place, error))
        return false;
    bool found = o->ours && found_at(s, o, place, &f) && !f.keyword;
    json_put_array(j, "result");
    if (found && json_is_true(json_object_get(context, "includeDeclaration")))
        put_location(s, j, NULL, f.of);
    for (guint i = 0; found && i < s->stacks->len; i++) {
        const Model *m = ((const Stack *)s->stacks->pdata[i])->model;
        for (size_t k = 0; k < m->n_mentions; k++)
            if (same_place(m->mentions[k].of, f.of) && !met(s, i, m->mentions[k].pos))
                put_location(s, j, NULL, m->mentions[k].pos);
    }
    json_put_end(j);
    return true;
}
