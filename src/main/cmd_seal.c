/* cmd_seal.c — anlao seal: the newest links of all counties, signed, to be kept elsewhere. */
#include "base/file.h"
#include "care/seal.h"
#include "main/main.h"

#include <stdio.h>

static bool seal_it(const Common *c, const char *to, GError **error)
{
    g_autoptr(Care) care = NULL;
    g_autoptr(Arena) a = arena_new();
    Str text;
    if (!open_stored(c, false, &care, error) || !care_seal(care, a, &text, error))
        return false;
    if (to != NULL)
        return file_write(to, text, error);
    fwrite(text.at, 1, text.len, stdout);
    return true;
}

int command_seal(int argc, char **argv)
{
    Common c;
    char *to = NULL;
    const GOptionEntry own[] = {
        {"to", 0, 0, G_OPTION_ARG_FILENAME, &to, "where to write it", "FILE"},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    if (!common_parse(&c, "seal", argc, argv, own))
        return 2;
    if (c.n_rest != 0)
        return wrong_usage("seal", "takes no words");
    GError *error = NULL;
    return seal_it(&c, to, &error) ? 0 : finish(error);
}
