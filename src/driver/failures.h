/* What can fail while the driver works, and what it does then. One list, for three readers: people
 * (docs/failures.md is made of it by tools/failure-table), the sim (tests/driver/test_failures.c lets every
 * call fail and holds the driver to what stands here), and whoever adds a call. Not compiled into the driver.
 */
#ifndef VG_DRIVER_FAILURES_H
#define VG_DRIVER_FAILURES_H

enum vg_failure_while {
    VG_FAILURE_LOAD,    /* DriverEntry */
    VG_FAILURE_START,   /* a process is created: the callback, up to its verdict and event */
    VG_FAILURE_RECORD,  /* a process ends, or an image is mapped */
    VG_FAILURE_REQUEST, /* the device is opened, a policy is loaded, a boot is confirmed */
};

/* What is seen of a failure from outside. */
enum vg_failure_effect {
    VG_NOTHING_SEEN = 1, /* goes on another way, or without what was only a convenience */
    VG_FAILS = 2,        /* DriverEntry, or the request, fails with its status, and nothing is left behind */
    VG_DECIDES_NOTHING = 4,   /* stays loaded without the callback, so that `vigil status` can explain it */
    VG_NO_POLICY = 8,         /* watches without a policy, and says so */
    VG_SEES_NO_IMAGES = 16,   /* image loads are not recorded */
    VG_FACTS_UNKNOWN = 32,    /* decided; facts that could not be had are unknown, or claimed */
    VG_ALLOWED_AND_SAID = 64, /* cannot be decided: allowed, with the reason "failure" */
    VG_EVENT_LOST_AND_COUNTED = 128, /* the event is lost, and counted in events_dropped */
    VG_ONLY_WATCHES = 256,           /* watches as after a boot that was not confirmed, and says so */
};

/* X(while, what fails, effects, what it was for): a line each, for tools/failure-table */
/* clang-format off */
#define VG_FAILURES(X) \
    X(LOAD, "pool VgCf", VG_FAILS | VG_SEES_NO_IMAGES | VG_ONLY_WATCHES, "memory for the parameters in the registry: without a path it does not start; an option has its default; the mark of an unconfirmed boot counts as there") \
    X(LOAD, "pool VgEv", VG_NOTHING_SEEN, "memory for the event that says the policy came into force: `vigil status` still says it") \
    X(LOAD, "pool VgFi", VG_NOTHING_SEEN, "memory for a name or a volume's answer: the running process concerned is in the table without it") \
    X(LOAD, "pool VgHa", VG_NOTHING_SEEN, "memory for the cache of hashes: every file is hashed each time") \
    X(LOAD, "pool VgPo", VG_NO_POLICY, "memory for the policy") \
    X(LOAD, "pool VgPr", VG_NOTHING_SEEN, "memory for a running process in the table: its children's parent facts are unknown") \
    X(LOAD, "pool VgRi", VG_FAILS, "memory for the ring of events") \
    X(LOAD, "pool VgSg", VG_FAILS | VG_NOTHING_SEEN, "memory for a text: without its own paths it does not start; a running process is in the table without that fact") \
    X(LOAD, "ZwOpenKey", VG_NOTHING_SEEN | VG_NO_POLICY, "the service's key in the registry") \
    X(LOAD, "ZwQueryValueKey", VG_NOTHING_SEEN | VG_SEES_NO_IMAGES | VG_ONLY_WATCHES | VG_FAILS, "a value in the registry: an option has its default; the mark of an unconfirmed boot counts as there; without a path it does not start") \
    X(LOAD, "ZwSetValueKey", VG_NOTHING_SEEN, "the mark of an unconfirmed boot: tried again every second") \
    X(LOAD, "ZwFlushKey", VG_NOTHING_SEEN, "the same mark, on its way to the disk: tried again every second") \
    X(LOAD, "IoCreateDevice", VG_FAILS, "the device") \
    X(LOAD, "ObOpenObjectByPointer", VG_FAILS, "a handle to the device, for its DACL") \
    X(LOAD, "ZwSetSecurityObject", VG_FAILS, "the device's DACL: without it everybody could open the device") \
    X(LOAD, "IoCreateSymbolicLink", VG_FAILS, "the device's link") \
    X(LOAD, "PsCreateSystemThread", VG_NOTHING_SEEN | VG_FAILS, "the thread that wakes readers is needed; the one that writes the boot's mark later is not") \
    X(LOAD, "PsSetCreateProcessNotifyRoutineEx2", VG_NOTHING_SEEN, "the registration with subsystem processes: PsSetCreateProcessNotifyRoutineEx is tried") \
    X(LOAD, "PsSetCreateProcessNotifyRoutineEx", VG_DECIDES_NOTHING, "the registration") \
    X(LOAD, "PsSetLoadImageNotifyRoutine", VG_SEES_NO_IMAGES, "the registration for image loads") \
    X(LOAD, "IoCreateFileEx", VG_NOTHING_SEEN | VG_NO_POLICY, "a file is opened: the policy's; or that of a running process, to learn its name") \
    X(LOAD, "ZwQueryInformationFile", VG_NOTHING_SEEN | VG_NO_POLICY, "the policy's size; or the name of a running process") \
    X(LOAD, "ZwReadFile", VG_NO_POLICY, "the policy") \
    X(LOAD, "IoVolumeDeviceToDosName", VG_NOTHING_SEEN, "the drive letter of a running process") \
    X(LOAD, "SeLocateProcessImageName", VG_NOTHING_SEEN, "the name of a running process") \
    X(LOAD, "ObQueryNameString", VG_NOTHING_SEEN, "the name of a device: it is asked for again, or the running process concerned is in the table without its name") \
    X(LOAD, "SeQueryInformationToken", VG_NOTHING_SEEN, "the user of a running process") \
    X(LOAD, "ZwQuerySystemInformation", VG_NOTHING_SEEN, "the list of running processes: the parents of what starts later are unknown") \
    X(LOAD, "BCryptOpenAlgorithmProvider", VG_NOTHING_SEEN, "CNG: hashes of that kind are unknown") \
    X(LOAD, "BCryptGetProperty", VG_NOTHING_SEEN, "CNG: hashes of that kind are unknown") \
    X(START, "pool VgSt", VG_EVENT_LOST_AND_COUNTED, "memory for the start itself: it is allowed") \
    X(START, "pool VgPr", VG_EVENT_LOST_AND_COUNTED, "memory for the process in the table: it is allowed") \
    X(START, "pool VgSc", VG_ALLOWED_AND_SAID, "memory to decide in: it is allowed") \
    X(START, "pool VgEv", VG_EVENT_LOST_AND_COUNTED, "memory for the event, after the verdict") \
    X(START, "pool VgSg", VG_NOTHING_SEEN | VG_ALLOWED_AND_SAID, "memory for a text: for the image's name or the command line, without which nothing can be decided; or for one way to the name of several") \
    X(START, "pool VgFi", VG_NOTHING_SEEN | VG_FACTS_UNKNOWN, "memory to read a file, or for an answer about its volume") \
    X(START, "pool VgHa", VG_FACTS_UNKNOWN, "memory for CNG's hashes") \
    X(START, "ObOpenObjectByPointer", VG_NOTHING_SEEN, "a handle to the file object given: the file is opened by its name") \
    X(START, "ObQueryNameString", VG_NOTHING_SEEN, "the kernel's name of the file object") \
    X(START, "IoCreateFileEx", VG_NOTHING_SEEN | VG_FACTS_UNKNOWN, "the file is opened again: other ways are tried; without any, its name is only claimed and its content unknown") \
    X(START, "ZwQueryInformationFile", VG_NOTHING_SEEN | VG_FACTS_UNKNOWN, "the file's name, size or id") \
    X(START, "ZwQueryVolumeInformationFile", VG_NOTHING_SEEN | VG_FACTS_UNKNOWN, "the volume's serial number (the hash is not cached), or its device (Drive)") \
    X(START, "ZwFsControlFile", VG_NOTHING_SEEN, "the file's place in the volume's journal: its hash is not cached") \
    X(START, "ZwReadFile", VG_FACTS_UNKNOWN, "the file's content") \
    X(START, "IoVolumeDeviceToDosName", VG_NOTHING_SEEN, "the drive letter: the name that the kernel keeps of the process stands in") \
    X(START, "IoBuildDeviceIoControlRequest", VG_NOTHING_SEEN | VG_FACTS_UNKNOWN, "the question for the disk's bus: Drive is unknown, and a hash counts as claimed") \
    X(START, "IoCallDriver", VG_NOTHING_SEEN | VG_FACTS_UNKNOWN, "the same question") \
    X(START, "SeQueryInformationToken", VG_FACTS_UNKNOWN, "User, IntegrityLevel, TerminalSessionId, LogonId") \
    X(START, "BCryptCreateHash", VG_FACTS_UNKNOWN, "CNG: all hashes of that reading") \
    X(START, "BCryptHashData", VG_FACTS_UNKNOWN, "CNG: all hashes of that reading") \
    X(START, "BCryptFinishHash", VG_FACTS_UNKNOWN, "CNG: hashes of that reading") \
    X(RECORD, "pool VgEv", VG_EVENT_LOST_AND_COUNTED, "memory for the event") \
    X(REQUEST, "pool VgRd", VG_FAILS, "memory for an open handle") \
    X(REQUEST, "pool VgPo", VG_FAILS, "memory for a policy: the one in force stays") \
    X(REQUEST, "pool VgEv", VG_NOTHING_SEEN, "memory for the event that says what changed: counted in events_dropped") \
    X(REQUEST, "ZwOpenKey", VG_FAILS, "the key for the boot's mark: the boot stays unconfirmed") \
    X(REQUEST, "ZwSetValueKey", VG_FAILS, "the boot's mark: the boot stays unconfirmed") \
    X(REQUEST, "ZwFlushKey", VG_NOTHING_SEEN, "the boot's mark, on its way to the disk")
/* clang-format on */

#endif
