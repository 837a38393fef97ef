#include <vigil/record.h>

#include <string.h>

struct field_facts {
    const char *name;
    size_t length;
    enum vg_kind kind;
    enum vg_stage stage;
};

static const struct field_facts fields[VG_FIELD_COUNT] = {
#define VG_FIELD_FACTS(identifier, field_name, field_kind, field_stage)                                      \
    {.name = (field_name),                                                                                   \
     .length = sizeof(field_name) - 1,                                                                       \
     .kind = VG_KIND_##field_kind,                                                                           \
     .stage = VG_STAGE_##field_stage},
    VG_FIELDS(VG_FIELD_FACTS)
#undef VG_FIELD_FACTS
};

const char *vg_field_name(enum vg_field field)
{
    return fields[field].name;
}

enum vg_kind vg_field_kind(enum vg_field field)
{
    return fields[field].kind;
}

enum vg_stage vg_field_stage(enum vg_field field)
{
    return fields[field].stage;
}

uint32_t vg_field_digest_size(enum vg_field field)
{
    switch (fields[field].kind) {
    case VG_KIND_MD5:
        return 16;
    case VG_KIND_SHA1:
        return 20;
    case VG_KIND_SHA256:
        return 32;
    default:
        return 0;
    }
}

bool vg_field_is_gathered(enum vg_field field)
{
    return fields[field].stage > VG_STAGE_CHEAP && fields[field].stage < VG_STAGE_RECORD;
}

enum vg_field vg_field_find(const char *name, size_t length)
{
    unsigned field = 0;

    while (field < VG_FIELD_COUNT &&
           (fields[field].length != length || memcmp(fields[field].name, name, length) != 0))
        field++;
    return (enum vg_field)field;
}

void vg_record_set(struct vg_record *record, enum vg_field field, struct vg_span value)
{
    struct vg_fact *fact = &record->facts[field];

    memset(fact, 0, sizeof(*fact));
    fact->state = VG_FACT_KNOWN;
    fact->count = 1;
    fact->values[0] = value;
}

bool vg_record_add(struct vg_record *record, enum vg_field field, struct vg_span value)
{
    struct vg_fact *fact = &record->facts[field];

    if (fact->count >= VG_FACT_VALUES_MAX)
        return false;
    fact->state = VG_FACT_KNOWN;
    fact->values[fact->count++] = value;
    return true;
}

void vg_record_set_state(struct vg_record *record, enum vg_field field, enum vg_fact_state state)
{
    struct vg_fact *fact = &record->facts[field];

    memset(fact, 0, sizeof(*fact));
    fact->state = (uint8_t)state;
}
