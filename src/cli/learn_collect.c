#include "digits.h"
#include "learn.h"

#include <stdlib.h>
#include <string.h>

const char *const vg_learn_writable[] = {
    "Temp",
    "Tasks",
    "Tracing",
    "debug\\WIA",
    "PLA",
    "Registration\\CRMLog",
    "ServiceProfiles",
    "System32\\Com\\dmp",
    "System32\\FxsTmp",
    "System32\\Microsoft\\Crypto\\RSA\\MachineKeys",
    "System32\\spool\\PRINTERS",
    "System32\\spool\\SERVERS",
    "System32\\spool\\drivers\\color",
    "System32\\Tasks",
    "SysWOW64\\Com\\dmp",
    "SysWOW64\\FxsTmp",
    "SysWOW64\\Tasks",
    NULL,
};

/* Malloc'ed UTF-8 of the text, folded if asked for. NULL without memory. */
static char *utf8_of(struct vg_span text, bool folded)
{
    uint16_t *units = malloc(text.size + sizeof(*units));
    char *utf8 = NULL;
    size_t size;

    if (units == NULL)
        return NULL;
    for (uint32_t i = 0; i < vg_unit_count(text); i++)
        units[i] = folded ? vg_upcase(vg_units(text)[i]) : vg_units(text)[i];
    text.bytes = units;
    size = vg_utf8_from_utf16(text, NULL, 0);
    utf8 = malloc(size + 1);
    if (utf8 != NULL) {
        vg_utf8_from_utf16(text, utf8, size);
        utf8[size] = '\0';
    }
    free(units);
    return utf8;
}

static struct vg_span part_of(struct vg_span text, uint32_t first, uint32_t count)
{
    return (struct vg_span){.bytes = vg_units(text) + first, .size = count * 2};
}

/* Whether `path` lies below `folder` (UTF-8): how many units the folder and its backslash are, or 0. */
static uint32_t below(struct vg_span path, const char *folder)
{
    uint16_t units[512];
    size_t count;

    if (folder == NULL || !vg_utf16_from_utf8(folder, strlen(folder), units, 512, &count, NULL) ||
        count == 0 || count > 512 || vg_unit_count(path) <= count || vg_units(path)[count] != u'\\')
        return 0;
    if (!vg_text_equal_folded(part_of(path, 0, (uint32_t)count),
                              (struct vg_span){.bytes = units, .size = (uint32_t)count * 2}))
        return 0;
    return (uint32_t)count + 1;
}

static bool is_writable(struct vg_span relative)
{
    for (size_t i = 0; vg_learn_writable[i] != NULL; i++) {
        if (below(relative, vg_learn_writable[i]) != 0)
            return true;
    }
    return false;
}

/* Whether it can be the name of an installed program's folder as `under` takes it. What no canonical path has
 * could be read as another folder. */
static bool is_folder_name(struct vg_span name)
{
    static const uint16_t never[] = u":%/*?";
    const uint16_t *units = vg_units(name);
    uint32_t count = vg_unit_count(name);

    for (uint32_t i = 0; i < count; i++) {
        for (size_t k = 0; never[k] != 0; k++) {
            if (units[i] == never[k])
                return false;
        }
    }
    return count != 0 && units[count - 1] != u'.' && units[count - 1] != u' ';
}

/* "%WINDIR%\System32" for what lies below that; NULL for what does not lie in a folder of its own below a
 * system folder. A named stream is no program that was installed. */
static char *folder_of(const struct vg_learn *learn, struct vg_span path)
{
    const char *variable = "%WINDIR%";
    uint32_t count = vg_unit_count(path);
    uint32_t start = below(path, learn->variables.windir);
    uint32_t end;
    size_t size;
    char *name;
    char *folder;

    for (uint32_t i = 2; i < count; i++) {
        if (vg_units(path)[i] == u':' || vg_units(path)[i] == u'%')
            return NULL;
    }
    if (start != 0 && is_writable(part_of(path, start, count - start)))
        return NULL;
    for (unsigned i = 0; start == 0 && i < 2; i++) {
        variable = "%PROGRAMFILES%";
        start = below(path, learn->variables.program_files[i]);
    }
    for (end = start; end < count && vg_units(path)[end] != u'\\'; end++)
        ;
    if (start == 0 || end == count || !is_folder_name(part_of(path, start, end - start)))
        return NULL;
    name = utf8_of(part_of(path, start, end - start), false);
    size = name != NULL ? strlen(variable) + strlen(name) + 2 : 0;
    folder = size != 0 ? malloc(size) : NULL;
    if (folder != NULL)
        (void)snprintf(folder, size, "%s\\%s", variable, name);
    free(name);
    return folder;
}

/* What can be written into a policy: no control characters and no halves of characters, which no file's name
 * has, and no colon at the start, where no path has one and no rule allows it. */
static bool is_name(const struct vg_fact *fact)
{
    if (fact->state != VG_FACT_KNOWN || fact->values[0].size == 0 || vg_units(fact->values[0])[0] == u':')
        return false;
    for (uint32_t i = 0; i < vg_unit_count(fact->values[0]); i++) {
        uint16_t unit = vg_units(fact->values[0])[i];

        if (unit < 0x20 || unit == 0xFFFD)
            return false;
    }
    return true;
}

static char *digits_of(struct vg_span digest)
{
    char *digits = malloc(2 * (size_t)digest.size + 1);

    if (digits != NULL)
        vg_digits(digest.bytes, digest.size, digits);
    return digits;
}

/* The best hash that the log has: any is closer than a path. */
static const struct vg_fact *hash_of(const struct vg_record *record, enum vg_learned_kind *kind)
{
    static const struct {
        enum vg_field field;
        enum vg_learned_kind kind;
    } hashes[] = {
        {VG_FIELD_SHA256, VG_LEARNED_SHA256},
        {VG_FIELD_AUTHENTIHASH, VG_LEARNED_AUTHENTIHASH},
        {VG_FIELD_SHA1, VG_LEARNED_SHA1},
        {VG_FIELD_MD5, VG_LEARNED_MD5},
    };

    for (size_t i = 0; i < sizeof(hashes) / sizeof(hashes[0]); i++) {
        const struct vg_fact *fact = &record->facts[hashes[i].field];

        *kind = hashes[i].kind;
        if (fact->state == VG_FACT_KNOWN)
            return fact;
    }
    return NULL;
}

static bool describe(const struct vg_learn *learn, const struct vg_record *record, struct vg_learned *entry)
{
    const struct vg_fact *image = &record->facts[VG_FIELD_IMAGE];
    const struct vg_fact *digest;

    if (is_name(image))
        entry->value = folder_of(learn, image->values[0]);
    if (entry->value != NULL)
        return true;
    digest = hash_of(record, &entry->kind);
    if (digest != NULL) {
        entry->value = digits_of(digest->values[0]);
        entry->image = is_name(image) ? utf8_of(image->values[0], false) : NULL;
        return true;
    }
    entry->kind = VG_LEARNED_PATH;
    if (!is_name(image))
        return false;
    entry->value = utf8_of(image->values[0], false);
    return true;
}

/* Folds what is not folded yet: the value of a folder or path. */
static char *fold(const char *utf8)
{
    size_t size = strlen(utf8);
    uint16_t *units = malloc((size + 1) * sizeof(*units));
    size_t count = 0;
    char *folded = NULL;

    if (units != NULL && vg_utf16_from_utf8(utf8, size, units, size, &count, NULL))
        folded = utf8_of((struct vg_span){.bytes = units, .size = (uint32_t)count * 2}, true);
    free(units);
    return folded;
}

static char *make_key(const struct vg_learned *entry)
{
    char *parent = fold(entry->parent);
    char *value = fold(entry->value);
    char *key = NULL;

    if (parent != NULL && value != NULL && (key = malloc(strlen(parent) + strlen(value) + 4)) != NULL)
        sprintf(key, "%s\n%d\n%s", parent, (int)entry->kind, value);
    free(parent);
    free(value);
    return key;
}

static char *parent_of(const struct vg_learn *learn, const struct vg_record *record)
{
    const struct vg_fact *parent = &record->facts[VG_FIELD_PARENT_IMAGE];
    struct vg_span text = {.bytes = u"", .size = 0};

    if (learn->per_parent && parent->state == VG_FACT_ABSENT)
        text = (struct vg_span){.bytes = u"-", .size = 2};
    else if (learn->per_parent && is_name(parent))
        text = parent->values[0];
    return utf8_of(text, false);
}

bool vg_learn_creation(void *context, unsigned worker, const struct vg_log_place *place,
                       struct vg_record_input *input, struct vg_output *output)
{
    struct vg_learn *learn = context;
    struct vg_learned entry = {.starts = 1};

    (void)place;
    (void)output;
    if (!describe(learn, &input->record, &entry)) {
        learn->nameless[worker]++;
        return true;
    }
    entry.parent = parent_of(learn, &input->record);
    if (entry.parent != NULL && entry.value != NULL)
        entry.key = make_key(&entry);
    learn->starts[worker]++;
    return vg_learned_add(&learn->sets[worker], &entry);
}
