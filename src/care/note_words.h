/* note_words.h — reasons that the program wrote into the journal, in the language of who reads
 * them; what a person wrote is hers and stays as it is.  Start: note_words(). */
#ifndef ANLAO_CARE_NOTE_WORDS_H
#define ANLAO_CARE_NOTE_WORDS_H

#include "care/page_api.h"

/* Accounts and papers are called by their labels.  `zh` and `en` are the same where a person wrote
 * it. */
Label note_words(const Care *c, Str reason, Arena *a);

#endif
