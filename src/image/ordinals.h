/* What some libraries' exports are called that programs import by number. */
#ifndef VG_IMAGE_ORDINALS_H
#define VG_IMAGE_ORDINALS_H

#include <stdint.h>

/* The name, in lower case and NUL-terminated, of export `ordinal` of the library whose name in lower case is
 * `library`
 * (`length` bytes, with its extension). NULL when it is not known. */
const char *vg_ordinal_name(const char *library, uint32_t length, uint16_t ordinal);

#endif
