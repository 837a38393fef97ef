#include "record_input.h"

#include "message.h"

#include "../policy/digest_text.h"

#include <stdlib.h>
#include <string.h>

/* Longer than any command line Windows knows (32,767 units). */
#define VALUE_MAX 65534u

/* Most records fit one block, which the next record uses again. */
#define BLOCK_SIZE ((size_t)64 << 10)

struct vg_record_block {
    struct vg_record_block *next;
    size_t used;
    size_t capacity;
    _Alignas(8) uint8_t bytes[];
};

static void *new_block(struct vg_record_input *input, size_t size)
{
    struct vg_record_block *block = input->blocks;
    size_t capacity = size > BLOCK_SIZE ? size : BLOCK_SIZE;
    void *place;

    size = (size + 7) & ~(size_t)7;
    if (block == NULL || block->capacity - block->used < size) {
        capacity = (capacity + 7) & ~(size_t)7;
        block = malloc(sizeof(*block) + capacity);
        if (block == NULL)
            return NULL;
        *block = (struct vg_record_block){.next = input->blocks, .capacity = capacity};
        input->blocks = block;
    }
    place = block->bytes + block->used;
    block->used += size;
    return place;
}

static const char *add_span(struct vg_record_input *input, enum vg_field field, const void *bytes,
                            size_t size)
{
    struct vg_span value = {.bytes = bytes, .size = (uint32_t)size};

    if (input->record.facts[field].state != VG_FACT_KNOWN)
        memset(&input->record.facts[field], 0, sizeof(input->record.facts[field]));
    return vg_record_add(&input->record, field, value) ? NULL : "a fact has at most 4 values";
}

static const char *add_text(struct vg_record_input *input, enum vg_field field, const char *utf8, size_t size)
{
    size_t capacity = size < VALUE_MAX / 2 ? size : VALUE_MAX / 2; /* a unit needs a byte at least */
    uint16_t *units = new_block(input, capacity * sizeof(*units));
    size_t count;

    if (units == NULL)
        return "out of memory";
    if (!vg_utf16_from_utf8(utf8, size, units, capacity, &count, NULL))
        return "it is not UTF-8";
    if (count > VALUE_MAX / 2)
        return "it is longer than Windows allows (32767 characters)";
    return add_span(input, field, units, count * sizeof(*units));
}

static const char *add_number(struct vg_record_input *input, enum vg_field field, const char *utf8,
                              size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (utf8[i] < '0' || utf8[i] > '9')
            return "it should be a decimal number";
    }
    while (size > 1 && utf8[0] == '0') {
        utf8++;
        size--;
    }
    return size != 0 && size <= 10 ? add_text(input, field, utf8, size) : "it should be a decimal number";
}

static const char *add_digest(struct vg_record_input *input, enum vg_field field, const char *utf8,
                              size_t size)
{
    uint32_t bytes = vg_field_digest_size(field);
    uint8_t *digest = new_block(input, VG_DIGEST_SIZE_MAX);

    if (digest == NULL)
        return "out of memory";
    if (vg_digest_parse(field, utf8, size, digest))
        return add_span(input, field, digest, bytes);
    return bytes == 16   ? "it should be 32 hexadecimal digits"
           : bytes == 20 ? "it should be 40 hexadecimal digits"
                         : "it should be 64 hexadecimal digits";
}

bool vg_record_input_add(struct vg_record_input *input, enum vg_field field, const char *utf8, size_t size,
                         const char **problem)
{
    switch (vg_field_kind(field)) {
    case VG_KIND_NUMBER:
        *problem = add_number(input, field, utf8, size);
        break;
    case VG_KIND_MD5:
    case VG_KIND_SHA1:
    case VG_KIND_SHA256:
        *problem = add_digest(input, field, utf8, size);
        break;
    default:
        *problem = add_text(input, field, utf8, size);
        break;
    }
    return *problem == NULL;
}

bool vg_record_input_set_bytes(struct vg_record_input *input, enum vg_field field, const void *bytes,
                               uint32_t size)
{
    void *copy = new_block(input, size);

    if (copy == NULL)
        return false;
    memcpy(copy, bytes, size);
    vg_record_set(&input->record, field, (struct vg_span){.bytes = copy, .size = size});
    return true;
}

/* The option names of the fields, as the command's table has them. */
static enum vg_field field_of_option(const struct vg_option *option)
{
    static const char *const identifiers[] = {
#define FIELD_IDENTIFIER(identifier, name, kind, stage) #identifier,
        VG_FIELDS(FIELD_IDENTIFIER)
#undef FIELD_IDENTIFIER
    };
    unsigned field = 0;

    while (field < VG_FIELD_COUNT && strcmp(option->name, identifiers[field]) != 0)
        field++;
    return (enum vg_field)field;
}

static int read_options(const struct vg_arguments *arguments, struct vg_record_input *input)
{
    bool seen[VG_FIELD_COUNT] = {false};

    for (size_t i = 0; i < arguments->given_count; i++) {
        const struct vg_given_option *given = &arguments->given[i];
        enum vg_field field = field_of_option(given->option);
        const char *problem = NULL;

        if (field == VG_FIELD_COUNT)
            continue;
        if (!seen[field])
            vg_record_set_state(&input->record, field, VG_FACT_PENDING);
        seen[field] = true;
        if (!vg_record_input_add(input, field, given->value, strlen(given->value), &problem)) {
            vg_say_error("%s: %s '%.80s' cannot be: %s", arguments->command->name, vg_field_name(field),
                         given->value, problem);
            return VG_EXIT_USAGE;
        }
    }
    return VG_EXIT_OK;
}

void vg_record_input_settle(struct vg_record_input *input)
{
    struct vg_record *record = &input->record;

    for (unsigned field = 0; field < VG_FIELD_COUNT; field++) {
        if (record->facts[field].state == VG_FACT_PENDING &&
            vg_field_stage((enum vg_field)field) == VG_STAGE_CHEAP)
            record->facts[field].state =
                field == VG_FIELD_PROVIDER_NAME ? VG_FACT_ABSENT : VG_FACT_UNKNOWN; /* as in the driver */
    }
}

int vg_record_input_read(const struct vg_arguments *arguments, struct vg_record_input *input)
{
    const char *file = vg_arguments_value(arguments, "record");
    int result = VG_EXIT_OK;

    *input = (struct vg_record_input){0};
    if (file != NULL)
        result = vg_record_input_read_json(file, input);
    if (result == VG_EXIT_OK)
        result = read_options(arguments, input);
    vg_record_input_settle(input);
    return result;
}

void vg_record_input_reuse(struct vg_record_input *input)
{
    struct vg_record_block *block = input->blocks;

    if (block != NULL) {
        input->blocks = block->next;
        vg_record_input_free(input);
        block->next = NULL;
        block->used = 0;
    }
    *input = (struct vg_record_input){.blocks = block};
}

void vg_record_input_free(struct vg_record_input *input)
{
    while (input->blocks != NULL) {
        struct vg_record_block *block = input->blocks;

        input->blocks = block->next;
        free(block);
    }
}
