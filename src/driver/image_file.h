/* Executables as src/image reads them: piece by piece. */
#ifndef VG_DRIVER_IMAGE_FILE_H
#define VG_DRIVER_IMAGE_FILE_H

#include <vigil/image_reader.h>

#include "file.h"

/* Before the first start is told of; after the last one has returned. */
_IRQL_requires_max_(PASSIVE_LEVEL) void vg_image_files_start(void);
_IRQL_requires_max_(PASSIVE_LEVEL) void vg_image_files_stop(void);

/* Opens the image in a file's data, which must stay open as long as the reader is used. `*reader` is
 * allocated in any case but for lack of memory (then NULL, and the answer is VG_ANSWER_FAILED): give it back
 * by vg_image_file_close. */
_IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_ enum vg_image_answer
    vg_image_file_open(_In_ struct vg_file_data *data,
                       _Outptr_result_maybenull_ struct vg_image_reader **reader);

/* NULL is ignored. */
_IRQL_requires_max_(PASSIVE_LEVEL) void vg_image_file_close(_In_opt_ struct vg_image_reader *reader);

#endif
