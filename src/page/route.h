/* route.h — the table of the site, and the way from an address to a page.
 * routes.def is the whole site; a route without a permission and a reason does not compile. */
#ifndef ANLAO_PAGE_ROUTE_H
#define ANLAO_PAGE_ROUTE_H

#include "page/site.h"

typedef enum RouteMethod { ROUTE_GET, ROUTE_POST } RouteMethod;

typedef struct Route {
    RouteMethod method;
    const char *path; /* /records/:entity/:key */
    PageFunction show;
    unsigned may; /* rights, all needed; MAY_PUBLIC: everybody */
    const char *why;
} Route;

#define ROUTE_CHECK(path, may, why)                                                                \
    _Static_assert(MAY_##may != MAY_NOTHING && sizeof(why) > 10,                                   \
                   path " needs a permission and a reason")

extern const Route routes[];
extern const size_t n_routes;

/* HttpHandler and HttpQuick of the site; context is a Site. */
void route_handle(HttpRequest *r, unsigned worker, void *context);
bool route_quick(HttpRequest *r, void *context);

/* HttpBodyMost of the site: one address takes files. */
size_t route_body_most(const HttpRequest *r, void *context);

/* The route of a method and decoded path; *ret_known: some method is routed there. */
const Route *route_find(RouteMethod method, Str path, Str arguments[ROUTE_ARGUMENTS],
                        bool *ret_known);

#endif
