/* The requests of include/vigil/abi.h: what each IOCTL takes, does and gives back. */
#ifndef VG_DRIVER_CONTROL_H
#define VG_DRIVER_CONTROL_H

#include "reader.h"

/* One METHOD_BUFFERED request: `buffer` is shared by input and output. */
struct vg_request {
    uint32_t code;
    void *buffer; /* nonpaged; may be NULL when both sizes are 0 */
    uint32_t input_size;
    uint32_t output_size;
    uint32_t written; /* of the output; set by vg_control */
};

/* Serves a request that came through `reader`'s handle. Access has been checked by the I/O manager against
 * the code. */
_IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_ NTSTATUS
    vg_control(_Inout_ struct vg_reader *reader, _Inout_ struct vg_request *request);

#endif
