/* template.h — pages as text with holes: a mustache subset, parsed once at start.
 *
 *   {{name}}          the value, escaped            {{&name_html}}  finished HTML from html.h
 *   {{#name}}…{{/name}}  for each of a list, once with an object, once if true or not empty
 *   {{^name}}…{{/name}}  if nothing of that          {{>part}}      web/parts/part.html
 *   {{t.key}}         a text in the reader's language; its {names} are values, escaped
 *   {{! a remark }}
 *
 * Names are looked up in the innermost object first.  No expressions, no functions, no recursion.
 * Every name must be declared for the page (views.def); see template_check().
 * Not here: what the HTML itself may not do (template_lint.c). */
#ifndef ANLAO_PAGE_TEMPLATE_H
#define ANLAO_PAGE_TEMPLATE_H

#include "page/text.h"

typedef enum NodeKind {
    NODE_LITERAL,
    NODE_NAME,
    NODE_RAW,
    NODE_SECTION,
    NODE_INVERTED,
    NODE_END,
    NODE_PART,
    NODE_TEXT,
} NodeKind;

typedef struct TemplateNode {
    NodeKind kind;
    Str text;   /* literal, or name */
    size_t end; /* SECTION, INVERTED: index of their END */
    const struct Template *part;
    Text *say;
    Pos pos;
} TemplateNode;

typedef struct Template {
    const char *name; /* "person", "parts/foot" */
    Source source;
    TemplateNode *nodes;
    size_t n_nodes;
} Template;

typedef struct Templates Templates;

typedef struct TemplateFile {
    const char *name;
    Str text;
} TemplateFile;

/* Parses, links partials and texts, lints; what is wrong goes to ds.  The texts of the files are
 * copied. */
Templates *templates_parse(const TemplateFile *files, size_t n, const Texts *texts, Diags *ds);
void templates_free(Templates *ts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Templates, templates_free)
const Template *templates_find(const Templates *ts, const char *name);
const Template *templates_at(const Templates *ts, size_t index); /* NULL beyond the last */

/* Is every name the template uses among the declared ones?  "title rows{name cells{text}}". */
bool template_check(const Template *t, const char *names, Diags *ds);
/* Is every name in the data declared?  NULL, or the first that is not. */
const char *view_undeclared(const View *v, const char *names);
void template_render(const Template *t, const View *root, Lang lang, GString *to);

/* template_lint.c: unquoted attributes, variables in tags, scripts or styles, on… and style
 * attributes, addresses that could leave the site. */
void template_lint(const Template *t, Diags *ds);

#endif
