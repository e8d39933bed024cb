/* exchange.c — 数据往来: what documents say is exchanged with whom, what came and was compared,
 * what waits for a person, what was given. */
#include "base/crypto.h"
#include "care/inbox.h"
#include "care/nodes.h"
#include "care/proposal.h"
#include "care/trade.h"
#include "page/follow.h"
#include "page/frame.h"
#include "page/pages.h"
#include "page/policy.h"

#define BATCHES_SHOWN 200u

static Str labels_join(Req *q, Str so_far, Label label)
{
    Str text = label_of(q, label);
    if (so_far.len == 0)
        return text;
    return str_of(arena_printf(q->arena, "%.*s%s%.*s", STR_ARG(so_far),
                               q->lang == LANG_EN ? ", " : "、", STR_ARG(text)));
}

static Str fields_text(Req *q, const Field *const *fields, size_t n)
{
    Str text = STR("");
    for (size_t i = 0; i < n; i++)
        text = labels_join(q, text, fields[i]->label);
    return text;
}

static void add_exchange(Req *q, ViewList *list, const Exchange *x)
{
    View *v = view_add(list);
    Str with = STR("");
    for (size_t i = 0; i < x->with.n; i++)
        with = labels_join(q, with, trade_who(&x->with.list[i]));
    view_text(v, "label", label_of(q, x->label));
    view_text(v, "name", x->name);
    view_text(v, "entity_label", label_of(q, x->entity->label));
    view_text(v, "with", with);
    view_text(v, "takes", fields_text(q, x->take, x->n_take));
    view_text(v, "gives", fields_text(q, x->give, x->n_give));
    view_text(v, "by_key", fields_text(q, x->key, x->n_key));
    view_text(v, "prefer", label_of(q, trade_who(&x->prefer)));
    view_url(v, "clause_url", clause_address(q, x->home.document, x->home.clause));
    view_text(v, "clause", clause_label(q, x->home.clause));
}

static void add_batch(Req *q, ViewList *list, const TradeBatch *b)
{
    View *v = view_add(list);
    g_autofree char *hash = hex_of(b->hash, 8);
    const Who *who = NULL;
    view_text(v, "at", words_moment(q, b->at));
    view_text(v, "label", b->exchange != NULL ? label_of(q, b->exchange->label) : b->name);
    view_text(v, "who",
              b->exchange != NULL && trade_with(b->exchange, b->who, &who)
                  ? label_of(q, trade_who(who))
                  : b->who);
    view_text(v, "letter", b->letter);
    view_text(v, "dated", words_date(q, b->dated));
    view_text(v, "file", b->file);
    view_text(v, "hash", str_of(arena_printf(q->arena, "%s…", hash)));
    view_text(v, "by", words_actor(q, b->by));
    view_flag(v, "out", b->out);
    view_text(v, "rows", words_count(q, b->counts.rows));
    view_text(v, "matched", words_count(q, b->counts.matched));
    view_text(v, "fresh", words_count(q, b->counts.fresh));
    view_text(v, "conflict", words_count(q, b->counts.conflict));
    view_text(v, "ignored", words_count(q, b->counts.ignored));
    view_text(v, "missing", words_count(q, b->counts.absent));
    view_flag(v, "nothing", !b->out && b->counts.fresh + b->counts.conflict == 0);
}

static Str place_name(Req *q, Str place)
{
    const Model *m = care_model(q->care);
    for (size_t i = 0; i < m->n_regions; i++)
        if (str_equal(m->regions[i].code, place))
            return q->lang == LANG_EN ? m->regions[i].name_en : m->regions[i].name;
    return place;
}

static void add_guest(Req *q, ViewList *list, const InboxGuest *g)
{
    View *v = view_add(list);
    view_text(v, "name", place_name(q, g->place));
    view_int(v, "node", g->node);
    view_text(v, "mark", str_of(g->mark));
}

static void add_node(Req *q, ViewList *list, const NodeCounty *n)
{
    View *v = view_add(list);
    view_text(v, "name", place_name(q, n->place));
    view_text(v, "seq", words_count(q, (uint64_t)n->seq));
    view_text(v, "mark", str_of(n->mark));
}

bool exchange_show(Req *q, GError **error)
{
    const Model *m = care_model(q->care);
    ProposalLine *waiting = NULL;
    TradeBatch *batches = NULL;
    NodeCounty *nodes = NULL;
    InboxGuest *guests = NULL;
    size_t n = 0, n_waiting = 0, n_nodes = 0, n_guests = 0;
    if (!trade_list(q->care, q->session, q->arena, &batches, &n, error) ||
        !proposal_list(q->care, q->session, q->arena, &waiting, &n_waiting, error) ||
        !node_status(q->care, q->session, q->arena, &nodes, &n_nodes, error) ||
        !inbox_guests(q->care, q->arena, &guests, &n_guests, error))
        return fail_while(error, "listing what was exchanged");
    View *v = view_new(q->arena);
    const FollowQuery all = {.region = ROW_NONE};
    if (!fill_recurring(q, v, &all, RECUR_EXCHANGES, error))
        return false;
    view_text(v, "page_title", say(q, "nav_exchange"));
    view_text(v, "waiting", words_count(q, n_waiting));
    view_flag(v, "any_waiting", n_waiting > 0);
    ViewList *declared = view_list(v, "declared"), *rows = view_list(v, "batches");
    ViewList *counties = view_list(v, "nodes");
    for (size_t i = 0; i < n_nodes; i++)
        add_node(q, counties, &nodes[i]);
    ViewList *waits = view_list(v, "guests");
    for (size_t i = 0; i < n_guests; i++)
        add_guest(q, waits, &guests[i]);
    for (size_t i = 0; i < m->n_exchanges; i++)
        if (session_sees(q->session, m->exchanges[i]->entity))
            add_exchange(q, declared, m->exchanges[i]);
    for (size_t i = 0; i < MIN(n, BATCHES_SHOWN); i++)
        add_batch(q, rows, &batches[i]);
    return page_show(q, VIEW_PAGE_EXCHANGE, 200, v, error);
}
