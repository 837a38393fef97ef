#include "routines.h"
#include "context.h"
#include "file.h"
#include "handle.h"
#include "irql.h"
#include "irpqueue.h"
#include "notify.h"
#include "object.h"
#include "pool.h"
#include "process.h"
#include "system.h"
#include "token.h"
#include "volume.h"
#include "zwfile.h"
#include "zwprocess.h"

static const struct {
    const char *name;
    PVOID address;
} routines[] = {
#define SUPPLIED(name)                                                                                       \
    {                                                                                                        \
#name, (PVOID)lab_##name                                                                             \
    }
#define VARIABLE(name)                                                                                       \
    {                                                                                                        \
#name, (PVOID)&lab_##name                                                                            \
    }
    /* callbacks */
    SUPPLIED(PsSetCreateProcessNotifyRoutine),
    SUPPLIED(PsSetCreateProcessNotifyRoutineEx),
    SUPPLIED(PsSetCreateProcessNotifyRoutineEx2),
    SUPPLIED(PsSetLoadImageNotifyRoutine),
    SUPPLIED(PsRemoveLoadImageNotifyRoutine),
    /* processes and tokens */
    SUPPLIED(PsGetCurrentProcess),
    {"IoGetCurrentProcess", (PVOID)lab_PsGetCurrentProcess},
    SUPPLIED(PsGetCurrentProcessId),
    SUPPLIED(PsGetCurrentThreadId),
    SUPPLIED(PsIsThreadTerminating),
    SUPPLIED(PsLookupProcessByProcessId),
    SUPPLIED(PsGetProcessId),
    SUPPLIED(PsGetProcessInheritedFromUniqueProcessId),
    SUPPLIED(PsGetProcessCreateTimeQuadPart),
    SUPPLIED(PsGetProcessExitStatus),
    SUPPLIED(PsGetProcessSessionId),
    SUPPLIED(PsIsProtectedProcess),
    SUPPLIED(SeLocateProcessImageName),
    SUPPLIED(PsReferencePrimaryToken),
    SUPPLIED(PsDereferencePrimaryToken),
    SUPPLIED(SeQueryInformationToken),
    SUPPLIED(ZwQuerySystemInformation),
    SUPPLIED(ZwQueryInformationProcess),
    SUPPLIED(ZwTerminateProcess),
    VARIABLE(PsInitialSystemProcess),
    VARIABLE(InitSafeBootMode),
    /* objects and handles */
    SUPPLIED(ObfReferenceObject),
    SUPPLIED(ObfDereferenceObject),
    {"ObDereferenceObject", (PVOID)lab_ObfDereferenceObject},
    SUPPLIED(ObReferenceObjectByPointer),
    SUPPLIED(ObReferenceObjectByHandle),
    SUPPLIED(ObOpenObjectByPointer),
    SUPPLIED(ObQueryNameString),
    SUPPLIED(ZwClose),
    /* files and volumes */
    SUPPLIED(ZwCreateFile),
    SUPPLIED(ZwOpenFile),
    SUPPLIED(IoCreateFileEx),
    SUPPLIED(IoCreateFileSpecifyDeviceObjectHint),
    SUPPLIED(ZwReadFile),
    SUPPLIED(ZwQueryInformationFile),
    SUPPLIED(ZwQueryVolumeInformationFile),
    SUPPLIED(ZwFsControlFile),
    SUPPLIED(IoVolumeDeviceToDosName),
    SUPPLIED(IoQueryFileDosDeviceName),
    SUPPLIED(IoGetBaseFileSystemDeviceObject),
    SUPPLIED(IoGetAttachedDeviceReference),
    SUPPLIED(IoGetRelatedDeviceObject),
    SUPPLIED(IoGetTransactionParameterBlock),
    SUPPLIED(MmDoesFileHaveUserWritableReferences),
    /* IRPs */
    SUPPLIED(IoCsqInitialize),
    SUPPLIED(IoCsqInsertIrp),
    SUPPLIED(IoCsqRemoveIrp),
    SUPPLIED(IoCsqRemoveNextIrp),
    SUPPLIED(IoRegisterDriverReinitialization),
    /* memory, locks, IRQL, time */
    SUPPLIED(ExAllocatePoolWithTag),
    SUPPLIED(ExAllocatePool2),
    SUPPLIED(ExFreePool),
    SUPPLIED(ExFreePoolWithTag),
    SUPPLIED(ExAcquireFastMutex),
    SUPPLIED(ExReleaseFastMutex),
#ifdef _WIN64
    SUPPLIED(KeAcquireSpinLockRaiseToDpc),
    SUPPLIED(KeReleaseSpinLock),
#else
    SUPPLIED(KfAcquireSpinLock),
    SUPPLIED(KfReleaseSpinLock),
    SUPPLIED(KfRaiseIrql),
    SUPPLIED(KfLowerIrql),
    SUPPLIED(KeGetCurrentIrql),
#endif
    SUPPLIED(KeAcquireInStackQueuedSpinLock),
    SUPPLIED(KeReleaseInStackQueuedSpinLock),
    SUPPLIED(KeAreAllApcsDisabled),
    SUPPLIED(KeQueryPerformanceCounter),
    SUPPLIED(KeQuerySystemTimePrecise),
    SUPPLIED(MmGetSystemRoutineAddress),
#undef SUPPLIED
#undef VARIABLE
};

PVOID lab_routine(const char *name)
{
    for (size_t i = 0; i < sizeof(routines) / sizeof(routines[0]); i++) {
        if (!strcmp(routines[i].name, name))
            return routines[i].address;
    }
    return NULL;
}

/* What winebuild makes of a routine that is declared and not written begins with this. */
static BOOLEAN is_stub(const UCHAR *code)
{
#ifdef _WIN64 /* sub rsp, 40; lea rcx, ...; lea rdx, ...; call */
    static const UCHAR sub_lea[] = {0x48, 0x83, 0xEC, 0x28, 0x48, 0x8D, 0x0D}, lea[] = {0x48, 0x8D, 0x15};

    return !memcmp(code, sub_lea, sizeof(sub_lea)) && !memcmp(code + 11, lea, sizeof(lea)) &&
           code[18] == 0xE8;
#else /* nine nops; sub esp, 12; mov [esp + 4], ... */
    static const UCHAR nops_sub_mov[] = {0x90, 0x90, 0x90, 0x90, 0x90, 0x90, 0x90, 0x90,
                                         0x90, 0x83, 0xEC, 0x0C, 0xC7, 0x44, 0x24, 0x04};

    return !memcmp(code, nops_sub_mov, sizeof(nops_sub_mov));
#endif
}

PVOID lab_wine_routine(const char *module, const char *name)
{
    ANSI_STRING ansi_module, ansi_name;
    UNICODE_STRING wide;
    PVOID base, address = NULL;

    RtlInitAnsiString(&ansi_module, module);
    RtlInitAnsiString(&ansi_name, name);
    if (!NT_SUCCESS(RtlAnsiStringToUnicodeString(&wide, &ansi_module, TRUE)))
        return NULL;
    if (NT_SUCCESS(LdrGetDllHandle(NULL, NULL, &wide, &base)))
        LdrGetProcedureAddress(base, &ansi_name, 0, &address);
    RtlFreeUnicodeString(&wide);
    return address && !is_stub(address) ? address : NULL;
}
