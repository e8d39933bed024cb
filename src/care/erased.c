/* erased.c — what was erased by law, as a list that is kept outside of the database: an older copy
 * that is put back knows nothing of it, and is told by the list.  Lines hold no value of anybody:
 * entity, number, county, when, in whose words.  Read first: erased_again(). */
#include "care/erase_inside.h"

#include "base/decimal.h"
#include "base/identifier.h"
#include "care/inside.h"
#include "care/session.h"

#define ERASED_HEAD "anlao-erased\t1"

bool erased_list(Care *c, const Session *s, Arena *a, ErasedLine **ret, size_t *ret_n,
                 GError **error)
{
    JournalEntry *list;
    char id[ID_TEXT];
    if (!session_may(s, MAY_JOURNAL_READ) && !session_is_machine(s))
        return fail(error, FAIL_RIGHT, "the role \"%s\" does not read the journal", s->role->word);
    if (!store_erasures(c->store, a, &list, ret_n, error))
        return false;
    *ret = arena_many(a, ErasedLine, *ret_n + 1);
    for (size_t i = 0; i < *ret_n; i++)
        (*ret)[i] = (ErasedLine){.entity = list[i].entity,
                                 .id = arena_str(a, str_of(id_format(list[i].id, id))),
                                 .reason = list[i].reason,
                                 .county = list[i].county,
                                 .seq = list[i].seq,
                                 .at = list[i].at};
    return true;
}

void erased_print(const ErasedLine *lines, size_t n, GString *to)
{
    g_string_append(to, ERASED_HEAD "\n");
    for (size_t i = 0; i < n; i++) {
        g_autofree char *words = g_strndup(lines[i].reason.at, lines[i].reason.len);
        g_strdelimit(words, "\t\r\n", ' ');
        g_string_append_printf(to,
                               "%.*s\t%.*s\t%d\t%" G_GINT64_FORMAT "\t%" G_GINT64_FORMAT "\t%s\n",
                               STR_ARG(lines[i].entity), STR_ARG(lines[i].id), lines[i].county,
                               lines[i].seq, lines[i].at, words);
    }
}

static bool line_parse(Str line, ErasedLine *to)
{
    Str numbers[3];
    to->entity = str_cut(&line, '\t');
    to->id = str_cut(&line, '\t');
    for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++)
        numbers[i] = str_cut(&line, '\t');
    to->reason = line;
    Decimal county, seq, at;
    bool fine = decimal_parse(numbers[0], &county) && decimal_parse(numbers[1], &seq) &&
                decimal_parse(numbers[2], &at) && line.len > 0;
    if (!fine)
        return false;
    to->county = (int32_t)county.mantissa;
    to->seq = seq.mantissa;
    to->at = at.mantissa;
    return true;
}

bool erased_parse(Str text, Arena *a, ErasedLine **ret, size_t *ret_n, GError **error)
{
    g_autoptr(GArray) lines = g_array_new(FALSE, TRUE, sizeof(ErasedLine));
    if (!str_utf8_valid(text, NULL) || !str_is(str_cut(&text, '\n'), ERASED_HEAD))
        return fail(error, FAIL_INPUT,
                    "this is no list of what was erased: \"anlao erase --list "
                    "--to FILE\" writes one");
    for (size_t n = 2; text.len > 0; n++) {
        ErasedLine line = {0};
        if (!line_parse(str_cut(&text, '\n'), &line))
            return fail(error, FAIL_INPUT, "line %zu of the list cannot be read", n);
        g_array_append_val(lines, line);
    }
    *ret = arena_list(a, lines, ret_n);
    return true;
}

/* Whether anything is known of it in any county. */
static bool holds_values(Care *c, const Entity *e, int64_t id, Arena *a, bool *ret, GError **error)
{
    const CareInside *in = care_inside(c);
    *ret = false;
    for (size_t i = 0; i < in->n_counties && !*ret; i++) {
        g_autoptr(GError) why = NULL;
        Record *r;
        if (!store_record(c->store, e, (RecordKey){in->counties[i], id}, a, &r, &why)) {
            if (g_error_matches(why, FAIL_DOMAIN, FAIL_ABSENT))
                continue;
            g_propagate_error(error, g_steal_pointer(&why));
            return false;
        }
        for (size_t f = 0; f < r->n_facts; f++)
            *ret = *ret || r->facts[f].value.known;
    }
    return true;
}

static bool line_again(Care *c, const Session *s, const ErasedLine *line, AgainReport *ret,
                       GError **error)
{
    g_autoptr(Arena) a = arena_new();
    const Entity *e = model_entity(c->model, line->entity);
    EraseAsk ask = {.entity = e};
    EraseReport r;
    bool there = false;
    if (!id_parse(line->id, &ask.key.id))
        return fail(error, FAIL_INPUT, "\"%.*s\" in the list is no number of a record",
                    STR_ARG(line->id));
    ret->unknown += e == NULL; /* the documents of the copy are older, or newer, than the list */
    if (e != NULL && !holds_values(c, e, ask.key.id, a, &there, error))
        return false;
    ret->absent += !there;
    if (there && !erase_by_law(c, s, &ask, line->reason, true, a, &r, error))
        return false;
    ret->done += there;
    return true;
}

bool erased_again(Care *c, const Session *s, const ErasedLine *lines, size_t n, Arena *a,
                  AgainReport *ret, GError **error)
{
    *ret = (AgainReport){.wipe_why = STR("")};
    bool fine = true;
    for (size_t i = 0; fine && i < n; i++)
        fine = line_again(c, s, &lines[i], ret, error);
    if (ret->done > 0) /* also when a later line stopped it: what is erased leaves the files */
        ret->wipe_why = erase_wipe(c, a);
    return fine;
}
