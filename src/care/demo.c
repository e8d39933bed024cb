/* demo.c — the demonstration: binds the profile to the Model and streams made-up records through
 * the one write function in chunks.  Read first: demo_fill(). */
#include "base/clock.h"
#include "base/limits.h"
#include "care/demo_inside.h"

bool demo_flush(Demo *d, GError **error)
{
    static const WriteBy by = {{"demo", 4}, {"demo", 4}};
    if (d->n_waiting == 0)
        return true;
    if (!care_write_chunk(d->care, &by, d->waiting, d->n_waiting, error))
        return false;
    d->n_waiting = 0;
    arena_free(d->arena);
    d->arena = arena_new();
    return true;
}

RecordKey demo_begin(Demo *d, const Entity *e, int32_t region)
{
    d->entity = e;
    d->key = (RecordKey){.county = county_of_place(d->care, region)};
    if (d->failed == NULL)
        (void)care_new_id(d->care, &d->key.id, &d->failed);
    size_t states = e->procedure != NULL ? e->procedure->states->n_codes : 0;
    d->fields = arena_many(d->arena, WriteField, 2 * e->n_fields + states + 4);
    d->n_fields = 0;
    d->since = 0;
    d->region = region;
    return d->key;
}

static WriteField *next_field(Demo *d, const Field *f)
{
    WriteField *x = &d->fields[d->n_fields++];
    *x = (WriteField){.field = f, .until = DATE_MAX};
    x->since = !f->dated ? DATE_MIN : d->since != 0 ? d->since : DEMO_START;
    d->since = 0;
    return x;
}

void demo_since(Demo *d, Date since)
{
    d->since = since;
}

void demo_number(Demo *d, const Field *f, int64_t n)
{
    next_field(d, f)->value = VALUE_NUM(n);
}

void demo_text(Demo *d, const Field *f, const char *format, ...)
{
    char buffer[256];
    va_list args;
    va_start(args, format);
    int n = g_vsnprintf(buffer, sizeof buffer, format, args);
    va_end(args);
    Str text = arena_str(d->arena, (Str){buffer, (size_t)CLAMP(n, 0, (int)sizeof buffer - 1)});
    next_field(d, f)->value = VALUE_TEXT(text);
}

void demo_reference(Demo *d, const Field *f, RecordKey to)
{
    next_field(d, f)->value = VALUE_NUM(to.id);
}

void demo_region(Demo *d, const Field *f, int32_t region)
{
    next_field(d, f)->value = VALUE_TEXT(d->care->regions->code[region]);
}

bool demo_end(Demo *d, GError **error)
{
    if (d->failed != NULL) {
        g_propagate_error(error, g_steal_pointer(&d->failed));
        return false;
    }
    demo_rest_fields(d);
    demo_rest_note(d);
    d->waiting[d->n_waiting++] = (WriteRequest){.kind = WRITE_CREATE,
                                                .entity = d->entity,
                                                .key = d->key,
                                                .expected = -1,
                                                .fields = d->fields,
                                                .n_fields = d->n_fields};
    d->records++;
    return d->n_waiting < LIMIT_IMPORT_CHUNK || demo_flush(d, error);
}

static void no_progress(const char *what, uint64_t at, uint64_t of)
{
    (void)what, (void)at, (void)of;
}

static bool still_empty(Care *c, GError **error)
{
    const Entity *elder = model_entity(c->model, STR("elder"));
    if (elder == NULL)
        return fail(error, FAIL_INPUT, "the documents declare no entity elder");
    g_autoptr(Working) w = NULL;
    if (!working_get(c, &w, error))
        return false;
    if (working_rows(w, elder) > 0)
        return fail(error, FAIL_INPUT,
                    "this database holds people already; make a new one with init");
    return true;
}

bool demo_fill(Care *c, const char *profile, const char *stop_names, unsigned elders, uint64_t seed,
               DemoProgress *progress, DemoReport *ret, GError **error)
{
    if (!care_is_demo(c))
        return fail(
            error, FAIL_INPUT,
            "made-up people go into a demonstration database only; make one with init --demo");
    int64_t start = clock_monotonic_us();
    g_autoptr(Arena) a = arena_new();
    Demo d = {.care = c, .progress = progress != NULL ? progress : no_progress};
    if (!still_empty(c, error) ||
        !demo_profile_read(a, c->regions, profile, stop_names, &d.profile, error) ||
        !demo_names_bind(c->model, &d.names, error))
        return false;
    chance_seed(&d.chance, seed);
    d.arena = arena_new();
    d.waiting = arena_many(a, WriteRequest, LIMIT_IMPORT_CHUNK + 1);
    d.homes = g_array_new(FALSE, FALSE, sizeof(DemoHome));
    d.assessors = g_array_new(FALSE, FALSE, sizeof(DemoAssessor));
    d.sequence = g_new0(uint8_t, 101000);
    demo_rest_begin(&d, seed);
    bool fine = demo_places(&d, error) && demo_people(&d, elders, error) && demo_rest(&d, error) &&
                demo_follow(&d, error) && demo_flush(&d, error);
    demo_rest_end(&d);
    g_array_free(d.homes, TRUE);
    g_array_free(d.assessors, TRUE);
    g_free(d.sequence);
    arena_free(d.arena);
    g_clear_error(&d.failed);
    *ret = (DemoReport){elders, d.records, (double)(clock_monotonic_us() - start) / 1e6};
    return fine;
}
