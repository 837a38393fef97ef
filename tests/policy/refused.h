/* The blob that a test damages: a policy taken apart, whole again for each test. */
#ifndef VG_TESTS_POLICY_REFUSED_H
#define VG_TESTS_POLICY_REFUSED_H

#include "../cmocka_all.h"
#include "parts.h"

extern struct parts parts;

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
int set_up(void **state);
int tear_down(void **state);

/* The first predicate behind those of conditions: a pattern of three tokens; and a number. */
struct vg_blob_predicate *pattern(void);
struct vg_blob_predicate *number(void);

#endif
