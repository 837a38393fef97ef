#include "cache.h"

#include "memory.h"

/* Callers' memory may be paged, so under the lock only the stack and the entries are touched. Sets of some
 * ways each: a look-up compares a handful of entries under the lock. */
#define SETS 512u
#define WAYS 4u

struct entry {
    struct vg_identity identity;
    struct vg_file_hashes hashes;
    uint64_t used; /* when last found or added, by `now`; 0: never filled */
};

static KSPIN_LOCK lock;
static struct entry *entries;
static uint64_t now;

_Use_decl_annotations_
void vg_cache_start(void)
{
    KeInitializeSpinLock(&lock);
    now = 0;
    entries = vg_allocate_zeroed(VG_NON_PAGED, SETS * WAYS * sizeof(*entries), VG_TAG_HASH);
    if (entries == NULL)
        DbgPrint("vigil: no memory for the cache of hashes; every file is read anew\n");
}

_Use_decl_annotations_
void vg_cache_stop(void)
{
    vg_free(entries, VG_TAG_HASH);
    entries = NULL;
}

/* A set holds one file's identities of all times: the file's place in the journal is no part of the choice.
 */
_IRQL_requires_max_(APC_LEVEL) static struct entry *set_of(_In_ const struct vg_identity *identity)
{
    uint64_t hash = identity->volume_serial;

    for (size_t i = 0; i < sizeof(identity->file_id); i++)
        hash = (hash ^ identity->file_id[i]) * 0x100000001b3u; /* FNV-1a */
    return entries + hash % SETS * WAYS;
}

_Use_decl_annotations_
bool vg_cache_find(const struct vg_identity *wanted, struct vg_file_hashes *hashes)
{
    struct vg_identity identity = *wanted;
    struct vg_file_hashes remembered;
    struct entry *set = NULL;
    bool found = false;
    KIRQL irql;

    if (entries == NULL)
        return false;
    set = set_of(&identity);
    KeAcquireSpinLock(&lock, &irql);
    for (unsigned i = 0; i < WAYS && !found; i++) {
        if (set[i].used != 0 && vg_identity_equal(&set[i].identity, &identity)) {
            remembered = set[i].hashes;
            set[i].used = ++now;
            found = true;
        }
    }
    KeReleaseSpinLock(&lock, irql);
    if (found)
        vg_hashes_add(hashes, &remembered);
    return found;
}

_Use_decl_annotations_
void vg_cache_add(const struct vg_identity *identity, const struct vg_file_hashes *hashes)
{
    struct entry added = {.identity = *identity, .hashes = *hashes};
    struct entry *set = NULL;
    struct entry *chosen = NULL;
    KIRQL irql;

    if (entries == NULL)
        return;
    set = set_of(&added.identity);
    KeAcquireSpinLock(&lock, &irql);
    chosen = set;
    for (unsigned i = 0; i < WAYS; i++) {
        if (set[i].used != 0 && vg_identity_equal(&set[i].identity, &added.identity)) {
            chosen = set + i;
            vg_hashes_add(&added.hashes, &set[i].hashes);
            break;
        }
        if (set[i].used < chosen->used)
            chosen = set + i;
    }
    added.used = ++now;
    *chosen = added;
    KeReleaseSpinLock(&lock, irql);
}
