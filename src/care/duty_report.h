/* duty_report.h — how duties stand by the reports of the offices that lead them.  The register and
 * its words: follow.h.  Start: duty_reports(), duty_reported(). */
#ifndef ANLAO_CARE_DUTY_REPORT_H
#define ANLAO_CARE_DUTY_REPORT_H

#include "care/follow_inside.h"

/* Reports that say done, on or before the day: read once for all duties of a list. */
typedef struct DutyReport {
    Str duty;
    int64_t agency; /* code */
    int32_t region;
    Date day;
    RecordKey key;
} DutyReport;
bool duty_reports(const Following *f, DutyReport **ret, size_t *ret_n, GError **error);

/* How a duty stands by the reports of those that lead it; *ret_reported: how many of them have
 * reported it done this time. */
DutyAnswer duty_reported(const Following *f, const Duty *d, int32_t region, const DutyTimes *t,
                         const DutyReport *reports, size_t n, size_t *ret_reported);

/* How many files lie with the reports that say this duty is done: its evidence. */
bool duty_files(const Following *f, const Duty *d, int32_t region, const DutyReport *reports,
                size_t n, size_t *ret, GError **error);

#endif
