/* stand_in_same.c — what was done about records, for pages without a store: all in poison words. */
#include "care/attach.h"
#include "care/move.h"
#include "care/proposal.h"
#include "care/same.h"
#include "stand_in.h"

static const Str words = {POISON, 5};

static Alike pair_of(const Entity *e, RecordKey a, RecordKey b)
{
    Alike pair = {.entity = e, .a = a, .b = b, .a_title = words, .b_title = words, .score = 70};
    pair.reasons[pair.n_reasons++] = (AlikeReason){POISON, POISON, 70};
    return pair;
}

bool alike_list(Care *c, const Session *s, const Entity *e, int32_t region, size_t most, Arena *a,
                Alike **ret, size_t *ret_n, uint64_t *ret_all, GError **error)
{
    (void)c, (void)s, (void)region, (void)most, (void)error;
    *ret = arena_many(a, Alike, 1);
    **ret = pair_of(e, (RecordKey){360302, 7}, (RecordKey){360302, 8});
    *ret_n = 1;
    *ret_all = 1;
    return true;
}

bool alike_pair(Care *c, const Session *s, const Entity *e, RecordKey x, RecordKey y, Arena *a,
                Alike *ret, GError **error)
{
    (void)c, (void)s, (void)a, (void)error;
    *ret = pair_of(e, x, y);
    return true;
}

bool alike_apart(Care *c, const Session *s, const Entity *e, RecordKey x, RecordKey y, Str reason,
                 GError **error)
{
    (void)c, (void)s, (void)e, (void)x, (void)y, (void)reason, (void)error;
    return true;
}

bool record_merge(Care *c, const Session *s, const Entity *e, RecordKey gone, RecordKey stays,
                  Str reason, Arena *a, MergeReport *ret, GError **error)
{
    (void)c, (void)s, (void)e, (void)gone, (void)stays, (void)reason, (void)a;
    *ret = (MergeReport){0};
    return say_no(&ret->said, error, POISON, POISON);
}

bool record_unmerge(Care *c, const Session *s, const Entity *e, int64_t gone, Str reason, Arena *a,
                    MergeReport *ret, GError **error)
{
    (void)c, (void)s, (void)e, (void)gone, (void)a;
    *ret = (MergeReport){.asked = 1};
    if (str_is(reason, "approved meanwhile"))
        return true;
    return say_no(&ret->said, error, POISON, POISON);
}

bool merges_into(Care *c, const Session *s, const Entity *e, RecordKey stays, Arena *a,
                 MergeLine **ret, size_t *ret_n, GError **error)
{
    (void)c, (void)s, (void)error;
    *ret = arena_many(a, MergeLine, 1);
    **ret = (MergeLine){.entity = e,
                        .gone = stays,
                        .stays = stays,
                        .gone_title = words,
                        .stays_title = words,
                        .by = words};
    *ret_n = 1;
    return true;
}

bool record_led(Care *c, const Entity *e, int64_t id, RecordKey *ret, GError **error)
{
    (void)c, (void)e, (void)id, (void)ret;
    return fail(error, FAIL_ABSENT, "none");
}

/* ---- files ---- */

static FileLine file_of(RecordKey key)
{
    return (FileLine){
        .key = key, .name = words, .by = words, .kind = FILE_PDF, .bytes = 2000, .hash = "00ff"};
}

bool file_attach(Care *c, const Session *s, const Entity *e, RecordKey key, Str name, Str bytes,
                 Str reason, RecordKey *ret, Said *said, GError **error)
{
    (void)c, (void)s, (void)e, (void)name, (void)reason;
    *ret = key;
    return file_kind(bytes) == FILE_PDF || say_no(said, error, POISON, POISON);
}

bool file_lines(Care *c, const Session *s, const Entity *e, RecordKey key, Arena *a, FileLine **ret,
                size_t *ret_n, GError **error)
{
    (void)c, (void)s, (void)e, (void)error;
    *ret = arena_many(a, FileLine, 1);
    **ret = file_of(key);
    *ret_n = 1;
    return true;
}

bool file_get(Care *c, const Session *s, const Entity *e, RecordKey key, RecordKey file, Arena *a,
              FileLine *ret, Str *ret_bytes, GError **error)
{
    (void)c, (void)s, (void)e, (void)key, (void)a, (void)error;
    *ret = file_of(file);
    *ret_bytes = STR("%PDF-1.4 %%EOF");
    return true;
}

bool file_take_away(Care *c, const Session *s, const Entity *e, RecordKey key, RecordKey file,
                    Str reason, GError **error)
{
    (void)c, (void)s, (void)e, (void)key, (void)file, (void)reason, (void)error;
    return true;
}

/* ---- moves ---- */

bool move_ask(Care *c, const Session *s, const Entity *e, RecordKey key, Str place, Date since,
              Str reason, Said *said, GError **error)
{
    (void)c, (void)s, (void)e, (void)key, (void)place, (void)since, (void)reason;
    return say_no(said, error, POISON, POISON);
}

bool move_list(Care *c, const Session *s, Arena *a, MoveLine **ret, size_t *ret_n, GError **error)
{
    (void)s, (void)error;
    *ret = arena_many(a, MoveLine, 1);
    **ret = (MoveLine){.key = {360302, 9},
                       .entity = model_entity(care_model(c), STR("elder")),
                       .subject = {360302, 7},
                       .title = words,
                       .by = words,
                       .reason = words,
                       .since = 17000,
                       .incoming = true};
    *ret_n = 1;
    return true;
}

bool move_decide(Care *c, const Session *s, RecordKey move, MoveVerdict verdict, Str reason,
                 RecordKey *ret, Said *said, GError **error)
{
    (void)c, (void)s, (void)verdict, (void)reason;
    *ret = move;
    return say_no(said, error, POISON, POISON);
}

/* ---- changes that wait ---- */

bool proposal_list(Care *c, const Session *s, Arena *a, ProposalLine **ret, size_t *ret_n,
                   GError **error)
{
    (void)s, (void)error;
    const Entity *e = model_entity(care_model(c), STR("elder"));
    *ret = arena_many(a, ProposalLine, 1);
    **ret = (ProposalLine){.key = {360302, 9},
                           .entity = e,
                           .subject = {360302, 7},
                           .title = words,
                           .by = words,
                           .reason = words,
                           .n_fields = 1};
    (*ret)->fields = arena_many(a, ProposalField, 1);
    (*ret)->fields[0] = (ProposalField){e->fields[0], words, words, words, words, 17000};
    *ret_n = 1;
    return true;
}

bool proposal_count(Care *c, const Session *s, const Entity *e, RecordKey key, size_t *ret,
                    GError **error)
{
    (void)c, (void)s, (void)e, (void)key, (void)error;
    *ret = 2;
    return true;
}

bool proposal_decide(Care *c, const Session *s, RecordKey proposal, ProposalVerdict verdict,
                     Str reason, Said *said, GError **error)
{
    (void)c, (void)s, (void)proposal, (void)verdict, (void)reason;
    return say_no(said, error, POISON, POISON);
}
