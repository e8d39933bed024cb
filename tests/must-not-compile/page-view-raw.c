/* refused: incompatible pointer type */
/* Only finished Html becomes markup, never a text. */
#include "page/view.h"

void fill(View *v, const char *name);

void fill(View *v, const char *name)
{
    view_html(v, "name_html", name);
}
