/* site.h — one request on its way through the site: who asks, in which language, for what.
 * In: HttpRequest.  Out: an answer, made by the functions of routes.def from templates.
 * Where to start: route_handle() in route.c, page_show() in frame.c. */
#ifndef ANLAO_PAGE_SITE_H
#define ANLAO_PAGE_SITE_H

#include "base/crypto.h"
#include "care/page_api.h"
#include "care/said.h"
#include "page/assets.h"
#include "page/http.h"
#include "page/multipart.h"
#include "page/template.h"

/* Everything that lives as long as the server. */
typedef struct Site {
    Care *care;
    Texts *texts;
    Templates *templates;
    Assets *assets;
    bool secure;           /* behind a proxy that speaks TLS */
    char *const *proxies;  /* addresses whose forwarded headers count; NULL-ended, or NULL */
    uint8_t key[KEY_SIZE]; /* of forms sent before anybody has signed in; made at start */
} Site;

/* Reads texts, templates, styles and scripts below `web`; refuses what is not whole. */
bool site_load(Site *site, const char *web, GError **error);
void site_clear(Site *site);

typedef enum TextSize { SIZE_SMALL, SIZE_MIDDLE, SIZE_LARGE, SIZE_N } TextSize;

#define ROUTE_ARGUMENTS 3u

typedef struct Req {
    HttpRequest *http;
    Arena *arena;
    const Site *site;
    Care *care;
    const struct Route *route;
    Str arguments[ROUTE_ARGUMENTS]; /* what stood for :x in the address, in order */
    Str path;                       /* decoded */
    Fields query, form, cookies;
    Upload upload; /* of a form with a file */
    bool post;
    Lang lang;
    TextSize size;
    Str client;             /* network address of the person, for limits */
    Str token;              /* session cookie as it came */
    const Session *session; /* NULL: nobody has signed in */
} Req;

/* A page that cannot be shown returns false with the reason; route.c turns it into a page. */
typedef bool (*PageFunction)(Req *q, GError **error);

/* Texts of web/texts.tsv.  KEY marks a key that stands in a table, so that a test can find it. */
#define KEY(key) key
Str say(const Req *q, const char *key);
Str say_with(const Req *q, const char *key, const View *values);
Str say_number(const Req *q, const char *key, int64_t n); /* for texts with one {n} */
Str say_name(const Req *q, const char *key, Str name);    /* for texts with one {name} */
Str label_of(const Req *q, Label label);
Str said_text(const Req *q, Said said); /* of care: why not */
/* The same of an error, in the reader's language; what was said in English alone is told a Chinese
 * reader by its kind. */
Str why_text(const Req *q, const GError *why);

#endif
