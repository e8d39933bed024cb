/* main.h — what the command files share: options, output, exit status.
 * Exit status: 0 done, 1 input or rules at fault, 2 wrong usage, 3 the system failed. */
#ifndef ANLAO_MAIN_MAIN_H
#define ANLAO_MAIN_MAIN_H

#include "base/diag.h"
#include "base/fail.h"
#include "care/page_api.h"

#define COMMAND(name, use, does) int command_##name(int argc, char **argv);
#include "main/commands.def"
#undef COMMAND

/* Options every command knows; a command adds its own.  Strings live until the end of the process.
 */
typedef struct Common {
    char *db;         /* --db, default sqlite:anlao.db */
    char *packs;      /* --packs, default <share>/packs */
    bool packs_named; /* given: the documents in force must be these */
    char *as;         /* --as */
    gboolean json;    /* --json */
    char **rest;      /* what is no option; NULL-terminated */
    size_t n_rest;
} Common;

/* Parses; prints the reason and returns false on wrong usage.  `own` may be NULL. */
bool common_parse(Common *c, const char *name, int argc, char **argv, const GOptionEntry *own);
/* Prints "anlao: …" and gives the exit status; takes the error. */
int finish(GError *error);
int wrong_usage(const char *name, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* What is said in Chinese, or in English. */
static inline const char *either(bool english, const char *zh, const char *en)
{
    return english ? en : zh;
}
static inline Str in_words(bool english, Str zh, Str en)
{
    return english ? en : zh;
}
/* `--lang zh|en`; NULL is English. */
bool lang_given(const char *name, const char *lang, bool *ret_english);
/* Prints diagnostics to standard error. */
void print_diags(Diags *ds);
void print_diags_in(Diags *ds, bool english);
void print_out(
    const GString *text); /* to standard output; a closed pipe ends the process quietly */
/* The row of a region by its code; NULL gives ROW_NONE: all that the session sees. */
bool region_given(const Care *care, const char *code, int32_t *ret, GError **error);
bool parse_day(const char *name, const char *text, Date *ret);
bool parse_month(const char *name, const char *text, Month *ret);
/* One line without echo when somebody types, else the first line of standard input; g_free. */
char *password_ask(const char *prompt);
/* The folder that holds packs/ and web/: $ANLAO_HOME, or the parent of the executable's folder. */
const char *share_folder(void);
char *share_path(const char *below); /* g_free */
int suite_of(const char *word);      /* cmd_keys.c: aes, sm4; 0: neither */
bool open_care(const Common *c, bool load, Care **ret, GError **error);
/* By the documents that are stored, whatever folder is named. */
bool open_stored(const Common *c, bool load, Care **ret, GError **error);
/* The two above do so: what opening a database found left out of interrupted imports is told once,
 * to whoever opens it first. */
void say_left_out(Str words);
/* The documents of the folder that hold for the place of the database. */
Model *read_packs(const Common *c, Care *care, Diags *ds, GError **error);
/* "\r42 %  made people 126,000 of 300,000", when standard error is a terminal; `done` ends the
 * line. */
void progress(const char *what, uint64_t at, uint64_t of);
void progress_done(void);

#endif
