/* pay_put.c — writes a prepared run: its lines, sums, whom it leaves, whose amount is another, what
 * goes to each place, its first step and its entry.  Read first: put_run(). */
#include "store/pay_preparing.h"

bool put_lines(Preparing *d, GError **error)
{
    static const Sql sql =
        SQL("INSERT INTO pay_line(county,run,rule,subject,month,payee,fen,hold,decided) "
            "VALUES(?1,?5,?2,?3,?4,?6,?7,?8,?9)");
    Str name = d->s->model->rules[d->rule->rule]->name;
    Statement *st = NULL;

    for (guint i = 0; i < d->lines->len; i++) {
        const LineRow *r = &g_array_index(d->lines, LineRow, i);

        line_digest_add(&d->digest, d->number, name, r->subject, &r->line, r->hold);
        if (d->p->dry)
            continue;
        if (!conn_statement(d->w->conn, sql, &st, error))
            return false;
        bind_int(st, 1, d->p->county);
        bind_int(st, 2, d->number);
        bind_int(st, 3, r->subject);
        bind_int(st, 4, r->line.month);
        bind_int(st, 5, d->run.id);
        bind_int(st, 6, r->line.payee);
        bind_int(st, 7, r->line.fen);
        bind_int(st, 8, r->hold);
        bind_int(st, 9, r->line.decided);
        if (!conn_done(d->w->conn, st, error))
            return false;
    }
    return true;
}

/* ---- behind the lines ------------------------------------------------------------------------ */

static Str rule_name(const Preparing *d, unsigned rule)
{
    return d->s->model->rules[rule]->name;
}

static bool behind_insert(Preparing *d, Sql sql, unsigned rule, int64_t subject, const PayChange *c,
                          GError **error)
{
    Statement *st = NULL;

    if (!conn_statement(d->w->conn, sql, &st, error))
        return false;
    bind_int(st, 1, d->p->county);
    bind_int(st, 2, d->run.id);
    bind_int(st, 3, numbering_find(d->s->numbering, STR("rule"), rule_name(d, rule)));
    bind_int(st, 4, subject);
    if (c != NULL) {
        bind_int(st, 5, c->before);
        bind_int(st, 6, c->fen);
        bind_int(st, 7, c->outcome);
    }
    return conn_done(d->w->conn, st, error);
}

static bool rests_insert(Preparing *d, GError **error)
{
    static const Sql rest = SQL("INSERT INTO pay_rest(county,run,rule,subject) "
                                "VALUES(?1,?2,?3,?4)"),
                     change = SQL("INSERT INTO pay_change(county,run,rule,subject,before,fen,"
                                  "outcome) VALUES(?1,?2,?3,?4,?5,?6,?7)");

    for (guint i = 0; i < d->rests->len; i++) {
        const PayChange *r = &g_array_index(d->rests, PayChange, i);

        if (!behind_insert(d, rest, r->rule, r->subject, NULL, error))
            return false;
    }
    for (guint i = 0; i < d->changes->len; i++) {
        const PayChange *c = &g_array_index(d->changes, PayChange, i);

        if (!behind_insert(d, change, c->rule, c->subject, c, error))
            return false;
    }
    return true;
}

bool pay_town_put(Writing *w, int32_t county, int64_t run, int64_t rule, const PayTown *t,
                  GError **error)
{
    static const Sql sql = SQL("INSERT INTO pay_town(county,run,rule,town,persons,fen,held_persons,"
                               "held_fen,roll_persons,roll_fen) "
                               "VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10)");
    const int64_t numbers[] = {t->persons,  t->fen,          t->held_persons,
                               t->held_fen, t->roll_persons, t->roll_fen};
    Statement *st = NULL;

    if (!conn_statement(w->conn, sql, &st, error))
        return false;
    bind_int(st, 1, county);
    bind_int(st, 2, run);
    bind_int(st, 3, rule);
    bind_str(st, 4, t->town);
    for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++)
        bind_int(st, 5 + (int)i, numbers[i]);
    return conn_done(w->conn, st, error);
}

static bool towns_insert(Preparing *d, GError **error)
{
    for (guint i = 0; i < d->towns->len; i++) {
        const PayTown *t = &g_array_index(d->towns, PayTown, i);

        if (!pay_town_put(d->w, d->p->county, d->run.id,
                          numbering_find(d->s->numbering, STR("rule"), rule_name(d, t->rule)), t,
                          error))
            return false;
    }
    return true;
}

/* ---- the run --------------------------------------------------------------------------------- */

static void behind_hash(Preparing *d)
{
    for (guint i = 0; i < d->rests->len; i++) {
        const PayChange *r = &g_array_index(d->rests, PayChange, i);

        rest_digest_add(&d->digest, rule_name(d, r->rule), r->subject);
    }
    for (guint i = 0; i < d->changes->len; i++) {
        const PayChange *c = &g_array_index(d->changes, PayChange, i);

        change_digest_add(&d->digest, rule_name(d, c->rule), c);
    }
}

static bool run_insert(Preparing *d, GError **error)
{
    static const Sql sql =
        SQL("INSERT INTO pay_run(county,id,programme,month,state,decided,policy,seq,digest,"
            "prepared_by) VALUES(?1,?2,?3,?4,1,?5,?6,?7,?8,?9)");
    uint8_t digest[SM3_SIZE];
    Statement *st = NULL;

    behind_hash(d);
    line_digest_end(&d->digest, digest);
    if (!conn_statement(d->w->conn, sql, &st, error))
        return false;
    bind_int(st, 1, d->p->county);
    bind_int(st, 2, d->run.id);
    bind_str(st, 3, d->p->programme);
    bind_int(st, 4, d->p->month);
    bind_int(st, 5, d->run.decided);
    bind_int(st, 6, d->run.policy);
    bind_int(st, 7, d->run.seq);
    bind_bytes(st, 8, digest, sizeof digest);
    bind_str(st, 9, d->p->actor);
    return conn_done(d->w->conn, st, error);
}

static bool sum_insert(Preparing *d, const PaySum *s, GError **error)
{
    static const Sql sql =
        SQL("INSERT INTO pay_sum(county,run,rule,since,subjects,yes,no,unknown,judgement,lines,"
            "persons,month_fen,late_fen,back_fen,held_lines,held_fen,open_fen) "
            "VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17)");
    const int64_t numbers[] = {s->since,     s->subjects,   s->yes,      s->no,        s->unknown,
                               s->judgement, s->lines,      s->persons,  s->month_fen, s->late_fen,
                               s->back_fen,  s->held_lines, s->held_fen, s->open_fen};
    Statement *st = NULL;

    if (!conn_statement(d->w->conn, sql, &st, error))
        return false;
    bind_int(st, 1, d->p->county);
    bind_int(st, 2, d->run.id);
    bind_int(st, 3,
             numbering_find(d->s->numbering, STR("rule"), d->s->model->rules[s->rule]->name));
    for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++)
        bind_int(st, 4 + (int)i, numbers[i]);
    return conn_done(d->w->conn, st, error);
}

bool put_run(Preparing *d, GError **error)
{
    char month[DATE_TEXT];
    const PayStep step = {.county = d->p->county,
                          .run = d->run.id,
                          .to = PAY_PREPARED,
                          .actor = d->p->actor,
                          .via = d->p->via};
    g_autofree char *reason = g_strdup_printf("pay run %" G_GINT64_FORMAT " for %s prepared",
                                              d->run.id, month_format(d->p->month, month));

    d->run.seq = d->head->seq + 1;
    if (!run_insert(d, error))
        return false;
    for (size_t i = 0; i < d->run.n_sums; i++) {
        if (!sum_insert(d, &d->run.sums[i], error))
            return false;
    }
    return towns_insert(d, error) && rests_insert(d, error) &&
           pay_step_insert(d->w, d->head, &step, error) &&
           pay_entry(d->w, d->head, d->run.id, str_of(reason), &step, NULL, error);
}
