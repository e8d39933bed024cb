/* sm3_many.c — SM3 (GM/T 0004) of many texts side by side, one in each lane of wide words.
 * A journal's digests do not wait for each other once the stored links are taken for granted, and
 * OpenSSL works on one at a time.  A lane whose text is at its end takes the next one.  Tests hold
 * it against OpenSSL's.  Read first: sm3_many(), compress(). */
#include "base/clones.h"
#include "base/crypto.h"

#include <string.h>

#define LANES  8
#define BLOCK  64
#define WORDS  16 /* of a block */
#define STATE  8  /* words */
#define ROUNDS 64

typedef uint32_t Wide __attribute__((vector_size(4 * LANES))); /* one word of each lane */

typedef struct Lane {
    const uint8_t *at; /* the next block: of the text, then of its end */
    size_t whole;      /* blocks of the text from there */
    size_t ends;       /* blocks behind them */
    size_t text;       /* its number */
    bool busy;
    uint8_t end[2 * BLOCK]; /* what is left of the text, and its length */
} Lane;

static const uint32_t start[STATE] = {0x7380166f, 0x4914b2b9, 0x172442d7, 0xda8a0600,
                                      0xa96f30bc, 0x163138aa, 0xe38dee4d, 0xb0fb0e4e};

/* ---- one block of each lane -------------------------------------------------------------- */

#define TURNED(x, n) ((x) << (n) | (x) >> (32 - (n)))

/* One round; FF and GG are the standard's functions of the first 16 rounds and of the others. */
#define ROUND(FF, GG)                                                                              \
    do {                                                                                           \
        const Wide turned = TURNED(a, 12), sum = turned + e + constant;                            \
        const Wide s = TURNED(sum, 7);                                                             \
        const Wide t = (FF) + d + (s ^ turned) + (w[j] ^ w[j + 4]), u = (GG) + h + s + w[j];       \
        d = c, c = TURNED(b, 9), b = a, a = t;                                                     \
        h = g, g = TURNED(f, 19), f = e, e = u ^ TURNED(u, 9) ^ TURNED(u, 17);                     \
        constant = TURNED(constant, 1);                                                            \
    } while (0)

CLONES static void compress(Wide v[STATE], Wide w[ROUNDS + 4])
{
    Wide a = v[0], b = v[1], c = v[2], d = v[3], e = v[4], f = v[5], g = v[6], h = v[7];
    uint32_t constant = 0x79cc4519;

    for (int j = WORDS; j < ROUNDS + 4; j++) {
        Wide x = w[j - 16] ^ w[j - 9] ^ TURNED(w[j - 3], 15);

        w[j] = x ^ TURNED(x, 15) ^ TURNED(x, 23) ^ TURNED(w[j - 13], 7) ^ w[j - 6];
    }
    for (int j = 0; j < 16; j++)
        ROUND(a ^ b ^ c, e ^ f ^ g);
    constant = TURNED(UINT32_C(0x7a879d8a), 16);
    for (int j = 16; j < ROUNDS; j++)
        ROUND((a & b) | ((a | b) & c), ((f ^ g) & e) ^ g);
    v[0] ^= a, v[1] ^= b, v[2] ^= c, v[3] ^= d;
    v[4] ^= e, v[5] ^= f, v[6] ^= g, v[7] ^= h;
}

/* ---- lanes ------------------------------------------------------------------------------- */

static uint32_t word_of(const uint8_t *at)
{
    uint32_t n;

    memcpy(&n, at, sizeof n);
    return GUINT32_FROM_BE(n);
}

static void lane_take(Lane *l, size_t number, Str text, uint32_t state[][LANES], size_t lane)
{
    size_t rest = text.len % BLOCK;
    uint64_t bits = GUINT64_TO_BE((uint64_t)text.len * 8);

    l->text = number;
    l->busy = true;
    l->at = (const uint8_t *)text.at;
    l->whole = text.len / BLOCK;
    l->ends = rest + 1 + sizeof bits > BLOCK ? 2 : 1;
    memset(l->end, 0, sizeof l->end);
    if (rest > 0)
        memcpy(l->end, text.at + text.len - rest, rest);
    l->end[rest] = 0x80;
    memcpy(l->end + l->ends * BLOCK - sizeof bits, &bits, sizeof bits);
    if (l->whole == 0)
        l->at = l->end;
    for (size_t i = 0; i < STATE; i++)
        state[i][lane] = start[i];
}

static void block_load(const Lane *l, uint32_t words[][LANES], size_t lane)
{
    for (size_t i = 0; i < WORDS; i++)
        words[i][lane] = word_of(l->at + 4 * i);
}

/* true: that was the last block. */
static bool lane_step(Lane *l)
{
    l->at += BLOCK;
    if (l->whole > 0) {
        l->whole--;
        if (l->whole == 0)
            l->at = l->end;
        return false;
    }
    l->ends--;
    return l->ends == 0;
}

static void lane_give(Lane *l, uint32_t state[][LANES], size_t lane, uint8_t to[SM3_SIZE])
{
    for (size_t i = 0; i < STATE; i++) {
        uint32_t n = GUINT32_TO_BE(state[i][lane]);

        memcpy(to + 4 * i, &n, sizeof n);
    }
    l->busy = false;
}

typedef union Words { /* the same words, all lanes at once and one by one */
    Wide wide[ROUNDS + 4];
    uint32_t each[ROUNDS + 4][LANES];
} Words;

void sm3_many(const Str *texts, size_t n, uint8_t (*to)[SM3_SIZE])
{
    Lane lanes[LANES] = {{0}};
    Words state = {0}, words = {0};

    for (size_t next = 0, done = 0; done < n;) {
        for (size_t i = 0; i < LANES; i++) {
            if (!lanes[i].busy && next < n) {
                lane_take(&lanes[i], next, texts[next], state.each, i);
                next++;
            }
            if (lanes[i].busy)
                block_load(&lanes[i], words.each, i);
        }
        compress(state.wide, words.wide);
        for (size_t i = 0; i < LANES; i++) {
            if (!lanes[i].busy || !lane_step(&lanes[i]))
                continue;
            lane_give(&lanes[i], state.each, i, to[lanes[i].text]);
            done++;
        }
    }
}
