/* rights.c — rights.def as a table, and the posts that documents declare beside it: which role may
 * do what, and with which registers.  In: the Model in force.  Out: RoleFacts, answers about a
 * session. Read first: roles_in_force(), session_sees(). */
#include "care/inside.h"
#include "care/texts.h"

const RoleFacts role_facts[] = {
#define ROLE(name, word, zh, en, level, rights) {word, zh, en, level, rights, NULL},
#include "care/rights.def"
#undef ROLE
};
const size_t n_role_facts = G_N_ELEMENTS(role_facts);

G_STATIC_ASSERT(RIGHT_BITS < 30); /* below MAY_PUBLIC */

/* All of them; nothing asked for is nothing allowed: a route or a function that forgot to name its
 * right stays closed. */
bool session_may(const Session *s, unsigned rights)
{
    if (s == NULL || s->role == NULL || rights == MAY_NOTHING)
        return false;
    rights &= ~(unsigned)MAY_PUBLIC;
    return (s->role->rights & rights) == rights;
}

/* ---- posts of the documents */

static bool same_word(const RoleFacts *r, Str word)
{
    return str_is(word, r->word);
}

/* The level of regions the post is for, "facility" or "consent" inside one; NULL: no account can
 * hold it. */
static const char *post_level(const Role *r, Arena *a)
{
    if (r->level != NULL)
        return arena_printf(a, "%.*s", STR_ARG(r->level->name));
    if (r->within != NULL && str_is(r->within->name, "consent"))
        return "consent"; /* one person's family: consent.h */
    return r->within != NULL && str_is(r->within->name, "facility") ? "facility" : NULL;
}

/* What a declaration gives nothing of, its post may not even try. */
static unsigned post_rights(const Role *r)
{
    return MAY_POLICY_READ | (r->n_sees > 0 ? MAY_PERSON_READ : 0u) |
           (r->n_writes > 0 ? MAY_PERSON_WRITE : 0u) | (r->n_reveals > 0 ? MAY_REVEAL : 0u);
}

/* clerk, town …: rights.def says what these may. */
static bool is_ours(Str word)
{
    for (size_t k = 0; k < n_role_facts; k++)
        if (same_word(&role_facts[k], word))
            return true;
    return false;
}

static size_t posts_add(Care *c, bool later, RoleFacts *list, size_t n)
{
    const Model *m = c->model;
    for (size_t i = 0; i < m->n_roles; i++) {
        const Role *r = m->roles[i];
        const char *level = post_level(r, c->arena);
        if (is_ours(r->name) || level == NULL || (r->wording.version > 0) != later)
            continue;
        list[n++] = (RoleFacts){arena_printf(c->arena, "%.*s", STR_ARG(r->name)),
                                arena_printf(c->arena, "%.*s", STR_ARG(r->label.zh)),
                                arena_printf(c->arena, "%.*s", STR_ARG(r->label.en)),
                                level,
                                post_rights(r),
                                r};
    }
    return n;
}

void roles_in_force(Care *c)
{
    CareInside *in = care_inside(c);
    RoleFacts *list = arena_many(c->arena, RoleFacts, n_role_facts + c->model->n_roles + 1);
    memcpy(list, role_facts, n_role_facts * sizeof *list);
    in->n_roles = posts_add(c, false, list, n_role_facts);
    in->n_role_texts = posts_add(c, true, list, in->n_roles);
    in->roles = list;
}

size_t care_roles(const Care *c, const RoleFacts **ret)
{
    const CareInside *in = (const CareInside *)c;
    *ret = in->roles;
    return in->n_roles;
}

const RoleFacts *care_role(const Care *c, Str word)
{
    const RoleFacts *list;
    size_t n = care_roles(c, &list);
    for (size_t i = 0; i < n; i++)
        if (same_word(&list[i], word))
            return &list[i];
    return NULL;
}

const RoleFacts *care_role_held(const Care *c, Str word, int32_t region)
{
    const CareInside *in = (const CareInside *)c;
    for (size_t i = 0; i < in->n_role_texts; i++) {
        const RoleFacts *r = &in->roles[i];
        if (same_word(r, word) &&
            (r->post == NULL || text_in_force(c, &r->post->wording, &r->post->home, region)))
            return r;
    }
    return NULL;
}

bool role_ended(const Care *c, const RoleFacts *r)
{
    return care_role_held(c, str_of(r->word), c->place) == NULL;
}

/* ---- which registers */

static bool among(const Entity *const *list, size_t n, const Entity *e)
{
    for (size_t i = 0; i < n; i++)
        if (list[i] == e)
            return true;
    return false;
}

bool session_sees(const Session *s, const Entity *e)
{
    const Role *post = s != NULL && s->role != NULL ? s->role->post : NULL;
    return session_may(s, MAY_PERSON_READ) && (post == NULL || among(post->sees, post->n_sees, e));
}

bool session_writes(const Session *s, const Entity *e)
{
    const Role *post = s != NULL && s->role != NULL ? s->role->post : NULL;
    return session_may(s, MAY_PERSON_WRITE) &&
           (post == NULL || among(post->writes, post->n_writes, e));
}

bool session_reveals(const Session *s, const Field *f)
{
    const Role *post = s != NULL && s->role != NULL ? s->role->post : NULL;
    if (!session_may(s, MAY_REVEAL) || !session_sees(s, f->entity))
        return false;
    for (size_t i = 0; post != NULL && i < post->n_reveals; i++)
        if (post->reveals[i] == f)
            return true;
    return post == NULL;
}
