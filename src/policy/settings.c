/* The top of a policy: everything but its rules. */
#include <string.h>

#include "names.h"
#include "reader.h"

#define STATUS_POLICY        0xC0000361u /* STATUS_ACCESS_DISABLED_BY_POLICY_DEFAULT, Win32 1260 */
#define STATUS_ACCESS_DENIED 0xC0000022u
#define STATUS_ELEVATION     0xC000042Cu /* STATUS_ELEVATION_REQUIRED, Win32 740 */

static const char *const policy_keys[] = {"vigil",         "mode",    "default",     "deny-status",
                                          "ask",           "unknown", "unsupported", "images",
                                          "record-hashes", "lists",   "rules",       NULL};
static const char *const ask_keys[] = {"otherwise", "hold", NULL};

/* The names of each setting's values; their places in these lists are what they mean. */
static const char *const modes[] = {[VG_MODE_MONITOR] = "monitor", [VG_MODE_ENFORCE] = "enforce", NULL};
static const char *const verdicts[] = {[VG_ALLOW] = "allow", [VG_DENY] = "deny", [VG_ASK] = "ask", NULL};
static const char *const answers[] = {[VG_ALLOW] = "allow", [VG_DENY] = "deny", NULL};
static const char *const unknowns[] = {"no-match", "match", NULL};
static const char *const unsupporteds[] = {"refuse", "skip", NULL};
static const char *const booleans[] = {"false", "true", NULL};

/* The index of a setting's value in `names`, or `otherwise` when it is not given or wrong. */
static unsigned choice(struct vg_reader *reader, const struct vg_yaml *map, const char *key,
                       const char *const *names, unsigned otherwise)
{
    const struct vg_yaml *value = vg_yaml_get(map, key);
    if (!value)
        return otherwise;
    for (unsigned i = 0; value->kind == VG_YAML_SCALAR && names[i]; i++)
        if (vg_yaml_is(value, names[i]))
            return i;
    bool scalar = value->kind == VG_YAML_SCALAR;
    vg_complain(
        reader, vg_place_of(reader, value),
        vg_names_hint(reader->arena, names, "values", scalar ? value->text : "", scalar ? value->size : 0),
        "%s cannot be %s", key, vg_shown_node(reader, value));
    return otherwise;
}

/* Hexadecimal after 0x, else decimal; false for anything else and for more than 32 bits. */
static bool read_number(const struct vg_yaml *value, uint32_t *number)
{
    bool hex = value->size > 2 && value->text[0] == '0' && (value->text[1] | 0x20) == 'x';
    uint64_t sum = 0;
    unsigned i = hex ? 2 : 0;
    if (i == value->size)
        return false;
    for (; i < value->size; i++) {
        unsigned digit = (unsigned)(value->text[i] - '0');
        if (hex && digit > 9)
            digit = (unsigned)((value->text[i] | 0x20) - 'a') < 6
                        ? (unsigned)((value->text[i] | 0x20) - 'a') + 10
                        : 16;
        if (digit >= (hex ? 16u : 10u))
            return false;
        sum = sum * (hex ? 16 : 10) + digit;
        if (sum > UINT32_MAX)
            return false;
    }
    *number = (uint32_t)sum;
    return true;
}

static uint32_t read_deny_status(struct vg_reader *reader, const struct vg_yaml *map)
{
    const char *hint =
        "policy (0xC0000361), access-denied (0xC0000022), or another NTSTATUS from 0xC0000000 on";
    const struct vg_yaml *value = vg_yaml_get(map, "deny-status");
    uint32_t status = STATUS_POLICY;
    if (!value || vg_yaml_is(value, "policy"))
        return STATUS_POLICY;
    if (vg_yaml_is(value, "access-denied"))
        return STATUS_ACCESS_DENIED;
    struct vg_place place = vg_place_of(reader, value);
    if (value->kind != VG_YAML_SCALAR || !read_number(value, &status)) {
        vg_complain(reader, place, hint, "deny-status cannot be %s", vg_shown_node(reader, value));
    } else if (status < 0xC0000000u) {
        vg_complain(reader, place, hint, "deny-status 0x%08X is not an error: with it the program would run",
                    status);
    } else if (status == STATUS_ELEVATION) {
        vg_complain(reader, place, hint,
                    "deny-status 0x%08X asks for elevation: the shell would show its prompt and start the "
                    "program again",
                    status);
    } else {
        return status;
    }
    return STATUS_POLICY;
}

static enum vg_verdict read_ask(struct vg_reader *reader, const struct vg_yaml *map)
{
    const struct vg_yaml *ask = vg_yaml_get(map, "ask");
    if (!ask)
        return VG_DENY;
    if (ask->kind != VG_YAML_MAP) {
        vg_complain(reader, vg_place_of(reader, ask), "for example: ask: { otherwise: deny }",
                    "ask cannot be %s", vg_shown_node(reader, ask));
        return VG_DENY;
    }
    vg_check_keys(reader, ask, ask_keys);
    const struct vg_yaml *hold = vg_yaml_get(ask, "hold");
    if (hold && !vg_yaml_is(hold, "0"))
        vg_complain(reader, vg_place_of(reader, hold),
                    "leave it out, or write `hold: 0`: `otherwise` decides at once",
                    "a start cannot be held while somebody is asked: no service answers yet");
    return (enum vg_verdict)choice(reader, ask, "otherwise", answers, VG_DENY);
}

void vg_settings_read(struct vg_reader *reader, const struct vg_yaml *map, struct vg_model *settings)
{
    vg_check_keys(reader, map, policy_keys);
    settings->mode = (enum vg_mode)choice(reader, map, "mode", modes, VG_MODE_MONITOR);
    settings->default_verdict = (enum vg_verdict)choice(reader, map, "default", verdicts, VG_ALLOW);
    settings->deny_status = read_deny_status(reader, map);
    settings->ask_otherwise = read_ask(reader, map);
    settings->unknown_matches = choice(reader, map, "unknown", unknowns, 0) == 1;
    settings->watch_images = choice(reader, map, "images", booleans, 0) == 1;
    settings->record_hashes = choice(reader, map, "record-hashes", booleans, 0) == 1;
    if (choice(reader, map, "unsupported", unsupporteds, 0) == 1)
        reader->skip_unsupported = true;
}
