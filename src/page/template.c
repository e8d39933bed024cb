/* template.c — parsing and rendering.  In: web/pages, web/parts.  Out: nodes; then HTML.
 * Read first: parse_tag(), render_nodes().  Declared names: template_check.c. */
#include "page/template.h"

#include "page/html.h"

#define DEPTH_MOST 32u /* sections inside sections, over all partials */

struct Templates {
    Arena *arena;
    GPtrArray *list; /* of Template * */
    const Texts *texts;
};

typedef struct Parser {
    Templates *all;
    Template *t;
    Str text;
    size_t at; /* byte offset */
    Pos pos;   /* of `at` */
    GArray *nodes;
    size_t open[DEPTH_MOST];
    size_t depth;
    Diags *ds;
} Parser;

static void step_to(Parser *p, size_t to)
{
    for (; p->at < to; p->at++) {
        unsigned char c = (unsigned char)p->text.at[p->at];
        if (c == '\n') {
            p->pos.line++;
            p->pos.column = 1;
        } else if ((c & 0xC0) != 0x80) {
            p->pos.column++;
        }
    }
}

static TemplateNode *add_node(Parser *p, NodeKind kind, Str text)
{
    TemplateNode n = {.kind = kind, .text = text, .pos = p->pos};
    g_array_append_val(p->nodes, n);
    return &g_array_index(p->nodes, TemplateNode, p->nodes->len - 1);
}

static bool name_good(Str s)
{
    if (s.len == 0 || s.len > LIMIT_NAME || !g_ascii_islower(s.at[0]))
        return false;
    for (size_t i = 0; i < s.len; i++)
        if (!g_ascii_islower(s.at[i]) && !g_ascii_isdigit(s.at[i]) && s.at[i] != '_')
            return false;
    return true;
}

static void open_section(Parser *p, NodeKind kind, Str name)
{
    if (p->depth == DEPTH_MOST) {
        diag_error(p->ds, p->pos, "sections are nested too deep");
        return;
    }
    p->open[p->depth++] = p->nodes->len;
    add_node(p, kind, name);
}

static void close_section(Parser *p, Str name)
{
    if (p->depth == 0) {
        diag_error(p->ds, p->pos, "nothing is open here that \"%.*s\" could close", STR_ARG(name));
        return;
    }
    TemplateNode *open = &g_array_index(p->nodes, TemplateNode, p->open[p->depth - 1]);
    if (!str_equal(open->text, name)) {
        diag_error(p->ds, p->pos, "\"%.*s\" is closed where \"%.*s\" is open", STR_ARG(name),
                   STR_ARG(open->text));
        return;
    }
    open->end = p->nodes->len;
    p->depth--;
    add_node(p, NODE_END, name);
}

static void add_text(Parser *p, Str key)
{
    Text *say = texts_find(p->all->texts, key);
    if (say == NULL) {
        diag_error(p->ds, p->pos, "there is no text \"%.*s\"", STR_ARG(key));
        return;
    }
    say->used = true;
    add_node(p, NODE_TEXT, key)->say = say;
}

/* The inside of {{…}}. */
static void parse_tag(Parser *p, Str tag)
{
    char mark = tag.len > 0 ? tag.at[0] : ' ';
    bool marked = strchr("#^/>&!", mark) != NULL && tag.len > 0;
    Str name = str_trim(marked ? (Str){tag.at + 1, tag.len - 1} : tag);
    if (mark == '!')
        return;
    if (!marked && str_starts(name, STR("t."))) {
        add_text(p, (Str){name.at + 2, name.len - 2});
        return;
    }
    if (!name_good(name)) {
        diag_error(p->ds, p->pos, "a name is lower-case letters, digits and _");
        return;
    }
    bool is_html = str_ends(name, STR("_html"));
    if (mark == '#' || mark == '^')
        open_section(p, mark == '#' ? NODE_SECTION : NODE_INVERTED, name);
    else if (mark == '/')
        close_section(p, name);
    else if (mark == '>')
        add_node(p, NODE_PART, name);
    else if (is_html != (mark == '&'))
        diag_error(p->ds, p->pos, "{{&…}} is for names that end in _html, and only so they print");
    else
        add_node(p, mark == '&' ? NODE_RAW : NODE_NAME, name);
}

/* A tag alone on its line, other than a value, takes the line with it. */
static bool stands_alone(const Parser *p, size_t start, size_t end, size_t *ret_line_start,
                         size_t *ret_line_end)
{
    char mark = p->text.at[start + 2];
    if (strchr("#^/>!", mark) == NULL)
        return false;
    size_t from = start, to = end;
    while (from > 0 && (p->text.at[from - 1] == ' ' || p->text.at[from - 1] == '\t'))
        from--;
    while (to < p->text.len && (p->text.at[to] == ' ' || p->text.at[to] == '\t'))
        to++;
    if ((from > 0 && p->text.at[from - 1] != '\n') || (to < p->text.len && p->text.at[to] != '\n'))
        return false;
    *ret_line_start = from;
    *ret_line_end = to < p->text.len ? to + 1 : to;
    return true;
}

static void add_literal(Parser *p, size_t from, size_t to)
{
    if (to > from)
        add_node(p, NODE_LITERAL, (Str){p->text.at + from, to - from});
}

static void parse_template(Parser *p)
{
    size_t from = 0;
    for (;;) {
        Str rest = {p->text.at + p->at, p->text.len - p->at};
        ptrdiff_t open = str_find(rest, STR("{{"));
        if (open < 0)
            break;
        size_t start = p->at + (size_t)open;
        Str inside = {p->text.at + start + 2, p->text.len - start - 2};
        ptrdiff_t close = str_find(inside, STR("}}"));
        step_to(p, start);
        if (close < 0) {
            diag_error(p->ds, p->pos, "{{ is never closed");
            break;
        }
        size_t end = start + (size_t)close + 4, line_start = start, line_end = end;
        if (close > 0)
            stands_alone(p, start, end, &line_start, &line_end);
        add_literal(p, from, MAX(line_start, from));
        parse_tag(p, (Str){inside.at, (size_t)close});
        step_to(p, line_end);
        from = line_end;
    }
    add_literal(p, from, p->text.len);
    for (size_t i = 0; i < p->depth; i++) {
        TemplateNode *n = &g_array_index(p->nodes, TemplateNode, p->open[i]);
        diag_error(p->ds, n->pos, "section \"%.*s\" is never closed", STR_ARG(n->text));
        n->end = p->nodes->len - 1;
    }
}

static Template *parse_file(Templates *ts, const TemplateFile *file, Diags *ds)
{
    Template *t = arena_new_of(ts->arena, Template);
    t->name = arena_dup(ts->arena, file->name, strlen(file->name));
    t->source = (Source){t->name, arena_str(ts->arena, file->text)};
    Parser p = {.all = ts, .t = t, .text = t->source.text, .ds = ds};
    p.pos = (Pos){&t->source, 1, 1, 1};
    p.nodes = g_array_new(FALSE, TRUE, sizeof(TemplateNode));
    size_t bad = 0;
    if (str_utf8_valid(p.text, &bad))
        parse_template(&p);
    else
        diag_error(ds, p.pos, "the template is not UTF-8 at byte %zu", bad);
    t->n_nodes = p.nodes->len;
    t->nodes = arena_many(ts->arena, TemplateNode, p.nodes->len + 1);
    if (p.nodes->len > 0)
        memcpy(t->nodes, p.nodes->data, p.nodes->len * sizeof(TemplateNode));
    g_array_unref(p.nodes);
    return t;
}

static void link_parts(Templates *ts, Template *t, Diags *ds)
{
    for (size_t i = 0; i < t->n_nodes; i++) {
        TemplateNode *n = &t->nodes[i];
        if (n->kind != NODE_PART)
            continue;
        const char *path = arena_printf(ts->arena, "parts/%.*s", STR_ARG(n->text));
        n->part = templates_find(ts, path);
        if (n->part == NULL)
            diag_error(ds, n->pos, "there is no part \"%.*s\"", STR_ARG(n->text));
    }
}

/* Depth of partials: a part inside itself would never end. */
static bool depth_good(const Template *t, size_t depth)
{
    if (depth > LIMIT_TEMPLATE_DEPTH)
        return false;
    for (size_t i = 0; i < t->n_nodes; i++)
        if (t->nodes[i].part != NULL && !depth_good(t->nodes[i].part, depth + 1))
            return false;
    return true;
}

Templates *templates_parse(const TemplateFile *files, size_t n, const Texts *texts, Diags *ds)
{
    Templates *ts = g_new0(Templates, 1);
    ts->arena = arena_new();
    ts->list = g_ptr_array_new();
    ts->texts = texts;
    for (size_t i = 0; i < n; i++)
        g_ptr_array_add(ts->list, parse_file(ts, &files[i], ds));
    for (size_t i = 0; i < n; i++)
        link_parts(ts, g_ptr_array_index(ts->list, i), ds);
    for (size_t i = 0; i < n; i++) {
        Template *t = g_ptr_array_index(ts->list, i);
        template_lint(t, ds);
        if (!depth_good(t, 0)) {
            diag_error(ds, (Pos){&t->source, 1, 1, 1}, "parts inside parts go too deep");
            t->n_nodes = 0;
        }
    }
    return ts;
}

void templates_free(Templates *ts)
{
    if (ts == NULL)
        return;
    g_ptr_array_unref(ts->list);
    arena_free(ts->arena);
    g_free(ts);
}

const Template *templates_find(const Templates *ts, const char *name)
{
    for (size_t i = 0; i < ts->list->len; i++) {
        const Template *t = g_ptr_array_index(ts->list, i);
        if (strcmp(t->name, name) == 0)
            return t;
    }
    return NULL;
}

const Template *templates_at(const Templates *ts, size_t index)
{
    return index < ts->list->len ? g_ptr_array_index(ts->list, index) : NULL;
}

/* ---- rendering ---- */

typedef struct Render {
    const View *scope[DEPTH_MOST + 1];
    size_t depth;
    Lang lang;
    GString *to;
} Render;

static const ViewNode *look_up(const Render *r, Str name)
{
    for (size_t i = r->depth; i-- > 0;) {
        const ViewNode *n = view_find(r->scope[i], name);
        if (n != NULL)
            return n;
    }
    return NULL;
}

static bool has_text(const ViewNode *n)
{
    return n->kind == VIEW_TEXT || n->kind == VIEW_URL;
}

static void print_name(const Render *r, Str name)
{
    const ViewNode *n = look_up(r, name);
    if (n != NULL && has_text(n))
        html_escape(r->to, n->text);
}

static void print_raw(const Render *r, Str name)
{
    const ViewNode *n = look_up(r, name);
    if (n != NULL && n->kind == VIEW_HTML)
        g_string_append_len(r->to, n->text.at, (gssize)n->text.len);
}

static void print_text(const Render *r, const Text *say)
{
    for (size_t i = 0; i < say->n_pieces[r->lang]; i++) {
        const TextPiece *p = &say->pieces[r->lang][i];
        if (p->is_name)
            print_name(r, p->text);
        else
            html_escape(r->to, p->text);
    }
}

static bool is_true(const ViewNode *n)
{
    if (n == NULL)
        return false;
    switch (n->kind) {
    case VIEW_FLAG:
        return n->flag;
    case VIEW_OBJECT:
        return true;
    case VIEW_LIST:
        return n->as.list->count > 0;
    case VIEW_TEXT:
    case VIEW_HTML:
    case VIEW_URL:
        break;
    }
    return n->text.len > 0;
}

static void render_nodes(Render *r, const Template *t, size_t from, size_t to);

static void render_inside(Render *r, const Template *t, size_t section, const View *v)
{
    if (v != NULL && r->depth > DEPTH_MOST)
        return;
    if (v != NULL)
        r->scope[r->depth++] = v;
    render_nodes(r, t, section + 1, t->nodes[section].end);
    if (v != NULL)
        r->depth--;
}

static void render_section(Render *r, const Template *t, size_t at)
{
    const ViewNode *n = look_up(r, t->nodes[at].text);
    if (!is_true(n))
        return;
    if (n->kind == VIEW_LIST)
        for (const View *v = n->as.list->first; v != NULL; v = v->next)
            render_inside(r, t, at, v);
    else
        render_inside(r, t, at, n->kind == VIEW_OBJECT ? n->as.object : NULL);
}

static void render_nodes(Render *r, const Template *t, size_t from, size_t to)
{
    for (size_t i = from; i < to && i < t->n_nodes; i++) {
        const TemplateNode *n = &t->nodes[i];
        switch (n->kind) {
        case NODE_LITERAL:
            g_string_append_len(r->to, n->text.at, (gssize)n->text.len);
            break;
        case NODE_NAME:
            print_name(r, n->text);
            break;
        case NODE_RAW:
            print_raw(r, n->text);
            break;
        case NODE_TEXT:
            print_text(r, n->say);
            break;
        case NODE_PART:
            if (n->part != NULL)
                render_nodes(r, n->part, 0, n->part->n_nodes);
            break;
        case NODE_SECTION:
            render_section(r, t, i);
            i = n->end;
            break;
        case NODE_INVERTED:
            if (!is_true(look_up(r, n->text)))
                render_inside(r, t, i, NULL);
            i = n->end;
            break;
        case NODE_END:
            break;
        }
    }
}

void template_render(const Template *t, const View *root, Lang lang, GString *to)
{
    Render r = {.scope = {root}, .depth = 1, .lang = lang, .to = to};
    render_nodes(&r, t, 0, t->n_nodes);
}
