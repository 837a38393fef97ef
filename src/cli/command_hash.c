#include "command.h"
#include "hashes.h"
#include "json_write.h"
#include "message.h"
#include "visible.h"

#include <stdio.h>
#include <string.h>

#define LINE_SIZE (VG_HASH_COUNT * (2 * VG_DIGEST_SIZE_MAX + sizeof("AuthentiHash=,")))

/* As sha256sum prints it: a name with a line break is escaped, and the line begins with a backslash then.
 * (Older sha256sums escape every backslash too; newer ones do not, and Windows' paths are full of them. All
 * of them read this form.) */
static void print_line(const char *digest, const char *path)
{
    if (strpbrk(path, "\n\r") == NULL) {
        printf("%s  %s\n", digest, path);
        return;
    }
    printf("\\%s  ", digest);
    for (; *path != '\0'; path++) {
        if (*path == '\\' || *path == '\n' || *path == '\r')
            printf("\\%c", *path == '\\' ? '\\' : *path == '\n' ? 'n' : 'r');
        else
            putchar(*path);
    }
    putchar('\n');
}

/* As the text file that `SHA256|file:` or `Hashes|file:` names takes it: the file's name is a comment. Only
 * SHA-256 alone goes without its own. */
static void print_list(const struct vg_hashes *hashes, unsigned wanted, const char *path)
{
    char digits[2 * VG_DIGEST_SIZE_MAX + 1];

    for (unsigned name = 0; name < VG_HASH_COUNT; name++) {
        if ((wanted & hashes->known & VG_HASH_BIT(name)) == 0)
            continue;
        vg_hash_digits(hashes, (enum vg_hash_name)name, digits);
        if (wanted != VG_HASH_BIT(VG_HASH_SHA256))
            printf("%s=", vg_hash_title((enum vg_hash_name)name));
        printf("%s # ", digits);
        vg_print_visible(stdout, path, strlen(path));
        putchar('\n');
    }
}

static int print_json(const char *path, unsigned wanted, const struct vg_hashes *hashes)
{
    struct vg_json_writer writer;
    yyjson_mut_val *object;

    vg_json_begin(&writer);
    object = vg_json_object(&writer);
    vg_json_put_text(&writer, object, "File", path);
    for (unsigned name = 0; name < VG_HASH_COUNT; name++) {
        char digits[2 * VG_DIGEST_SIZE_MAX + 1];
        bool known = (hashes->known & VG_HASH_BIT(name)) != 0;

        if ((wanted & VG_HASH_BIT(name)) == 0)
            continue;
        if (known)
            vg_hash_digits(hashes, (enum vg_hash_name)name, digits);
        vg_json_put_text(&writer, object, vg_hash_title((enum vg_hash_name)name), known ? digits : NULL);
    }
    return vg_json_write(&writer, object, stdout) ? VG_EXIT_OK : VG_EXIT_ERROR;
}

/* Which hashes the command line asks for. */
static unsigned wanted_by(const struct vg_arguments *arguments)
{
    static const struct {
        const char *option;
        unsigned hashes;
    } choices[] = {
        {"md5", VG_HASH_BIT(VG_HASH_MD5)},
        {"sha1", VG_HASH_BIT(VG_HASH_SHA1)},
        {"sha256", VG_HASH_BIT(VG_HASH_SHA256)},
        {"imphash", VG_HASH_BIT(VG_HASH_IMPHASH)},
        {"authentihash", VG_HASH_BIT(VG_HASH_AUTHENTIHASH)},
        {"all", VG_HASHES_SYSMON},
    };
    unsigned wanted = 0;

    for (size_t i = 0; i < sizeof(choices) / sizeof(*choices); i++) {
        if (vg_arguments_flag(arguments, choices[i].option))
            wanted |= choices[i].hashes;
    }
    return wanted != 0 ? wanted : VG_HASH_BIT(VG_HASH_SHA256);
}

static bool is_one(unsigned wanted)
{
    return (wanted & (wanted - 1)) == 0;
}

/* One hash as it is; several as Sysmon shows them, who writes zeros for what a file does not have. */
static void write_hashes(unsigned wanted, const struct vg_hashes *hashes, char *out)
{
    *out = '\0';
    for (unsigned name = 0; name < VG_HASH_COUNT; name++) {
        struct vg_hashes shown = *hashes;

        if ((wanted & VG_HASH_BIT(name)) == 0)
            continue;
        if ((shown.known & VG_HASH_BIT(name)) == 0)
            memset(shown.digests[name], 0, sizeof(shown.digests[name]));
        if (!is_one(wanted))
            out += sprintf(out, "%s%s=", (wanted & (VG_HASH_BIT(name) - 1)) != 0 ? "," : "",
                           vg_hash_title((enum vg_hash_name)name));
        vg_hash_digits(&shown, (enum vg_hash_name)name, out);
        if (!is_one(wanted)) {
            for (char *at = out; *at != '\0'; at++)
                *at = *at >= 'a' ? (char)(*at - ('a' - 'A')) : *at;
        }
        out += strlen(out);
    }
}

static int hash(const struct vg_arguments *arguments, const char *path, unsigned wanted)
{
    char text[LINE_SIZE];
    struct vg_hashes hashes;

    if (!vg_hashes_of_file(path, wanted, &hashes))
        return VG_EXIT_ERROR;
    if (vg_arguments_flag(arguments, "json"))
        return print_json(path, wanted, &hashes);
    if (is_one(wanted) && hashes.known == 0) {
        vg_say_error(wanted == VG_HASH_BIT(VG_HASH_IMPHASH)
                         ? "%s has no IMPHASH: it imports nothing, or is no image"
                         : "%s has no AuthentiHash: it is no image",
                     path);
        return VG_EXIT_ERROR;
    }
    if (vg_arguments_flag(arguments, "list")) {
        print_list(&hashes, wanted, path);
        return VG_EXIT_OK;
    }
    write_hashes(wanted, &hashes, text);
    print_line(text, path);
    return VG_EXIT_OK;
}

static int run(const struct vg_arguments *arguments)
{
    unsigned wanted = wanted_by(arguments);
    int result = VG_EXIT_OK;

    for (size_t i = 0; i < arguments->operand_count; i++) {
        if (hash(arguments, arguments->operands[i], wanted) != VG_EXIT_OK)
            result = VG_EXIT_ERROR;
    }
    return result;
}

static const struct vg_option options[] = {
    {.name = "sha256", .text = "SHA-256, as without any of these"},
    {.name = "md5", .text = "MD5"},
    {.name = "sha1", .text = "SHA-1"},
    {.name = "imphash", .text = "IMPHASH: the MD5 of what an image imports, as pefile and Sysmon compute it"},
    {.name = "authentihash", .text = "AuthentiHash: the SHA-256 of what a signature of an image covers"},
    {.name = "all", .text = "SHA1, MD5, SHA256 and IMPHASH"},
    {.name = "list", .text = "lines for a policy's list of hashes, with the name as a comment"},
    {.name = "json", .text = "one JSON object a line: File, and each hash under its name"},
    {0},
};

const struct vg_command vg_command_hash = {
    .name = "hash",
    .summary = "hashes of files, as a policy's hash lists take them",
    .usage = "[--sha256] [--md5] [--sha1] [--imphash] [--authentihash] [--all] [--list] [--json] FILE...",
    .description =
        "Prints the SHA-256 of each file's content, in the form of sha256sum; with --list in the "
        "form of the text\n"
        "file that a policy names with `SHA256|file:`; other hashes stand there with their names, "
        "for `Hashes|file:`.\n"
        "Otherwise several hashes stand in one line as Sysmon writes them: SHA1=...,MD5=...; zeros "
        "are for what\n"
        "a file does not have.\n",
    .options = options,
    .examples = "  vigil hash setup.exe\n"
                "  vigil hash --all C:\\Windows\\System32\\cmd.exe\n"
                "  vigil hash --list Downloads/*.exe >>bad.sha256\n"
                "  vigil hash --list --all Downloads/*.exe >>bad.hashes\n",
    .exit_codes = "  0  every file was hashed\n"
                  "  1  some file could not be read or has no such hash; standard error says which, the "
                  "others were hashed\n"
                  "  2  the command line was wrong\n",
    .operands_min = 1,
    .operands_max = SIZE_MAX,
    .operand = "FILE",
    .run = run,
};
