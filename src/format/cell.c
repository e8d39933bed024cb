/* cell.c — one reader per kind; what is wrong is said in both languages. */
#include "format/cell.h"

#include "base/identifier.h"
#include "data/point.h"
#include "format/spoiled.h"

#define FOLDED 96 /* no number, date or code list of people is longer; longer ones are refused */
#define SHOWN  24 /* characters of the cell a message repeats */

/* One cell on its way: its type, what it says, where messages live. */
typedef struct Reading {
    const CellType *t;
    Str raw;  /* trimmed */
    Str text; /* and folded: full-width digits and signs are plain ones */
    Arena *a;
    CellFault *fault;
} Reading;

/* ---- faults */

static bool wrong(const Reading *r, const char *zh, const char *en)
{
    *r->fault = (CellFault){zh, en};
    return false;
}

static Str shown(Str s)
{
    Str rest = s;

    for (size_t i = 0; i < SHOWN && rest.len > 0; i++)
        str_utf8_next(&rest);
    return (Str){s.at, s.len - rest.len};
}

/* The message with the text in question in its middle. */
static bool wrong_text(const Reading *r, Str s, const char *const zh[2], const char *const en[2])
{
    Str some = shown(s);

    return wrong(r, arena_printf(r->a, "%s%.*s%s", zh[0], STR_ARG(some), zh[1]),
                 arena_printf(r->a, "%s%.*s%s", en[0], STR_ARG(some), en[1]));
}

static bool wrong_rounded(const Reading *r)
{
    return wrong(r, "电子表格已把长号码变成了近似数，末几位已丢失；请把该列设为文本后重新填写",
                 "a spreadsheet has rounded this long number and lost its last digits; format the "
                 "column as text and enter it again");
}

/* ---- text helpers */

static bool take(Str *s, const char *piece)
{
    if (!str_starts(*s, str_of(piece)))
        return false;
    s->at += strlen(piece);
    s->len -= strlen(piece);
    return true;
}

static bool drop_end(Str *s, const char *const *units)
{
    for (size_t i = 0; units[i] != NULL; i++) {
        if (str_ends(*s, str_of(units[i]))) {
            *s = str_trim((Str){s->at, s->len - strlen(units[i])});
            return true;
        }
    }
    return false;
}

static void take_blanks(Str *s)
{
    while (take(s, " "))
        continue;
}

/* Between `least` and `most` digits, as a number. */
static bool take_digits(Str *s, size_t least, size_t most, int *ret)
{
    size_t n = 0;
    int v = 0;

    while (n < s->len && n < most && g_ascii_isdigit(s->at[n]))
        v = v * 10 + (s->at[n++] - '0');
    if (n < least)
        return false;
    s->at += n;
    s->len -= n;
    *ret = v;
    return true;
}

static bool all_digits(Str s)
{
    for (size_t i = 0; i < s.len; i++) {
        if (!g_ascii_isdigit(s.at[i]))
            return false;
    }
    return s.len > 0;
}

/* Full-width forms (U+FF01..FF5E) and the full-width blank become ASCII.  False: too long. */
static bool fold(Str s, char to[FOLDED], Str *ret)
{
    size_t n = 0;

    for (Str rest = s; rest.len > 0;) {
        Str before = rest;
        uint32_t c = str_utf8_next(&rest);
        size_t len = before.len - rest.len;

        if (n + len >= FOLDED)
            return false;
        if (c >= 0xFF01 && c <= 0xFF5E)
            to[n++] = (char)(c - 0xFEE0);
        else if (c == 0x3000 || c == 0xA0)
            to[n++] = ' ';
        else
            for (size_t i = 0; i < len; i++)
                to[n++] = before.at[i];
    }
    to[n] = '\0';
    *ret = (Str){to, n};
    return true;
}

/* ---- numbers */

static bool wrong_number(const Reading *r)
{
    static const char *const zh[] = {"“", "”不是数"}, *const en[] = {"\"", "\" is not a number"};

    return spoiled_rounded(r->text) ? wrong_rounded(r) : wrong_text(r, r->raw, zh, en);
}

/* Commas stand before each three digits of the whole part, or nowhere. */
static bool commas_right(Str whole)
{
    size_t group = 0;
    bool seen = false;

    for (size_t i = whole.len; i-- > 0;) {
        if (whole.at[i] != ',') {
            group++;
            continue;
        }
        if (group != 3)
            return false;
        seen = true;
        group = 0;
    }
    return group > 0 && (!seen || group <= 3);
}

static bool push_digit(int64_t *v, char c)
{
    return checked_mul(*v, 10, v) && checked_add(*v, c - '0', v);
}

/* -1,234.50 with at most `scale` decimals that count, as a mantissa of that scale. */
static bool number(const Reading *r, Str s, unsigned scale, int64_t *ret)
{
    bool minus = take(&s, "-");
    ptrdiff_t point = str_find(s, STR("."));
    Str whole = {s.at, point < 0 ? s.len : (size_t)point};
    Str part = point < 0 ? (Str){"", 0} : (Str){s.at + point + 1, s.len - (size_t)point - 1};
    int64_t v = 0;
    bool fits = true;

    if (!minus)
        take(&whole, "+");
    if (!commas_right(whole) || (point >= 0 && !all_digits(part)))
        return wrong_number(r);
    for (size_t i = 0; i < whole.len; i++) {
        if (whole.at[i] == ',')
            continue;
        if (!g_ascii_isdigit(whole.at[i]))
            return wrong_number(r);
        fits = fits && push_digit(&v, whole.at[i]);
    }
    for (size_t i = 0; i < MAX(part.len, scale); i++) {
        char c = i < part.len ? part.at[i] : '0';

        if (i < scale)
            fits = fits && push_digit(&v, c);
        else if (c != '0')
            return scale == 0 ? wrong(r, "应为整数", "must be a whole number")
                              : wrong(r, "小数位数太多", "has too many decimals");
    }
    if (!fits)
        return wrong(r, "数太大", "the number is too large");
    *ret = minus ? -v : v;
    return true;
}

static bool read_money(const Reading *r, Value *ret)
{
    static const char *const units[] = {"元整", "元", "圆", "yuan", "CNY", "RMB", NULL};
    Str s = r->text;

    if (take(&s, "¥") || take(&s, "￥"))
        s = str_trim(s);
    else
        drop_end(&s, units);
    return number(r, s, 2, &ret->num);
}

static bool read_area(const Reading *r, Value *ret)
{
    static const char *const units[] = {"平方米", "平米", "㎡", "m²", "m2", NULL};
    Str s = r->text;

    drop_end(&s, units);
    return number(r, s, 2, &ret->num);
}

static bool read_share(const Reading *r, Value *ret)
{
    Str s = r->text;

    if (!str_ends(s, STR("%")))
        return number(r, s, 9, &ret->num) &&
               wrong(r, "比例要写百分号，如 80%", "a share needs a per cent sign, such as 80%");
    s = str_trim((Str){s.at, s.len - 1});
    return number(r, s, 2, &ret->num); /* hundredths of a per cent */
}

static bool hours_to_minutes(const Reading *r, Str s, int64_t *ret)
{
    int64_t millionths = 0, m60 = 0;

    if (!number(r, s, 6, &millionths))
        return false;
    if (!checked_mul(millionths, 60, &m60))
        return wrong(r, "数太大", "the number is too large");
    if (m60 % CELL_SECOND != 0)
        return wrong(r, "时长不是整分钟", "is not a whole number of minutes");
    *ret = m60 / CELL_SECOND;
    return true;
}

/* 1:30 or 1小时30分 */
static bool take_hours_minutes(Str s, const char *const *minutes, int64_t *ret)
{
    bool minus = take(&s, "-"), named = drop_end(&s, minutes);
    int h = 0, m = 0;

    if (!take_digits(&s, 1, 9, &h) || !(take(&s, ":") || take(&s, "小时")))
        return false;
    if (!take_digits(&s, named ? 1 : 2, 2, &m) || s.len > 0 || m > 59)
        return false;
    *ret = ((int64_t)h * 60 + m) * (minus ? -1 : 1);
    return true;
}

static bool read_hours(const Reading *r, Value *ret)
{
    static const char *const hours[] = {"小时", "时", "hours", "hour", "h", NULL};
    static const char *const minutes[] = {"分钟", "分", "minutes", "min", NULL};
    const int64_t most = 59999999999; /* nine digits of hours are read back */
    Str s = r->text;

    if (take_hours_minutes(s, minutes, &ret->num))
        return true;
    if (drop_end(&s, minutes)) {
        if (!number(r, s, 0, &ret->num))
            return false;
    } else {
        drop_end(&s, hours);
        if (!hours_to_minutes(r, s, &ret->num))
            return false;
    }
    return (ret->num >= -most && ret->num <= most) || wrong(r, "数太大", "the number is too large");
}

/* ---- days */

static bool wrong_date(const Reading *r)
{
    Str s = r->text;
    int n;

    if (all_digits(s) && s.len <= 6)
        return wrong(r, "像是电子表格的日期序号，不作猜测；请把该列设为日期或文本，如 1943-05-01",
                     "looks like a day number of a spreadsheet, which is not guessed; format the "
                     "column as date or text, such as 1943-05-01");
    if (take_digits(&s, 1, 2, &n) && s.len > 0 && strchr("-/.", s.at[0]) != NULL)
        return wrong(r, "年份要写四位并放在最前，如 1943-05-01",
                     "the year comes first, with four digits, such as 1943-05-01");
    return wrong(r, "不是日期，应如 1943-05-01 或 1943年5月1日",
                 "is not a date such as 1943-05-01");
}

static bool make_day(const Reading *r, int y, int m, int d, Date *ret)
{
    if (date_make(y, m, d, ret))
        return true;
    return wrong(r, "日历上没有这一天", "there is no such day");
}

static void take_day_word(Str *s)
{
    Str after = *s;

    take_blanks(&after);
    if (take(&after, "日") || take(&after, "号"))
        *s = after;
}

/* 2020-1-5, 2020/1/5, 2020.1.5, 2020年1月5日; *s is what follows.  False without a fault: the form
 * is another. */
static bool take_ymd(Str *s, int *y, int *m, int *d)
{
    static const char *const parts[][2] = {{"-", "-"}, {"/", "/"}, {".", "."}, {"年", "月"}};

    if (!take_digits(s, 4, 4, y))
        return false;
    take_blanks(s);
    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
        if (!take(s, parts[i][0]))
            continue;
        take_blanks(s);
        if (!take_digits(s, 1, 2, m))
            return false;
        take_blanks(s);
        if (!take(s, parts[i][1]))
            return false;
        take_blanks(s);
        if (!take_digits(s, 1, 2, d))
            return false;
        if (i == 3)
            take_day_word(s);
        return true;
    }
    return false;
}

/* Databases write a day as its midnight. */
static bool is_midnight(Str s)
{
    if (!take(&s, " ") && !take(&s, "T"))
        return false;
    take_blanks(&s);
    if (!take(&s, "00:00") && !take(&s, "0:00"))
        return false;
    take(&s, ":00");
    if (take(&s, "."))
        while (take(&s, "0"))
            continue;
    return s.len == 0;
}

static bool read_day(const Reading *r, Date *ret)
{
    Str s = r->text;
    int y = 0, m = 0, d = 0;

    if (date_parse(s, ret))
        return true;
    if (all_digits(s) && s.len == 8) {
        take_digits(&s, 4, 4, &y);
        take_digits(&s, 2, 2, &m);
        take_digits(&s, 2, 2, &d);
        return make_day(r, y, m, d, ret);
    }
    if (!take_ymd(&s, &y, &m, &d))
        return wrong_date(r);
    if (s.len > 0 && !is_midnight(s))
        return wrong(r, "日期后面还有别的内容", "there is more behind the date");
    return make_day(r, y, m, d, ret);
}

static bool read_month(const Reading *r, Value *ret)
{
    Str s = r->text;
    Date first;
    int y = 0, m = 0;
    bool chinese = false, plain = all_digits(s) && s.len == 6;
    bool read = take_digits(&s, 4, 4, &y);

    take_blanks(&s);
    if (read && !plain)
        read = take(&s, "-") || take(&s, "/") || take(&s, ".") || (chinese = take(&s, "年"));
    take_blanks(&s);
    read = read && take_digits(&s, 1, 2, &m);
    take_blanks(&s);
    if (read && chinese)
        take(&s, "月");
    if (!read || s.len > 0)
        return wrong(r, "不是月份，应如 2020-06", "is not a month such as 2020-06");
    if (!date_make(y, m, 1, &first))
        return wrong(r, "没有这个月份", "there is no such month");
    ret->num = month_of(first);
    return true;
}

/* hh:mm[:ss[.ffffff]], as microseconds of the day. */
static bool take_clock(Str *s, int64_t *ret)
{
    int h, m, sec = 0, digit;
    int64_t micro = 0, unit = CELL_SECOND;

    if (!take_digits(s, 1, 2, &h) || !take(s, ":") || !take_digits(s, 2, 2, &m))
        return false;
    if (take(s, ":") && !take_digits(s, 2, 2, &sec))
        return false;
    if (take(s, "."))
        while (unit > 1 && take_digits(s, 1, 1, &digit))
            micro += digit * (unit /= 10);
    if (h > 23 || m > 59 || sec > 59)
        return false;
    *ret = ((int64_t)h * 3600 + m * 60 + sec) * CELL_SECOND + micro;
    return true;
}

/* Seconds ahead of UTC: Z, +08:00, +0800, or nothing for Beijing. */
static bool take_zone(Str *s, int64_t *ret)
{
    int h, m;
    bool minus = false;

    *ret = CELL_BEIJING;
    take_blanks(s);
    if (s->len == 0)
        return true;
    *ret = 0;
    if (take(s, "Z"))
        return s->len == 0;
    if (!take(s, "+") && !(minus = take(s, "-")))
        return false;
    if (!take_digits(s, 2, 2, &h))
        return false;
    take(s, ":");
    if (!take_digits(s, 2, 2, &m))
        return false;
    *ret = ((int64_t)h * 3600 + m * 60) * (minus ? -1 : 1);
    return s->len == 0 && h < 15 && m < 60;
}

static bool read_moment(const Reading *r, Value *ret)
{
    Str s = r->text;
    int y = 0, m = 0, d = 0;
    int64_t clock = 0, zone = 0;
    Date day;

    if (!take_ymd(&s, &y, &m, &d))
        return wrong_date(r);
    if (!take(&s, "T"))
        take_blanks(&s);
    if (!take_clock(&s, &clock) || !take_zone(&s, &zone))
        return wrong(r, "不是时刻，应如 2020-01-05 08:30",
                     "is not a moment such as 2020-01-05 08:30");
    if (!make_day(r, y, m, d, &day))
        return false;
    if (day == DATE_MIN || day == DATE_MAX) /* another zone may stand on the day beyond */
        return wrong(r, "日历上没有这一天", "there is no such day");
    ret->num = ((int64_t)day * 86400 - zone) * CELL_SECOND + clock;
    return true;
}

/* ---- words */

static bool read_bool(const Reading *r, Value *ret)
{
    static const char *const words[][2] = {
        {"否", "是"}, {"no", "yes"}, {"false", "true"}, {"0", "1"}, {"n", "y"}};

    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        for (int truth = 0; truth < 2; truth++) {
            const char *word = words[i][truth];

            if (r->text.len == strlen(word) &&
                g_ascii_strncasecmp(r->text.at, word, r->text.len) == 0) {
                ret->num = truth;
                return true;
            }
        }
    }
    return wrong(r, "应为“是”或“否”", "must be yes or no");
}

static bool find_code(const Reading *r, Str s, int64_t *ret)
{
    const CellType *t = r->t;

    for (size_t i = 0; i < t->n_codes; i++) {
        if (str_equal(t->codes[i].name, s)) {
            *ret = (int64_t)i;
            return true;
        }
    }
    for (size_t i = 0; i < t->n_codes; i++) {
        if (str_equal(t->codes[i].zh, s) || str_equal(t->codes[i].en, s)) {
            *ret = (int64_t)i;
            return true;
        }
    }
    return t->codes == NULL && t->resolve != NULL && t->resolve(t->with, s, ret);
}

static bool wrong_code(const Reading *r, Str s)
{
    static const char *const zh[] = {"没有“", "”这个选项"};
    static const char *const en[] = {"there is no code \"", "\""};
    const CellCode *near = NULL;
    size_t best = 3;

    for (size_t i = 0; i < r->t->n_codes; i++) {
        const CellCode *c = &r->t->codes[i];
        size_t d = MIN(str_edit_distance(c->name, s, best), str_edit_distance(c->zh, s, best));

        if (d < best && d < str_utf8_length(s)) {
            best = d;
            near = c;
        }
    }
    wrong_text(r, s, zh, en);
    if (near == NULL)
        return false;
    Str label = near->zh.len > 0 ? near->zh : near->name;

    return wrong(
        r, arena_printf(r->a, "%s，是不是“%.*s”？", r->fault->zh, STR_ARG(label)),
        arena_printf(r->a, "%s; did you mean \"%.*s\"?", r->fault->en, STR_ARG(near->name)));
}

/* The label may hold full-width brackets: as written first, then folded. */
static bool read_enum(const Reading *r, Value *ret)
{
    return find_code(r, r->raw, &ret->num) || find_code(r, r->text, &ret->num) ||
           wrong_code(r, r->raw);
}

/* Next piece of a set's text; a label may not hold a separator then. */
static Str next_piece(Str *rest)
{
    static const char *const between[] = {"|", "、", "；", ";", ",", "，", "｜"};
    Str piece = *rest;

    for (size_t i = 0; i < G_N_ELEMENTS(between); i++) {
        ptrdiff_t at = str_find(piece, str_of(between[i]));

        if (at >= 0) {
            piece.len = (size_t)at;
            rest->at = piece.at + at + strlen(between[i]);
        }
    }
    rest->len -= piece.len < rest->len ? (size_t)(rest->at - piece.at) : rest->len;
    return str_trim(piece);
}

static bool read_set(const Reading *r, Value *ret)
{
    uint64_t bits = 0;
    int64_t code = 0;

    if (find_code(r, r->raw, &code))
        bits = 1ull << code;
    else if (!str_is(r->text, "-")) {
        for (Str rest = r->raw; rest.len > 0;) {
            Str piece = next_piece(&rest);

            if (piece.len == 0)
                continue;
            if (!find_code(r, piece, &code))
                return wrong_code(r, piece);
            g_assert(code >= 0 && code < 64);
            bits |= 1ull << code;
        }
        if (bits == 0)
            return wrong(r, "没有任何选项；“无”请写 -", "names nothing; write - for none");
    }
    ret->num = (int64_t)bits;
    return true;
}

static bool read_reference(const Reading *r, Value *ret)
{
    static const char *const zh[] = {"找不到“", "”"}, *const en[] = {"there is no \"", "\""};
    const CellType *t = r->t;

    if (t->kind == KIND_REGION)
        ret->text = r->raw;
    if (t->resolve != NULL)
        return t->resolve(t->with, r->raw, &ret->num) || wrong_text(r, r->raw, zh, en);
    return t->kind == KIND_REGION || id_parse(r->raw, &ret->num) || wrong_text(r, r->raw, zh, en);
}

/* ---- texts */

static bool read_text(const Reading *r, Value *ret)
{
    const size_t length = str_utf8_length(r->raw);
    const uint32_t control = str_utf8_control(r->raw);

    if (spoiled_rounded(r->text))
        return wrong_rounded(r);
    if (spoiled_error(r->raw))
        return wrong(r, "是电子表格的出错标记，不是内容；请改正公式或填写内容",
                     "is what a spreadsheet shows where a formula failed, not what it should hold");
    if (control != 0)
        return wrong(
            r, arena_printf(r->a, "含有控制字符 U+%04X，请去掉", control),
            arena_printf(r->a, "holds the control character U+%04X: leave it out", control));
    if (r->t->length > 0 && length > r->t->length)
        return wrong(r,
                     arena_printf(r->a, "有 %zu 个字，最多 %u 个", length, (unsigned)r->t->length),
                     arena_printf(r->a, "has %zu characters, at most %u are allowed", length,
                                  (unsigned)r->t->length));
    ret->text = r->raw;
    return true;
}

/* 0799.1234567 is a telephone, 13800138000.0 one that a program took for an amount. */
static bool ends_as_fraction(Str text)
{
    size_t n = 0;

    while (n < text.len && g_ascii_isdigit(text.at[text.len - 1 - n]))
        n++;
    return n < 3 && n < text.len && text.at[text.len - 1 - n] == '.';
}

/* Kept with its brackets; whatever parts its digits is a dash, and blanks go. */
static bool read_phone(const Reading *r, Value *ret)
{
    char *to = arena_alloc(r->a, r->text.len + 1);
    size_t n = 0, digits = 0;

    if (spoiled_rounded(r->text))
        return wrong_rounded(r);
    for (Str rest = r->text; rest.len > 0;) {
        uint32_t c = char_narrow(str_utf8_next(&rest));
        bool digit = c < 0x80 && g_ascii_isdigit((char)c);

        digits += digit;
        if ((!digit && !phone_mark(c)) || ends_as_fraction(r->text))
            return wrong(r, "不是电话号码", "is not a telephone number");
        if (digit || strchr("+()", c < 0x80 ? (int)c : '-') != NULL)
            to[n++] = (char)c;
        else if (c != ' ' && c != 0xA0)
            to[n++] = '-';
    }
    if (digits < 3 || digits > 18)
        return wrong(r, "电话号码位数不对", "has not the digits of a telephone number");
    ret->text = (Str){to, n};
    return true;
}

static bool read_identifier(const Reading *r, Value *ret)
{
    static const char *const zh[] = {
        [IDENTIFIER_BAD_LENGTH] = "号码应为 18 位",
        [IDENTIFIER_BAD_CHAR] = "号码中有不该有的字符",
        [IDENTIFIER_BAD_DATE] = "号码中的出生日期不存在",
        [IDENTIFIER_BAD_CHECK] = "校验位不符，号码有误",
    };
    char own[19];
    Date born;
    bool woman;

    if (spoiled_rounded(r->text))
        return wrong_rounded(r);
    IdentifierFault f = r->t->kind == KIND_CITIZEN_ID
                            ? citizen_id_check(r->text, own, &born, &woman)
                            : credit_code_check(r->text, own);

    if (f != IDENTIFIER_VALID)
        return wrong(r, zh[f], identifier_fault_text(f));
    /* Mostly the cell already reads so: nothing to keep. */
    ret->text = str_is(r->raw, own) ? r->raw : (Str){arena_dup(r->a, own, 18), 18};
    return true;
}

/* Which of the two words is which is easily confused: a longitude of China is no latitude. */
static bool read_point(const Reading *r, Value *ret)
{
    switch (point_parse(r->text, &ret->num)) {
    case POINT_VALID:
        return true;
    case POINT_BEYOND:
        return wrong(r, "没有这样的经纬度；先写经度、后写纬度",
                     "no such longitude and latitude; the longitude stands first");
    case POINT_NO_NUMBER:
        return wrong(r, "经度和纬度是度数，最多六位小数",
                     "longitude and latitude are degrees with at most six decimals");
    default:
        return wrong(r, "应写作「经度,纬度」，例如 113.850000,27.620000",
                     "is written longitude,latitude: 113.850000,27.620000");
    }
}

/* ---- all kinds */

static bool read_kind(const Reading *r, Value *ret)
{
    Date day = 0;

    switch (r->t->kind) {
    case KIND_BOOL:
        return read_bool(r, ret);
    case KIND_INT:
    case KIND_DECIMAL:
        return number(r, r->text, r->t->kind == KIND_INT ? 0 : r->t->scale, &ret->num);
    case KIND_MONEY:
        return read_money(r, ret);
    case KIND_AREA:
        return read_area(r, ret);
    case KIND_SHARE:
        return read_share(r, ret);
    case KIND_HOURS:
        return read_hours(r, ret);
    case KIND_DATE:
        if (!read_day(r, &day))
            return false;
        ret->num = day;
        return true;
    case KIND_MONTH:
        return read_month(r, ret);
    case KIND_MOMENT:
        return read_moment(r, ret);
    case KIND_ENUM:
        return read_enum(r, ret);
    case KIND_SET:
        return read_set(r, ret);
    case KIND_REF:
    case KIND_REGION:
        return read_reference(r, ret);
    case KIND_POINT:
        return read_point(r, ret);
    case KIND_PHONE:
        return read_phone(r, ret);
    case KIND_CITIZEN_ID:
    case KIND_CREDIT_CODE:
        return read_identifier(r, ret);
    default:
        return read_text(r, ret);
    }
}

static bool in_range(const Reading *r, int64_t v)
{
    const CellType *t = r->t;

    if (!t->has_range || (v >= t->low && v <= t->high))
        return true;
    g_autoptr(GString) low = g_string_new(NULL), high = g_string_new(NULL);

    cell_write(t, VALUE_NUM(t->low), CELL_CODES, low);
    cell_write(t, VALUE_NUM(t->high), CELL_CODES, high);
    return wrong(r, arena_printf(r->a, "不在 %s 到 %s 之间", low->str, high->str),
                 arena_printf(r->a, "is not between %s and %s", low->str, high->str));
}

static bool is_plain(Str s)
{
    for (size_t i = 0; i < s.len; i++) {
        if ((unsigned char)s.at[i] >= 0x80)
            return false;
    }
    return true;
}

/* Without marks that come along from other programs and are not seen: a number pasted from a window
 * has one at each end.  Nothing but such marks is nothing. */
static Str seen_of(Str s, Arena *a)
{
    return str_utf8_hides(s) ? str_trim(str_utf8_seen(s, arena_alloc(a, s.len + 1))) : s;
}

bool cell_read(const CellType *t, Str cell, Arena *a, Value *ret, CellFault *ret_fault)
{
    char folded[FOLDED];
    Reading r = {.t = t, .raw = seen_of(str_trim(cell), a), .a = a, .fault = ret_fault};
    Value v = VALUE_NUM(0);
    bool words = t->kind == KIND_TEXT || t->kind == KIND_REF || t->kind == KIND_REGION ||
                 t->kind == KIND_ENUM || t->kind == KIND_SET;

    r.text = r.raw;
    if (r.raw.len == 0) {
        *ret = VALUE_UNKNOWN;
        return true;
    }
    if (!words && (r.raw.len >= FOLDED || !is_plain(r.raw))) {
        if (!fold(r.raw, folded, &r.text))
            return wrong(&r, "内容太长", "is too long");
    } else if (words && !is_plain(r.raw)) {
        (void)fold(r.raw, folded, &r.text); /* too long for it: as it is */
    }
    r.text = str_trim(r.text);
    if (!read_kind(&r, &v) || !in_range(&r, v.num))
        return false;
    *ret = v;
    return true;
}
