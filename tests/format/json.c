/* json.c — what we write is JSON and may stand in HTML; what we read is strict. */
#include "format/json.h"

static void test_write(void)
{
    g_autoptr(GString) out = g_string_new(NULL);
    JsonWriter j = json_begin(out);
    Date day = 0;

    g_assert_true(date_parse(STR("2020-02-29"), &day));
    json_put_object(&j, NULL);
    json_put_str(&j, "text", STR("张三 \"</script>&\\\n\x01"));
    json_put_int(&j, "least", INT64_MIN);
    json_put_uint(&j, "most", UINT64_MAX);
    json_put_array(&j, "list");
    json_put_bool(&j, NULL, true);
    json_put_null(&j, NULL);
    json_put_object(&j, NULL);
    json_put_end(&j);
    json_put_end(&j);
    json_put_date(&j, "on", day);
    json_put_seconds(&j, "seconds", 0.0214);
    json_put_str(&j, "nothing", (Str){NULL, 0});
    json_put_end(&j);
    json_finish(&j);
    g_assert_cmpstr(out->str, ==,
                    "{\"text\":\"张三 \\\"\\u003c/script\\u003e\\u0026\\\\\\n\\u0001\","
                    "\"least\":-9223372036854775808,\"most\":18446744073709551615,"
                    "\"list\":[true,null,{}],\"on\":\"2020-02-29\",\"seconds\":0.021400,"
                    "\"nothing\":null}\n");
}

static void test_bad_utf8(void)
{
    g_autoptr(GString) out = g_string_new(NULL);
    JsonWriter j = json_begin(out);

    json_put_array(&j, NULL);
    json_put_str(&j, NULL,
                 STR("a\xFF"
                     "b"));
    json_put_end(&j);
    g_assert_cmpstr(out->str, ==,
                    "[\"a\xEF\xBF\xBD"
                    "b\"]");
}

static void test_back(void)
{
    g_autoptr(GString) out = g_string_new(NULL);
    JsonWriter j = json_begin(out);
    g_autoptr(GError) error = NULL;
    Str text;
    int64_t number = 0;
    bool yes = false;
    Date day = 0;
    json_t *list = NULL;

    json_put_object(&j, NULL);
    json_put_str(&j, "t", STR("\xF0\x9F\x98\x80<\x7F"));
    json_put_int(&j, "n", INT64_MAX);
    json_put_bool(&j, "b", true);
    json_put_date(&j, "d", 0);
    json_put_array(&j, "l");
    json_put_end(&j);
    json_put_end(&j);
    json_t *o = json_read((Str){out->str, out->len}, &error);

    g_assert_no_error(error);
    g_assert_true(json_need_str(o, "t", &text, NULL));
    g_assert_true(str_is(text, "\xF0\x9F\x98\x80<\x7F"));
    g_assert_true(json_need_int(o, "n", &number, NULL));
    g_assert_cmpint(number, ==, INT64_MAX);
    g_assert_true(json_need_bool(o, "b", &yes, NULL) && yes);
    g_assert_true(json_need_date(o, "d", &day, NULL) && day == 0);
    g_assert_true(json_need_array(o, "l", &list, NULL));
    json_decref(o);
}

static void refused(Str text)
{
    g_autoptr(GError) error = NULL;

    g_assert_null(json_read(text, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_INPUT);
}

static void test_strict(void)
{
    refused(STR(""));
    refused(STR("{\"a\":1,\"a\":2}"));
    refused(STR("{} x"));
    refused(STR("\"alone\""));
    refused(STR("[1,]"));
    refused(STR("[\"\\u0000\"]"));
    refused(STR("[\"\xFF\"]"));
    refused(STR("[99999999999999999999]"));
    refused((Str){NULL, 0});

    g_autoptr(GString) deep = g_string_new(NULL);

    for (int i = 0; i < 100000; i++)
        g_string_append_c(deep, '[');
    refused((Str){deep->str, deep->len});
}

static void test_need(void)
{
    static const char *const keys[] = {"month", "sum", NULL};
    json_t *o = json_read(STR("{\"month\":\"2025-01\",\"sum\":1.5}"), NULL);
    g_autoptr(GError) kind = NULL;
    g_autoptr(GError) absent = NULL;
    g_autoptr(GError) stray = NULL;
    int64_t n = 7;
    Str s;

    g_assert_true(json_only(o, keys, NULL));
    g_assert_false(json_need_int(o, "sum", &n, &kind));
    g_assert_cmpstr(kind->message, ==, "key \"sum\" is not a whole number");
    g_assert_cmpint(n, ==, 7); /* set only on success */
    g_assert_false(json_need_str(o, "mnth", &s, &absent));
    g_assert_cmpstr(absent->message, ==, "key \"mnth\" is missing");
    g_assert_false(json_only(o, keys + 1, &stray));
    g_assert_cmpstr(stray->message, ==, "key \"month\" is not known here");
    json_decref(o);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/json/write", test_write);
    g_test_add_func("/json/bad-utf8", test_bad_utf8);
    g_test_add_func("/json/back", test_back);
    g_test_add_func("/json/strict", test_strict);
    g_test_add_func("/json/need", test_need);
    return g_test_run();
}
