/* demo_projects.c — made-up housing projects with the care premises they owe, and titles of places.
 */
#include "care/demo_inside.h"

/* The area that rules ask for is not known here: some projects build enough, some do not. */
static bool add_project(Demo *d, const DemoCounty *c, unsigned i, GError **error)
{
    static const char *const stems[] = {"锦绣", "阳光", "翠湖", "金桂",
                                        "和苑", "康城", "书香", "滨江"};
    const DemoNames *n = &d->names;
    Chance *x = &d->chance;
    const int64_t stages[] = {n->build_stage_designed, n->build_stage_built,
                              n->build_stage_completed, n->build_stage_handed_over};
    unsigned at = chance_below(x, 4), care = chance_permille(x, 800) || at == 0 ? at : at - 1;
    int64_t households = chance_between(x, 200, 2400);
    int64_t area = households * chance_between(x, 14, 28) / 100; /* whole square metres */
    demo_begin(d, n->building_project_name->entity, c->region);
    demo_text(d, n->building_project_project_no, "XM%06" G_GUINT64_FORMAT, ++d->next_number);
    demo_text(d, n->building_project_name, "%s小区%u期", stems[i % 8], i / 8 + 1);
    demo_region(d, n->building_project_region, c->towns[chance_below(x, (unsigned)c->n_towns)]);
    demo_number(d, n->building_project_kind,
                chance_permille(x, 600)   ? n->estate_kind_new_estate
                : chance_permille(x, 500) ? n->estate_kind_old_town
                                          : n->estate_kind_shanty);
    demo_number(d, n->building_project_households, households);
    if (!chance_permille(x, 80)) {
        demo_number(d, n->building_project_care_area, MAX(area, 120) * 100);
        demo_number(d, n->building_project_smallest_site,
                    chance_between(x, 120, MAX(area, 160)) * 100);
    }
    demo_number(d, n->building_project_stage, stages[at]);
    demo_number(d, n->building_project_care_stage, stages[care]);
    demo_number(d, n->building_project_title_registered, at == 3);
    demo_number(d, n->building_project_care_title_public, care == 3 && chance_permille(x, 850));
    demo_number(d, n->building_project_care_in_use, care == 3 && chance_permille(x, 900));
    return demo_end(d, error);
}

static bool add_title(Demo *d, const DemoCounty *c, int64_t kind, const char *holder,
                      GError **error)
{
    const DemoNames *n = &d->names;
    demo_begin(d, n->designation_holder->entity, c->region);
    demo_text(d, n->designation_holder, "%s", holder);
    demo_number(d, n->designation_kind, kind);
    demo_region(d, n->designation_region, c->region);
    demo_number(d, n->designation_granted_on, DEMO_START + (Date)chance_below(&d->chance, 800));
    return demo_end(d, error);
}

bool demo_projects(Demo *d, const DemoCounty *c, GError **error)
{
    const DemoNames *n = &d->names;
    unsigned projects = 3 + c->share / 15;
    for (unsigned i = 0; i < projects; i++)
        if (!add_project(d, c, i, error))
            return fail_while(error, "making housing projects");
    if (chance_permille(&d->chance, 600) &&
        !add_title(d, c, n->designation_kind_hospice_pilot, "甲医院安宁疗护科", error))
        return false;
    if (chance_permille(&d->chance, 700) &&
        !add_title(d, c, n->designation_kind_standard_model_home, "示范养老院甲", error))
        return false;
    return !chance_permille(&d->chance, 400) ||
           add_title(d, c, n->designation_kind_smart_home, "智慧养老院甲", error);
}
