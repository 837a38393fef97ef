/* The version resource of executables. */
#ifndef VG_DRIVER_VERSION_H
#define VG_DRIVER_VERSION_H

#include <vigil/image_reader.h>
#include <vigil/record.h>

#include "file.h"

/* Before the first start is told of; after the last one has returned. */
_IRQL_requires_max_(PASSIVE_LEVEL) void vg_versions_start(void);
_IRQL_requires_max_(PASSIVE_LEVEL) void vg_versions_stop(void);

/* A file's strings, once they were looked for. Zero-initialised: nobody has looked. */
struct vg_version {
    enum vg_image_answer answer;     /* valid once somebody has looked */
    struct vg_image_version strings; /* valid for VG_ANSWER_READ; points into `room` */
    void *room;
};

/* Looks, which is done once a start: some pieces of the file are read, in the creator's thread. Only of a
 * file shown to be the mapped one; of any other, and without memory, the answer is VG_ANSWER_FAILED. */
_IRQL_requires_max_(PASSIVE_LEVEL) void vg_version_look(_In_ const struct vg_file *file,
                                                        _Inout_ struct vg_version *version);

/* Sets the fact of `field`, which is one of the version resource, in `record`: known, absent or unknown. */
_IRQL_requires_max_(PASSIVE_LEVEL) void vg_version_tell(_In_ const struct vg_version *version,
                                                        _In_ enum vg_field field,
                                                        _Inout_ struct vg_record *record);

/* Gives back the room. */
_IRQL_requires_max_(PASSIVE_LEVEL) void vg_version_drop(_Inout_ struct vg_version *version);

#endif
