/* Image loads as events: off by default, on by option or policy. Loads are only watched; they cannot be
 * vetoed here. */
#ifndef VG_DRIVER_IMAGE_H
#define VG_DRIVER_IMAGE_H

#include "kernel.h"

/* Registers the callback if the options in force ask for images, and it is not registered yet. Once
 * registered it stays until vg_images_stop, and looks at the options itself. */
_IRQL_requires_max_(PASSIVE_LEVEL) void vg_images_update(void);

_IRQL_requires_max_(PASSIVE_LEVEL) void vg_images_stop(void);

/* The signature level and type that the kernel established for an image (SE_SIGNING_LEVEL_*,
 * SE_IMAGE_SIGNATURE_TYPE); 0 before Windows 8.1. */
_IRQL_requires_max_(DISPATCH_LEVEL) void vg_image_signature(_In_ const IMAGE_INFO *image,
                                                            _Out_ uint8_t *level, _Out_ uint8_t *type);

#endif
