#include "validate.h"

/* Where a jump lands, and how many values the stack must then hold. */
struct landing {
    uint32_t at;
    uint32_t depth;
};

/* One program under check: jumps nest, so that open landings are a stack with the nearest on top. */
struct program {
    struct vg_check *check;
    const struct vg_blob_condition *condition;
    uint32_t at;
    uint32_t depth;
    uint32_t open;
    struct landing landings[VG_BLOB_STACK_MAX];
};

static bool program_failed(struct program *program, const char *what)
{
    return vg_check_failed(program->check, what, &program->check->blob.CODE[program->at]);
}

static bool push(struct program *program)
{
    if (program->depth == VG_BLOB_STACK_MAX)
        return program_failed(program, "a condition wants too deep a stack");
    program->depth++;
    return true;
}

/* Whether a leaf of that field can test the predicate; then the fields are those it rests on. */
static bool tests_field(const struct vg_blob_predicate *predicate, uint32_t field, uint64_t *fields)
{
    if (predicate->test == VG_BLOB_TEST_FIELDREF) {
        *fields = vg_blob_pair_fields(predicate);
        return field == VG_CODE_PAIR;
    }
    *fields = (uint64_t)1 << predicate->field;
    return field == predicate->field;
}

static bool check_leaf(struct program *program, uint32_t instruction)
{
    const struct vg_blob_view *blob = &program->check->blob;
    uint32_t field = instruction >> VG_CODE_FIELD_SHIFT & VG_CODE_FIELD_MASK;
    uint32_t index = instruction & VG_CODE_OPERAND;
    bool permissive = (instruction & VG_CODE_PERMISSIVE) != 0;
    uint64_t fields;

    if (index >= blob->header->tracked_count + blob->header->tried_count ||
        !tests_field(&blob->PREDICATES[index], field, &fields))
        return program_failed(program, "a condition tests no such predicate");
    if (permissive != ((blob->PREDICATES[index].flags & VG_PREDICATE_PERMISSIVE) != 0))
        return program_failed(program, "a condition takes a predicate for what it is not");
    if ((fields & ~program->condition->fields) ||
        (!permissive && (fields & ~program->condition->strict_fields)))
        return program_failed(program, "a condition tests a field that it does not name");
    return push(program);
}

static bool check_jump(struct program *program, uint32_t instruction)
{
    uint32_t count = vg_check_count(program->check, VG_BLOB_CODE);
    uint32_t distance = instruction & VG_CODE_OPERAND;
    const struct landing *nearest = program->open > 0 ? &program->landings[program->open - 1] : NULL;
    struct landing landing;

    if (program->depth == 0 || distance >= count - program->at - 1)
        return program_failed(program, "a jump leads outside");
    landing.at = program->at + 1 + distance;
    landing.depth = program->depth;
    if (nearest && landing.at >= nearest->at) {
        if (landing.at != nearest->at || landing.depth != nearest->depth)
            return program_failed(program, "jumps cross");
        return true;
    }
    if (program->open == VG_BLOB_STACK_MAX)
        return program_failed(program, "jumps nest too deeply");
    program->landings[program->open++] = landing;
    return true;
}

static bool check_instruction(struct program *program, uint32_t instruction)
{
    switch (instruction >> VG_CODE_SHIFT) {
    case VG_CODE_LEAF:
    case VG_CODE_LEAF_NOT:
        return check_leaf(program, instruction);
    case VG_CODE_CONSTANT:
        return push(program);
    case VG_CODE_AND:
    case VG_CODE_OR:
        if (program->depth < 2)
            return program_failed(program, "a condition takes more than it has");
        program->depth--;
        return true;
    case VG_CODE_JUMP_FALSE:
    case VG_CODE_JUMP_TRUE:
        return check_jump(program, instruction);
    default: /* VG_CODE_END */
        if (program->depth != 1 || program->open != 0)
            return program_failed(program, "a condition ends without one value");
        return true;
    }
}

static bool land(struct program *program)
{
    while (program->open > 0 && program->landings[program->open - 1].at == program->at) {
        if (program->landings[program->open - 1].depth != program->depth)
            return program_failed(program, "a jump lands on another depth");
        program->open--;
    }
    return true;
}

/* Checks the program that starts at program->at and moves behind it. */
static bool check_program(struct program *program)
{
    uint32_t count = vg_check_count(program->check, VG_BLOB_CODE);
    uint32_t instruction;

    do {
        if (program->at >= count)
            return vg_check_failed(program->check, "a condition does not end", program->condition);
        instruction = program->check->blob.CODE[program->at];
        if (!land(program) || !check_instruction(program, instruction))
            return false;
        program->at++;
    } while (instruction >> VG_CODE_SHIFT != VG_CODE_END);
    return true;
}

bool vg_check_conditions(struct vg_check *check)
{
    const struct vg_blob_condition *conditions = check->blob.CONDITIONS;
    struct program program = {.check = check};

    for (uint32_t i = 0; i < vg_check_count(check, VG_BLOB_CONDITIONS); i++) {
        if (conditions[i].rule >= vg_check_count(check, VG_BLOB_RULES) ||
            (i > 0 && conditions[i].rule <= conditions[i - 1].rule))
            return vg_check_failed(check, "conditions do not ascend by rule", &conditions[i]);
        if (conditions[i].pairs != 0 && !vg_check_has_field(check, VG_FIELD_COMMAND_LINE))
            return vg_check_failed(check, "a condition on a command line that no rule tests", &conditions[i]);
        if (conditions[i].code != program.at)
            return vg_check_failed(check, "a condition does not start where the one before ends",
                                   &conditions[i]);
        program.condition = &conditions[i];
        program.depth = 0;
        program.open = 0;
        if (!check_program(&program))
            return false;
    }
    if (program.at != vg_check_count(check, VG_BLOB_CODE))
        return vg_check_failed(check, "code of no condition", check->blob.CODE + program.at);
    return true;
}
