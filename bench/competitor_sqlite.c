/* SQLite, in memory, everything prepared and indexed, in two forms: asked as Santa asks its rules (one
 * statement a start, the keys of all kinds joined by OR), and as fast as we found it can be (a table that is
 * its own index, a statement a key). */
#include "competitor.h"
#include "list_keys.h"
#include "measure.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

/* Folders above an image that Santa's statement asks for. */
#define FOLDERS_MAX 12u
#define SANTA_KEYS  (FOLDERS_MAX + 3)

struct state {
    const struct bench_policy *policy;
    sqlite3 *base;
    sqlite3_stmt *find;
};

static void check(struct state *state, bool good)
{
    if (!good)
        bench_fail("SQLite: %s", state->base != NULL ? sqlite3_errmsg(state->base) : "no memory");
}

static void run(struct state *state, const char *text)
{
    check(state, sqlite3_exec(state->base, text, NULL, NULL, NULL) == SQLITE_OK);
}

static void insert_rules(struct state *state)
{
    const struct bench_rules *rules = state->policy->list;
    const char *text = "INSERT OR IGNORE INTO rules VALUES (?1, ?2)"; /* the first rule decides */
    sqlite3_stmt *insert;

    check(state, sqlite3_prepare_v2(state->base, text, -1, &insert, NULL) == SQLITE_OK);
    run(state, "BEGIN");
    for (size_t i = 0; i < rules->count; i++) {
        uint8_t key[BENCH_KEY_MAX + 1];
        int size = (int)bench_key_of_rule(&rules->at[i], key);

        check(state, sqlite3_bind_blob(insert, 1, key, size, SQLITE_TRANSIENT) == SQLITE_OK &&
                         sqlite3_bind_int64(insert, 2, (sqlite3_int64)i) == SQLITE_OK &&
                         sqlite3_step(insert) == SQLITE_DONE && sqlite3_reset(insert) == SQLITE_OK);
    }
    run(state, "COMMIT");
    sqlite3_finalize(insert);
    run(state, "ANALYZE");
}

static struct state *open_base(const struct bench_policy *policy, const char *schema, const char *find)
{
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    struct state *state = calloc(1, sizeof(*state));

    if (state == NULL)
        bench_fail("out of memory");
    state->policy = policy;
    check(state, sqlite3_open_v2(":memory:", &state->base, flags, NULL) == SQLITE_OK);
    run(state, schema);
    insert_rules(state);
    check(state, sqlite3_prepare_v3(state->base, find, -1, SQLITE_PREPARE_PERSISTENT, &state->find, NULL) ==
                     SQLITE_OK);
    run(state, "BEGIN"); /* so that no statement takes a lock of its own */
    return state;
}

static void release(void *context)
{
    struct state *state = context;

    sqlite3_finalize(state->find);
    sqlite3_close(state->base);
    free(state);
}

/* --- A statement a key --------------------------------------------------------------------------------- */

static void *prepare_keys(const struct bench_policy *policy)
{
    return open_base(policy, "CREATE TABLE rules (key BLOB PRIMARY KEY, rule INTEGER) WITHOUT ROWID",
                     "SELECT rule FROM rules WHERE key = ?1");
}

static uint32_t found(struct state *state, uint32_t first)
{
    if (sqlite3_step(state->find) == SQLITE_ROW) {
        uint32_t rule = (uint32_t)sqlite3_column_int64(state->find, 0);

        first = rule < first ? rule : first;
    }
    sqlite3_reset(state->find);
    return first;
}

static void decide_keys(void *context, const struct vg_record *record, struct bench_answer *answer)
{
    struct state *state = context;
    uint32_t first = VG_RULE_NONE;
    struct bench_keys keys;

    bench_keys_of_record(record, &keys);
    for (size_t i = 0; i < keys.count; i++) {
        sqlite3_bind_blob(state->find, 1, keys.at[i].bytes, (int)keys.at[i].size, SQLITE_STATIC);
        first = found(state, first);
    }
    *answer = bench_answer_of(state->policy, first);
}

const struct bench_competitor bench_sqlite = {
    .name = "sqlite", .prepare = prepare_keys, .decide = decide_keys, .release = release};

/* --- One statement a start -------------------------------------------------------------------------------
 */

static void *prepare_santa(const struct bench_policy *policy)
{
    char text[1024] = "SELECT rule FROM rules WHERE key = ?1";

    for (unsigned i = 2; i <= SANTA_KEYS; i++)
        snprintf(text + strlen(text), sizeof(text) - strlen(text), " OR key = ?%u", i);
    snprintf(text + strlen(text), sizeof(text) - strlen(text), " ORDER BY rule LIMIT 1");
    return open_base(policy, "CREATE TABLE rules (key BLOB NOT NULL, rule INTEGER, UNIQUE (key))", text);
}

static void decide_santa(void *context, const struct vg_record *record, struct bench_answer *answer)
{
    struct state *state = context;
    struct bench_keys keys;

    bench_keys_of_record(record, &keys);
    if (keys.count > SANTA_KEYS)
        bench_fail("a path is deeper than the statement for SQLite asks");
    for (size_t i = 0; i < SANTA_KEYS; i++) {
        if (i < keys.count)
            sqlite3_bind_blob(state->find, (int)i + 1, keys.at[i].bytes, (int)keys.at[i].size, SQLITE_STATIC);
        else
            sqlite3_bind_null(state->find, (int)i + 1);
    }
    *answer = bench_answer_of(state->policy, found(state, VG_RULE_NONE));
}

const struct bench_competitor bench_sqlite_santa = {
    .name = "santa", .prepare = prepare_santa, .decide = decide_santa, .release = release};
