/* site_case.h — asking the whole site as a browser would, for site.c and site_money.c. */
#ifndef ANLAO_TESTS_PAGE_SITE_CASE_H
#define ANLAO_TESTS_PAGE_SITE_CASE_H

#include "stand_in.h"

typedef struct Asked {
    const char *method, *target, *token, *origin, *csrf, *lang;
    const char *form; /* without the token */
    const char *type; /* NULL: an ordinary form */
    const char *body; /* as it is, instead of form and token */
} Asked;

typedef struct Answered {
    unsigned status;
    char *body, *location, *cookies, *disposition;
} Answered;

void answered_clear(Answered *a);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Answered, answered_clear)

Answered ask(const Asked *q);
#define ASK(...) ask(&(Asked){__VA_ARGS__})
#define ORIGIN   "http://127.0.0.1:8080"
#define SESSION  "csrf-of-this-session"

/* A token of a role, as the stand-in gives it. */
const char *token_of(const char *role);
char *below(const char *path); /* an address below the stand-in's elder */

void site_forms_tests(void);
void site_money_tests(void);

#endif
