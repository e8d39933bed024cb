/* health.c — whether the machine serves, and how far the journal left it; for this machine only,
 * not through a proxy.  /health is one JSON document, /metrics the same as lines for a collector.
 */
#include "base/clock.h"
#include "care/ship_state.h"
#include "format/json.h"
#include "page/frame.h"
#include "page/pages.h"

static bool for_us(Req *q, GError **error)
{
    bool forwarded = http_header(q->http, "X-Forwarded-For").len > 0 ||
                     http_header(q->http, "Forwarded").len > 0;
    return (q->http->peer_loopback && !forwarded) ||
           fail(error, FAIL_ABSENT, "health is for this machine only");
}

/* Shipping that fails is no reason not to serve: it is said, and catches up. */
static void ship_put(Req *q, JsonWriter *j)
{
    ShipState s;
    char at[MOMENT_TEXT];
    if (!care_ship_state(q->care, &s)) {
        json_put_str(j, "ship", STR("off"));
        return;
    }
    json_put_str(j, "ship", s.ok ? STR("ok") : STR("failing"));
    json_put_str(j, "ship_why", str_of(s.why));
    json_put_str(j, "ship_last",
                 s.done_us != 0 ? str_of(moment_format(s.done_us, at)) : STR("never"));
    json_put_int(j, "ship_behind", s.behind);
}

bool health_show(Req *q, GError **error)
{
    g_autoptr(GString) out = g_string_new(NULL);
    char day[DATE_TEXT];
    if (!for_us(q, error))
        return false;
    bool outdated = care_is_outdated(q->care);
    JsonWriter j = json_begin(out);
    json_put_object(&j, NULL);
    json_put_bool(&j, "ok", !outdated);
    json_put_bool(&j, "outdated", outdated);
    json_put_bool(&j, "demo", care_is_demo(q->care));
    json_put_str(&j, "today", str_of(date_format(care_today(q->care), day)));
    json_put_uint(&j, "documents", care_model(q->care)->n_documents);
    ship_put(q, &j);
    json_put_end(&j);
    json_finish(&j);
    return page_json(q, outdated ? 503 : 200, arena_str(q->arena, (Str){out->str, out->len}));
}

bool metrics_show(Req *q, GError **error)
{
    ShipState s = {0};
    if (!for_us(q, error))
        return false;
    bool ships = care_ship_state(q->care, &s);
    const char *text = arena_printf(
        q->arena,
        "anlao_outdated %d\nanlao_documents %zu\nanlao_ship_on %d\nanlao_ship_ok %d\n"
        "anlao_ship_behind_entries %" G_GINT64_FORMAT "\nanlao_ship_entries %" G_GINT64_FORMAT
        "\nanlao_ship_last_seconds %" G_GINT64_FORMAT "\n",
        care_is_outdated(q->care), care_model(q->care)->n_documents, ships, s.ok, s.behind,
        s.entries, s.done_us / G_USEC_PER_SEC);
    page_answer(q, "text/plain; charset=utf-8", str_of(text));
    return true;
}
