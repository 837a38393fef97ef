/* Disks, the files on them, and what names lead to. */
#ifndef SIM_VOLUME_H
#define SIM_VOLUME_H

#include <pthread.h>

#include "sim.h"

struct sim_volume {
    struct sim_volume *next;
    UNICODE_STRING device_name; /* \Device\HarddiskVolume2, or \Device\Mup */
    UNICODE_STRING prefix;      /* of every name on it: empty, or \server\share */
    UNICODE_STRING letter;      /* "C:", or empty */
    UNICODE_STRING file_system;
    ULONG device_type;
    ULONG characteristics;
    enum sim_bus bus;
    bool has_usn;
    unsigned usn_version;
    bool empty_journal;
    bool has_file_id;
    bool names_streams;
    bool tells_more;
    bool slow;
    bool rootless_names;
    bool boasts_names;
    unsigned usn_room;
    ULONG serial;
    uint64_t journal_id;
    uint64_t next_usn;
    PDEVICE_OBJECT device;    /* what FILE_OBJECT.DeviceObject points to */
    PDEVICE_OBJECT fs_device; /* the file system's, of the mounted volume */
    DRIVER_OBJECT device_driver;
    DRIVER_OBJECT fs_driver;
};

struct sim_file {
    struct sim_file *next;
    struct sim_volume *volume;
    UNICODE_STRING path; /* \Windows\System32\cmd.exe: long names as made, from the volume's root */
    unsigned char *content;
    size_t size;
    uint64_t claimed_size; /* 0: the real one */
    uint64_t id;
    uint64_t usn;
    unsigned flags;   /* enum sim_file_flags */
    NTSTATUS refusal; /* of opens; STATUS_SUCCESS: none */
    unsigned refused_opens;
    unsigned opens;
    unsigned bytes_read;
    void (*while_read)(void);
    void (*while_opened)(void);
    SECTION_OBJECT_POINTERS sections;
};

/* A file object: the part that drivers see, then the sim's. */
struct sim_file_object {
    FILE_OBJECT object;
    struct sim_volume *volume; /* NULL for an open of the driver's device */
    struct sim_file *file;     /* NULL for an open of the volume, or its root */
    ULONG options;             /* FILE_SYNCHRONOUS_IO_NONALERT ... */
    UNICODE_STRING opened;     /* the name it was opened by, with the volume's prefix */
    bool transacted;
    TXN_PARAMETER_BLOCK transaction;
    SECTION_OBJECT_POINTERS transacted_sections;
    struct sim_handle *user;
    bool direct;         /* the storage device below the file system was opened */
    bool somebody_elses; /* user mode opened it: a request may wait for its lock for ever */
};

extern pthread_mutex_t sim_volume_lock; /* guards everything here; a leaf */

void sim_volumes_start(void);
void sim_volumes_end(void);

/* What a name leads to. `process` is whose drive letters count. On STATUS_SUCCESS `*volume` is set and
 * `*path` (the caller's to free) is the name below it, as written (empty for the volume itself). `*reparsed`
 * says that a symbolic link was followed. STATUS_OBJECT_NAME_NOT_FOUND: no such device. */
NTSTATUS sim_parse_name(const UNICODE_STRING *name, PEPROCESS process, struct sim_volume **volume,
                        UNICODE_STRING *path, bool *reparsed);

/* The file of that name on a volume, with short names and junctions (which may lead to another volume)
 * followed.
 * `*through_junction` says that one was. */
struct sim_file *sim_lookup(struct sim_volume **volume, const UNICODE_STRING *path, bool *through_junction);

/* From people's spelling: C:\..., \\server\share\..., \Device\... */
UNICODE_STRING sim_native_name(const char *path);

/* Ends the run if a request is sent to a file object that may take none: its last handle is closed
 * (FO_CLEANUP_COMPLETE), or it is somebody else's, who may hold its lock (FO_SYNCHRONOUS_IO) as long as he
 * likes. */
void sim_check_may_ask(const struct sim_file_object *opened, const char *routine);

/* An open file object of a file, with the name it was opened by. */
struct sim_file_object *sim_file_object_new(struct sim_volume *volume, struct sim_file *file,
                                            const UNICODE_STRING *opened_path);

#endif
