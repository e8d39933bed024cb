/* fail.c — setting and reading errors. */
#include "base/fail.h"

#include <string.h>

#include "base/limits.h"

typedef struct FailWordsPrivate { /* of each error of the domain; GLib asks for the name */
    char *zh;
} FailWordsPrivate;

static void fail_words_private_init(FailWordsPrivate *w)
{
    w->zh = NULL;
}

static void fail_words_private_copy(const FailWordsPrivate *from, FailWordsPrivate *to)
{
    to->zh = g_strdup(from->zh);
}

static void fail_words_private_clear(FailWordsPrivate *w)
{
    g_free(w->zh);
}

GQuark fail_words_quark(void);
G_DEFINE_EXTENDED_ERROR(FailWords, fail_words)

GQuark fail_domain(void)
{
    return fail_words_quark();
}

static bool inside_character(char ch)
{
    return ((unsigned char)ch & 0xc0) == 0x80;
}

/* Its end says what was expected, as often as its beginning what was wrong. */
void message_cut(char *text)
{
    static const char gap[] = " … ";
    const size_t length = strlen(text), kept = LIMIT_MESSAGE - strlen(gap);
    size_t head = kept - kept / 3, tail = length - kept / 3;
    if (length <= LIMIT_MESSAGE)
        return;
    while (head > 0 && inside_character(text[head]))
        head--;
    while (inside_character(text[tail]))
        tail++;
    memcpy(text + head, gap, strlen(gap));
    memmove(text + head + strlen(gap), text + tail, length - tail + 1);
}

bool fail(GError **error, FailCode code, const char *format, ...)
{
    if (error == NULL)
        return false;
    va_list args;
    va_start(args, format);
    *error = g_error_new_valist(FAIL_DOMAIN, (gint)code, format, args);
    va_end(args);
    message_cut((*error)->message);
    return false;
}

bool fail_while(GError **error, const char *format, ...)
{
    if (error == NULL || *error == NULL)
        return false;
    va_list args;
    va_start(args, format);
    g_autofree char *what = g_strdup_vprintf(format, args);
    va_end(args);
    g_prefix_error(error, "%s: ", what);
    message_cut((*error)->message);
    return false;
}

bool fail_zh(GError **error, const char *format, ...)
{
    if (error == NULL || *error == NULL || (*error)->domain != FAIL_DOMAIN)
        return false;
    FailWordsPrivate *w = fail_words_get_private(*error);
    va_list args;
    va_start(args, format);
    g_free(w->zh);
    w->zh = g_strdup_vprintf(format, args);
    va_end(args);
    message_cut(w->zh);
    return false;
}

const char *fail_in_chinese(const GError *error)
{
    return error != NULL && error->domain == FAIL_DOMAIN ? fail_words_get_private(error)->zh : NULL;
}

int fail_exit_status(const GError *error)
{
    if (error == NULL)
        return 0;
    if (error->domain == G_OPTION_ERROR)
        return 2;
    if (error->domain != FAIL_DOMAIN)
        return 3;
    switch ((FailCode)error->code) {
    case FAIL_USAGE:
        return 2;
    case FAIL_SYSTEM:
    case FAIL_BUSY:
        return 3;
    case FAIL_INPUT:
    case FAIL_RIGHT:
    case FAIL_ABSENT:
    case FAIL_CONFLICT:
        return 1;
    }
    return 3;
}
