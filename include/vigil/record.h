/* A record: one start of a process, as facts. Field names are Sysmon's (event 1, schema 4.90) where it has
 * one; the others are Vigil's own and are described in docs/policy.md. Freestanding. */
#ifndef VIGIL_RECORD_H
#define VIGIL_RECORD_H

#include <vigil/text.h>

/* Stages in which facts are gathered. A fact of a later stage is gathered only when an undecided rule asks
 * for it. */
enum vg_stage {
    VG_STAGE_CHEAP,   /* known when the callback begins to decide: names, command line, parents, token */
    VG_STAGE_DRIVE,   /* needs the disk to be asked what it is */
    VG_STAGE_VERSION, /* needs some pieces of the file to be read: its headers and its version resource */
    VG_STAGE_IMPORTS, /* the same: its headers and its import table */
    VG_STAGE_HASH,    /* needs the whole file to be read */
    VG_STAGE_RECORD,  /* never matched: identifies the record in events only */
};

/* How a field's values are to be compared. */
enum vg_kind {
    VG_KIND_TEXT,   /* UTF-16 */
    VG_KIND_PATH,   /* UTF-16, a canonical path: `C:\...`, `\\server\share\...` or `\Device\...` */
    VG_KIND_NUMBER, /* UTF-16, decimal digits without leading zeros */
    VG_KIND_MD5,    /* 16 bytes */
    VG_KIND_SHA1,   /* 20 bytes */
    VG_KIND_SHA256, /* 32 bytes */
};

#define VG_DIGEST_SIZE_MAX 32u

/* X(identifier, Sysmon-style name, kind, stage). The order is part of the compiled policy's and the events'
 * format: append, never reorder. */
#define VG_FIELDS(X)                                                                                         \
    X(IMAGE, "Image", PATH, CHEAP)                                                                           \
    X(COMMAND_LINE, "CommandLine", TEXT, CHEAP)                                                              \
    X(PARENT_IMAGE, "ParentImage", PATH, CHEAP)                                                              \
    X(PARENT_COMMAND_LINE, "ParentCommandLine", TEXT, CHEAP)                                                 \
    X(PROCESS_ID, "ProcessId", NUMBER, CHEAP)                                                                \
    X(PARENT_PROCESS_ID, "ParentProcessId", NUMBER, CHEAP)                                                   \
    X(CREATOR_PROCESS_ID, "CreatorProcessId", NUMBER, CHEAP)                                                 \
    X(CREATOR_THREAD_ID, "CreatorThreadId", NUMBER, CHEAP)                                                   \
    X(CREATOR_IMAGE, "CreatorImage", PATH, CHEAP)                                                            \
    X(REPARENTED, "Reparented", TEXT, CHEAP) /* true | false */                                              \
    X(TAMPERED, "Tampered", TEXT, CHEAP)     /* any of delete-pending, transacted, writable, unnamed */      \
    X(USER, "User", TEXT, CHEAP)             /* the SID, and the name of a well-known one */                 \
    X(INTEGRITY_LEVEL, "IntegrityLevel", TEXT, CHEAP) /* Untrusted..Protected, and the label's SID */        \
    X(TERMINAL_SESSION_ID, "TerminalSessionId", NUMBER, CHEAP)                                               \
    X(SUBSYSTEM, "Subsystem", TEXT, CHEAP) /* Win32 | WSL */                                                 \
    X(DRIVE, "Drive", TEXT, DRIVE)         /* fixed | removable | network | cdrom | ram */                   \
    X(SHA256, "SHA256", SHA256, HASH)                                                                        \
    X(ORIGINAL_FILE_NAME, "OriginalFileName", TEXT, VERSION) /* of the version resource, like the next */    \
    X(DESCRIPTION, "Description", TEXT, VERSION)                                                             \
    X(PRODUCT, "Product", TEXT, VERSION)                                                                     \
    X(COMPANY, "Company", TEXT, VERSION)                                                                     \
    X(FILE_VERSION, "FileVersion", TEXT, VERSION)                                                            \
    X(LOGON_ID, "LogonId", TEXT, CHEAP)                   /* of the token, as 0x3e7 */                       \
    X(PARENT_USER, "ParentUser", TEXT, CHEAP)             /* as User, of the parent when it started */       \
    X(CURRENT_DIRECTORY, "CurrentDirectory", TEXT, CHEAP) /* logs tell it; the driver never does */          \
    X(PROVIDER_NAME, "Provider_Name", TEXT, CHEAP)        /* of the log; absent outside logs */              \
    X(MD5, "MD5", MD5, HASH)                              /* of the whole file, like SHA1 and SHA256 */      \
    X(SHA1, "SHA1", SHA1, HASH)                                                                              \
    X(IMPHASH, "IMPHASH", MD5, IMPORTS) /* vg_image_imports; absent: it imports nothing, or is no image */   \
    X(AUTHENTIHASH, "AuthentiHash", SHA256, HASH) /* vg_image_authentihash; absent: it is no image */

enum vg_field {
#define VG_FIELD_ENUM(identifier, name, kind, stage) VG_FIELD_##identifier,
    VG_FIELDS(VG_FIELD_ENUM)
#undef VG_FIELD_ENUM
        VG_FIELD_COUNT
};

/* Facts are three-valued; the zero value says that nobody has looked yet. */
enum vg_fact_state {
    VG_FACT_PENDING, /* not gathered yet: may be asked for (stages after CHEAP); else the same as unknown */
    VG_FACT_UNKNOWN, /* could not be established */
    VG_FACT_ABSENT,  /* established: there is none (a null in Sigma's words) */
    VG_FACT_KNOWN,   /* established: `values` */
};

/* What a fact is worth. */
enum vg_fact_flags {
    /* The creator of the process could have chosen this value (for example the open name in place of a
     * canonical path). It may speak against a start, never for it: a permissive predicate is false of it, any
     * other is true when it matches and unknown when it does not. */
    VG_FACT_CLAIMED = 1,
};

#define VG_FACT_VALUES_MAX 4

/* A fact may have several values (a SID and its name); a predicate holds when any of them satisfies it. */
struct vg_fact {
    uint8_t state; /* enum vg_fact_state */
    uint8_t flags; /* enum vg_fact_flags */
    uint8_t count; /* of values; 1..VG_FACT_VALUES_MAX when KNOWN, else 0 */
    struct vg_span values[VG_FACT_VALUES_MAX];
};

/* Whoever fills a record owns what its spans point to, and keeps it in place while the record is in use. */
struct vg_record {
    struct vg_fact facts[VG_FIELD_COUNT];
};

/* Facts about a field. `field` < VG_FIELD_COUNT. The name is ASCII, NUL-terminated, static. */
const char *vg_field_name(enum vg_field field);
enum vg_kind vg_field_kind(enum vg_field field);
enum vg_stage vg_field_stage(enum vg_field field);

/* The bytes of a value of a field that holds digests; 0 of any other. A multiple of 4, at most
 * VG_DIGEST_SIZE_MAX. */
uint32_t vg_field_digest_size(enum vg_field field);

/* Whether its fact is gathered only when a rule asks for it. */
bool vg_field_is_gathered(enum vg_field field);

/* The field of that name, spelled exactly (Sigma's field names are case-sensitive); VG_FIELD_COUNT if there
 * is none. */
enum vg_field vg_field_find(const char *name, size_t length);

/* Establish a fact. A span is kept, not copied. vg_record_add appends a further value; more than
 * VG_FACT_VALUES_MAX are refused with false. */
void vg_record_set(struct vg_record *record, enum vg_field field, struct vg_span value);
bool vg_record_add(struct vg_record *record, enum vg_field field, struct vg_span value);
void vg_record_set_state(struct vg_record *record, enum vg_field field, enum vg_fact_state state);

#endif
