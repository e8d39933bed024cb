/* health.c — whether the machine serves; for this machine only, not through a proxy. */
#include "page/frame.h"
#include "page/pages.h"

bool health_show(Req *q, GError **error)
{
    bool forwarded = http_header(q->http, "X-Forwarded-For").len > 0 ||
                     http_header(q->http, "Forwarded").len > 0;
    if (!q->http->peer_loopback || forwarded)
        return fail(error, FAIL_ABSENT, "health is for this machine only");
    const Model *m = care_model(q->care);
    char day[DATE_TEXT];
    bool outdated = care_is_outdated(q->care);
    return page_json(q, outdated ? 503 : 200,
                     str_of(arena_printf(q->arena,
                                         "{\"ok\":%s,\"outdated\":%s,\"demo\":%s,"
                                         "\"today\":\"%s\",\"documents\":%zu}\n",
                                         outdated ? "false" : "true", outdated ? "true" : "false",
                                         care_is_demo(q->care) ? "true" : "false",
                                         date_format(care_today(q->care), day), m->n_documents)));
}
