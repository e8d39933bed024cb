/* print.c — a Program as text, one step a line: what runs can be read.
 * Out:  %3 i16  years  %1 %2   0..120  origin line.  Start: program_print(). */
#include "compile/compile.h"
#include "compile/ops.h"

static const char *const widths[] = {
    [PHYSICAL_I8] = "i8",   [PHYSICAL_I16] = "i16", [PHYSICAL_I32] = "i32",
    [PHYSICAL_I64] = "i64", [PHYSICAL_SET] = "set", [PHYSICAL_TEXT] = "text",
};

static void print_operand(GString *to, uint32_t x)
{
    if (x != STEP_NONE)
        g_string_append_printf(to, " %%%u", x);
}

static void print_facts(const Program *p, const Step *s, GString *to)
{
    switch (s->op) {
    case OP_NUMBER:
    case OP_OUTER:
    case OP_KNOWN_OR:
    case OP_MONTH_START:
    case OP_PERIOD_START:
    case OP_ENTERED:
        g_string_append_printf(to, " %" G_GINT64_FORMAT, s->number);
        break;
    case OP_TRUTH:
        g_string_append_printf(to, " %s", truth_word((Truth)s->number));
        break;
    case OP_IN_RANGE:
        g_string_append_printf(to, " %" G_GINT64_FORMAT "..%" G_GINT64_FORMAT, s->number,
                               s->number_b);
        break;
    case OP_FIELD:
        g_string_append_printf(to, " %u.%u", s->entity, s->column);
        break;
    case OP_REACHED:
        g_string_append_printf(to, " %" G_GINT64_MODIFIER "x", (uint64_t)s->number);
        break;
    case OP_LOOKUP:
        g_string_append_printf(to, " %s[%zu x %zu]", p->slots[s->slot].name,
                               p->slots[s->slot].n_slices, p->slots[s->slot].n_cells);
        break;
    case OP_INTERVAL:
        for (size_t i = 0; i < p->cuts[s->slot].n; i++)
            g_string_append_printf(to, "%s%" G_GINT64_FORMAT, i == 0 ? " cuts " : ",",
                                   p->cuts[s->slot].at[i]);
        break;
    case OP_OUTCOME:
        g_string_append_printf(to, " %s %s", s->number_b != 0 ? "net" : "raw",
                               p->outputs[s->number].name);
        break;
    case OP_AGGREGATE:
        g_string_append_printf(to, " #%u %s %s", s->slot,
                               s->number == GATHER_SINCE ? "spell of" : "over",
                               p->aggregates[s->slot].body->entity_name);
        break;
    default:
        break;
    }
}

static void print_step(const Program *p, uint32_t i, GString *to)
{
    static const char *const drifts[] = {"", " up", " down", " moves"};
    const Step *s = &p->steps[i];

    g_string_append_printf(to, "%%%u %s %s", i, s->is_truth ? "truth" : widths[s->physical],
                           op_facts[s->op].word);
    print_operand(to, s->a);
    print_operand(to, s->b);
    print_operand(to, s->c);
    for (uint32_t k = 0; k < s->n_args; k++)
        print_operand(to, p->args[s->args + k]);
    print_facts(p, s, to);
    if (!s->is_truth && s->op != OP_NUMBER)
        g_string_append_printf(to, " in %" G_GINT64_FORMAT "..%" G_GINT64_FORMAT, s->low, s->high);
    if (s->scale > 0)
        g_string_append_printf(to, " /10^%u", s->scale);
    g_string_append_printf(to, "%s%s%s%s", drifts[s->drift], s->uniform ? " once" : "",
                           s->changes ? " changes" : "", s->checked ? " checked" : "");
    if (s->instead != STEP_NONE)
        g_string_append_printf(to, " instead %%%u", s->instead);
    if (p->inputs != NULL && s->input != STEP_NONE)
        g_string_append_printf(to, " ; %s", p->inputs[s->input].name);
    g_string_append_c(to, '\n');
}

static void print_named(GString *to, const char *name, uint32_t x)
{
    if (x != STEP_NONE)
        g_string_append_printf(to, " %s %%%u", name, x);
}

static void print_output(const Program *p, const ProgramOutput *o, GString *to)
{
    static const char *const days[] = {"first day", "last day", "any day",
                                       "each day",  "year day", "once"};

    g_string_append_printf(to, "output %s", o->name);
    if (o->kind != PROGRAM_VALUE)
        g_string_append_printf(to, " %s", days[o->days]);
    else
        print_named(to, "value", o->root);
    print_named(to, "present", o->present);
    print_named(to, "when", o->when);
    print_named(to, "require", o->require);
    print_named(to, "amount", o->amount);
    print_named(to, "on", o->once);
    for (size_t i = 0; i < o->n_inputs; i++)
        g_string_append_printf(to, "%s%s", i == 0 ? " reads " : ", ", p->inputs[o->inputs[i]].name);
    g_string_append_c(to, '\n');
}

static void print_group(const Program *p, const ProgramGroup *g, GString *to)
{
    static const char *const kinds[] = {"all", "highest", "first", "chosen"};

    g_string_append_printf(to, "group %s of", kinds[g->kind]);
    for (size_t i = 0; i < g->n_members; i++)
        g_string_append_printf(to, "%s %s", i == 0 ? "" : ",", p->outputs[g->members[i]].name);
    print_named(to, "choice", g->choice);
    print_named(to, "applies", g->applies);
    g_string_append_c(to, '\n');
}

void program_print(const Program *p, GString *to)
{
    g_string_append_printf(to, "over %s\n", p->entity_name);
    for (uint32_t i = 0; i < p->n_steps; i++)
        print_step(p, i, to);
    for (size_t i = 0; i < p->n_aggregates; i++) {
        const AggregateStep *a = &p->aggregates[i];

        g_string_append_printf(to, "#%zu", i);
        print_named(to, "present", a->present);
        print_named(to, "where", a->where);
        print_named(to, "value", a->value);
        print_named(to, "day", a->event_day);
        g_string_append_c(to, ' ');
        program_print(a->body, to);
    }
    for (size_t i = 0; p->inputs != NULL && i < p->n_all; i++) /* none of a body */
        print_output(p, &p->outputs[i], to);
    for (size_t i = 0; i < p->n_groups; i++)
        print_group(p, &p->groups[i], to);
}
