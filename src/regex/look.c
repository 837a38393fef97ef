#include "dfa.h"

static bool is_newline(unsigned side)
{
    return side == VG_SORT_NEWLINE || side == VG_SIDE_FIRST_NEWLINE;
}

/* At the end, or before the newline that ends the text. */
static enum vg_regex_answer look_last(bool backwards, unsigned before, unsigned after)
{
    if (backwards)
        return before == VG_SIDE_EDGE || before == VG_SIDE_FIRST_NEWLINE ? VG_LOOK_YES : VG_LOOK_NO;
    if (after == VG_SIDE_EDGE)
        return VG_LOOK_YES;
    return after == VG_SORT_NEWLINE ? VG_LOOK_DEPENDS : VG_LOOK_NO;
}

enum vg_regex_answer vg_regex_look(enum vg_regex_look look, bool backwards, unsigned before, unsigned after)
{
    unsigned left = backwards ? after : before;
    unsigned right = backwards ? before : after;
    bool holds = false;

    switch (look) {
    case VG_LOOK_LAST:
        return look_last(backwards, before, after);
    case VG_LOOK_BEGIN:
        holds = left == VG_SIDE_EDGE;
        break;
    case VG_LOOK_END:
        holds = right == VG_SIDE_EDGE;
        break;
    case VG_LOOK_LINE_BEGIN:
        holds = left == VG_SIDE_EDGE || (is_newline(left) && right != VG_SIDE_EDGE);
        break;
    case VG_LOOK_LINE_END:
        holds = right == VG_SIDE_EDGE || is_newline(right);
        break;
    case VG_LOOK_BOUNDARY:
        holds = (left == VG_SORT_WORD) != (right == VG_SORT_WORD);
        break;
    case VG_LOOK_NOT_BOUNDARY:
        holds = (left == VG_SORT_WORD) == (right == VG_SORT_WORD);
        break;
    }
    return holds ? VG_LOOK_YES : VG_LOOK_NO;
}
