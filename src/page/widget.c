/* widget.c — see widget.h.  Read first: widget_write(). */
#include "page/widget.h"

#include "base/identifier.h"
#include "data/point.h"

bool widget_is_group(const Field *f)
{
    return f->type.kind == KIND_BOOL || f->type.kind == KIND_SET;
}

/* ---- writing ---- */

static void write_common(Html *h, const Widget *w)
{
    html_lit(h, " id=\"");
    html_out(h, w->name);
    html_lit(h, "\" name=\"");
    html_out(h, w->name);
    html_lit(h, "\"");
    if (w->bad) {
        html_lit(h, " aria-invalid=\"true\" aria-describedby=\"");
        html_out(h, w->name);
        html_lit(h, "_fault\"");
    }
    if (w->field->required && !w->keeps)
        html_lit(h, " required");
}

static void write_option(Html *h, Str value, Str label, bool chosen)
{
    html_lit(h, "<option value=\"");
    html_out(h, value);
    html_lit(h, "\"");
    if (chosen)
        html_lit(h, " selected");
    html_lit(h, ">");
    html_out(h, label);
    html_lit(h, "</option>");
}

static void write_select(const Req *q, Html *h, const Widget *w)
{
    html_lit(h, "<select class=\"form-select\"");
    write_common(h, w);
    html_lit(h, ">");
    write_option(h, STR(""), say(q, "absent"), w->text.len == 0);
    for (size_t i = 0; i < w->n_options; i++)
        write_option(h, w->options[i].value, w->options[i].label,
                     str_equal(w->options[i].value, w->text));
    const Enum *of = w->field->type.of;
    for (size_t i = 0; w->options == NULL && of != NULL && i < of->n_codes; i++)
        write_option(h, of->codes[i].name, label_of(q, of->codes[i].label),
                     str_equal(of->codes[i].name, w->text));
    html_lit(h, "</select>");
}

static void write_choice(Html *h, const Widget *w, const char *type, Str value, Str label,
                         bool chosen)
{
    html_lit(h, "<label class=\"form-check\"><input class=\"form-check-input\" type=\"");
    html_out(h, type);
    html_lit(h, "\" name=\"");
    html_out(h, w->name);
    html_lit(h, "\" value=\"");
    html_out(h, value);
    html_lit(h, "\"");
    if (chosen)
        html_lit(h, " checked");
    html_lit(h, "><span class=\"form-check-label\">");
    html_out(h, label);
    html_lit(h, "</span></label>");
}

static void write_bool(const Req *q, Html *h, const Widget *w)
{
    html_lit(h, "<div class=\"choices\">");
    write_choice(h, w, "radio", STR("yes"), say(q, "bool_yes"), str_is(w->text, "yes"));
    write_choice(h, w, "radio", STR("no"), say(q, "bool_no"), str_is(w->text, "no"));
    write_choice(h, w, "radio", STR(""), say(q, "absent"), w->text.len == 0);
    html_lit(h, "</div>");
}

static bool set_has(Str text, Str code)
{
    while (text.len > 0)
        if (str_equal(str_cut(&text, '|'), code))
            return true;
    return false;
}

static void write_set(const Req *q, Html *h, const Widget *w)
{
    const Enum *of = w->field->type.of;
    html_lit(h, "<div class=\"choices\" data-set>");
    for (size_t i = 0; i < of->n_codes; i++)
        write_choice(h, w, "checkbox", of->codes[i].name, label_of(q, of->codes[i].label),
                     set_has(w->text, of->codes[i].name));
    write_choice(h, w, "checkbox", STR("-"), say(q, "set_none"), str_is(w->text, "-"));
    html_lit(h, "</div>");
}

static const char *input_type(const Field *f)
{
    switch (f->type.kind) {
    case KIND_DATE:
        return "date";
    case KIND_MONTH:
        return "month";
    case KIND_PHONE:
        return "tel";
    default:
        return "text"; /* numbers too: browsers drop what they cannot read as one */
    }
}

static void write_input(const Req *q, Html *h, const Widget *w)
{
    const Field *f = w->field;
    bool number = f->type.kind == KIND_INT;
    bool decimal = f->type.kind == KIND_DECIMAL || f->type.kind == KIND_MONEY ||
                   f->type.kind == KIND_AREA || f->type.kind == KIND_SHARE ||
                   f->type.kind == KIND_HOURS;
    html_lit(h, "<input class=\"form-control\" type=\"");
    html_out(h, input_type(f));
    html_lit(h, "\" value=\"");
    html_out(h, w->text);
    html_lit(h, "\"");
    write_common(h, w);
    if (number)
        html_lit(h, " inputmode=\"numeric\"");
    if (decimal)
        html_lit(h, " inputmode=\"decimal\"");
    if (f->type.kind == KIND_TEXT && f->type.length > 0) {
        html_lit(h, " maxlength=\"");
        html_out(h, (int64_t)f->type.length);
        html_lit(h, "\"");
    }
    if (f->type.kind == KIND_POINT)
        html_lit(h, " placeholder=\"113.850000,27.620000\"");
    if (w->keeps) {
        html_lit(h, " placeholder=\"");
        html_out(h, say(q, "form_secret_keeps"));
        html_lit(h, "\"");
    }
    if (f->secret)
        html_lit(h, " autocomplete=\"off\"");
    html_lit(h, ">");
}

void widget_write(const Req *q, Html *h, const Widget *w)
{
    switch (w->field->type.kind) {
    case KIND_BOOL:
        write_bool(q, h, w);
        return;
    case KIND_SET:
        write_set(q, h, w);
        return;
    case KIND_ENUM:
        write_select(q, h, w);
        return;
    case KIND_REF:
    case KIND_REGION:
    case KIND_TEXT: /* of a report on a duty: one of the duties */
        if (w->options != NULL) {
            write_select(q, h, w);
            return;
        }
        break;
    default:
        break;
    }
    write_input(q, h, w);
}

/* ---- reading ---- */

bool widget_read(const Req *q, const Field *f, const char *name, Str *ret)
{
    if (f->type.kind != KIND_SET) {
        *ret = str_trim(fields_get(&q->form, name));
        return true;
    }
    g_autoptr(GString) to = g_string_new(NULL);
    size_t at = 0, n = 0;
    bool none = false;
    Str value;
    while (fields_next(&q->form, str_of(name), &at, &value)) {
        none = none || str_is(value, "-");
        if (n++ > 0)
            g_string_append_c(to, '|');
        g_string_append_len(to, value.at, (gssize)value.len);
    }
    *ret = (Str){arena_dup(q->arena, to->str, to->len), to->len};
    return !none || n == 1;
}

static Str set_text(const Req *q, const Field *f, uint64_t bits)
{
    g_autoptr(GString) to = g_string_new(NULL);
    for (size_t i = 0; i < f->type.of->n_codes; i++) {
        const Code *c = &f->type.of->codes[i];
        if ((bits >> c->number & 1) == 0)
            continue;
        if (to->len > 0)
            g_string_append_c(to, '|');
        g_string_append_len(to, c->name.at, (gssize)c->name.len);
    }
    if (to->len == 0)
        g_string_append_c(to, '-');
    return (Str){arena_dup(q->arena, to->str, to->len), to->len};
}

static Str code_text(const Field *f, int64_t number)
{
    for (size_t i = 0; i < f->type.of->n_codes; i++)
        if (f->type.of->codes[i].number == number)
            return f->type.of->codes[i].name;
    return STR("");
}

static Str decimal_text(const Req *q, int64_t value, unsigned scale, const char *behind)
{
    char text[DECIMAL_TEXT];
    decimal_format((Decimal){value, (uint8_t)scale}, text);
    if (strchr(text, '.') != NULL) {
        size_t n = strlen(text);
        while (text[n - 1] == '0')
            text[--n] = '\0';
        if (text[n - 1] == '.')
            text[--n] = '\0';
    }
    return str_of(arena_printf(q->arena, "%s%s", text, behind));
}

Str widget_text(const Req *q, const Field *f, const Value *v)
{
    char text[32];
    if (!v->known)
        return STR("");
    switch (f->type.kind) {
    case KIND_BOOL:
        return v->num != 0 ? STR("yes") : STR("no");
    case KIND_ENUM:
        return code_text(f, v->num);
    case KIND_SET:
        return set_text(q, f, (uint64_t)v->num);
    case KIND_DATE:
        return str_of(arena_printf(q->arena, "%s", date_format((Date)v->num, text)));
    case KIND_MONTH:
        return str_of(arena_printf(q->arena, "%s", month_format((Month)v->num, text)));
    case KIND_MOMENT:
        return words_moment(q, v->num);
    case KIND_REF:
        return str_of(arena_printf(q->arena, "%s", id_format(v->num, text)));
    case KIND_POINT:
        return str_of(arena_printf(q->arena, "%s", point_format(v->num, text)));
    case KIND_SHARE:
        return decimal_text(q, v->num, kind_scale(KIND_SHARE) - 2, "%");
    case KIND_HOURS:
        return str_of(arena_printf(q->arena, "%" G_GINT64_FORMAT ":%02" G_GINT64_FORMAT,
                                   v->num / 60, v->num % 60));
    case KIND_INT:
        return str_of(arena_printf(q->arena, "%" G_GINT64_FORMAT, v->num));
    case KIND_MONEY:
    case KIND_AREA:
        return decimal_text(q, v->num, kind_scale(f->type.kind), "");
    case KIND_DECIMAL:
        return decimal_text(q, v->num, f->type.scale, "");
    default:
        return v->text;
    }
}
