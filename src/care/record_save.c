/* record_save.c — what was typed into a form, written as one change.
 * In: texts by field.  Out: a record, or faults beside the inputs; nothing is changed then.  Fields
 * that say what is recorded already are left out, so that the journal shows what changed.
 * Read first: record_save(). */
#include "base/identifier.h"
#include "care/cells.h"
#include "care/keys.h"
#include "care/proposal_inside.h"
#include "care/record.h"
#include "care/scope_now.h"
#include "care/texts.h"
#include "care/write.h"

typedef struct Saving {
    Care *care;
    const Session *session;
    const RecordEdit *edit;
    const Record *before; /* NULL: a new record */
    Arena *arena;
    WriteField *fields;
    size_t n_fields;
    WriteField *checked; /* what a second person has to look at */
    size_t n_checked;
    Faults faults;
} Saving;

/* ---- what stands there already */

static bool value_now(const Saving *s, const Field *f, Date since, Value *ret, GError **error)
{
    const Fact *fact = &s->before->facts[f->index];
    Fact *periods;
    size_t n;
    *ret = fact->value;
    if (!f->dated || (fact->since <= since && (since < fact->until || fact->until == DATE_MAX)))
        return true;
    if (!store_periods(s->care->store, f, s->before->key, s->arena, &periods, &n, error))
        return false;
    *ret = VALUE_UNKNOWN;
    for (size_t i = 0; i < n; i++)
        if (periods[i].since <= since && (since < periods[i].until || periods[i].until == DATE_MAX))
            *ret = periods[i].value;
    return true;
}

/* A form shows a secret masked: the mask sent back means "as it was". */
static bool secret_same(const Saving *s, const Field *f, Str text, bool *ret, GError **error)
{
    Str sealed, plain;
    *ret = false;
    if (!s->before->facts[f->index].value.known)
        return true;
    if (!store_sealed(s->care->store, f, s->before->key, s->arena, &sealed, error) ||
        !keys_unseal(s->care->keys, f, s->before->key.id, sealed, s->arena, &plain, error))
        return fail_while(error, "comparing \"%.*s\"", STR_ARG(f->name));
    *ret = str_equal(text, plain) || str_equal(text, secret_masked(f, plain, s->arena));
    return true;
}

static bool is_same(const Saving *s, const Field *f, Date since, Value v, bool *ret, GError **error)
{
    Value now;
    *ret = s->before == NULL && !v.known;
    if (s->before == NULL)
        return true;
    if (!value_now(s, f, since, &now, error))
        return false;
    if (f->secret && v.known)
        return secret_same(s, f, v.text, ret, error);
    if (!v.known || !now.known)
        *ret = v.known == now.known;
    else
        *ret = f->type.kind == KIND_REGION ? str_equal(v.text, now.text)
                                           : value_equal(f->type.kind, v, now);
    return true;
}

/* ---- what was typed */

/* A masked number is no number: it is looked at before its check digit would be missed. */
static bool is_mask(const Saving *s, const FieldEdit *e, bool *ret, GError **error)
{
    *ret = false;
    if (!e->field->secret || s->before == NULL || str_find(e->text, STR("*")) < 0)
        return true;
    return secret_same(s, e->field, str_trim(e->text), ret, error);
}

static bool take_edit(Saving *s, const FieldEdit *e, GError **error)
{
    const Field *f = e->field;
    Date since = e->since != 0 ? e->since : care_today(s->care);
    Value v;
    CellFault fault;
    Cells cells;
    bool same;
    if (f->entity != s->edit->entity)
        return fail(error, FAIL_USAGE, "\"%.*s\" is no field of \"%.*s\"", STR_ARG(f->name),
                    STR_ARG(s->edit->entity->name));
    if (f->compute != NULL)
        return true; /* shown in the form, never taken from it */
    if (!is_mask(s, e, &same, error))
        return false;
    if (same)
        return true;
    cells_init(&cells, s->care, s->session, f, s->arena, false);
    bool read = cells_read(&cells, e->text, s->arena, &v, &fault);
    cells_clear(&cells);
    if (!read) {
        fault_add(&s->faults, f, fault.zh, fault.en);
        return true;
    }
    if (!is_same(s, f, since, v, &same, error))
        return false;
    if (!same)
        s->fields[s->n_fields++] = (WriteField){f, v, f->dated ? since : DATE_MIN, DATE_MAX};
    return true;
}

/* An item begins where its procedure does, on the day it is entered. */
static bool take_beginning(Saving *s, GError **error)
{
    const Entity *e = s->edit->entity;
    const Procedure *p = e->procedure;
    const WriteRequest made = {.entity = e, .fields = s->fields, .n_fields = s->n_fields};
    int32_t place;
    uint64_t firsts;
    if (s->before != NULL || p == NULL)
        return true;
    for (size_t i = 0; i < s->n_fields; i++)
        if (s->fields[i].field == p->state)
            return true;
    if (!place_after(s->care, &made, NULL, &place, error))
        return false;
    /* What has ended, or is not yet in force, takes nothing new: the record is entered, without a
     * state; it would keep one that no guard binds. */
    bool one = text_of_item(s->care, p, place, care_today(s->care), &firsts) && firsts != 0 &&
               (firsts & (firsts - 1)) == 0;
    if (one)
        s->fields[s->n_fields++] = (WriteField){p->state, VALUE_NUM(__builtin_ctzll(firsts)),
                                                care_today(s->care), DATE_MAX};
    return true;
}

static bool take_all(Saving *s, GError **error)
{
    s->fields = arena_many(s->arena, WriteField, s->edit->n_fields + 2);
    for (size_t i = 0; i < s->edit->n_fields; i++)
        if (!take_edit(s, &s->edit->fields[i], error))
            return false;
    return take_beginning(s, error);
}

/* The record as it stands, for who may see and write it. */
static bool find_before(Saving *s, GError **error)
{
    const RecordEdit *edit = s->edit;
    Record *before;
    if (!may_record(s->session, edit->n_fields > 0 ? edit->fields[0].field : NULL, edit->n_fields,
                    edit->lift))
        return fail(error, FAIL_RIGHT, "the role \"%s\" does not write records",
                    s->session->role->word);
    if (s->session->role->post != NULL && !session_writes(s->session, edit->entity))
        return fail(error, FAIL_RIGHT, "the role \"%s\" does not write \"%.*s\"",
                    s->session->role->word, STR_ARG(edit->entity->name));
    if (edit->key.id == 0)
        return true;
    if (!store_record(s->care->store, edit->entity, edit->key, s->arena, &before, error) ||
        !scope_allows_now(s->care, s->session, edit->entity, before, error))
        return false;
    s->before = before;
    return true;
}

static bool hand_over(const Saving *s, FieldFault **ret_faults, size_t *ret_n, GError **error)
{
    const FieldFault *first = &s->faults.list[0];
    if (ret_faults != NULL) {
        *ret_faults = s->faults.list;
        *ret_n = s->faults.n;
    }
    return fail(error, FAIL_INPUT, "%.*s: %.*s", STR_ARG(first->field->name), STR_ARG(first->en));
}

/* What is declared `checked` is taken out: it waits for another person. */
static void take_checked(Saving *s)
{
    size_t kept = 0;
    s->checked = arena_many(s->arena, WriteField, s->n_fields + 1);
    for (size_t i = 0; s->before != NULL && i < s->n_fields; i++)
        if (s->fields[i].field->checked)
            s->checked[s->n_checked++] = s->fields[i];
        else
            s->fields[kept++] = s->fields[i];
    if (s->before != NULL)
        s->n_fields = kept;
    for (size_t i = 0; i < s->n_checked; i++)
        if (!check_reason(s->edit->reason, NULL))
            fault_add(&s->faults, s->checked[i].field, "这一项的变更要由另一人复核，请写明更改原因",
                      "a change of this waits for a second person: say why, below");
}

/* Everything about it is checked now, so that what waits can be approved. */
static bool check_proposed(Saving *s, GError **error)
{
    if (s->n_checked == 0)
        return true;
    const WriteRequest r = {.kind = WRITE_SET,
                            .entity = s->edit->entity,
                            .key = s->before->key,
                            .expected = -1,
                            .fields = s->checked,
                            .n_fields = s->n_checked,
                            .reason = s->edit->reason};
    check_values(s->care, &r, s->before, &s->faults);
    if (s->faults.n > 0)
        return true; /* handed over by the caller */
    return check_born_recorded(s->care, &r, s->before, &s->faults, error) &&
           check_references(s->care, &r, &s->faults, error) &&
           check_taken(s->care, &r, false, &s->faults, error);
}

static bool propose(Saving *s, GError **error)
{
    return s->n_checked == 0 ||
           proposal_make(s->care, s->session, s->before, s->edit->entity, s->checked, s->n_checked,
                         str_trim(s->edit->reason), s->arena, error);
}

bool record_save(Care *c, const Session *session, const RecordEdit *edit, Arena *a, RecordKey *ret,
                 FieldFault **ret_faults, size_t *ret_n_faults, GError **error)
{
    Saving s = {.care = c, .session = session, .edit = edit, .arena = a, .faults = {.arena = a}};
    WriteAnswer answer;
    if (ret_n_faults != NULL)
        *ret_n_faults = 0;
    if (!find_before(&s, error) || !take_all(&s, error))
        return false;
    take_checked(&s);
    WriteRequest r = {.kind = s.before == NULL ? WRITE_CREATE : WRITE_SET,
                      .entity = edit->entity,
                      .key = s.before != NULL ? s.before->key : edit->key,
                      .expected = edit->expected > 0 ? edit->expected : -1,
                      .fields = s.fields,
                      .n_fields = s.n_fields,
                      .reason = edit->reason,
                      .lift = edit->lift,
                      .before = s.before};
    memcpy(r.request, edit->request, sizeof r.request);
    if (s.faults.n == 0 && !check_proposed(&s, error))
        return false;
    if (s.before != NULL && s.n_fields == 0 && s.faults.n == 0) {
        *ret = s.before->key; /* nothing differs: nothing to write */
        return store_settle(c->store, error) && propose(&s, error);
    }
    if (s.faults.n > 0) {
        check_values(c, &r, s.before, &s.faults); /* all that is wrong is said at once */
        return hand_over(&s, ret_faults, ret_n_faults, error);
    }
    if (!care_write(c, session, &r, a, &answer, ret_faults, ret_n_faults, error))
        return false;
    *ret = answer.key;
    return propose(&s, error);
}
