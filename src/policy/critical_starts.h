/* What Windows itself starts on its way from its first process to a desktop and to the prompt for an
 * administrator's consent, as "Windows Internals" (7th edition, part 1, chapter 2, "System processes") walks
 * it; command lines as they are seen on Windows 10. */
#ifndef VG_POLICY_CRITICAL_STARTS_H
#define VG_POLICY_CRITICAL_STARTS_H

#include "trial.h"

#define VG_CRITICAL_STARTS 22

extern const struct vg_trial_start vg_critical_starts[VG_CRITICAL_STARTS];

#endif
