/* The policy that a test is about: built by hand, compiled, opened, asked about one record. A test program
 * has one at a time. */
#ifndef VG_TESTS_POLICY_SUBJECT_H
#define VG_TESTS_POLICY_SUBJECT_H

#include "../cmocka_all.h"
#include "build.h"

#define TEXT(literal) ((struct vg_span){u"" literal, sizeof(u"" literal) - 2})

/* A test that begins with an empty policy, and a record whose cheap facts are absent. */
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
int set_up(void **state);
int tear_down(void **state);

extern struct build build;
extern struct vg_record record;
extern struct vg_policy policy; /* `build`, opened */
extern size_t blob_size;        /* of `policy` */
extern void *scratch;
extern struct vg_decision decision;

/* Compiles and opens what is built so far, in place of what was open. */
void open_policy(void);

/* One decision, or the first question, on the record as it stands. */
enum vg_outcome decide(void);

/* The same value where nothing lies behind it: a read beyond its end is a fault. Until the next call. At most
 * AT_THE_EDGE_MAX bytes. */
#define AT_THE_EDGE_MAX 131072u
struct vg_span at_the_edge(struct vg_span value);

/* Whether a policy of the one rule "deny: <condition>" denies when `field` has this value, at the edge; and
 * one in which the condition stands beside a test that is true, so that it may be tried when it comes to it.
 */
bool holds(struct vg_expr *condition, enum vg_field field, struct vg_span value);

/* The same of a pattern or a folder, on Image. */
bool pattern_holds(const uint16_t *pattern, unsigned flags, struct vg_span value);
bool under_holds(const uint16_t *folder, unsigned flags, struct vg_span value);

/* The condition beside a rarer one, on Provider_Name, that is true: so it is not looked for, but tried. */
struct vg_expr *beside(struct vg_expr *condition);

/* The compiler refuses what is built so far, and its message has these words in it. */
void assert_refused(const char *words);

#endif
