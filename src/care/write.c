/* write.c — the only file outside store/ that writes facts.
 * In: WriteRequests, already words of the Model.  Out: Changes with sealed secrets, handed to the
 * store; the working set told that something was.  Read first: care_write(), seal_fields(). */
#include "care/write.h"
#include "base/identifier.h"

#include "base/limits.h"
#include "care/inside.h"
#include "care/keyring.h"
#include "care/keys.h"
#include "care/ledger.h"
#include "care/pay_inside.h"
#include "care/places.h"
#include "care/scope_now.h"
#include "care/session.h"
#include "compile/compile.h"
#include "store/write.h"

static const uint8_t no_request[16];

bool care_new_id(Care *c, int64_t *ret, GError **error)
{
    return store_try_new_id(c->store, ret, error) ||
           fail_while(error, "making a number for a new record");
}

/* ---- from requests to changes -----------------------------------------------------------------
 */

static const ChangeKind change_kinds[] = {
    [WRITE_CREATE] = CHANGE_CREATE,   [WRITE_SET] = CHANGE_SET,
    [WRITE_CORRECT] = CHANGE_CORRECT, [WRITE_END] = CHANGE_END,
    [WRITE_REVIVE] = CHANGE_REVIVE,   [WRITE_LEAVE] = CHANGE_LEAVE,
};

static void add_tail(Care *c, const WriteField *from, int32_t county, FieldChange *to)
{
    char digits[32];
    int64_t unused;
    size_t n;
    if (!from->field->found || !phone_digits(from->value.text, digits, &n))
        return;
    to->tail = keys_tail(c->keys, from->field, county, (Str){digits, n}, &unused);
    to->next_tail = keys_tail_next(c->keys, from->field, county, (Str){digits, n});
}

/* What is sealed is bound to entity, record and field, never to a county. */
static bool seal_fields(Care *c, const WriteRequest *r, RecordKey key, Arena *a, Change *to,
                        GError **error)
{
    to->fields = arena_many(a, FieldChange, r->n_fields + 1);
    to->n_fields = r->n_fields;
    to->keys = keys_generation(c->keys); /* first: should they change meanwhile, it is refused */
    for (size_t i = 0; i < r->n_fields; i++) {
        const WriteField *from = &r->fields[i];
        FieldChange *f = &to->fields[i];
        *f = (FieldChange){.field = from->field, .value = from->value, .since = from->since};
        f->until = from->until == 0 ? DATE_MAX : from->until;
        if (!from->field->secret || !from->value.known)
            continue;
        if (!keys_seal(c->keys, from->field, key.id, from->value.text, a, &f->sealed, error))
            return fail_while(error, "sealing \"%.*s\"", STR_ARG(from->field->name));
        f->value.text = STR("");
        add_tail(c, from, key.county, f);
        f->has_blind = from->field->unique;
        if (!f->has_blind)
            continue;
        keys_blind(c->keys, from->field, key.county, from->value.text, f->blind);
        f->lock = keys_lock(c->keys, from->field, from->value.text);
        f->has_next = keys_blind_next(c->keys, from->field, key.county, from->value.text, f->next);
    }
    return true;
}

/* How the other counties would know the numbers of the request: asked once more when it is written,
 * with others who write the same number waiting. */
static void add_elsewhere(Care *c, const WriteRequest *r, Arena *a, Change *to)
{
    const CareInside *in = care_inside(c);
    for (size_t i = 0; i < to->n_fields; i++) {
        FieldChange *f = &to->fields[i];
        if (!f->has_blind)
            continue;
        Str plain = r->fields[i].value.text;
        Elsewhere *list = arena_many(a, Elsewhere, in->n_counties + 1);
        for (size_t k = 0; k < in->n_counties; k++) {
            if (in->counties[k] == to->key.county)
                continue;
            list[f->n_elsewhere].county = in->counties[k];
            keys_blind(c->keys, f->field, in->counties[k], plain, list[f->n_elsewhere++].blind);
        }
        f->elsewhere = list;
    }
}

static bool change_of(Care *c, const WriteBy *by, const WriteRequest *r, Arena *a, Change *ret,
                      GError **error)
{
    *ret = (Change){.kind = change_kinds[r->kind],
                    .entity = r->entity,
                    .key = r->key,
                    .expected = r->kind == WRITE_CREATE ? -1 : r->expected,
                    .actor = by->actor,
                    .via = by->via,
                    .reason = r->reason};
    memcpy(ret->request, r->request, sizeof ret->request);
    if (ret->key.county == 0) {
        int32_t place;
        if (!place_after(c, r, NULL, &place, error))
            return false;
        ret->key.county = county_of_place(c, place);
    }
    return seal_fields(c, r, ret->key, a, ret, error);
}

static bool changes_of(Care *c, const WriteBy *by, const WriteRequest *requests, size_t n, Arena *a,
                       Change **ret, GError **error)
{
    Change *changes = arena_many(a, Change, n + 1);
    for (size_t i = 0; i < n; i++)
        if (!change_of(c, by, &requests[i], a, &changes[i], error))
            return false;
    for (size_t i = 0; i < n; i++)
        changes[i].optional = str_is(by->via, "demo");
    *ret = changes;
    return true;
}

/* ---- one change, answered ---------------------------------------------------------------------
 */

/* What an account refused is said in the words of its document. */
static void add_refusal_words(const LedgerRefusal *refusal, GError **error)
{
    g_autoptr(Arena) a = arena_new();
    if (refusal->kind != REFUSAL_NONE)
        fail_zh(error, "%.*s", STR_ARG(refusal_words(a, refusal).zh));
}

/* `refusal` NULL: nobody asks what an account refused. */
static bool write_asking(Care *c, const Change *change, WriteAnswer *ret, LedgerRefusal *refusal,
                         GError **error)
{
    ChangeAnswer answer = {0};
    bool fine = store_write(c->store, change, 1, &answer, error);
    working_wrote(c);
    if (refusal != NULL)
        *refusal = answer.refusal;
    if (!fine)
        return fail_while(error, "writing");
    if (answer.error != NULL || !answer.done) {
        if (answer.error != NULL)
            g_propagate_error(error, answer.error);
        else
            fail(error, FAIL_SYSTEM, "the change was not done, and no reason was given");
        add_refusal_words(&answer.refusal, error);
        return false;
    }
    if (ret != NULL)
        *ret = (WriteAnswer){change->key, answer.seq, answer.repeated};
    return true;
}

static bool write_one(Care *c, const Change *change, WriteAnswer *ret, GError **error)
{
    return write_asking(c, change, ret, NULL, error);
}

#define KEY_ROUNDS 8 /* a rotation changes the set a few times, never that often in one write */

/* The change was sealed with keys that are no longer the current ones: worth to prepare it anew. */
static bool keys_moved(Care *c, int64_t under, const GError *why)
{
    bool changed = false;
    return g_error_matches(why, FAIL_DOMAIN, FAIL_CONFLICT) && keyring_refresh(c, &changed, NULL) &&
           keys_generation(c->keys) != under; /* also when another thread has just seen it */
}

/* What this process answered lately: a form sent twice gets the same answer before anything is
 * looked at.  After a restart the store still knows the request, and its own record is found. */
static bool answered_before(Care *c, const WriteRequest *r, WriteAnswer *ret)
{
    CareInside *in = care_inside(c);
    bool found = false;
    if (memcmp(r->request, no_request, sizeof no_request) == 0)
        return false;
    g_mutex_lock(&in->wrote_lock);
    for (size_t i = 0; i < ANSWERS_KEPT && !found; i++) {
        const Answered *old = &in->answered[i];
        found = old->entity == r->entity && memcmp(old->request, r->request, 16) == 0;
        if (found)
            *ret = (WriteAnswer){old->key, old->seq, true};
    }
    g_mutex_unlock(&in->wrote_lock);
    return found;
}

static void answer_keep(Care *c, const WriteRequest *r, const WriteAnswer *answer)
{
    CareInside *in = care_inside(c);
    if (memcmp(r->request, no_request, sizeof no_request) == 0)
        return;
    g_mutex_lock(&in->wrote_lock);
    Answered *to = &in->answered[in->answered_next++ % ANSWERS_KEPT];
    *to = (Answered){.entity = r->entity, .key = answer->key, .seq = answer->seq};
    memcpy(to->request, r->request, sizeof to->request);
    g_mutex_unlock(&in->wrote_lock);
}

/* ---- rights and scope -------------------------------------------------------------------------
 */

/* After the change the record must still lie in the session's scope, and in its own county: a move
 * between counties has two sides, each written where it happens. */
static bool scope_after(Care *c, const Session *s, const WriteRequest *r, const Record *before,
                        RecordKey *key, GError **error)
{
    int32_t place;
    if (!place_after(c, r, before, &place, error))
        return false;
    if (place == ROW_NONE && s->region != c->place)
        return fail(error, FAIL_RIGHT, "the record has no place, so it belongs to nobody's region");
    if (place != ROW_NONE && !region_in(c->regions, place, s->region))
        return fail(error, FAIL_RIGHT, "the place %.*s lies outside your region",
                    STR_ARG(c->regions->code[place]));
    if (before == NULL && key->county == 0)
        key->county = county_of_place(c, place);
    if (place != ROW_NONE && before != NULL && county_of_place(c, place) != key->county)
        return fail(error, FAIL_INPUT,
                    "the record belongs to another county than the place %.*s; a move is closed in "
                    "one county and opened in the other",
                    STR_ARG(c->regions->code[place]));
    return true;
}

/* A post inside a facility writes only what belongs to that facility. */
static bool facility_after(const Session *s, const WriteRequest *r, const Record *before,
                           GError **error)
{
    for (size_t i = 0; i < r->entity->n_fields; i++) {
        const Field *f = r->entity->fields[i];
        bool to_facility = f->type.kind == KIND_REF && str_is(f->type.to->name, "facility");
        Value v = to_facility ? value_after(r, before, f) : VALUE_UNKNOWN;
        if (v.known && v.num == s->facility)
            return true;
    }
    return fail(error, FAIL_RIGHT, "the record does not belong to your facility");
}

static bool may_record_this(const Session *s, const WriteRequest *r)
{
    return may_record(s, r->n_fields > 0 ? r->fields[0].field : NULL, r->n_fields, r->lift);
}

static bool may_write(Care *c, const Session *s, const WriteRequest *r, const Record *before,
                      RecordKey *key, GError **error)
{
    if (!may_record_this(s, r))
        return fail(error, FAIL_RIGHT, "the role \"%s\" does not write records", s->role->word);
    if (s->role->post != NULL && !session_writes(s, r->entity))
        return fail(error, FAIL_RIGHT, "the role \"%s\" does not write \"%.*s\"", s->role->word,
                    STR_ARG(r->entity->name));
    CellFault why;
    if (entity_is_region(r->entity) && s->facility == 0)
        return place_may_write(c, s->region, r, before, &why) ||
               fail(error, FAIL_RIGHT, "%s", why.en);
    if (r->entity->place == NULL)
        return fail(error, FAIL_RIGHT, "\"%.*s\" comes from the documents, not from records",
                    STR_ARG(r->entity->name));
    if (before != NULL && !scope_allows_now(c, s, r->entity, before, error))
        return false;
    if (s->facility != 0)
        return facility_after(s, r, before, error);
    return scope_after(c, s, r, before, key, error);
}

/* ---- the door ---------------------------------------------------------------------------------
 */

static void faults_hand_over(const Faults *f, FieldFault **ret, size_t *ret_n)
{
    if (ret == NULL)
        return;
    *ret = f->list;
    *ret_n = f->n;
}

static bool fail_faults(const Faults *f, GError **error)
{
    const FieldFault *x = &f->list[0];
    return fail(error, FAIL_INPUT, "%.*s: %.*s", STR_ARG(x->field->name), STR_ARG(x->en)) ||
           fail_zh(error, "%.*s：%.*s", STR_ARG(x->field->label.zh), STR_ARG(x->zh));
}

bool check_reason_kept(Str reason, Said *said, GError **error)
{
    if (!str_utf8_printable(reason))
        return say_no(said, error,
                      "原因里有不能用的字符（换行、控制符，或看不见的、改变文字方向的符号），"
                      "请重新键入，不要粘贴",
                      "the reason holds a line end or another control character, or a mark that "
                      "nobody sees or that turns the text round: type it anew, do not paste it");
    if (str_utf8_length(reason) > LIMIT_REASON)
        return say_no(said, error, "原因太长，请写在 " DIGITS_OF(LIMIT_REASON) " 字以内",
                      "the reason is too long: at most " DIGITS_OF(LIMIT_REASON) " characters");
    if (text_holds_citizen_id(reason))
        return say_no(said, error, "原因里有公民身份号码；原因以明文留存，请去掉号码",
                      "the reason holds a citizen number; it is kept in clear, so leave it out");
    return true;
}

bool check_file_name(Str name, Said *said, GError **error)
{
    return !text_holds_citizen_id(name) ||
           say_no(said, error, "文件名里有公民身份号码，请改名后再传",
                  "the file's name holds a citizen number: rename it");
}

static bool check_shape(Care *c, const Session *s, const WriteRequest *r, const Record *before,
                        Faults *faults, GError **error)
{
    check_values(c, r, before, faults);
    check_judge(c, s, r, faults);
    return check_reason_kept(r->reason, NULL, error) &&
           (faults->n == 0 || fail_faults(faults, error));
}

/* Asked only of who may write the record where it lies: the answers tell who else is on the books.
 */
static bool check_others(Care *c, const WriteRequest *r, const Record *before, Faults *faults,
                         GError **error)
{
    if (!check_born_recorded(c, r, before, faults, error) ||
        !check_references(c, r, faults, error) || !check_taken(c, r, true, faults, error))
        return false;
    return faults->n == 0 || fail_faults(faults, error);
}

/* The store found a unique field taken, or an account refused it: says which, beside the field. */
static bool explain_conflict(Care *c, const WriteRequest *r, Faults *faults,
                             const LedgerRefusal *refusal, GError *why, GError **error)
{
    if (refusal->kind != REFUSAL_NONE) {
        Label words = refusal_words(faults->arena, refusal);
        fault_add(faults, refusal->field, words.zh.at, words.en.at);
        g_error_free(why);
        return fail_faults(faults, error);
    }
    if (g_error_matches(why, FAIL_DOMAIN, FAIL_CONFLICT) &&
        check_taken(c, r, false, faults, NULL) && faults->n > 0) {
        g_error_free(why);
        return fail_faults(faults, error);
    }
    g_propagate_error(error, why);
    return false;
}

/* Four eyes: whatever the door, what is declared `checked` changes by an approval alone. */
static bool check_two(const WriteRequest *r, Faults *faults)
{
    for (size_t i = 0; i < r->n_fields && r->kind != WRITE_CREATE; i++)
        if (r->fields[i].field->checked)
            fault_add(faults, r->fields[i].field, "这一项的变更要由另一人复核，请在编辑页提交",
                      "a change of this waits for a second person: enter it in the form");
    return faults->n == 0;
}

static bool prepare(Care *c, const Session *s, WriteRequest *r, Arena *a, Faults *faults,
                    GError **error)
{
    const Record *before = r->before;
    Record *read = NULL;
    if (before == NULL && r->kind != WRITE_CREATE) {
        if (!store_record(c->store, r->entity, r->key, a, &read, error))
            return false;
        before = read;
    }
    if (before != NULL && before->ended)
        return fail(error, FAIL_ABSENT, "the record was taken off the books");
    if (r->kind == WRITE_END && pay_doubt_open(c, r->entity, before))
        return fail(error, FAIL_CONFLICT, "this doubt still holds payments: two persons settle it");
    /* Who may not write at all learns nothing from the checks; where the place leads is known only
     * when the values are sound. */
    if (!may_record_this(s, r))
        return may_write(c, s, r, before, &r->key, error);
    return (check_two(r, faults) || fail_faults(faults, error)) &&
           check_shape(c, s, r, before, faults, error) &&
           may_write(c, s, r, before, &r->key, error) &&
           check_step(c, s, r, before, faults, error) &&
           check_others(c, r, before, faults, error) &&
           (r->key.id != 0 || care_new_id(c, &r->key.id, error));
}

bool care_write(Care *c, const Session *s, const WriteRequest *request, Arena *a, WriteAnswer *ret,
                FieldFault **ret_faults, size_t *ret_n_faults, GError **error)
{
    WriteRequest r = *request;
    Faults faults = {.arena = a};
    Change change;
    GError *why = NULL;
    LedgerRefusal refusal = {0};
    const WriteBy by = {s->account, s->via};
    if (ret_n_faults != NULL)
        *ret_n_faults = 0;
    if (answered_before(c, &r, ret))
        return true;
    bool written = false, done = prepare(c, s, &r, a, &faults, error);
    for (int round = 0; done && !written; round++) {
        const int64_t under = keys_generation(c->keys);
        g_clear_error(&why);
        done = change_of(c, &by, &r, a, &change, error);
        if (!done)
            break;
        add_elsewhere(c, &r, a, &change);
        written = write_asking(c, &change, ret, &refusal, &why);
        if (!written && (round == KEY_ROUNDS || !keys_moved(c, under, why))) {
            done = explain_conflict(c, &r, &faults, &refusal, why, error);
            break;
        }
    }
    faults_hand_over(&faults, ret_faults, ret_n_faults);
    if (done && ret->repeated && r.kind == WRITE_CREATE && request->key.id == 0)
        return fail(error, FAIL_CONFLICT,
                    "this form was saved before; look for the record in the "
                    "list");
    if (done)
        answer_keep(c, &r, ret);
    return done;
}

static bool chunk_write(Care *c, const Change *changes, size_t n, Arena *a, GError **error)
{
    ChangeAnswer *answers = arena_many(a, ChangeAnswer, n + 1);
    bool fine = store_write_chunk(c->store, changes, n, answers, error);
    working_wrote(c);
    for (size_t i = 0; !fine && i < n; i++)
        add_refusal_words(&answers[i].refusal, error);
    return fine;
}

bool care_write_chunk(Care *c, const WriteBy *by, const WriteRequest *requests, size_t n,
                      GError **error)
{
    g_autoptr(Arena) a = arena_new();
    GError *why = NULL;
    Change *changes;
    g_assert(n <= LIMIT_IMPORT_CHUNK);
    for (int round = 0;; round++) {
        const int64_t under = keys_generation(c->keys);
        if (!changes_of(c, by, requests, n, a, &changes, error))
            return false;
        if (chunk_write(c, changes, n, a, &why))
            return true;
        if (round == KEY_ROUNDS || !keys_moved(c, under, why))
            break;
        g_clear_error(&why);
    }
    g_propagate_error(error, why);
    return fail_while(error, "writing a chunk");
}

bool care_reseal(Care *c, const Session *by, const Reseal *list, size_t n, GError **error)
{
    g_autoptr(Arena) a = arena_new();
    Change *changes = arena_many(a, Change, n + 1);
    for (size_t i = 0; i < n; i++) {
        FieldChange *fields = arena_many(a, FieldChange, list[i].n + 1);
        for (size_t k = 0; k < list[i].n; k++) {
            const ResealField *from = &list[i].fields[k];
            fields[k] = (FieldChange){.field = from->field,
                                      .value = {.known = true},
                                      .since = DATE_MIN,
                                      .until = DATE_MAX,
                                      .sealed = from->sealed,
                                      .was = from->was,
                                      .has_next = from->has_next,
                                      .next_tail = from->next_tail};
            memcpy(fields[k].next, from->next, sizeof fields[k].next);
        }
        changes[i] = (Change){.kind = CHANGE_RESEAL,
                              .entity = list[i].entity,
                              .key = list[i].key,
                              .expected = -1,
                              .fields = fields,
                              .n_fields = list[i].n,
                              .actor = by->account,
                              .via = by->via,
                              .keys = keys_generation(c->keys)};
    }
    return chunk_write(c, changes, n, a, error);
}

/* ---- several at once --------------------------------------------------------------------------
 */

bool check_reason_said(Str reason, Said *said, GError **error)
{
    const Str meant = str_trim(reason); /* what is kept is what was given, with its ends */
    if (!str_utf8_valid(reason, NULL) || str_utf8_length(meant) < REASON_LEAST)
        return say_no(said, error, "请写明原因，至少 " DIGITS_OF(REASON_LEAST) " 个字",
                      "say why, in " DIGITS_OF(REASON_LEAST) " characters or more");
    return check_reason_kept(reason, said, error);
}

bool check_reason(Str reason, GError **error)
{
    return check_reason_said(reason, NULL, error);
}

static Change change_of_docket(const WriteBy *by, const WriteSet *set, size_t i)
{
    const Docket *d = &set->dockets[i];
    return (Change){.kind = CHANGE_DOCKET,
                    .entity = d->entity,
                    .key = d->key,
                    .expected = -1,
                    .actor = by->actor,
                    .via = by->via,
                    .reason = set->reason,
                    .docket = d,
                    .content = i == 0 ? set->content : NULL};
}

static bool set_changes(Care *c, const WriteBy *by, const WriteSet *set, Arena *a, Change *to,
                        GError **error)
{
    for (size_t i = 0; i < set->n_requests; i++) {
        if (!change_of(c, by, &set->requests[i], a, &to[i], error))
            return false;
        add_elsewhere(c, &set->requests[i], a, &to[i]);
        to[i].settles = set->settles;
    }
    for (size_t i = 0; i < set->n_dockets; i++)
        to[set->n_requests + i] = change_of_docket(by, set, i);
    return true;
}

/* One change is answered alone, so that its request is remembered. */
static bool set_write(Care *c, const Change *changes, size_t n, Arena *a, GError **error)
{
    return n == 1 ? write_one(c, &changes[0], NULL, error) : chunk_write(c, changes, n, a, error);
}

bool care_write_set(Care *c, const Session *s, const WriteSet *set, GError **error)
{
    g_autoptr(Arena) a = arena_new();
    g_autoptr(GError) why = NULL;
    const WriteBy by = {s->account, s->via};
    size_t n = set->n_requests + set->n_dockets;
    if (n > LIMIT_IMPORT_CHUNK)
        return fail(error, FAIL_INPUT, "%zu records at once are too many; at most %u", n,
                    LIMIT_IMPORT_CHUNK);
    Change *changes = arena_many(a, Change, n + 1);
    if (!check_reason(set->reason, error))
        return false;
    for (int round = 0;; round++) {
        const int64_t under = keys_generation(c->keys);
        if (!set_changes(c, &by, set, a, changes, error))
            return false;
        if (set_write(c, changes, n, a, &why))
            return true;
        if (round == KEY_ROUNDS || !keys_moved(c, under, why))
            break;
        g_clear_error(&why);
    }
    g_propagate_error(error, g_steal_pointer(&why));
    return false;
}

bool care_erase(Care *c, const Session *by, const Entity *e, RecordKey key, Str reason,
                const Erasure *papers, int64_t *ret_seq, GError **error)
{
    const Change change = {.kind = CHANGE_ERASE,
                           .entity = e,
                           .key = key,
                           .expected = -1,
                           .actor = by->account,
                           .via = by->via,
                           .reason = reason,
                           .erasure = papers};
    WriteAnswer answer = {0};
    if (!write_one(c, &change, &answer, error))
        return false;
    *ret_seq = answer.seq;
    return true;
}

bool care_put_policy(Care *c, const PolicyPut *put, int64_t *ret_version, GError **error)
{
    return store_put_policy(c->store, put, ret_version, error);
}

bool care_migrate(const char *uri, const PolicyPut *put, Arena *a, Migration *ret, GError **error)
{
    return store_migrate(uri, put, a, ret, error);
}

bool care_write_decisions(Care *c, const DecisionRun *run, DecisionAnswer *ret, GError **error)
{
    bool fine = store_write_decisions(c->store, run, ret, error);
    working_wrote(c);
    return fine;
}

bool care_note(Care *c, const Session *s, const Entity *entity, RecordKey key, const Field *field,
               Str reason, GError **error)
{
    FieldChange named = {.field = field, .since = DATE_MIN, .until = DATE_MAX};
    const Change change = {.kind = CHANGE_NOTE,
                           .entity = entity,
                           .key = key,
                           .expected = -1,
                           .fields = &named,
                           .n_fields = field != NULL,
                           .actor = s->account,
                           .via = s->via,
                           .reason = reason};
    return write_one(c, &change, NULL, error);
}

bool care_write_account(Care *c, const Session *by, const AccountRow *row, GError **error)
{
    const Change change = {.kind = CHANGE_ACCOUNT,
                           .key = {store_facts(c->store)->home_county, row->id},
                           .expected = -1,
                           .actor = by->account,
                           .via = by->via,
                           .account = row};
    bool fine = write_one(c, &change, NULL, error);
    g_atomic_int_inc(&care_inside(c)->accounts_changed);
    return fine;
}

bool care_issue(Care *c, const Session *s, const IssueRow *row, const uint8_t *request, Str reason,
                bool *ret_repeated, GError **error)
{
    const int32_t place = region_row(c->regions, row->place);
    WriteAnswer answer = {0};
    Change change = {.kind = CHANGE_ISSUE,
                     .key = {county_of_place(c, place), row->id},
                     .expected = -1,
                     .actor = s->account,
                     .via = s->via,
                     .reason = reason,
                     .issue = row};
    if (request != NULL)
        memcpy(change.request, request, sizeof change.request);
    if (!write_one(c, &change, &answer, error))
        return false;
    *ret_repeated = answer.repeated;
    return true;
}

/* ---- money ------------------------------------------------------------------------------------
 */

bool care_write_ledger(Care *c, const Session *s, const LedgerMove *m, Str reason, GError **error)
{
    const Change change = {.kind = CHANGE_LEDGER,
                           .key = {m->county, 0},
                           .expected = -1,
                           .ledger = m,
                           .actor = s->account,
                           .via = s->via,
                           .reason = reason};
    return write_one(c, &change, NULL, error);
}

bool care_write_ledgers(Care *c, const Session *s, const LedgerMove *m, size_t n, Str reason,
                        GError **error)
{
    g_autoptr(Arena) a = arena_new();
    Change *changes = arena_many(a, Change, n + 1);
    for (size_t i = 0; i < n; i++)
        changes[i] = (Change){.kind = CHANGE_LEDGER,
                              .key = {m[i].county, 0},
                              .expected = -1,
                              .ledger = &m[i],
                              .actor = s->account,
                              .via = s->via,
                              .reason = reason};
    return n == 1 ? write_one(c, changes, NULL, error) : chunk_write(c, changes, n, a, error);
}

bool care_write_pay_run(Care *c, const PayPlan *p, Arena *a, PayRun *ret, GError **error)
{
    bool fine = store_pay_prepare(c->store, p, a, ret, error);
    working_wrote(c);
    return fine;
}

bool care_write_pay_step(Care *c, const PayStep *step, GError **error)
{
    bool fine = store_pay_step(c->store, step, error);
    if (fine && step->to == PAY_BOOKED)
        store_ledger_paid(c->store,
                          NULL); /* should it fail, the next one or the next start does it */
    working_wrote(c);
    return fine;
}

bool care_write_pay_hold(Care *c, const PayHoldRow *h, Str via, GError **error)
{
    bool fine = store_pay_hold(c->store, h, via, error);
    working_wrote(c);
    return fine;
}

/* ---- imports ----------------------------------------------------------------------------------
 */

bool care_import_begin(Care *c, Str name, int64_t *ret_import, GError **error)
{
    return store_import_begin(c->store, name, ret_import, error);
}

bool care_import_stage(Care *c, int64_t import, const WriteBy *by, const WriteRequest *requests,
                       size_t n, GError **error)
{
    g_autoptr(Arena) a = arena_new();
    Change *changes;
    return changes_of(c, by, requests, n, a, &changes, error) &&
           store_import_stage(c->store, import, changes, n, error);
}

/* What it writes is not listed record by record: the working set is loaded anew. */
bool care_import_commit(Care *c, int64_t import, Arena *a, ImportRefused **ret, size_t *ret_n,
                        int64_t *ret_more, GError **error)
{
    return store_import_commit(c->store, import, a, ret, ret_n, ret_more, error);
}

bool care_import_try(Care *c, int64_t import, size_t most, Arena *a, ImportRefused **ret,
                     size_t *ret_n, GError **error)
{
    return store_import_try(c->store, import, most, a, ret, ret_n, error);
}

bool care_import_asks(const Care *c, const Entity *e)
{
    return store_import_asks(c->store, e);
}

bool care_import_drop(Care *c, int64_t import, GError **error)
{
    return store_import_drop(c->store, import, error);
}

bool care_import_resume(Care *c, Arena *a, Str *ret_left_out, GError **error)
{
    return store_import_recover(c->store, false, a, ret_left_out, error);
}
