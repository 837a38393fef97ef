#include "log_evtx.h"

bool vg_log_evtx_available(void)
{
    return false;
}

struct vg_log_evtx *vg_log_evtx_open(const char *file, struct vg_log_reason *reason)
{
    (void)file;
    snprintf(reason->text, sizeof(reason->text),
             "this vigil was built without libevtx: turn the file into JSON first, or replay it on Linux");
    return NULL;
}

enum vg_log_next vg_log_evtx_next(struct vg_log_evtx *evtx, struct vg_log_block *block,
                                  struct vg_log_reason *reason)
{
    (void)evtx;
    (void)block;
    (void)reason;
    return VG_LOG_END;
}

double vg_log_evtx_progress(const struct vg_log_evtx *evtx)
{
    (void)evtx;
    return 0;
}

void vg_log_evtx_close(struct vg_log_evtx *evtx)
{
    (void)evtx;
}
