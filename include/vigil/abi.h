/* What crosses between vigil.sys and user mode: the device, its IOCTLs, and the events that ReadFile returns.
 * Every member has a fixed width, padding is explicit, all is little-endian, 32-bit and 64-bit callers see
 * the same bytes. Included by both sides, and by the sim and the fuzzers. */
#ifndef VIGIL_ABI_H
#define VIGIL_ABI_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include <vigil/policy.h>

/* Changes whenever a structure below changes its meaning; vigil.exe refuses a driver of another version. */
#define VG_ABI_VERSION 2u

/* The device's name in the object manager, and how user mode opens it (by its own name, not by a link that
 * somebody could redirect). The symbolic link exists for people's own tools. */
#define VG_DEVICE_NAME  u"\\Device\\Vigil"
#define VG_DEVICE_LINK  u"\\DosDevices\\Global\\Vigil"
#define VG_DEVICE_OPEN  u"\\\\.\\GLOBALROOT\\Device\\Vigil"
#define VG_SERVICE_NAME u"Vigil"

/* Values below HKLM\SYSTEM\CurrentControlSet\Services\Vigil\Parameters. */
#define VG_VALUE_POLICY_PATH                                                                                 \
    u"PolicyPath" /* REG_SZ: native path of the compiled policy, `\SystemRoot\...`                           \
                   */
#define VG_VALUE_TOOL_PATH                                                                                   \
    u"ToolPath" /* REG_SZ: canonical path of the installed vigil.exe, always allowed when elevated           \
                 */
#define VG_VALUE_BOOT_PENDING                                                                                \
    u"BootPending" /* REG_DWORD: 1 from the driver's start until the boot is confirmed */
#define VG_VALUE_WATCH_IMAGES u"WatchImages" /* REG_DWORD: 1 records image loads whatever the policy says */
#define VG_VALUE_RING_SIZE                                                                                   \
    u"EventRingSize" /* REG_DWORD: bytes of the event ring; default 4 MiB, 1 MiB..256 MiB */
#define VG_VALUE_ALLOW_UNLOAD                                                                                \
    u"AllowUnload" /* REG_DWORD: 0 leaves the driver without an Unload; default 1                            \
                    */

#define VG_VALUE_GATHER_TIME                                                                                 \
    u"GatherTimeMs" /* REG_DWORD: how long a start may wait while its file is read, in milliseconds; default \
                       5000, 500..60000 */

/* CTL_CODE(FILE_DEVICE_UNKNOWN = 0x22, function, METHOD_BUFFERED = 0, access). Access 1: FILE_READ_ACCESS, 2:
 * FILE_WRITE_ACCESS. */
#define VG_IOCTL(function, access) ((0x22u << 16) | ((uint32_t)(access) << 14) | ((0x800u + (function)) << 2))

#define VG_IOCTL_STATUS VG_IOCTL(0u, 1u) /* out: struct vg_abi_status */
#define VG_IOCTL_LOAD_POLICY                                                                                 \
    VG_IOCTL(1u, 2u) /* in: a compiled policy; out (optional): struct vg_abi_load_reply */
#define VG_IOCTL_SET_MODE    VG_IOCTL(2u, 2u) /* in: struct vg_abi_mode */
#define VG_IOCTL_SET_OPTIONS VG_IOCTL(3u, 2u) /* in: struct vg_abi_options */
#define VG_IOCTL_CONFIRM_BOOT                                                                                \
    VG_IOCTL(4u, 2u)                   /* nothing in, nothing out; in safe mode it changes nothing           \
                                        */
#define VG_IOCTL_SEEK VG_IOCTL(5u, 1u) /* in: struct vg_abi_seek: where this handle reads on */
/* Ends pended reads with STATUS_CANCELLED (ERROR_OPERATION_ABORTED) and waits; new reads fail with
 * STATUS_DEVICE_NOT_READY (ERROR_NOT_READY). Deciding and recording go on, and handles can still be opened.
 */
#define VG_IOCTL_QUIESCE VG_IOCTL(6u, 2u)
#define VG_IOCTL_RESUME  VG_IOCTL(7u, 2u) /* takes a quiesce back, when the stop did not happen */

/* The largest policy VG_IOCTL_LOAD_POLICY takes: METHOD_BUFFERED copies it to nonpaged pool once. */
#define VG_POLICY_SIZE_MAX (256u * 1024u * 1024u)

/* The largest read length served; larger ones are served as this much. */
#define VG_READ_SIZE_MAX (1024u * 1024u)

/* What the driver does with its decisions. */
enum vg_abi_enforcement {
    VG_ENFORCING = 0,           /* verdicts are enforced */
    VG_MONITOR_BY_POLICY = 1,   /* the policy's mode, or `vigil mode monitor` */
    VG_MONITOR_NO_POLICY = 2,   /* none is loaded, or it was refused */
    VG_MONITOR_SAFE_MODE = 3,   /* Windows was started in safe mode */
    VG_MONITOR_BOOT_FAILED = 4, /* the last boot was not confirmed */
    VG_ENFORCING_DENIES = 5,    /* only explicit denies, until this boot is confirmed */
};

enum vg_abi_mode_override {
    VG_MODE_AS_POLICY = 0,
    VG_MODE_FORCE_MONITOR = 1,
    VG_MODE_FORCE_ENFORCE = 2, /* does not override safe mode, a missing policy or a failed boot */
};

struct vg_abi_mode {
    uint32_t override_mode; /* enum vg_abi_mode_override */
    uint32_t reserved;      /* 0 */
};
static_assert(sizeof(struct vg_abi_mode) == 8, "ABI");

enum vg_abi_option_flags {
    VG_OPTION_WATCH_IMAGES = 1, /* record image loads (user and kernel) */
    VG_OPTION_HASH_ALL = 2,     /* SHA256 in every record of a start */
};

/* Options in `mask` are set to those in `flags`; the policy's own wishes stay on whatever is set here. */
struct vg_abi_options {
    uint32_t mask;
    uint32_t flags;
};
static_assert(sizeof(struct vg_abi_options) == 8, "ABI");

enum vg_abi_seek_to {
    VG_SEEK_OLDEST = 0, /* the oldest record still in the ring: where a new handle starts */
    VG_SEEK_END = 1,    /* only what is recorded from now on */
};

struct vg_abi_seek {
    uint32_t to;       /* enum vg_abi_seek_to */
    uint32_t reserved; /* 0 */
};
static_assert(sizeof(struct vg_abi_seek) == 8, "ABI");

/* What became of a policy. With room for this in the output, the request succeeds for a refused policy too
 * (errors carry no output) and check_length is not 0; without, it fails with STATUS_FILE_CORRUPT_ERROR
 * (ERROR_FILE_CORRUPT). */
struct vg_abi_load_reply {
    uint64_t offset;       /* where in the blob the failing check looked */
    uint32_t check_length; /* bytes of `check` */
    uint32_t reserved;
    char check[112]; /* ASCII: which check failed */
};
static_assert(sizeof(struct vg_abi_load_reply) == 128, "ABI");

/* The routine that the driver's process callback is registered with. */
enum vg_abi_registration {
    VG_REGISTERED_NOT = 0,
    VG_REGISTERED_EX = 1,    /* PsSetCreateProcessNotifyRoutineEx */
    VG_REGISTERED_EX2 = 2,   /* PsSetCreateProcessNotifyRoutineEx2 */
    VG_REGISTERED_PLAIN = 3, /* PsSetCreateProcessNotifyRoutine (vigil-xp.sys) */
};

/* Counters are since the driver started. */
struct vg_abi_status {
    uint32_t size;        /* of this structure */
    uint32_t abi_version; /* VG_ABI_VERSION */
    uint32_t enforcement; /* enum vg_abi_enforcement */
    uint32_t override_mode;
    uint32_t options;            /* enum vg_abi_option_flags in force */
    uint32_t registered_with;    /* enum vg_abi_registration */
    int32_t registration_status; /* NTSTATUS of the registration */
    int32_t policy_status;       /* NTSTATUS of loading the policy at start, or of the last replacement */
    uint32_t rule_count;
    uint32_t boot_confirmed;                          /* 0 or 1 */
    uint32_t quiesced;                                /* 0 or 1 */
    uint32_t readers;                                 /* open handles */
    uint8_t policy_identity[VG_POLICY_IDENTITY_SIZE]; /* zero when there is no policy */
    uint64_t policy_size;
    uint64_t policy_generation; /* how many policies have been in force, this one included */
    uint64_t starts;
    uint64_t exits;
    uint64_t images;
    uint64_t allowed;
    uint64_t denied;     /* by a verdict that was enforced */
    uint64_t would_deny; /* by a verdict that was not, because of the mode, safe mode or the boot */
    uint64_t asked;
    uint64_t audited;  /* starts on which at least one audit rule matched */
    uint64_t by_guard; /* starts allowed by a guard of their own (system, protected, tool, nameless) against
                          the verdict */
    uint64_t denied_by_others; /* CreationStatus was a failure already when we were called */
    uint64_t undone;           /* denials that another driver overwrote, or that failed: the process ran */
    uint64_t unknown_facts;    /* decisions that rested on at least one unknown fact */
    uint64_t files_opened;
    uint64_t files_hashed;
    uint64_t cache_hits;
    uint64_t events_written;
    uint64_t events_lost;    /* overwritten before some open reader had read them, added up over readers */
    uint64_t events_dropped; /* never written: no memory for the record */
    uint64_t processes;      /* running ones in the table */
    uint64_t decision_worst_ns;
    uint64_t decision_total_ns; /* divided by starts: the mean. Callback in to verdict out. */
    uint64_t cut_short;         /* starts whose file was not read to the end, by enum vg_cut_short */
};
static_assert(sizeof(struct vg_abi_status) == 80 + 8 * 24, "ABI");
static_assert(offsetof(struct vg_abi_status, policy_identity) == 48, "ABI");
static_assert(offsetof(struct vg_abi_status, starts) == 96, "ABI");

/* Events. ReadFile returns as many whole ones as fit, each starting at a multiple of 8. When not even the
 * next one fits, the read fails with STATUS_BUFFER_TOO_SMALL (ERROR_INSUFFICIENT_BUFFER) and consumes
 * nothing. */
enum vg_event_type {
    VG_EVENT_START = 1, /* struct vg_event_start + facts */
    VG_EVENT_EXIT = 2,  /* struct vg_event_exit + facts (Image) */
    VG_EVENT_IMAGE = 3, /* struct vg_event_image + facts (Image: of the process) */
    VG_EVENT_LOST = 4,  /* struct vg_event_lost: made for one reader, not in the ring */
    VG_EVENT_STATE = 5, /* struct vg_event_state: a policy, mode or option came into force */
};

struct vg_event_header {
    uint32_t size;        /* of the whole event, a multiple of 8 */
    uint16_t type;        /* enum vg_event_type */
    uint16_t fact_count;  /* entries of struct vg_event_fact */
    uint32_t fact_offset; /* of the first entry, from the start of the event; 0 when there is none */
    uint32_t reserved;
    uint64_t sequence; /* 1, 2, 3... in the ring; 0 in VG_EVENT_LOST */
    uint64_t time;     /* 100 ns since 1601-01-01 UTC (KeQuerySystemTime) */
};
static_assert(sizeof(struct vg_event_header) == 32, "ABI");

/* One value of one fact. A field with several values has several entries; a field with none has one entry of
 * size 0 that carries its state. */
struct vg_event_fact {
    uint16_t field;  /* enum vg_field */
    uint8_t state;   /* enum vg_fact_state */
    uint8_t flags;   /* enum vg_fact_flags */
    uint32_t offset; /* of the value, from the start of the event; a multiple of 2 */
    uint32_t size;   /* in bytes */
    uint32_t reserved;
};
static_assert(sizeof(struct vg_event_fact) == 16, "ABI");

/* A process's identity over PID reuse: unique per machine and boot. Printed as Sysmon prints a ProcessGuid.
 */
struct vg_guid {
    uint8_t bytes[16];
};

/* Which of the names the kernel offers became Image. */
enum vg_image_source {
    VG_IMAGE_NORMALIZED = 0,  /* FileNormalizedNameInformation of the re-opened file */
    VG_IMAGE_FILE_NAME = 1,   /* FileNameInformation: may keep 8.3 parts */
    VG_IMAGE_FILE_OBJECT = 2, /* the file object's own name: not used, asking for it can wait for ever */
    VG_IMAGE_PROCESS = 3,     /* the kernel's name of the process's image (SeLocateProcessImageName) */
    VG_IMAGE_OPEN_NAME = 4,   /* ImageFileName of the callback: the creator's word (VG_FACT_CLAIMED) */
    VG_IMAGE_NONE = 5,        /* there is none: Image is absent or unknown */
};

/* What led to the verdict. */
enum vg_reason {
    VG_REASON_RULE = 0,    /* the rule named */
    VG_REASON_DEFAULT = 1, /* the policy's default */
    VG_REASON_NO_POLICY = 2,
    VG_REASON_FAILURE = 3,        /* we could not decide (no memory): allowed, and said so */
    VG_REASON_EARLIER_DRIVER = 4, /* CreationStatus was a failure already */
};

/* Why a verdict was not enforced, or a guard that overruled it. */
enum vg_guard {
    VG_GUARD_NONE = 0,
    VG_GUARD_SYSTEM_CREATOR = 1, /* created by the System process */
    VG_GUARD_PROTECTED = 2,      /* the new process is protected (PsIsProtectedProcess) */
    VG_GUARD_TOOL = 3,           /* vigil.exe at its installed place, elevated */
    VG_GUARD_NAMELESS = 4,       /* a clone or minimal process: a default deny does not hit it */
    VG_GUARD_SAFE_MODE = 5,
    VG_GUARD_BOOT =
        6, /* this boot is not confirmed yet: only explicit denies; or the last was not: monitor */
    VG_GUARD_MONITOR = 7, /* monitor mode */
    VG_GUARD_FAILED = 8,  /* vigil-xp.sys had no way to end the process: `status` says why */
};

/* Why reading a start's file ended before it was done: what it was read for is unknown. */
enum vg_cut_short {
    VG_CUT_NONE = 0,
    VG_CUT_TIME = 1,     /* VG_VALUE_GATHER_TIME was up */
    VG_CUT_CREATOR = 2,  /* the creating thread is being ended, and half a second was up */
    VG_CUT_STOPPING = 3, /* the driver is being stopped, and half a second was up */
};

struct vg_event_start {
    struct vg_event_header header;
    struct vg_guid process_guid;
    struct vg_guid parent_guid;  /* zero when the parent is not known */
    struct vg_guid creator_guid; /* zero when the creator is not known */
    uint32_t process_id;
    uint32_t parent_process_id;
    uint32_t creator_process_id;
    uint32_t creator_thread_id;
    uint64_t create_time;    /* PsGetProcessCreateTimeQuadPart: 100 ns since 1601 UTC */
    uint8_t verdict;         /* enum vg_verdict: what the policy says */
    uint8_t enforced;        /* 1: the start was failed by us, or (vigil-xp.sys) the process ended */
    uint8_t reason;          /* enum vg_reason */
    uint8_t guard;           /* enum vg_guard */
    uint8_t image_source;    /* enum vg_image_source */
    uint8_t open_name_exact; /* FileOpenNameAvailable */
    uint8_t confirmed;       /* reserved, 0 */
    uint8_t cut_short;       /* enum vg_cut_short */
    uint32_t status; /* NTSTATUS given to CreationStatus (vigil-xp.sys: to the process); 0 when allowed */
    uint32_t rule;   /* index, or VG_RULE_NONE */
    uint64_t unknown_fields; /* bit per vg_field that the decision rested on and that were unknown */
    uint64_t decision_ns;
    uint64_t policy_generation; /* which policy decided: vg_abi_status.policy_generation at that time */
    uint32_t rule_name_offset;  /* UTF-8, from the start of the event */
    uint32_t rule_name_size;    /* bytes */
    uint32_t audit_count;
    uint32_t audit_rules[VG_AUDITS_MAX]; /* indexes */
    uint32_t audit_name_offset;          /* UTF-8: the names of the audit rules, a newline between them */
    uint32_t audit_name_size;
    uint32_t open_name_offset; /* UTF-16: ImageFileName as the creator opened it; size 0 when there is none */
    uint32_t open_name_size;   /* bytes */
    uint32_t reserved2;
};
static_assert(offsetof(struct vg_event_start, process_id) == 80, "ABI");
static_assert(offsetof(struct vg_event_start, verdict) == 104, "ABI");
static_assert(offsetof(struct vg_event_start, unknown_fields) == 120, "ABI");
static_assert(sizeof(struct vg_event_start) == 208, "ABI");

struct vg_event_exit {
    struct vg_event_header header;
    struct vg_guid process_guid;
    uint32_t process_id;
    int32_t exit_status; /* PsGetProcessExitStatus */
    uint64_t create_time;
    uint64_t run_time;       /* 100 ns from creation to exit */
    uint64_t start_sequence; /* the sequence of its start's event; 0 when it started before the driver */
    uint8_t denied;          /* 1: the second callback of a start that was denied by us */
    uint8_t reserved[7];
};
static_assert(sizeof(struct vg_event_exit) == 88, "ABI");

struct vg_event_image {
    struct vg_event_header header;
    struct vg_guid process_guid; /* zero for kernel images */
    uint32_t process_id;         /* 0 for kernel images (drivers) */
    uint32_t properties;         /* IMAGE_INFO.Properties */
    uint64_t base;
    uint64_t image_size;
    uint32_t name_offset;    /* UTF-16: the image's name as the kernel gave it */
    uint32_t name_size;      /* bytes */
    uint8_t signature_level; /* from IMAGE_INFO, Windows 8.1 and later */
    uint8_t signature_type;
    uint8_t kernel; /* 1: mapped into the kernel (SystemModeImage) */
    uint8_t reserved[5];
};
static_assert(sizeof(struct vg_event_image) == 88, "ABI");

struct vg_event_lost {
    struct vg_event_header header;
    uint64_t first_sequence; /* first and last record that this reader will never see */
    uint64_t last_sequence;
};
static_assert(sizeof(struct vg_event_lost) == 48, "ABI");

struct vg_event_state {
    struct vg_event_header header;
    uint8_t policy_identity[VG_POLICY_IDENTITY_SIZE];
    uint64_t policy_generation;
    uint32_t enforcement; /* enum vg_abi_enforcement */
    uint32_t options;
    uint32_t rule_count;
    uint32_t reserved;
};
static_assert(sizeof(struct vg_event_state) == 88, "ABI");

#endif
