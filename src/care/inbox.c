/* inbox.c — see inbox.h.
 * FOLDER/COUNTY/FROM-TO.DIGEST.part grows piece by piece and is renamed when it is whole; then the
 * county's folder is received like any other (node_receive()), and emptied.  FOLDER/MARK.card is
 * who waits.  Read first: inbox_piece(), whole_take(). */
#include "care/inbox.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "care/inside.h"
#include "care/ranges.h"
#include "store/backup.h"
#include "store/copies.h"

#define PART_ENDING ".part"
#define HEAD_MOST   (64u << 10) /* of a range, before its payload */
#define BLOCK       (64u << 10)

struct Inbox {
    Care *care;
    char *folder;
    GMutex taking; /* one range at a time: the others are told to come again */
};

Inbox *inbox_new(Care *c, const char *folder)
{
    Inbox *b = g_new0(Inbox, 1);
    b->care = c;
    b->folder = g_strdup(folder);
    g_mutex_init(&b->taking);
    care_inside(c)->inbox = b;
    return b;
}

void inbox_free(Inbox *b)
{
    if (b == NULL)
        return;
    care_inside(b->care)->inbox = NULL;
    g_mutex_clear(&b->taking);
    g_free(b->folder);
    g_free(b);
}

static bool inbox_of(Care *c, Inbox **ret, GError **error)
{
    *ret = care_inside(c)->inbox;
    if (*ret == NULL)
        return fail(error, FAIL_ABSENT, "this node takes nothing from others over HTTP");
    return g_file_test((*ret)->folder, G_FILE_TEST_IS_DIR) ||
           fail(error, FAIL_SYSTEM, "the folder for what other nodes send, \"%s\", is not there",
                (*ret)->folder);
}

/* ---- whose request it is ------------------------------------------------------------------- */

void node_call_message(const NodeCall *call, GString *to)
{
    uint8_t digest[SM3_SIZE];
    sm3(call->body.at, call->body.len, digest);
    g_autofree char *hex = hex_of(digest, SM3_SIZE);
    g_string_append_printf(to, "anlao request 1\n%.*s %.*s\n%.*s\n%s\n", STR_ARG(call->method),
                           STR_ARG(call->target), STR_ARG(call->at), hex);
}

bool inbox_caller(Care *c, const NodeCall *call, uint8_t key[SM2_PUBLIC], GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);
    uint8_t signature[SM2_SIGNATURE];
    size_t len = call->signature.len / 2;
    Str moment = call->at;
    int64_t at = 0, now = clock_now_us();
    Inbox *b;
    if (!inbox_of(c, &b, error))
        return false;
    node_call_message(call, text);
    if (!hex_parse(call->key, key, SM2_PUBLIC) || len > SM2_SIGNATURE ||
        !hex_parse(call->signature, signature, len) || !signed_number(&moment, &at) ||
        !sm2_matches(key, (Str){text->str, text->len}, (Str){(const char *)signature, len}))
        return fail(error, FAIL_RIGHT, "the request is not signed by a node");
    if (at < now - NODE_CLOCK_SECONDS * G_USEC_PER_SEC ||
        at > now + NODE_CLOCK_SECONDS * G_USEC_PER_SEC)
        return fail(error, FAIL_RIGHT,
                    "the request was signed at another time than now: the clocks of the two nodes "
                    "differ by more than %d seconds",
                    NODE_CLOCK_SECONDS);
    return true;
}

/* ---- who it is ----------------------------------------------------------------------------- */

/* Its card stays until a person has let it in; the same node's newer one takes its place. */
static bool guest_put(const Inbox *b, const NodeCard *card, Str text, Arena *a, GError **error)
{
    g_autoptr(GPtrArray) paths = g_ptr_array_new();
    char mark[NODE_MARK + 1];
    mark_of(card->key, mark);
    g_autofree char *path = g_strdup_printf("%s/%s" CARD_ENDING, b->folder, mark);
    if (!file_list(a, b->folder, CARD_ENDING, paths, error))
        return false;
    if (paths->len >= LIMIT_NODE_GUESTS && !g_file_test(path, G_FILE_TEST_EXISTS))
        return fail(error, FAIL_BUSY, "%u nodes wait to be let in here, more are not heard",
                    LIMIT_NODE_GUESTS);
    return file_write(path, text, error);
}

static bool county_known(Care *c, const CopyRow *row, const NodeCard *card, Arena *a,
                         InboxCounty *to, GError **error)
{
    StoreHead *heads;
    size_t n;
    if (row == NULL)
        return true;
    if (row->node != card->node || row->home != card->home ||
        memcmp(row->key, card->key, SM2_PUBLIC) != 0)
        return fail(error, FAIL_CONFLICT,
                    "county %d is kept by another node, which signs with "
                    "another key",
                    to->county);
    to->known = true;
    if (!store_heads(c->store, a, &heads, &n, error))
        return false;
    for (size_t i = 0; i < n; i++) {
        if (heads[i].county != to->county)
            continue;
        to->seq = heads[i].seq;
        memcpy(to->link, heads[i].link, SM3_SIZE);
    }
    return true;
}

bool inbox_hello(Care *c, const uint8_t key[SM2_PUBLIC], Str card_text, Arena *a, InboxCounty **ret,
                 size_t *ret_n, GError **error)
{
    NodeCard card;
    CopyRow *copies;
    Inbox *b;
    size_t n;
    bool all = true;
    if (!inbox_of(c, &b, error) || !card_read(card_text, a, &card, error))
        return false;
    if (memcmp(card.key, key, SM2_PUBLIC) != 0)
        return fail(error, FAIL_RIGHT, "the card is another node's");
    if (!node_other(c, card.node, card.counties[0], error) ||
        !store_copies(c->store, a, &copies, &n, error))
        return false;
    *ret = arena_many(a, InboxCounty, card.n);
    *ret_n = card.n;
    for (size_t i = 0; i < card.n; i++) {
        InboxCounty *to = &(*ret)[i];
        *to = (InboxCounty){.county = card.counties[i]};
        if (!county_known(c, copy_find(copies, n, to->county), &card, a, to, error))
            return false;
        all = all && to->known;
    }
    return all || guest_put(b, &card, card_text, a, error);
}

bool inbox_guests(Care *c, Arena *a, InboxGuest **ret, size_t *ret_n, GError **error)
{
    g_autoptr(GPtrArray) paths = g_ptr_array_new();
    Inbox *b = care_inside(c)->inbox;
    *ret_n = 0;
    if (b == NULL)
        return true;
    if (!inbox_of(c, &b, error) || !file_list(a, b->folder, CARD_ENDING, paths, error))
        return false;
    *ret = arena_many(a, InboxGuest, paths->len + 1);
    for (guint i = 0; i < paths->len; i++) {
        NodeCard card;
        Str text;
        if (!file_read(a, paths->pdata[i], LIMIT_REQUEST_BODY, &text, NULL) ||
            !card_read(text, a, &card, NULL))
            continue; /* let in meanwhile */
        InboxGuest *to = &(*ret)[(*ret_n)++];
        *to = (InboxGuest){.place = card.place, .node = card.node};
        mark_of(card.key, to->mark);
    }
    return true;
}

/* ---- a piece ------------------------------------------------------------------------------- */

typedef struct Piece {
    Inbox *inbox;
    const InboxPiece *p;
    char *folder, *part, *whole; /* of the county, of this range while it grows, and then */
} Piece;

static void piece_names(Piece *x)
{
    const InboxPiece *p = x->p;
    g_autofree char *digest = hex_of(p->digest, SM3_SIZE);
    g_autofree char *range =
        g_strdup_printf("%012" G_GINT64_FORMAT "-%012" G_GINT64_FORMAT, p->from, p->to);
    x->folder = g_strdup_printf("%s/%d", x->inbox->folder, p->county);
    x->part = g_strdup_printf("%s/%s.%s" PART_ENDING, x->folder, range, digest);
    x->whole = g_strdup_printf("%s/%s" RANGE_ENDING, x->folder, range);
}

static void piece_clear(Piece *x)
{
    g_free(x->folder);
    g_free(x->part);
    g_free(x->whole);
}

/* One range of a county grows at a time: what was begun of another is given up. */
static bool others_away(const Piece *x, Arena *a, const char *ending, const char *but,
                        GError **error)
{
    g_autoptr(GPtrArray) paths = g_ptr_array_new();
    if (!file_list(a, x->folder, ending, paths, error))
        return false;
    for (guint i = 0; i < paths->len; i++)
        if (but == NULL || strcmp(paths->pdata[i], but) != 0)
            g_unlink(paths->pdata[i]);
    return true;
}

/* Writes the piece behind what is there; one that lies elsewhere only asks how much that is. */
static bool piece_write(const Piece *x, size_t *ret_have, GError **error)
{
    const InboxPiece *p = x->p;
    struct stat st;
    int fd = open(x->part, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    bool ok = fd >= 0 && fstat(fd, &st) == 0;
    *ret_have = ok ? (size_t)st.st_size : 0;
    if (ok && *ret_have == p->at) {
        size_t done = 0;
        while (ok && done < p->bytes.len) {
            ssize_t n = pwrite(fd, p->bytes.at + done, p->bytes.len - done, (off_t)(p->at + done));
            ok = n > 0 || (n < 0 && errno == EINTR);
            done += n > 0 ? (size_t)n : 0;
        }
        ok = ok && fsync(fd) == 0;
        int why = errno;
        if (!ok && ftruncate(fd, (off_t)p->at) != 0)
            g_unlink(x->part);
        errno = why;
        *ret_have = p->at + p->bytes.len;
    }
    if (!ok)
        fail(error, FAIL_SYSTEM, "could not write \"%s\": %s", x->part, g_strerror(errno));
    if (fd >= 0)
        close(fd);
    return ok;
}

/* What came is what was sent. */
static bool whole_check(const Piece *x, GError **error)
{
    g_autoptr(Sm3) h = sm3_new();
    uint8_t digest[SM3_SIZE];
    g_autofree char *block = g_malloc(BLOCK);
    int fd = open(x->part, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : 1;
    while (n > 0 && (n = read(fd, block, BLOCK)) > 0)
        sm3_add(h, block, (size_t)n);
    int why = errno;
    if (fd >= 0)
        close(fd);
    if (n < 0)
        return fail(error, FAIL_SYSTEM, "could not read \"%s\": %s", x->part, g_strerror(why));
    sm3_end(h, digest);
    if (memcmp(digest, x->p->digest, SM3_SIZE) == 0)
        return true;
    g_unlink(x->part);
    return fail(error, FAIL_CONFLICT, "what came is not what was sent: send it again");
}

static bool whole_take(const Piece *x, Care *c, Arena *a, InboxAnswer *ret, GError **error)
{
    const Session *s;
    NodeCounty *list;
    size_t n;
    if (g_rename(x->part, x->whole) != 0)
        return fail(error, FAIL_SYSTEM, "could not rename \"%s\": %s", x->part, g_strerror(errno));
    if (!session_local(c, STR(""), a, &s, error) ||
        !node_receive(c, s, x->folder, STR(""), a, &list, &n, error) ||
        !others_away(x, a, RANGE_ENDING, NULL, error))
        return false;
    for (size_t i = 0; i < n; i++) {
        if (list[i].county != x->p->county)
            continue;
        if (list[i].fault.len > 0)
            return fail(error, FAIL_INPUT, "%.*s", STR_ARG(list[i].fault));
        if (list[i].gap > 0)
            return fail(error, FAIL_CONFLICT,
                        "entries %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT " are missing",
                        list[i].gap, list[i].to);
        ret->seq = list[i].seq;
    }
    ret->whole = true;
    return true;
}

static bool piece_allowed(Care *c, const uint8_t key[SM2_PUBLIC], const InboxPiece *p, Arena *a,
                          GError **error)
{
    CopyRow *copies;
    size_t n;
    if (!store_copies(c->store, a, &copies, &n, error))
        return false;
    const CopyRow *row = copy_find(copies, n, p->county);
    if (row == NULL || memcmp(row->key, key, SM2_PUBLIC) != 0)
        return fail(error, FAIL_RIGHT, "county %d is not taken from this node", p->county);
    return (p->from >= 1 && p->to >= p->from && p->bytes.len > 0 &&
            p->size <= (size_t)LIMIT_RANGE_BYTES + HEAD_MOST && p->at <= p->size &&
            p->bytes.len <= p->size - p->at) ||
           fail(error, FAIL_INPUT, "it is no piece of a range");
}

static bool piece_take(Piece *x, Care *c, Arena *a, InboxAnswer *ret, GError **error)
{
    if (g_mkdir(x->folder, 0700) != 0 && errno != EEXIST)
        return fail(error, FAIL_SYSTEM, "could not make \"%s\": %s", x->folder, g_strerror(errno));
    if (!others_away(x, a, PART_ENDING, x->part, error) || !piece_write(x, &ret->have, error))
        return false;
    return ret->have < x->p->size || (whole_check(x, error) && whole_take(x, c, a, ret, error));
}

bool inbox_piece(Care *c, const uint8_t key[SM2_PUBLIC], const InboxPiece *p, InboxAnswer *ret,
                 GError **error)
{
    g_autoptr(Arena) a = arena_new();
    Piece x = {.p = p};
    *ret = (InboxAnswer){0};
    if (!inbox_of(c, &x.inbox, error) || !piece_allowed(c, key, p, a, error))
        return false;
    if (!g_mutex_trylock(&x.inbox->taking))
        return fail(error, FAIL_BUSY, "another range is being taken");
    piece_names(&x);
    bool done = piece_take(&x, c, a, ret, error);
    g_mutex_unlock(&x.inbox->taking);
    piece_clear(&x);
    return done;
}

bool inbox_counts(Care *c, const uint8_t key[SM2_PUBLIC], Str list, Arena *a, NodeDifference **ret,
                  size_t *ret_n, uint64_t *ret_compared, GError **error)
{
    uint8_t own[SM2_PUBLIC];
    Inbox *b;
    Str lines;
    if (!inbox_of(c, &b, error))
        return false;
    if (!signed_open(list, COUNTS_HEAD, own, &lines) || memcmp(own, key, SM2_PUBLIC) != 0)
        return fail(error, FAIL_RIGHT, "the list is not of the node that sends it");
    return node_reconcile(c, list, a, ret, ret_n, ret_compared, error);
}
