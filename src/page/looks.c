/* looks.c — 谁看过: the list a person may be given of who looked at her file; made to be printed.
 */
#include "care/looks.h"
#include "base/clock.h"
#include "page/cells.h"
#include "page/frame.h"
#include "page/pages.h"

#define LOOKS_MOST 1000u /* some forty pages of paper */

/* How many records an export held, and which numbers in full: the journal has it in words of its
 * own (care/export.c). */
static Str export_words(const Req *q, const Entity *e, Str note)
{
    g_autoptr(GString) to = g_string_new(NULL);
    Str count = note;
    str_cut(&count, ' ');
    count = str_cut(&count, ' ');
    Str head = say_name(q, "looks_export", count);
    g_string_append_len(to, head.at, (gssize)head.len);
    ssize_t full = str_find(note, STR("; in full:"));
    Str names = full < 0 ? STR("") : (Str){note.at + full + 10, note.len - (size_t)full - 10};
    Str why = names;
    names = str_cut(&why, ';');
    for (bool first = true; names.len > 0; first = false) {
        Str name = str_trim(str_cut(&names, ','));
        Str label = name;
        for (size_t i = 0; i < e->n_fields; i++)
            if (str_equal(e->fields[i]->name, name))
                label = label_of(q, e->fields[i]->label);
        Str says = first ? say(q, "looks_in_full") : STR("");
        g_string_append_printf(to, "%.*s%s%.*s", STR_ARG(says), first ? " " : ", ", STR_ARG(label));
    }
    why = str_trim(why);
    if (why.len > 0)
        g_string_append_printf(to, " · %.*s", STR_ARG(why));
    return arena_str(q->arena, (Str){to->str, to->len});
}

bool looks_show(Req *q, GError **error)
{
    const Entity *e = NULL;
    RecordKey key;
    LookLine *lines = NULL;
    size_t n = 0;
    Str title = STR("");
    if (!req_entity(q, q->arguments[0], &e, error) || !req_key(q, q->arguments[1], &key, error) ||
        !record_title(q->care, q->session, e, key, q->arena, &title, error) ||
        !record_lookers(q->care, q->session, e, key, LOOKS_MOST + 1, q->arena, &lines, &n, error))
        return fail_while(error, "showing who looked at a record");
    View *v = view_new(q->arena);
    view_text(v, "page_title", say(q, "looks_title"));
    view_text(v, "title", title);
    view_text(v, "entity_label", label_of(q, e->label));
    view_url(v, "back_url", record_address(q, e, key, ""));
    view_text(v, "made", words_moment(q, clock_now_us()));
    view_flag(v, "more", n > LOOKS_MOST); /* a list that is given to a person says what it lacks */
    ViewList *list = view_list(v, "lines");
    for (size_t i = 0; i < MIN(n, LOOKS_MOST); i++) {
        View *to = view_add(list);
        view_text(to, "at", words_moment(q, lines[i].at));
        view_text(to, "actor", words_actor(q, lines[i].actor));
        view_text(to, "what", words_journal(q, lines[i].what));
        bool export = lines[i].maybe && str_starts(lines[i].detail.en, STR("exported "));
        view_text(to, "detail",
                  export ? export_words(q, e, lines[i].detail.en) : label_of(q, lines[i].detail));
        view_flag(to, "maybe", lines[i].maybe);
    }
    return page_show(q, VIEW_PAGE_LOOKS, 200, v, error);
}
