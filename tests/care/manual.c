/* The examples of the manual's documents, and of the hard clauses, hold: run as anlao check does.
 */
#include "base/file.h"
#include "care/examples.h"

#define DOCUMENTS 16

static Str read_text(Arena *a, const char *path)
{
    Str text;
    g_autoptr(GError) error = NULL;
    if (!file_read(a, path, 1 << 20, &text, &error))
        g_error("%s", error->message);
    return text;
}

static size_t manual_documents(Arena *a, DocumentFile files[DOCUMENTS])
{
    Str rest = read_text(a, g_getenv("MANUAL"));
    const char *from = NULL;
    size_t n = 0;
    while (rest.len > 0 && n < DOCUMENTS) {
        Str line = str_cut(&rest, '\n');
        if (from != NULL && str_is(line, "~~~")) {
            files[n].name = arena_printf(a, "docs/language.md, document %zu", n + 1);
            files[n++].text = (Str){from, (size_t)(line.at - from)};
            from = NULL;
        } else if (str_is(line, "~~~markdown")) {
            from = rest.at;
        }
    }
    return n;
}

static void assert_examples(const DocumentFile *files, size_t n, unsigned least)
{
    g_autoptr(Diags) ds = diags_new();
    g_autoptr(Model) m = model_read(files, n, ds);
    g_autoptr(GString) out = g_string_new(NULL);
    g_assert_nonnull(m);
    g_assert_cmpuint(examples_run(m, NULL, NULL, ds), >=, least);
    for (guint i = 0; i < ds->list->len; i++)
        diag_print(ds->list->pdata[i], out);
    g_assert_cmpstr(out->str, ==, "");
}

static void the_manual_holds(void)
{
    g_autoptr(Arena) a = arena_new();
    DocumentFile files[DOCUMENTS];
    size_t n = manual_documents(a, files);
    g_assert_cmpuint(n, >=, 3);
    assert_examples(files, n, 9);
}

static void the_hard_clauses_hold(void)
{
    g_autoptr(Arena) a = arena_new();
    static const char *const names[] = {"model.md", "clauses.md"};
    DocumentFile files[G_N_ELEMENTS(names)];
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_build_filename(g_getenv("HARD"), names[i], NULL);
        files[i] = (DocumentFile){names[i], read_text(a, path)};
    }
    assert_examples(files, G_N_ELEMENTS(names), 6);
}

static void benefits_of_every_shape(void)
{
    g_autoptr(Arena) a = arena_new();
    g_autofree char *path = g_build_filename(g_getenv("HARD"), "shapes.md", NULL);
    DocumentFile file = {"shapes.md", read_text(a, path)};

    assert_examples(&file, 1, 11);
}

/* ---- what a place holds up */

#define FRONT(name, more)                                                                          \
    "---\ndocument: " name "\ntitle: x\nin force: 2020-01-01\n" more                               \
    "---\n\n# 1 甲 / One\n\n```anlao\n"
#define STEP(home) "  t = shop { name \"店\"" home "; opened_on 2020-02-01; state asked }\n"

/* The model's steps, and an example of somebody who lives nowhere in particular. */
static const char of_the_model[] = FRONT(
    "steps",
    "layer: model\n") "enum agency \"单位\" { office \"局\" }\nregions\n```\n\n"
                      "| code | name | level | parent |\n| --- | --- | --- | --- |\n| 360300 | 市 "
                      "| city | |\n"
                      "| 360302 | 区 | county | 360300 |\n| 360321 | 县 | county | 360300 |\n\n"
                      "```anlao\nentity shop \"店\" {\n  place at\n  name text(9) \"名\"\n  at "
                      "region \"处\"\n"
                      "  opened_on date \"日\"\n  sound bool \"结实\"\n}\n"
                      "procedure opening \"开业\" of shop {\n  asked -> opened by office needs "
                      "opened_on\n}\n"
                      "example \"材料齐了就可以\" {\n" STEP(
                          "") "  on 2020-06-01 gives opening.opened of t\n}\n"
                              "example \"在区里的也是\" {\n" STEP(
                                  "; at 360302") "  on 2020-06-01 gives opening.opened of "
                                                 "t\n}\n```\n";
static const char of_the_city[] = FRONT(
    "city",
    "layer: place\nplace: 360300\nbuilds on: steps\n") "hold opening.opened \"不结实\" of shop "
                                                       "while not sound\n"
                                                       "example \"结实的\" {\n  t = shop { name "
                                                       "\"店\"; at 360302; opened_on 2020-02-01; "
                                                       "sound yes; state asked }\n"
                                                       "  on 2020-06-01 gives opening.opened of "
                                                       "t\n}\n"
                                                       "example \"不结实的\" {\n  t = shop { name "
                                                       "\"店\"; at 360302; opened_on 2020-02-01; "
                                                       "sound no; state asked }\n"
                                                       "  on 2020-06-01 not opening.opened of "
                                                       "t\n}\n"
                                                       "example \"在哪里不知道\" {\n" STEP(
                                                           "") "  on 2020-06-01 unknown "
                                                               "opening.opened of t\n}\n```\n";
/* Of a county: the city's hold counts in it, the other county's does not. */
static const char of_a_county[] = FRONT(
    "county",
    "layer: place\nplace: 360302\nbuilds on: city\n") "example \"市里的规定区里也算\" {\n  t = "
                                                      "shop { name \"店\"; at 360302; opened_on "
                                                      "2020-02-01; sound no; state asked }\n"
                                                      "  on 2020-06-01 not opening.opened of "
                                                      "t\n}\n```\n";
static const char of_another[] =
    FRONT("other",
          "layer: place\nplace: 360321\nbuilds on: city\n") "hold opening.opened \"夏天不开\" of "
                                                            "shop while opened_on >= 2020-01-01\n"
                                                            "example \"县里自己的\" {\n  t = shop "
                                                            "{ name \"店\"; at 360321; opened_on "
                                                            "2020-02-01; sound yes; state asked }\n"
                                                            "  on 2020-06-01 not opening.opened of "
                                                            "t\n}\n```\n";

static void what_a_place_holds_up_is_in_its_own_examples(void)
{
    const DocumentFile files[] = {{"steps.md", str_of(of_the_model)},
                                  {"city.md", str_of(of_the_city)},
                                  {"county.md", str_of(of_a_county)},
                                  {"other.md", str_of(of_another)}};

    assert_examples(files, 1, 2);
    assert_examples(files, G_N_ELEMENTS(files), 7);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_set_nonfatal_assertions();
    g_test_add_func("/manual/examples", the_manual_holds);
    g_test_add_func("/manual/hard clauses", the_hard_clauses_hold);
    g_test_add_func("/manual/benefits of every shape", benefits_of_every_shape);
    g_test_add_func("/manual/what a place holds up", what_a_place_holds_up_is_in_its_own_examples);
    return g_test_run();
}
