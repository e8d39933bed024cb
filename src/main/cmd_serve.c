/* cmd_serve.c — anlao serve: the web pages and the API. */
#include "care/warm.h"
#include "main/main.h"
#include "page/serve.h"

int command_serve(int argc, char **argv)
{
    Common c;
    ServeOptions o = {.listen = "127.0.0.1:8080"};
    char *listen = NULL, *web = NULL, *proxies = NULL;
    gboolean behind = FALSE;
    int workers = 0;
    const GOptionEntry own[] = {
        {"listen", 0, 0, G_OPTION_ARG_STRING, &listen, "default 127.0.0.1:8080", "ADDRESS:PORT"},
        {"web", 0, 0, G_OPTION_ARG_FILENAME, &web, "folder of pages", "FOLDER"},
        {"behind-proxy", 0, 0, G_OPTION_ARG_NONE, &behind, "a proxy in front speaks TLS", NULL},
        {"proxies", 0, 0, G_OPTION_ARG_STRING, &proxies, "its addresses, by commas", "ADDRESSES"},
        {"workers", 0, 0, G_OPTION_ARG_INT, &workers, "threads that answer (default 4)", "N"},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    if (!common_parse(&c, "serve", argc, argv, own))
        return 2;
    if (workers < 0 || workers > 64)
        return wrong_usage("serve", "--workers takes 1 to 64");
    g_autofree char *share = share_path("web");
    o.listen = listen != NULL ? listen : o.listen;
    o.web = web != NULL ? web : share;
    o.behind_proxy = behind;
    o.proxies = proxies;
    o.workers = (unsigned)workers;
    GError *error = NULL;
    g_autoptr(Care) care = NULL;
    if (!open_care(&c, true, &care, &error) || !care_warm(care, &error) ||
        !page_serve(care, &o, &error))
        return finish(error);
    return 0;
}
