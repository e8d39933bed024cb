/* value_text.c — a value as people read it.
 * In: a value and its field.  Out: labels of codes, names of places, days, yuan; never a secret in
 * clear: what is masked was masked before it came here. */
#include "base/clock.h"
#include "base/identifier.h"
#include "care/care.h"
#include "care/follow.h"
#include "compile/compile.h"
#include "data/point.h"

static Str label_words(Label label, Str name, bool english)
{
    if (english)
        return label.en.len > 0 ? label.en : name;
    return label.zh.len > 0 ? label.zh : name;
}

static Str code_words(const Enum *e, int64_t n, bool english)
{
    if (e == NULL || n < 0 || (size_t)n >= e->n_codes)
        return STR("");
    return label_words(e->codes[n].label, e->codes[n].name, english);
}

static Str set_words(const Enum *e, int64_t bits, bool english, Arena *a)
{
    g_autoptr(GString) text = g_string_new(NULL);
    if (bits == 0)
        return english ? STR("none") : STR("无");
    for (size_t i = 0; e != NULL && i < e->n_codes && i < 64; i++) {
        if (((uint64_t)bits >> i & 1) == 0)
            continue;
        if (text->len > 0)
            g_string_append(text, english ? ", " : "、");
        Str word = code_words(e, (int64_t)i, english);
        g_string_append_len(text, word.at, (gssize)word.len);
    }
    return arena_str(a, (Str){text->str, text->len});
}

static Str place_words(const Care *c, Str code, bool english)
{
    int32_t row = region_row(c->regions, code);
    if (row == ROW_NONE)
        return code;
    const RegionRow *r = &c->model->regions[row];
    return english && r->name_en.len > 0 ? r->name_en : r->name;
}

static Str number_words(const Field *f, int64_t n, Arena *a)
{
    char to[DECIMAL_TEXT];
    unsigned scale = f->type.kind == KIND_INT ? 0 : f->type.scale;
    if (f->type.kind != KIND_INT && f->type.kind != KIND_DECIMAL)
        scale = kind_scale(f->type.kind);
    decimal_format((Decimal){n, (uint8_t)scale}, to);
    return arena_str(a, str_of(to));
}

/* 80 %, 80.5 %: hundredths of a per cent without zeros that say nothing. */
static Str share_words(int64_t n, Arena *a)
{
    char to[DECIMAL_TEXT];
    decimal_format((Decimal){n, 2}, to);
    size_t len = strlen(to);
    while (len > 0 && strchr(to, '.') != NULL && (to[len - 1] == '0' || to[len - 1] == '.')) {
        bool point = to[len - 1] == '.';
        to[--len] = '\0';
        if (point)
            break;
    }
    return str_of(arena_printf(a, "%s%%", to));
}

static Str hours_words(int64_t minutes, bool english, Arena *a)
{
    int64_t h = minutes / 60, m = minutes % 60;
    if (english)
        return str_of(m == 0 ? arena_printf(a, "%" G_GINT64_FORMAT " h", h)
                             : arena_printf(a, "%" G_GINT64_FORMAT " h %d min", h, (int)m));
    if (h == 0)
        return str_of(arena_printf(a, "%d分钟", (int)m));
    return str_of(m == 0 ? arena_printf(a, "%" G_GINT64_FORMAT "小时", h)
                         : arena_printf(a, "%" G_GINT64_FORMAT "小时%d分", h, (int)m));
}

static Str time_words(Kind kind, int64_t n, Arena *a)
{
    char day[DATE_TEXT], moment[MOMENT_TEXT];
    if (kind == KIND_DATE)
        return arena_str(a, str_of(date_format((Date)n, day)));
    if (kind == KIND_MONTH)
        return arena_str(a, str_of(month_format((Month)n, day)));
    return arena_str(a, str_of(moment_format(n, moment)));
}

/* A report on a duty shows what the duty is called; its name stands in the record. */
static Str text_words(const Care *c, const Field *f, Str text, bool english)
{
    DutyRegister of;
    if (!str_is(f->name, "duty") || !duty_register(c->model, &of) || of.duty != f)
        return text;
    const Duty *d = duty_named(c->model, text);
    return d == NULL ? text : english ? d->label.en : d->label.zh;
}

Str value_text(Care *c, const Field *f, Value v, bool english, Arena *a)
{
    char to[DECIMAL_TEXT], id[ID_TEXT], point[POINT_TEXT];
    if (!v.known)
        return STR("");
    switch (f->type.kind) {
    case KIND_BOOL:
        return v.num != 0 ? (english ? STR("yes") : STR("是")) : (english ? STR("no") : STR("否"));
    case KIND_INT:
    case KIND_DECIMAL:
    case KIND_AREA:
        return number_words(f, v.num, a);
    case KIND_MONEY:
        return arena_str(a, str_of(money_format(v.num, to)));
    case KIND_SHARE:
        return share_words(v.num, a);
    case KIND_HOURS:
        return hours_words(v.num, english, a);
    case KIND_DATE:
    case KIND_MONTH:
    case KIND_MOMENT:
        return time_words(f->type.kind, v.num, a);
    case KIND_ENUM:
        return code_words(f->type.of, v.num, english);
    case KIND_SET:
        return set_words(f->type.of, v.num, english, a);
    case KIND_REGION:
        return place_words(c, v.text, english);
    case KIND_POINT:
        return arena_str(a, str_of(point_format(v.num, point)));
    case KIND_REF:
        return arena_str(a, str_of(id_format(v.num, id)));
    default:
        return text_words(c, f, v.text, english);
    }
}
