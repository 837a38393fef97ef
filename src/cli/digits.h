/* Bytes as hexadecimal digits. */
#ifndef VG_CLI_DIGITS_H
#define VG_CLI_DIGITS_H

#include <stddef.h>

/* Writes two digits a byte, lower case, and a NUL. */
void vg_digits(const void *bytes, size_t size, char *out);

#endif
