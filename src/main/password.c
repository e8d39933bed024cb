/* password.c — a password from who sits there. */
#include "main/main.h"

#include <termios.h>
#include <unistd.h>

/* Without echo when somebody types; the first line of standard input otherwise. */
char *password_ask(const char *prompt)
{
    struct termios old;
    bool typed = isatty(STDIN_FILENO) && tcgetattr(STDIN_FILENO, &old) == 0;
    if (typed) {
        struct termios quiet = old;
        quiet.c_lflag &= ~(tcflag_t)ECHO;
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
        fputs(prompt, stderr);
    }
    char line[512];
    bool got = fgets(line, sizeof line, stdin) != NULL;
    if (typed) {
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &old);
        fputc('\n', stderr);
    }
    return got ? g_strdup(g_strchomp(line)) : g_strdup("");
}
