/* views.c — names of the frame, and with them those of every page. */
#include "page/views.h"

#define NAV_NAMES "link_url label current"
/* Names that every page may use: the frame's own. */
#define FRAME                                                                                      \
    "lang zh page_title size_class demo signed user_name role_label user_place csrf today "        \
    "sign_in nav{" NAV_NAMES "} more_nav{" NAV_NAMES                                               \
    "} has_more ship_failing ship_behind more_current registers{" NAV_NAMES                        \
    "} lang_url sizes{link_url label hint current} "                                               \
    "style_url script_url chart_url icon_url has_chart "

const ViewFacts view_facts[VIEW_PAGES] = {
#define VIEW(id, template, names) {template, FRAME names},
#include "page/views.def"
#undef VIEW
};
