/* public.h — what the page of a draw shows to everybody and to those who hold it. */
#ifndef ANLAO_PAGE_PUBLIC_H
#define ANLAO_PAGE_PUBLIC_H

#include "care/draw.h"
#include "page/site.h"

/* The names of views DRAW and PUBLIC_DRAW that both have. */
void fill_draw(Req *q, View *v, const DrawRound *x);

#endif
