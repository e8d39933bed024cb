/* demo_people.c — made-up elders with their assessments, means checks and stays, some of them dirty
 * as real files are. Shares are the stated guesses of the field (design notes 4.6); what a place
 * differs in stands in its profile. Read first: add_elder(). */
#include "base/identifier.h"
#include "care/demo_inside.h"

/* How a person really is; what is recorded is only what somebody assessed. */
enum { INTACT, MILD, MODERATE, SEVERE, TOTAL };

typedef struct Person {
    RecordKey key;
    const DemoCounty *county;
    int32_t town;
    Date born, died; /* died: DATE_MAX = alive */
    bool woman, rural, tekun, dibao;
    int ability, age; /* age on the profile's day */
} Person;

/* The 26 items of GB/T 42195 with their greatest scores, in the order of the standard's table. */
static const struct {
    const char *field;
    int most;
} items[] = {
    {"eating", 4},
    {"grooming", 4},
    {"bathing", 4},
    {"dressing_upper", 4},
    {"dressing_lower", 4},
    {"bladder", 4},
    {"bowel", 4},
    {"toileting", 4},
    {"bed_mobility", 4},
    {"chair_transfer", 4},
    {"walking", 4},
    {"stairs", 3},
    {"time_orientation", 4},
    {"place_orientation", 4},
    {"person_orientation", 4},
    {"memory", 4},
    {"comprehension", 4},
    {"expression", 4},
    {"aggression", 1},
    {"depression", 1},
    {"consciousness", 2},
    {"vision", 2},
    {"hearing", 2},
    {"daily_affairs", 4},
    {"transport", 3},
    {"social", 4},
};
#define ITEMS G_N_ELEMENTS(items)

static const DemoCounty *some_county(Demo *d)
{
    unsigned total = 0;
    for (size_t i = 0; i < d->profile.n_counties; i++)
        total += d->profile.counties[i].share;
    unsigned at = chance_below(&d->chance, total);
    for (size_t i = 0; i < d->profile.n_counties; i++) {
        if (at < d->profile.counties[i].share)
            return &d->profile.counties[i];
        at -= d->profile.counties[i].share;
    }
    return &d->profile.counties[0];
}

static int some_age(Demo *d)
{
    unsigned total = 0;
    for (size_t i = 0; i < d->profile.n_ages; i++)
        total += d->profile.ages[i].permille;
    unsigned at = chance_below(&d->chance, total);
    for (size_t i = 0; i < d->profile.n_ages; i++) {
        const DemoAge *a = &d->profile.ages[i];
        if (at < a->permille)
            return (int)chance_between(&d->chance, a->low, a->high);
        at -= a->permille;
    }
    return 65;
}

static int some_ability(Demo *d, int age)
{
    unsigned old = age >= 80 ? 3 : 1, at = chance_below(&d->chance, 1000);
    unsigned total = 8 * old, severe = total + 10 * old, moderate = severe + 17 * old,
             mild = moderate + 42 * old;
    return at < total      ? TOTAL
           : at < severe   ? SEVERE
           : at < moderate ? MODERATE
           : at < mild     ? MILD
                           : INTACT;
}

static void make_person(Demo *d, Person *p)
{
    Chance *c = &d->chance;
    *p = (Person){.county = some_county(d), .age = some_age(d), .died = DATE_MAX};
    p->woman = chance_permille(c, p->age >= 100 ? 750 : p->age >= 80 ? 570 : 510);
    p->born = date_add_months(d->profile.day, -12 * p->age) - (Date)chance_below(c, 365);
    p->town = p->county->towns[chance_below(c, (unsigned)p->county->n_towns)];
    p->rural = chance_permille(c, p->county->employee > 200 ? 250 : 750);
    p->ability = some_ability(d, p->age);
    p->tekun = chance_permille(c, 15);
    p->dibao = !p->tekun && chance_permille(c, 45);
    if (chance_permille(c, p->age >= 90   ? 250
                           : p->age >= 80 ? 90
                                          : 20)) /* within the three years shown */
        p->died = DEMO_START + (Date)chance_below(c, (unsigned)(d->profile.day - DEMO_START));
}

/* A made-up number: unassigned county code 360399, true birth date, right check digit.  False when
 * the day's sequence numbers are used up. */
static bool citizen_number(Demo *d, const Person *p, char to[19])
{
    Ymd born = date_ymd(p->born);
    size_t slot = (size_t)(p->born + 40000) * 2 + p->woman;
    if (p->born < -40000 || p->born > 10000 || d->sequence[slot] >= 250)
        return false;
    unsigned serial = (unsigned)d->sequence[slot]++ * 2 + (p->woman ? 2 : 1);
    char first[64];
    g_snprintf(first, sizeof first, "360399%04d%02d%02d%03u", born.year, born.month, born.day,
               serial % 1000);
    memcpy(to, first, 17);
    to[17] = citizen_id_digit(first);
    to[18] = '\0';
    return true;
}

static void fill_identity(Demo *d, const Person *p)
{
    const DemoNames *n = &d->names;
    char number[19];
    unsigned dirt = chance_below(&d->chance, 1000);
    if (dirt >= 13 && citizen_number(d, p, number))
        demo_text(d, n->elder_id_number, "%s", number);
    else
        demo_number(d, n->elder_id_absent_reason,
                    dirt < 3   ? n->id_absent_reason_duplicate
                    : dirt < 5 ? n->id_absent_reason_unidentified
                               : n->id_absent_reason_unregistered);
    demo_text(d, n->elder_phone, "%.*s%06u", STR_ARG(d->profile.phone),
              chance_below(&d->chance, 1000000));
    demo_text(d, n->elder_social_card_account, "000%09" G_GUINT64_FORMAT, ++d->next_number);
}

static void fill_residence(Demo *d, const Person *p)
{
    const DemoNames *n = &d->names;
    Chance *c = &d->chance;
    int32_t hukou = p->town;
    if (chance_permille(c, 60)) { /* lives elsewhere than where registered */
        const DemoCounty *other = some_county(d);
        hukou = other->towns[chance_below(c, (unsigned)other->n_towns)];
    }
    demo_region(d, n->elder_household_register, hukou);
    demo_region(d, n->elder_residence, p->town);
    demo_number(d, n->elder_residence_kind,
                p->rural ? n->residence_kind_rural : n->residence_kind_urban);
    if (chance_permille(c, 8)) { /* moved once, in the middle of a month */
        Date moved = DEMO_START + (Date)chance_below(c, (unsigned)(d->profile.day - DEMO_START));
        if (moved < p->died && moved > p->born) {
            demo_since(d, moved);
            demo_region(d, n->elder_residence,
                        p->county->towns[chance_below(c, (unsigned)p->county->n_towns)]);
        }
    }
    static const char *const stems[] = {"甲", "乙", "丙", "丁", "戊", "己", "庚", "辛"};
    demo_text(d, n->elder_address, "%s%s%u组%u号", stems[chance_below(c, 8)],
              p->rural ? "村" : "社区", chance_below(c, 12) + 1, chance_below(c, 90) + 1);
}

static uint64_t bit(int64_t code)
{
    return 1ull << code;
}

static void fill_economy(Demo *d, const Person *p)
{
    const DemoNames *n = &d->names;
    Chance *c = &d->chance;
    uint64_t economy = 0, flags = 0;
    if (p->tekun)
        economy = bit(n->economy_tekun);
    else if (p->dibao)
        economy = bit(n->economy_dibao);
    else if (chance_permille(c, 15))
        economy = bit(n->economy_dibao_margin);
    else if (chance_permille(c, 5))
        economy = bit(n->economy_hardship_spending);
    flags |= p->rural && chance_permille(c, 60) ? bit(n->person_flag_poverty_lifted) : 0;
    flags |= chance_permille(c, 5) ? bit(n->person_flag_monitored) : 0;
    flags |= chance_permille(c, 10) ? bit(n->person_flag_entitled_veteran) : 0;
    flags |= chance_permille(c, 4) ? bit(n->person_flag_special_family) : 0;
    if (p->tekun || p->dibao || !chance_permille(c, 20)) /* some files never said */
        demo_number(d, n->elder_economy, (int64_t)economy);
    demo_number(d, n->elder_flags, (int64_t)flags);
    if (!chance_permille(c, 30))
        demo_number(d, n->elder_pension_kind,
                    chance_permille(c, p->county->employee) ? n->pension_kind_employee
                    : chance_permille(c, 30)                ? n->pension_kind_public_service
                    : chance_permille(c, 40)                ? n->pension_kind_no_pension
                                                            : n->pension_kind_resident);
}

static void fill_living(Demo *d, const Person *p)
{
    const DemoNames *n = &d->names;
    Chance *c = &d->chance;
    uint64_t living = 0;
    unsigned at = chance_below(c, 1000);
    if (at < 90)
        living = bit(n->living_alone);
    else if (at < 440)
        living = bit(n->living_empty_nest);
    if (p->rural && chance_permille(c, 110))
        living |= bit(n->living_left_behind);
    if (!chance_permille(c, 30))
        demo_number(d, n->elder_living, (int64_t)living);
    if (!chance_permille(c, 50))
        demo_number(d, n->elder_disability_grade,
                    chance_permille(c, 20)   ? n->disability_grade_grade_two
                    : chance_permille(c, 40) ? n->disability_grade_grade_four
                                             : n->disability_grade_no_certificate);
    if (!p->tekun)
        return;
    demo_number(d, n->elder_tekun_self_care,
                p->ability >= SEVERE     ? n->self_care_full_care
                : p->ability >= MODERATE ? n->self_care_half_care
                                         : n->self_care_self_reliant);
    if (!chance_permille(c, 30))
        demo_number(d, n->elder_support_form,
                    p->ability >= MODERATE || chance_permille(c, 180) ? n->support_form_concentrated
                                                                      : n->support_form_scattered);
}

static bool add_elder(Demo *d, Person *p, GString *name, GError **error)
{
    const DemoNames *n = &d->names;
    p->key = demo_begin(d, n->elder_name->entity, p->town);
    demo_name(d, p->woman, date_ymd(p->born).year, name);
    demo_text(d, n->elder_file_no, "PX%08" G_GUINT64_FORMAT, ++d->next_number);
    demo_text(d, n->elder_name, "%s", name->str);
    demo_number(d, n->elder_sex, p->woman ? n->sex_female : n->sex_male);
    demo_number(d, n->elder_born, p->born);
    if (p->died != DATE_MAX)
        demo_number(d, n->elder_died, p->died);
    fill_identity(d, p);
    fill_residence(d, p);
    fill_economy(d, p);
    fill_living(d, p);
    return demo_end(d, error);
}

/* Item scores that add up to a total inside the level's range of the standard. */
static void some_scores(Demo *d, int ability, int scores[ITEMS])
{
    static const int ranges[][2] = {[INTACT] = {90, 90},
                                    [MILD] = {66, 89},
                                    [MODERATE] = {46, 65},
                                    [SEVERE] = {30, 45},
                                    [TOTAL] = {4, 29}};
    int total = 0, wanted = (int)chance_between(&d->chance, ranges[ability][0], ranges[ability][1]);
    for (size_t i = 0; i < ITEMS; i++)
        total += scores[i] = items[i].most;
    while (total > wanted) {
        unsigned i = chance_below(&d->chance, ITEMS);
        if (scores[i] > 0) {
            scores[i]--;
            total--;
        }
    }
}

static void fill_assessors(Demo *d, const Person *p)
{
    const DemoNames *n = &d->names;
    size_t block = 0;
    for (guint i = 0; i < d->assessors->len; i++)
        if (g_array_index(d->assessors, DemoAssessor, i).county == p->county->region) {
            block = i;
            break;
        }
    unsigned first = chance_below(&d->chance, 6);
    const DemoAssessor *team = &g_array_index(d->assessors, DemoAssessor, block);
    demo_reference(d, n->assessment_assessor, team[first].key);
    demo_reference(d, n->assessment_second_assessor, team[(first + 1) % 6].key);
    if (!chance_permille(&d->chance, 20))
        demo_reference(d, n->assessment_reviewer,
                       team[(first + (chance_permille(&d->chance, 990) ? 2 : 1)) % 6].key);
}

static bool add_assessment(Demo *d, const Person *p, GError **error)
{
    const DemoNames *n = &d->names;
    const Entity *e = n->assessment_elder->entity;
    int scores[ITEMS];
    Date last = p->died < d->profile.day ? p->died - 1 : d->profile.day;
    /* Some 8 % have expired; the rest are from the year before the last day. */
    Date day = last - (Date)(chance_permille(&d->chance, 80) ? chance_between(&d->chance, 366, 700)
                                                             : chance_between(&d->chance, 0, 364));
    if (day < DEMO_START)
        day = DEMO_START;
    some_scores(d, p->ability, scores);
    demo_begin(d, e, p->town);
    demo_reference(d, n->assessment_elder, p->key);
    demo_text(d, n->assessment_assessment_no, "A%08" G_GUINT64_FORMAT, ++d->next_number);
    demo_number(d, n->assessment_assessed_at, day);
    demo_number(d, n->assessment_reason,
                chance_permille(&d->chance, 700) ? n->assessment_reason_initial
                                                 : n->assessment_reason_regular);
    fill_assessors(d, p);
    demo_number(d, n->assessment_valid_until, date_add_months(day, 12) - 1);
    for (size_t i = 0; i < ITEMS; i++)
        if (!chance_permille(&d->chance, 1)) /* refused now and then */
            demo_number(d, entity_field(e, str_of(items[i].field)), scores[i]);
    demo_number(d, n->assessment_falls, p->ability >= MILD && chance_permille(&d->chance, 100));
    demo_number(d, n->assessment_wandering, 0);
    demo_number(d, n->assessment_choking, 0);
    demo_number(d, n->assessment_self_harm, 0);
    demo_number(d, n->assessment_other_events, 0);
    demo_number(d, n->assessment_dementia,
                p->ability >= MODERATE && chance_permille(&d->chance, 120));
    demo_number(d, n->assessment_mental_disorder, chance_permille(&d->chance, 10));
    demo_number(d, n->assessment_coma, p->ability == TOTAL && chance_permille(&d->chance, 20));
    return demo_end(d, error);
}

static bool add_means_check(Demo *d, const Person *p, GError **error)
{
    const DemoNames *n = &d->names;
    Date day = d->profile.day - (Date)chance_below(&d->chance, 400);
    demo_begin(d, n->means_check_elder->entity, p->town);
    demo_reference(d, n->means_check_elder, p->key);
    demo_number(d, n->means_check_authorised_on, day - 10);
    demo_number(d, n->means_check_checked_on, day);
    demo_text(d, n->means_check_report_no, "HD%08" G_GUINT64_FORMAT, ++d->next_number);
    demo_number(d, n->means_check_outcome,
                p->dibao || p->tekun || chance_permille(&d->chance, 600)
                    ? n->means_outcome_in_hardship
                    : n->means_outcome_not_in_hardship);
    demo_number(d, n->means_check_valid_until, date_add_months(day, 12));
    return demo_end(d, error);
}

static bool add_adaptation(Demo *d, const Person *p, GError **error)
{
    const DemoNames *n = &d->names;
    Date applied = DEMO_START + (Date)chance_below(&d->chance, 700);
    bool accepted = chance_permille(&d->chance, 700);
    demo_begin(d, n->adaptation_elder->entity, p->town);
    demo_reference(d, n->adaptation_elder, p->key);
    demo_number(d, n->adaptation_applied_on, applied);
    demo_since(d, applied + (accepted ? 60 : 0));
    demo_number(d, n->adaptation_accepted, accepted);
    if (accepted) {
        demo_number(d, n->adaptation_accepted_on, applied + 60);
        demo_number(d, n->adaptation_cost, chance_between(&d->chance, 120, 300) * 1000);
    }
    return demo_end(d, error);
}

/* Somebody who waits for a place in a public home. */
static bool add_application(Demo *d, const Person *p, GError **error)
{
    const DemoNames *n = &d->names;
    const DemoHome *home = NULL;
    for (guint i = 0; i < d->homes->len; i++) {
        const DemoHome *h = &g_array_index(d->homes, DemoHome, i);
        if (h->public_home && h->county == p->county->region)
            home = h;
    }
    if (home == NULL)
        return true;
    Date applied = d->profile.day - (Date)chance_below(&d->chance, 400);
    demo_begin(d, n->application_elder->entity, home->town);
    demo_reference(d, n->application_elder, p->key);
    demo_reference(d, n->application_facility, home->key);
    demo_number(d, n->application_applied_on, applied);
    if (chance_permille(&d->chance, 650))
        demo_number(d, n->application_settled_on, applied + (Date)chance_below(&d->chance, 30));
    return demo_end(d, error);
}

static DemoHome *home_with_room(Demo *d, const Person *p)
{
    guint start = chance_below(&d->chance, d->homes->len);
    for (guint i = 0; i < d->homes->len; i++) {
        DemoHome *h = &g_array_index(d->homes, DemoHome, (start + i) % d->homes->len);
        unsigned full = h->public_home ? 550 : 650;
        bool fits = h->county == p->county->region && h->taken * 1000 < h->beds * full;
        if (fits && (!p->tekun || h->public_home))
            return h;
    }
    return NULL;
}

static bool add_stay(Demo *d, const Person *p, GError **error)
{
    const DemoNames *n = &d->names;
    DemoHome *h = d->homes->len > 0 ? home_with_room(d, p) : NULL;
    if (h == NULL)
        return true;
    Date first = h->opened > DEMO_START - 700 ? h->opened : DEMO_START - 700;
    Date last = p->died < d->profile.day ? p->died : d->profile.day;
    if (first >= last)
        return true;
    Date in = (Date)chance_between(&d->chance, first, last - 1);
    demo_begin(d, n->stay_elder->entity, h->town);
    demo_reference(d, n->stay_elder, p->key);
    demo_reference(d, n->stay_facility, h->key);
    demo_text(d, n->stay_room_bed, "%u-%u", 101 + h->taken / 2, h->taken % 2 + 1);
    demo_number(d, n->stay_moved_in, in);
    if (p->died != DATE_MAX)
        demo_number(d, n->stay_moved_out, p->died);
    else if (chance_permille(&d->chance, 60))
        demo_number(d, n->stay_moved_out, (Date)chance_between(&d->chance, in + 1, last));
    else
        h->taken++;
    demo_number(d, n->stay_basis, p->tekun ? n->stay_basis_tekun : n->stay_basis_paying);
    return demo_end(d, error);
}

static bool add_person(Demo *d, GString *name, GError **error)
{
    Person p;
    Chance *c = &d->chance;
    make_person(d, &p);
    if (!add_elder(d, &p, name, error))
        return false;
    bool lives_in = p.tekun ? chance_permille(c, p.ability >= MODERATE ? 900 : 200)
                            : chance_permille(c, p.ability >= MODERATE ? 250 : 8);
    bool assessed =
        (lives_in && !chance_permille(c, 60)) || chance_permille(c, p.age >= 80             ? 300
                                                                    : p.ability >= MODERATE ? 250
                                                                                            : 8);
    if (assessed && !add_assessment(d, &p, error))
        return false;
    if ((p.dibao || p.tekun || chance_permille(c, 15)) && !add_means_check(d, &p, error))
        return false;
    if (p.tekun && p.died == DATE_MAX && chance_permille(c, 350) && !add_adaptation(d, &p, error))
        return false;
    if (!lives_in && p.died == DATE_MAX && chance_permille(c, p.tekun ? 60 : 1) &&
        !add_application(d, &p, error))
        return false;
    return !lives_in || add_stay(d, &p, error);
}

bool demo_people(Demo *d, unsigned elders, GError **error)
{
    g_autoptr(GString) name = g_string_new(NULL);
    for (unsigned i = 0; i < elders; i++) {
        if (i % 1000 == 0)
            d->progress("elders", i, elders);
        if (!add_person(d, name, error))
            return fail_while(error, "making elder %u of %u", i + 1, elders);
    }
    return true;
}
