/* site_forms.c — forms sent twice, sent wrong, sent by whoever has no script: what comes back. */
#include "site_case.h"

/* What was typed stays beside what was wrong with it; a form sent twice leads to the list it made.
 */
static void draw_forms(void)
{
    g_auto(Answered) wrong =
        ASK(.method = "POST", .target = "/draws", .token = token_of("clerk"), .origin = ORIGIN,
            .csrf = SESSION,
            .form =
                "draw=inspection&public_on=2020-06-23&what=x&method=sm3&promises=%E7%94%B2%3Dab12");
    g_assert_cmpuint(wrong.status, ==, 400);
    g_assert_nonnull(strstr(wrong.body, "value=\"2020-06-23\""));
    g_assert_nonnull(strstr(wrong.body, ">甲=ab12</textarea>"));
    g_assert_nonnull(strstr(wrong.body, "value=\"sm3\" selected"));
    g_auto(Answered) again =
        ASK(.method = "POST", .target = "/draws", .token = token_of("clerk"), .origin = ORIGIN,
            .csrf = SESSION,
            .form = "draw=inspection&region=360302&public_on=2020-10-09&what=twice");
    g_assert_cmpuint(again.status, ==, 303);
    g_assert_cmpstr(again.location, ==, "/draws/R2");
}

/* Another region is no answer: neither on a page, nor in a file, nor in a list that is published.
 */
static void unknown_regions(void)
{
    static const struct {
        const char *role, *target, *says;
    } pages[] = {{"clerk", "/records/elder?region=999999", "地区不存在，或者不在本辖区"},
                 {"clerk", "/policies/plan?region=360399", "地区不存在，或者不在本辖区"},
                 {"clerk", "/tasks?region=x", "没有这个地区"},
                 {"clerk", "/alike/elder?region=999999", "没有这个地区"},
                 {"policy", "/what-if/rate?region=999999", "没有这个地区"},
                 {"policy", "/progress?region=999999", "没有这个地区"},
                 {"policy", "/api/figures?region=999999", "error_region"},
                 {"clerk", "/api/records/elder?region=999999", "error_region"}};
    for (size_t i = 0; i < G_N_ELEMENTS(pages); i++) {
        g_auto(Answered) got =
            ASK(.method = "GET", .target = pages[i].target, .token = token_of(pages[i].role));
        g_test_message("%s", pages[i].target);
        g_assert_cmpuint(got.status, ==, 404);
        g_assert_nonnull(strstr(got.body, pages[i].says));
    }
    g_auto(Answered) file =
        ASK(.method = "POST", .target = "/exports/elder?region=999999", .token = token_of("clerk"),
            .origin = ORIGIN, .csrf = SESSION, .form = "format=csv");
    g_assert_cmpuint(file.status, ==, 404);
    static const struct {
        const char *lang, *says;
    } told[] = {{"zh", "没有地区“999999”"}, {"en", "there is no region &quot;999999&quot;"}};
    for (size_t i = 0; i < G_N_ELEMENTS(told); i++) {
        g_auto(Answered) draw =
            ASK(.method = "POST", .target = "/draws", .token = token_of("clerk"), .origin = ORIGIN,
                .csrf = SESSION, .lang = told[i].lang,
                .form = "draw=inspection&region=999999&public_on=2020-10-09&what=twice");
        g_assert_cmpuint(draw.status, ==, 400);
        g_assert_nonnull(strstr(draw.body, told[i].says));
        g_assert_nonnull(strstr(draw.body, "value=\"twice\""));
    }
}

/* Without script a list sends its form: a name is answered under its address, a number under none.
 */
static void lists_by_form(void)
{
    static const struct {
        const char *form, *location; /* NULL: answered at once */
        unsigned status;
    } tries[] = {
        {"q=%E7%8E%8B&region=360302&page=3&f_x=", "/records/elder?q=%E7%8E%8B&region=360302", 303},
        {"q=&region=", "/records/elder?", 303},
        {"q=11010519491231002X&region=360302", NULL, 200},
        {"q=11010519491231002X&region=999999", NULL, 404},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(tries); i++) {
        g_auto(Answered) got =
            ASK(.method = "POST", .target = "/records/elder", .token = token_of("clerk"),
                .origin = ORIGIN, .csrf = SESSION, .form = tries[i].form);
        g_assert_cmpuint(got.status, ==, tries[i].status);
        g_assert_cmpstr(got.location, ==, tries[i].location);
        if (got.status != 200)
            continue;
        /* Typed once, it stands in its box alone. */
        const char *box = strstr(got.body, "value=\"11010519491231002X\"");
        g_assert_nonnull(box);
        box += strlen("value=\"");
        g_assert_true(strstr(got.body, "11010519491231002X") == box);
        g_assert_null(strstr(box + 1, "11010519491231002X"));
        g_assert_null(strstr(got.body, "/exports/"));
        g_assert_null(strstr(got.body, "rel=\"next\""));
    }
    g_auto(Answered) page =
        ASK(.method = "GET", .target = "/records/elder", .token = token_of("clerk"));
    g_assert_nonnull(strstr(page.body, "method=\"post\" action=\"/records/elder\""));
    g_assert_nonnull(strstr(page.body, "hx-params=\"not csrf\""));
}

void site_forms_tests(void)
{
    g_test_add_func("/page/site/lists-by-form", lists_by_form);
    g_test_add_func("/page/site/draw-forms", draw_forms);
    g_test_add_func("/page/site/unknown-regions", unknown_regions);
}
