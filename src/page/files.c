/* files.c — 附件: files that lie with a record.  They come in by a form without script and go out
 * as attachments, never to be shown inside a page.  Who may read the record may have them. */
#include "care/attach.h"
#include "page/around.h"
#include "page/frame.h"
#include "page/pages.h"
#include "page/papers.h"

static Str file_address(const Around *a, RecordKey file)
{
    const char *below = arena_printf(a->q->arena, "/files/%.*s", STR_ARG(key_text(a->q, file)));
    return record_address(a->q, a->entity, a->key, below);
}

bool around_fill_files(Around *a, GError **error)
{
    Req *q = a->q;
    FileLine *lines = NULL;
    size_t n = 0;
    bool may_write = session_may(q->session, MAY_PERSON_WRITE);
    if (!file_lines(q->care, q->session, a->entity, a->key, q->arena, &lines, &n, error))
        return false;
    ViewList *list = view_list(a->v, "files");
    for (size_t i = 0; i < n; i++) {
        View *v = view_add(list);
        view_text(v, "name", lines[i].name);
        view_text(v, "size", words_count(q, (lines[i].bytes + 1023) / 1024));
        view_text(v, "at", words_moment(q, lines[i].at));
        view_text(v, "by", words_actor(q, lines[i].by));
        view_text(v, "hash", arena_str(q->arena, str_of(lines[i].hash)));
        view_text(v, "number", key_text(q, lines[i].key));
        view_url(v, "link_url", file_address(a, lines[i].key));
        if (may_write)
            view_url(v, "away_url", file_address(a, lines[i].key));
    }
    if (may_write)
        view_url(a->v, "upload_url", record_address(q, a->entity, a->key, "/files"));
    return true;
}

bool file_upload(Req *q, GError **error)
{
    Around a = {0};
    Said said = {NULL, NULL};
    RecordKey file;
    GError *why = NULL;
    Str reason;
    if (!around_read(q, &a, error))
        return false;
    if (q->upload.bytes.at == NULL)
        return around_page(&a, 400, say(q, "files_choose"), error);
    if (!around_reason(&a, &reason))
        return around_page(&a, 400, say(q, "reveal_reason_short"), error);
    bool done = file_attach(q->care, q->session, a.entity, a.key, q->upload.name, q->upload.bytes,
                            reason, &file, &said, &why);
    return around_again(&a, done, said, why, error);
}

/* filename*=UTF-8''%E6… (RFC 6266); its ending is that of what it is. */
Str file_disposition(Req *q, const FileLine *f)
{
    g_autoptr(GString) to = g_string_new("attachment; filename*=UTF-8''");
    Str name = f->name;
    const char *extension = file_kind_facts[f->kind].extension;
    address_escape(to, name);
    if (name.len <= strlen(extension) || g_ascii_strncasecmp(name.at + name.len - strlen(extension),
                                                             extension, strlen(extension)) != 0)
        g_string_append_printf(to, ".%s", extension);
    return arena_str(q->arena, (Str){to->str, to->len});
}

bool file_download(Req *q, GError **error)
{
    Around a = {0};
    RecordKey key;
    FileLine f;
    Str bytes;
    if (!around_read(q, &a, error) || !req_key(q, q->arguments[2], &key, error) ||
        !file_get(q->care, q->session, a.entity, a.key, key, q->arena, &f, &bytes, error))
        return fail_while(error, "sending a file");
    page_answer(q, file_kind_facts[f.kind].type, bytes);
    http_answer_header(q->http, "Content-Disposition", file_disposition(q, &f));
    return true;
}

bool file_away(Req *q, GError **error)
{
    Around a = {0};
    RecordKey key;
    GError *why = NULL;
    Str reason;
    if (!around_read(q, &a, error) || !req_key(q, q->arguments[2], &key, error))
        return false;
    if (!around_reason(&a, &reason))
        return around_page(&a, 400, say(q, "reveal_reason_short"), error);
    bool done = file_take_away(q->care, q->session, a.entity, a.key, key, reason, &why);
    return around_again(&a, done, (Said){NULL, NULL}, why, error);
}
