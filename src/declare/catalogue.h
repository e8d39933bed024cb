/* catalogue.h — lists that places have after one another: each item, and what may not fall below.
 * A wider document declares the list, with a comparator for each column; a narrower one has its own
 * version, which must hold every item of the wider one's, no less in any column (semantics 47).
 * In: a Model.  Out: versions, and how one compares with another.  Start: catalogue_compare(). */
#ifndef ANLAO_DECLARE_CATALOGUE_H
#define ANLAO_DECLARE_CATALOGUE_H

#include "declare/model.h"

#define CATALOGUE_COLUMNS 16u /* more do not fit a page */

typedef enum Comparator {
    COMPARATOR_SHOWN, /* not compared */
    COMPARATOR_KEY,
    COMPARATOR_SUPERSET,
    COMPARATOR_AT_LEAST,
    COMPARATOR_AT_MOST,
    COMPARATOR_SAME,
} Comparator;

typedef struct CatalogueColumn {
    Str name;
    Label label;
    Type type; /* TEXT: as written, words parted by commas where it is a set; KIND_N: numbers, each
                  cell with its own unit */
    Comparator comparator;
} CatalogueColumn;

typedef struct CatalogueCell {
    Str text; /* as written; empty: not stated */
    Type type;
    int64_t number; /* rank of a code, bits of a set, a number of the type */
    Pos pos;
} CatalogueCell;

typedef struct CatalogueRow {
    CatalogueCell *cells; /* one a column */
    Pos pos;
} CatalogueRow;

typedef struct CatalogueVersion {
    const Catalogue *of;
    Str place; /* code; empty: everywhere */
    Date since, until;
    CatalogueRow *rows;
    size_t n_rows;
    Home home;
} CatalogueVersion;

struct Catalogue {
    Str name;
    Label label;
    CatalogueColumn *columns;
    size_t n_columns, key;
    CatalogueVersion **versions; /* in the order of the documents; the first is its own */
    size_t n_versions;
    Str delegated_to; /* level; empty: nobody below has one */
    unsigned number;
    Home home;
};

typedef enum Fit {           /* from best to worst */
                   FIT_NONE, /* nothing is asked */
                   FIT_KEPT,
                   FIT_MORE,    /* more than asked, or an item of its own */
                   FIT_UNKNOWN, /* one does not state it, or they can not be compared */
                   FIT_LESS,
                   FIT_MISSING, /* the item is not there */
} Fit;

typedef struct CatalogueFit {        /* one item */
    const CatalogueRow *wider, *own; /* one of them may be NULL */
    Fit fit;                         /* the worst of its columns */
    Fit *cells;                      /* one a column */
} CatalogueFit;

/* The version in force for a place on a day: its own, NULL when it has none. */
const CatalogueVersion *catalogue_own(const Catalogue *c, Str place, Date day);
/* The nearest one of a wider place that is in force on the day; NULL: there is none. */
const CatalogueVersion *catalogue_wider(const Model *m, const CatalogueVersion *own, Date day);
/* Each item of the wider version in its order, then those of the other alone. */
CatalogueFit *catalogue_compare(const CatalogueVersion *wider, const CatalogueVersion *own,
                                Arena *a, size_t *ret_n);
/* A cell as people read it: labels of codes, 30元 / 30 yuan. */
Label catalogue_cell_words(const CatalogueCell *c, Arena *a);
/* What is wrong with one column in words, "少 独居、空巢" / "lacks alone, empty nest"; empty where
 * nothing is. */
Label catalogue_words(const CatalogueFit *f, const Catalogue *c, size_t column, Arena *a);
/* The next word of a cell that is a set: 独居、空巢 or alone, empty_nest; false: there is none. */
bool catalogue_word(Str *rest, Str *ret_word);
const Catalogue *model_catalogue(const Model *m, Str name);

#endif
