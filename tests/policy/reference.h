/* Decisions by the letter of the model: every rule in order, every predicate by itself, nothing indexed,
 * nothing shared with the matcher but vg_upcase; regular expressions are PCRE2's business. Slow and meant to
 * be obviously right. */
#ifndef VG_TESTS_POLICY_REFERENCE_H
#define VG_TESTS_POLICY_REFERENCE_H

#include "../../src/policy/model.h"

/* The decision on a record as it stands; pending facts count as unknown, but are not named in unknown_fields
 * when they could still be gathered. `need` is not set. */
void reference_decide(const struct vg_model *model, const struct vg_record *record,
                      struct vg_decision *decision);

/* Whether asking for `field` is justified: some rule before the first that is certain to decide mentions it
 * in a pending predicate, and what that rule comes to is open while the pending predicates may turn out
 * either way. */
bool reference_may_ask(const struct vg_model *model, const struct vg_record *record, enum vg_field field);

#endif
