/* warm.c — the working set, decisions and figures that first pages show. */
#include "care/warm.h"

#include "care/decide.h"
#include "care/follow.h"

bool care_warm(Care *c, GError **error)
{
    g_autoptr(Arena) a = arena_new();
    g_autoptr(Working) w = NULL;
    const Session *session;
    TargetFigure *targets;
    size_t n;
    if (!working_get(c, &w, error) || !session_local(c, STR(""), a, &session, error))
        return false;
    Month month = month_of(care_today(c));
    const FollowQuery today = {.region = ROW_NONE, .page_rows = 1};
    TaskBook tasks;
    if (!follow_tasks(c, session, &today, a, &tasks, error))
        return fail_while(error, "making ready");
    for (size_t e = 0; e < c->model->n_entities; e++) {
        g_autoptr(Decided) d = NULL;
        const ListQuery first = {
            .entity = c->model->entities[e], .region = ROW_NONE, .page_rows = 20};
        ListResult list;
        if (!decided_get(c, w, c->model->entities[e], month, &d, error) ||
            !record_list(c, session, &first, a, &list, error))
            return fail_while(error, "making ready");
    }
    for (size_t i = 0; i < c->model->n_documents; i++) {
        DocumentView view;
        if (!document_view(c, session, c->model->documents[i], c->place, month, a, &view, error))
            return fail_while(error, "making ready");
    }
    return figures_targets(c, session, NULL, ROW_NONE, care_today(c), a, &targets, &n, error);
}
