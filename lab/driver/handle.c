#include "handle.h"
#include "context.h"
#include "log.h"

#define HANDLES_MAX 65536

static UCHAR open[HANDLES_MAX]; /* by handle value / 4 */
static LONG count;

static UCHAR *place_of(HANDLE handle)
{
    ULONG_PTR index = (ULONG_PTR)handle >> 2;

    return index < HANDLES_MAX ? &open[index] : NULL;
}

void lab_handle_opened(HANDLE handle)
{
    UCHAR *place = place_of(handle);

    if (place && !*place) {
        *place = 1;
        InterlockedIncrement(&count);
    }
}

void lab_handle_closed(HANDLE handle)
{
    UCHAR *place = place_of(handle);

    if (place && *place) {
        *place = 0;
        InterlockedDecrement(&count);
    }
}

void lab_handle_require_kernel(const char *routine, ULONG attributes)
{
    if (!(attributes & OBJ_KERNEL_HANDLE))
        lab_violation("%s without OBJ_KERNEL_HANDLE", routine);
}

void lab_handle_report(const char *driver)
{
    if (count)
        lab_violation("%s: %d handles were not closed", driver, (int)count);
}

NTSTATUS NTAPI lab_ZwClose(HANDLE handle)
{
    lab_require_passive("ZwClose");
    lab_handle_closed(handle);
    return NtClose(handle);
}
