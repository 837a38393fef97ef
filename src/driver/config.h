/* What the service's Parameters key says (include/vigil/abi.h), read once at start. */
#ifndef VG_DRIVER_CONFIG_H
#define VG_DRIVER_CONFIG_H

#include "unicode.h"

#define VG_RING_SIZE_DEFAULT (4u * 1024u * 1024u)
#define VG_RING_SIZE_MIN                                                                                     \
    (1024u * 1024u) /* some events of the longest kind: nobody hides a start by its length */
#define VG_RING_SIZE_MAX (256u * 1024u * 1024u)

/* Milliseconds that a start may wait while its file is read. */
#define VG_GATHER_TIME_DEFAULT 5000u
#define VG_GATHER_TIME_MIN     500u
#define VG_GATHER_TIME_MAX     60000u

struct vg_config {
    struct vg_string key;         /* path of the Parameters key */
    struct vg_string policy_path; /* no units: none given */
    struct vg_string tool_path;   /* no units: none given */
    uint32_t ring_size;           /* a multiple of 8 within the bounds above */
    uint32_t gather_time_ms;      /* within the bounds above */
    bool boot_pending;            /* the last boot was never confirmed */
    bool watch_images;
    bool allow_unload;
};

extern struct vg_config vg_config;

/* `registry_path` is DriverEntry's. A missing or malformed value has its default; only lack of memory fails.
 * A mark of an unconfirmed boot that cannot be read counts as there. */
_IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_ NTSTATUS
    vg_config_start(_In_ PCUNICODE_STRING registry_path);

_IRQL_requires_max_(PASSIVE_LEVEL) void vg_config_stop(void);

/* Writes what has been stored to the disk. Until smss.exe has let the registry write (NtInitializeRegistry)
 * that silently does nothing, and the lazy writer is held back for a minute or more after that. Never from a
 * callback. */
_IRQL_requires_max_(PASSIVE_LEVEL) void vg_config_flush(void);

/* Stores whether this boot still waits for its confirmation, as durably as vg_config_flush can. Never from a
 * callback. */
_IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_ NTSTATUS
    vg_config_set_boot_pending(_In_ bool pending);

#endif
