/* keyfile.c — any text as a key file, as a recipient's file, as a sealed secret: no crash, and
 * nothing that we did not seal opens. */
#include "care/backup.h"
#include "care/keys.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t key[KEY_SIZE] = {7};
    const Str text = {(const char *)data, size};
    uint8_t to[65];
    char *plain = NULL;

    keys_text_whole(text);
    recipient_parse(text, "anlao recipient 1", to, 32);
    recipient_parse(text, "anlao recipient public 1", to, sizeof to);
    if (secret_open(key, STR("fuzz"), text, &plain, NULL, NULL))
        abort();
    return 0;
}
