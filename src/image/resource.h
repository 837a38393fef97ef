/* The resource directory (PE/COFF 6.9). */
#ifndef VG_IMAGE_RESOURCE_H
#define VG_IMAGE_RESOURCE_H

#include <vigil/image_reader.h>

/* Where the data of resource `type`, `name` is: address and size as the directory states them. Of several
 * languages the neutral one, else American English, else the first. A directory has three levels and each is
 * looked at once, so one that leads to itself leads nowhere. */
bool vg_resource_find(struct vg_image_reader *reader, uint16_t type, uint16_t name, uint32_t *address,
                      uint32_t *size);

#endif
