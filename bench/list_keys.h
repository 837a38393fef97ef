/* What a store of exact keys is asked about a start: the whole path of its image, each folder above it, its
 * name, its hash. */
#ifndef VG_BENCH_LIST_KEYS_H
#define VG_BENCH_LIST_KEYS_H

#include "generated.h"

/* Bytes of the longest key, and the most keys of a record: deeper folders or longer names have no rules. */
#define BENCH_KEY_MAX  511u
#define BENCH_KEYS_MAX 32u

/* One key: a unit that tells the kind of rule, then the folded text or the digest. */
struct bench_key {
    const void *bytes;
    size_t size;
};

struct bench_keys {
    size_t count;
    struct bench_key at[BENCH_KEYS_MAX];
    uint16_t path[BENCH_KEY_MAX / 2 + 1];
    uint16_t folder[BENCH_KEY_MAX / 2 + 1];
    uint16_t name[BENCH_KEY_MAX / 2 + 1];
    uint8_t hash[2 + 32];
};

/* The key under which a rule is kept; `out` has BENCH_KEY_MAX bytes. Returns its size. */
size_t bench_key_of_rule(const struct bench_rule *rule, void *out);

/* The keys under which the rules stand that match the record: every rule found under one of them matches. */
void bench_keys_of_record(const struct vg_record *record, struct bench_keys *keys);

#endif
