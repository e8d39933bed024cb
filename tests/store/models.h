/* models.h — the fixture's Model declared otherwise, and migrations to it. */
#ifndef TESTS_STORE_MODELS_H
#define TESTS_STORE_MODELS_H

#include "fixture.h"
#include "store/migrate.h"

/* A Model of its own, to be changed and then sealed; the policy makes its documents others. */
Model *model_fresh(Fixture *f, uint8_t policy);
void model_sealed(Model *m);
Entity *entity_of(Model *m, const char *name);
Field *field_in(Model *m, const char *entity, const char *name);
void field_drop(Model *m, const char *entity, const char *name);
Field *field_more(Model *m, const char *entity, const char *name, Kind kind);
Entity *entity_more(Model *m, const char *name); /* with a text "name" */
void entity_drop(Model *m, const char *name);
void code_drop(Model *m, const char *name, const char *code);

/* The store is closed; it is the fixture's Model from then on, and opened when it went well. */
bool migrate_to(Fixture *f, Model *m, const char *reason, Migration *ret, GError **error);
void migrated_to(Fixture *f, Model *m, const char *reason); /* went well; verified */
/* Refused with these words, and nothing is changed. */
void migrate_refused(Fixture *f, Model *m, const char *reason, const char *words);

/* A Model and the fixture's lead to each other with everything a migration can do. */
Model *model_other(Fixture *f, uint8_t policy);
bool migrate_closed(Fixture *f, const Model *m, GError **error); /* the store is closed */
/* Which of the two the database is of, and of no other; it is verified, and closed again. */
const Model *state_of(Fixture *f, const Model *one, const Model *two);
void elders(Fixture *f, size_t n);

#endif
