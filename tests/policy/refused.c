#include "refused.h"

struct parts parts;

int set_up(void **state)
{
    (void)state;
    parts_of_everything(&parts);
    return 0;
}

int tear_down(void **state)
{
    (void)state;
    parts_free(&parts);
    return 0;
}

struct vg_blob_predicate *pattern(void)
{
    struct vg_blob_predicate *found =
        &parts.PREDICATES[parts.header.tracked_count + parts.header.tried_count];

    assert_int_equal(found->token_count, 3);
    return found;
}

struct vg_blob_predicate *number(void)
{
    return parts_predicate(&parts, VG_BLOB_TEST_AT_LEAST);
}
