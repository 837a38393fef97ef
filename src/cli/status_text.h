/* What a status number means and what to do about it, for the statuses that vigil.sys, the Windows loader and
 * the service control manager answer. */
#ifndef VG_CLI_STATUS_TEXT_H
#define VG_CLI_STATUS_TEXT_H

#include <stdint.h>
#include <stdio.h>

struct vg_status_text {
    uint32_t code;
    const char *name;    /* STATUS_ACCESS_DENIED, ERROR_ACCESS_DENIED */
    const char *meaning; /* a sentence */
    const char *advice;  /* a sentence, or NULL when there is nothing to do */
};

/* NULL for a number that is not in the table. */
const struct vg_status_text *vg_ntstatus_text(uint32_t status);
const struct vg_status_text *vg_win32_text(uint32_t error);

/* Prints "0xC0000022 (STATUS_ACCESS_DENIED): meaning" or "577 (ERROR_...): ..." without a newline, and the
 * number alone when it is not in the table. */
void vg_print_ntstatus(FILE *stream, uint32_t status);
void vg_print_win32(FILE *stream, uint32_t error);

#endif
