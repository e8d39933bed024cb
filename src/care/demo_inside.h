/* demo_inside.h — what the files of the demonstration generator share. */
#ifndef ANLAO_CARE_DEMO_INSIDE_H
#define ANLAO_CARE_DEMO_INSIDE_H

#include "care/demo.h"
#include "care/write.h"

/* ---- chance: xoshiro256**, seeded by splitmix64; the same on every machine
 * ---------------------------- */

typedef struct Chance {
    uint64_t s[4];
} Chance;
void chance_seed(Chance *c, uint64_t seed);
uint64_t chance_next(Chance *c);
unsigned chance_below(Chance *c, unsigned n);                 /* 0..n-1; 0 for n == 0 */
int64_t chance_between(Chance *c, int64_t low, int64_t high); /* both included */
bool chance_permille(Chance *c, unsigned p);

/* ---- the profile of a place
 * ---------------------------------------------------------------------------- */

typedef struct Words {
    Str *list;
    size_t n;
} Words;

typedef struct DemoAge {
    int low, high;
    unsigned permille;
} DemoAge;

typedef struct DemoCounty {
    int32_t region;
    unsigned share, employee; /* permille of elders; of them with an employee pension */
    int32_t *towns;           /* region rows */
    size_t n_towns;
} DemoCounty;

typedef struct DemoPlaces { /* line `facility`: so many like this, opened in a year */
    int32_t county;
    Str kind, setting, ownership, operation;
    int year;
    unsigned count, beds, nursing,
        profit; /* beds each; permille of nursing beds and of for-profit ones */
} DemoPlaces;

typedef struct DemoRecords { /* line `records`: how many of an entity the generic part makes */
    Str entity;
    unsigned count;
} DemoRecords;

typedef struct DemoValues { /* line `value`: a field's usual numbers, as people write them */
    Str entity, field;
    unsigned low, high;
} DemoValues;

typedef struct DemoCodes { /* line `code`: how often, in a thousand, a field says this code; of a */
    Str entity, field, code; /* field that has such lines the codes without one do not come up */
    unsigned share;
} DemoCodes;

typedef struct DemoText { /* line `text`: what fields say whose label holds `part`; line `title`: …
                           */
    bool titles;          /* … how records are called of registers whose label holds it … */
    Str part, pattern;    /* … with `#` a number, `~` a person, `@` a word of names */
} DemoText;

typedef struct DemoKindName { /* line `kind_name`: what a facility of this kind is called here */
    Str kind, words;
} DemoKindName;

typedef struct DemoBeds { /* line `beds`: opened in existing homes */
    int32_t county;
    int year;
    unsigned beds, nursing;
} DemoBeds;

typedef struct DemoProfile {
    Arena *arena;
    Date day;
    DemoCounty *counties;
    size_t n_counties;
    DemoAge ages[16];
    size_t n_ages;
    Words surnames, given_woman, given_man, given_1950, facility_names;
    DemoPlaces *places;
    size_t n_places;
    DemoBeds *beds;
    size_t n_beds;
    DemoRecords *records;
    size_t n_records;
    DemoValues *values;
    size_t n_values;
    DemoCodes *codes;
    size_t n_codes;
    DemoKindName *kind_names;
    size_t n_kind_names;
    DemoText *texts;
    size_t n_texts;
    int64_t centre; /* line `centre`: a point of it; places lie around it */
    Str phone;      /* line `phone`: area code and a digit that no real number begins with */
    uint64_t *stop; /* first eight bytes of SM3 of names never to be made */
    size_t n_stop;
} DemoProfile;
bool demo_profile_read(Arena *a, const RegionTree *t, const char *path, const char *stop_names,
                       DemoProfile *ret, GError **error);

/* ---- names bound to the Model
 * --------------------------------------------------------------------------- */

typedef struct DemoNames {
#define FIELD(entity, field) const Field *entity##_##field;
#define CODE(of, code)       int64_t of##_##code;
#include "care/demo_names.def"
#undef FIELD
#undef CODE
} DemoNames;
bool demo_names_bind(const Model *m, DemoNames *ret, GError **error);

/* ---- a stream of new records
 * ----------------------------------------------------------------------------- */

/* A record that later ones may refer to. */
typedef struct DemoMade {
    RecordKey key;
    int32_t region;
    Date begin; /* of its span, or its event day; DEMO_START where it has neither */
} DemoMade;

typedef struct Demo {
    Care *care;
    DemoProfile profile;
    DemoNames names;
    Chance chance;
    DemoProgress *progress;
    uint64_t records;
    GError *failed; /* making an id failed: said at demo_end */
    /* the record being filled, and those waiting for the next chunk */
    Arena *arena; /* of the chunk */
    WriteRequest *waiting;
    size_t n_waiting;
    WriteField *fields; /* of the record being filled */
    size_t n_fields;
    Date since; /* of the next field given; 0 = the default */
    const Entity *entity;
    RecordKey key;
    /* what later records refer to */
    GArray *homes;        /* of DemoHome */
    GArray *assessors;    /* of DemoAssessor */
    uint8_t *sequence;    /* next free citizen sequence per (birth day, sex) */
    uint64_t next_number; /* of files, reports, phones */
    GArray **made;        /* of DemoMade, by number of the entity: a sample of them */
    uint64_t *n_made;     /* all of them */
    uint8_t **bound;      /* by entity and field: the trade-wise part fills it */
    int32_t region;       /* of the record being filled */
    bool whole;           /* fill bound fields too: the record is all the generic part's */
    Chance rest;          /* the generic part's own chance: adding a field moves nothing else */
    GArray **holders;     /* of DemoMade, by account: who was brought something (demo_flows.c) */
    Chance flows;
} Demo;

typedef struct DemoHome {
    RecordKey key;
    int32_t county, town;
    unsigned beds, taken;
    bool public_home;
    Date opened;
} DemoHome;

typedef struct DemoAssessor {
    RecordKey key;
    int32_t county;
} DemoAssessor;

/* Begins a record of the entity in the county that owns `region`; fields follow; demo_end queues
 * it. */
RecordKey demo_begin(Demo *d, const Entity *e, int32_t region);
void demo_number(Demo *d, const Field *f, int64_t n);
void demo_text(Demo *d, const Field *f, const char *format, ...) G_GNUC_PRINTF(3, 4);
void demo_reference(Demo *d, const Field *f, RecordKey to);
void demo_region(Demo *d, const Field *f, int32_t region);
/* The next value given holds from this day; without it a dated value holds from the profile's first
 * day. */
void demo_since(Demo *d, Date since);
bool demo_end(Demo *d, GError **error);
/* demo_follow.c: the states of a record from `begin` on; reports of offices on their duties; most
 * of what tasks ask, done. */
void demo_states(Demo *d, const Field *f, Date begin);
bool demo_duty_reports(Demo *d, GError **error);
bool demo_follow(Demo *d, GError **error);
bool demo_flush(Demo *d, GError **error);

/* A made-up full name in `to`; never one on the stop list. */
void demo_name(Demo *d, bool woman, int born_year, GString *to);
#define DEMO_START 17897 /* 2019-01-01: dated facts are known from here on */

/* demo_rest.c: fields and registers that nothing above fills, by their declared kinds alone, so
 * that every declaration of a place has something to show. */
void demo_rest_begin(Demo *d, uint64_t seed);
void demo_rest_end(Demo *d);
void demo_rest_fields(Demo *d); /* of the record being filled, before it is queued */
void demo_rest_note(Demo *d);   /* the record just filled may be referred to */
bool demo_rest(Demo *d, GError **error);

/* Housing projects, and who bears a title. */
bool demo_projects(Demo *d, const DemoCounty *c, GError **error);
bool demo_places(Demo *d, GError **error); /* operators, facilities, beds, staff, money */
bool demo_people(Demo *d, unsigned elders,
                 GError **error); /* elders, assessments, means checks, stays */

/* demo_flows.c */
void demo_flows_begin(Demo *d, uint64_t seed);
void demo_flows_end(Demo *d);
void demo_flows_note(Demo *d);
bool demo_flows_wait(const Demo *d, const Entity *e, const bool *tried);
/* Chooses holder and purpose of what takes out; a field that is to be left empty, or NULL. */
const Field *demo_flow_choose(Demo *d);

#endif
