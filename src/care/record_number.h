/* record_number.h — the column of an exported list that says which record a row is:
 * 记录号（3FA21C）. What stands in the brackets is this database's: numbers of another one are
 * other records' here. Without the column a list of visits, which have no number of their own,
 * would come back as as many new visits. */
#ifndef ANLAO_CARE_RECORD_NUMBER_H
#define ANLAO_CARE_RECORD_NUMBER_H

#include "care/care.h"

Str record_number_head(const Care *c, bool english, Arena *a);

typedef enum RecordNumberHead { HEAD_OTHER, HEAD_OURS, HEAD_FOREIGN } RecordNumberHead;
RecordNumberHead record_number_read(const Care *c, Str header);

#endif
