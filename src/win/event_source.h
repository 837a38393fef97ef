/* Events from the driver, batch by batch, without holding a thread in the kernel for longer than the caller
 * wants. */
#ifndef VG_WIN_EVENT_SOURCE_H
#define VG_WIN_EVENT_SOURCE_H

#include <stdbool.h>
#include <windows.h>

enum vg_batch {
    VG_BATCH_EVENTS,  /* there are bytes */
    VG_BATCH_TIMEOUT, /* nothing came in time */
    VG_BATCH_STOPPED, /* the stop event was set */
    VG_BATCH_CLOSING, /* the driver is being stopped: there will be no more */
    VG_BATCH_FAILED,  /* after a complaint */
};

struct vg_event_source {
    HANDLE device; /* opened for overlapped use; stays the caller's */
    HANDLE stop;   /* a manual-reset event; stays the caller's */
    void *buffer;
    DWORD capacity;
    OVERLAPPED read;
};

/* False after a complaint. */
bool vg_event_source_open(struct vg_event_source *source, HANDLE device, HANDLE stop);
void vg_event_source_close(struct vg_event_source *source);

/* Waits for events until the stop event is set or `milliseconds` (INFINITE: forever) have passed. They are in
 * source->buffer, `*size` bytes, until the next call. */
enum vg_batch vg_event_source_read(struct vg_event_source *source, DWORD milliseconds, DWORD *size);

#endif
