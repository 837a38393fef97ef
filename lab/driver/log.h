/* lab.log: what the lab did for the drivers, and what they did that Windows would not have forgiven. */
#ifndef LAB_LOG_H
#define LAB_LOG_H

#include "platform.h"

void lab_log_open(void);
void lab_log(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A rule of Windows was broken: a leak, a call at the wrong IRQL, an unload that leaves a routine registered.
 * Counted; a scenario that ends with violations has failed. */
void lab_violation(const char *format, ...) __attribute__((format(printf, 1, 2)));
ULONG lab_violations(void);

#endif
