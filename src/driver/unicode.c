#include "unicode.h"

#include "memory.h"

_Use_decl_annotations_
NTSTATUS vg_string_join(struct vg_string *string, struct vg_span head, struct vg_span tail)
{
    uint32_t size = head.size + tail.size;
    uint16_t *units = NULL;

    if (size < head.size)
        return STATUS_INTEGER_OVERFLOW;
    units = vg_allocate(VG_PAGED, size + sizeof(*units), VG_TAG_STRING);
    if (units == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    if (head.size != 0)
        memcpy(units, head.bytes, head.size);
    if (tail.size != 0)
        memcpy((uint8_t *)units + head.size, tail.bytes, tail.size);
    string->units = units;
    string->size = size;
    return STATUS_SUCCESS;
}

_Use_decl_annotations_
NTSTATUS vg_string_copy(struct vg_string *string, struct vg_span text)
{
    return vg_string_join(string, text, (struct vg_span){.bytes = NULL, .size = 0});
}

_Use_decl_annotations_
void vg_string_free(struct vg_string *string)
{
    vg_free(string->units, VG_TAG_STRING);
    string->units = NULL;
    string->size = 0;
}

_Use_decl_annotations_
bool vg_text_starts_with_folded(struct vg_span text, struct vg_span prefix)
{
    struct vg_span head = {.bytes = text.bytes, .size = prefix.size};

    return text.size >= prefix.size && vg_text_equal_folded(head, prefix);
}

_Use_decl_annotations_
uint32_t vg_decimal(uint64_t number, uint16_t *units)
{
    uint16_t digits[VG_DECIMAL_UNITS]; /* filled from behind */
    uint32_t first = VG_DECIMAL_UNITS;

    for (; number >= 100; number /= 100) { /* one long division for two digits */
        uint32_t two = (uint32_t)(number % 100);

        digits[--first] = (uint16_t)('0' + two % 10);
        digits[--first] = (uint16_t)('0' + two / 10);
    }
    if (number >= 10)
        digits[--first] = (uint16_t)('0' + number % 10);
    digits[--first] = (uint16_t)('0' + (number >= 10 ? number / 10 : number));
    memcpy(units, digits + first, (VG_DECIMAL_UNITS - first) * sizeof(*units));
    return VG_DECIMAL_UNITS - first;
}
