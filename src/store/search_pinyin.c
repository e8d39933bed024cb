/* search_pinyin.c — texts found by how they are read: "lixiuying", "li xiu y", "lxy", "zhangxy".
 * A text leaves one number for its reading from each of its first characters on, and one for its
 * first letters; characters with several readings leave several.  What was typed is cut into
 * syllables in every way that is possible; each way is a stretch of such numbers, or two, with
 * gaps where a syllable that is not whole has others behind it.
 * Read first: pinyin_grams(), pinyin_ways(). */
#include "store/search.h"

#include "base/pinyin.h"

#define READING_BIT  62
#define LETTERS_BIT  61
#define START_BIT    54 /* of a reading from the first character on */
#define SYLLABLE     9  /* bits */
#define LETTER       5  /* bits */
#define SYLLABLES    6  /* in one number */
#define LETTERS      10 /* in one number */
#define READ_STARTS  12 /* characters of a long text from which on its reading is kept */
#define SHORT_NAME   4  /* characters: a person's name */
#define COMBINATIONS 8  /* of several readings of several characters */
#define READ_POINTS  64 /* characters of a text that are read */

/* ---- what a text leaves ------------------------------------------------------------------ */

typedef struct Reading {
    uint16_t of[READ_POINTS][PINYIN_READINGS];
    size_t many[READ_POINTS], n;
} Reading;

/* What has no reading (a dot, letters, digits) is passed over. */
static void reading_of(const Points *p, Reading *to)
{
    to->n = 0;
    for (size_t i = 0; i < p->n && to->n < READ_POINTS; i++) {
        to->many[to->n] = pinyin_of(p->at[i], to->of[to->n]);
        to->n += to->many[to->n] > 0;
    }
}

/* Its letter, from 1. */
static int64_t letter_of(uint16_t syllable)
{
    return pinyin_syllable(syllable).at[0] - 'a' + 1;
}

/* All combinations of readings from a character on, `most` characters each. */
static size_t combine(const Reading *r, size_t start, size_t most, int64_t (*value)(uint16_t),
                      unsigned bits, int64_t to[COMBINATIONS])
{
    size_t n = 1;

    to[0] = 0;
    for (size_t i = 0; i < most; i++) {
        size_t before = n;

        for (size_t k = 0; k < before; k++)
            to[k] <<= bits;
        if (start + i >= r->n)
            continue; /* ends earlier: zeros */
        for (size_t m = r->many[start + i]; m-- > 0;) {
            int64_t v = value(r->of[start + i][m]);

            for (size_t k = 0; k < before; k++) {
                size_t at = m == 0 ? k : n;

                if (at >= COMBINATIONS)
                    continue;
                to[at] = to[k] | v;
                n = MAX(n, at + 1);
            }
        }
    }
    return n;
}

static int64_t number_itself(uint16_t syllable)
{
    return syllable;
}

static void combinations_add(const int64_t *list, size_t n, int64_t bits, GArray *to)
{
    for (size_t i = 0; i < n; i++) {
        int64_t gram = list[i] | bits;
        bool twice = false;

        for (size_t k = 0; k < i; k++)
            twice = twice || list[k] == list[i]; /* two readings with one first letter */
        if (!twice)
            g_array_append_val(to, gram);
    }
}

void pinyin_grams(const Points *p, GArray *to)
{
    int64_t list[COMBINATIONS];
    Reading r;

    reading_of(p, &r);
    if (r.n == 0)
        return;
    size_t starts = r.n == 1 ? 1 : MIN(r.n - 1, r.n <= SHORT_NAME ? SHORT_NAME : READ_STARTS);

    for (size_t i = 0; i < starts; i++)
        combinations_add(list, combine(&r, i, SYLLABLES, number_itself, SYLLABLE, list),
                         INT64_C(1) << READING_BIT | (int64_t)(i == 0) << START_BIT, to);
    if (r.n > 1)
        combinations_add(list, combine(&r, 0, LETTERS, letter_of, LETTER, list),
                         INT64_C(1) << LETTERS_BIT, to);
}

/* ---- what was typed ---------------------------------------------------------------------- */

#define TYPED_MOST 96 /* letters */

typedef struct Typed {
    char at[TYPED_MOST];
    bool ends[TYPED_MOST]; /* a blank or an apostrophe follows */
    size_t n;
    PinyinWay *ways;
    size_t n_ways;
    PinyinPart parts[PINYIN_PARTS];
} Typed;

/* Small letters; anything but letters, blanks and apostrophes is no pinyin. */
static bool typed_of(Str words, Typed *to)
{
    while (words.len > 0) {
        uint32_t p = str_utf8_next(&words);

        if (p >= 'A' && p <= 'Z')
            p += 'a' - 'A';
        if (p == 0xfc || p == 0xdc) /* ü */
            p = 'v';
        if (p == ' ' || p == '\'' || p == 0x3000 || p == 0x2019) {
            if (to->n > 0)
                to->ends[to->n - 1] = true;
            continue;
        }
        if (p < 'a' || p > 'z' || to->n == TYPED_MOST)
            return false;
        to->at[to->n++] = (char)p;
    }
    return to->n >= 2;
}

/* By syllables; not all of them need be whole. */
static void way_of_readings(Typed *t, size_t n, bool starts)
{
    PinyinWay *way = &t->ways[t->n_ways++];
    size_t used = MIN(n, SYLLABLES);
    int64_t from = 0, until = 0;

    *way = (PinyinWay){.n = n, .starts = starts, .check = n > SYLLABLES};
    memcpy(way->parts, t->parts, n * sizeof *way->parts);
    for (size_t i = 0; i < used; i++) {
        from = from << SYLLABLE | t->parts[i].first;
        until = until << SYLLABLE | t->parts[i].last;
        way->gaps = way->gaps || (i + 1 < used && t->parts[i].first != t->parts[i].last);
    }
    unsigned rest = (unsigned)(SYLLABLES - used) * SYLLABLE;

    for (int64_t start = 1; start >= (starts ? 1 : 0); start--) {
        int64_t bits = INT64_C(1) << READING_BIT | start << START_BIT;

        way->from[way->n_stretches] = bits | from << rest;
        way->until[way->n_stretches++] = bits + ((until + 1) << rest);
    }
}

static bool is_letter(const PinyinPart *p)
{
    Str letter = {pinyin_syllable(p->first).at, 1};
    uint16_t first, last;

    return pinyin_range(letter, &first, &last) && first == p->first && last == p->last;
}

/* First letters alone have a number of their own. */
static void way_of_letters(Typed *t, size_t n)
{
    PinyinWay *way = &t->ways[t->n_ways];
    size_t used = MIN(n, LETTERS);
    int64_t from = 0;

    for (size_t i = 0; i < n; i++) {
        if (!is_letter(&t->parts[i])) {
            way_of_readings(t, n, true);
            return;
        }
        if (i < used)
            from = from << LETTER | letter_of(t->parts[i].first);
    }
    unsigned rest = (unsigned)(LETTERS - used) * LETTER;

    *way = (PinyinWay){.n = n, .starts = true, .check = n > LETTERS, .n_stretches = 1};
    memcpy(way->parts, t->parts, n * sizeof *way->parts);
    way->from[0] = INT64_C(1) << LETTERS_BIT | from << rest;
    way->until[0] = (INT64_C(1) << LETTERS_BIT) + ((from + 1) << rest);
    t->n_ways++;
}

/* Syllables of a number, the first `n` put to their least. */
static int64_t with_least(const PinyinWay *way, const uint16_t *syllables, size_t n, size_t used)
{
    int64_t to = 0;

    for (size_t i = 0; i < SYLLABLES; i++)
        to = to << SYLLABLE | (i < n ? syllables[i] : i < used ? way->parts[i].first : 0);
    return to;
}

int64_t pinyin_next(const PinyinWay *way, int64_t gram)
{
    int64_t bits = gram >> START_BIT << START_BIT;
    size_t used = MIN(way->n, SYLLABLES), back;
    uint16_t at[SYLLABLES];

    if (!way->gaps)
        return gram;
    for (size_t i = 0; i < SYLLABLES; i++)
        at[i] = (uint16_t)(gram >> (SYLLABLES - 1 - i) * SYLLABLE & ((1 << SYLLABLE) - 1));
    for (size_t i = 0; i < used; i++) {
        if (at[i] >= way->parts[i].first && at[i] <= way->parts[i].last)
            continue;
        if (at[i] < way->parts[i].first)
            return bits | with_least(way, at, i, used);
        for (back = i; back > 0 && at[back - 1] >= way->parts[back - 1].last; back--)
            continue;
        if (back == 0)
            return INT64_MAX;
        at[back - 1]++;
        return bits | with_least(way, at, back, used);
    }
    return gram;
}

/* The letters from `at` on as one character's, `len` of them; `*whole`: a full syllable. */
static bool part_of(const Typed *t, size_t at, size_t len, PinyinPart *to, bool *whole)
{
    Str letters = {t->at + at, len};

    for (size_t i = at; i + 1 < at + len; i++)
        if (t->ends[i])
            return false;
    if (!pinyin_range(letters, &to->first, &to->last))
        return false;
    *whole = str_equal(pinyin_syllable(to->first), letters);
    return true;
}

static void cut_syllables(Typed *t, size_t at, size_t n)
{
    for (size_t len = MIN(t->n - at, 6); len > 0 && n < PINYIN_PARTS; len--) {
        bool whole, last = at + len == t->n;

        if (!part_of(t, at, len, &t->parts[n], &whole) || (!whole && !last))
            continue;
        if (t->n_ways == PINYIN_WAYS / 2)
            return;
        if (last) {
            way_of_readings(t, n + 1, false);
            continue;
        }
        t->parts[n].last = t->parts[n].first; /* a whole one in the middle is that one */
        cut_syllables(t, at + len, n + 1);
    }
}

/* Whole syllables among first letters ("zhangxy", "lxiuying"); the letters zh, ch, sh are one. */
static void cut_letters(Typed *t, size_t at, size_t n, bool letters)
{
    for (size_t len = MIN(t->n - at, 6); len > 0 && n < PINYIN_PARTS; len--) {
        bool whole, last = at + len == t->n, first = len == 1;

        if (!part_of(t, at, len, &t->parts[n], &whole))
            continue;
        first = first || (len == 2 && t->at[at + 1] == 'h');
        if ((!first && !whole) || t->n_ways == PINYIN_WAYS)
            continue;
        bool only = !first && !last;

        if (only)
            t->parts[n].last = t->parts[n].first;
        if (!last)
            cut_letters(t, at + len, n + 1, letters || first);
        else if (letters && n > 0)
            way_of_letters(t, n + 1);
    }
}

size_t pinyin_ways(Str words, PinyinWay to[PINYIN_WAYS])
{
    Typed t = {.ways = to};

    if (!typed_of(words, &t))
        return 0;
    cut_syllables(&t, 0, 0);
    cut_letters(&t, 0, 0, false);
    return t.n_ways;
}

bool pinyin_reads(const Points *p, const PinyinWay *way)
{
    Reading r;

    reading_of(p, &r);
    for (size_t start = 0; start + way->n <= r.n && (start == 0 || !way->starts); start++) {
        size_t i = 0;

        for (bool fits = true; fits && i < way->n; i += fits) {
            fits = false;
            for (size_t k = 0; k < r.many[start + i]; k++)
                fits = fits || (r.of[start + i][k] >= way->parts[i].first &&
                                r.of[start + i][k] <= way->parts[i].last);
        }
        if (i == way->n)
            return true;
    }
    return false;
}
