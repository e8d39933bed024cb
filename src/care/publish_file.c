/* publish_file.c — see publish_file.h. */
#include "care/publish_file.h"

#include "format/csv.h"
#include "format/json.h"

void public_field_name(const ShownField *f, GString *to)
{
    for (size_t i = 0; i < f->path->n_path; i++)
        g_string_append_printf(to, "%s%.*s", i > 0 ? "." : "", STR_ARG(f->path->path[i]->name));
}

static Str day_text(bool has, Date day, char to[DATE_TEXT])
{
    return has ? str_of(date_format(day, to)) : STR("");
}

void public_book_csv(const PublicBook *b, bool english, GString *to)
{
    CsvWriter *w = csv_writer_new(to, true);
    char from[DATE_TEXT], until[DATE_TEXT];
    for (size_t i = 0; i < b->what->n_fields; i++)
        csv_cell(w, english ? b->what->fields[i].label.en : b->what->fields[i].label.zh);
    csv_cell(w, english ? STR("from") : STR("公示起"));
    csv_cell(w, english ? STR("until") : STR("公示止"));
    csv_end_row(w);
    for (size_t i = 0; i < b->n_lines; i++) {
        const PublicLine *line = &b->lines[i];
        for (size_t k = 0; k < b->what->n_fields; k++)
            csv_cell(w, line->cells[k]);
        csv_cell(w, day_text(line->has_from, line->from, from));
        csv_cell(w, day_text(line->has_until, line->until, until));
        csv_end_row(w);
    }
    csv_writer_close(w, NULL);
    csv_writer_free(w);
}

static void put_day(JsonWriter *j, const char *key, bool has, Date day)
{
    if (has)
        json_put_date(j, key, day);
    else
        json_put_null(j, key);
}

static void put_line(JsonWriter *j, const PublicBook *b, const PublicLine *line)
{
    json_put_object(j, NULL);
    put_day(j, "from", line->has_from, line->from);
    put_day(j, "until", line->has_until, line->until);
    json_put_array(j, "cells");
    for (size_t k = 0; k < b->what->n_fields; k++)
        json_put_str(j, NULL, line->cells[k]);
    json_put_end(j);
    json_put_end(j);
}

void public_book_json(const PublicBook *b, GString *to)
{
    JsonWriter j = json_begin(to);
    const Home *home = &b->what->home;
    json_put_object(&j, NULL);
    json_put_str(&j, "publish", b->what->name);
    json_put_str(&j, "document", home->document->name);
    json_put_str(&j, "clause", home->clause != NULL ? home->clause->number : STR(""));
    json_put_date(&j, "on", b->on);
    json_put_uint(&j, "records", b->total);
    json_put_array(&j, "fields");
    for (size_t i = 0; i < b->what->n_fields; i++) {
        g_autoptr(GString) name = g_string_new(NULL);
        public_field_name(&b->what->fields[i], name);
        json_put_str(&j, NULL, (Str){name->str, name->len});
    }
    json_put_end(&j);
    json_put_array(&j, "rows");
    for (size_t i = 0; i < b->n_lines; i++)
        put_line(&j, b, &b->lines[i]);
    json_put_end(&j);
    json_put_end(&j);
    json_finish(&j);
}
