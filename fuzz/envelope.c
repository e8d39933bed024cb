/* envelope.c — any bytes as a sealed file, and as its head: no crash; what opens was sealed by us.
 */
#include "base/envelope.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t secret[KEY_SIZE] = {1};
    g_autoptr(EnvelopeReader) r = NULL;
    EnvelopeHead head;
    Str piece;
    int fd = memfd_create("fuzz", MFD_CLOEXEC);

    if (envelope_head((Str){(const char *)data, size}, &head) && head.len > size)
        abort();
    if (fd < 0 || write(fd, data, size) != (ssize_t)size || lseek(fd, 0, SEEK_SET) != 0)
        abort();
    if (envelope_open(fd, secret, &r, NULL)) {
        while (envelope_next(r, &piece, NULL) && piece.len > 0)
            continue;
    }
    close(fd);
    return 0;
}
