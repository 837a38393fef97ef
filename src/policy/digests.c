#include "digests.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "files.h"

#define SIZE    32u
#define BUCKETS 65536u
#define FEW     4096u /* sorted without buckets */

/* The value of each hexadecimal digit, plus one; 0 for every other byte. */
static const uint8_t nibbles[256] = {
    ['0'] = 1,  ['1'] = 2,  ['2'] = 3,  ['3'] = 4,  ['4'] = 5,  ['5'] = 6,  ['6'] = 7,  ['7'] = 8,
    ['8'] = 9,  ['9'] = 10, ['a'] = 11, ['b'] = 12, ['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16,
    ['A'] = 11, ['B'] = 12, ['C'] = 13, ['D'] = 14, ['E'] = 15, ['F'] = 16,
};

bool vg_digest_parse(const char *text, size_t size, uint8_t digest[32])
{
    uint8_t bytes[SIZE];
    if (size != 2 * SIZE)
        return false;
    for (size_t i = 0; i < SIZE; i++) {
        unsigned high = nibbles[(unsigned char)text[2 * i]];
        unsigned low = nibbles[(unsigned char)text[2 * i + 1]];
        if (!high || !low)
            return false;
        bytes[i] = (uint8_t)((high - 1) << 4 | (low - 1));
    }
    memcpy(digest, bytes, SIZE);
    return true;
}

static bool reserve(struct vg_reader *reader, struct vg_digests *digests, size_t more)
{
    size_t capacity = digests->capacity ? digests->capacity : 16;
    while (capacity - digests->count < more)
        capacity *= 2;
    if (capacity == digests->capacity)
        return true;
    uint8_t(*at)[32] = realloc(digests->at, capacity * SIZE);
    if (!at) {
        vg_complain(reader, (struct vg_place){.file = reader->file}, NULL,
                    "there is no memory for its hashes");
        return false;
    }
    digests->at = at;
    digests->capacity = capacity;
    return true;
}

bool vg_digests_add(struct vg_reader *reader, struct vg_digests *digests, const uint8_t digest[32])
{
    if (!reserve(reader, digests, 1))
        return false;
    memcpy(digests->at[digests->count++], digest, SIZE);
    return true;
}

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r';
}

static void tell_line(struct vg_reader *reader, const char *file, unsigned line, const char *begin,
                      const char *at, size_t length)
{
    struct vg_place place = {.file = file, .line = line, .column = (unsigned)(at - begin) + 1};
    const char *hint = "a line holds one SHA-256 of 64 hexadecimal digits, or nothing; # begins a comment";
    if (length == 2 * SIZE)
        vg_complain(reader, place, hint, "not a hash: %s holds something that is no hexadecimal digit",
                    vg_shown(reader, at, length));
    else
        vg_complain(reader, place, hint, "not a hash: %s has %zu characters, not 64",
                    vg_shown(reader, at, length), length);
}

/* One line without its end. */
static bool add_line(struct vg_reader *reader, struct vg_digests *digests, const char *file, unsigned line,
                     const char *begin, const char *end)
{
    const char *at = begin;
    const char *comment = memchr(begin, '#', (size_t)(end - begin));
    if (comment)
        end = comment;
    while (at < end && is_blank(*at))
        at++;
    while (end > at && is_blank(end[-1]))
        end--;
    if (at == end)
        return true;
    if (!vg_digest_parse(at, (size_t)(end - at), digests->at[digests->count])) {
        tell_line(reader, file, line, begin, at, (size_t)(end - at));
        return false;
    }
    digests->count++;
    return true;
}

bool vg_digests_add_file(struct vg_reader *reader, struct vg_digests *digests, const char *file,
                         struct vg_place asked)
{
    size_t size;
    const char *why = NULL;
    char *text = vg_file_read(reader->arena, file, VG_HASH_FILE_MAX, &size, &why);
    if (!text) {
        vg_complain(reader, asked, "the name is relative to the file that names it",
                    "cannot read the hashes in %s: %s", vg_shown(reader, file, strlen(file)), why);
        return false;
    }
    const char *end = text + size;
    const char *at = text;
    /* Every hash takes 64 bytes and a line end, so this many fit in the file. */
    bool good = reserve(reader, digests, size / (2 * SIZE) + 1);
    unsigned bad = 0;
    if (size >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0)
        at += 3;
    for (unsigned line = 1; digests->at && at < end && bad < 10; line++) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        if (!stop)
            stop = end;
        if (!add_line(reader, digests, file, line, at, stop))
            bad++;
        at = stop < end ? stop + 1 : end;
    }
    free(text);
    return good && !bad;
}

static int compare(const void *a, const void *b)
{
    return memcmp(a, b, SIZE);
}

static size_t bucket_of(const uint8_t digest[32])
{
    return (size_t)digest[0] << 8 | digest[1];
}

/* Digests are spread evenly, so their first two bytes sort them almost; what shares those is sorted as usual.
 */
static void sort_into(uint8_t (*to)[32], uint8_t (*from)[32], size_t count, size_t *ends)
{
    for (size_t i = 0; i < count; i++)
        ends[bucket_of(from[i])]++;
    for (size_t bucket = 0, sum = 0; bucket < BUCKETS; bucket++) {
        sum += ends[bucket];
        ends[bucket] = sum - ends[bucket];
    }
    for (size_t i = 0; i < count; i++)
        memcpy(to[ends[bucket_of(from[i])]++], from[i], SIZE);
    for (size_t bucket = 0, begin = 0; bucket < BUCKETS; begin = ends[bucket++])
        if (ends[bucket] - begin > 1)
            qsort(to[begin], ends[bucket] - begin, SIZE, compare);
}

static size_t drop_repeated(uint8_t (*at)[32], size_t count)
{
    size_t kept = count ? 1 : 0;
    for (size_t i = 1; i < count; i++)
        if (memcmp(at[kept - 1], at[i], SIZE) != 0) {
            if (kept != i)
                memcpy(at[kept], at[i], SIZE);
            kept++;
        }
    return kept;
}

bool vg_digests_finish(struct vg_reader *reader, struct vg_digests *digests, struct vg_predicate *predicate)
{
    size_t count = digests->count;
    uint8_t(*sorted)[32] = vg_arena_array(reader->arena, count, SIZE);
    size_t *ends = count > FEW ? calloc(BUCKETS, sizeof(*ends)) : NULL;
    if (sorted && ends) {
        sort_into(sorted, digests->at, count, ends);
    } else if (sorted && count) {
        memcpy(sorted, digests->at, count * SIZE);
        qsort(sorted, count, SIZE, compare);
    }
    free(ends);
    vg_digests_drop(digests);
    if (!sorted)
        return false;
    predicate->test = VG_TEST_DIGESTS;
    predicate->digests = (const uint8_t(*)[32])sorted;
    predicate->digest_count = drop_repeated(sorted, count);
    return true;
}

void vg_digests_drop(struct vg_digests *digests)
{
    free(digests->at);
    memset(digests, 0, sizeof(*digests));
}

bool vg_digests_unite(struct vg_arena *arena, struct vg_predicate *predicate,
                      const struct vg_predicate *other)
{
    const uint8_t(*a)[32] = predicate->digests;
    const uint8_t(*b)[32] = other->digests;
    size_t a_count = predicate->digest_count, b_count = other->digest_count;
    uint8_t(*both)[32] = vg_arena_array(arena, a_count + b_count, SIZE);
    size_t count = 0;
    if (!both)
        return false;
    for (size_t i = 0, k = 0; i < a_count || k < b_count;) {
        int order = i == a_count ? 1 : k == b_count ? -1 : memcmp(a[i], b[k], SIZE);
        memcpy(both[count++], order <= 0 ? a[i] : b[k], SIZE);
        i += order <= 0;
        k += order >= 0;
    }
    predicate->digests = (const uint8_t(*)[32])both;
    predicate->digest_count = count;
    return true;
}
