/* main.c — one program, many commands: finds the command, parses what all commands share.
 * In: the command line.  Out: an exit status (commands.md).  Each command has its own file. */
#include "main/main.h"

#include "base/arena.h"
#include "base/chinese.h"
#include "base/crypto.h"

#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

typedef struct Command {
    const char *name, *use, *does;
    int (*run)(int argc, char **argv);
} Command;

static const Command commands[] = {
#define COMMAND(name, use, does) {#name, use, does, command_##name},
#include "main/commands.def"
#undef COMMAND
};

static const char *executable_folder;

static void print_help(FILE *to)
{
    fprintf(to, "usage: anlao COMMAND …\n\n");
    for (size_t i = 0; i < G_N_ELEMENTS(commands); i++)
        fprintf(to, "  anlao %-8s %s\n                 %s\n", commands[i].name, commands[i].use,
                commands[i].does);
    fprintf(to, "\nall commands: --db sqlite:PATH (default sqlite:anlao.db) or --db "
                "postgresql://USER@HOST/DATABASE, --packs FOLDER, --as USER, --json\n");
}

static const char *command_use(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(commands); i++)
        if (strcmp(commands[i].name, name) == 0)
            return commands[i].use;
    return "";
}

/* What the options were given: commands hold it for as long as they run, and free none of it; it is
 * given back behind them. */
static GPtrArray *given_words, *given_lists;

/* Two options may write to one place. */
static void keep_once(GPtrArray *all, void *given)
{
    if (given != NULL && !g_ptr_array_find(all, given, NULL))
        g_ptr_array_add(all, given);
}

static void keep_given(const GOptionEntry *all)
{
    for (const GOptionEntry *e = all; e != NULL && e->long_name != NULL; e++) {
        if (e->arg == G_OPTION_ARG_STRING || e->arg == G_OPTION_ARG_FILENAME)
            keep_once(given_words, *(char **)e->arg_data);
        if (e->arg == G_OPTION_ARG_STRING_ARRAY || e->arg == G_OPTION_ARG_FILENAME_ARRAY)
            keep_once(given_lists, *(char ***)e->arg_data);
    }
}

static void free_list(gpointer list)
{
    g_strfreev(list);
}

static int run(const Command *command, int argc, char **argv)
{
    given_words = g_ptr_array_new_with_free_func(g_free);
    given_lists = g_ptr_array_new_with_free_func(free_list);
    int status = command->run(argc, argv);
    g_ptr_array_unref(given_words);
    g_ptr_array_unref(given_lists);
    return status;
}

bool common_parse(Common *c, const char *name, int argc, char **argv, const GOptionEntry *own)
{
    *c = (Common){0};
    const GOptionEntry shared[] = {
        {"db", 0, 0, G_OPTION_ARG_STRING, &c->db, "database", "sqlite:PATH or postgresql://…"},
        {"packs", 0, 0, G_OPTION_ARG_FILENAME, &c->packs, "folder of documents", "FOLDER"},
        {"as", 0, 0, G_OPTION_ARG_STRING, &c->as, "account in whose name", "USER"},
        {"json", 0, 0, G_OPTION_ARG_NONE, &c->json, "one JSON document on standard output", NULL},
        {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &c->rest, NULL, NULL},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    g_autofree char *parameters = g_strdup_printf("%s %s", name, command_use(name));
    GOptionContext *context = g_option_context_new(parameters);
    g_option_context_add_main_entries(context, shared, NULL);
    if (own != NULL)
        g_option_context_add_main_entries(context, own, NULL);
    GError *error = NULL;
    bool fine = g_option_context_parse(context, &argc, &argv, &error);
    g_option_context_free(context);
    if (!fine) {
        wrong_usage(name, "%s", error->message);
        g_error_free(error);
        return false;
    }
    c->n_rest = c->rest != NULL ? g_strv_length(c->rest) : 0;
    if (c->db == NULL)
        c->db = g_strdup("sqlite:anlao.db");
    c->packs_named = c->packs != NULL;
    if (c->packs == NULL)
        c->packs = share_path("packs");
    keep_given(shared);
    keep_given(own);
    return true;
}

int wrong_usage(const char *name, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *why = g_strdup_vprintf(format, args);
    va_end(args);
    message_cut(why);
    fprintf(stderr, "anlao %s: %s\nusage: anlao %s %s\n", name, why, name, command_use(name));
    return 2;
}

int finish(GError *error)
{
    if (error == NULL)
        return 0;
    message_cut(error->message);
    fprintf(stderr, "anlao: %s\n", error->message);
    int status = fail_exit_status(error);
    g_error_free(error);
    return status;
}

bool lang_given(const char *name, const char *lang, bool *ret_english)
{
    *ret_english = lang == NULL || strcmp(lang, "en") == 0;
    if (*ret_english || strcmp(lang, "zh") == 0)
        return true;
    wrong_usage(name, "--lang is zh or en");
    return false;
}

void print_diags_in(Diags *ds, bool english)
{
    diags_sort(ds);
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < ds->list->len; i++)
        (english ? diag_print : diag_print_chinese)(ds->list->pdata[i], text);
    fputs(text->str, stderr);
}

void print_diags(Diags *ds)
{
    print_diags_in(ds, true);
}

void print_out(const GString *text)
{
    fwrite(text->str, 1, text->len, stdout);
    fflush(stdout);
}

bool parse_day(const char *name, const char *text, Date *ret)
{
    if (text != NULL && date_parse(str_of(text), ret))
        return true;
    if (text == NULL)
        wrong_usage(name, "needs a day, as --on 2020-12-31");
    else
        wrong_usage(name, "\"%s\" is no day; write it as 2020-12-31", text);
    return false;
}

bool region_given(const Care *care, const char *code, int32_t *ret, GError **error)
{
    const RegionTree *t = care_regions(care);
    *ret = ROW_NONE;
    if (code == NULL)
        return true;
    for (size_t i = 0; i < t->n; i++)
        if (str_is(t->code[i], code)) {
            *ret = (int32_t)i;
            return true;
        }
    return fail(error, FAIL_INPUT, "there is no region \"%s\"; give its code, as in figures", code);
}

bool parse_month(const char *name, const char *text, Month *ret)
{
    if (text != NULL && month_parse(str_of(text), ret))
        return true;
    wrong_usage(name, "\"%s\" is no month; write it as 2020-06", text != NULL ? text : "");
    return false;
}

const char *share_folder(void)
{
    static char *folder;
    if (folder == NULL) {
        const char *home = g_getenv("ANLAO_HOME");
        folder = home != NULL ? g_strdup(home) : g_path_get_dirname(executable_folder);
    }
    return folder;
}

char *share_path(const char *below)
{
    return g_build_filename(share_folder(), below, NULL);
}

void say_left_out(Str words)
{
    if (words.len > 0)
        fprintf(stderr, "note: %.*s\n", STR_ARG(words));
}

static bool open_and_say(const CareOptions *o, Care **ret, GError **error)
{
    if (!care_open(o, ret, error))
        return false;
    say_left_out(care_left_out(*ret));
    return true;
}

bool open_care(const Common *c, bool load, Care **ret, GError **error)
{
    CareOptions o = {.uri = c->db, .packs = c->packs_named ? c->packs : NULL, .load = load};
    return open_and_say(&o, ret, error);
}

bool open_stored(const Common *c, bool load, Care **ret, GError **error)
{
    CareOptions o = {.uri = c->db, .load = load};
    return open_and_say(&o, ret, error);
}

void progress(const char *what, uint64_t at, uint64_t of)
{
    static int64_t shown;
    int64_t now = g_get_monotonic_time();
    if (!isatty(STDERR_FILENO) || of == 0 || (now - shown < 100000 && at < of))
        return;
    shown = now;
    fprintf(stderr, "\r%3d %%  %s: %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT "\033[K",
            (int)(at * 100 / of), what, at, of);
}

void progress_done(void)
{
    if (isatty(STDERR_FILENO))
        fprintf(stderr, "\r\033[K");
}

static char *find_executable_folder(const char *argv0)
{
    g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
    if (self != NULL)
        return g_path_get_dirname(self);
    g_autofree char *absolute = g_canonicalize_filename(argv0, NULL);
    return g_path_get_dirname(absolute);
}

/* GLib stops a process that has no memory left by a trap, libraries and checks of our own by
 * aborting: either way the user is told, and whoever started us gets 3. */
static void on_stop(int number)
{
    static const char message[] =
        "anlao: error: the program stopped itself, see above; nothing that "
        "was acknowledged is lost\n";
    if (number == SIGTRAP)
        out_of_memory();
    ssize_t written = write(STDERR_FILENO, message, sizeof(message) - 1);
    (void)written;
    _exit(3);
}

/* Where GLib has no memory while it holds a lock of its own, its way of saying so takes that lock
 * again and waits for ever. */
static void on_message(const char *domain, GLogLevelFlags level, const char *text, void *unused)
{
    if ((level & G_LOG_LEVEL_ERROR) != 0 && strstr(text, "failed to allocate") != NULL)
        out_of_memory();
    g_log_default_handler(domain, level, text, unused);
}

static void watch_stops(void)
{
    const struct sigaction act = {.sa_handler = on_stop};
    sigaction(SIGTRAP, &act, NULL);
    sigaction(SIGABRT, &act, NULL);
    g_log_set_default_handler(on_message, NULL);
    signal(SIGXFSZ, SIG_IGN); /* a file that may not grow is an error of the write */
}

int main(int argc, char **argv)
{
    watch_stops();
    crypto_begin();
    executable_folder = find_executable_folder(argv[0]);
    (void)setlocale(LC_CTYPE, "C.UTF-8"); /* names on the command line are Chinese everywhere */
    if (argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
        print_help(argc < 2 ? stderr : stdout);
        return argc < 2 ? 2 : 0;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(commands); i++)
        if (strcmp(commands[i].name, argv[1]) == 0)
            return run(&commands[i], argc - 1, argv + 1);
    message_cut(argv[1]);
    fprintf(stderr, "anlao: there is no command \"%s\"\n", argv[1]);
    print_help(stderr);
    return 2;
}
