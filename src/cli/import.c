#include "import.h"

#include "../policy/arena.h"

#include <stdarg.h>
#include <string.h>

/* Longer names than the policy reader takes are cut. */
#define NAME_SIZE_MAX 1000u

#define MESSAGE_SIZE 512u

bool vg_import_error(const struct vg_import *import, struct vg_place place, const char *hint,
                     const char *format, ...)
{
    char message[MESSAGE_SIZE];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    import->reporter->report(import->reporter->context, VG_ERROR, place, message, hint);
    return false;
}

void vg_import_note(struct vg_import *import, const char *format, ...)
{
    char message[MESSAGE_SIZE];
    const char *kept;
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    kept = vg_arena_text(import->arena, message, strlen(message));
    vg_buffer_put(&import->notes, &kept, sizeof kept);
}

/* The first error of a reading. */
struct judgement {
    struct vg_arena *arena;
    const char *error;
};

static void judge(void *context, enum vg_severity severity, struct vg_place place, const char *message,
                  const char *hint)
{
    struct judgement *judgement = context;

    (void)place;
    (void)hint;
    if (severity == VG_ERROR && judgement->error == NULL)
        judgement->error = vg_arena_text(judgement->arena, message, strlen(message));
}

/* What the policy reader has against a rule of this body; NULL: nothing. */
static const char *objection(struct vg_import *import, const struct vg_import_rule *rule)
{
    struct judgement judgement = {.arena = import->arena};
    struct vg_reporter reporter = {.report = judge, .context = &judgement};
    struct vg_read_options options = {.variables = vg_default_path_variables};
    struct vg_model model;
    struct vg_buffer text = {0};
    bool good;

    vg_import_put(&text, "vigil: 1\nrules:\n");
    vg_import_put(&text, rule->action == VG_ACTION_DENY ? "  - deny: a rule\n" : "  - allow: a rule\n");
    vg_import_put(&text, rule->body);
    good = !text.failed &&
           vg_model_read_text("rule", (const char *)text.bytes, text.size, &options, &reporter, &model);
    vg_buffer_free(&text);
    if (good) {
        vg_model_free(&model);
        return NULL;
    }
    return vg_arena_format(import->arena, "Vigil's policies cannot say it: %s",
                           judgement.error != NULL ? judgement.error : "out of memory");
}

/* A name as a policy can have it: without what cannot be seen, and of bounded length. */
static const char *clean_name(struct vg_arena *arena, const char *name)
{
    struct vg_buffer visible = {0};

    vg_import_put_comment(&visible, name);
    if (visible.size > NAME_SIZE_MAX)
        for (visible.size = NAME_SIZE_MAX; visible.size != 0 && (visible.bytes[visible.size] & 0xC0) == 0x80;
             visible.size--)
            ;
    return vg_import_finish(&visible, arena);
}

void vg_import_add(struct vg_import *import, const struct vg_import_rule *rule)
{
    struct vg_import_rule added = *rule;

    added.name =
        clean_name(import->arena, rule->name != NULL && *rule->name != '\0' ? rule->name : "unnamed");
    if (added.name == NULL)
        return; /* the arena remembers */
    if (added.reason == NULL)
        added.reason = objection(import, &added);
    vg_buffer_put(&import->rules, &added, sizeof added);
}

size_t vg_import_count(const struct vg_import *import, bool translated)
{
    const struct vg_import_rule *rules = VG_BUFFER_AT(&import->rules, struct vg_import_rule);
    size_t count = 0;

    for (size_t i = 0; i < VG_BUFFER_COUNT(&import->rules, struct vg_import_rule); i++)
        count += (rules[i].reason == NULL) == translated;
    return count;
}
