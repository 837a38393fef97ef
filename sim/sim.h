/* The model world of the sim: what a test sets up, does as user mode does, and looks at. Paths and names are
 * UTF-8, written as people write them (`C:\Windows\System32\cmd.exe`). The routines that a driver calls are
 * in include/. A violation of a routine's contract ends the process with one sentence on stderr and a stack.
 */
#ifndef SIM_SIM_H
#define SIM_SIM_H

#include <stdbool.h>
#include <ntifs.h>

/* Which Windows the machine runs: what MmGetSystemRoutineAddress finds and which information classes work.
 * The negative ones are for the legacy driver: a call of a routine that they do not have is a violation. */
enum sim_windows {
    SIM_WINDOWS_XP = -2,
    SIM_WINDOWS_SERVER_2003 = -1,
    SIM_WINDOWS_7 = 0,
    SIM_WINDOWS_8_1,
    SIM_WINDOWS_10_1507,
    SIM_WINDOWS_10_2004,
    SIM_WINDOWS_11,
    SIM_WINDOWS_COUNT
};

struct sim_options {
    enum sim_windows windows;
    ULONG build;            /* what RtlGetVersion tells; 0: the system's own */
    bool safe_mode;         /* InitSafeBootMode is not 0 */
    bool booting;           /* drivers load before drive letters exist; sim_finish_boot ends it */
    bool no_integrity_bit;  /* the driver's image lacks FORCE_INTEGRITY: registrations answer 0xC0000022 */
    bool notify_table_full; /* other drivers hold all 64 slots */
};

/* Makes a machine: C: (NTFS, \Device\HarddiskVolume2, SystemRoot C:\Windows), the System process,
 * services.exe (SYSTEM) and explorer.exe (a user, session 1). sim_end checks that the driver is gone and
 * forgets everything. */
void sim_start(const struct sim_options *options);
void sim_end(void);
/* The same in the middle of things, when a test has failed: every handle to a device is closed, the driver is
 * unloaded and leaves nothing behind. Does nothing without a driver, or on a thread that was in it. */
void sim_abandon(void);
void sim_finish_boot(void);

/* --- Faults. The nth failable call (allocation, file, registry, token, hash, registration) made after this
 * fails; 0 none. */
void sim_fail_nth(unsigned n);
/* Every call of this routine ("pool VgHa": every allocation with this tag) fails from now on, on any thread;
 * NULL: no longer. */
void sim_fail_routine(const char *routine);
/* This kernel lacks a routine that is looked up by name (MmGetSystemRoutineAddress). Until sim_end. */
void sim_hide_routine(const char *name);
unsigned sim_fail_calls(void);    /* failable calls since sim_fail_nth */
const char *sim_fail_fired(void); /* the routine that failed, or "pool" and the tag; NULL if none did */

/* --- The driver. From a module (a shared object: loaded fresh, with fresh globals, each time) or an entry in
 * the test. */
NTSTATUS sim_load_driver(const char *module);
NTSTATUS sim_load_driver_entry(PDRIVER_INITIALIZE entry);
/* As NtUnloadDriver: STATUS_INVALID_DEVICE_REQUEST without an Unload routine; STATUS_DEVICE_BUSY while a
 * handle is open: new opens then fail, and Unload runs when the last handle is closed. */
#define STATUS_DEVICE_BUSY ((NTSTATUS)0x80000011)
NTSTATUS sim_unload_driver(void);
bool sim_driver_loaded(void);
PDRIVER_OBJECT sim_driver_object(void);

/* --- The clock: runs by itself; this moves it on. */
void sim_advance_ms(unsigned milliseconds);
/* Somebody sets the wall clock back; what measures spans of time goes on. */
void sim_set_clock_back_ms(unsigned milliseconds);
/* Moves both on, and waits of the driver whose time is up by then end; its threads have done what they then
 * have to do, and wait again or have ended. */
void sim_let_pass_ms(unsigned milliseconds);

/* --- Disks. */
enum sim_bus {
    SIM_BUS_SATA = 11,
    SIM_BUS_USB = 7,
    SIM_BUS_1394 = 4,
    SIM_BUS_SD = 12,
    SIM_BUS_MMC = 13,
    SIM_BUS_UNTOLD = 255,   /* the device's answer ends before it */
    SIM_BUS_USB_LAST = 254, /* USB, and with that its answer ends */
    SIM_BUS_ISCSI = 9,
    SIM_BUS_FILE_BACKED = 15
};
struct sim_volume_options {
    const char *device; /* \Device\HarddiskVolume3, or \Device\Mup\server\share for a network share (of every
                           Windows) */
    const char *letter; /* "D:" or NULL */
    const char *file_system; /* NULL: NTFS */
    ULONG device_type;       /* 0: FILE_DEVICE_DISK */
    ULONG characteristics;   /* FILE_REMOVABLE_MEDIA, FILE_REMOTE_DEVICE... */
    enum sim_bus bus;        /* 0: SATA */
    const char *driver;      /* of its device; NULL: \Driver\volmgr */
    bool no_usn;             /* no journal (as on FAT, on network shares, and where it was never made) */
    unsigned usn_version;    /* of the journal's records; 0: 2 */
    bool empty_journal;      /* it knows nothing of any file */
    bool no_file_id;
    bool names_streams;  /* normalised names end in the stream that is open; no page says that they do */
    bool tells_more;     /* its storage stack's answers do not fit: STATUS_BUFFER_OVERFLOW */
    bool slow;           /* its storage stack answers later, on another thread */
    bool rootless_names; /* its file system answers names that do not begin at its root: `a.exe` */
    unsigned usn_room;   /* it says that no more bytes of a journal's record were read; 0: the whole */
    bool boasts_names;   /* its file system calls the names that it answers longer than the buffer */
};
struct sim_volume;
struct sim_file;
struct sim_volume *sim_add_volume(const struct sim_volume_options *options);
/* It is taken out, with the files on it. Nobody has anything open there. Its device object stays for as long
 * as it is referenced. */
void sim_remove_volume(struct sim_volume *volume);
PDEVICE_OBJECT sim_volume_device(const struct sim_volume *volume);
bool sim_volume_is_referenced(const struct sim_volume *volume); /* its device object, by the driver */
/* Its change journal is deleted and made anew: with another id, and records that begin where the first did.
 */
void sim_renew_journal(struct sim_volume *volume);

/* Makes a file (and the folders above it). A path may end in a named stream (`C:\a\b.txt:c.exe`). */
struct sim_file *sim_add_file(const char *path, const void *content, size_t size);
struct sim_file *sim_find_file(const char *path);
/* It calls itself this long; what there is of it stays. */
/* Its volume's disk is on that bus. */
void sim_put_on_bus(struct sim_file *file, enum sim_bus bus);
void sim_claim_size(struct sim_file *file, uint64_t size);
void sim_write_file(struct sim_file *file, const void *content, size_t size); /* also moves the USN on */
/* On its volume. Open files stay what they are. */
void sim_rename_file(struct sim_file *file, const char *path);
void sim_set_short_name(const char *path,
                        const char *short_name); /* of a file or folder that has been made */
void sim_add_junction(const char *path, const char *target);
/* A creator's own drive letter (DefineDosDevice), seen only below \??\ by its logon session. */
void sim_define_dos_device(PEPROCESS process, const char *letter, const char *target);
enum sim_file_flags {
    SIM_FILE_DELETE_PENDING = 1, /* opens fail with STATUS_DELETE_PENDING */
    SIM_FILE_WRITABLE_REFERENCES = 2,
    SIM_FILE_OPLOCKED = 4,    /* an open breaks an oplock */
    SIM_FILE_SHARE_NONE = 8,  /* somebody holds it open without sharing */
    SIM_FILE_READ_FAILS = 16, /* STATUS_DEVICE_DATA_ERROR in the middle */
    SIM_FILE_ACCESS_DENIED = 32,
    SIM_FILE_DELETED_SINCE = 64,  /* it could still be opened, and is delete-pending when it is asked */
    SIM_FILE_READS_NOTHING = 128, /* reads succeed, and nothing is read: a file system of somebody's own */
};
void sim_set_file_flags(struct sim_file *file, unsigned flags);
/* From now on, or no longer, no file system answers this FILE_INFORMATION_CLASS. */
void sim_refuse_file_class(int class, bool refused);
/* Opening the file fails with this status; STATUS_SUCCESS: no longer. */
void sim_refuse_opens(struct sim_file *file, NTSTATUS status);
unsigned sim_refused_opens(struct sim_file *file); /* how often that happened */
unsigned sim_file_opens(struct sim_file *file);    /* how often it was opened by the driver */
unsigned sim_file_reads(struct sim_file *file);    /* bytes the driver has read of it, in all */
/* `meanwhile` (NULL: nothing) happens while each read of the file by the driver is under way, on its thread.
 */
void sim_while_read(struct sim_file *file, void (*meanwhile)(void));
/* The same of each opening of it: other filters see it, and what they do may start and end processes. */
void sim_while_opened(struct sim_file *file, void (*meanwhile)(void));

/* --- Registry. Keys as `\Registry\Machine\...`; the service's own by sim_set_parameter_*. */
#define SIM_SERVICE_KEY "\\Registry\\Machine\\System\\CurrentControlSet\\Services\\Vigil"
void sim_set_value(const char *key, const char *name, ULONG type, const void *data, ULONG size);
bool sim_get_value(const char *key, const char *name, ULONG *type, void *data, ULONG *size);
void sim_set_parameter_dword(const char *name, ULONG value);
void sim_set_parameter_string(const char *name, const char *value);
bool sim_get_parameter_dword(const char *name, ULONG *value);
bool sim_get_flushed_dword(const char *name,
                           ULONG *value); /* as it is on the disk: what a power cut leaves */

/* --- Processes. */
struct sim_token {
    const char *user; /* SID text; NULL: S-1-5-21-1-2-3-1001 */
    ULONG session;
    ULONG integrity; /* SECURITY_MANDATORY_*_RID; 0: medium */
    bool administrator;
};
struct sim_process_options {
    const char *image; /* a path as in sim_add_file; made with made-up content if there is no such file */
    const char *command_line;      /* NULL: the image in quotes */
    const char *open_name;         /* NULL: \??\ and the image */
    PEPROCESS creator;             /* NULL: explorer.exe */
    PEPROCESS parent;              /* NULL: the creator */
    ULONG process_id;              /* 0: a free one */
    const struct sim_token *token; /* NULL: the parent's */
    bool no_open_name;             /* FileOpenNameAvailable is clear: ImageFileName is a partial name */
    bool no_command_line;
    bool no_file;            /* no FileObject, no ImageFileName (clones, minimal processes) */
    const char *kernel_name; /* NULL: the image's path; what SeLocateProcessImageName says (`vmmem`) */
    bool no_apcs;            /* the creating thread has special kernel APCs off: file I/O would hang */
    bool no_sections;        /* FileObject has no SectionObjectPointer */
    bool subsystem;          /* WSL 1 */
    bool protected_process;
    bool file_closed; /* FileObject has FO_CLEANUP_COMPLETE: the section outlived the handle */
    bool file_locked; /* FileObject has locked a part of its file: closing one more handle would wait too */
    void (*meanwhile)(void); /* happens between the opening of the image and the notification */
    bool transacted;         /* FileObject belongs to a transaction: other bytes than the name leads to */
};
/* As NtCreateUserProcess: calls the registered routines on the creating thread, in a critical region. On
 * success
 * `*process` stays valid until sim_exit_process. On failure the exit notification has been made on a thread
 * of the new process. */
/* A process that a routine ended (ZwTerminateProcess) never runs either: the result is its exit status, which
 * stands for whatever its creator sees. */
NTSTATUS sim_start_process(const struct sim_process_options *options, PEPROCESS *process);
void sim_exit_process(PEPROCESS process, NTSTATUS exit_status);
/* A reference of the test's own, with which a process's object stays when it has exited. */
void sim_hold_process(PEPROCESS process);
void sim_release_process(PEPROCESS process);
PEPROCESS sim_system_process(void);
PEPROCESS sim_services_process(void);
PEPROCESS sim_explorer_process(void);
/* The calling thread acts as a thread of `process` from now on (NULL: explorer.exe again). */
void sim_enter_process(PEPROCESS process);

/* Somebody ends the calling thread, which goes on until it is back in user mode: when sim_start_process
 * returns. */
void sim_end_creating_thread(void);

/* Another driver's process routine, called before (earlier) or after the driver's own. */
void sim_add_other_routine(PCREATE_PROCESS_NOTIFY_ROUTINE_EX routine, bool earlier);
/* Happens while the driver registers a process routine, which is in the table by then, on its thread. */
void sim_when_registered(void (*meanwhile)(void));
/* How many routines the driver has registered now (process and image). */
unsigned sim_registered_routines(void);

struct sim_image_options {
    const char *name;  /* NULL: the kernel gave none */
    PEPROCESS process; /* NULL: a driver, loaded into the kernel */
    PVOID base;
    SIZE_T size;
    bool no_apcs; /* special kernel APCs are off too: file I/O would hang */
    UCHAR signature_level;
};
void sim_load_image(const struct sim_image_options *options);

/* --- The device, as user mode uses it. Each call acts as a thread of the process that opened it. */
struct sim_handle;
struct sim_request;
NTSTATUS sim_open(PEPROCESS process, const char *device, ACCESS_MASK access, struct sim_handle **handle);
/* Opens the device a second time, relative to a handle, by an empty name. */
NTSTATUS sim_reopen(struct sim_handle *of, struct sim_handle **handle);
void sim_close(struct sim_handle *handle);
NTSTATUS sim_read(struct sim_handle *handle, void *buffer, ULONG length, ULONG_PTR *information);
NTSTATUS sim_ioctl(struct sim_handle *handle, ULONG code, const void *in, ULONG in_size, void *out,
                   ULONG out_size, ULONG_PTR *information);
/* A request as another driver sends it, which names no file object: its status. */
NTSTATUS sim_send_without_file(UCHAR major, ULONG code);
/* An asynchronous read. sim_wait returns STATUS_TIMEOUT if it has not ended in that time; it frees an ended
 * request. */
struct sim_request *sim_read_async(struct sim_handle *handle, void *buffer, ULONG length);
bool sim_request_done(struct sim_request *request);
NTSTATUS sim_wait(struct sim_request *request, unsigned milliseconds, ULONG_PTR *information);
void sim_cancel(struct sim_request *request);
/* `meanwhile` happens once, on the driver's thread: when the driver next takes a pended request out of its
 * queue; when it has next completed a request. */
void sim_when_dequeued(void (*meanwhile)(void));
void sim_when_completed(void (*meanwhile)(void));

/* Whether the driver has printed these words (DbgPrint) since sim_start. */
bool sim_said(const char *words);

/* --- What the driver holds. */
size_t sim_pool_blocks(void);
unsigned sim_pool_allocations(ULONG tag); /* with that tag, ever; 0: with any. Not what the kernel gives it */
bool sim_checks_paging(void);             /* whether a touch of paged pool at DISPATCH_LEVEL is caught here */
bool sim_watches_drivers(void);           /* whether it is by watch.h, and the stack is measured */
size_t sim_deepest_stack(void);           /* bytes of it that the driver's frames have taken at once, ever */
unsigned sim_open_handles(void);          /* kernel handles of the driver */

#endif
