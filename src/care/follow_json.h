/* follow_json.h — what is to be done as `anlao tasks|procedures|duties|alerts --json` and
 * `anlao draw|exchange due --json` write it:
 * one shape for each book.  Texts in both languages, codes and ISO days; a record by its number,
 * its county and what it is called. */
#ifndef ANLAO_CARE_FOLLOW_JSON_H
#define ANLAO_CARE_FOLLOW_JSON_H

#include "care/follow.h"
#include "format/json.h"

extern const char *const task_state_words[TASK_STATES]; /* establish, overdue, due, later, done */
extern const char *const duty_state_words[DUTY_STATES]; /* overdue, open, done, unrecorded */
/* A state's bit by its word; false: no such word. */
bool task_state_parse(Str word, unsigned *ret_kind);
bool duty_state_parse(Str word, unsigned *ret_kind);

/* Whole documents, to `out`. */
bool task_book_json(Care *c, const Session *s, const TaskBook *b, GString *out, GError **error);
bool procedure_book_json(Care *c, const Session *s, const ProcedureBook *b, GString *out,
                         GError **error);
/* `r`: what recurs beside the duties. */
void duty_book_json(const Care *c, const DutyBook *b, const RecurBook *r, GString *out);
void recur_book_json(const Care *c, const RecurBook *b, GString *out);
bool alert_book_json(Care *c, const Session *s, const AlertBook *b, GString *out, GError **error);

#endif
