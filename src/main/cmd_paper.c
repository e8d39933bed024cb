/* cmd_paper.c — anlao paper: a paper about one record, previewed, issued, found again; as text, as
 * a workbook, or in the blank sheet of an upper office. */
#include "care/paper.h"
#include "main/main.h"

#include <string.h>
#include <sys/stat.h>

typedef struct Asked {
    const Common *common;
    char *to, *blank, *sheet;
    gboolean issue, apart;
    Date on;
} Asked;

static bool write_sheet(const Asked *q, const PaperSheet *p, GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);
    if (q->blank != NULL)
        return paper_fill_blank(p, q->blank, q->sheet, q->to, error);
    if (q->to != NULL && g_str_has_suffix(q->to, ".xlsx"))
        return paper_workbook(p, q->to, q->apart, error);
    paper_print(p, text);
    if (q->to == NULL) {
        print_out(text);
        return true;
    }
    return g_file_set_contents(q->to, text->str, (gssize)text->len, error);
}

static Str about_word(const Paper *p)
{
    return p->entity != NULL ? p->entity->name : STR("pay_run");
}

/* Which papers there are, and about what. */
static void print_names(Care *care)
{
    const Model *m = care_model(care);
    g_autoptr(GString) out = g_string_new(NULL);
    for (size_t i = 0; i < m->n_papers; i++)
        if (m->papers[i]->wording.version == 0) /* later texts have its name */
            g_string_append_printf(out, "%.*s  %.*s  %.*s\n", STR_ARG(m->papers[i]->name),
                                   STR_ARG(about_word(m->papers[i])),
                                   STR_ARG(m->papers[i]->label.zh));
    print_out(out);
}

/* A record by what people call it; a pay run by its number. */
static bool find_about(Care *care, const Session *s, const Paper *p, Str text, RecordKey *ret,
                       GError **error)
{
    Decimal run;
    if (p->entity != NULL)
        return record_find(care, s, p->entity, text, ret, error);
    if (!decimal_parse(text, &run) || run.scale != 0)
        return fail(error, FAIL_INPUT, "a pay run is named by its number");
    *ret = (RecordKey){0, run.mantissa};
    return true;
}

static bool make(const Asked *q, Care *care, const Session *s, Arena *a, PaperFound *ret,
                 GError **error)
{
    const Paper *p = paper_named(care_model(care), str_of(q->common->rest[0]));
    if (p == NULL)
        return fail(error, FAIL_INPUT, "the documents in force here have no paper \"%s\"",
                    q->common->rest[0]);
    if (!find_about(care, s, p, str_of(q->common->rest[1]), &ret->key, error))
        return false;
    ret->entity = p->entity;
    return q->issue ? paper_issue(care, s, p, ret->key, q->on, a, &ret->sheet, error)
                    : paper_preview(care, s, p, ret->key, q->on, a, &ret->sheet, NULL, error);
}

static bool paper_it(const Asked *q, GError **error)
{
    g_autoptr(Care) care = NULL;
    g_autoptr(Arena) a = arena_new();
    const Session *s;
    PaperFound x = {0};
    if (!open_care(q->common, true, &care, error) ||
        !session_local(care, str_of(q->common->as), a, &s, error))
        return false;
    if (q->common->n_rest == 0) {
        print_names(care);
        return true;
    }
    bool fine = q->common->n_rest == 1
                    ? paper_find(care, s, str_of(q->common->rest[0]), a, &x, error)
                    : make(q, care, s, a, &x, error);
    if (!fine || (q->to != NULL && !paper_taken(care, s, &x.sheet, x.entity, x.key, a, error)))
        return false;
    if (q->issue && q->to != NULL)
        printf("number %.*s\n", STR_ARG(x.sheet.number));
    return write_sheet(q, &x.sheet, error);
}

int command_paper(int argc, char **argv)
{
    Common c;
    Asked q = {.common = &c};
    char *on = NULL;
    const GOptionEntry own[] = {
        {"issue", 0, 0, G_OPTION_ARG_NONE, &q.issue, "number it and keep it", NULL},
        {"on", 0, 0, G_OPTION_ARG_STRING, &on, "as on this day", "DATE"},
        {"to", 0, 0, G_OPTION_ARG_FILENAME, &q.to, "into this file: .xlsx a workbook, else text",
         "FILE"},
        {"apart", 0, 0, G_OPTION_ARG_NONE, &q.apart, "each group of a list on a sheet of its own",
         NULL},
        {"blank", 0, 0, G_OPTION_ARG_FILENAME, &q.blank,
         "the upper office's blank .xlsx, filled and otherwise unchanged", "FILE"},
        {"sheet", 0, 0, G_OPTION_ARG_STRING, &q.sheet, "its sheet; the first if left out", "NAME"},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    if (!common_parse(&c, "paper", argc, argv, own) ||
        (on != NULL && !parse_day("paper", on, &q.on)))
        return 2;
    if (c.n_rest > 2 || (q.issue && c.n_rest != 2))
        return wrong_usage("paper", "needs a paper and a record, or the number of an issued one");
    if (q.blank != NULL && q.to == NULL)
        return wrong_usage("paper", "a filled sheet needs --to FILE");
    GError *error = NULL;
    umask(077); /* people's records: for the owner's eyes */
    return paper_it(&q, &error) ? 0 : finish(error);
}
