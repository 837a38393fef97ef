#include "match_scan.h"

void vg_scan_begin_keys(struct vg_scan *scan)
{
    scan->hash = scan->match->blob.header->seed;
    scan->hashed = 0;
    scan->backslash = UINT32_MAX;
}

static const struct vg_blob_keys *table_of(const struct vg_scan *scan, const struct vg_lookup *lookup)
{
    if (lookup->units & VG_LOOKUP_FOLDER)
        return &scan->field->folder;
    return lookup->start ? &scan->field->name : &scan->field->exact;
}

static const struct vg_blob_bucket *bucket_of(const struct vg_scan *scan, const struct vg_lookup *lookup)
{
    const struct vg_blob_keys *table = table_of(scan, lookup);

    return scan->match->blob.BUCKETS + table->buckets +
           ((uint32_t)lookup->hash & (((uint32_t)1 << table->bits) - 1));
}

static bool is_key(const struct vg_scan *scan, const struct vg_lookup *lookup, const uint32_t *key)
{
    uint32_t head = key[1];

    return !((head ^ (vg_key_tag(lookup->hash) | lookup->units)) & (VG_KEY_TAG | VG_KEY_UNITS)) &&
           vg_text_equals(&scan->text, lookup->start, key + VG_KEY_TEXT,
                          head & (VG_TEXT_WIDE | VG_KEY_UNITS));
}

static void find_key(struct vg_scan *scan, const struct vg_lookup *lookup, const uint32_t *key)
{
    while (!is_key(scan, lookup, key)) {
        if (key[1] & VG_KEY_LAST)
            return;
        key += vg_key_words(key[1]);
    }
    vg_scan_hit(scan, key[0]);
}

/* The buckets have arrived together; so do the keys of the few that may have what is looked for. */
void vg_scan_look_up(struct vg_scan *scan)
{
    const uint32_t *keys[VG_LOOKUPS];
    uint32_t found = 0;

    for (uint32_t i = 0; i < scan->lookup_count; i++) {
        const struct vg_blob_bucket *bucket = bucket_of(scan, &scan->lookups[i]);

        if (vg_key_filter(scan->lookups[i].hash) & ~bucket->filter)
            continue;
        keys[found] = scan->match->blob.KEYS + bucket->key;
        VG_PREFETCH(keys[found]);
        scan->lookups[found++] = scan->lookups[i];
    }
    for (uint32_t i = 0; i < found; i++)
        find_key(scan, &scan->lookups[i], keys[i]);
    scan->lookup_count = 0;
}

/* Look-ups are collected and then run together, so that their buckets come from memory at the same time. A
 * value that is longer than any key can be is none. */
static void look_up(struct vg_scan *scan, struct vg_lookup lookup)
{
    if ((lookup.units & ~VG_LOOKUP_FOLDER) > VG_KEY_UNITS)
        return;
    if (scan->lookup_count == VG_LOOKUPS)
        vg_scan_look_up(scan);
    VG_PREFETCH(bucket_of(scan, &lookup));
    scan->lookups[scan->lookup_count++] = lookup;
}

/* Goes on with the hash to the last full word before `end`, which is in the piece or at its end. */
static void hash_to(struct vg_scan *scan, uint32_t end)
{
    const struct vg_text *text = &scan->text;

    for (; end - scan->hashed >= VG_WORD_UNITS; scan->hashed += VG_WORD_UNITS)
        scan->hash = vg_hash_text_word(scan->hash, vg_load_word(vg_text_at(text, scan->hashed)),
                                       text->units + scan->hashed);
}

/* The hash of the value up to `end`. */
static uint64_t hash_of_start(struct vg_scan *scan, uint32_t end)
{
    const struct vg_text *text = &scan->text;

    hash_to(scan, end);
    return vg_hash_text_end(scan->hash,
                            vg_word_part(vg_load_word(vg_text_at(text, scan->hashed)), end - scan->hashed),
                            text->units + scan->hashed, end);
}

/* Looks up what stands before each backslash of the piece. */
static void look_up_folders(struct vg_scan *scan)
{
    const struct vg_text *text = &scan->text;
    const uint8_t *start = vg_text_at(text, text->start);
    const uint8_t *last = vg_text_at(text, text->end);
    const uint8_t *at = vg_text_seek_one(start, last, '\\');

    for (; at < last; at = vg_text_seek_one(at + 1, last, '\\')) {
        uint32_t end = text->start + (uint32_t)(at - start);

        scan->backslash = end;
        if (scan->field->folder_lengths & vg_blob_length(end))
            look_up(scan, (struct vg_lookup){hash_of_start(scan, end), 0, end | VG_LOOKUP_FOLDER});
    }
}

static uint64_t hash_of_name(const struct vg_scan *scan, uint32_t start)
{
    const struct vg_text *text = &scan->text;
    uint64_t seed = scan->match->blob.header->seed;
    uint64_t hash = seed;
    uint32_t count = text->end - start;
    uint32_t at = start;

    if (start < text->start)
        return vg_hash_text(seed, text->units + start, count);
    for (; text->end - at >= VG_WORD_UNITS; at += VG_WORD_UNITS)
        hash = vg_hash_text_word(hash, vg_load_word(vg_text_at(text, at)), text->units + at);
    return vg_hash_text_end(hash, vg_word_part(vg_load_word(vg_text_at(text, at)), text->end - at),
                            text->units + at, count);
}

/* What is not as long as any key is not looked up, and nothing is hashed that is not. */
void vg_scan_keys(struct vg_scan *scan)
{
    const struct vg_text *text = &scan->text;
    const struct vg_blob_field *field = scan->field;

    if (field->searches & VG_SEARCH_PARTS)
        look_up_folders(scan);
    if (text->end < text->count) {
        hash_to(scan, text->end);
        return;
    }
    if (field->exact_lengths & vg_blob_length(text->end))
        look_up(scan, (struct vg_lookup){hash_of_start(scan, text->end), 0, text->end});
    if (scan->backslash != UINT32_MAX) {
        uint32_t start = scan->backslash + 1;
        uint32_t units = text->end - start;

        if (field->name_lengths & vg_blob_length(units))
            look_up(scan, (struct vg_lookup){hash_of_name(scan, start), start, units});
    }
}

/* Looks up what ends with each colon that may begin the name of a stream: such a folder has a key that ends
 * so. */
void vg_scan_streams(struct vg_scan *scan)
{
    const uint16_t *units = scan->value.units;
    uint64_t hash = scan->match->blob.header->seed;

    for (uint32_t at = 0; at < scan->value.count; at += VG_WORD_UNITS) {
        uint32_t count = vg_lower(scan->value.count - at, VG_WORD_UNITS);
        uint64_t word = vg_fold_part(units + at, count);
        uint64_t after = count == VG_WORD_UNITS ? vg_hash_text_word(hash, word, units + at) : hash;

        for (uint32_t end = at + 1; end <= at + count; end++) {
            if (units[end - 1] != u':' || end == 2)
                continue;
            look_up(scan, (struct vg_lookup){
                              end - at == VG_WORD_UNITS
                                  ? vg_hash_text_end(after, 0, units + end, end)
                                  : vg_hash_text_end(hash, vg_word_part(word, end - at), units + at, end),
                              0, end | VG_LOOKUP_FOLDER});
        }
        hash = after;
    }
    vg_scan_look_up(scan);
}
