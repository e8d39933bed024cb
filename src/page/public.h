/* public.h — what the page of a draw shows to everybody and to those who hold it. */
#ifndef ANLAO_PAGE_PUBLIC_H
#define ANLAO_PAGE_PUBLIC_H

#include "care/draw.h"
#include "page/site.h"

/* A row of `draws` of views DRAWS and PUBLIC, all but its link. */
void fill_draw_row(Req *q, View *row, const DrawRound *x);
/* The names of views DRAW and PUBLIC_DRAW that both have. */
void fill_draw(Req *q, View *v, const DrawRound *x);

#endif
