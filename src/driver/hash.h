/* Hashes of executables. */
#ifndef VG_DRIVER_HASH_H
#define VG_DRIVER_HASH_H

#include "file.h"
#include "hashes.h"

/* Files beyond this are not read whole: their hashes are unknown, but for the IMPHASH. */
#define VG_HASH_SIZE_MAX (1024ull * 1024u * 1024u)

/* Establishes the hashes of an open file that are `wanted` (bits) and not in `hashes` yet, from the cache
 * where its content has an identity: all that need the whole file in one reading of it, IMPHASH from its
 * import table. What cannot be established stays as it was. Only of a file shown to be the mapped one. In the
 * creator's thread, because SMB and EFS use its credentials. */
_IRQL_requires_max_(PASSIVE_LEVEL) void vg_hash_file(_In_ const struct vg_file *file, _In_ uint64_t wanted,
                                                     _Inout_ struct vg_file_hashes *hashes);

#endif
