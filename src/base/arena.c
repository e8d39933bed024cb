/* arena.c — blocks of zeroed memory, handed out from front to back and freed together.
 * In: sizes.  Out: memory that lives until arena_free().  Read first: arena_alloc(). */
#include "base/arena.h"

#include "base/pages.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ALIGNMENT 16u

/* A request needs a few KB, a model some MB: blocks double between these two.  Under the address
 * sanitizer every piece is a block of its own, so that a write beyond it is found. */
#ifndef __has_feature
#define __has_feature(x) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
static const size_t block_least = 0, block_most = 0;
#else
static const size_t block_least = 4 << 10, block_most = 1 << 20;
#endif

typedef struct Block {
    struct Block *before;
    size_t size, used;
    bool zeroed;
    max_align_t bytes[];
} Block;

typedef struct CleanUp {
    struct CleanUp *before;
    void (*clean)(void *);
    void *what;
} CleanUp;

struct Arena {
    Block *last;
    CleanUp *clean_ups;
    size_t handed_out, next_block;
};

G_STATIC_ASSERT(offsetof(Block, bytes) % ALIGNMENT == 0);
G_STATIC_ASSERT(_Alignof(max_align_t) >= ALIGNMENT);

void out_of_memory(void)
{
    static const char message[] = "anlao: error: out of memory\n";
    /* Nothing that might allocate, and no handlers: the database survives a sudden end. */
    ssize_t written = write(STDERR_FILENO, message, sizeof(message) - 1);
    (void)written;
    _exit(3);
}

static void *take(size_t size, bool zeroed)
{
    void *memory = zeroed ? calloc(1, size) : malloc(size);
    if (memory == NULL)
        out_of_memory();
    return memory;
}

Arena *arena_new(void)
{
    Arena *a = take(sizeof(Arena), true);
    a->next_block = block_least;
    return a;
}

void arena_free(Arena *a)
{
    if (a == NULL)
        return;
    /* A clean-up may register another one. */
    while (a->clean_ups != NULL) {
        CleanUp *c = a->clean_ups;
        a->clean_ups = c->before;
        c->clean(c->what);
    }
    while (a->last != NULL) {
        Block *b = a->last;
        a->last = b->before;
        free(b);
    }
    free(a);
}

static Block *block_add(Arena *a, size_t needed)
{
    size_t size = needed > a->next_block ? needed : a->next_block;
    bool own = needed > a->next_block;
    /* Large pieces come zeroed from the system; of a block each piece is zeroed when it is handed
     * out, since much of it may never be. */
    Block *b = take(sizeof(Block) + size, own);
    *b = (Block){.size = size, .zeroed = own};
    /* A piece larger than a block gets its own, behind the last one, which is not yet full. */
    if (own && a->last != NULL) {
        b->before = a->last->before;
        a->last->before = b;
    } else {
        b->before = a->last;
        a->last = b;
    }
    if (a->next_block < block_most)
        a->next_block *= 2;
    return b;
}

void *arena_alloc(Arena *a, size_t size)
{
    if (size > SIZE_MAX / 2)
        out_of_memory();
    size_t rounded = (size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
    Block *b = a->last;
    if (b == NULL || b->size - b->used < rounded)
        b = block_add(a, block_most == 0 ? size : rounded);
    void *memory = (char *)b->bytes + b->used;
    b->used = block_most == 0 ? b->size : b->used + rounded;
    a->handed_out += size;
    return b->zeroed ? memory : memset(memory, 0, size);
}

void *arena_array(Arena *a, size_t count, size_t size)
{
    if (size != 0 && count > SIZE_MAX / 2 / size)
        out_of_memory();
    return arena_alloc(a, count * size);
}

void *arena_column(Arena *a, size_t count, size_t size)
{
    if (size != 0 && count > SIZE_MAX / 2 / size)
        out_of_memory();
    void *memory = pages_new(count * size);
    a->handed_out += count * size;
    arena_on_free(a, pages_free, memory);
    return memory;
}

void *arena_list(Arena *a, const GArray *from, size_t *ret_n)
{
    size_t size = g_array_get_element_size((GArray *)from);
    void *to = arena_array(a, (size_t)from->len + 1, size);
    if (from->len > 0)
        memcpy(to, from->data, from->len * size);
    if (ret_n != NULL)
        *ret_n = from->len;
    return to;
}

char *arena_dup(Arena *a, const char *at, size_t len)
{
    if (len == SIZE_MAX)
        out_of_memory();
    char *copy = arena_alloc(a, len + 1);
    if (len > 0)
        memcpy(copy, at, len);
    return copy;
}

Str arena_str(Arena *a, Str s)
{
    return (Str){arena_dup(a, s.at, s.len), s.len};
}

char *arena_printf(Arena *a, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    char small[256];
    int len = g_vsnprintf(small, sizeof(small), format, args);
    g_assert(len >= 0);
    char *text = arena_alloc(a, (size_t)len + 1);
    if ((size_t)len < sizeof(small))
        memcpy(text, small, (size_t)len);
    else
        g_vsnprintf(text, (gulong)len + 1, format, again);
    va_end(again);
    va_end(args);
    return text;
}

void arena_on_free(Arena *a, void (*clean)(void *), void *what)
{
    CleanUp *c = arena_new_of(a, CleanUp);
    *c = (CleanUp){a->clean_ups, clean, what};
    a->clean_ups = c;
}

size_t arena_size(const Arena *a)
{
    return a->handed_out;
}
