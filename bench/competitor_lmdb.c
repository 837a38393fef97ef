/* LMDB as fapolicyd keeps what it trusts: a key a look-up, in a map of the page cache; one transaction that
 * stays open. */
#include "competitor.h"
#include "list_keys.h"
#include "measure.h"

#include <lmdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct state {
    const struct bench_policy *policy;
    char file[64];
    MDB_env *environment;
    MDB_txn *reading;
    MDB_dbi rules;
};

static void check(int error)
{
    if (error != 0)
        bench_fail("LMDB: %s", mdb_strerror(error));
}

static void insert_rules(struct state *state)
{
    MDB_txn *writing;

    check(mdb_txn_begin(state->environment, NULL, 0, &writing));
    check(mdb_dbi_open(writing, NULL, 0, &state->rules));
    for (size_t i = 0; i < state->policy->list->count; i++) {
        uint8_t bytes[BENCH_KEY_MAX + 1];
        uint32_t rule = (uint32_t)i;
        MDB_val key = {bench_key_of_rule(&state->policy->list->at[i], bytes), bytes};
        MDB_val value = {sizeof(rule), &rule};
        int error = mdb_put(writing, state->rules, &key, &value, MDB_NOOVERWRITE);

        if (error != MDB_KEYEXIST) /* the first rule decides */
            check(error);
    }
    check(mdb_txn_commit(writing));
}

static void *prepare(const struct bench_policy *policy)
{
    struct state *state = calloc(1, sizeof(*state));
    int made;

    if (state == NULL)
        bench_fail("out of memory");
    state->policy = policy;
    snprintf(state->file, sizeof(state->file), "%s/vigil-bench-XXXXXX",
             access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    made = mkstemp(state->file);
    if (made < 0 || close(made) != 0)
        bench_fail("%s cannot be made", state->file);
    check(mdb_env_create(&state->environment));
    check(mdb_env_set_mapsize(state->environment, (size_t)1 << 30));
    check(mdb_env_open(state->environment, state->file, MDB_NOSUBDIR | MDB_NOSYNC | MDB_NOLOCK | MDB_WRITEMAP,
                       0600));
    insert_rules(state);
    check(mdb_txn_begin(state->environment, NULL, MDB_RDONLY, &state->reading));
    return state;
}

static void decide(void *context, const struct vg_record *record, struct bench_answer *answer)
{
    struct state *state = context;
    uint32_t first = VG_RULE_NONE;
    struct bench_keys keys;

    bench_keys_of_record(record, &keys);
    for (size_t i = 0; i < keys.count; i++) {
        MDB_val key = {keys.at[i].size, (void *)keys.at[i].bytes};
        MDB_val value;
        uint32_t rule;

        if (mdb_get(state->reading, state->rules, &key, &value) != 0)
            continue;
        memcpy(&rule, value.mv_data, sizeof(rule));
        first = rule < first ? rule : first;
    }
    *answer = bench_answer_of(state->policy, first);
}

static void release(void *context)
{
    struct state *state = context;

    mdb_txn_abort(state->reading);
    mdb_env_close(state->environment);
    unlink(state->file);
    free(state);
}

const struct bench_competitor bench_lmdb = {
    .name = "lmdb", .prepare = prepare, .decide = decide, .release = release};
