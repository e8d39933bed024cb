/* search.h — numbers by which records are found: what search.c and search_pinyin.c share.
 * A number (`gram`) is two characters of a text side by side, its first one, or with a bit that no
 * pair has: three characters side by side, a reading (six syllables from some character on; that
 * from the first one is marked), or the first letters of the readings of all. */
#ifndef ANLAO_STORE_SEARCH_H
#define ANLAO_STORE_SEARCH_H

#include "store/writing.h"

#define TITLE_POINTS 256 /* code points of a text that can be searched */

typedef struct Points {
    uint32_t at[TITLE_POINTS];
    size_t n;
} Points;

/* Without blanks, letters small. */
void points_of(Str text, Points *to);

/* Adds the numbers of all readings of a text. */
void pinyin_grams(const Points *p, GArray *to);

typedef struct PinyinPart { /* what was typed of one character: these syllables */
    uint16_t first, last;
} PinyinPart;

#define PINYIN_PARTS 16 /* characters; letters beyond are not looked at */
#define PINYIN_WAYS  24 /* "xian" is one character or two */

typedef struct PinyinWay {
    int64_t from[2], until[2]; /* of the numbers: from <= gram < until */
    size_t n_stretches;
    bool starts; /* from the first character on; else from any */
    bool gaps;   /* not all numbers between fit: pinyin_next() */
    bool check;  /* the numbers say less than was typed: look at the text itself */
    PinyinPart parts[PINYIN_PARTS];
    size_t n;
} PinyinWay;

/* The ways in which what was typed can be meant as pinyin; 0: it is none. */
size_t pinyin_ways(Str words, PinyinWay to[PINYIN_WAYS]);
/* The least number that fits the way and is not less than `gram`; INT64_MAX: none is. */
int64_t pinyin_next(const PinyinWay *way, int64_t gram);
/* Whether the text can be read as what was typed. */
bool pinyin_reads(const Points *p, const PinyinWay *way);

#endif
