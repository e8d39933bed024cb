/* receipt.c — a draw made, and written as text.  Reading and checking: receipt_read.c.
 * Read first: receipt_draw(). */
#include "format/receipt.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/sort.h"
#include "data/sampler.h"

bool receipt_cell_fine(Str text, bool needed)
{
    return text.len <= LIMIT_RECEIPT_CELL && str_utf8_printable(text) && (!needed || text.len > 0);
}

/* ---- the list */

static int by_id(const void *a, const void *b)
{
    return str_compare(((const ReceiptName *)a)->id, ((const ReceiptName *)b)->id);
}

static int by_pair(const void *a, const void *b)
{
    const ReceiptBar *x = a, *y = b;
    int order = str_compare(x->with, y->with);
    return order != 0 ? order : str_compare(x->of, y->of);
}

static int by_class(const void *a, const void *b)
{
    return str_compare(((const ReceiptClass *)a)->name, ((const ReceiptClass *)b)->name);
}

static const ReceiptName *named(const ReceiptName *list, size_t n, Str id)
{
    const ReceiptName key = {.id = id};
    return n == 0 ? NULL : bsearch(&key, list, n, sizeof *list, by_id);
}

static ReceiptClass *class_named(const Receipt *r, Str name)
{
    const ReceiptClass key = {.name = name};
    return r->n_classes == 0
               ? NULL
               : bsearch(&key, r->classes, r->n_classes, sizeof *r->classes, by_class);
}

static bool once_each(const ReceiptName *list, size_t n, GError **error)
{
    for (size_t i = 1; i < n; i++)
        if (str_equal(list[i - 1].id, list[i].id))
            return fail(error, FAIL_INPUT, "'%.*s' stands in the list twice",
                        STR_ARG(list[i].id)) ||
                   fail_zh(error, "“%.*s”在名单里出现两次", STR_ARG(list[i].id));
    return true;
}

static bool count_classes(Receipt *r, GError **error)
{
    for (size_t i = 0; i < r->n_classes; i++) {
        r->classes[i].all = 0;
        if (i > 0 && str_equal(r->classes[i - 1].name, r->classes[i].name))
            return fail(error, FAIL_INPUT, "class '%.*s' stands twice",
                        STR_ARG(r->classes[i].name)) ||
                   fail_zh(error, "类别“%.*s”出现两次", STR_ARG(r->classes[i].name));
    }
    for (size_t i = 0; i < r->n_of; i++) {
        ReceiptClass *c = class_named(r, r->of[i].class);
        if (c == NULL)
            return fail(error, FAIL_INPUT, "'%.*s' is of class '%.*s', which is not listed",
                        STR_ARG(r->of[i].id), STR_ARG(r->of[i].class)) ||
                   fail_zh(error, "“%.*s”的类别“%.*s”没有列出", STR_ARG(r->of[i].id),
                           STR_ARG(r->of[i].class));
        c->all++;
    }
    for (size_t i = 0; i < r->n_classes; i++)
        if (r->classes[i].take > r->classes[i].all)
            return fail(error, FAIL_INPUT, "class '%.*s' has fewer members than are to be drawn",
                        STR_ARG(r->classes[i].name)) ||
                   fail_zh(error, "有一类的人数少于应抽取的人数");
    return true;
}

static bool check_bars(const Receipt *r, GError **error)
{
    for (size_t i = 0; i < r->n_bars; i++) {
        if (named(r->with, r->n_with, r->bars[i].with) == NULL ||
            named(r->of, r->n_of, r->bars[i].of) == NULL)
            return fail(error, FAIL_INPUT, "a bar names '%.*s' or '%.*s', who are not listed",
                        STR_ARG(r->bars[i].with), STR_ARG(r->bars[i].of)) ||
                   fail_zh(error, "回避写了“%.*s”和“%.*s”，名单里没有", STR_ARG(r->bars[i].with),
                           STR_ARG(r->bars[i].of));
        if (i > 0 && by_pair(&r->bars[i - 1], &r->bars[i]) == 0)
            return fail(error, FAIL_INPUT, "the bar of '%.*s' stands twice",
                        STR_ARG(r->bars[i].with)) ||
                   fail_zh(error, "“%.*s”的回避写了两次", STR_ARG(r->bars[i].with));
    }
    return true;
}

static void print_names(const ReceiptName *list, size_t n, bool of, GString *to)
{
    for (size_t i = 0; i < n; i++) {
        const ReceiptName *x = &list[i];
        g_string_append_printf(to, "%s\t%.*s", of ? "of" : "with", STR_ARG(x->id));
        if (of)
            g_string_append_printf(to, "\t%.*s", STR_ARG(x->class));
        g_string_append_printf(to, "\t%.*s\n", STR_ARG(x->name));
    }
}

/* All that stands above the line of its digest. */
static void print_list(const Receipt *r, GString *to)
{
    char day[DATE_TEXT];
    g_string_append(to, "anlao-draw\t1\n");
    g_string_append_printf(to, "number\t%.*s\n", STR_ARG(r->number));
    g_string_append_printf(to, "draw\t%.*s\t%.*s\n", STR_ARG(r->draw), STR_ARG(r->title));
    g_string_append_printf(to, "document\t%.*s\t%.*s\n", STR_ARG(r->document), STR_ARG(r->clause));
    g_string_append_printf(to, "place\t%.*s\t%.*s\n", STR_ARG(r->place), STR_ARG(r->place_name));
    g_string_append_printf(to, "listed\t%s\n", date_format(r->listed, day));
    g_string_append_printf(to, "method\t%s\n", digest_words[r->method]);
    g_string_append_printf(to, "each\t%u\n", r->each);
    g_string_append_printf(to, "public\t%s\t%.*s\n", date_format(r->public_on, day),
                           STR_ARG(r->public_what));
    for (size_t i = 0; i < r->n_commits; i++)
        g_string_append_printf(to, "commit\t%.*s\t%.*s\n", STR_ARG(r->commits[i].who),
                               STR_ARG(r->commits[i].digest));
    for (size_t i = 0; i < r->n_classes; i++)
        g_string_append_printf(to, "class\t%.*s\t%" G_GUINT64_FORMAT "\t%" G_GUINT64_FORMAT "\n",
                               STR_ARG(r->classes[i].name), r->classes[i].all, r->classes[i].take);
    print_names(r->of, r->n_of, true, to);
    print_names(r->with, r->n_with, false, to);
    for (size_t i = 0; i < r->n_bars; i++)
        g_string_append_printf(to, "bar\t%.*s\t%.*s\n", STR_ARG(r->bars[i].with),
                               STR_ARG(r->bars[i].of));
}

static Str digest_of(const Receipt *r, const GString *text, Arena *a)
{
    char hex[DIGEST_TEXT];
    digest_hex(r->method, (Str){text->str, text->len}, hex);
    return arena_str(a, str_of(hex));
}

bool receipt_close_list(Receipt *r, Arena *a, GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);
    sort_rows(r->classes, r->n_classes, sizeof *r->classes, by_class);
    sort_rows(r->of, r->n_of, sizeof *r->of, by_id);
    sort_rows(r->with, r->n_with, sizeof *r->with, by_id);
    sort_rows(r->bars, r->n_bars, sizeof *r->bars, by_pair);
    if (!once_each(r->of, r->n_of, error) || !once_each(r->with, r->n_with, error) ||
        !count_classes(r, error) || !check_bars(r, error))
        return false;
    print_list(r, text);
    r->list = digest_of(r, text, a);
    return true;
}

/* ---- the seed */

static bool take_secrets(Receipt *r, const Str *secrets, size_t n, GError **error)
{
    if (n != r->n_commits)
        return fail(error, FAIL_INPUT, "%zu secrets were promised, %zu are revealed", r->n_commits,
                    n) ||
               fail_zh(error, "承诺了 %zu 个数，公开了 %zu 个", r->n_commits, n);
    for (size_t i = 0; i < n; i++) {
        char hex[DIGEST_TEXT];
        digest_hex(r->method, secrets[i], hex);
        if (!receipt_cell_fine(secrets[i], true) || !str_is(r->commits[i].digest, hex))
            return fail(error, FAIL_INPUT, "what %.*s reveals is not what was promised",
                        STR_ARG(r->commits[i].who)) ||
                   fail_zh(error, "%.*s 公开的数与承诺的不符", STR_ARG(r->commits[i].who));
        r->commits[i].secret = secrets[i];
    }
    return true;
}

static bool is_digits(Str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!g_ascii_isdigit(s.at[i]))
            return false;
    return true;
}

static Str seed_of(const Receipt *r, Arena *a)
{
    g_autoptr(GString) seed = g_string_new(NULL);
    g_string_append_printf(seed, "%.*s:%.*s:%.*s", STR_ARG(r->list), STR_ARG(r->value),
                           STR_ARG(r->dice));
    for (size_t i = 0; i < r->n_commits; i++)
        g_string_append_printf(seed, ":%.*s", STR_ARG(r->commits[i].secret));
    return arena_str(a, (Str){seed->str, seed->len});
}

/* ---- who is drawn */

typedef struct Drawing {
    Receipt *r;
    Arena *arena;
    Sampler sampler;
    Ticket *tickets; /* of those who are sent */
    Str *names;
} Drawing;

static bool is_barred(const Receipt *r, Str with, Str of)
{
    const ReceiptBar key = {with, of};
    return r->n_bars > 0 && bsearch(&key, r->bars, r->n_bars, sizeof *r->bars, by_pair) != NULL;
}

/* To each its own tickets: OF/WITH; those with the smallest go, unless they may not. */
static void draw_with(Drawing *d, ReceiptTaken *t)
{
    const Receipt *r = d->r;
    Str of = r->of[t->of].id;
    t->with = arena_many(d->arena, size_t, r->each + 1);
    if (r->each == 0)
        return;
    for (size_t i = 0; i < r->n_with; i++)
        d->names[i] =
            str_of(arena_printf(d->arena, "%.*s/%.*s", STR_ARG(of), STR_ARG(r->with[i].id)));
    sampler_order(&d->sampler, d->names, r->n_with, d->tickets);
    for (size_t i = 0; i < r->n_with && t->n_with < r->each; i++)
        if (!is_barred(r, r->with[d->tickets[i].at].id, of))
            t->with[t->n_with++] = d->tickets[i].at;
}

static void draw_all(Drawing *d)
{
    Receipt *r = d->r;
    Ticket *tickets = arena_many(d->arena, Ticket, r->n_of + 1);
    Str *names = arena_many(d->arena, Str, r->n_of + 1);
    uint64_t *left = arena_many(d->arena, uint64_t, r->n_classes + 1);
    for (size_t i = 0; i < r->n_of; i++)
        names[i] = r->of[i].id;
    for (size_t i = 0; i < r->n_classes; i++)
        left[i] = r->classes[i].take;
    sampler_order(&d->sampler, names, r->n_of, tickets);
    r->taken = arena_many(d->arena, ReceiptTaken, r->n_of + 1);
    r->n_taken = 0;
    for (size_t i = 0; i < r->n_of; i++) {
        uint64_t *of_class = &left[class_named(r, r->of[tickets[i].at].class) - r->classes];
        if (*of_class == 0)
            continue;
        (*of_class)--;
        ReceiptTaken *t = &r->taken[r->n_taken++];
        *t = (ReceiptTaken){.of = tickets[i].at};
        t->ticket = str_of(arena_printf(d->arena, "0.%s", tickets[i].digits));
        draw_with(d, t);
    }
}

static void print_result(const Receipt *r, GString *to)
{
    g_string_append_printf(to, "list\t%.*s\n", STR_ARG(r->list));
    g_string_append_printf(to, "value\t%.*s\n", STR_ARG(r->value));
    g_string_append_printf(to, "dice\t%.*s\n", STR_ARG(r->dice));
    for (size_t i = 0; i < r->n_commits; i++)
        g_string_append_printf(to, "reveal\t%.*s\t%.*s\n", STR_ARG(r->commits[i].who),
                               STR_ARG(r->commits[i].secret));
    g_string_append_printf(to, "seed\t%.*s\n", STR_ARG(r->seed));
    for (size_t i = 0; i < r->n_taken; i++) {
        const ReceiptTaken *t = &r->taken[i];
        const ReceiptName *of = &r->of[t->of];
        g_string_append_printf(to, "taken\t%.*s\t%.*s\t%.*s", STR_ARG(of->id), STR_ARG(of->class),
                               STR_ARG(t->ticket));
        for (size_t k = 0; k < t->n_with; k++)
            g_string_append_printf(to, "\t%.*s", STR_ARG(r->with[t->with[k]].id));
        g_string_append_c(to, '\n');
        if (t->n_with < r->each)
            g_string_append_printf(to, "short\t%.*s\t%zu\n", STR_ARG(of->id), r->each - t->n_with);
    }
}

bool receipt_draw(Receipt *r, Str value, Str dice, const Str *secrets, size_t n_secrets, Arena *a,
                  GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);
    if (!receipt_cell_fine(value, true))
        return fail(error, FAIL_INPUT, "the public value is empty, too long, or no text") ||
               fail_zh(error, "公开数值没有填、太长，或者不是文字");
    if (!receipt_cell_fine(dice, false) || !is_digits(dice))
        return fail(error, FAIL_INPUT, "what was thrown is written as digits alone") ||
               fail_zh(error, "掷出的数只能写数字");
    if (!take_secrets(r, secrets, n_secrets, error))
        return false;
    r->value = value;
    r->dice = dice;
    r->seed = seed_of(r, a);
    Drawing d = {.r = r, .arena = a, .sampler = sampler_of(r->method, r->seed)};
    d.tickets = arena_many(a, Ticket, r->n_with + 1);
    d.names = arena_many(a, Str, r->n_with + 1);
    draw_all(&d);
    print_list(r, text);
    print_result(r, text);
    r->digest = digest_of(r, text, a);
    r->drawn = true;
    return true;
}

void receipt_print(const Receipt *r, GString *to)
{
    print_list(r, to);
    if (!r->drawn) {
        g_string_append_printf(to, "list\t%.*s\n", STR_ARG(r->list));
        return;
    }
    print_result(r, to);
    g_string_append_printf(to, "receipt\t%.*s\n", STR_ARG(r->digest));
}
