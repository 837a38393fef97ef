/* What names lead to: the object manager's links, drive letters of one logon session, short names, junctions.
 */
#include "names.h"

#include <stdlib.h>

#include <vigil/text.h>

#include "irql.h"
#include "process.h"
#include "violation.h"
#include "world.h"

/* Below `folder` of `volume`, `from` stands for `to`: a short name for a long one, or a whole path for
 * another place. */
struct alias {
    struct alias *next;
    struct sim_volume *volume;
    UNICODE_STRING path;       /* of the file or folder, with its long name */
    UNICODE_STRING short_name; /* one component; empty for a junction */
    UNICODE_STRING target;     /* native name; empty for a short name */
};

struct letter {
    struct letter *next;
    PEPROCESS process;
    UNICODE_STRING name;
    UNICODE_STRING target;
};

static struct alias *aliases;
static struct letter *letters;

void sim_names_end(void)
{
    while (aliases) {
        struct alias *alias = aliases;
        aliases = alias->next;
        sim_text_free(&alias->path);
        sim_text_free(&alias->short_name);
        sim_text_free(&alias->target);
        free(alias);
    }
    while (letters) {
        struct letter *letter = letters;
        letters = letter->next;
        sim_text_free(&letter->name);
        sim_text_free(&letter->target);
        free(letter);
    }
}

const char *sim_network_device(void)
{
    return sim_windows() < SIM_WINDOWS_7 ? "\\Device\\LanmanRedirector" : "\\Device\\Mup";
}

UNICODE_STRING sim_native_name(const char *path)
{
    UNICODE_STRING name, prefix, native;

    if (path[0] == '\\' && path[1] == '\\') {
        prefix = sim_text(sim_network_device());
        name = sim_text(path + 1);
    } else if (path[0] && path[1] == ':') {
        prefix = sim_text("\\??\\");
        name = sim_text(path);
    } else {
        return sim_text(path);
    }
    native = sim_text_join(&prefix, &name);
    sim_text_free(&prefix);
    sim_text_free(&name);
    return native;
}

static void add_alias(const char *path, const char *short_name, const char *target)
{
    struct alias *alias = sim_alloc(sizeof(*alias));
    UNICODE_STRING name = sim_native_name(path);
    bool reparsed;

    if (!NT_SUCCESS(sim_parse_name(&name, NULL, &alias->volume, &alias->path, &reparsed)))
        sim_violation("the test names %s, which is on no volume it made", path);
    sim_text_free(&name);
    alias->short_name = sim_text(short_name);
    alias->target = *target ? sim_native_name(target) : sim_text("");
    pthread_mutex_lock(&sim_volume_lock);
    alias->next = aliases;
    aliases = alias;
    pthread_mutex_unlock(&sim_volume_lock);
}

void sim_set_short_name(const char *path, const char *short_name)
{
    add_alias(path, short_name, "");
}

void sim_add_junction(const char *path, const char *target)
{
    add_alias(path, "", target);
}

void sim_define_dos_device(PEPROCESS process, const char *name, const char *target)
{
    struct letter *letter = sim_alloc(sizeof(*letter));

    letter->process = process;
    letter->name = sim_text(name);
    letter->target = sim_native_name(target);
    pthread_mutex_lock(&sim_volume_lock);
    letter->next = letters;
    letters = letter;
    pthread_mutex_unlock(&sim_volume_lock);
}

/* `whole` with its first `drop` bytes replaced by `head`, taking the place of `*whole`. */
static void replace_head(UNICODE_STRING *whole, USHORT drop, const UNICODE_STRING *head)
{
    UNICODE_STRING rest = {(USHORT)(whole->Length - drop), 0, (PWSTR)(void *)((char *)whole->Buffer + drop)};
    UNICODE_STRING made = sim_text_join(head, &rest);

    sim_text_free(whole);
    *whole = made;
}

/* `prefix` is ASCII. */
static bool starts_with(const UNICODE_STRING *name, const char *prefix, USHORT *length)
{
    USHORT count = (USHORT)strlen(prefix);

    *length = (USHORT)(count * 2);
    if (name->Length < *length)
        return false;
    for (USHORT i = 0; i < count; i++) {
        if (vg_upcase(name->Buffer[i]) != vg_upcase((uint16_t)prefix[i]))
            return false;
    }
    return true;
}

/* Follows `\??\X:` once. Returns false if it names no device. */
static bool follow_letter(UNICODE_STRING *name, USHORT prefix, PEPROCESS process, bool global)
{
    UNICODE_STRING rest = {(USHORT)(name->Length - prefix), 0,
                           (PWSTR)(void *)((char *)name->Buffer + prefix)};

    for (const struct letter *letter = letters; letter && !global; letter = letter->next) {
        if (letter->process == process && sim_text_starts(&rest, &letter->name)) {
            replace_head(name, (USHORT)(prefix + letter->name.Length), &letter->target);
            return true;
        }
    }
    if (sim_is_booting() && sim_self()->in_kernel) /* a test may use letters before the system has them */
        return false;
    for (struct sim_volume *volume = sim_volume_list(); volume; volume = volume->next) {
        if (volume->letter.Length && sim_text_starts(&rest, &volume->letter)) {
            UNICODE_STRING root = sim_text_join(&volume->device_name, &volume->prefix);
            replace_head(name, (USHORT)(prefix + volume->letter.Length), &root);
            sim_text_free(&root);
            return true;
        }
    }
    return false;
}

/* Follows one symbolic link of the object manager, if the name starts with one. */
static NTSTATUS follow_link(UNICODE_STRING *name, PEPROCESS process, bool *followed)
{
    static const char *const roots[] = {"\\??\\", "\\DosDevices\\", "\\GLOBAL??\\"};
    USHORT length;
    UNICODE_STRING head;

    *followed = true;
    if (starts_with(name, "\\SystemRoot\\", &length)) {
        head = sim_text("\\Device\\HarddiskVolume2\\Windows\\");
        replace_head(name, length, &head);
        sim_text_free(&head);
        return STATUS_SUCCESS;
    }
    for (unsigned i = 0; i < 3; i++) {
        if (!starts_with(name, roots[i], &length))
            continue;
        if (starts_with(name, i ? "\\GLOBAL??\\UNC\\" : "\\??\\UNC\\", &length)) {
            head = sim_text(sim_network_device());
            length = (USHORT)(length - sizeof(WCHAR)); /* its backslash stays */
            replace_head(name, length, &head);
            sim_text_free(&head);
            return STATUS_SUCCESS;
        }
        starts_with(name, roots[i], &length);
        return follow_letter(name, length, process, i == 2) ? STATUS_SUCCESS : STATUS_OBJECT_NAME_NOT_FOUND;
    }
    *followed = false;
    return STATUS_SUCCESS;
}

static NTSTATUS find_volume(const UNICODE_STRING *name, struct sim_volume **volume, UNICODE_STRING *path)
{
    for (struct sim_volume *at = sim_volume_list(); at; at = at->next) {
        UNICODE_STRING root = sim_text_join(&at->device_name, &at->prefix);
        UNICODE_STRING rest = {(USHORT)(name->Length - root.Length), 0,
                               (PWSTR)(void *)((char *)name->Buffer + root.Length)};
        bool here = sim_text_starts(name, &root) && (rest.Length == 0 || rest.Buffer[0] == '\\');

        sim_text_free(&root);
        if (here) {
            *volume = at;
            *path = sim_text_copy(&rest);
            return STATUS_SUCCESS;
        }
    }
    return STATUS_OBJECT_NAME_NOT_FOUND;
}

NTSTATUS sim_parse_name(const UNICODE_STRING *name, PEPROCESS process, struct sim_volume **volume,
                        UNICODE_STRING *path, bool *reparsed)
{
    UNICODE_STRING native = sim_text_copy(name);
    NTSTATUS status = STATUS_SUCCESS;
    bool followed = true;

    *reparsed = false;
    pthread_mutex_lock(&sim_volume_lock);
    for (unsigned links = 0; followed && NT_SUCCESS(status); links++) {
        status = links < 8 ? follow_link(&native, process, &followed) : STATUS_OBJECT_PATH_INVALID;
        *reparsed |= followed;
    }
    if (NT_SUCCESS(status))
        status = find_volume(&native, volume, path);
    pthread_mutex_unlock(&sim_volume_lock);
    sim_text_free(&native);
    return status;
}

static const struct alias *short_alias(const struct sim_volume *volume, const UNICODE_STRING *folder,
                                       const UNICODE_STRING *component)
{
    for (const struct alias *alias = aliases; alias; alias = alias->next) {
        USHORT last = alias->path.Length;
        while (last && alias->path.Buffer[last / 2 - 1] != '\\')
            last = (USHORT)(last - 2);
        UNICODE_STRING parent = {(USHORT)(last ? last - 2 : 0), 0, alias->path.Buffer};
        if (alias->short_name.Length && alias->volume == volume && sim_text_equal(&parent, folder) &&
            sim_text_equal(&alias->short_name, component))
            return alias;
    }
    return NULL;
}

static const struct alias *junction_at(const struct sim_volume *volume, const UNICODE_STRING *folder)
{
    for (const struct alias *alias = aliases; alias; alias = alias->next) {
        if (alias->target.Length && alias->volume == volume && sim_text_equal(&alias->path, folder))
            return alias;
    }
    return NULL;
}

static UNICODE_STRING append_component(UNICODE_STRING *folder, const UNICODE_STRING *component)
{
    static WCHAR separator[] = {'\\'};
    UNICODE_STRING slash = {2, 2, separator}, with_slash = sim_text_join(folder, &slash);
    UNICODE_STRING made = sim_text_join(&with_slash, component);

    sim_text_free(&with_slash);
    return made;
}

struct sim_file *sim_lookup(struct sim_volume **volume, const UNICODE_STRING *path, bool *through_junction)
{
    UNICODE_STRING at, rest = *path;
    struct sim_file *file;

    if (!aliases)
        return sim_file_at(*volume, path);
    at = sim_text("");
    while (rest.Length) {
        UNICODE_STRING component = {0, 0, rest.Buffer + 1};
        while (2u + component.Length < rest.Length && component.Buffer[component.Length / 2] != '\\')
            component.Length = (USHORT)(component.Length + 2);
        const struct alias *alias = short_alias(*volume, &at, &component);
        UNICODE_STRING next = alias ? sim_text_copy(&alias->path) : append_component(&at, &component);
        sim_text_free(&at);
        at = next;
        rest.Buffer += component.Length / 2 + 1;
        rest.Length = (USHORT)(rest.Length - component.Length - 2);
        alias = junction_at(*volume, &at);
        if (alias) {
            UNICODE_STRING target = alias->target, whole = sim_text_join(&target, &rest), below;
            bool reparsed;
            pthread_mutex_unlock(&sim_volume_lock);
            NTSTATUS status = sim_parse_name(&whole, NULL, volume, &below, &reparsed);
            pthread_mutex_lock(&sim_volume_lock);
            sim_text_free(&whole);
            sim_text_free(&at);
            if (!NT_SUCCESS(status))
                return NULL;
            file = sim_lookup(volume, &below, through_junction);
            sim_text_free(&below);
            *through_junction = true;
            return file;
        }
    }
    file = sim_file_at(*volume, &at);
    sim_text_free(&at);
    return file;
}
