/* frame.h — messages of the language server protocol in a stream of bytes.
 * In: bytes as they come.  Out: whole messages; what is malformed is skipped and reported, and the
 * next message is read.  Not here: what a message says (server.c).  Start: frames_add(),
 * frames_next(). */
#ifndef ANLAO_AUTHOR_FRAME_H
#define ANLAO_AUTHOR_FRAME_H

#include "base/fail.h"
#include "base/str.h"

typedef struct Frames {
    GString *bytes; /* not taken yet */
    size_t taken;   /* so many of them are the last message */
    size_t skip;    /* of a message that is too long: so many bytes still to pass over */
    bool broken;    /* the stream cannot be followed any further */
} Frames;

Frames *frames_new(void);
void frames_free(Frames *f);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Frames, frames_free)

void frames_add(Frames *f, Str bytes);
/* The next whole message; valid until the next call.  False: none yet, or, with *error, the stream
 * said something that is no message; call again. */
bool frames_next(Frames *f, Str *ret_message, GError **error);
/* "Content-Length: 12\r\n\r\n…" */
void frame_write(Str message, GString *to);

#endif
