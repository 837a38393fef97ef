/* MmGetSystemRoutineAddress: the exports of ntoskrnl and hal that a driver looks up, by the Windows that has
 * them. */
#include <stdlib.h>

#include "fault.h"
#include "irql.h"
#include "pool.h"
#include "process.h"
#include "violation.h"
#include "world.h"

static void KeQuerySystemTimePrecise(PLARGE_INTEGER time) /* wdm: Windows 8, any IRQL */
{
    KeQuerySystemTime(time);
}

struct routine {
    const char *name;
    void (*address)(void);
    enum sim_windows since;
};

#define ROUTINE(name, since)                                                                                 \
    {                                                                                                        \
#name, (void (*)(void))name, since                                                                   \
    }
#define HIDDEN(name, since)                                                                                  \
    {                                                                                                        \
#name, (void (*)(void))sim_##name, since                                                             \
    }

static const struct routine routines[] = {
    HIDDEN(PsSetCreateProcessNotifyRoutineEx2, SIM_WINDOWS_10_2004), /* 10 1703 */
    HIDDEN(ExAllocatePool2, SIM_WINDOWS_10_2004),
    HIDDEN(PsIsProtectedProcess, SIM_WINDOWS_7),
    ROUTINE(KeAreAllApcsDisabled, SIM_WINDOWS_SERVER_2003),
    ROUTINE(PsSetCreateProcessNotifyRoutineEx, SIM_WINDOWS_7),
    /* Documented for Windows Vista; kernels of NT 5.2 export the name too. */
    ROUTINE(MmDoesFileHaveUserWritableReferences, SIM_WINDOWS_SERVER_2003),
    ROUTINE(IoGetTransactionParameterBlock, SIM_WINDOWS_7),
    ROUTINE(SeLocateProcessImageName, SIM_WINDOWS_7),
    ROUTINE(IoCreateFileEx, SIM_WINDOWS_7),
    ROUTINE(KeQuerySystemTimePrecise, SIM_WINDOWS_8_1),
};

PVOID MmGetSystemRoutineAddress(PUNICODE_STRING name) /* wdm: PASSIVE_LEVEL */
{
    PVOID found = NULL;
    char *text;

    sim_max_irql(PASSIVE_LEVEL, "MmGetSystemRoutineAddress");
    text = sim_utf8(name);
    for (size_t i = 0; i < RTL_NUMBER_OF(routines); i++) {
        if (!strcmp(routines[i].name, text) && sim_windows() >= routines[i].since && !sim_fault_hides(text))
            found = (PVOID)(uintptr_t)routines[i].address;
    }
    free(text);
    return found;
}
