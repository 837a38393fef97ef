#include "command.h"
#include "message.h"
#include "sha256.h"
#include "visible.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

static void hex(const uint8_t digest[VG_SHA256_SIZE], char out[2 * VG_SHA256_SIZE + 1])
{
    for (size_t i = 0; i < VG_SHA256_SIZE; i++)
        snprintf(out + 2 * i, 3, "%02x", digest[i]);
}

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

/* As the text file that `SHA256|file:` names takes it: the name is a comment. */
static void print_list_line(const char *digest, const char *path)
{
    printf("%s # ", digest);
    vg_print_visible(stdout, path, strlen(path));
    putchar('\n');
}

static int print_json(const char *digest, const char *path)
{
    json_t *object = json_pack("{s:s?, s:s}", "File", path, "SHA256", digest);
    int result = VG_EXIT_OK;

    if (object == NULL)
        object = json_pack("{s:n, s:s}", "File", "SHA256", digest); /* a name that is not UTF-8 */
    if (object == NULL || json_dumpf(object, stdout, JSON_COMPACT) != 0)
        result = VG_EXIT_ERROR;
    putchar('\n');
    json_decref(object);
    return result;
}

static int run(const struct vg_arguments *arguments)
{
    bool json = vg_arguments_flag(arguments, "json");
    int result = VG_EXIT_OK;

    for (size_t i = 0; i < arguments->operand_count; i++) {
        uint8_t digest[VG_SHA256_SIZE];
        char text[2 * VG_SHA256_SIZE + 1];

        if (!vg_sha256_file(arguments->operands[i], digest)) {
            result = VG_EXIT_ERROR;
            continue;
        }
        hex(digest, text);
        if (vg_arguments_flag(arguments, "list"))
            print_list_line(text, arguments->operands[i]);
        else if (!json)
            print_line(text, arguments->operands[i]);
        else if (print_json(text, arguments->operands[i]) != VG_EXIT_OK)
            result = VG_EXIT_ERROR;
    }
    return result;
}

static const struct vg_option options[] = {
    {.name = "list", .text = "lines for a policy's list of hashes, with the name as a comment"},
    {.name = "json", .text = "one JSON object a line: File, SHA256"},
    {0},
};

const struct vg_command vg_command_hash = {
    .name = "hash",
    .summary = "SHA-256 of files, as a policy's hash lists take it",
    .usage = "[--list] [--json] FILE...",
    .description = "Prints the SHA-256 of each file's content, in the form of sha256sum; with --list in the "
                   "form of the text\n"
                   "file that a policy names with `SHA256|file:`.\n",
    .options = options,
    .examples = "  vigil hash setup.exe\n"
                "  vigil hash --list Downloads/*.exe >>bad.sha256\n",
    .exit_codes = "  0  every file was hashed\n"
                  "  1  some file could not be read; standard error says which, the others were hashed\n"
                  "  2  the command line was wrong\n",
    .operands_min = 1,
    .operands_max = SIZE_MAX,
    .operand = "FILE",
    .run = run,
};
