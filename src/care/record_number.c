/* record_number.c — see record_number.h. */
#include "care/record_number.h"

#include "care/keys.h"

static const char *const before[] = {"记录号（", "record ("}, *const behind[] = {"）", ")"};

Str record_number_head(const Care *c, bool english, Arena *a)
{
    uint8_t own[SM2_PUBLIC], hash[SM3_SIZE];
    keys_node_public(c->keys, own);
    sm3(own, sizeof own, hash);
    return str_of(arena_printf(a, "%s%02X%02X%02X%s", before[english], hash[0], hash[1], hash[2],
                               behind[english]));
}

RecordNumberHead record_number_read(const Care *c, Str header)
{
    g_autoptr(Arena) a = arena_new();
    for (int english = 0; english < 2; english++)
        if (str_starts(header, str_of(before[english])) &&
            str_ends(header, str_of(behind[english])))
            return str_equal(header, record_number_head(c, english != 0, a)) ? HEAD_OURS
                                                                             : HEAD_FOREIGN;
    return HEAD_OTHER;
}
