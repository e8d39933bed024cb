/* beat.h — something done again and again beside everything else, and once more at the end. */
#ifndef ANLAO_CARE_BEAT_H
#define ANLAO_CARE_BEAT_H

#include "base/fail.h"

typedef struct Beat Beat;
typedef bool (*BeatEach)(void *with, GError **error);
/* Told of each failure, on the thread of the beat; the next turn comes all the same. */
typedef void (*BeatFailed)(void *with, const GError *why);

Beat *beat_new(const char *name, unsigned seconds, BeatEach each, BeatFailed failed, void *with);
void beat_free(Beat *b); /* waits for the last turn; NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Beat, beat_free)

#endif
