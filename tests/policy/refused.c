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
