#include "digests.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "files.h"

#define BUCKETS 65536u
#define FEW     4096u /* sorted without buckets */

bool vg_digests_add(struct vg_reader *reader, struct vg_digest_lists *lists, enum vg_field field,
                    const uint8_t *digest)
{
    struct vg_digests *digests = &lists->of[field];
    size_t size = vg_field_digest_size(field);
    if (digests->count == digests->capacity) {
        size_t capacity = digests->capacity ? digests->capacity * 2 : 16;
        uint8_t *at = realloc(digests->at, capacity * size);
        if (!at) {
            vg_complain(reader, (struct vg_place){.file = reader->file}, NULL,
                        "there is no memory for its hashes");
            return false;
        }
        digests->at = at;
        digests->capacity = capacity;
    }
    memcpy(digests->at + digests->count++ * size, digest, size);
    return true;
}

/* A file of digests while it is being read. */
struct digest_file {
    struct vg_reader *reader;
    struct vg_digest_lists *lists;
    enum vg_field field; /* VG_FIELD_COUNT: each line says it */
    const char *name;
    unsigned line;
    unsigned column; /* of what is looked at */
};

/* `what` may be NULL: there was no memory for it. */
static bool refuse(const struct digest_file *file, const char *what)
{
    struct vg_place place = {.file = file->name, .line = file->line, .column = file->column};
    const char *hint =
        file->field == VG_FIELD_COUNT
            ? "a line holds one hash with its name, as MD5=..., or nothing; # begins a comment"
            : vg_arena_format(file->reader->arena,
                              "a line holds one %s of %u hexadecimal digits, or nothing; # begins a comment",
                              vg_field_name(file->field), 2 * vg_field_digest_size(file->field));
    vg_complain(file->reader, place, hint, "not a hash%s%s", what ? ": " : "", what ? what : "");
    return false;
}

static bool add_digits(const struct digest_file *file, enum vg_field field, const char *text, size_t size)
{
    struct vg_arena *arena = file->reader->arena;
    uint8_t digest[VG_DIGEST_SIZE_MAX];
    size_t digits = 2 * (size_t)vg_field_digest_size(field);
    if (!vg_digest_parse(field, text, size, digest)) {
        const char *shown = vg_shown(file->reader, text, size);
        return refuse(file,
                      size == digits
                          ? vg_arena_format(arena, "%s holds something that is no hexadecimal digit", shown)
                          : vg_arena_format(arena, "%s has %zu characters, not %zu", shown, size, digits));
    }
    if (vg_digest_is_zero(field, digest))
        return refuse(file, "zeros are written where there is none");
    return vg_digests_add(file->reader, file->lists, field, digest);
}

/* What stands in a line between blanks: digits, or a name and digits. */
static bool add_entry(struct digest_file *file, const char *text, size_t size)
{
    const char *sign = memchr(text, '=', size);
    size_t before = sign ? (size_t)(sign - text) : 0;
    enum vg_field field = sign ? vg_digest_field(text, before) : file->field;
    if (sign && (field == VG_FIELD_COUNT || (file->field != VG_FIELD_COUNT && field != file->field)))
        return refuse(file, vg_arena_format(file->reader->arena, "%s is not what this list is of",
                                            vg_shown(file->reader, text, before)));
    if (field == VG_FIELD_COUNT)
        return refuse(file, vg_arena_format(file->reader->arena, "%s does not say of which kind it is",
                                            vg_shown(file->reader, text, size)));
    if (!sign)
        return add_digits(file, field, text, size);
    file->column += (unsigned)before + 1;
    return add_digits(file, field, sign + 1, size - before - 1);
}

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r';
}

/* One line without its end. */
static bool add_line(struct digest_file *file, const char *begin, const char *end)
{
    const char *at = begin;
    const char *comment = memchr(begin, '#', (size_t)(end - begin));
    if (comment)
        end = comment;
    while (at < end && is_blank(*at))
        at++;
    while (end > at && is_blank(end[-1]))
        end--;
    file->column = (unsigned)(at - begin) + 1;
    return at == end || add_entry(file, at, (size_t)(end - at));
}

bool vg_digests_add_file(struct vg_reader *reader, struct vg_digest_lists *lists, enum vg_field field,
                         const char *name, struct vg_place asked)
{
    struct digest_file file = {.reader = reader, .lists = lists, .field = field, .name = name};
    size_t size;
    const char *why = NULL;
    char *text = vg_file_read(reader->arena, name, VG_HASH_FILE_MAX, &size, &why);
    if (!text) {
        vg_complain(reader, asked, "the name is relative to the file that names it",
                    "cannot read the hashes in %s: %s", vg_shown(reader, name, strlen(name)), why);
        return false;
    }
    const char *end = text + size;
    const char *at = text;
    unsigned bad = 0;
    if (size >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0)
        at += 3;
    for (file.line = 1; at < end && bad < 10; file.line++) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        if (!stop)
            stop = end;
        if (!add_line(&file, at, stop))
            bad++;
        at = stop < end ? stop + 1 : end;
    }
    free(text);
    return !bad;
}

static int compare_16(const void *a, const void *b)
{
    return memcmp(a, b, 16);
}

static int compare_20(const void *a, const void *b)
{
    return memcmp(a, b, 20);
}

static int compare_32(const void *a, const void *b)
{
    return memcmp(a, b, 32);
}

static void sort(uint8_t *digests, size_t count, size_t size)
{
    if (count > 1)
        qsort(digests, count, size, size == 16 ? compare_16 : size == 20 ? compare_20 : compare_32);
}

static size_t bucket_of(const uint8_t *digest)
{
    return (size_t)digest[0] << 8 | digest[1];
}

/* Digests are spread evenly, so their first two bytes sort them almost; what shares those is sorted as usual.
 */
static void sort_into(uint8_t *to, const struct vg_digests *from, size_t size, size_t *ends)
{
    for (size_t i = 0; i < from->count; i++)
        ends[bucket_of(from->at + i * size)]++;
    for (size_t bucket = 0, sum = 0; bucket < BUCKETS; bucket++) {
        sum += ends[bucket];
        ends[bucket] = sum - ends[bucket];
    }
    for (size_t i = 0; i < from->count; i++) {
        const uint8_t *digest = from->at + i * size;
        memcpy(to + ends[bucket_of(digest)]++ * size, digest, size);
    }
    for (size_t bucket = 0, begin = 0; bucket < BUCKETS; begin = ends[bucket++])
        sort(to + begin * size, ends[bucket] - begin, size);
}

static size_t drop_repeated(uint8_t *at, size_t count, size_t size)
{
    size_t kept = count ? 1 : 0;
    for (size_t i = 1; i < count; i++)
        if (memcmp(at + (kept - 1) * size, at + i * size, size) != 0) {
            if (kept != i)
                memcpy(at + kept * size, at + i * size, size);
            kept++;
        }
    return kept;
}

bool vg_digests_finish(struct vg_reader *reader, struct vg_digest_lists *lists,
                       struct vg_predicate *predicate)
{
    const struct vg_digests *digests = &lists->of[predicate->field];
    size_t size = vg_field_digest_size(predicate->field);
    uint8_t *sorted = vg_arena_array(reader->arena, digests->count, size);
    size_t *ends = digests->count > FEW ? calloc(BUCKETS, sizeof(*ends)) : NULL;
    if (sorted && ends) {
        sort_into(sorted, digests, size, ends);
    } else if (sorted && digests->count) {
        memcpy(sorted, digests->at, digests->count * size);
        sort(sorted, digests->count, size);
    }
    free(ends);
    if (!sorted)
        return false;
    predicate->test = VG_TEST_DIGESTS;
    predicate->digests = sorted;
    predicate->digest_count = drop_repeated(sorted, digests->count, size);
    return true;
}

void vg_digests_drop(struct vg_digest_lists *lists)
{
    for (unsigned field = 0; field < VG_FIELD_COUNT; field++)
        free(lists->of[field].at);
    memset(lists, 0, sizeof(*lists));
}

bool vg_digests_unite(struct vg_arena *arena, struct vg_predicate *predicate,
                      const struct vg_predicate *other)
{
    const uint8_t *a = predicate->digests, *b = other->digests;
    size_t size = vg_field_digest_size(predicate->field);
    const uint8_t *a_end = a + predicate->digest_count * size, *b_end = b + other->digest_count * size;
    uint8_t *both = vg_arena_array(arena, predicate->digest_count + other->digest_count, size);
    uint8_t *to = both;
    if (!both)
        return false;
    while (a < a_end || b < b_end) {
        int order = a == a_end ? 1 : b == b_end ? -1 : memcmp(a, b, size);
        memcpy(to, order <= 0 ? a : b, size);
        to += size;
        a += order <= 0 ? size : 0;
        b += order >= 0 ? size : 0;
    }
    predicate->digests = both;
    predicate->digest_count = (size_t)(to - both) / size;
    return true;
}
