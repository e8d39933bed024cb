/* xlsx.c — any bytes as a workbook: no crash, no endless growth; each row is read or refused in
 * words. */
#include "format/xlsx.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(XlsxReader) r = xlsx_read((Str){(const char *)data, size}, NULL, "fuzz", &error);
    const Str *cells;
    size_t n;

    if (r == NULL || !xlsx_header(r, &cells, &n, &error)) {
        if (error == NULL)
            abort();
        return 0;
    }
    for (;;) {
        g_autoptr(GError) fault = NULL;
        if (!xlsx_next(r, &cells, &n, &fault) && fault == NULL)
            return 0;
        if (fault == NULL)
            for (size_t i = 0; i < n; i++)
                if (!str_utf8_valid(cells[i], NULL))
                    abort();
    }
}
