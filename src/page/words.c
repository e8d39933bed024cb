/* words.c — see words.h. */
#include "page/words.h"

#include "base/clock.h"
#include "base/identifier.h"

static Str kept(const Req *q, const char *text)
{
    size_t n = strlen(text);
    return (Str){arena_dup(q->arena, text, n), n};
}

Str words_money(const Req *q, int64_t fen)
{
    char text[DECIMAL_TEXT];
    return say_name(q, "money_yuan", kept(q, money_format(fen, text)));
}

/* 1934000 → 1,934,000 */
static Str cut_thousands(const Req *q, const char *digits)
{
    g_autoptr(GString) to = g_string_new(NULL);
    size_t sign = digits[0] == '-' ? 1 : 0, whole = strcspn(digits, ".");
    for (size_t i = 0; digits[i] != '\0'; i++) {
        if (i > sign && i < whole && (whole - i) % 3 == 0)
            g_string_append_c(to, ',');
        g_string_append_c(to, digits[i]);
    }
    return kept(q, to->str);
}

Str words_count(const Req *q, uint64_t n)
{
    char text[DECIMAL_TEXT];
    g_snprintf(text, sizeof text, "%" G_GUINT64_FORMAT, n);
    return cut_thousands(q, text);
}

Str words_date(const Req *q, Date day)
{
    char text[DATE_TEXT];
    return day <= DATE_MIN || day >= DATE_MAX ? STR("") : kept(q, date_format(day, text));
}

Str words_month(const Req *q, Month month)
{
    Ymd d = date_ymd(month_first(month));
    static const char *const names[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    if (q->lang == LANG_EN)
        return str_of(arena_printf(q->arena, "%s %d", names[d.month - 1], d.year));
    return str_of(arena_printf(q->arena, "%d年%d月", d.year, d.month));
}

Str words_moment(const Req *q, int64_t at_us)
{
    char text[MOMENT_TEXT];
    moment_format(at_us, text);
    text[16] = '\0'; /* without seconds */
    return kept(q, text);
}

Str words_number(const Req *q, const Type *type, int64_t value)
{
    char text[DECIMAL_TEXT];
    bool share = type->kind == KIND_SHARE;
    uint8_t scale = MIN(type->scale, (uint8_t)DECIMAL_SCALE_MAX);
    if (share)
        scale = scale >= 2 ? (uint8_t)(scale - 2) : 0;
    decimal_format((Decimal){value, scale}, text);
    if (share) {
        char *dot = strchr(text, '.');
        if (dot != NULL && strlen(dot) > 2)
            dot[2] = '\0'; /* one decimal of a per cent is enough to read */
        if (dot != NULL && dot[1] == '0' && dot[2] == '\0')
            *dot = '\0';
        return str_of(arena_printf(q->arena, "%s%%", text));
    }
    return cut_thousands(q, text);
}

Str words_plain(const Req *q, const Type *type, int64_t value)
{
    char text[DECIMAL_TEXT];
    uint8_t scale = MIN(type->scale, (uint8_t)DECIMAL_SCALE_MAX);
    if (type->kind == KIND_SHARE)
        scale = scale >= 2 ? (uint8_t)(scale - 2) : 0;
    return kept(q, decimal_format((Decimal){value, scale}, text));
}

Str words_per_cent(const Req *q, int64_t part, int64_t whole)
{
    if (whole <= 0)
        return STR("—");
    return str_of(arena_printf(q->arena, "%" G_GINT64_FORMAT "%%", part * 100 / whole));
}

/* ---- truths ---- */

static const struct {
    const char *word, *mark, *class, *key;
} truths[] = {
    [TRUTH_NO] = {"no", "✗", "no", KEY("outcome_no")},
    [TRUTH_UNKNOWN] = {"unknown", "?", "unknown", KEY("outcome_unknown")},
    [TRUTH_PERSON] = {"judgement", "☐", "person", KEY("outcome_judgement")},
    [TRUTH_YES] = {"yes", "✓", "yes", KEY("outcome_yes")},
};

Str words_outcome(const Req *q, Truth t)
{
    return say(q, truths[t].key);
}

Str words_check(const Req *q, Truth t)
{
    static const char *const checks[] = {
        [TRUTH_NO] = KEY("check_no"),
        [TRUTH_UNKNOWN] = KEY("check_unknown"),
        [TRUTH_PERSON] = KEY("outcome_judgement"),
        [TRUTH_YES] = KEY("check_yes"),
    };
    return say(q, checks[t]);
}

const char *words_mark(Truth t)
{
    return truths[t].mark;
}

const char *words_class(Truth t)
{
    return truths[t].class;
}

bool words_outcome_parse(Str text, Truth *ret)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(truths); i++)
        if (str_is(text, truths[i].word)) {
            *ret = (Truth)i;
            return true;
        }
    return false;
}

/* ---- keys ---- */

Str key_text(const Req *q, RecordKey key)
{
    char id[ID_TEXT];
    return str_of(arena_printf(q->arena, "%d-%s", key.county, id_format(key.id, id)));
}

bool key_parse(Str text, RecordKey *ret)
{
    Str rest = text, county = str_cut(&rest, '-');
    RecordKey key = {0, 0};
    if (county.len == 0 || county.len > 9)
        return false;
    for (size_t i = 0; i < county.len; i++) {
        if (!g_ascii_isdigit(county.at[i]))
            return false;
        key.county = key.county * 10 + (county.at[i] - '0');
    }
    if (!id_parse(rest, &key.id))
        return false;
    *ret = key;
    return true;
}

Str words_journal(const Req *q, Str word)
{
    static const struct {
        const char *word, *key;
    } known[] = {
        {"create", KEY("journal_create")},   {"change", KEY("journal_change")},
        {"correct", KEY("journal_correct")}, {"end", KEY("journal_end")},
        {"note", KEY("journal_note")},       {"account", KEY("journal_account")},
        {"web", KEY("journal_web")},         {"demo", KEY("journal_demo")},
        {"import", KEY("journal_import")},   {"issue", KEY("journal_issue")},
        {"look", KEY("look_file")},          {"history", KEY("look_history")},
        {"reveal", KEY("look_reveal")},      {"export", KEY("look_export")},
        {"reseal", KEY("journal_reseal")},   {"erase", KEY("journal_erase")},
        {"apart", KEY("journal_apart")},     {"merge", KEY("journal_merge")},
        {"propose", KEY("journal_propose")}, {"move", KEY("journal_move")},
        {"arrive", KEY("journal_arrive")},   {"leave", KEY("journal_leave")},
        {"revive", KEY("journal_revive")},   {"file", KEY("journal_file")},
        {"consent", KEY("journal_consent")}, {"ledger", KEY("journal_ledger")},
        {"batch", KEY("journal_batch")},     {"paper", KEY("look_paper")},
        {"taken", KEY("look_taken")},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(known); i++)
        if (str_is(word, known[i].word))
            return say(q, known[i].key);
    return str_starts(word, STR("cli")) ? say(q, "journal_cli") : word;
}

Str words_actor(const Req *q, Str actor)
{
    Str user = actor;
    if (!str_starts(actor, STR("local:"))) {
        Str person = session_person(q->care, actor, q->arena);
        return person.len == 0 || str_equal(person, actor)
                   ? actor
                   : str_of(arena_printf(q->arena, "%.*s · %.*s", STR_ARG(person), STR_ARG(actor)));
    }
    str_cut(&user, ':');
    Str way = say(q, "journal_cli");
    return str_of(arena_printf(q->arena, "%.*s %.*s", STR_ARG(way), STR_ARG(user)));
}
