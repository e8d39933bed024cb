/* wire.h — requests to another node over HTTPS (libcurl), each signed by this node's key; tried
 * again for a while where it may help.  In: an address, a body.  Out: the JSON of the answer.
 * Plain HTTP goes to this very machine only.  Start: wire_new(), wire_post(). */
#ifndef ANLAO_EXCHANGE_WIRE_H
#define ANLAO_EXCHANGE_WIRE_H

#include "care/page_api.h"
#include "format/json.h"

#define WIRE_SECONDS 60 /* for so long a node that does not answer is asked again */

typedef struct WireOptions {
    const char *url;  /* https://HOST[:PORT] */
    const char *ca;   /* file of the authorities to trust; NULL: those of the system */
    unsigned seconds; /* for so long it is tried again; 0: WIRE_SECONDS */
} WireOptions;

typedef struct Wire Wire;
bool wire_new(Care *c, const WireOptions *o, Wire **ret, GError **error);
void wire_free(Wire *w);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Wire, wire_free)

/* json_decref() the result.  FAIL_CONFLICT: what the other node has is not what was thought, ask
 * anew; FAIL_INPUT, FAIL_RIGHT: it refused, in its words; FAIL_SYSTEM: it could not be reached. */
bool wire_post(Wire *w, const char *target, Str body, json_t **ret, GError **error);

#endif
