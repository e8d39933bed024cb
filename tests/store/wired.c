/* wired.c — see wired.h. */
#include "wired.h"

#include <string.h>

static char *server_folder(const char *address)
{
    const char *host = strstr(address, "host=") + strlen("host=");

    return g_strndup(host, strcspn(host, "&"));
}

static char *with_host(const char *address, const char *host)
{
    g_autofree char *was = server_folder(address);
    g_auto(GStrv) parts = g_strsplit(address, was, 2);

    return g_strjoinv(host, parts);
}

Fixture *fixture_wired(char **ret_folder)
{
    Fixture *f = fixture_new();
    g_autofree char *server = server_folder(f->uri);
    g_autofree char *folder = g_dir_make_tmp("anlao-wire-XXXXXX", NULL);
    char *uri = with_host(f->uri, folder);

    proxy_start(folder, server);
    store_close(f->store);
    f->store = NULL;
    g_free(f->uri);
    f->uri = uri;
    fixture_reopen(f);
    *ret_folder = g_steal_pointer(&folder);
    return f;
}

char *address_of_server(const Fixture *f)
{
    g_autofree char *server = server_folder(g_getenv("ANLAO_POSTGRES"));

    return with_host(f->uri, server);
}

void wire_remove(const char *folder)
{
    g_autofree char *socket = g_build_filename(folder, ".s.PGSQL.5432", NULL);

    g_unlink(socket);
    g_rmdir(folder);
}
