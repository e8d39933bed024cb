/* receipt_read.c — a receipt read back, and made again to see whether it is true.
 * The reader takes the words in the order in which they are written and nothing else; what the text
 * says about its own result is not believed but compared.  Read first: receipt_verify(). */
#include "format/receipt.h"

#include <string.h>

#include "base/limits.h"

#define CELLS_MOST (4u + LIMIT_RECEIPT_EACH)

typedef struct Reading {
    Arena *arena;
    const char *name;
    Str rest;
    size_t line;
    Str cells[CELLS_MOST]; /* of the line at hand; cells[0] is its word */
    size_t n;
    bool more; /* there is a line at hand */
    GError **error;
} Reading;

static bool fault(const Reading *r, const char *what)
{
    return fail(r->error, FAIL_INPUT, "%s: line %zu: %s", r->name, r->line, what);
}

static bool next_line(Reading *r)
{
    r->n = 0;
    r->more = r->rest.len > 0;
    if (!r->more)
        return true;
    r->line++;
    ptrdiff_t end = str_find(r->rest, STR("\n"));
    if (end < 0)
        return fault(r, "it does not end with a line feed");
    Str line = {r->rest.at, (size_t)end};
    r->rest = (Str){r->rest.at + end + 1, r->rest.len - (size_t)end - 1};
    while (line.at != NULL) {
        Str cell = str_cut(&line, '\t');
        if (r->n == CELLS_MOST)
            return fault(r, "it has too many cells");
        if (!receipt_cell_fine(cell, false))
            return fault(r, "a cell is too long or holds what is no text");
        r->cells[r->n++] = cell;
    }
    return true;
}

static bool at_word(const Reading *r, const char *word)
{
    return r->more && str_is(r->cells[0], word);
}

/* The line at hand must be this one, with so many cells behind its word; goes on behind it. */
static bool take(Reading *r, const char *word, size_t n, Str *const *to)
{
    if (!at_word(r, word))
        return fail(r->error, FAIL_INPUT, "%s: line %zu: '%s' is needed here", r->name,
                    r->line + !r->more, word);
    if (r->n != n + 1)
        return fault(r, "it has not as many cells as it should");
    for (size_t i = 0; i < n; i++)
        *to[i] = r->cells[i + 1];
    return next_line(r);
}

static bool number(const Reading *r, Str text, uint64_t most, uint64_t *ret)
{
    *ret = 0;
    bool fine = text.len > 0 && text.len <= 9 && (text.len == 1 || text.at[0] != '0');
    for (size_t i = 0; fine && i < text.len; i++) {
        fine = g_ascii_isdigit(text.at[i]);
        *ret = *ret * 10 + (uint64_t)(text.at[i] - '0');
    }
    return (fine && *ret <= most) || fault(r, "a whole number is needed here");
}

static bool day(const Reading *r, Str text, Date *ret)
{
    return date_parse(text, ret) || fault(r, "a day is needed here");
}

static bool read_head(Reading *r, Receipt *to)
{
    Str version, listed, method, each, on;
    uint64_t n;
    if (!next_line(r) || !take(r, "anlao-draw", 1, (Str *[]){&version}) ||
        (!str_is(version, "1") && !fault(r, "another version of receipts")) ||
        !take(r, "number", 1, (Str *[]){&to->number}) ||
        !take(r, "draw", 2, (Str *[]){&to->draw, &to->title}) ||
        !take(r, "document", 2, (Str *[]){&to->document, &to->clause}) ||
        !take(r, "place", 2, (Str *[]){&to->place, &to->place_name}) ||
        !take(r, "listed", 1, (Str *[]){&listed}) || !take(r, "method", 1, (Str *[]){&method}) ||
        !take(r, "each", 1, (Str *[]){&each}) ||
        !take(r, "public", 2, (Str *[]){&on, &to->public_what}))
        return false;
    if (!digest_word(method, &to->method))
        return fault(r, "the method is sha256 or sm3");
    if (!day(r, listed, &to->listed) || !day(r, on, &to->public_on) ||
        !number(r, each, LIMIT_RECEIPT_EACH, &n))
        return false;
    to->each = (unsigned)n;
    return true;
}

/* Lines of one word, one after the other; `read` takes the cells. */
static bool many(Reading *r, const char *word, size_t n, GArray *to,
                 bool (*read)(Reading *r, void *into), size_t size)
{
    g_autofree void *one = g_malloc0(size);
    while (at_word(r, word)) {
        if (r->n != n + 1)
            return fault(r, "it has not as many cells as it should");
        if (to->len >= LIMIT_RECEIPT_ROWS)
            return fault(r, "there are too many lines");
        memset(one, 0, size);
        if (!read(r, one))
            return false;
        g_array_append_vals(to, one, 1);
        if (!next_line(r))
            return false;
    }
    return true;
}

static bool read_commit(Reading *r, void *into)
{
    *(ReceiptCommit *)into = (ReceiptCommit){.who = r->cells[1], .digest = r->cells[2]};
    return true;
}

static bool read_class(Reading *r, void *into)
{
    ReceiptClass *to = into;
    to->name = r->cells[1];
    return number(r, r->cells[2], LIMIT_RECEIPT_ROWS, &to->all) &&
           number(r, r->cells[3], LIMIT_RECEIPT_ROWS, &to->take);
}

static bool read_of(Reading *r, void *into)
{
    *(ReceiptName *)into = (ReceiptName){r->cells[1], r->cells[2], r->cells[3]};
    return true;
}

static bool read_with(Reading *r, void *into)
{
    *(ReceiptName *)into = (ReceiptName){.id = r->cells[1], .name = r->cells[2]};
    return true;
}

static bool read_bar(Reading *r, void *into)
{
    *(ReceiptBar *)into = (ReceiptBar){r->cells[1], r->cells[2]};
    return true;
}

#define READ_MANY(r, word, cells, T, read, list, count)                                            \
    read_list((r), (word), (cells), (read), sizeof(T), (void **)&(list), &(count))

static bool read_list(Reading *r, const char *word, size_t n, bool (*read)(Reading *, void *),
                      size_t size, void **ret, size_t *ret_n)
{
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, (guint)size);
    if (!many(r, word, n, all, read, size))
        return false;
    *ret = arena_list(r->arena, all, ret_n);
    return true;
}

static bool read_lists(Reading *r, Receipt *to)
{
    return READ_MANY(r, "commit", 2, ReceiptCommit, read_commit, to->commits, to->n_commits) &&
           READ_MANY(r, "class", 3, ReceiptClass, read_class, to->classes, to->n_classes) &&
           READ_MANY(r, "of", 3, ReceiptName, read_of, to->of, to->n_of) &&
           READ_MANY(r, "with", 2, ReceiptName, read_with, to->with, to->n_with) &&
           READ_MANY(r, "bar", 2, ReceiptBar, read_bar, to->bars, to->n_bars) &&
           take(r, "list", 1, (Str *[]){&to->list});
}

/* The result itself is passed over: it is made again and compared as text. */
static bool read_result(Reading *r, Receipt *to)
{
    to->drawn = r->more;
    if (!r->more)
        return true;
    if (!take(r, "value", 1, (Str *[]){&to->value}) || !take(r, "dice", 1, (Str *[]){&to->dice}))
        return false;
    for (size_t i = 0; i < to->n_commits; i++) {
        Str who;
        if (!take(r, "reveal", 2, (Str *[]){&who, &to->commits[i].secret}))
            return false;
        if (!str_equal(who, to->commits[i].who))
            return fault(r, "secrets are revealed in the order in which they were promised");
    }
    if (!take(r, "seed", 1, (Str *[]){&to->seed}))
        return false;
    while (at_word(r, "taken") || at_word(r, "short"))
        if (!next_line(r))
            return false;
    return take(r, "receipt", 1, (Str *[]){&to->digest}) &&
           (!r->more || fault(r, "nothing may stand behind the receipt's digest"));
}

bool receipt_parse(Str text, const char *name, Arena *a, Receipt *ret, GError **error)
{
    Reading r = {.arena = a, .name = name, .rest = text, .error = error};
    *ret = (Receipt){0};
    if (text.len > LIMIT_RECEIPT_BYTES)
        return fail(error, FAIL_INPUT, "%s: too long for a receipt", name);
    return read_head(&r, ret) && read_lists(&r, ret) && read_result(&r, ret);
}

/* ---- checking */

/* The first line in which two texts differ, from 1. */
static size_t first_difference(Str x, Str y)
{
    size_t line = 1;
    for (size_t i = 0; i < x.len && i < y.len && x.at[i] == y.at[i]; i++)
        line += x.at[i] == '\n';
    return line;
}

bool receipt_again(Str text, const char *name, Arena *a, Receipt *ret, GError **error)
{
    g_autoptr(GString) again = g_string_new(NULL);
    Receipt said;
    if (!receipt_parse(text, name, a, ret, error))
        return false;
    said = *ret;
    Str *secrets = arena_many(a, Str, said.n_commits + 1);
    for (size_t i = 0; i < said.n_commits; i++)
        secrets[i] = said.commits[i].secret;
    if (!receipt_close_list(ret, a, error))
        return fail_while(error, "%s", name);
    if (!str_equal(ret->list, said.list))
        return fail(error, FAIL_INPUT,
                    "%s: the list was changed: its digest is %.*s, the receipt says %.*s", name,
                    STR_ARG(ret->list), STR_ARG(said.list));
    if (said.drawn && !receipt_draw(ret, said.value, said.dice, secrets, said.n_commits, a, error))
        return fail_while(error, "%s", name);
    receipt_print(ret, again);
    Str made = {again->str, again->len};
    if (!str_equal(made, text))
        return fail(error, FAIL_INPUT,
                    "%s: line %zu is not what list and seed give: the receipt was changed", name,
                    first_difference(made, text));
    return true;
}

bool receipt_day_fine(Date listed, Date public_on, GError **error)
{
    char list_day[DATE_TEXT], value_day[DATE_TEXT];
    return public_on > listed ||
           fail(error, FAIL_INPUT,
                "the value that makes the seed is of %s, the list of %s: it may have been known "
                "when the list was made. Publish a list that names a value of a later day",
                date_format(public_on, value_day), date_format(listed, list_day)) ||
           fail_zh(error,
                   "名单日期是 %s，种子数值的日期是 "
                   "%s：名单制作时可能已经知道。请公布一份用更晚日期数值的名单",
                   list_day, value_day);
}

bool receipt_verify(Str text, const char *name, Arena *a, Receipt *ret, GError **error)
{
    return receipt_again(text, name, a, ret, error) &&
           (receipt_day_fine(ret->listed, ret->public_on, error) || fail_while(error, "%s", name));
}
