/* assets.h — what a browser gets besides pages: files of web/dist, read once, served from memory
 * under an address that changes with their content, so that it can be kept for ever.
 * In: a folder.  Out: bytes by address. */
#ifndef ANLAO_PAGE_ASSETS_H
#define ANLAO_PAGE_ASSETS_H

#include "base/arena.h"
#include "base/fail.h"

typedef struct Asset {
    const char *name; /* app.js */
    const char *type;
    Str bytes;
    Str address; /* /static/1f0c…/app.js */
} Asset;

typedef struct Assets Assets;

Assets *assets_load(const char *folder, GError **error);
void assets_free(Assets *as);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Assets, assets_free)
const Asset *assets_by_address(const Assets *as, Str path); /* NULL: no such file */
Str assets_address(const Assets *as, const char *name);     /* ends the program when absent */

#endif
