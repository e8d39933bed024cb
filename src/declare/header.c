/* header.c — the lines between --- and --- that open a document.
 * In: the document's lines.  Out: its name, title, place, layer and days.
 * Not here: the Markdown below (document.c). */
#include "declare/header.h"

#include <glib.h>

typedef struct Header {
    Arena *scratch;
    Diags *diags;
    Reading *reading;
    Span key, value;
    unsigned seen; /* bit per key */
} Header;

typedef void (*KeyRead)(Header *h);

static void read_name(Header *h)
{
    Str s = h->value.text;
    bool fits = s.len > 0 && s.len <= LIMIT_NAME && g_ascii_islower(s.at[0]);
    for (size_t i = 0; i < s.len && fits; i++)
        fits = g_ascii_islower(s.at[i]) || g_ascii_isdigit(s.at[i]) || s.at[i] == '-';
    if (!fits) {
        Diag *d = diag_error(h->diags, h->value.pos, "'%.*s' is no name of a document", STR_ARG(s));
        diag_hint(h->diags, d, "lower case letters, digits and -, as in pingxiang-2020");
        return;
    }
    h->reading->document->name = s;
}

static void read_title(Header *h)
{
    h->reading->document->title.zh = h->value.text;
}

static void read_title_en(Header *h)
{
    h->reading->document->title.en = h->value.text;
}

static void read_place(Header *h)
{
    h->reading->document->place = h->value.text;
    h->reading->place = h->value.pos;
}

static void read_layer(Header *h)
{
    static const char *const layers[] = {[LAYER_MODEL] = "model",
                                         [LAYER_STANDARD] = "standard",
                                         [LAYER_NATIONAL] = "national",
                                         [LAYER_PLACE] = "place"};
    Str all[G_N_ELEMENTS(layers)];
    for (size_t i = 0; i < G_N_ELEMENTS(layers); i++) {
        all[i] = str_of(layers[i]);
        if (str_equal(all[i], h->value.text)) {
            h->reading->document->layer = (Layer)i;
            return;
        }
    }
    Diag *d = diag_error(h->diags, h->value.pos, "'%.*s' is no layer", STR_ARG(h->value.text));
    diag_nearest(h->diags, d, h->value.text, all, G_N_ELEMENTS(all));
    if (d->hint == NULL)
        diag_hint(h->diags, d, "model, standard, national or place");
}

static bool read_day(Header *h, Str text, Date *to)
{
    text = str_trim(text);
    if (date_parse(text, to))
        return true;
    Diag *d = diag_error(h->diags, h->value.pos, "'%.*s' is no day", STR_ARG(text));
    diag_hint(h->diags, d, "write 2020-01-20, or 2020-01-20..2025-12-31");
    return false;
}

static void read_in_force(Header *h)
{
    Document *doc = h->reading->document;
    Str rest = h->value.text;
    ptrdiff_t dots = str_find(rest, STR(".."));
    if (dots < 0) {
        read_day(h, rest, &doc->from);
        return;
    }
    Str first = {rest.at, (size_t)dots}, last = {rest.at + dots + 2, rest.len - (size_t)dots - 2};
    if (read_day(h, first, &doc->from) && read_day(h, last, &doc->until) && doc->until < doc->from)
        diag_error(h->diags, h->value.pos, "in force until a day before it begins");
}

static void read_number(Header *h)
{
    h->reading->document->number = h->value.text;
}

static void read_issued(Header *h)
{
    h->reading->document->issued = h->value.text;
}

static void read_builds_on(Header *h)
{
    Reading *r = h->reading;
    Str rest = h->value.text;
    size_t most = 1;
    for (size_t i = 0; i < rest.len; i++)
        most += rest.at[i] == ',';
    if (most > LIMIT_DOCUMENTS) {
        diag_error(h->diags, h->value.pos, "builds on more than %u documents", LIMIT_DOCUMENTS);
        return;
    }
    r->builds_on = arena_many(h->scratch, Span, most);
    while (rest.len > 0) {
        Str piece = str_trim(str_cut(&rest, ','));
        if (piece.len == 0)
            continue;
        Pos pos = h->value.pos;
        Str before = {h->value.text.at, (size_t)(piece.at - h->value.text.at)};
        pos.column += (uint32_t)str_utf8_length(before);
        pos.length = (uint32_t)str_utf8_length(piece);
        r->builds_on[r->n_builds_on++] = (Span){piece, pos};
    }
}

static const struct {
    const char *key;
    KeyRead read;
    bool needed;
} keys[] = {
    {"document", read_name, true},        {"title", read_title, true},
    {"title en", read_title_en, false},   {"place", read_place, false},
    {"layer", read_layer, true},          {"in force", read_in_force, true},
    {"number", read_number, false},       {"issued by", read_issued, false},
    {"builds on", read_builds_on, false},
};

static void header_line(Header *h)
{
    Str all[G_N_ELEMENTS(keys)];
    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
        all[i] = str_of(keys[i].key);
        if (!str_equal(all[i], h->key.text))
            continue;
        if (h->seen & 1u << i) {
            diag_error(h->diags, h->key.pos, "'%s' stands twice in the header", keys[i].key);
            return;
        }
        h->seen |= 1u << i;
        if (h->value.text.len > 0)
            keys[i].read(h);
        else if (keys[i].needed)
            diag_error(h->diags, h->key.pos, "'%s' has no value", keys[i].key);
        return;
    }
    Diag *d =
        diag_error(h->diags, h->key.pos, "a document's header has no '%.*s'", STR_ARG(h->key.text));
    diag_nearest(h->diags, d, h->key.text, all, G_N_ELEMENTS(all));
}

static Span span_trim(Str line, Str piece, Pos pos)
{
    Str s = str_trim(piece);
    if (s.len == 0)
        s.at = line.at + line.len;
    pos.column = 1 + (uint32_t)str_utf8_length((Str){line.at, (size_t)(s.at - line.at)});
    pos.length = (uint32_t)str_utf8_length(s);
    return (Span){s, pos};
}

static void header_ends(Header *h, Pos top)
{
    Document *doc = h->reading->document;
    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++)
        if (keys[i].needed && !(h->seen & 1u << i))
            diag_error(h->diags, top, "the header does not say '%s'", keys[i].key);
    if (h->seen == 0)
        return;
    if (doc->layer == LAYER_PLACE && doc->place.len == 0)
        diag_error(h->diags, top, "a document of layer 'place' says which place");
    if (doc->layer != LAYER_PLACE && doc->place.len > 0)
        diag_error(h->diags, h->reading->place,
                   "only a document of layer 'place' holds for one place");
    if (doc->title.en.len == 0)
        doc->title.en = doc->title.zh;
}

bool header_read(Arena *scratch, Diags *diags, Reading *r, Str *rest, uint32_t *line)
{
    Header h = {.scratch = scratch, .diags = diags, .reading = r};
    Pos pos = {r->document->source, 1, 1, 3};
    Str text = *rest;
    Str first = str_trim(str_cut(&text, '\n'));
    if (!str_is(first, "---")) {
        Diag *d = diag_error(diags, pos, "a document begins with its header");
        diag_hint(diags, d,
                  "put '---', the lines 'document:', 'title:', 'layer:', 'in force:' and "
                  "'---' at the top");
        return false;
    }
    for (*line = 2; text.len > 0; (*line)++) {
        Str whole = str_cut(&text, '\n');
        pos.line = *line;
        Str trimmed = str_trim(whole);
        if (str_is(trimmed, "---")) {
            header_ends(&h, (Pos){r->document->source, 1, 1, 3});
            (*line)++;
            *rest = text.len > 0 ? text : (Str){rest->at + rest->len, 0};
            return true;
        }
        if (trimmed.len == 0)
            continue;
        Str value = whole, key = str_cut(&value, ':');
        h.key = span_trim(whole, key, pos);
        h.value = span_trim(whole, value, pos);
        if (key.len == whole.len) {
            Diag *d = diag_error(diags, h.key.pos, "a header line is 'key: value'");
            diag_hint(diags, d, "the header ends with '---'");
            continue;
        }
        header_line(&h);
    }
    diag_error(diags, (Pos){r->document->source, 1, 1, 3}, "the header is not closed with '---'");
    return false;
}
