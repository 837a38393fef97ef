#include "event_builder.h"

#include <string.h>

void event_begin(struct event_builder *builder, uint16_t type, const void *fixed, uint32_t fixed_size)
{
    memset(builder, 0, sizeof(*builder));
    memcpy(builder->bytes, fixed, fixed_size);
    builder->size = fixed_size;
    EVENT_AS(builder, struct vg_event_header)->type = type;
}

uint32_t event_append(struct event_builder *builder, const void *bytes, uint32_t size)
{
    uint32_t offset = (builder->size + 1) & ~1u;

    memcpy(builder->bytes + offset, bytes, size);
    builder->size = offset + size;
    return offset;
}

void event_fact(struct event_builder *builder, enum vg_field field, enum vg_fact_state state,
                const void *value, uint32_t size)
{
    struct vg_event_fact *fact = &builder->facts[builder->fact_count++];

    fact->field = (uint16_t)field;
    fact->state = (uint8_t)state;
    fact->size = size;
    if (size != 0)
        fact->offset = event_append(builder, value, size);
}

void event_finish(struct event_builder *builder)
{
    struct vg_event_header *header = EVENT_AS(builder, struct vg_event_header);

    if (builder->fact_count != 0) {
        builder->size = (builder->size + 7) & ~7u;
        header->fact_offset =
            event_append(builder, builder->facts, builder->fact_count * (uint32_t)sizeof(builder->facts[0]));
        header->fact_count = builder->fact_count;
    }
    builder->size = (builder->size + 7) & ~7u;
    header->size = builder->size;
}

static void add_facts(struct event_builder *builder)
{
    uint8_t digest[32];

    for (unsigned i = 0; i < 32; i++)
        digest[i] = (uint8_t)(i * 8 + 1);
    EVENT_TEXT(builder, VG_FIELD_IMAGE, "C:\\Windows\\System32\\cmd.exe");
    EVENT_TEXT(builder, VG_FIELD_COMMAND_LINE, "cmd.exe /c \"echo \u0444\U0001F600\"");
    EVENT_TEXT(builder, VG_FIELD_PARENT_IMAGE, "C:\\Program Files\\Office\\winword.exe");
    event_fact(builder, VG_FIELD_PARENT_COMMAND_LINE, VG_FACT_ABSENT, NULL, 0);
    EVENT_TEXT(builder, VG_FIELD_PROCESS_ID, "4312");
    EVENT_TEXT(builder, VG_FIELD_CREATOR_PROCESS_ID, "800");
    EVENT_TEXT(builder, VG_FIELD_CREATOR_IMAGE, "C:\\Windows\\System32\\svchost.exe");
    EVENT_TEXT(builder, VG_FIELD_REPARENTED, "true");
    EVENT_TEXT(builder, VG_FIELD_TAMPERED, "delete-pending");
    EVENT_TEXT(builder, VG_FIELD_TAMPERED, "unnamed");
    EVENT_TEXT(builder, VG_FIELD_USER, "S-1-5-18");
    EVENT_TEXT(builder, VG_FIELD_USER, "NT AUTHORITY\\SYSTEM");
    EVENT_TEXT(builder, VG_FIELD_INTEGRITY_LEVEL, "System");
    EVENT_TEXT(builder, VG_FIELD_INTEGRITY_LEVEL, "S-1-16-16384");
    EVENT_TEXT(builder, VG_FIELD_TERMINAL_SESSION_ID, "1");
    EVENT_TEXT(builder, VG_FIELD_SUBSYSTEM, "Win32");
    event_fact(builder, VG_FIELD_DRIVE, VG_FACT_UNKNOWN, NULL, 0);
    event_fact(builder, VG_FIELD_SHA256, VG_FACT_KNOWN, digest, sizeof(digest));
    event_fact(builder, VG_FIELD_MD5, VG_FACT_KNOWN, digest, 16);
    event_fact(builder, VG_FIELD_SHA1, VG_FACT_PENDING, NULL, 0);
    event_fact(builder, VG_FIELD_IMPHASH, VG_FACT_ABSENT, NULL, 0);
    event_fact(builder, VG_FIELD_AUTHENTIHASH, VG_FACT_KNOWN, digest, sizeof(digest));
}

void event_full_start(struct event_builder *builder)
{
    static const char rule[] = "Office starts a shell";
    static const char audits[] = "first audit\nsecond audit";
    static const uint16_t open_name[] = u"\\??\\C:\\WINDOW~1\\cmd.exe";
    struct vg_event_start start = {
        .header = {.sequence = 17, .time = 133536836967890000}, /* 2024-02-29 12:34:56.789 */
        .process_guid = {{0x89, 0xAE, 0x3E, 0xA2, 0x56, 0xBD, 0x03, 0x59, 0, 0, 0, 0x10, 0xE9, 0xD9, 0x5E,
                          0}},
        .parent_guid = {{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}},
        .process_id = 4312,
        .parent_process_id = 1200,
        .creator_process_id = 800,
        .creator_thread_id = 804,
        .create_time = 133536836967880000,
        .verdict = VG_DENY,
        .enforced = 1,
        .reason = VG_REASON_RULE,
        .image_source = VG_IMAGE_NORMALIZED,
        .open_name_exact = 1,
        .status = 0xC0000361,
        .rule = 3,
        .unknown_fields = (uint64_t)1 << VG_FIELD_DRIVE,
        .decision_ns = 12345,
        .policy_generation = 2,
        .audit_count = 2,
    };

    event_begin(builder, VG_EVENT_START, &start, sizeof(start));
    EVENT_AS(builder, struct vg_event_start)->rule_name_offset =
        event_append(builder, rule, sizeof(rule) - 1);
    EVENT_AS(builder, struct vg_event_start)->rule_name_size = sizeof(rule) - 1;
    EVENT_AS(builder, struct vg_event_start)->audit_name_offset =
        event_append(builder, audits, sizeof(audits) - 1);
    EVENT_AS(builder, struct vg_event_start)->audit_name_size = sizeof(audits) - 1;
    EVENT_AS(builder, struct vg_event_start)->open_name_offset =
        event_append(builder, open_name, sizeof(open_name) - 2);
    EVENT_AS(builder, struct vg_event_start)->open_name_size = sizeof(open_name) - 2;
    add_facts(builder);
    event_finish(builder);
}
