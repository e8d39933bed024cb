/* attach.c — see attach.h.  A docket's body: version, kind, bytes, name.
 * Read first: file_attach(), bytes_open(). */
#include "care/attach.h"

#include "base/identifier.h"
#include "base/limits.h"
#include "care/inside.h"
#include "care/keys.h"
#include "care/trail.h"
#include "care/write.h"
#include "store/bytes.h"

/* ---- who may */

static bool of_scope(Care *c, const Session *s, const Entity *e, RecordKey *key, unsigned rights,
                     GError **error)
{
    g_autoptr(Working) w = NULL;
    Scope scope;
    if (!scope_of(s, e, rights, &scope, error) || !working_get(c, &w, error) ||
        !scope_allows(c, w, s, e, *key, error))
        return false;
    const Batch *b = working_batch(w, e);
    if (b->counties != NULL)
        key->county = b->counties[working_row(w, e, key->id)];
    return e->place != NULL ||
           fail(error, FAIL_RIGHT, "no files lie with \"%.*s\"", STR_ARG(e->name));
}

/* ---- the row */

static Str body_of(const FileLine *f, Arena *a)
{
    Bytes b = {0};
    bytes_byte(&b, 1);
    bytes_uint(&b, f->kind);
    bytes_uint(&b, f->bytes);
    bytes_str(&b, f->name);
    Str kept = arena_str(a, (Str){(const char *)b.at, b.len});
    bytes_free(&b);
    return kept;
}

static bool line_of(const Docket *d, FileLine *ret)
{
    Reader r = reader_of(d->body);
    FileLine f = {.key = d->key, .by = d->by, .at = d->at};
    bool known = reader_byte(&r) == 1;
    f.kind = (FileKind)reader_uint(&r);
    f.bytes = reader_uint(&r);
    f.name = reader_str(&r);
    if (!known || r.bad || f.kind >= FILE_KINDS || d->hash.len != SM3_SIZE)
        return false;
    g_autofree char *hex = hex_of((const uint8_t *)d->hash.at, SM3_SIZE);
    g_strlcpy(f.hash, hex, sizeof f.hash);
    *ret = f;
    return true;
}

/* Of the record, and of those that went into it: a scan does not leave the file with a merge. */
static bool dockets_of(Care *c, const Entity *e, RecordKey key, Arena *a, Docket **ret,
                       size_t *ret_n, GError **error)
{
    g_autoptr(GArray) kept = g_array_new(FALSE, FALSE, sizeof(Docket));
    RecordKey *keys;
    size_t n_keys;
    if (!record_trail(c, e, key, a, &keys, &n_keys, error))
        return false;
    for (size_t k = 0; k < n_keys; k++) {
        Docket *all;
        size_t n;
        bool again = false; /* the same record in another county */
        for (size_t i = 0; i < k; i++)
            again = again || keys[i].id == keys[k].id;
        if (again)
            continue;
        if (!store_dockets_of(c->store, DOCKET_FILE, e, keys[k].id, a, &all, &n, error))
            return false;
        for (size_t i = 0; i < n; i++)
            if (all[i].subject == keys[k].id && all[i].state == DOCKET_OPEN)
                g_array_append_val(kept, all[i]);
    }
    *ret = arena_list(a, kept, ret_n);
    return true;
}

/* ---- checks */

static bool check_name(Str name, Said *said, GError **error)
{
    if (name.len == 0 || !str_utf8_valid(name, NULL) || str_utf8_length(name) > LIMIT_FILE_NAME)
        return say_no(said, error, "文件名为空或太长，请改名后再传",
                      "the file's name is empty or too long: rename it");
    bool fine = str_utf8_printable(name);
    for (size_t i = 0; i < name.len; i++)
        fine = fine && strchr("/\\\"<>|:*?", name.at[i]) == NULL;
    if (!fine)
        return say_no(said, error, "文件名里有不能用的字符，请改名后再传",
                      "the file's name holds characters that no name can have: rename it");
    return check_file_name(name, said, error);
}

static bool check_bytes(Str bytes, FileKind *ret, Said *said, GError **error)
{
    if (bytes.len > LIMIT_FILE_BYTES)
        return say_no(said, error, "文件超过 8 MB，请压缩或分开上传",
                      "the file has more than 8 MB: make it smaller, or several");
    *ret = file_kind(bytes);
    return *ret != FILE_NONE ||
           say_no(said, error, "只收 PDF、PNG、JPEG、XLSX（不带宏）、OFD；按内容认，改后缀没有用",
                  "only PDF, PNG, JPEG, XLSX without programs, and OFD, by what is in the file");
}

/* ---- sealing */

static Str about_file(const char *hex, Arena *a)
{
    return str_of(arena_printf(a, "file %s", hex));
}

static bool bytes_open(Care *c, const Docket *d, const FileLine *f, Arena *a, Str *ret,
                       GError **error)
{
    Str sealed;
    uint8_t digest[SM3_SIZE];
    if (!store_content(c->store, d->key.county, (const uint8_t *)d->hash.at, a, &sealed, error) ||
        !keys_unseal_about(c->keys, about_file(f->hash, a), sealed, a, ret, error))
        return fail_while(error, "reading file \"%.*s\"", STR_ARG(f->name));
    sm3(ret->at, ret->len, digest);
    return memcmp(digest, d->hash.at, sizeof digest) == 0 ||
           fail(error, FAIL_SYSTEM, "file \"%.*s\" is not what was put there", STR_ARG(f->name));
}

/* ---- the doors */

static bool attach(Care *c, const Session *s, const Entity *e, RecordKey key, FileLine *f,
                   Str bytes, Str reason, Arena *a, GError **error)
{
    Content content;
    Docket d = {.kind = DOCKET_FILE, .entity = e, .subject = key.id, .by = s->account};
    sm3(bytes.at, bytes.len, content.hash);
    g_autofree char *hex = hex_of(content.hash, sizeof content.hash);
    g_strlcpy(f->hash, hex, sizeof f->hash);
    if (!keys_seal_about(c->keys, about_file(f->hash, a), bytes, a, &content.sealed, error) ||
        !care_new_id(c, &f->key.id, error))
        return false;
    d.key = f->key = (RecordKey){key.county, f->key.id};
    d.hash = (Str){(const char *)content.hash, sizeof content.hash};
    d.body = body_of(f, a);
    const WriteSet set = {
        .dockets = &d, .n_dockets = 1, .content = &content, .reason = str_trim(reason)};
    return care_write_set(c, s, &set, error);
}

bool file_attach(Care *c, const Session *s, const Entity *e, RecordKey key, Str name, Str bytes,
                 Str reason, RecordKey *ret, Said *said, GError **error)
{
    return of_scope(c, s, e, &key, MAY_PERSON_READ | MAY_PERSON_WRITE, error) &&
           file_put(c, s, e, key, name, bytes, reason, ret, said, error);
}

bool file_put(Care *c, const Session *s, const Entity *e, RecordKey key, Str name, Str bytes,
              Str reason, RecordKey *ret, Said *said, GError **error)
{
    g_autoptr(Arena) a = arena_new();
    FileLine f = {.name = str_trim(name), .bytes = bytes.len};
    Docket *have;
    size_t n;
    uint8_t hash[SM3_SIZE];
    if (!check_name(f.name, said, error) || !check_bytes(bytes, &f.kind, said, error) ||
        !dockets_of(c, e, key, a, &have, &n, error))
        return false;
    sm3(bytes.at, bytes.len, hash);
    for (size_t i = 0; i < n; i++)
        if (memcmp(have[i].hash.at, hash, sizeof hash) == 0) {
            *ret = have[i].key;
            return true;
        }
    if (n >= LIMIT_FILES)
        return say_no(said, error, "这条档案的附件已满", "no more files go with this record");
    if (!attach(c, s, e, key, &f, bytes, reason, a, error))
        return fail_while(error, "keeping file \"%.*s\"", STR_ARG(f.name));
    *ret = f.key;
    return true;
}

bool file_lines(Care *c, const Session *s, const Entity *e, RecordKey key, Arena *a, FileLine **ret,
                size_t *ret_n, GError **error)
{
    *ret_n = 0;
    return of_scope(c, s, e, &key, MAY_PERSON_READ, error) &&
           file_lines_of(c, e, key, a, ret, ret_n, error);
}

bool file_lines_of(Care *c, const Entity *e, RecordKey key, Arena *a, FileLine **ret, size_t *ret_n,
                   GError **error)
{
    Docket *list;
    size_t n;
    *ret_n = 0;
    if (!dockets_of(c, e, key, a, &list, &n, error))
        return false;
    *ret = arena_many(a, FileLine, n + 1);
    for (size_t i = 0; i < n; i++)
        if (line_of(&list[i], &(*ret)[*ret_n]))
            (*ret_n)++;
    return true;
}

static bool find_file(Care *c, const Entity *e, RecordKey key, RecordKey file, Arena *a,
                      Docket *ret, FileLine *ret_line, GError **error)
{
    Docket *list;
    size_t n;
    if (!dockets_of(c, e, key, a, &list, &n, error))
        return false;
    for (size_t i = 0; i < n; i++)
        if (list[i].key.id == file.id && line_of(&list[i], ret_line)) {
            *ret = list[i];
            return true;
        }
    return fail(error, FAIL_ABSENT, "no such file lies with this %.*s", STR_ARG(e->name));
}

bool file_bytes_of(Care *c, const Entity *e, RecordKey key, RecordKey file, Arena *a, FileLine *ret,
                   Str *ret_bytes, GError **error)
{
    Docket d;
    return find_file(c, e, key, file, a, &d, ret, error) &&
           bytes_open(c, &d, ret, a, ret_bytes, error);
}

bool file_get(Care *c, const Session *s, const Entity *e, RecordKey key, RecordKey file, Arena *a,
              FileLine *ret, Str *ret_bytes, GError **error)
{
    if (!of_scope(c, s, e, &key, MAY_PERSON_READ, error) ||
        !file_bytes_of(c, e, key, file, a, ret, ret_bytes, error))
        return false;
    char *reason = arena_printf(a, "file read: %.*s", STR_ARG(ret->name));
    return care_note(c, s, e, key, NULL, str_of(reason), error);
}

bool file_take_away(Care *c, const Session *s, const Entity *e, RecordKey key, RecordKey file,
                    Str reason, GError **error)
{
    g_autoptr(Arena) a = arena_new();
    Docket d;
    FileLine f;
    if (!of_scope(c, s, e, &key, MAY_PERSON_READ | MAY_PERSON_WRITE, error) ||
        !find_file(c, e, key, file, a, &d, &f, error))
        return false;
    d.state = DOCKET_WITHDRAWN;
    d.decided_by = s->account;
    const WriteSet set = {.dockets = &d, .n_dockets = 1, .reason = str_trim(reason)};
    return care_write_set(c, s, &set, error) || fail_while(error, "taking a file away");
}
