/* imports.c — 导入: a file is sent, looked at, tried, confirmed; whoever serves does it meanwhile.
 * Nothing is written before a person has seen what each column is taken for.
 * Read first: import_show(), read_columns(). */
#include "care/import_jobs.h"
#include "page/ask.h"
#include "page/frame.h"
#include "page/pages.h"

#define SHEET_ALL "*"

static Str job_address(const Req *q, RecordKey key, const char *below)
{
    return str_of(arena_printf(q->arena, "/imports/%.*s%s", STR_ARG(key_text(q, key)), below));
}

/* What the person can mend is said on the form. */
static bool is_told(const GError *why)
{
    return g_error_matches(why, FAIL_DOMAIN, FAIL_INPUT) ||
           g_error_matches(why, FAIL_DOMAIN, FAIL_CONFLICT) || /* too many are elsewhere: */
           g_error_matches(why, FAIL_DOMAIN, FAIL_BUSY);
}

static Str fault_of(Req *q, GError *why)
{
    Str text = why_text(q, why);
    bool book = strstr(why->message, "old .xls workbook") != NULL ||
                strstr(why->message, "save it as .xlsx or CSV") != NULL;
    bool elsewhere = strstr(why->message, "registered outside your region") != NULL;
    g_error_free(why);
    if (elsewhere)
        return say(q, "imports_elsewhere");
    return book ? say(q, "imports_old_book") : text;
}

static const char *job_word(const ImportJob *j)
{
    static const char *const words[] = {
        [JOB_SENT] = KEY("imports_sent"),
        [JOB_GOING] = KEY("imports_going"),
        [JOB_ENDED] = KEY("imports_ended"),
    };
    return j->fault.len > 0 ? KEY("imports_failed") : words[j->now];
}

/* ---- all of mine ---- */

static void fill_entities(Req *q, View *v)
{
    const Model *m = care_model(q->care);
    ViewList *list = view_list(v, "entities");
    Str chosen = fields_get(&q->form, "entity");
    for (size_t i = 0; i < m->n_entities; i++)
        if (m->entities[i]->place != NULL && session_sees(q->session, m->entities[i]))
            add_option(list, m->entities[i]->name, label_of(q, m->entities[i]->label),
                       chosen.len > 0 ? chosen : STR("elder"));
}

static bool show_all(Req *q, unsigned status, Str fault, GError **error)
{
    View *v = view_new(q->arena);
    ImportJob *jobs;
    size_t n;
    if (!import_job_list(q->care, q->session, q->arena, &jobs, &n, error))
        return false;
    view_text(v, "page_title", say(q, "imports_title"));
    view_text(v, "fault", fault);
    view_flag(v, "demo_only", care_is_demo(q->care));
    fill_entities(q, v);
    ViewList *list = view_list(v, "jobs");
    for (size_t i = 0; i < n; i++) {
        const ImportJob *j = &jobs[i];
        View *row = view_add(list);
        bool bad = j->fault.len > 0;
        view_text(row, "name", j->name);
        view_text(row, "entity_label", label_of(q, j->entity->label));
        view_text(row, "at", words_moment(q, j->at));
        view_word(row, "kind", bad ? "no" : j->now == JOB_ENDED ? "yes" : "person");
        view_word(row, "mark", bad ? "✕" : j->now == JOB_ENDED ? "✓" : "…");
        view_text(row, "word", say(q, job_word(j)));
        view_url(row, "link_url", job_address(q, j->key, ""));
    }
    return page_show(q, VIEW_PAGE_IMPORTS, status, v, error);
}

bool imports_show(Req *q, GError **error)
{
    return show_all(q, 200, STR(""), error);
}

bool imports_do(Req *q, GError **error)
{
    const Entity *e = NULL;
    RecordKey key;
    GError *why = NULL;
    if (!req_entity(q, fields_get(&q->form, "entity"), &e, error))
        return false;
    if (q->upload.bytes.at == NULL)
        return show_all(q, 400, say(q, "files_choose"), error);
    if (care_is_demo(q->care) && !str_is(fields_get(&q->form, "made_up"), "yes"))
        return show_all(q, 400, say(q, "imports_made_up_first"), error);
    if (import_job_new(q->care, q->session, e, q->upload.name, q->upload.bytes,
                       care_is_demo(q->care), &key, &why))
        return page_redirect(q, job_address(q, key, ""));
    if (!is_told(why)) {
        g_propagate_error(error, why);
        return false;
    }
    return show_all(q, 400, fault_of(q, why), error);
}

/* ---- one: what its columns are ---- */

static void add_fields(Req *q, ViewList *options, const Entity *e, Str chosen)
{
    add_option(options, STR(""), say(q, "imports_not_taken"), chosen);
    for (size_t i = 0; i < e->n_fields; i++) {
        const Field *f = e->fields[i];
        if (f->compute != NULL)
            continue;
        add_option(options, f->name, label_of(q, f->label), chosen);
        if (f->dated)
            add_option(options, str_of(arena_printf(q->arena, "%.*s.since", STR_ARG(f->name))),
                       say_name(q, "imports_since", label_of(q, f->label)), chosen);
    }
    add_option(options, STR("*"), say(q, "imports_remark"), chosen);
    add_option(options, STR("#"), say(q, "imports_number"), chosen);
}

static void fill_look(Req *q, View *v, const ImportJob *job, const ImportLook *look)
{
    ViewList *columns = view_list(v, "columns"), *rows = view_list(v, "rows");
    ViewList *sheets = view_list(v, "sheets");
    for (size_t i = 0; i < look->n_columns; i++) {
        View *c = view_add(columns);
        view_word(c, "name", arena_printf(q->arena, "c%zu", i));
        view_text(c, "header", look->columns[i].header);
        add_fields(q, view_list(c, "options"), job->entity, look->columns[i].field);
    }
    for (size_t i = 0; i < look->n_rows; i++) {
        ViewList *cells = view_list(view_add(rows), "cells");
        for (size_t k = 0; k < look->n_columns; k++)
            view_text(view_add(cells), "text", look->rows[i][k]);
    }
    for (size_t i = 0; look->n_sheets > 1 && i < look->n_sheets; i++)
        add_option(sheets, look->sheets[i], look->sheets[i], job->sheet);
    if (look->n_sheets > 1)
        add_option(sheets, STR(SHEET_ALL), say(q, "imports_all_sheets"), job->sheet);
    view_text(v, "encoding", look->encoding);
}

static bool fill_profiles(Req *q, View *v, const ImportJob *job, GError **error)
{
    ViewList *list = view_list(v, "profiles");
    ImportProfile *profiles;
    size_t n;
    if (!import_profiles(q->care, q->session, job->entity, q->arena, &profiles, &n, error))
        return false;
    Str chosen = fields_get(&q->form, "profile");
    if (n > 0)
        add_option(list, STR(""), say(q, "imports_no_profile"), chosen);
    for (size_t i = 0; i < n; i++)
        add_option(list, profiles[i].name, profiles[i].name, chosen);
    return true;
}

static void fill_report(Req *q, View *v, const ImportReport *r)
{
    ViewList *reasons = view_list(v, "reasons"), *notes = view_list(v, "notes");
    view_text(v, "accepted", words_count(q, r->accepted));
    view_text(v, "changed", words_count(q, r->changed));
    view_text(v, "unchanged", words_count(q, r->unchanged));
    view_text(v, "rejected", words_count(q, r->rejected));
    view_text(v, "skipped", words_count(q, r->skipped));
    view_text(v, "remarked", words_count(q, r->remarked));
    view_flag(v, "failed", r->rejected > 0);
    if (r->untold > 0)
        view_text(v, "untold", words_count(q, r->untold));
    for (size_t i = 0; i < r->n_reasons; i++) {
        View *row = view_add(reasons);
        view_text(row, "rows", words_count(q, r->reasons[i].rows));
        view_text(row, "text", r->reasons[i].text);
    }
    for (size_t i = 0; i < r->n_notes; i++) {
        View *row = view_add(notes);
        view_int(row, "line", (int64_t)r->notes[i].line);
        view_text(row, "text", r->notes[i].text);
    }
}

static Str job_fault(const Req *q, const ImportJob *j)
{
    if (q->lang == LANG_EN || j->fault.len == 0)
        return j->fault;
    return j->fault_zh.len > 0 ? j->fault_zh : say(q, "error_input_text");
}

/* `tried`: what would happen; NULL: it was not tried. */
static bool show_one(Req *q, const ImportJob *job, const ImportReport *tried, unsigned status,
                     Str fault, GError **error)
{
    View *v = view_new(q->arena);
    view_text(v, "page_title", say(q, "imports_title"));
    view_text(v, "name", job->name);
    view_text(v, "entity_label", label_of(q, job->entity->label));
    view_url(v, "action_url", job_address(q, job->key, ""));
    view_flag(v, "sent", job->now == JOB_SENT);
    view_flag(v, "going", job->now == JOB_GOING);
    view_flag(v, "ended", job->now == JOB_ENDED);
    view_flag(v, "tried", tried != NULL);
    view_int(v, "share", job->share / 10);
    view_text(v, "keep_name", fields_get(&q->form, "keep"));
    if (job->now == JOB_GOING)
        view_url(v, "refresh_url", job_address(q, job->key, ""));
    if (job->now == JOB_ENDED && job->fault.len == 0)
        fill_report(q, v, &job->report);
    if (tried != NULL)
        fill_report(q, v, tried);
    if (job->has_rejected)
        view_url(v, "rejected_url", job_address(q, job->key, "/rejected"));
    if (job->now == JOB_SENT) {
        ImportLook look = {0};
        GError *why = NULL;
        if (import_job_look(q->care, q->session, job, q->arena, &look, &why))
            fill_look(q, v, job, &look);
        else if (!is_told(why)) {
            g_propagate_error(error, why);
            return false;
        } else
            fault = fault_of(q, why);
        if (!fill_profiles(q, v, job, error))
            return false;
    }
    view_text(v, "fault", fault.len > 0 ? fault : job_fault(q, job));
    return page_show(q, VIEW_PAGE_IMPORT, status, v, error);
}

bool import_show(Req *q, GError **error)
{
    ImportJob job;
    RecordKey key;
    return req_key(q, q->arguments[0], &key, error) &&
           import_job_find(q->care, q->session, key, q->arena, &job, error) &&
           show_one(q, &job, NULL, 200, STR(""), error);
}

/* ---- one: what the person says ---- */

static bool use_profile(Req *q, ImportJob *job, GError **error)
{
    Str wanted = fields_get(&q->form, "profile");
    ImportProfile *profiles;
    size_t n;
    if (!import_profiles(q->care, q->session, job->entity, q->arena, &profiles, &n, error))
        return false;
    for (size_t i = 0; wanted.len > 0 && i < n; i++)
        if (str_equal(profiles[i].name, wanted)) {
            job->map = profiles[i].map;
            job->n_map = profiles[i].n_map;
        }
    return true;
}

/* Headers come from the file, never from the form. */
static bool read_columns(Req *q, ImportJob *job, GError **error)
{
    ImportLook look;
    ImportJob plain = *job;
    plain.map = NULL;
    plain.n_map = 0;
    if (!import_job_look(q->care, q->session, &plain, q->arena, &look, error))
        return false;
    for (size_t i = 0; i < look.n_columns; i++)
        look.columns[i].field = fields_get(&q->form, arena_printf(q->arena, "c%zu", i));
    job->map = look.columns;
    job->n_map = look.n_columns;
    Str keep = str_trim(fields_get(&q->form, "keep"));
    return keep.len == 0 || import_profile_keep(q->care, q->session, job->entity, keep, job->map,
                                                job->n_map, q->arena, error);
}

static bool do_one(Req *q, ImportJob *job, ImportReport *tried, bool *ret_started, GError **error)
{
    Str action = fields_get(&q->form, "action");
    *ret_started = false;
    job->sheet = fields_get(&q->form, "sheet");
    if (str_is(action, "look"))
        return use_profile(q, job, error);
    if (!read_columns(q, job, error))
        return false;
    if (str_is(action, "try"))
        return import_job_try(q->care, q->session, job, q->arena, tried, error);
    *ret_started = true;
    return import_job_confirm(q->care, q->session, job, error);
}

bool import_do(Req *q, GError **error)
{
    ImportJob job;
    RecordKey key;
    ImportReport tried = {0};
    GError *why = NULL;
    bool started;
    if (!req_key(q, q->arguments[0], &key, error) ||
        !import_job_find(q->care, q->session, key, q->arena, &job, error))
        return false;
    if (job.now != JOB_SENT)
        return page_redirect(q, job_address(q, job.key, ""));
    if (do_one(q, &job, &tried, &started, &why))
        return started
                   ? page_redirect(q, job_address(q, job.key, ""))
                   : show_one(q, &job, tried.reasons != NULL ? &tried : NULL, 200, STR(""), error);
    if (!is_told(why)) {
        g_propagate_error(error, why);
        return false;
    }
    return show_one(q, &job, NULL, 400, fault_of(q, why), error);
}

bool import_rejected(Req *q, GError **error)
{
    ImportJob job;
    RecordKey key;
    Str bytes;
    if (!req_key(q, q->arguments[0], &key, error) ||
        !import_job_find(q->care, q->session, key, q->arena, &job, error) ||
        !import_job_rejected(q->care, q->session, &job, q->arena, &bytes, error))
        return false;
    bool book = str_ends(job.name, STR(".xlsx"));
    page_answer(q,
                book ? "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
                     : "text/csv; charset=utf-8",
                bytes);
    http_answer_header(q->http, "Content-Disposition",
                       book ? STR("attachment; filename=\"rejected.xlsx\"")
                            : STR("attachment; filename=\"rejected.csv\""));
    return true;
}
