/* server.h — a language server for documents: what an editor asks while somebody writes.
 * In: messages of the language server protocol.  Out: answers, and diagnoses of the whole stack of
 * packs around the open documents, whose unsaved texts stand for their files.
 * Not here: the stream (frame.h), standard input and output (main/cmd_lsp.c).
 * Start: server_new(), server_message(), server_idle(). */
#ifndef ANLAO_AUTHOR_SERVER_H
#define ANLAO_AUTHOR_SERVER_H

#include "base/fail.h"
#include "base/str.h"

typedef struct Server Server;

/* `packs`: the folder of documents unless the editor names one; NULL: only what is open is read,
 * and no file is. */
Server *server_new(const char *packs);
void server_free(Server *s);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Server, server_free)

/* Takes one message and appends what is to be sent, in frames. */
void server_message(Server *s, Str message, GString *to);
/* A part of the stream that was no message. */
void server_malformed(Server *s, const char *why, GString *to);
/* Nothing more is waiting: diagnoses that are due are appended. */
void server_idle(Server *s, GString *to);
/* Whether the editor has said goodbye; *ret_status 0 after a proper shutdown. */
bool server_ended(const Server *s, int *ret_status);

#endif
