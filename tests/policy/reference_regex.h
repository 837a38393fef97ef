/* Regular expressions by PCRE2, for the reference. */
#ifndef VG_TESTS_POLICY_REFERENCE_REGEX_H
#define VG_TESTS_POLICY_REFERENCE_REGEX_H

#include <vigil/text.h>

/* Whether the expression is found in the text. Under VG_REGEX_CASELESS both are brought to Windows' upper
 * case as far as they are not ASCII, of which alone PCRE2 knows the case here; so a pattern may have no
 * ranges of such. */
bool reference_regex_found(struct vg_span pattern, unsigned flags, struct vg_span text);

#endif
