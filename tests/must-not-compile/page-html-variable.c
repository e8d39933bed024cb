/* refused: expected */
/* Markup is a literal; a value goes through html_out, which escapes. */
#include "page/html.h"

void write_name(Html *h, const char *name);

void write_name(Html *h, const char *name)
{
    html_lit(h, name);
}
