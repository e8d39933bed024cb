/* expression.c — any text as an expression, at each place an expression may stand.
 * Input: a letter for the place (see places[]), then the expression.  What compiles is printed and
 * read back, and prints the same; one record and a column of records give the same answer for
 * records of which everything, nothing and something is known. */
#include "care/examples.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char head[] =
    "---\ndocument: one\ntitle: x\nlayer: model\nin force: 2019-01-01\n---\n\n# 1 x\n\n```anlao\n"
    "enum kind ordered { a; b; c }\n"
    "entity thing {\n  place at\n  holds begun through ended\n  at region required dated\n"
    "  begun date required\n  ended date open\n  kind kind dated\n  kinds set of kind dated\n"
    "  size money range 0 yuan..9000 yuan dated\n  space area range 0 m2..9000 m2\n"
    "  part_of share range 0%..100%\n  many int range -99..99\n  rate decimal(2) range -9..9\n"
    "  flag bool\n  spent hours range 0 hours..99 hours\n  since month\n  other thing\n}\n"
    "entity piece {\n  place thing.at\n  dated by on_day\n  thing thing required\n"
    "  on_day date required\n  worth money range 0 yuan..99 yuan\n  kind kind\n  ok bool\n}\n"
    "param p : money = 5 yuan\nparam u : money\nparam n : int = 3\n"
    "param k by kind : money { a: 1 yuan; b: 2 yuan; c: 3 yuan }\nparam s : set of kind = a, b\n"
    "param r by region : money\nset r[360302] = 7 yuan from 2019-01-01\n"
    "```\n\n```anlao\ntable t(n: int range -99..99) -> money\n```\n\n"
    "| n | x |\n|---|---|\n| < 0 | 1 yuan |\n| 0..9 | 2 yuan |\n| else | unset |\n\n```anlao\n";

static const char records[] =
    "  w = thing { at 360302; begun 2019-05-01; kind a; kind c from 2020-06-10; kinds {a, c}; "
    "size 12.34 yuan; size 99 yuan from 2020-06-20; space 10 m2; part_of 12.5%; many 7; rate 1.5; "
    "flag yes; spent 2 hours; since 2020-01 }\n"
    "  v = thing { at 360302; begun 2020-02-29; ended 2020-06-15 }\n"
    "  m = thing { at 360302; begun 2019-05-01; kind b; kinds none; many -3; flag no; other w }\n"
    "  e = piece { thing w; on_day 2020-06-01; worth 3 yuan; kind a; ok yes }\n"
    "  g = piece { thing w; on_day 2020-06-12; worth 4 yuan; ok no }\n"
    "  h = piece { thing m; on_day 2020-05-01; kind b }\n";

/* %E stands for the expression. */
static const struct {
    char letter;
    const char *declared, *expected;
} places[] = {
    {'b', "derive thing.x : bool = %E",
     "on 2020-06-15 w.x = yes\n  on 2020-06-15 v.x = yes\n  on "
     "2020-06-11 m.x = yes"},
    {'y', "derive thing.x : money = %E",
     "on 2020-06-15 w.x = 0 yuan\n  on 2020-06-15 v.x = 0 "
     "yuan\n  on 2020-06-11 m.x = 0 yuan"},
    {'i', "derive thing.x : int = %E",
     "on 2020-06-15 w.x = 0\n  on 2020-06-15 v.x = 0\n  on "
     "2020-06-11 m.x = 0"},
    {'k', "derive thing.x : kind = %E",
     "on 2020-06-15 w.x = a\n  on 2020-06-15 v.x = a\n  on "
     "2020-06-11 m.x = a"},
    {'s', "derive thing.x : set of kind = %E",
     "on 2020-06-15 w.x = none\n  on 2020-06-15 m.x = "
     "none"},
    {'d', "derive thing.x : date = %E",
     "on 2020-06-15 w.x = 2020-01-01\n  on 2020-06-15 v.x = "
     "2020-01-01"},
    {'w', "check x of thing {\n  when %E\n  require flag\n  cure \"x\"\n}",
     "in 2020-06 gives x of w\n  in 2020-06 gives x of v\n  in 2020-06 gives x of m"},
    {'r', "check x of thing {\n  require %E\n  cure \"x\"\n}",
     "in 2020-06 gives x of w\n  in 2020-06 gives x of v\n  in 2020-06 gives x of m"},
    {'p',
     "benefit x {\n  for thing\n  every month each day\n  when flag or kind = a\n  pay %E\n  round "
     "half_up to 1 fen\n}",
     "in 2020-06 gives x of w\n  in 2020-06 gives x of v\n  in 2020-06 gives x of m"},
    {'l', "benefit x {\n  for thing\n  every month any day\n  when %E\n  pay p\n}",
     "in 2020-06 gives x of w\n  in 2020-06 gives x of v\n  in 2020-06 gives x of m"},
    {'f', "indicator x stock by region = %E", "on 2020-06-15 x of 360302 = 0"},
    {'q', "param x : money = %E", NULL},
};

static char *document_of(size_t place, Str expression)
{
    g_autofree char *text = g_strndup(expression.at, expression.len);
    g_auto(GStrv) parts = g_strsplit(places[place].declared, "%E", 2);
    GString *all = g_string_new(head);
    g_string_append_printf(all, "%s%s%s\n", parts[0], text, parts[1]);
    if (places[place].expected != NULL)
        g_string_append_printf(all, "example \"x\" {\n%s  %s\n}\n", records,
                               places[place].expected);
    g_string_append(all, "```\n");
    return g_string_free(all, FALSE);
}

static const Expr *expression_of(const Model *m, char letter)
{
    const Entity *thing = model_entity(m, STR("thing"));
    const Field *f = thing != NULL ? entity_field(thing, STR("x")) : NULL;
    const Rule *r = model_rule(m, STR("x"));
    const Indicator *i = model_indicator(m, STR("x"));
    const Param *p = model_param(m, STR("x"));
    switch (letter) {
    case 'w':
    case 'l':
        return r != NULL ? r->when : NULL;
    case 'r':
        return r != NULL ? r->require : NULL;
    case 'p':
        return r != NULL ? r->pay : NULL;
    case 'f':
        return i != NULL ? i->value : NULL;
    case 'q':
        return p != NULL ? p->otherwise : NULL;
    default:
        return f != NULL ? f->compute : NULL;
    }
}

static void run_examples(const Model *m)
{
    g_autoptr(Diags) ds = diags_new();
    examples_run(m, NULL, NULL, ds);
    for (guint i = 0; i < ds->list->len; i++) {
        const Diag *d = ds->list->pdata[i];
        if (strstr(d->text, "fault of the program") != NULL)
            g_error("%s", d->text);
    }
}

static Model *model_of(const char *text)
{
    g_autoptr(Diags) ds = diags_new();
    DocumentFile file = {"fuzz.md", str_of(text)};
    return model_read(&file, 1, ds);
}

/* A place whose own document did not compile would let everything pass. */
static void places_must_compile(void)
{
    static const char *const plain[] = {"flag", "p",    "n",    "kind", "kinds",        "begun",
                                        "flag", "flag", "size", "flag", "count(thing)", "p"};
    static bool done;
    for (size_t i = 0; i < G_N_ELEMENTS(places) && !done; i++) {
        g_autofree char *text = document_of(i, str_of(plain[i]));
        g_autoptr(Model) m = model_of(text);
        g_assert(m != NULL && expression_of(m, places[i].letter) != NULL);
    }
    done = true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t place = 0;
    places_must_compile();
    if (size < 2 || size > 2000 || memchr(data, '\0', size) != NULL)
        return 0;
    while (place < G_N_ELEMENTS(places) && places[place].letter != (char)data[0])
        place++;
    if (place == G_N_ELEMENTS(places))
        return 0;
    g_autofree char *text = document_of(place, (Str){(const char *)data + 1, size - 1});
    g_autoptr(Model) m = model_of(text);
    const Expr *e = m != NULL ? expression_of(m, (char)data[0]) : NULL;
    if (e == NULL)
        return 0;
    run_examples(m);
    g_autoptr(GString) printed = g_string_new(NULL);
    g_autoptr(GString) again = g_string_new(NULL);
    expr_print(e, printed);
    g_autofree char *second = document_of(place, (Str){printed->str, printed->len});
    g_autoptr(Model) back = model_of(second);
    const Expr *same = back != NULL ? expression_of(back, (char)data[0]) : NULL;
    if (same != NULL)
        expr_print(same, again);
    if (!g_string_equal(printed, again))
        g_error("printed '%s', read back '%s'", printed->str, again->str);
    return 0;
}
