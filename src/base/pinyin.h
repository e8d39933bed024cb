/* pinyin.h — how Chinese characters are read, without tones; ü is v.
 * In: a character, or letters.  Out: numbers of syllables, from 1 in alphabetical order, so that
 * the syllables that begin with some letters are neighbours.  The table is pinyin.def, made from
 * Unicode's Unihan data.  Start: pinyin_of(), pinyin_range(). */
#ifndef ANLAO_BASE_PINYIN_H
#define ANLAO_BASE_PINYIN_H

#include "base/str.h"

#define PINYIN_READINGS 6 /* of one character; the most in the table (朴 has four) */

/* How many readings the character has; 0: it is none that has any.  In the order of syllables. */
size_t pinyin_of(uint32_t point, uint16_t to[PINYIN_READINGS]);
/* "zhang"; empty for a number that no syllable has. */
Str pinyin_syllable(uint16_t number);
/* Syllables that begin with the letters (small ones): first to last.  False: none does. */
bool pinyin_range(Str letters, uint16_t *ret_first, uint16_t *ret_last);

#endif
