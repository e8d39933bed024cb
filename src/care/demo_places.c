/* demo_places.c — made-up operators, facilities, beds, staff and money, place by place as the
 * profile says. */
#include "base/identifier.h"
#include "care/demo_inside.h"

static Date day_of(int year, int month, int day)
{
    Date d = DEMO_START;
    (void)date_make(year, month, day, &d);
    return d;
}

static Date some_day(Demo *d, int year)
{
    Date last = day_of(year, 12, 31), first = day_of(year, 1, 5);
    if (last > d->profile.day)
        last = d->profile.day;
    return (Date)chance_between(&d->chance, first, last);
}

static int64_t code_of(const Field *f, Str name)
{
    const Code *code = enum_code(f->type.of, name);
    return code != NULL ? (int64_t)code->number : 0;
}

static const DemoCounty *county_at(const Demo *d, int32_t region)
{
    for (size_t i = 0; i < d->profile.n_counties; i++)
        if (d->profile.counties[i].region == region)
            return &d->profile.counties[i];
    return NULL;
}

static int32_t some_town(Demo *d, int32_t county)
{
    const DemoCounty *c = county_at(d, county);
    return c == NULL ? county : c->towns[chance_below(&d->chance, (unsigned)c->n_towns)];
}

/* Credit codes end their region part in 99: no real registrar (identifiers.tsv). */
static void credit_code(Demo *d, bool company, char to[19])
{
    static const char alphabet[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    char first[18];
    g_snprintf(first, sizeof first, "%s360399", company ? "91" : "52");
    for (size_t i = 8; i < 17; i++)
        first[i] = alphabet[chance_below(&d->chance, 31)];
    first[17] = '\0';
    memcpy(to, first, 17);
    to[17] = credit_code_digit(first);
    to[18] = '\0';
}

/* What the place calls a facility of this kind, else the kind's label. */
static Str kind_words(const Demo *d, Str kind)
{
    for (size_t i = 0; i < d->profile.n_kind_names; i++)
        if (str_equal(kind, d->profile.kind_names[i].kind))
            return d->profile.kind_names[i].words;
    const Code *code = enum_code(d->names.facility_kind->type.of, kind);
    return code != NULL ? code->label.zh : kind;
}

/* Villages are 甲村, 乙村 …: nothing made up sits on a real place. */
static void facility_name(Demo *d, const DemoPlaces *p, int32_t town, unsigned i, GString *to)
{
    static const char *const stems[] = {"甲", "乙", "丙", "丁", "戊", "己", "庚", "辛", "壬", "癸"};
    const RegionRow *r = &d->care->model->regions[town];
    const Words *shop = &d->profile.facility_names;
    const char *stem = stems[i % 10], *second = i >= 10 ? stems[i / 10 % 10] : "";
    Str words = kind_words(d, p->kind);
    g_string_truncate(to, 0);
    if (str_is(p->kind, "mutual_aid_point"))
        g_string_append_printf(to, "%.*s%s%s村%.*s", STR_ARG(r->name), second, stem,
                               STR_ARG(words));
    else if (str_is(p->kind, "community_station") || str_is(p->kind, "day_care"))
        g_string_append_printf(to, "%.*s%s%s社区%.*s", STR_ARG(r->name), second, stem,
                               STR_ARG(words));
    else if (str_is(p->ownership, "private") && shop->n > 0)
        g_string_append_printf(to, "%.*s%s%.*s%.*s", STR_ARG(r->name), i >= shop->n ? stem : "",
                               STR_ARG(shop->list[chance_below(&d->chance, (unsigned)shop->n)]),
                               STR_ARG(words));
    else
        g_string_append_printf(to, "%.*s%s%.*s", STR_ARG(r->name), i > 0 ? stem : "",
                               STR_ARG(words));
}

static bool add_operator(Demo *d, const DemoPlaces *p, bool profit, Date opened,
                         const GString *name, RecordKey *ret, GError **error)
{
    const DemoNames *n = &d->names;
    char code[19];
    *ret = demo_begin(d, n->operator_name->entity, p->county);
    credit_code(d, profit, code);
    demo_text(d, n->operator_name, "%s运营%s", name->str, profit ? "有限公司" : "中心");
    demo_text(d, n->operator_credit_code, "%s", code);
    demo_number(d, n->operator_kind,
                profit ? n->operator_kind_company : n->operator_kind_nonprofit);
    demo_region(d, n->operator_region, p->county);
    demo_number(d, n->operator_registered_on, opened - 90);
    demo_since(d, opened > DEMO_START ? opened : DEMO_START);
    demo_number(d, n->operator_home_care, chance_permille(&d->chance, 30));
    return demo_end(d, error);
}

static bool add_beds(Demo *d, RecordKey home, int32_t region, Date day, unsigned beds, bool nursing,
                     GError **error)
{
    if (beds == 0)
        return true;
    const DemoNames *n = &d->names;
    demo_begin(d, n->bed_change_facility->entity, region);
    demo_reference(d, n->bed_change_facility, home);
    demo_number(d, n->bed_change_changed_on, day);
    demo_number(d, n->bed_change_kind, n->bed_change_kind_opened);
    demo_number(d, n->bed_change_beds, beds);
    demo_number(d, n->bed_change_nursing, nursing);
    return demo_end(d, error);
}

static bool add_staff(Demo *d, RecordKey home, int32_t region, unsigned carers, Date opened,
                      GError **error)
{
    const DemoNames *n = &d->names;
    g_autoptr(GString) name = g_string_new(NULL);
    for (unsigned i = 0; i < carers + 2; i++) {
        Date hired = opened + (Date)chance_below(&d->chance, 400);
        if (hired > d->profile.day)
            hired = d->profile.day;
        demo_begin(d, n->staff_name->entity, region);
        demo_name(d, i > 0, 1975, name);
        demo_text(d, n->staff_name, "%s", name->str);
        demo_text(d, n->staff_staff_no, "Y%06" G_GUINT64_FORMAT, ++d->next_number);
        demo_reference(d, n->staff_facility, home);
        demo_since(d, hired);
        demo_number(d, n->staff_role,
                    i == 0   ? n->staff_role_manager
                    : i == 1 ? n->staff_role_nurse
                             : n->staff_role_carer);
        if (i > 1) {
            demo_since(d, hired);
            demo_number(d, n->staff_grade,
                        chance_permille(&d->chance, 550)   ? n->carer_grade_uncertified
                        : chance_permille(&d->chance, 700) ? n->carer_grade_grade_five_carer
                                                           : n->carer_grade_grade_four_carer);
        }
        demo_number(d, n->staff_hired_on, hired);
        if (!demo_end(d, error))
            return false;
    }
    return true;
}

static void yes_or_no(Demo *d, const Field *f, Date since, unsigned permille)
{
    demo_since(d, since);
    demo_number(d, f, chance_permille(&d->chance, permille));
}

static void describe_public(Demo *d, Date since)
{
    const DemoNames *n = &d->names;
    bool done = chance_permille(&d->chance, 700);
    int64_t all = 1ll << n->upgrade_aspect_buildings | 1ll << n->upgrade_aspect_equipment |
                  1ll << n->upgrade_aspect_personnel | 1ll << n->upgrade_aspect_management |
                  1ll << n->upgrade_aspect_services;
    demo_since(d, since);
    demo_number(d, n->facility_upgrade,
                done ? n->upgrade_state_in_use : n->upgrade_state_under_way);
    demo_since(d, since);
    demo_number(d, n->facility_upgraded, done ? all : all & ~(1ll << n->upgrade_aspect_personnel));
    yes_or_no(d, n->facility_centre_board, since, 800);
    yes_or_no(d, n->facility_same_basic_standard, since, 900);
}

static void describe_home(Demo *d, const DemoPlaces *p, Date since)
{
    const DemoNames *n = &d->names;
    demo_since(d, since);
    demo_number(d, n->facility_star,
                chance_permille(&d->chance, 350)   ? n->star_unrated
                : chance_permille(&d->chance, 400) ? n->star_two_star
                : chance_permille(&d->chance, 800) ? n->star_three_star
                                                   : n->star_four_star);
    if (!chance_permille(&d->chance, 40)) /* some never filed the paper */
        demo_number(d, n->facility_filed_on, since + (Date)chance_below(&d->chance, 20));
    yes_or_no(d, n->facility_major_hazard, since, 40);
    yes_or_no(d, n->facility_has_clinic, since, 550);
    yes_or_no(d, n->facility_dual_track, since, str_is(p->ownership, "private") ? 0 : 400);
    if (!str_is(p->ownership, "private"))
        describe_public(d, since);
}

static void describe_address(Demo *d)
{
    static const char *const stems[] = {"安康", "和顺", "长青", "松鹤", "丰年", "望山"};
    demo_text(d, d->names.facility_site, "%s路%u号", stems[chance_below(&d->chance, 6)],
              chance_below(&d->chance, 300) + 1);
    demo_text(d, d->names.facility_phone, "%.*s%06u", STR_ARG(d->profile.phone),
              chance_below(&d->chance, 1000000));
}

static bool add_facility(Demo *d, const DemoPlaces *p, unsigned i, GError **error)
{
    const DemoNames *n = &d->names;
    g_autoptr(GString) name = g_string_new(NULL);
    int32_t town = some_town(d, p->county);
    Date opened = some_day(d, p->year), since = opened > DEMO_START ? opened : DEMO_START;
    bool profit = chance_permille(&d->chance, p->profit), private = str_is(p->ownership, "private");
    RecordKey operator_key = {0};
    facility_name(d, p, town, i, name);
    bool operated = private || (str_is(p->operation, "public_built_private_run") &&
                                !chance_permille(&d->chance, 200));
    if (operated && !add_operator(d, p, profit, opened, name, &operator_key, error))
        return false;
    RecordKey home = demo_begin(d, n->facility_name->entity, town);
    demo_text(d, n->facility_facility_no, "S%06" G_GUINT64_FORMAT, ++d->next_number);
    demo_text(d, n->facility_name, "%s", name->str);
    demo_number(d, n->facility_kind, code_of(n->facility_kind, p->kind));
    demo_region(d, n->facility_region, town);
    demo_number(d, n->facility_setting, code_of(n->facility_setting, p->setting));
    demo_number(d, n->facility_ownership, code_of(n->facility_ownership, p->ownership));
    demo_since(d, since);
    demo_number(d, n->facility_operation, code_of(n->facility_operation, p->operation));
    demo_number(d, n->facility_profit, private ? profit : 0);
    demo_number(d, n->facility_opened_on, opened);
    if (operated) {
        demo_since(d, since);
        demo_reference(d, n->facility_operator, operator_key);
    }
    demo_since(d, since);
    demo_number(d, n->facility_has_meal_service,
                str_is(p->kind, "mutual_aid_point") || chance_permille(&d->chance, 500));
    describe_address(d);
    unsigned beds = p->beds;
    if (beds > 0) {
        demo_number(d, n->facility_filed_beds, beds + chance_below(&d->chance, 10));
        demo_number(d, n->facility_built_beds, beds);
        describe_home(d, p, since);
    }
    if (!demo_end(d, error))
        return false;
    if (beds == 0)
        return true;
    DemoHome made = {.key = home,
                     .county = p->county,
                     .town = town,
                     .beds = beds,
                     .public_home = !private,
                     .opened = opened};
    g_array_append_val(d->homes, made);
    unsigned nursing = beds * p->nursing / 1000;
    return add_beds(d, home, town, opened, nursing, true, error) &&
           add_beds(d, home, town, opened, beds - nursing, false, error) &&
           add_staff(d, home, town, beds / 12 + 1, opened, error);
}

/* Beds opened in homes that stood already: the largest home of the county takes them. */
static bool add_later_beds(Demo *d, const DemoBeds *b, GError **error)
{
    DemoHome *largest = NULL;
    for (guint i = 0; i < d->homes->len; i++) {
        DemoHome *h = &g_array_index(d->homes, DemoHome, i);
        bool stood = h->county == b->county && h->opened <= day_of(b->year, 1, 1);
        if (stood && (largest == NULL || h->beds > largest->beds))
            largest = h;
    }
    if (largest == NULL)
        return true;
    Date day = some_day(d, b->year);
    largest->beds += b->beds;
    return add_beds(d, largest->key, largest->town, day, b->nursing, true, error) &&
           add_beds(d, largest->key, largest->town, day, b->beds - b->nursing, false, error);
}

static bool add_assessors(Demo *d, int32_t county, GError **error)
{
    const DemoNames *n = &d->names;
    g_autoptr(GString) name = g_string_new(NULL);
    for (unsigned i = 0; i < 6; i++) {
        DemoAssessor a = {.county = county};
        a.key = demo_begin(d, n->assessor_name->entity, county);
        demo_name(d, i % 2 == 0, 1985, name);
        demo_text(d, n->assessor_name, "%s", name->str);
        demo_text(d, n->assessor_certificate_no, "PG%06" G_GUINT64_FORMAT, ++d->next_number);
        demo_region(d, n->assessor_region, county);
        demo_number(d, n->assessor_qualified_on, DEMO_START - 200);
        if (!demo_end(d, error))
            return false;
        g_array_append_val(d->assessors, a);
    }
    return true;
}

static bool add_fund_use(Demo *d, int32_t county, int year, int64_t yuan, int64_t purpose,
                         GError **error)
{
    const DemoNames *n = &d->names;
    demo_begin(d, n->fund_use_region->entity, county);
    demo_region(d, n->fund_use_region, county);
    demo_number(d, n->fund_use_source, n->fund_welfare_lottery);
    demo_number(d, n->fund_use_purpose, purpose);
    demo_number(d, n->fund_use_amount, yuan * 100);
    demo_number(d, n->fund_use_used_on, some_day(d, year));
    return demo_end(d, error);
}

static bool add_budget(Demo *d, const DemoCounty *c, int year, int64_t purpose, int64_t yuan,
                       GError **error)
{
    const DemoNames *n = &d->names;
    demo_begin(d, n->budget_line_region->entity, c->region);
    demo_region(d, n->budget_line_region, c->region);
    demo_number(d, n->budget_line_purpose, purpose);
    demo_number(d, n->budget_line_year_start, day_of(year, 1, 1));
    demo_number(d, n->budget_line_year_end, day_of(year, 12, 31));
    demo_number(d, n->budget_line_arranged, yuan * 100);
    demo_number(d, n->budget_line_issued, yuan * 90);
    demo_number(d, n->budget_line_spent, yuan * 70);
    return demo_end(d, error);
}

static bool add_money(Demo *d, const DemoCounty *c, GError **error)
{
    const DemoNames *n = &d->names;
    int last = date_ymd(d->profile.day).year;
    for (int year = last - 2; year <= last; year++) {
        int64_t all = 20000 * (int64_t)(c->share + 20),
                care = all * chance_between(&d->chance, 74, 90) / 100;
        if (!add_fund_use(d, c->region, year, care, n->fund_purpose_elderly_care, error) ||
            !add_fund_use(d, c->region, year, all - care, n->fund_purpose_children, error))
            return false;
        int64_t work = (int64_t)c->share * chance_between(&d->chance, 1300, 1700);
        int64_t building = (int64_t)c->share * chance_between(&d->chance, 8000, 20000);
        if (!add_budget(d, c, year, n->budget_purpose_work_fund, work, error) ||
            (chance_permille(&d->chance, 900) &&
             !add_budget(d, c, year, n->budget_purpose_construction, building, error)))
            return false;
    }
    return true;
}

bool demo_places(Demo *d, GError **error)
{
    const DemoProfile *p = &d->profile;
    for (size_t i = 0; i < p->n_counties; i++)
        if (!demo_projects(d, &p->counties[i], error) ||
            !add_assessors(d, p->counties[i].region, error) ||
            !add_money(d, &p->counties[i], error))
            return false;
    for (size_t i = 0; i < p->n_places; i++) {
        d->progress("facilities", i, p->n_places);
        for (unsigned k = 0; k < p->places[i].count; k++)
            if (!add_facility(d, &p->places[i], k, error))
                return fail_while(error, "making facilities");
    }
    for (size_t i = 0; i < p->n_beds; i++)
        if (!add_later_beds(d, &p->beds[i], error))
            return fail_while(error, "making beds");
    return true;
}
