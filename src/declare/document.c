/* document.c — cuts a Markdown document into clauses, prose, blocks and tables.
 * In: bytes.  Out: a Reading.  cmark-gfm says where each block begins and ends; what stands in a
 * block or a table cell is taken from the document itself, so that every place is exact.
 * Not here: the header (header.c), the language (parse.c).  Start: document_read(). */
#include "declare/document.h"

#include "declare/header.h"

#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm-extension_api.h>
#include <cmark-gfm.h>

/* A table of a document is read by people; beyond this many rows it is data. */
#define SHEET_ROWS 20000u
#define PARAGRAPH  (32u << 10) /* some 10,000 characters */
#define MARKS_TOLD 20u         /* nobody mends more of them by hand */

typedef struct Page {
    Arena *keep, *scratch;
    Diags *diags;
    Reading *reading;
    Document *document;
    Str body;        /* what cmark reads */
    uint32_t offset; /* lines above the body */
    Str *lines;      /* of the body, without line ends; lines[0] is line offset + 1 */
    size_t n_lines;
    GPtrArray *clauses; /* of Clause * */
    Clause *clause;
    GString *zh, *en;
    cmark_parser *parser;
    Block *last; /* the block the next node may be the table of */
} Page;

static Pos page_pos(const Page *p, int line, uint32_t column, uint32_t length)
{
    return (Pos){p->document->source, p->offset + (uint32_t)line, column, length};
}

static Str page_line(const Page *p, int line)
{
    if (line < 1 || (size_t)line > p->n_lines)
        return (Str){NULL, 0};
    return p->lines[line - 1];
}

static void page_split(Page *p)
{
    size_t n = 1;
    for (size_t i = 0; i < p->body.len; i++)
        n += p->body.at[i] == '\n';
    p->lines = arena_many(p->scratch, Str, n);
    Str rest = p->body;
    while (rest.len > 0)
        p->lines[p->n_lines++] = str_cut(&rest, '\n');
}

/* ---- clauses */

static void append_literals(cmark_node *node, GString *to)
{
    cmark_iter *it = cmark_iter_new(node);
    for (cmark_event_type e; (e = cmark_iter_next(it)) != CMARK_EVENT_DONE;) {
        cmark_node *n = cmark_iter_get_node(it);
        cmark_node_type t = cmark_node_get_type(n);
        if (e != CMARK_EVENT_ENTER)
            continue;
        if (t == CMARK_NODE_TEXT || t == CMARK_NODE_CODE)
            g_string_append(to, cmark_node_get_literal(n));
        else if (t == CMARK_NODE_SOFTBREAK || t == CMARK_NODE_LINEBREAK)
            g_string_append_c(to, ' ');
    }
    cmark_iter_free(it);
}

/* Parts of a document that have a name for a number: 附件a is the annex's first clause. */
static bool is_named_part(Str word)
{
    static const char *const names[] = {"附件", "附录", "附表", "前言", "序言", "引言", "结语"};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        if (str_starts(word, str_of(names[i])) && word.len <= strlen(names[i]) + 2)
            return true;
    return false;
}

/* Whether a word is a clause's own number: 二(六)16e, 第十二条, 3.1, A.2 — digits or numerals with
 * brackets and the words that go with them, and nothing else. */
static bool is_clause_number(Str word)
{
    static const char numerals[] = "一二三四五六七八九十百零〇";
    static const char others[] = "第条款项章节篇编附件表目录（）〔〕［］、。·．：－—–§";
    bool numeral = false;
    Str rest = word;
    if (is_named_part(word))
        return true;
    while (rest.len > 0) {
        Str before = rest;
        uint32_t c = str_utf8_next(&rest);
        Str one = {before.at, before.len - rest.len};
        if (c < 0x80) {
            if (!g_ascii_isalnum((char)c) && strchr("().-[]:", (int)c) == NULL)
                return false;
            numeral |= g_ascii_isdigit((char)c);
        } else if (str_find(str_of(numerals), one) >= 0) {
            numeral = true;
        } else if (str_find(str_of(others), one) < 0) {
            return false;
        }
    }
    return numeral;
}

static void clause_close(Page *p)
{
    if (p->clause != NULL) {
        p->clause->prose_zh = arena_str(p->keep, (Str){p->zh->str, p->zh->len});
        p->clause->prose_en = arena_str(p->keep, (Str){p->en->str, p->en->len});
    }
    g_string_truncate(p->zh, 0);
    g_string_truncate(p->en, 0);
}

static Label split_title(Str text)
{
    ptrdiff_t slash = str_find(text, STR(" / "));
    if (slash < 0)
        return (Label){text, text};
    Str zh = {text.at, (size_t)slash};
    Str en = {text.at + slash + 3, text.len - (size_t)slash - 3};
    return (Label){str_trim(zh), str_trim(en)};
}

static void clause_open(Page *p, cmark_node *node)
{
    clause_close(p);
    GString *s = g_string_new(NULL);
    append_literals(node, s);
    Str text = str_trim(arena_str(p->keep, (Str){s->str, s->len}));
    g_string_free(s, TRUE);
    Clause *c = arena_new_of(p->keep, Clause);
    int line = cmark_node_get_start_line(node);
    c->pos = page_pos(p, line, 1, (uint32_t)str_utf8_length(page_line(p, line)));
    c->level = (unsigned)cmark_node_get_heading_level(node);
    c->document = p->document;
    c->index = p->clauses->len;
    Str rest = text;
    Str word = str_cut(&rest, ' ');
    if (is_clause_number(word)) {
        c->number = word;
        c->title = split_title(rest.len > 0 ? str_trim(rest) : word);
    } else {
        c->title = split_title(text);
        c->number = c->title.zh;
    }
    if (text.len == 0)
        diag_error(p->diags, c->pos, "heading without text");
    /* The source runs to the next heading: closed there, or at the end of the document. */
    c->source = (Str){page_line(p, line).at, 0};
    p->clause = c;
    g_ptr_array_add(p->clauses, c);
}

static void clauses_cut_sources(Page *p)
{
    const char *end = p->body.at + p->body.len;
    for (size_t i = p->clauses->len; i-- > 0;) {
        Clause *c = p->clauses->pdata[i];
        c->source.len = (size_t)(end - c->source.at);
        end = c->source.at;
    }
}

/* ---- prose */

static void render(Page *p, cmark_node *node, GString *to)
{
    char *html =
        cmark_render_html(node, CMARK_OPT_DEFAULT, cmark_parser_get_syntax_extensions(p->parser));
    g_string_append(to, html);
    cmark_get_default_mem_allocator()->free(html);
}

static void page_prose(Page *p, cmark_node *node)
{
    if (cmark_node_get_type(node) != CMARK_NODE_BLOCK_QUOTE) {
        render(p, node, p->zh);
        return;
    }
    for (cmark_node *n = cmark_node_first_child(node); n != NULL; n = cmark_node_next(n))
        render(p, n, p->en);
}

/* ---- blocks */

static bool is_ours(const char *info)
{
    Str rest = str_of(info);
    return str_is(str_trim(str_cut(&rest, ' ')), "anlao");
}

/* A fence tagged almost like ours would be passed over without a word. */
static bool is_nearly_ours(const char *info)
{
    Str rest = str_of(info);
    Str word = str_trim(str_cut(&rest, ' '));
    g_autofree char *lower = g_ascii_strdown(word.at == NULL ? "" : word.at, (gssize)word.len);
    return word.len > 0 && !is_ours(info) && str_edit_distance(str_of(lower), STR("anlao"), 2) <= 1;
}

static bool is_fence(Str line)
{
    Str s = str_trim(line);
    return str_starts(s, STR("```")) || str_starts(s, STR("~~~"));
}

/* Any other table is prose. */
bool block_asks_table(Str text)
{
    static const char *const words[] = {"regions", "table", "target", "set"};
    bool asks = false;
    int depth = 0;
    while (text.len > 0) {
        Str line = str_trim(str_cut(&text, '\n'));
        Str rest = line;
        Str word = str_cut(&rest, ' ');
        if (str_is(word, "amend"))
            word = str_cut(&rest, ' ');
        if (word.len == 0 || word.at[0] == '#')
            continue;
        if (depth == 0)
            asks = false;
        for (size_t i = 0; i < G_N_ELEMENTS(words) && depth == 0; i++)
            asks |= str_is(word, words[i]);
        for (size_t i = 0; i < line.len; i++)
            depth += (line.at[i] == '{') - (line.at[i] == '}');
        depth = MAX(depth, 0);
    }
    return asks;
}

static void page_block(Page *p, cmark_node *node)
{
    const char *info = cmark_node_get_fence_info(node);
    int first = cmark_node_get_start_line(node), last = cmark_node_get_end_line(node);
    Pos fence = page_pos(p, first, (uint32_t)cmark_node_get_start_column(node), 3);
    if (is_nearly_ours(info)) {
        Diag *d = diag_error(p->diags, fence, "a block tagged '%s' is not compiled", info);
        diag_hint(p->diags, d, "did you mean 'anlao'?");
    } else if (info[0] == '\0' && is_fence(page_line(p, first))) {
        Diag *d = diag_warning(p->diags, fence, "a block without a tag is not compiled");
        diag_hint(p->diags, d, "tag it 'anlao', or 'text' where people alone read it");
    }
    if (!is_ours(info)) {
        page_prose(p, node);
        return;
    }
    if (last <= first || !is_fence(page_line(p, last))) {
        diag_error(p->diags, fence, "this block is not closed");
        last = (int)p->n_lines + 1;
    }
    const char *from = page_line(p, first).at + page_line(p, first).len;
    if (from < p->body.at + p->body.len)
        from++;
    const char *to = (size_t)last <= p->n_lines ? page_line(p, last).at : p->body.at + p->body.len;
    Str text = {from, to > from ? (size_t)(to - from) : 0};
    Block b = {.span = {text, page_pos(p, first + 1, 1, 0)}, .clause = p->clause};
    g_array_append_val(p->reading->blocks, b);
    if (block_asks_table(text))
        p->last = &g_array_index(p->reading->blocks, Block, p->reading->blocks->len - 1);
}

/* Blocks in lists and quotes have their text shifted; one rule is simpler than two. */
static void page_nested(Page *p, cmark_node *node)
{
    cmark_iter *it = cmark_iter_new(node);
    for (cmark_event_type e; (e = cmark_iter_next(it)) != CMARK_EVENT_DONE;) {
        cmark_node *n = cmark_iter_get_node(it);
        if (e != CMARK_EVENT_ENTER || cmark_node_get_type(n) != CMARK_NODE_CODE_BLOCK ||
            !is_ours(cmark_node_get_fence_info(n)))
            continue;
        diag_error(p->diags, page_pos(p, cmark_node_get_start_line(n), 1, 1),
                   "an anlao block may not stand inside a list or quote");
    }
    cmark_iter_free(it);
}

/* ---- tables */

/* Cuts a row at its unescaped bars.  The outer bars may be absent. */
static void row_cut(Page *p, Str line, SheetRow *row)
{
    Str body = str_trim(line);
    size_t most = 1;
    for (size_t i = 0; i < body.len; i++)
        most += body.at[i] == '|';
    row->cells = arena_many(p->scratch, Span, most);
    size_t at = (size_t)(body.at - line.at), end = at + body.len;
    if (at < end && line.at[at] == '|')
        at++;
    if (end > at && line.at[end - 1] == '|' && (end - 1 == at || line.at[end - 2] != '\\'))
        end--;
    size_t counted = 0;
    uint32_t column = 1;
    for (size_t from = at; from <= end; at++) {
        if (at < end && !(line.at[at] == '|' && (at == 0 || line.at[at - 1] != '\\')))
            continue;
        Str piece = str_trim((Str){line.at + from, at - from});
        if (piece.len == 0)
            piece.at = line.at + from;
        size_t start = (size_t)(piece.at - line.at);
        column += (uint32_t)str_utf8_length((Str){line.at + counted, start - counted});
        counted = start;
        Pos pos = {row->pos.source, row->pos.line, column, (uint32_t)str_utf8_length(piece)};
        row->cells[row->n_cells++] = (Span){piece, pos};
        from = at + 1;
    }
}

static Sheet *page_sheet(Page *p, cmark_node *node)
{
    Sheet *s = arena_new_of(p->scratch, Sheet);
    int first = cmark_node_get_start_line(node), last = cmark_node_get_end_line(node);
    s->pos = page_pos(p, first, 1, 1);
    if ((size_t)(last - first) > SHEET_ROWS) {
        diag_error(p->diags, s->pos, "table has more than %u rows", SHEET_ROWS);
        last = first + (int)SHEET_ROWS;
    }
    s->rows = arena_many(p->scratch, SheetRow, (size_t)(last - first + 1));
    for (int line = first; line <= last; line++) {
        if (line == first + 1) /* | --- | --- | */
            continue;
        SheetRow *row = &s->rows[s->n_rows++];
        row->pos = page_pos(p, line, 1, 1);
        row_cut(p, page_line(p, line), row);
    }
    return s;
}

static void page_node(Page *p, cmark_node *node)
{
    cmark_node_type t = cmark_node_get_type(node);
    Block *before = p->last;
    p->last = NULL;
    if (t == CMARK_NODE_HEADING) {
        clause_open(p, node);
    } else if (t == CMARK_NODE_CODE_BLOCK) {
        page_block(p, node);
    } else if (before != NULL && strcmp(cmark_node_get_type_string(node), "table") == 0) {
        before->sheet = page_sheet(p, node);
    } else if (t == CMARK_NODE_HTML_BLOCK) {
        p->last = before; /* a comment between a block and its table */
    } else {
        if (t == CMARK_NODE_LIST || t == CMARK_NODE_BLOCK_QUOTE)
            page_nested(p, node);
        page_prose(p, node);
    }
}

static bool is_table_rule(Str line)
{
    bool dash = false;
    for (size_t i = 0; i < line.len; i++) {
        if (strchr("|-: \t\r", line.at[i]) == NULL)
            return false;
        dash |= line.at[i] == '-';
    }
    return dash;
}

/* Some texts cost cmark the square of the length of a paragraph, so that has a limit; lines in
 * fences and rows of a table do not. */
static bool paragraphs_fit(const Page *p)
{
    size_t run = 0, lines = 0;
    bool fenced = false, table = false;
    for (size_t i = 0; i < p->n_lines; i++) {
        Str line = str_trim(p->lines[i]);
        if (is_fence(line))
            fenced = !fenced;
        lines = line.len == 0 ? 0 : lines + 1;
        table = lines == 2 ? is_table_rule(line) : lines > 2 && table;
        run = line.len == 0 || fenced || table ? 0 : run + line.len;
        if (MAX(run, fenced ? 0 : line.len) <= PARAGRAPH)
            continue;
        diag_error(p->diags, page_pos(p, (int)i + 1, 1, 1), "a paragraph is longer than %u KB",
                   PARAGRAPH >> 10);
        return false;
    }
    return true;
}

static void page_markdown(Page *p)
{
    static gsize ready;
    if (g_once_init_enter(&ready)) {
        cmark_gfm_core_extensions_ensure_registered();
        g_once_init_leave(&ready, 1);
    }
    p->parser = cmark_parser_new(CMARK_OPT_DEFAULT);
    cmark_syntax_extension *table = cmark_find_syntax_extension("table");
    g_assert(table != NULL);
    cmark_parser_attach_syntax_extension(p->parser, table);
    cmark_parser_feed(p->parser, p->body.at, p->body.len);
    cmark_node *root = cmark_parser_finish(p->parser);
    for (cmark_node *n = cmark_node_first_child(root); n != NULL; n = cmark_node_next(n))
        page_node(p, n);
    clause_close(p);
    cmark_node_free(root);
    cmark_parser_free(p->parser);
}

/* A table that a declaration uses is printed by the page from the Model: it is not prose. */
static void page_read(Page *p)
{
    p->clauses = g_ptr_array_new();
    p->zh = g_string_new(NULL);
    p->en = g_string_new(NULL);
    page_split(p);
    if (paragraphs_fit(p))
        page_markdown(p);
    clauses_cut_sources(p);
    Document *doc = p->document;
    doc->n_clauses = p->clauses->len;
    doc->clauses = arena_many(p->keep, Clause *, doc->n_clauses);
    for (size_t i = 0; i < doc->n_clauses; i++)
        doc->clauses[i] = p->clauses->pdata[i];
    g_ptr_array_free(p->clauses, TRUE);
    g_string_free(p->zh, TRUE);
    g_string_free(p->en, TRUE);
}

static void blocks_free(void *blocks)
{
    g_array_free(blocks, TRUE);
}

static Str without_mark(Str text)
{
    return str_starts(text, STR("\xEF\xBB\xBF")) ? (Str){text.at + 3, text.len - 3} : text;
}

/* cmark counts a lone carriage return as the end of a line, everything else here does not. */
static bool has_lone_return(Str text, uint32_t *ret_line)
{
    *ret_line = 1;
    for (size_t i = 0; i < text.len; i++) {
        *ret_line += text.at[i] == '\n';
        if (text.at[i] == '\r' && (i + 1 == text.len || text.at[i + 1] != '\n'))
            return true;
    }
    return false;
}

static bool text_usable(Reading *r, Diags *diags)
{
    Str text = r->document->text;
    Pos pos = {r->document->source, 1, 1, 1};
    if (text.len > LIMIT_DOCUMENT_BYTES) {
        diag_error(diags, pos, "document is longer than %u MB", LIMIT_DOCUMENT_BYTES >> 20);
        return false;
    }
    size_t bad = 0;
    if (str_utf8_valid(text, &bad)) {
        if (!has_lone_return(text, &pos.line))
            return true;
        Diag *d = diag_error(diags, pos, "a carriage return without a line feed");
        diag_hint(diags, d, "save the file with line feeds, as text files are");
        return false;
    }
    Str before = {text.at, bad};
    while (before.len > 0) {
        Str rest = before;
        Str line = str_cut(&rest, '\n');
        if (line.len == before.len) {
            pos.column = 1 + (uint32_t)str_utf8_length(before);
            break;
        }
        pos.line++;
        before = rest;
    }
    unsigned char byte = (unsigned char)text.at[bad];
    Diag *d = diag_error(diags, pos, "byte 0x%02x is no text", byte);
    diag_hint(diags, d, byte == 0 ? "a NUL byte: the file is damaged" : "save the file as UTF-8");
    return false;
}

/* Who reads a document must see what runs: not marks that turn a line round, part a word, or break
 * a line where there is none. */
static void marks_tell(const Page *p)
{
    Str rest = without_mark(p->document->text);
    Pos pos = {p->document->source, 1, 0, 1};
    unsigned told = 0;
    if (!str_utf8_hides(rest) && str_utf8_control(rest) == 0)
        return;
    for (uint32_t c = 0, before = 0; rest.len > 0 && told < MARKS_TOLD; before = c) {
        c = str_utf8_next(&rest);
        pos.column++;
        if (c == '\n') {
            pos.line++;
            pos.column = 0;
        } else if (c != '\t' && c != '\r' && (char_control(c) || char_hidden(before, c))) {
            Diag *d = diag_warning(p->diags, pos, "U+%04X is a mark that nobody sees", c);
            diag_hint(p->diags, d, "it can turn round or part what is read: leave it out");
            told++;
        }
    }
}

/* The header; false: it, or the text, can not be used. */
static bool head_read(Page *p, const char *name, Str text)
{
    Reading *r = arena_new_of(p->scratch, Reading);
    Document *doc = arena_new_of(p->keep, Document);
    p->reading = r;
    p->document = r->document = doc;
    r->blocks = g_array_new(FALSE, TRUE, sizeof(Block));
    arena_on_free(p->scratch, blocks_free, r->blocks);
    doc->text = arena_str(p->keep, text);
    Source *source = arena_new_of(p->keep, Source);
    *source = (Source){arena_dup(p->keep, name, strlen(name)), doc->text};
    doc->source = source;
    doc->file = source->name;
    doc->from = DATE_MIN;
    doc->until = DATE_MAX;
    doc->layer = LAYER_PLACE;
    if (!text_usable(r, p->diags))
        return false;
    p->body = without_mark(doc->text);
    uint32_t line = 1;
    r->usable = header_read(p->scratch, p->diags, r, &p->body, &line);
    p->offset = line - 1;
    return r->usable;
}

Reading *document_read(Arena *keep, Arena *scratch, Diags *diags, const char *name, Str text)
{
    Page p = {.keep = keep, .scratch = scratch, .diags = diags};
    if (head_read(&p, name, text)) {
        marks_tell(&p);
        page_read(&p);
    }
    return p.reading;
}

Reading *document_head(Arena *keep, Arena *scratch, Diags *diags, const char *name, Str text)
{
    Page p = {.keep = keep, .scratch = scratch, .diags = diags};
    head_read(&p, name, text);
    return p.reading;
}
