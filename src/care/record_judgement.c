/* record_judgement.c — a person's decision is about to be recorded: who may decide, upon which
 * papers, and that it does not lie above its ceiling (semantics 54).
 * In: a WriteRequest, the record as it stands.  Out: Faults.  Not here: constant bounds, which are
 * the field's range (record_check.c).  Start: check_judge(), check_ceilings(). */
#include "care/inside.h"
#include "care/write.h"
#include "compile/compile.h"
#include "evaluate/evaluate.h"

/* ---- the ceiling */

static void set_cell(Care *c, const Working *w, Batch *b, const Field *f, Value v)
{
    if (f->compute != NULL || kind_is_text(f->type.kind))
        return;
    Column *to = batch_add(b, f->index, f->type.kind, kind_facts[f->type.kind].physical, false);
    int64_t n = v.num;
    if (v.known && f->type.kind == KIND_REF)
        n = working_row(w, f->type.to, v.num);
    else if (v.known && f->type.kind == KIND_REGION)
        n = region_row(c->regions, v.text);
    if (v.known && (n >= 0 || (f->type.kind != KIND_REF && f->type.kind != KIND_REGION)))
        column_set(to, 0, n);
    column_finish(b, to);
}

/* The record as it will be, alone in its batch among all others as they are. */
static Batch *batch_after(Care *c, const Working *w, const WriteRequest *r, const Record *before)
{
    const Entity *e = r->entity;
    Batch *b = batch_new("record", 1, e->n_fields);
    for (size_t i = 0; i < e->n_fields; i++)
        set_cell(c, w, b, e->fields[i], value_after(r, before, e->fields[i]));
    return b;
}

/* False: nobody can say what the ceiling is. */
static bool ceiling_of(Care *c, const Judgement *j, const WriteRequest *r, const Record *before,
                       Date on, int64_t *ret)
{
    const Output output = {.kind = OUTPUT_EXPR, .expr = j->ceiling};
    g_autoptr(Working) w = NULL;
    if (!working_get(c, &w, NULL))
        return false;
    g_autofree Batch **batches =
        g_memdup2(w->data->batches, w->data->n_batches * sizeof *w->data->batches);
    Dataset data = {.batches = batches, .n_batches = w->data->n_batches};
    g_autoptr(Batch) own = batch_after(c, w, r, before);
    batches[r->entity->number] = own;
    const CompileOptions options = {.data = &data, .regions = c->regions};
    g_autoptr(Program) p = program_new(c->model, r->entity, &output, 1, &options, NULL);
    return p != NULL && evaluate_value(p, &data, 0, 0, on, ret);
}

static void check_ceiling(Care *c, const WriteRequest *r, const Record *before, const WriteField *w,
                          Faults *faults)
{
    const Field *f = w->field;
    Date on = w->since > DATE_MIN ? w->since : care_today(c);
    int64_t most;
    char text[DECIMAL_TEXT];
    if (!ceiling_of(c, f->judgement, r, before, on, &most)) {
        fault_add(faults, f, "上限还不能确定，请先补全相关信息或由本地设定上限",
                  "the ceiling is not known yet: complete the record, or let the place set it");
        return;
    }
    if (w->value.num <= most)
        return;
    money_format(most, text);
    fault_add(faults, f, arena_printf(faults->arena, "不能超过上限 %s 元", text),
              arena_printf(faults->arena, "must not be above its ceiling of %s yuan", text));
}

void check_ceilings(Care *c, const WriteRequest *r, const Record *before, Faults *faults)
{
    for (size_t i = 0; i < r->n_fields; i++) {
        const WriteField *w = &r->fields[i];
        const Judgement *j = w->field->judgement;
        if (j == NULL || !w->value.known)
            continue;
        if (w->value.num < 0)
            fault_add(faults, w->field, "不能小于零", "must not be below nothing");
        else if (j->ceiling != NULL && !w->field->has_range)
            check_ceiling(c, r, before, w, faults);
    }
}

/* ---- who, upon what */

/* The level whose office decides, or NULL: the document does not say. */
static const Code *level_of(const Judgement *j)
{
    return j->by.role != NULL ? j->by.role->level : j->by.level != NULL ? j->by.level : j->level;
}

/* A post of the documents decides what is its own or its agency's; of the others the level counts.
 */
static bool post_judges(const Role *post, const Judgement *j)
{
    if (j->by.role != NULL)
        return str_equal(j->by.role->name, post->name);
    for (size_t i = 0; i < post->n_agencies; i++)
        if (post->agencies[i] == j->by.agency)
            return true;
    return false;
}

static bool may_judge(const Session *s, const Judgement *j)
{
    const Code *level = level_of(j);
    if (s->role->post != NULL && !post_judges(s->role->post, j))
        return false;
    return level == NULL || str_is(level->name, s->role->level);
}

void check_judge(Care *c, const Session *s, const WriteRequest *r, Faults *faults)
{
    for (size_t i = 0; i < r->n_fields; i++) {
        const Judgement *j = r->fields[i].field->judgement;
        Label who, papers;
        if (j == NULL || (r->kind == WRITE_CREATE && !r->fields[i].value.known))
            continue; /* a new record that leaves it open */
        judgement_words(faults->arena, c->model, j, &who, &papers);
        if (!may_judge(s, j))
            fault_add(faults, j->field,
                      arena_printf(faults->arena, "由%.*s认定，您的岗位不能填写", STR_ARG(who.zh)),
                      arena_printf(faults->arena, "is for %.*s to decide, not for your post",
                                   STR_ARG(who.en)));
        else if (r->reason.len == 0)
            fault_add(
                faults, j->field,
                arena_printf(faults->arena, "请在原因里写明凭哪份材料（%.*s）", STR_ARG(papers.zh)),
                arena_printf(faults->arena, "say in the reason upon which papers (%.*s)",
                             STR_ARG(papers.en)));
    }
}
