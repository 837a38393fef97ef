#include "match.h"

#define ALL_TRUE  (VG_IS_TRUE | VG_MAY_BE_TRUE)
#define ALL_FALSE (VG_IS_FALSE | VG_MAY_BE_FALSE)

#define SWAP_ASKS(value)                                                                                     \
    (((value) >> VG_ASK_FALSE_SHIFT & VG_ASK_MASK) << VG_ASK_TRUE_SHIFT |                                    \
     ((value) >> VG_ASK_TRUE_SHIFT & VG_ASK_MASK) << VG_ASK_FALSE_SHIFT)

static uint16_t negate(uint16_t value)
{
    unsigned from = value;
    unsigned bits = (from & ALL_TRUE) << 1 | (from & ALL_FALSE) >> 1;

    return (uint16_t)(bits | SWAP_ASKS(from));
}

/* A conjunction: what makes it true must hold on both sides, what makes it false on one. While it may become
 * true, the first side that is not true yet needs asking; while it may become false, the first that may. */
static uint16_t both(uint16_t left, uint16_t right)
{
    unsigned bits = (left & right & ALL_TRUE) | ((left | right) & ALL_FALSE);
    unsigned ask_true = left & VG_IS_TRUE ? right : left;
    unsigned ask_false = left & VG_MAY_BE_FALSE ? left : right;

    return (uint16_t)(bits | (ask_true & VG_ASK_MASK << VG_ASK_TRUE_SHIFT) |
                      (ask_false & VG_ASK_MASK << VG_ASK_FALSE_SHIFT));
}

/* The same with true and false in each other's place. */
static uint16_t either(uint16_t left, uint16_t right)
{
    unsigned bits = (left & right & ALL_FALSE) | ((left | right) & ALL_TRUE);
    unsigned ask_false = left & VG_IS_FALSE ? right : left;
    unsigned ask_true = left & VG_MAY_BE_TRUE ? left : right;

    return (uint16_t)(bits | (ask_true & VG_ASK_MASK << VG_ASK_TRUE_SHIFT) |
                      (ask_false & VG_ASK_MASK << VG_ASK_FALSE_SHIFT));
}

static uint16_t asks_for(uint32_t field)
{
    return (uint16_t)(VG_MAY_BE_TRUE | VG_MAY_BE_FALSE | field << VG_ASK_TRUE_SHIFT |
                      field << VG_ASK_FALSE_SHIFT);
}

static inline bool is_true(struct vg_match *match, uint32_t index)
{
    if (index >= match->blob.header->tracked_count)
        return vg_match_trial(match, index);
    return vg_marks_has(&match->truths, index) ||
           (vg_bitset_has(&match->awaiting, index) && vg_match_regex(match, index));
}

/* A leaf that rests on two facts: what one of them leaves unknown, the other cannot mend. */
static uint16_t pair_leaf(const struct vg_match *match, uint32_t instruction, uint64_t pending)
{
    const struct vg_blob_predicate *predicate = &match->blob.PREDICATES[instruction & VG_CODE_OPERAND];
    uint64_t fields = vg_blob_pair_fields(predicate);

    if ((instruction & VG_CODE_PERMISSIVE) && (match->scratch->claimed & fields))
        return ALL_FALSE;
    if (match->scratch->unknown & fields)
        return 0;
    if (pending & fields)
        return asks_for(pending >> predicate->field & 1 ? predicate->field : vg_blob_other(predicate));
    if (vg_marks_has(&match->truths, instruction & VG_CODE_OPERAND))
        return ALL_TRUE;
    return match->scratch->claimed & fields ? 0 : ALL_FALSE;
}

/* A leaf on a fact that is not simply known. */
static uint16_t open_leaf(struct vg_match *match, uint32_t instruction, uint64_t pending)
{
    uint32_t field = instruction >> VG_CODE_FIELD_SHIFT & VG_CODE_FIELD_MASK;
    uint64_t bit = (uint64_t)1 << field;

    if (field == VG_CODE_PAIR)
        return pair_leaf(match, instruction, pending);
    if (pending & bit)
        return asks_for(field);
    if (match->scratch->unknown & bit)
        return 0;
    if (is_true(match, instruction & VG_CODE_OPERAND))
        return ALL_TRUE;
    if ((match->scratch->claimed & bit) && !(instruction & VG_CODE_PERMISSIVE))
        return 0;
    return ALL_FALSE;
}

/* `known`: bit per field whose fact is simply known. */
static inline uint16_t leaf(struct vg_match *match, uint32_t instruction, uint64_t pending, uint64_t known)
{
    if (known >> (instruction >> VG_CODE_FIELD_SHIFT & VG_CODE_FIELD_MASK) & 1)
        return is_true(match, instruction & VG_CODE_OPERAND) ? ALL_TRUE : ALL_FALSE;
    return open_leaf(match, instruction, pending);
}

/* The validator has shown that the stack neither over- nor underflows, that jumps go forward and that END is
 * reached with one value. */
uint16_t vg_match_condition(struct vg_match *match, const struct vg_blob_condition *condition,
                            uint64_t pending)
{
    const uint32_t *at = match->blob.CODE + condition->code;
    uint64_t known =
        ~(pending | match->scratch->unknown | match->scratch->claimed | (uint64_t)1 << VG_CODE_PAIR);
    uint16_t stack[VG_BLOB_STACK_MAX];
    uint32_t depth = 0;

    for (;; at++) {
        uint32_t instruction = *at;

        switch (instruction >> VG_CODE_SHIFT) {
        case VG_CODE_LEAF:
            stack[depth++] = leaf(match, instruction, pending, known);
            break;
        case VG_CODE_LEAF_NOT:
            stack[depth++] = negate(leaf(match, instruction, pending, known));
            break;
        case VG_CODE_AND:
            depth--;
            stack[depth - 1] =
                stack[depth - 1] == ALL_TRUE ? stack[depth] : both(stack[depth - 1], stack[depth]);
            break;
        case VG_CODE_OR:
            depth--;
            stack[depth - 1] =
                stack[depth - 1] == ALL_FALSE ? stack[depth] : either(stack[depth - 1], stack[depth]);
            break;
        case VG_CODE_JUMP_FALSE:
            if (stack[depth - 1] & VG_IS_FALSE)
                at += instruction & VG_CODE_OPERAND;
            break;
        case VG_CODE_JUMP_TRUE:
            if (stack[depth - 1] & VG_IS_TRUE)
                at += instruction & VG_CODE_OPERAND;
            break;
        case VG_CODE_CONSTANT:
            stack[depth++] = instruction & 1 ? ALL_TRUE : ALL_FALSE;
            break;
        default: /* VG_CODE_END */
            return stack[0];
        }
    }
}
