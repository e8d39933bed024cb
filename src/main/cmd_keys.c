/* cmd_keys.c — anlao keys: keys of who may open copies. */
#include "care/backup.h"
#include "main/main.h"

static int recipient(const char *path)
{
    GError *error = NULL;
    if (!recipient_create(path, &error))
        return finish(error);
    printf("%s      opens copies: keep it away from this machine\n%s.pub  seals them: \"anlao "
           "backup FILE --to %s.pub\"\n",
           path, path, path);
    return 0;
}

int command_keys(int argc, char **argv)
{
    Common c;
    if (!common_parse(&c, "keys", argc, argv, NULL))
        return 2;
    if (c.n_rest == 2 && strcmp(c.rest[0], "recipient") == 0)
        return recipient(c.rest[1]);
    return wrong_usage("keys", "needs recipient FILE");
}
