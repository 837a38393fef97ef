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

/* Whether a failed read means that the driver is about to stop, rather than that something is wrong. */
static bool is_closing(HANDLE device)
{
    struct vg_abi_status status;
    DWORD error = vg_device_status(device, &status);

    return error == ERROR_INVALID_HANDLE || error == ERROR_FILE_NOT_FOUND || error == ERROR_NOT_READY ||
           (!error && status.quiesced);
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

    for (;;) {
        ResetEvent(source->read.hEvent);
        if (!ReadFile(source->device, source->buffer, source->capacity, NULL, &source->read) &&
            GetLastError() != ERROR_IO_PENDING)
            error = GetLastError();
        else
            error = finish_read(source, milliseconds, size, &waited);
        if (error != ERROR_INSUFFICIENT_BUFFER || !grow(source))
            break;
    }
    if (!error && *size)
        return VG_BATCH_EVENTS;
    if (waited == WAIT_OBJECT_0 + 1)
        return VG_BATCH_STOPPED;
    if (waited == WAIT_TIMEOUT)
        return VG_BATCH_TIMEOUT;
    if (!error || is_closing(source->device))
        return VG_BATCH_CLOSING;
    vg_complain_win32(error, "events cannot be read");
    return VG_BATCH_FAILED;
}
