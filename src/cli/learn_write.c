#include "learn.h"

#include <string.h>

#define NAME_SIZE_MAX 1000u

/* A YAML scalar, in single quotes unless something in it has to be escaped. */
static void add_scalar(struct vg_output *policy, const char *text)
{
    bool plain = true;

    for (const char *at = text; *at != '\0'; at++)
        plain = plain && (unsigned char)*at >= 0x20 && (unsigned char)*at < 0x7F;
    if (!plain) {
        vg_output_yaml(policy, text, strlen(text));
        return;
    }
    vg_output_text(policy, "'");
    for (; *text != '\0'; text++) {
        vg_output_add(policy, text, 1);
        if (*text == '\'')
            vg_output_text(policy, "'");
    }
    vg_output_text(policy, "'");
}

/* The value that matches just this text: in Sigma's language a backslash escapes * ? and itself. */
static void add_exact(struct vg_output *policy, const char *text)
{
    struct vg_output escaped = {0};

    for (; *text != '\0'; text++) {
        if (*text == '*' || *text == '?' ||
            (*text == '\\' && (text[1] == '\\' || text[1] == '*' || text[1] == '?' || text[1] == '\0')))
            vg_output_text(&escaped, "\\");
        vg_output_add(&escaped, text, 1);
    }
    vg_output_add(&escaped, "", 1);
    if (escaped.failed)
        policy->failed = true;
    else
        add_scalar(policy, escaped.bytes);
    vg_output_free(&escaped);
}

static void add_count(struct vg_output *policy, const struct vg_learned *entry)
{
    vg_output_format(policy, " # %llu start%s", (unsigned long long)entry->starts,
                     entry->starts == 1 ? "" : "s");
    if (entry->image != NULL) {
        vg_output_text(policy, ": ");
        vg_output_visible(policy, entry->image, strlen(entry->image));
    }
    vg_output_text(policy, "\n");
}

/* Whether the first part of `path` is `name`, without case (both are ASCII where they are the same). */
static bool begins_with(const char *path, const char *name)
{
    for (; *name != '\0'; path++, name++) {
        if ((*path | 0x20) != (*name | 0x20))
            return false;
    }
    return *path == '\\' || *path == '\0';
}

/* The writable folders below the ones that are allowed: "%WINDIR%\System32" and "System32\Tasks". */
static void add_exceptions(struct vg_output *policy, const struct vg_learned *entries, size_t count)
{
    const size_t windir = strlen("%WINDIR%\\");
    bool any = false;

    for (size_t i = 0; vg_learn_writable[i] != NULL; i++) {
        for (size_t j = 0; j < count; j++) {
            size_t length = strlen(entries[j].value);

            if (length <= windir || strncmp(entries[j].value, "%WINDIR%\\", windir) != 0 ||
                !begins_with(vg_learn_writable[i], entries[j].value + windir))
                continue;
            vg_output_text(policy,
                           any ? "" : "    except: # ordinary users can write there\n      Image|under:\n");
            vg_output_text(policy, "        - ");
            vg_output_format(policy, "'%%WINDIR%%\\%s'\n", vg_learn_writable[i]);
            any = true;
            break;
        }
    }
}

/* A rule's name is for people: without what cannot be seen, and cut to what the policy reader takes. */
static void add_parent(struct vg_output *name, const char *parent)
{
    vg_output_text(name, ", started by ");
    vg_output_visible(name, parent, strlen(parent));
    if (name->failed || name->size <= NAME_SIZE_MAX)
        return;
    for (name->size = NAME_SIZE_MAX; (name->bytes[name->size] & 0xC0) == 0x80; name->size--)
        ;
    vg_output_text(name, "...");
}

static void add_rule(struct vg_output *policy, const struct vg_learned *entries, size_t count)
{
    static const char *const names[] = {
        [VG_LEARNED_FOLDER] = "programs installed for all",
        [VG_LEARNED_SHA256] = "programs known by their content",
        [VG_LEARNED_AUTHENTIHASH] = "programs known by their AuthentiHash (the log has no SHA256 of them)",
        [VG_LEARNED_SHA1] = "programs known by their SHA1 (the log has no SHA256 of them)",
        [VG_LEARNED_MD5] = "programs known by their MD5 (the log has no better hash of them)",
        [VG_LEARNED_PATH] = "programs known by their place alone (the log has no hash of them)",
    };
    static const char *const keys[] = {
        [VG_LEARNED_FOLDER] = "Image|under",
        [VG_LEARNED_SHA256] = "SHA256",
        [VG_LEARNED_AUTHENTIHASH] = "AuthentiHash",
        [VG_LEARNED_SHA1] = "SHA1",
        [VG_LEARNED_MD5] = "MD5",
        [VG_LEARNED_PATH] = "Image",
    };
    const struct vg_learned *first = &entries[0];
    struct vg_output name = {0};

    vg_output_text(&name, names[first->kind]);
    if (strcmp(first->parent, "-") == 0)
        vg_output_text(&name, ", started by no process");
    else if (first->parent[0] != '\0')
        add_parent(&name, first->parent);
    vg_output_add(&name, "", 1);
    vg_output_text(policy, "  - allow: ");
    add_scalar(policy, name.failed ? "" : name.bytes);
    vg_output_text(policy, "\n    when:\n");
    if (strcmp(first->parent, "-") == 0) {
        vg_output_text(policy, "      ParentImage: null\n");
    } else if (first->parent[0] != '\0') {
        vg_output_text(policy, "      ParentImage: ");
        add_exact(policy, first->parent);
        vg_output_text(policy, "\n");
    }
    vg_output_format(policy, "      %s:\n", keys[first->kind]);
    for (size_t i = 0; i < count; i++) {
        vg_output_text(policy, "        - ");
        if (first->kind == VG_LEARNED_PATH)
            add_exact(policy, entries[i].value);
        else
            add_scalar(policy, entries[i].value);
        add_count(policy, &entries[i]);
    }
    if (first->kind == VG_LEARNED_FOLDER)
        add_exceptions(policy, entries, count);
    vg_output_free(&name);
}

static bool same_rule(const struct vg_learned *a, const struct vg_learned *b)
{
    size_t length = strcspn(a->key, "\n");

    return a->kind == b->kind && strcspn(b->key, "\n") == length && memcmp(a->key, b->key, length) == 0;
}

void vg_learn_write(const struct vg_learn *learn, struct vg_output *policy)
{
    const struct vg_learned_set *set = &learn->sets[0];

    vg_output_format(policy,
                     "# Learned from %llu starts of programs: it allows these, and denies all others.\n",
                     (unsigned long long)learn->starts[0]);
    if (learn->nameless[0] != 0)
        vg_output_format(policy, "# %llu more have neither a name nor a hash in the log, and are denied.\n",
                         (unsigned long long)learn->nameless[0]);
    vg_output_text(policy, "# Read it, then try it: mode: enforce makes it count.\n"
                           "vigil: 1\nmode: monitor\ndefault: deny\n");
    vg_output_text(policy, set->count != 0 ? "rules:\n" : "rules: []\n");
    for (size_t i = 0; i < set->count;) {
        size_t count = 1;

        while (i + count < set->count && same_rule(&set->entries[i], &set->entries[i + count]))
            count++;
        add_rule(policy, &set->entries[i], count);
        i += count;
    }
}
