#include "match_scan.h"

void vg_scan_begin_keys(struct vg_scan *scan)
{
    scan->hash = scan->match->blob.header->seed;
    scan->backslash = UINT32_MAX;
    scan->lookup_count = 0;
}

static void find_key(struct vg_scan *scan, const struct vg_lookup *lookup)
{
    const struct vg_blob_view *blob = &scan->match->blob;
    const struct vg_blob_key *keys = blob->KEYS + lookup->table->slots;
    uint32_t mask = ((uint32_t)1 << lookup->table->bits) - 1;
    uint32_t tag = (uint32_t)(lookup->hash >> 32);

    for (uint32_t probe = 0; probe < lookup->table->probes; probe++) {
        const struct vg_blob_key *key = &keys[((uint32_t)lookup->hash + probe) & mask];

        if (key->target == VG_BLOB_NONE)
            return;
        if (key->tag == tag && (key->units & ~VG_TEXT_WIDE) == lookup->units &&
            vg_text_is(&scan->text, blob, lookup->start, key->text, key->units)) {
            vg_scan_hit(scan, key->target);
            return;
        }
    }
}

void vg_scan_look_up(struct vg_scan *scan)
{
    for (uint32_t i = 0; i < scan->lookup_count; i++)
        find_key(scan, &scan->lookups[i]);
    scan->lookup_count = 0;
}

/* Look-ups are collected and then run together, so that their slots come from memory at the same time. */
static void look_up(struct vg_scan *scan, const struct vg_blob_table *table, uint64_t hash, uint32_t start,
                    uint32_t units)
{
    const struct vg_blob_key *keys = scan->match->blob.KEYS + table->slots;

    if (table->probes == 0)
        return;
    if (scan->lookup_count == VG_LOOKUPS)
        vg_scan_look_up(scan);
    VG_PREFETCH(&keys[(uint32_t)hash & (((uint32_t)1 << table->bits) - 1)]);
    scan->lookups[scan->lookup_count++] = (struct vg_lookup){table, hash, start, units};
}

/* Looks up what stands before each backslash of a word that starts at `at`. */
static void look_up_folders(struct vg_scan *scan, uint64_t word, uint32_t at)
{
    uint64_t backslashes = vg_bytes_equal(word, '\\');

    for (; backslashes; backslashes &= backslashes - 1) {
        unsigned before = vg_lowest_bit(backslashes) / 8;

        scan->backslash = at + before;
        if (scan->field->folder.probes == 0)
            continue;
        look_up(scan, &scan->field->folder,
                vg_hash_text_end(scan->hash, vg_word_part(word, before), scan->text.units + at, at + before),
                0, at + before);
    }
}

/* One pass computes the hash of every prefix that ends before a backslash, and that over all full words. */
void vg_scan_folders(struct vg_scan *scan)
{
    const struct vg_text *text = &scan->text;

    for (uint32_t at = text->start; at < text->end; at += VG_WORD_UNITS) {
        uint64_t word = vg_load_word(vg_text_at(text, at));

        look_up_folders(scan, word, at);
        if (text->end - at >= VG_WORD_UNITS)
            scan->hash = vg_hash_text_word(scan->hash, word, text->units + at);
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

void vg_scan_whole(struct vg_scan *scan)
{
    const struct vg_text *text = &scan->text;
    uint32_t full = text->end / VG_WORD_UNITS * VG_WORD_UNITS;
    uint32_t start = scan->backslash + 1;

    look_up(scan, &scan->field->exact,
            vg_hash_text_end(scan->hash, vg_load_word(vg_text_at(text, full)), text->units + full, text->end),
            0, text->end);
    if (scan->backslash != UINT32_MAX && scan->field->name.probes)
        look_up(scan, &scan->field->name, hash_of_name(scan, start), start, text->end - start);
}

/* Looks up what ends with each colon that may begin the name of a stream: such a folder has a key that ends
 * so. */
void vg_scan_streams(struct vg_scan *scan)
{
    const uint16_t *units = scan->value.units;
    uint64_t hash = scan->match->blob.header->seed;

    for (uint32_t at = 0; at < scan->value.count; at += VG_WORD_UNITS) {
        uint32_t left = scan->value.count - at;
        uint32_t count = left < VG_WORD_UNITS ? left : VG_WORD_UNITS;
        uint64_t word = vg_fold_part(units + at, count);
        uint64_t after = count == VG_WORD_UNITS ? vg_hash_text_word(hash, word, units + at) : hash;

        for (uint32_t end = at + 1; end <= at + count; end++) {
            if (units[end - 1] != u':' || end <= 2)
                continue;
            look_up(scan, &scan->field->folder,
                    end - at == VG_WORD_UNITS
                        ? vg_hash_text_end(after, 0, units + end, end)
                        : vg_hash_text_end(hash, vg_word_part(word, end - at), units + at, end),
                    0, end);
        }
        hash = after;
    }
    vg_scan_look_up(scan);
}
