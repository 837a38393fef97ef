#include "status_text.h"

#include <stddef.h>

/* Sources: ntstatus.h and winerror.h of the Windows SDK for numbers and names; the WDK's pages of
 * PsSetCreateProcessNotifyRoutineEx, ZwLoadDriver and the service control manager's reference for who answers
 * them when. */
static const struct vg_status_text ntstatuses[] = {
    {0x00000000, "STATUS_SUCCESS", "It was done.", NULL},
    {0x00000102, "STATUS_TIMEOUT", "The time allowed for it ran out.", NULL},
    {0x00000103, "STATUS_PENDING", "It is still under way.", NULL},
    {0x80000005, "STATUS_BUFFER_OVERFLOW", "The buffer held only a part of the answer.", NULL},
    {0x80000006, "STATUS_NO_MORE_FILES", "There are no further entries.", NULL},
    {0xC0000001, "STATUS_UNSUCCESSFUL", "The driver's start or request failed without a closer reason.",
     NULL},
    {0xC0000002, "STATUS_NOT_IMPLEMENTED", "This system does not have the routine that was called.",
     "Check that Windows is Vista SP1 / Server 2008 or later."},
    {0xC0000005, "STATUS_ACCESS_VIOLATION", "Memory was used that is not there.",
     "As a process's exit status: the program crashed."},
    {0xC0000008, "STATUS_INVALID_HANDLE", "The handle is not, or no longer, valid.", NULL},
    {0xC000000D, "STATUS_INVALID_PARAMETER",
     "An argument was refused. From PsSetCreateProcessNotifyRoutineEx: the routine is registered already, or "
     "the system's table of "
     "process callbacks is full (64 entries today, 8 on old systems).",
     "Remove another product that watches processes, or restart Windows if a driver did not clean up after "
     "itself."},
    {0xC000000E, "STATUS_NO_SUCH_DEVICE", "The device is not there.",
     "Is the driver running? `vigil status` says."},
    {0xC000000F, "STATUS_NO_SUCH_FILE", "The file is not there.", NULL},
    {0xC0000010, "STATUS_INVALID_DEVICE_REQUEST", "The driver does not know this request.",
     "Use the vigil.exe that belongs to the vigil.sys that is running."},
    {0xC0000017, "STATUS_NO_MEMORY", "There was not enough memory.", NULL},
    {0xC0000022, "STATUS_ACCESS_DENIED",
     "Access was denied. From PsSetCreateProcessNotifyRoutineEx: the driver's image lacks the integrity bit "
     "(IMAGE_DLLCHARACTERISTICS_FORCE_INTEGRITY, 0x0080), which is asked for even where signatures are not "
     "enforced.",
     "Link the driver with /integritycheck and sign it; `vigil inspect FILE` shows the bit."},
    {0xC0000023, "STATUS_BUFFER_TOO_SMALL", "The buffer is too small for the answer; nothing was consumed.",
     "Ask again with a larger buffer."},
    {0xC0000033, "STATUS_OBJECT_NAME_INVALID", "The name is not well-formed.", NULL},
    {0xC0000034, "STATUS_OBJECT_NAME_NOT_FOUND", "There is nothing of that name.",
     "For the device: the driver is not running (`vigil status`). For a file: check the path."},
    {0xC0000035, "STATUS_OBJECT_NAME_COLLISION", "Something of that name exists already.",
     "Another instance of the driver is loaded, or one did not clean up: restart Windows."},
    {0xC000003A, "STATUS_OBJECT_PATH_NOT_FOUND", "A folder on the path is not there.", NULL},
    {0xC0000043, "STATUS_SHARING_VIOLATION", "Another program has the file open and does not share it.",
     NULL},
    {0xC0000059, "STATUS_REVISION_MISMATCH", "Two parts of different versions met.",
     "Use the vigil.exe that belongs to the vigil.sys that is running."},
    {0xC000007B, "STATUS_INVALID_IMAGE_FORMAT", "The image is damaged or not for this kind of system.",
     "`vigil inspect FILE` says what it is made for."},
    {0xC000009A, "STATUS_INSUFFICIENT_RESOURCES", "The system is out of a resource, usually pool memory.",
     "Close programs or restart Windows; if the event ring was made larger, make it smaller."},
    {0xC00000A3, "STATUS_DEVICE_NOT_READY", "The device is being stopped.", NULL},
    {0xC00000B5, "STATUS_IO_TIMEOUT", "The device did not answer in time.", NULL},
    {0xC00000BB, "STATUS_NOT_SUPPORTED", "This system does not support the request.", NULL},
    {0xC00000E5, "STATUS_INTERNAL_ERROR", "A check inside the system failed.", NULL},
    {0xC0000120, "STATUS_CANCELLED",
     "The request was ended before it was done, as by `vigil` stopping the driver.", NULL},
    {0xC0000135, "STATUS_DLL_NOT_FOUND", "A library the program needs is not there.", NULL},
    {0xC0000139, "STATUS_ENTRYPOINT_NOT_FOUND", "A library lacks a routine the program needs.", NULL},
    {0xC000013A, "STATUS_CONTROL_C_EXIT", "The program was ended by Control-C.", NULL},
    {0xC0000142, "STATUS_DLL_INIT_FAILED", "A library the program needs did not start.", NULL},
    {0xC0000221, "STATUS_IMAGE_CHECKSUM_MISMATCH",
     "The checksum in the image's header is wrong: the file is damaged or was changed.",
     "`vigil inspect FILE` shows the right one; link with /release."},
    {0xC0000225, "STATUS_NOT_FOUND", "What was looked for is not there.", NULL},
    {0xC000022D, "STATUS_RETRY", "The request has to be tried again.", NULL},
    {0xC0000263, "STATUS_DRIVER_ENTRYPOINT_NOT_FOUND",
     "The kernel of this system lacks a routine the driver imports.",
     "Check that Windows is not older than the driver was built for (Windows 7 / Server 2008 R2)."},
    {0xC000026C, "STATUS_DRIVER_UNABLE_TO_LOAD", "The driver cannot be loaded.",
     "It may be for another kind of processor: `vigil inspect vigil.sys`."},
    {0xC0000361, "STATUS_ACCESS_DISABLED_BY_POLICY_DEFAULT",
     "The start was blocked by policy. This is Vigil's usual answer to a denied start (deny-status: policy); "
     "its creator sees "
     "Win32 error 1260.",
     "`vigil watch --denied` names the rule."},
    {0xC0000362, "STATUS_ACCESS_DISABLED_BY_POLICY_PATH",
     "The start was blocked by a path rule of another policy.", NULL},
    {0xC0000363, "STATUS_ACCESS_DISABLED_BY_POLICY_PUBLISHER",
     "The start was blocked by a publisher rule of another policy.", NULL},
    {0xC0000364, "STATUS_ACCESS_DISABLED_BY_POLICY_OTHER", "The start was blocked by another policy.", NULL},
    {0xC000036C, "STATUS_DRIVER_BLOCKED",
     "Windows blocks this driver: it is on the list of incompatible drivers, or policy forbids it.",
     "Look at the memory integrity and driver blocklist settings, and at the event log (CodeIntegrity)."},
    {0xC000038E, "STATUS_DRIVER_FAILED_PRIOR_UNLOAD", "An earlier copy of the driver is still in memory.",
     "Restart Windows."},
    {0xC0000428, "STATUS_INVALID_IMAGE_HASH",
     "The image has the integrity bit, or is a driver on a system that enforces signatures, and carries no "
     "signature that this "
     "system accepts (or its bytes changed after it was signed). The creator sees Win32 error 577.",
     "Sign it; on a test machine with a test certificate after `bcdedit /set testsigning on` and a restart "
     "(Secure Boot off). "
     "`vigil inspect FILE` says what the file carries."},
    {0xC000042C, "STATUS_ELEVATION_REQUIRED", "The program asks for administrator rights.", NULL},
    {0xC0000603, "STATUS_IMAGE_CERT_REVOKED", "The certificate the image is signed with was revoked.",
     "Sign it with a valid certificate."},
    {0xC0000605, "STATUS_IMAGE_CERT_EXPIRED", "The certificate the image is signed with has expired.",
     "Sign it again, with a time stamp."},
    {0xC0000906, "STATUS_VIRUS_INFECTED",
     "The start was blocked because the file contains a virus, or a policy says so.",
     "If Vigil's policy names this as its deny-status, `vigil watch --denied` names the rule; otherwise ask "
     "the virus scanner."},
};

static const struct vg_status_text win32_errors[] = {
    {0, "ERROR_SUCCESS", "It was done.", NULL},
    {1, "ERROR_INVALID_FUNCTION", "The driver does not know this request.",
     "Use the vigil.exe that belongs to the vigil.sys that is running."},
    {2, "ERROR_FILE_NOT_FOUND", "The file, device or service's image is not there.",
     "For the device: the driver is not running; `vigil install` installs and starts it."},
    {3, "ERROR_PATH_NOT_FOUND", "A folder on the path is not there.", NULL},
    {5, "ERROR_ACCESS_DENIED", "Access was denied.",
     "Run it as administrator (an elevated prompt). If it was starting the driver: the driver may lack the "
     "integrity bit; "
     "`vigil inspect vigil.sys` shows it."},
    {6, "ERROR_INVALID_HANDLE", "The handle is not, or no longer, valid.", NULL},
    {8, "ERROR_NOT_ENOUGH_MEMORY", "There was not enough memory.", NULL},
    {13, "ERROR_INVALID_DATA", "The data is damaged, or not what was expected.", NULL},
    {14, "ERROR_OUTOFMEMORY", "There was not enough memory.", NULL},
    {21, "ERROR_NOT_READY", "The device is being stopped.", NULL},
    {31, "ERROR_GEN_FAILURE", "The driver failed without a closer reason.", NULL},
    {32, "ERROR_SHARING_VIOLATION", "Another program has the file open and does not share it.",
     "Stop the driver first if it is vigil.sys: `vigil uninstall`."},
    {50, "ERROR_NOT_SUPPORTED", "This system does not support the request.", NULL},
    {87, "ERROR_INVALID_PARAMETER",
     "An argument was refused. When the driver was started: the process callback is registered already, or "
     "the system's table of "
     "them is full.",
     "Remove another product that watches processes, or restart Windows."},
    {122, "ERROR_INSUFFICIENT_BUFFER", "The buffer is too small for the next record; nothing was consumed.",
     "Read with a larger buffer."},
    {127, "ERROR_PROC_NOT_FOUND", "The kernel of this system lacks a routine the driver imports.",
     "Windows 7 / Server 2008 R2 is the oldest system."},
    {183, "ERROR_ALREADY_EXISTS", "Something of that name exists already.", NULL},
    {193, "ERROR_BAD_EXE_FORMAT", "The image is damaged or not for this kind of system.",
     "`vigil inspect FILE` says what it is made for."},
    {225, "ERROR_VIRUS_INFECTED",
     "The start was blocked because the file contains a virus, or a policy says so.",
     "If Vigil's policy names 0xC0000906 as its deny-status, `vigil watch --denied` names the rule."},
    {577, "ERROR_INVALID_IMAGE_HASH",
     "The image has the integrity bit, or is a driver on a system that enforces signatures, and carries no "
     "signature that this "
     "system accepts (NTSTATUS 0xC0000428). cmd.exe says: The system cannot execute the specified program.",
     "Sign it; on a test machine with a test certificate after `bcdedit /set testsigning on` and a restart "
     "(Secure Boot off)."},
    {740, "ERROR_ELEVATION_REQUIRED", "The program asks for administrator rights.",
     "Run it as administrator."},
    {995, "ERROR_OPERATION_ABORTED",
     "The request was ended before it was done: the driver is being stopped, or its handle was closed.",
     NULL},
    {997, "ERROR_IO_PENDING", "It is still under way.", NULL},
    {1053, "ERROR_SERVICE_REQUEST_TIMEOUT", "The service did not answer in time.", NULL},
    {1056, "ERROR_SERVICE_ALREADY_RUNNING", "The driver is running already.", NULL},
    {1058, "ERROR_SERVICE_DISABLED", "The service is disabled.",
     "Enable it: `sc config Vigil start= system`."},
    {1060, "ERROR_SERVICE_DOES_NOT_EXIST", "Vigil is not installed.", "`vigil install` installs it."},
    {1062, "ERROR_SERVICE_NOT_ACTIVE", "The driver is not running.", "`sc start Vigil` starts it."},
    {1068, "ERROR_SERVICE_DEPENDENCY_FAIL", "A service it depends on did not start.", NULL},
    {1072, "ERROR_SERVICE_MARKED_FOR_DELETE",
     "The service is being deleted, and somebody still has a handle to it.",
     "Close the Services window, Task Manager and every `vigil watch`, or restart Windows; then install "
     "again."},
    {1073, "ERROR_SERVICE_EXISTS", "Vigil is installed already.",
     "`vigil uninstall` first, to install it anew."},
    {1260, "ERROR_ACCESS_DISABLED_BY_POLICY",
     "The start was blocked by policy (NTSTATUS 0xC0000361, Vigil's usual answer).",
     "`vigil watch --denied` names the rule."},
    {1275, "ERROR_DRIVER_BLOCKED",
     "Windows blocks this driver: it is on the list of incompatible drivers, or policy forbids it.",
     "Look at the memory integrity and driver blocklist settings, and at the event log (CodeIntegrity)."},
    {1306, "ERROR_REVISION_MISMATCH", "Two parts of different versions met.",
     "Use the vigil.exe that belongs to the vigil.sys that is running."},
    {1450, "ERROR_NO_SYSTEM_RESOURCES", "The system is out of a resource, usually pool memory.", NULL},
};

static const struct vg_status_text *find(const struct vg_status_text *table, size_t count, uint32_t code)
{
    for (size_t i = 0; i < count; i++) {
        if (table[i].code == code)
            return &table[i];
    }
    return NULL;
}

const struct vg_status_text *vg_ntstatus_text(uint32_t status)
{
    return find(ntstatuses, sizeof(ntstatuses) / sizeof(ntstatuses[0]), status);
}

const struct vg_status_text *vg_win32_text(uint32_t error)
{
    return find(win32_errors, sizeof(win32_errors) / sizeof(win32_errors[0]), error);
}

static void print_rest(FILE *stream, const struct vg_status_text *text)
{
    if (text != NULL)
        fprintf(stream, " (%s): %s", text->name, text->meaning);
}

void vg_print_ntstatus(FILE *stream, uint32_t status)
{
    fprintf(stream, "0x%08X", (unsigned)status);
    print_rest(stream, vg_ntstatus_text(status));
}

void vg_print_win32(FILE *stream, uint32_t error)
{
    fprintf(stream, "%u", (unsigned)error);
    print_rest(stream, vg_win32_text(error));
}
