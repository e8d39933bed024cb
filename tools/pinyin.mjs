#!/usr/bin/env node
// src/base/pinyin.def: which characters are read how, from Unihan_Readings.txt on standard input
// (Debian: bzcat /usr/share/unicode/Unihan_Readings.txt.bz2, package unicode-data).
// Of each character: all readings of the table of standard characters (kTGHZ2013), else of the
// dictionary of modern Chinese (kXHC1983), else the customary one (kMandarin).  Tones go; ü is v.
import { readFileSync, writeFileSync } from 'node:fs';

// What family names are read as and those tables do not say.
const names = { 谌: ['shen'], 万: ['mo'], 令: ['ling'], 俟: ['qi'], 繁: ['po'], 缪: ['miao'], 祭: ['zhai'], 洗: ['xian'], 冼: ['xian'] };

const plain = (text) => text.normalize('NFD').replace(/u\u0308/g, 'v').replace(/[\u0300-\u036f]/g, '')
    .replace(/ɡ/g, 'g').toLowerCase();
const fields = new Map();
for (const line of readFileSync(0, 'utf8').split('\n')) {
    const [code, field, value] = line.split('\t');
    if (value === undefined || !['kMandarin', 'kTGHZ2013', 'kXHC1983'].includes(field)) continue;
    const point = parseInt(code.slice(2), 16);
    if (!fields.has(point)) fields.set(point, {});
    fields.get(point)[field] = value.split(' ').flatMap((v) => v.replace(/^.*:/, '').split(',')).map(plain);
}
const read = new Map();
for (const [point, of] of fields) {
    const list = of.kTGHZ2013 ?? of.kXHC1983 ?? of.kMandarin;
    for (const syllable of [...list, ...(names[String.fromCodePoint(point)] ?? [])]) {
        if (!/^[a-z]+$/.test(syllable) || !/[aeiouv]/.test(syllable)) continue;
        if (!read.has(syllable)) read.set(syllable, new Set());
        read.get(syllable).add(point);
    }
}
let text = `/* pinyin.def — which characters are read how, in the order of syllables; ü is v, no tones.
 * READ(syllable, characters).  Made by tools/pinyin.mjs from Unihan 15.0 (kTGHZ2013, else kXHC1983,
 * else kMandarin, and readings of family names): Copyright © 1991-2022 Unicode, Inc., changed;
 * its terms stand in LICENSE.unicode. */\n`;
for (const syllable of [...read.keys()].sort())
    text += `READ("${syllable}", "${[...read.get(syllable)].sort((a, b) => a - b).map((p) => String.fromCodePoint(p)).join('')}")\n`;
writeFileSync(new URL('../src/base/pinyin.def', import.meta.url), text);
console.log(`${read.size} syllables`);
