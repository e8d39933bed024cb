/* publish_file.h — what stands in public as a data file. */
#ifndef ANLAO_CARE_PUBLISH_FILE_H
#define ANLAO_CARE_PUBLISH_FILE_H

#include "care/publish.h"

/* A header of labels, then the cells and the days from and until; with the mark spreadsheets need.
 */
void public_book_csv(const PublicBook *b, bool english, GString *to);
/* {"publish":…,"document":…,"clause":…,"on":…,"records":N,"fields":[…],"rows":[{"from":…,"until":…,
 * "cells":[…]}]} */
void public_book_json(const PublicBook *b, GString *to);
/* elder.name: how the document writes the field. */
void public_field_name(const ShownField *f, GString *to);

#endif
