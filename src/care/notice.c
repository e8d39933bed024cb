/* notice.c — see notice.h.  Read first: notice_standing(). */
#include "care/notice.h"

#include "base/identifier.h"
#include "care/inside.h"
#include "care/publish_inside.h"
#include "care/texts.h"

const char *const notice_words[NOTICE_STATES] = {"none",     "unknown", "up",
                                                 "objected", "upheld",  "closed"};

static bool is_of(const Field *f, Kind kind)
{
    return f != NULL && f->type.kind == kind && f->compute == NULL && !f->secret;
}

bool notice_register(const Model *m, NoticeRegister *ret)
{
    const Entity *e = model_entity(m, STR("notice_objection"));
    if (e == NULL || e->event_day == NULL)
        return false;
    *ret = (NoticeRegister){e, entity_field(e, STR("notice")), entity_field(e, STR("record")),
                            entity_field(e, STR("closed_on")), entity_field(e, STR("upheld"))};
    return is_of(ret->notice, KIND_TEXT) && is_of(ret->record, KIND_TEXT) &&
           is_of(ret->closed_on, KIND_DATE) && is_of(ret->upheld, KIND_BOOL);
}

/* free_places, and the text of another document about it: free_places@anyuan-2021. */
const Publish *publish_named(const Model *m, Str name)
{
    Str document = name, word = str_cut(&document, '@');
    for (size_t i = 0; i < m->n_publications; i++) {
        const Publish *p = m->publications[i];
        if (str_equal(p->name, word) &&
            (document.len > 0 ? str_equal(p->home.document->name, document)
                              : p->wording.version == 0))
            return p;
    }
    return NULL;
}

bool publish_in_force(const Care *c, const Publish *p)
{
    return text_holds(c, &p->wording, c->place, care_today(c));
}

const Publish *publish_found(const Care *c, Str name)
{
    const Publish *named = publish_named(c->model, name);
    for (size_t i = 0; named != NULL && i < c->model->n_publications; i++) {
        const Publish *p = c->model->publications[i];
        if (str_equal(p->name, name) && publish_in_force(c, p))
            return p;
    }
    return named;
}

Str publish_address(const Care *c, const Publish *p, Arena *a)
{
    return publish_found(c, p->name) == p ? p->name
                                          : str_of(arena_printf(a, "%.*s@%.*s", STR_ARG(p->name),
                                                                STR_ARG(p->home.document->name)));
}

/* What an objection may call the record. */
typedef struct Called {
    Str id, key;
} Called;

static bool called_of(Care *c, const Publish *p, RecordKey key, Arena *a, Called *ret,
                      GError **error)
{
    char id[ID_TEXT];
    Record *r;
    *ret = (Called){arena_str(a, str_of(id_format(key.id, id))), STR("")};
    if (p->entity->key == NULL)
        return true;
    if (!store_record(c->store, p->entity, key, a, &r, error))
        return false;
    Value v = r->facts[p->entity->key->index].value;
    if (v.known && !p->entity->key->secret)
        ret->key = v.text;
    return true;
}

static bool is_meant(const NoticeRegister *of, const Publish *p, const Called *called,
                     const Record *r)
{
    Value notice = r->facts[of->notice->index].value, record = r->facts[of->record->index].value;
    return notice.known && record.known && str_equal(notice.text, p->name) &&
           (str_equal(record.text, called->id) ||
            (called->key.len > 0 && str_equal(record.text, called->key)));
}

/* Raised in its days; answered on or before the day. */
static void count_objection(const NoticeRegister *of, const Record *r, Date on, NoticeStanding *s)
{
    Value raised = r->facts[of->entity->event_day->index].value;
    Value closed = r->facts[of->closed_on->index].value, right = r->facts[of->upheld->index].value;
    if (!raised.known || raised.num > on || raised.num < s->from || raised.num > s->until)
        return;
    bool answered = closed.known && closed.num <= on && right.known;
    s->objections++;
    s->open += !answered;
    s->upheld += answered && right.num != 0;
}

/* Rows whose day lies in the notice's days; the texts of these few are read. */
static bool objections(Care *c, Working *w, const NoticeRegister *of, const Publish *p,
                       RecordKey key, Date on, Arena *a, NoticeStanding *s, GError **error)
{
    const Batch *b = working_batch(w, of->entity);
    const Field *f = of->entity->event_day;
    const Column *day = b != NULL && f->index < b->n_columns ? b->columns[f->index] : NULL;
    Called called;
    if (!called_of(c, p, key, a, &called, error))
        return false;
    for (size_t i = 0; day != NULL && i < b->rows; i++) {
        int64_t raised;
        Record *r;
        RecordKey at = {b->counties != NULL ? b->counties[i] : 0, b->ids[i]};
        if (!column_at(day, i, on, &raised) || raised < s->from || raised > s->until)
            continue;
        if (!store_record(c->store, of->entity, at, a, &r, error))
            return false;
        if (!r->ended && is_meant(of, p, &called, r))
            count_objection(of, r, on, s);
    }
    return true;
}

static NoticeState state_of(const PublishSpan *span, const NoticeStanding *s, bool heard, Date on)
{
    if (span->shown == TRUTH_NO)
        return NOTICE_NONE;
    if (span->shown != TRUTH_YES || !heard)
        return NOTICE_UNKNOWN;
    if (s->upheld > 0)
        return NOTICE_UPHELD;
    if (s->open > 0)
        return NOTICE_OBJECTED;
    return s->has_until && on > s->until ? NOTICE_CLOSED : NOTICE_UP;
}

struct NoticeBook {
    Care *care;
    Working *working;
    const Publish *publish;
    Publishing *publishing;
    NoticeRegister of;
    bool heard;
    Date on;
};

NoticeBook *notice_book_new(Care *c, Working *w, const Publish *p, Date on, GError **error)
{
    Publishing *x = publishing_new(c, w, p, on, error);
    if (x == NULL)
        return NULL;
    NoticeBook *b = g_new0(NoticeBook, 1);
    *b = (NoticeBook){.care = c, .working = w, .publish = p, .publishing = x, .on = on};
    b->heard = notice_register(c->model, &b->of);
    return b;
}

void notice_book_free(NoticeBook *b)
{
    if (b == NULL)
        return;
    publishing_free(b->publishing);
    g_free(b);
}

bool notice_ask(NoticeBook *b, RecordKey key, Arena *a, NoticeStanding *ret, GError **error)
{
    const Publish *p = b->publish;
    int64_t row = working_row(b->working, p->entity, key.id);
    PublishSpan span;
    *ret = (NoticeStanding){.state = NOTICE_NONE};
    if (row == ROW_NONE)
        return fail(error, FAIL_ABSENT, "there is no such %.*s", STR_ARG(p->entity->name));
    if (!publishing_span(b->publishing, (size_t)row, a, &span, error))
        return false;
    ret->has_from = span.has_from;
    ret->has_until = span.has_until;
    ret->from = span.from;
    ret->until = span.until;
    if (b->heard && span.has_from && span.has_until && span.shown == TRUTH_YES &&
        !objections(b->care, b->working, &b->of, p, key, b->on, a, ret, error))
        return fail_while(error, "looking for objections to \"%.*s\"", STR_ARG(p->name));
    ret->state = state_of(&span, ret, b->heard, b->on);
    return true;
}

static bool standing_by(Care *c, Working *w, const Publish *p, RecordKey key, Date on, Arena *a,
                        NoticeStanding *ret, GError **error)
{
    g_autoptr(NoticeBook) b = notice_book_new(c, w, p, on, error);
    return b != NULL && notice_ask(b, key, a, ret, error);
}

/* By whichever of its texts the record was put up. */
bool notice_standing(Care *c, Working *w, const Publish *p, RecordKey key, Date on, Arena *a,
                     NoticeStanding *ret, GError **error)
{
    const Model *m = c->model;
    if (!standing_by(c, w, p, key, on, a, ret, error))
        return false;
    for (size_t i = 0; p->wording.of != NULL && i < m->n_publications; i++) {
        const Publish *other = m->publications[i];
        if (other == p || other->wording.of != p->wording.of || ret->state != NOTICE_NONE)
            continue;
        if (!standing_by(c, w, other, key, on, a, ret, error))
            return false;
    }
    return true;
}

bool notice_closed(Care *c, const Publish *p, RecordKey key, Date on, Arena *a, bool *ret_closed,
                   GError **error)
{
    g_autoptr(Working) w = NULL;
    NoticeStanding s;
    if (!working_get(c, &w, error) || !notice_standing(c, w, p, key, on, a, &s, error))
        return fail_while(error, "asking whether the notice \"%.*s\" is over", STR_ARG(p->name));
    *ret_closed = s.state == NOTICE_CLOSED;
    return true;
}
