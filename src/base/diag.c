/* diag.c — collecting and printing what is wrong in a document.
 * In: places and facts.  Out: text as a good compiler prints it.  Read first: diag_print(). */
#include "base/diag.h"

#include "base/chinese.h"
#include "base/limits.h"

#include <string.h>

/* A terminal line shows so much of a source line, beginning so far before the place. */
#define SHOWN_MOST   160u
#define SHOWN_BEFORE 60u

static void diags_clean(void *list)
{
    g_ptr_array_unref(list);
}

Diags *diags_new(void)
{
    Arena *a = arena_new();
    Diags *ds = arena_new_of(a, Diags);
    ds->arena = a;
    ds->list = g_ptr_array_new();
    ds->beyond = (Diag){.text = "too many to list"};
    arena_on_free(a, diags_clean, ds->list);
    return ds;
}

void diags_free(Diags *ds)
{
    if (ds != NULL)
        arena_free(ds->arena);
}

/* arena_printf() with an argument list. */
static const char *G_GNUC_PRINTF(2, 0) text_of(Arena *a, const char *format, va_list args)
{
    g_autofree char *text = g_strdup_vprintf(format, args);
    return arena_dup(a, text, strlen(text));
}

static Diag *G_GNUC_PRINTF(4, 0)
    diag_add(Diags *ds, Severity severity, Pos pos, const char *format, va_list args)
{
    if (severity == DIAG_ERROR)
        ds->errors++;
    else
        ds->warnings++;
    if (ds->list->len >= LIMIT_DIAGS)
        return &ds->beyond;
    Diag *d = arena_new_of(ds->arena, Diag);
    *d = (Diag){.severity = severity, .pos = pos, .text = text_of(ds->arena, format, args)};
    g_ptr_array_add(ds->list, d);
    return d;
}

Diag *diag_error(Diags *ds, Pos pos, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    Diag *d = diag_add(ds, DIAG_ERROR, pos, format, args);
    va_end(args);
    return d;
}

Diag *diag_warning(Diags *ds, Pos pos, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    Diag *d = diag_add(ds, DIAG_WARNING, pos, format, args);
    va_end(args);
    return d;
}

void diag_hint(Diags *ds, Diag *d, const char *format, ...)
{
    if (d == &ds->beyond)
        return;
    va_list args;
    va_start(args, format);
    d->hint = text_of(ds->arena, format, args);
    va_end(args);
}

void diag_nearest(Diags *ds, Diag *d, Str word, const Str *candidates, size_t n)
{
    /* A third of the word may be wrong; more is another word. */
    size_t most = str_utf8_length(word) / 3 + 1;
    const Str *best = NULL;
    for (size_t i = 0; i < n; i++) {
        size_t distance = str_edit_distance(word, candidates[i], most);
        /* A candidate of two characters is within two changes of everything. */
        if (distance > most || distance >= str_utf8_length(candidates[i]))
            continue;
        best = &candidates[i];
        if (distance == 0)
            break;
        most = distance - 1;
    }
    if (best != NULL)
        diag_hint(ds, d, "did you mean '%.*s'?", STR_ARG(*best));
}

static int compare_diags(const void *a, const void *b)
{
    const Diag *x = *(const Diag *const *)a, *y = *(const Diag *const *)b;
    if (x->pos.source == NULL || y->pos.source == NULL)
        return (x->pos.source != NULL) - (y->pos.source != NULL);
    int order = strcmp(x->pos.source->name, y->pos.source->name);
    if (order == 0)
        order = (x->pos.line > y->pos.line) - (x->pos.line < y->pos.line);
    if (order == 0)
        order = (x->pos.column > y->pos.column) - (x->pos.column < y->pos.column);
    return order;
}

static bool same_diag(const Diag *a, const Diag *b)
{
    return a->severity == b->severity && compare_diags(&a, &b) == 0 &&
           strcmp(a->text, b->text) == 0;
}

static void add_again(Diags *to, const Diag *d)
{
    Diag *made = d->severity == DIAG_ERROR ? diag_error(to, d->pos, "%s", d->text)
                                           : diag_warning(to, d->pos, "%s", d->text);
    if (d->hint != NULL)
        diag_hint(to, made, "%s", d->hint);
}

void diags_add(Diags *to, const Diags *from)
{
    unsigned errors = to->errors + from->errors, warnings = to->warnings + from->warnings;
    for (guint i = 0; i < from->list->len; i++)
        add_again(to, from->list->pdata[i]);
    to->errors = errors; /* also those that are not listed */
    to->warnings = warnings;
}

void diags_merge(Diags *to, const Diags *from)
{
    guint own = to->list->len;
    for (guint i = 0; i < from->list->len; i++) {
        const Diag *d = from->list->pdata[i];
        bool there = false;
        for (guint j = 0; j < own && !there; j++)
            there = same_diag(d, to->list->pdata[j]);
        if (!there)
            add_again(to, d);
    }
}

void diags_sort(Diags *ds)
{
    g_ptr_array_sort(ds->list, compare_diags);
}

static Str source_line(const Source *source, uint32_t line)
{
    Str rest = source->text, found = {NULL, 0};
    for (uint32_t i = 0; i < line; i++) {
        if (rest.at == NULL)
            return rest;
        found = str_cut(&rest, '\n');
    }
    if (found.len > 0 && found.at[found.len - 1] == '\r')
        found.len--;
    return found;
}

/* What would move a terminal's cursor, or turn its line round, is not printed as it is. */
static uint32_t printable(uint32_t before, uint32_t code)
{
    return code == '\t' ? ' ' : char_control(code) || char_hidden(before, code) ? 0xFFFD : code;
}

static size_t columns_of(uint32_t code)
{
    return g_unichar_iszerowidth(code) ? 0 : g_unichar_iswide(code) ? 2 : 1;
}

static void put_text(GString *out, const char *text)
{
    Str rest = str_of(text);
    for (uint32_t code = 0, last = 0; rest.len > 0; last = code) {
        code = str_utf8_next(&rest);
        g_string_append_unichar(out, printable(last, code));
    }
}

static void put_many(GString *out, char c, size_t n)
{
    while (n-- > 0)
        g_string_append_c(out, c);
}

/* Appends the source line and counts the terminal columns before and under the place. */
static void put_line(GString *out, Str line, const Pos *pos, size_t *ret_before, size_t *ret_under)
{
    uint32_t place = pos->column > 0 ? pos->column - 1 : 0;
    uint32_t length = pos->length > 0 ? pos->length : 1;
    uint32_t first = place > SHOWN_MOST - SHOWN_BEFORE ? place - SHOWN_BEFORE : 0;
    size_t before = 0, under = 0;
    uint32_t i = 0, last = 0;
    if (first > 0)
        g_string_append(out, "…");
    before += first > 0;
    for (; line.len > 0 && i < first + SHOWN_MOST; i++) {
        uint32_t typed = str_utf8_next(&line), code = printable(last, typed);
        last = typed;
        if (i < first)
            continue;
        g_string_append_unichar(out, code);
        if (i < place)
            before += columns_of(code);
        else if (i - place < length)
            under += columns_of(code);
    }
    if (line.len > 0)
        g_string_append(out, "…");
    g_string_append_c(out, '\n');
    *ret_before = before;
    *ret_under = under > 0 ? under : 1; /* the end of the line, or of the text */
}

/* The words a diagnosis is printed with. */
typedef struct Printing {
    const char *error, *warning, *hint;
} Printing;

static void put_hint(GString *out, const char *before, const char *hint)
{
    if (hint != NULL) {
        g_string_append(out, before);
        put_text(out, hint);
    }
    g_string_append_c(out, '\n');
}

static void print_with(const Diag *d, const Printing *words, GString *out)
{
    const Pos *pos = &d->pos;
    if (pos->source != NULL) {
        put_text(out, pos->source->name);
        if (pos->line > 0)
            g_string_append_printf(out, ":%u:%u", pos->line, pos->column > 0 ? pos->column : 1);
        g_string_append(out, ": ");
    }
    g_string_append(out, d->severity == DIAG_ERROR ? words->error : words->warning);
    put_text(out, d->text);
    g_string_append_c(out, '\n');
    if (pos->source == NULL || pos->line == 0) {
        if (d->hint != NULL)
            put_hint(out, words->hint, d->hint);
        return;
    }
    size_t before, under;
    g_string_append_printf(out, "%5u | ", pos->line);
    put_line(out, source_line(pos->source, pos->line), pos, &before, &under);
    g_string_append(out, "      | ");
    put_many(out, ' ', before);
    put_many(out, '~', under);
    put_hint(out, " ", d->hint);
}

void diag_print(const Diag *d, GString *out)
{
    static const Printing words = {"error: ", "warning: ", "      hint: "};
    print_with(d, &words, out);
}

void diag_print_chinese(const Diag *d, GString *out)
{
    static const Printing words = {"错误：", "注意：", "      提示："};
    g_autoptr(Arena) a = arena_new();
    Diag zh = *d;
    zh.text = in_chinese(a, d->text);
    zh.hint = d->hint != NULL ? in_chinese(a, d->hint) : NULL;
    print_with(&zh, &words, out);
}
