/* Text the driver owns: UTF-16 in paged pool. PASSIVE_LEVEL or APC_LEVEL. */
#ifndef VG_DRIVER_UNICODE_H
#define VG_DRIVER_UNICODE_H

#include "kernel.h"

#include <vigil/text.h>

/* `units` is NULL when there is none; an empty text has units and size 0. */
struct vg_string {
    uint16_t *units;
    uint32_t size; /* in bytes */
};

_IRQL_requires_max_(DISPATCH_LEVEL) static inline struct vg_span
    vg_string_span(_In_ const struct vg_string *string)
{
    return (struct vg_span){.bytes = string->units, .size = string->size};
}

_IRQL_requires_max_(DISPATCH_LEVEL) static inline struct vg_span vg_unicode_span(_In_ PCUNICODE_STRING string)
{
    return (struct vg_span){.bytes = string->Buffer, .size = string->Length & ~1u};
}

/* A span over a u"..." literal, without its NUL. */
#define VG_LITERAL_SPAN(literal)                                                                             \
    ((struct vg_span){.bytes = (literal), .size = sizeof(literal) - sizeof(uint16_t)})

/* Makes `*string` a copy of `head` followed by `tail`. The old value of `*string` is not freed. */
_IRQL_requires_max_(APC_LEVEL) _Must_inspect_result_ NTSTATUS
    vg_string_join(_Out_ struct vg_string *string, _In_ struct vg_span head, _In_ struct vg_span tail);

_IRQL_requires_max_(APC_LEVEL) _Must_inspect_result_ NTSTATUS
    vg_string_copy(_Out_ struct vg_string *string, _In_ struct vg_span text);

/* Frees and forgets. */
_IRQL_requires_max_(APC_LEVEL) void vg_string_free(_Inout_ struct vg_string *string);

/* Whether `text` begins with `prefix`, ignoring case under vg_upcase. */
_IRQL_requires_max_(DISPATCH_LEVEL) bool vg_text_starts_with_folded(_In_ struct vg_span text,
                                                                    _In_ struct vg_span prefix);

/* The rest of `text` after its first `size` bytes. */
_IRQL_requires_max_(DISPATCH_LEVEL) static inline struct vg_span
    vg_span_after(_In_ struct vg_span text, _In_ uint32_t size)
{
    return (struct vg_span){.bytes = (const uint8_t *)text.bytes + size, .size = text.size - size};
}

/* Room for the decimal digits of any number, and how many were written. */
#define VG_DECIMAL_UNITS 20
_IRQL_requires_max_(DISPATCH_LEVEL) uint32_t
    vg_decimal(_In_ uint64_t number, _Out_writes_(VG_DECIMAL_UNITS) uint16_t *units);

#endif
