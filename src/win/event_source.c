#include "event_source.h"

#include "device.h"
#include "failure.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_CAPACITY (256u * 1024u)

bool vg_event_source_open(struct vg_event_source *source, HANDLE device, HANDLE stop)
{
    memset(source, 0, sizeof *source);
    source->device = device;
    source->stop = stop;
    source->capacity = FIRST_CAPACITY;
    source->buffer = malloc(source->capacity);
    source->read.hEvent = CreateEventW(NULL, TRUE, FALSE, NULL);
    if (source->buffer && source->read.hEvent)
        return true;
    vg_complain("there is no memory left");
    vg_event_source_close(source);
    return false;
}

void vg_event_source_close(struct vg_event_source *source)
{
    free(source->buffer);
    if (source->read.hEvent)
        CloseHandle(source->read.hEvent);
    memset(source, 0, sizeof *source);
}

/* Whether the driver ends reads because it is about to stop. */
static bool is_quiesced(HANDLE device)
{
    struct vg_abi_status status;

    return !vg_device_status(device, &status) && status.quiesced;
}

/* The next event is larger than the buffer; nothing was consumed. */
static bool grow(struct vg_event_source *source)
{
    void *larger;

    if (source->capacity >= VG_READ_SIZE_MAX)
        return false;
    larger = realloc(source->buffer, VG_READ_SIZE_MAX);
    if (!larger)
        return false;
    source->buffer = larger;
    source->capacity = VG_READ_SIZE_MAX;
    return true;
}

/* Waits for the read that is under way. It is never left behind: the buffer is the caller's again afterwards.
 */
static DWORD finish_read(struct vg_event_source *source, DWORD milliseconds, DWORD *size, DWORD *waited)
{
    HANDLE events[] = {source->read.hEvent, source->stop};

    *waited = WaitForMultipleObjects(ARRAYSIZE(events), events, FALSE, milliseconds);
    if (*waited != WAIT_OBJECT_0)
        CancelIo(source->device);
    return GetOverlappedResult(source->device, &source->read, size, TRUE) ? 0 : GetLastError();
}

enum vg_batch vg_event_source_read(struct vg_event_source *source, DWORD milliseconds, DWORD *size)
{
    DWORD waited = WAIT_OBJECT_0;
    DWORD error = 0;

    /* Asked for here too: while events pour in, no wait would ever see it. */
    if (WaitForSingleObject(source->stop, 0) == WAIT_OBJECT_0)
        return VG_BATCH_STOPPED;
    for (;;) {
        ResetEvent(source->read.hEvent);
        if (!ReadFile(source->device, source->buffer, source->capacity, NULL, &source->read) &&
            GetLastError() != ERROR_IO_PENDING)
            error = GetLastError();
        else
            error = finish_read(source, milliseconds, size, &waited);
        if (error == ERROR_INSUFFICIENT_BUFFER && grow(source))
            continue;
        /* A quiesce that was taken back at once, because the stop was refused. */
        if (error == ERROR_OPERATION_ABORTED && waited == WAIT_OBJECT_0 && !is_quiesced(source->device))
            continue;
        break;
    }
    if (!error && *size)
        return VG_BATCH_EVENTS;
    if (waited == WAIT_OBJECT_0 + 1)
        return VG_BATCH_STOPPED;
    if (waited == WAIT_TIMEOUT)
        return VG_BATCH_TIMEOUT;
    if (!error || error == ERROR_OPERATION_ABORTED || error == ERROR_NOT_READY)
        return VG_BATCH_CLOSING;
    vg_complain_win32(error, "events cannot be read");
    return VG_BATCH_FAILED;
}
