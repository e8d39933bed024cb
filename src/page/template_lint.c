/* template_lint.c — what the HTML of a template may not do, so that a value can never become
 * markup. In: the text of a template.  Out: Diags.  A small reader of tags; it knows no document
 * tree. Read first: lint_tag(), lint_attribute(). */
#include "page/template.h"

typedef struct Lint {
    Str text;
    size_t at;
    Pos pos;
    size_t counted; /* bytes that `pos` has passed */
    Diags *ds;
} Lint;

static Pos here(Lint *l)
{
    for (; l->counted < l->at && l->counted < l->text.len; l->counted++) {
        unsigned char c = (unsigned char)l->text.at[l->counted];
        if (c == '\n') {
            l->pos.line++;
            l->pos.column = 1;
        } else if ((c & 0xC0) != 0x80) {
            l->pos.column++;
        }
    }
    return l->pos;
}

static Str rest_of(const Lint *l)
{
    return (Str){l->text.at + l->at, l->text.len - l->at};
}

static bool at_text(const Lint *l, const char *what)
{
    size_t n = strlen(what);
    Str rest = rest_of(l);
    return rest.len >= n && g_ascii_strncasecmp(rest.at, what, n) == 0;
}

static void skip_past(Lint *l, const char *what)
{
    ptrdiff_t found = str_find(rest_of(l), str_of(what));
    l->at = found < 0 ? l->text.len : l->at + (size_t)found + strlen(what);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static bool is_address(Str name)
{
    static const char *const names[] = {"href",   "src",     "action", "formaction", "poster",
                                        "hx-get", "hx-post", "data",   "cite",       "ping"};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        if (str_is(name, names[i]))
            return true;
    return false;
}

/* "/…", "#…", "?…" or the whole value one {{…_url}}. */
static bool address_good(Str value)
{
    if (str_starts(value, STR("{{")) && str_ends(value, STR("_url}}")))
        return str_find((Str){value.at + 2, value.len - 2}, STR("{{")) < 0;
    return value.len > 0 && strchr("/#?", value.at[0]) != NULL && !str_starts(value, STR("//")) &&
           !str_starts(value, STR("/{{"));
}

static void lint_attribute(Lint *l, Str name, Str value, bool quoted)
{
    Pos pos = here(l);
    if (name.len >= 2 && g_ascii_strncasecmp(name.at, "on", 2) == 0)
        diag_error(l->ds, pos, "attribute \"%.*s\" would run a script", STR_ARG(name));
    if (str_starts(name, STR("hx-on")) || str_is(name, "hx-vals") || str_is(name, "hx-vars"))
        diag_error(l->ds, pos, "attribute \"%.*s\" would run a script", STR_ARG(name));
    if (str_is(name, "style") || str_is(name, "srcdoc"))
        diag_error(l->ds, pos, "attribute \"%.*s\" is not allowed, use a class", STR_ARG(name));
    if (!quoted && value.len > 0)
        diag_error(l->ds, pos, "value of \"%.*s\" is not in quotes", STR_ARG(name));
    if (is_address(name) && quoted && !address_good(value))
        diag_error(l->ds, pos, "address in \"%.*s\" does not begin on this site", STR_ARG(name));
    if (str_find(value, STR("{{&")) >= 0)
        diag_error(l->ds, pos, "finished HTML inside attribute \"%.*s\"", STR_ARG(name));
}

/* {{…}} between attributes: sections only. */
static void lint_tag_hole(Lint *l)
{
    Pos pos = here(l);
    Str inside = rest_of(l);
    bool section = inside.len > 2 && strchr("#^/!", inside.at[2]) != NULL;
    if (!section)
        diag_error(l->ds, pos, "a value may stand in a quoted attribute, not beside one");
    skip_past(l, "}}");
}

static Str read_value(Lint *l, bool *ret_quoted)
{
    char quote = l->at < l->text.len ? l->text.at[l->at] : ' ';
    *ret_quoted = quote == '"' || quote == '\'';
    if (*ret_quoted)
        l->at++;
    size_t from = l->at;
    while (l->at < l->text.len) {
        char c = l->text.at[l->at];
        if (*ret_quoted ? c == quote : (is_blank(c) || c == '>'))
            break;
        l->at++;
    }
    Str value = {l->text.at + from, l->at - from};
    if (*ret_quoted && l->at < l->text.len)
        l->at++;
    return value;
}

static bool lint_attributes(Lint *l)
{
    bool has_source = false;
    while (l->at < l->text.len && l->text.at[l->at] != '>') {
        if (at_text(l, "{{")) {
            lint_tag_hole(l);
            continue;
        }
        if (is_blank(l->text.at[l->at]) || l->text.at[l->at] == '/') {
            l->at++;
            continue;
        }
        size_t from = l->at;
        while (l->at < l->text.len && !is_blank(l->text.at[l->at]) &&
               strchr("=>/{", l->text.at[l->at]) == NULL)
            l->at++;
        Str name = {l->text.at + from, l->at - from}, value = STR("");
        bool quoted = false;
        if (l->at < l->text.len && l->text.at[l->at] == '=') {
            l->at++;
            value = read_value(l, &quoted);
        }
        if (l->at == from)
            l->at++;
        has_source = has_source || str_is(name, "src");
        lint_attribute(l, name, value, quoted);
    }
    l->at += l->at < l->text.len;
    return has_source;
}

static void lint_body(Lint *l, const char *close, bool allowed)
{
    Pos pos = here(l);
    size_t from = l->at;
    while (l->at < l->text.len && !at_text(l, close))
        l->at++;
    Str body = {l->text.at + from, l->at - from};
    if (!allowed || body.len > 0)
        diag_error(l->ds, pos, "script and style come from files, not from a page");
}

static void lint_tag(Lint *l)
{
    bool script = at_text(l, "<script"), style = at_text(l, "<style");
    l->at++;
    if (at_text(l, "{{"))
        diag_error(l->ds, here(l), "the name of a tag is a value");
    while (l->at < l->text.len && !is_blank(l->text.at[l->at]) &&
           strchr(">{", l->text.at[l->at]) == NULL)
        l->at++;
    bool has_source = lint_attributes(l);
    if (script)
        lint_body(l, "</script", has_source);
    if (style)
        lint_body(l, "</style", false);
}

void template_lint(const Template *t, Diags *ds)
{
    Lint l = {.text = t->source.text, .pos = {&t->source, 1, 1, 1}, .ds = ds};
    while (l.at < l.text.len) {
        if (at_text(&l, "{{")) {
            skip_past(&l, "}}");
        } else if (at_text(&l, "<!--")) {
            Pos pos = here(&l);
            size_t from = l.at;
            skip_past(&l, "-->");
            if (str_find((Str){l.text.at + from, l.at - from}, STR("{{")) >= 0)
                diag_error(ds, pos, "a value inside an HTML comment");
        } else if (l.text.at[l.at] == '<' && l.at + 1 < l.text.len &&
                   (g_ascii_isalpha(l.text.at[l.at + 1]) || l.text.at[l.at + 1] == '{')) {
            lint_tag(&l);
        } else {
            l.at++;
        }
    }
}
