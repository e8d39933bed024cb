/* simulate.h — what if: a month, or the months of a plan, by the documents in force and by changed
 * ones; people and money before and after, and regions whose checks come out otherwise.
 * Nothing is stored: both are computed from the working set in memory.
 * Start: simulate(). */
#ifndef ANLAO_CARE_SIMULATE_H
#define ANLAO_CARE_SIMULATE_H

#include "care/page_api.h"
#include "format/json.h"

typedef struct WhatIf {
    const Str *sets; /* "operating_rate[full]=240 yuan": written as behind `set` in a document; from
                        the first day of the first month, or from the day it says */
    size_t n_sets;
    const DocumentFile *drafts; /* in the place of the documents of their names, or beside them */
    size_t n_drafts;
    Month from, until; /* both count */
    int32_t region;    /* ROW_NONE: all that the session sees */
    size_t movers;     /* how many to list; needs PERSON_READ */
} WhatIf;

typedef struct SimulateSide {
    uint64_t yes, no, unknown, judgement;
    int64_t sum; /* fen */
} SimulateSide;

/* What becomes of a record's answer.  One that turns unknown, or waits for a person, has not lost
 * anything yet: its money is counted there. */
typedef enum SimulateTurn {
    SIMULATE_GAINS,
    SIMULATE_LOSES,
    SIMULATE_TURNS_UNKNOWN,
    SIMULATE_TURNS_JUDGEMENT,
    SIMULATE_TURNS
} SimulateTurn;
extern const char *const simulate_turn_words[SIMULATE_TURNS];

typedef struct SimulateMove {
    uint64_t count;
    int64_t difference; /* fen: after less before */
} SimulateMove;

typedef struct SimulateCell { /* counts: a record once for each month it is asked about */
    SimulateSide before, after;
    SimulateMove turns[SIMULATE_TURNS];
} SimulateCell;

typedef enum SimulateHow { SIMULATE_CHANGED, SIMULATE_NEW, SIMULATE_GONE } SimulateHow;

typedef struct SimulateRule {
    Str name, document, clause;
    Label label;
    RuleKind kind;
    SimulateHow how;
    const Entity *subject;
    SimulateCell all;
    SimulateCell *months;  /* as Simulation.months */
    SimulateCell *regions; /* as Simulation.regions */
} SimulateRule;

typedef struct SimulateChange { /* what a check of regions says of one of them */
    int32_t region;
    Month from, until; /* both count: so long it is these two */
    bool asked_before, asked_after;
    Truth before, after; /* where it is asked */
} SimulateChange;

typedef struct SimulateRegionCheck {
    SimulateRule rule;       /* `all`, `months`: a region once for each month, as on its last day */
    SimulateChange *changes; /* as the tree stands, in the region that is asked about */
    size_t n_changes;
} SimulateRegionCheck;

typedef struct SimulatePeriod { /* all rules together */
    Month from, until;
    int64_t before, after;
} SimulatePeriod;

typedef struct SimulateRegion { /* all rules together, over all months */
    int32_t region;
    unsigned depth;                     /* 0: the whole, 1: counties of a city, 2: their towns */
    int64_t before, after;              /* fen */
    SimulateMove turns[SIMULATE_TURNS]; /* records, each once, by their whole difference */
} SimulateRegion;

typedef struct SimulateMover {
    const Entity *entity;
    RecordKey key;
    Str name;
    int32_t region; /* ROW_NONE: not known */
    int64_t before, after;
} SimulateMover;

typedef struct Simulation {
    bool computed; /* false: the diagnoses say why not */
    int32_t region;
    size_t same; /* rules that say the same as before: not listed */
    SimulateRule *rules;
    size_t n_rules;
    SimulateRegionCheck *region_checks; /* that say something else than before */
    size_t n_region_checks;
    SimulatePeriod *months;
    size_t n_months;
    SimulatePeriod *years;
    size_t n_years;
    SimulateRegion *regions; /* the whole first, then as the tree stands; none where nothing is */
    size_t n_regions;
    SimulateMover *movers; /* greatest difference first */
    size_t n_movers;
    uint64_t moved; /* records whose sum differs, listed or not */
    bool may_list;  /* the session may see whose */
    double seconds; /* of the evaluation alone */
} Simulation;

/* Needs WHAT_IF, for drafts POLICY_DRAFT also.  True with ret->computed false and `ds` when what is
 * supposed does not compile. */
bool simulate(Care *c, const Session *s, const WhatIf *what, Diags *ds, Arena *a, Simulation *ret,
              GError **error);
/* The answer as commands and pages for programs write it: members of the object at hand. */
void simulation_json(const Care *c, JsonWriter *j, const Simulation *s, bool by_region);

#endif
