/* looks.c — 谁看过: the list a person may be given of who looked at her file; made to be printed.
 */
#include "care/looks.h"
#include "base/clock.h"
#include "page/cells.h"
#include "page/frame.h"
#include "page/pages.h"

#define LOOKS_MOST 1000u /* some forty pages of paper */

bool looks_show(Req *q, GError **error)
{
    const Entity *e = NULL;
    RecordKey key;
    LookLine *lines = NULL;
    size_t n = 0;
    Str title = STR("");
    if (!req_entity(q, q->arguments[0], &e, error) || !req_key(q, q->arguments[1], &key, error) ||
        !record_title(q->care, q->session, e, key, q->arena, &title, error) ||
        !record_lookers(q->care, q->session, e, key, LOOKS_MOST, q->arena, &lines, &n, error))
        return fail_while(error, "showing who looked at a record");
    View *v = view_new(q->arena);
    view_text(v, "page_title", say(q, "looks_title"));
    view_text(v, "title", title);
    view_text(v, "entity_label", label_of(q, e->label));
    view_url(v, "back_url", record_address(q, e, key, ""));
    view_text(v, "made", words_moment(q, clock_now_us()));
    ViewList *list = view_list(v, "lines");
    for (size_t i = 0; i < n; i++) {
        View *to = view_add(list);
        view_text(to, "at", words_moment(q, lines[i].at));
        view_text(to, "actor", words_actor(q, lines[i].actor));
        view_text(to, "what", words_journal(q, lines[i].what));
        view_text(to, "detail", lines[i].detail);
        view_flag(to, "maybe", lines[i].maybe);
    }
    return page_show(q, VIEW_PAGE_LOOKS, 200, v, error);
}
