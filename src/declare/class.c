/* class.c — see model_follow.h: by what the interval of a task is looked up. */
#include "declare/model.h"

const Expr *task_class(const Task *t)
{
    const Expr *e = t->every;
    for (size_t i = 0; e != NULL && e->kind == EXPR_PARAM && i < e->n_args; i++)
        if (e->args[i]->type.kind == KIND_ENUM)
            return e->args[i];
    return NULL;
}
