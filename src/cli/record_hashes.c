#include "record_hashes.h"

#include "../policy/digest_text.h"

#include <string.h>

/* One `SHA256=...` of the text. */
struct entry {
    enum vg_field field; /* VG_FIELD_COUNT: a name that no rule knows */
    const char *digits;
    size_t size;
    bool zero;
};

static bool next_entry(const char **text, struct entry *entry)
{
    const char *at = *text;
    const char *sign = NULL;
    size_t size = 0;

    while (sign == NULL && *at != '\0') {
        at += size;
        at += strspn(at, ", ");
        size = strcspn(at, ", ");
        sign = memchr(at, '=', size);
    }
    *text = at + size;
    if (sign == NULL)
        return false;
    entry->field = vg_digest_field(at, (size_t)(sign - at));
    entry->digits = sign + 1;
    entry->size = size - (size_t)(entry->digits - at);
    entry->zero = strspn(entry->digits, "0") >= entry->size;
    return true;
}

/* Whether some hash is not zero: then Sysmon has read the file. */
static bool was_read(const char *text)
{
    struct entry entry;

    while (next_entry(&text, &entry)) {
        if (entry.field != VG_FIELD_COUNT && !entry.zero)
            return true;
    }
    return false;
}

static void set_unknown(struct vg_record *record, enum vg_field field)
{
    if (record->facts[field].state == VG_FACT_PENDING)
        vg_record_set_state(record, field, VG_FACT_UNKNOWN);
}

bool vg_record_hashes_read(struct vg_record_input *input, const char *text, const char **problem)
{
    static const enum vg_field all[] = {VG_FIELD_SHA1, VG_FIELD_MD5, VG_FIELD_SHA256, VG_FIELD_IMPHASH};
    struct vg_record *record = &input->record;
    bool read = was_read(text);
    struct entry entry;

    for (size_t i = 0; (*text == '\0' || strcmp(text, "-") == 0) && i < sizeof(all) / sizeof(all[0]); i++)
        set_unknown(record, all[i]);
    while (next_entry(&text, &entry)) {
        if (entry.field == VG_FIELD_COUNT || record->facts[entry.field].state != VG_FACT_PENDING)
            continue;
        if (!entry.zero) {
            if (!vg_record_input_add(input, entry.field, entry.digits, entry.size, problem))
                return false;
        } else if (read && entry.field == VG_FIELD_IMPHASH) {
            vg_record_set_state(record, entry.field, VG_FACT_ABSENT);
        } else {
            set_unknown(record, entry.field);
        }
    }
    return true;
}
