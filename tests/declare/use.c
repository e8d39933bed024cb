/* Fields and entities that nothing uses, over the documents of several places. */
#include "declare/use.h"

static const char base[] =
    "---\ndocument: base\ntitle: 底本\nlayer: model\nin force: 2019-01-01\n---\n\n# 1 底本\n\n"
    "```anlao\n"
    "enum colour \"颜色\" { red; blue }\n"
    "entity elder \"老年人\" {\n"
    "  title name\n"
    "  list name, born\n"
    "  name    text(40) \"姓名\"\n"
    "  remark  text(40) \"备注\"\n"            /* people read texts */
    "  born    date     \"出生\"\n"            /* in the list */
    "  number  int      \"编号\" unique\n"     /* files find records by it */
    "  seen    int      \"见到\"\n"            /* read by a rule */
    "  counted int      \"计数\"\n"            /* read by one place only */
    "  twice   int      \"两倍\" = 2 * seen\n" /* computed */
    "  shade   colour   \"底色\" because \"照片背面要写 / stands on the back of the picture\"\n"
    "  colour  colour   \"颜色\"\n" /* nothing */
    "  width   int      \"宽\"\n"   /* an example is no use */
    "}\n"
    "entity stay \"入住\" {\n  list elder\n  elder elder \"老年人\"\n}\n"
    "enum agency \"单位\" { civil \"民政\" }\n"
    "procedure moving of stay { asked -> taken by civil }\n" /* its state is used by its steps */
    "benefit b \"补\" { for elder; every month any day; when seen > 3 }\n"
    "example \"例\" { elder { name \"甲\"; width 5 }; in 2020-01 unknown b }\n"
    "```\n";

static const char one[] = "---\ndocument: one\ntitle: 一\nlayer: national\nin force: 2019-01-01\n"
                          "builds on: base\n---\n\n# 1 一\n\n```anlao\n"
                          "derive elder.more : bool = counted > 3\n```\n";
static const char other[] =
    "---\ndocument: other\ntitle: 二\nlayer: national\nin force: 2019-01-01\n"
    "builds on: base\n---\n\n# 1 二\n\n```anlao\n"
    "extend elder { extra int \"另\" }\n```\n";

static Model *read_two(const char *second, Diags *ds)
{
    const DocumentFile files[] = {{"base.md", str_of(base)}, {"second.md", str_of(second)}};
    Model *m = model_read(files, 2, ds);
    g_assert_nonnull(m);
    g_assert_cmpuint(ds->warnings, ==, 0);
    return m;
}

static void unused_in_all_places_is_said_once(void)
{
    g_autoptr(Diags) ds = diags_new(), first = diags_new(), second = diags_new();
    g_autoptr(Model) a = read_two(one, first);
    g_autoptr(Model) b = read_two(other, second);
    g_autoptr(GHashTable) names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GString) got = g_string_new(NULL);
    use_collect(a, names);
    use_collect(b, names);
    use_report(a, names, ds);
    use_report(b, names, ds);
    for (guint i = 0; i < ds->list->len; i++) {
        const Diag *d = ds->list->pdata[i];
        g_string_append_printf(got, "%s:%u %s\n", d->pos.source->name, d->pos.line, d->text);
    }
    g_assert_cmpstr(got->str, ==,
                    "base.md:23 nothing uses 'colour'\n"
                    "base.md:24 nothing uses 'width'\n"
                    "base.md:26 nothing uses the entity 'stay'\n"
                    "second.md:12 nothing uses 'extra'\n");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/use/all-places", unused_in_all_places_is_said_once);
    return g_test_run();
}
