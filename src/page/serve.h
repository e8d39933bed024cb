/* serve.h — the web server as one call: loads what pages need, serves until it is told to stop.
 * Logs JSON lines to standard error: route, status, time; never an address with a name in it. */
#ifndef ANLAO_PAGE_SERVE_H
#define ANLAO_PAGE_SERVE_H

#include "care/page_api.h"

typedef struct ServeOptions {
    const char *listen;  /* ADDRESS:PORT; NULL: 127.0.0.1:8080; port 0 takes a free one */
    const char *web;     /* folder of pages, parts, texts.tsv and dist */
    bool behind_proxy;   /* TLS is spoken by a proxy in front of us */
    const char *proxies; /* its addresses, by commas; NULL: 127.0.0.1,::1 */
    unsigned workers;    /* 0: 4 */
} ServeOptions;

/* Returns true after SIGTERM or SIGINT, when what was begun has been answered. */
bool page_serve(Care *care, const ServeOptions *options, GError **error);

#endif
