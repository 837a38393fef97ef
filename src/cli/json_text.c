#include "json_text.h"

#include <stdlib.h>
#include <string.h>

/* Memory above this is not kept for the next text. */
#define POOL_MAX ((size_t)2 << 20)

/* From so many keys on, the keys of an object are sorted to find one that is there twice. */
#define SORTED_KEYS 256

/* --- Keys that are there twice -----------------------------------------------------------------------------
 */

static int compare(yyjson_val *a, yyjson_val *b)
{
    size_t size = unsafe_yyjson_get_len(a);

    if (size != unsafe_yyjson_get_len(b))
        return size < unsafe_yyjson_get_len(b) ? -1 : 1;
    return memcmp(unsafe_yyjson_get_str(a), unsafe_yyjson_get_str(b), size);
}

/* Lets keys[at] sink to its place in the heap of so many, largest first. */
static void sink(yyjson_val **keys, size_t at, size_t count)
{
    yyjson_val *key = keys[at];

    for (size_t child; (child = 2 * at + 1) < count; at = child) {
        child += child + 1 < count && compare(keys[child], keys[child + 1]) < 0;
        if (compare(key, keys[child]) >= 0)
            break;
        keys[at] = keys[child];
    }
    keys[at] = key;
}

/* Heapsort: whoever wrote the text chose the keys, and must not choose how long it takes. */
static bool sorted_has_twice(yyjson_val **keys, size_t count)
{
    for (size_t at = count / 2; at-- != 0;)
        sink(keys, at, count);
    for (size_t end = count; end-- > 1;) {
        yyjson_val *largest = keys[0];

        keys[0] = keys[end];
        keys[end] = largest;
        sink(keys, 0, end);
        if (end + 1 < count && compare(largest, keys[end + 1]) == 0)
            return true;
    }
    return compare(keys[0], keys[1]) == 0;
}

static const char *check_many_keys(yyjson_val *object, size_t count)
{
    yyjson_val **keys = malloc(count * sizeof(*keys));
    yyjson_obj_iter iterator = yyjson_obj_iter_with(object);
    bool twice;

    if (keys == NULL)
        return "out of memory";
    for (size_t i = 0; i < count; i++)
        keys[i] = yyjson_obj_iter_next(&iterator);
    twice = sorted_has_twice(keys, count);
    free(keys);
    return twice ? "an object has a key twice" : NULL;
}

/* A bit for a key that few others share, and no equal one misses. */
static unsigned mark_of(const char *text, size_t size)
{
    unsigned sum = (unsigned)size;

    if (size != 0)
        sum += (unsigned char)text[0] * 5u + (unsigned char)text[size / 2] * 37u +
               (unsigned char)text[size - 1] * 263u;
    return sum % 1024;
}

static bool is_among(yyjson_val *key, yyjson_val **keys, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (compare(key, keys[i]) == 0)
            return true;
    }
    return false;
}

static const char *check_keys(yyjson_val *object)
{
    uint64_t marks[1024 / 64] = {0};
    yyjson_val *keys[SORTED_KEYS];
    yyjson_obj_iter iterator = yyjson_obj_iter_with(object);
    size_t count = 0;
    bool many = unsafe_yyjson_get_len(object) >= SORTED_KEYS;
    yyjson_val *key;

    while ((key = yyjson_obj_iter_next(&iterator)) != NULL) {
        const char *text = unsafe_yyjson_get_str(key);
        size_t size = unsafe_yyjson_get_len(key);
        unsigned mark = mark_of(text, size);

        if (memchr(text, '\0', size) != NULL)
            return "a key contains U+0000";
        if (many)
            continue;
        if ((marks[mark / 64] >> mark % 64 & 1) != 0 && is_among(key, keys, count))
            return "an object has a key twice";
        marks[mark / 64] |= (uint64_t)1 << mark % 64;
        keys[count++] = key;
    }
    return many ? check_many_keys(object, unsafe_yyjson_get_len(object)) : NULL;
}

/* --- All values --------------------------------------------------------------------------------------------
 */

/* A document's values lie one after the other, in the order of the text (yyjson's DataStructure.md). */
static const char *check_values(yyjson_doc *doc)
{
    yyjson_val *at = yyjson_doc_get_root(doc);
    yyjson_val *last = at + yyjson_doc_get_val_count(doc);
    yyjson_val *ends[VG_JSON_DEPTH_MAX];
    const char *problem = NULL;
    unsigned depth = 0;

    for (; problem == NULL && at < last; at++) {
        while (depth != 0 && at == ends[depth - 1])
            depth--;
        if (unsafe_yyjson_is_ctn(at)) {
            if (depth == VG_JSON_DEPTH_MAX)
                return "it is nested too deeply";
            ends[depth++] = unsafe_yyjson_get_next(at);
            problem = unsafe_yyjson_is_obj(at) ? check_keys(at) : NULL;
        } else if (yyjson_is_raw(at) || (yyjson_is_uint(at) && unsafe_yyjson_get_uint(at) > INT64_MAX)) {
            return "a number is too large";
        }
    }
    return problem;
}

/* --- The text ----------------------------------------------------------------------------------------------
 */

/* Whether the pool has room for whatever the text turns out to be. */
static bool prepare_pool(struct vg_json *json, size_t size)
{
    size_t wanted = yyjson_read_max_memory_usage(size, YYJSON_READ_NOFLAG);

    if (wanted == 0 || wanted > POOL_MAX)
        return false;
    if (wanted > json->pool_size) {
        free(json->pool);
        json->pool_size = wanted < POOL_MAX / 8 ? POOL_MAX / 8 : POOL_MAX;
        json->pool = malloc(json->pool_size);
        if (json->pool == NULL)
            json->pool_size = 0;
    }
    return json->pool != NULL;
}

yyjson_val *vg_json_read(struct vg_json *json, const char *text, size_t size)
{
    yyjson_alc allocator;
    yyjson_read_err error = {0};
    bool pooled;

    yyjson_doc_free(json->doc);
    json->position = 0;
    pooled = prepare_pool(json, size) && yyjson_alc_pool_init(&allocator, json->pool, json->pool_size);
    /* Without YYJSON_READ_INSITU the text is not written to. */
    json->doc = yyjson_read_opts((char *)(uintptr_t)text, size, YYJSON_READ_BIGNUM_AS_RAW,
                                 pooled ? &allocator : NULL, &error);
    if (json->doc == NULL) {
        json->problem = error.msg;
        json->position = error.pos;
        return NULL;
    }
    json->problem = check_values(json->doc);
    return json->problem == NULL ? yyjson_doc_get_root(json->doc) : NULL;
}

void vg_json_free(struct vg_json *json)
{
    yyjson_doc_free(json->doc);
    free(json->pool);
    *json = (struct vg_json){0};
}
