/* Programs of conditions: each is refused for the one thing that is wrong with it, and the last one that is
 * right is not. */
#include "refused.h"

#include <string.h>

#define OPERATION(operation) ((uint32_t)(operation) << VG_CODE_SHIFT)
#define END                  OPERATION(VG_CODE_END)
#define AND                  OPERATION(VG_CODE_AND)
#define OR                   OPERATION(VG_CODE_OR)
#define CONSTANT             OPERATION(VG_CODE_CONSTANT)
#define JUMP(distance)       (OPERATION(VG_CODE_JUMP_FALSE) | (distance))

/* The verdict when the last condition has this program instead of its own. */
static const char *verdict_of(const uint32_t *program, uint32_t count)
{
    uint32_t first = parts.CONDITIONS[parts.counts[VG_BLOB_CONDITIONS] - 1].code;
    uint32_t *code = parts_resize(&parts, VG_BLOB_CODE, first + count);

    memcpy(code + first, program, count * sizeof(*code));
    return parts_verdict(&parts);
}

#define VERDICT(...)                                                                                         \
    verdict_of((const uint32_t[]){__VA_ARGS__}, sizeof((const uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t))

static void a_program_ends_with_one_value(void **state)
{
    (void)state;
    assert_string_equal(VERDICT(CONSTANT, END), ACCEPTED);
    assert_string_equal(VERDICT(END), "a condition ends without one value");
    assert_string_equal(VERDICT(CONSTANT, CONSTANT, END), "a condition ends without one value");
    assert_string_equal(VERDICT(CONSTANT), "a condition does not end");
    assert_string_equal(VERDICT(CONSTANT, END, END), "code of no condition");
}

static void an_operation_takes_two_values(void **state)
{
    (void)state;
    assert_string_equal(VERDICT(CONSTANT, CONSTANT, AND, END), ACCEPTED);
    assert_string_equal(VERDICT(CONSTANT, AND, END), "a condition takes more than it has");
    assert_string_equal(VERDICT(CONSTANT, OR, END), "a condition takes more than it has");
}

static void the_stack_has_a_limit(void **state)
{
    uint32_t program[2 * VG_BLOB_STACK_MAX + 2];

    (void)state;
    for (uint32_t values = VG_BLOB_STACK_MAX; values <= VG_BLOB_STACK_MAX + 1; values++) {
        for (uint32_t i = 0; i < 2 * values - 1; i++)
            program[i] = i < values ? CONSTANT : OR;
        program[2 * values - 1] = END;
        assert_string_equal(verdict_of(program, 2 * values),
                            values > VG_BLOB_STACK_MAX ? "a condition wants too deep a stack" : ACCEPTED);
    }
}

static void a_jump_lands_within_its_program(void **state)
{
    (void)state;
    assert_string_equal(VERDICT(CONSTANT, JUMP(2), CONSTANT, AND, END), ACCEPTED);
    assert_string_equal(VERDICT(CONSTANT, JUMP(3), CONSTANT, AND, END), "a jump leads outside");
    assert_string_equal(VERDICT(JUMP(1), CONSTANT, END), "a jump leads outside");
    assert_string_equal(VERDICT(CONSTANT, JUMP(1), END, CONSTANT, END), "a condition ends without one value");
}

static void a_jump_lands_at_the_depth_it_left(void **state)
{
    (void)state;
    assert_string_equal(VERDICT(CONSTANT, JUMP(1), CONSTANT, AND, END), "a jump lands on another depth");
}

static void jumps_nest(void **state)
{
    (void)state;
    assert_string_equal(VERDICT(CONSTANT, JUMP(5), CONSTANT, JUMP(1), JUMP(0), AND, CONSTANT, END, END),
                        "a jump lands on another depth");
    assert_string_equal(VERDICT(CONSTANT, JUMP(2), JUMP(3), CONSTANT, AND, CONSTANT, AND, END),
                        "jumps cross");
    assert_string_equal(VERDICT(CONSTANT, JUMP(3), CONSTANT, JUMP(1), AND, END), "jumps cross");
    assert_string_equal(VERDICT(CONSTANT, JUMP(5), CONSTANT, AND, JUMP(2), CONSTANT, AND, END), ACCEPTED);
}

static void any_number_of_jumps_may_land_in_one_place(void **state)
{
    enum { JUMPS = VG_BLOB_STACK_MAX + 6 };
    uint32_t program[3 * JUMPS + 2] = {CONSTANT};
    uint32_t end = 3 * JUMPS + 1;

    (void)state;
    for (uint32_t i = 0; i < JUMPS; i++) {
        program[3 * i + 1] = JUMP(end - (3 * i + 2));
        program[3 * i + 2] = CONSTANT;
        program[3 * i + 3] = AND;
    }
    program[end] = END;
    assert_string_equal(verdict_of(program, end + 1), ACCEPTED);
}

/* CONSTANT, then jumps of which each lands before the one before it, with two instructions between. */
static void open_jumps_have_a_limit(void **state)
{
    uint32_t program[3 * (VG_BLOB_STACK_MAX + 1) + 2];

    (void)state;
    for (uint32_t jumps = VG_BLOB_STACK_MAX; jumps <= VG_BLOB_STACK_MAX + 1; jumps++) {
        uint32_t end = 1 + jumps + 2 * (jumps - 1);

        program[0] = CONSTANT;
        for (uint32_t i = 0; i < jumps; i++)
            program[1 + i] = JUMP(end - 2 * i - (2 + i));
        for (uint32_t i = 1 + jumps; i < end; i += 2) {
            program[i] = CONSTANT;
            program[i + 1] = OR;
        }
        program[end] = END;
        assert_string_equal(verdict_of(program, end + 1),
                            jumps > VG_BLOB_STACK_MAX ? "jumps nest too deeply" : ACCEPTED);
    }
}

/* The first leaf of the last condition. */
static uint32_t *leaf(void)
{
    uint32_t *code = &parts.CODE[parts.CONDITIONS[parts.counts[VG_BLOB_CONDITIONS] - 1].code];

    while (*code >> VG_CODE_SHIFT != VG_CODE_LEAF)
        code++;
    return code;
}

static void a_leaf_tests_a_predicate_of_conditions_and_of_its_field(void **state)
{
    const char *check = "a condition tests no such predicate";
    uint32_t none = *leaf() & ~VG_CODE_OPERAND;
    uint32_t behind = parts.header.tracked_count + parts.header.tried_count;
    uint32_t field = parts.PREDICATES[behind].field;

    (void)state;
    assert_string_equal(VERDICT_WITH(&parts, *leaf(), *leaf() ^ (1u << VG_CODE_FIELD_SHIFT)), check);
    assert_string_equal(VERDICT_WITH(&parts, *leaf(), none | VG_CODE_OPERAND), check);
    assert_string_equal(
        VERDICT_WITH(&parts, *leaf(), OPERATION(VG_CODE_LEAF) | field << VG_CODE_FIELD_SHIFT | behind),
        check);
}

static void a_leaf_takes_its_predicate_for_what_it_is(void **state)
{
    (void)state;
    assert_string_equal(VERDICT_WITH(&parts, *leaf(), *leaf() ^ VG_CODE_PERMISSIVE),
                        "a condition takes a predicate for what it is not");
}

static void a_condition_names_the_fields_it_tests(void **state)
{
    const char *check = "a condition tests a field that it does not name";

    (void)state;
    for (uint32_t i = 0; i < parts.counts[VG_BLOB_CONDITIONS]; i++) {
        struct vg_blob_condition *condition = &parts.CONDITIONS[i];

        assert_string_equal(VERDICT_WITH(&parts, condition->fields, 0), check);
        if (condition->strict_fields != 0)
            assert_string_equal(VERDICT_WITH(&parts, condition->strict_fields, 0), check);
    }
}

static void conditions_ascend_by_rule_and_share_the_code(void **state)
{
    struct vg_blob_condition *second = &parts.CONDITIONS[1];
    struct vg_blob_condition *last = &parts.CONDITIONS[parts.counts[VG_BLOB_CONDITIONS] - 1];

    (void)state;
    assert_string_equal(VERDICT_WITH(&parts, second->rule, parts.CONDITIONS[0].rule),
                        "conditions do not ascend by rule");
    assert_string_equal(VERDICT_WITH(&parts, last->rule, parts.counts[VG_BLOB_RULES] - 1), ACCEPTED);
    assert_string_equal(VERDICT_WITH(&parts, last->rule, parts.counts[VG_BLOB_RULES]),
                        "conditions do not ascend by rule");
    assert_string_equal(VERDICT_WITH(&parts, second->code, second->code + 1),
                        "a condition does not start where the one before ends");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_program_ends_with_one_value),
        TEST(an_operation_takes_two_values),
        TEST(the_stack_has_a_limit),
        TEST(a_jump_lands_within_its_program),
        TEST(a_jump_lands_at_the_depth_it_left),
        TEST(jumps_nest),
        TEST(any_number_of_jumps_may_land_in_one_place),
        TEST(open_jumps_have_a_limit),
        TEST(a_leaf_tests_a_predicate_of_conditions_and_of_its_field),
        TEST(a_leaf_takes_its_predicate_for_what_it_is),
        TEST(a_condition_names_the_fields_it_tests),
        TEST(conditions_ascend_by_rule_and_share_the_code),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
