/* What a regular expression costs: its table, compiling, checking, and a unit of a command line that is read
 * to the end. One line per expression; without arguments a few that are typical. Not a test. */
#define _POSIX_C_SOURCE 200809L

#include "../src/regex/compile.h"
#include "../src/regex/match.h"
#include "../src/regex/table.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define ROUNDS 200000u

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static struct vg_span to_units(const char *utf8, uint16_t *units, size_t room)
{
    size_t count = 0;

    if (!vg_utf16_from_utf8(utf8, strlen(utf8), units, room, &count, NULL) || count > room)
        count = 0;
    return (struct vg_span){units, (uint32_t)count * 2};
}

static double measure(const void *table, struct vg_span text)
{
    static volatile unsigned found;
    double begin = now();

    for (unsigned round = 0; round < ROUNDS; round++)
        found += vg_regex_match(table, text);
    return (now() - begin) / ROUNDS;
}

static int run(const char *pattern)
{
    static uint16_t pattern_units[VG_REGEX_MAX_PATTERN];
    static uint16_t text_units[1024];
    struct vg_span text =
        to_units("\"C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe\" --type=renderer "
                 "--string-annotations --lang=de --device-scale-factor=1 --num-raster-threads=4",
                 text_units, sizeof(text_units) / sizeof(*text_units));
    struct vg_regex_error error;
    struct vg_regex regex;
    double begin = now();
    double compiled;
    double checked;

    if (!vg_regex_compile(to_units(pattern, pattern_units, VG_REGEX_MAX_PATTERN), 0, &regex, &error)) {
        fprintf(stderr, "%s: %s\n", pattern, error.message);
        return 1;
    }
    compiled = now();
    (void)vg_regex_check(regex.table, regex.size);
    checked = now();
    printf("%6zu bytes, %7.1f ms to compile, %6.1f us to check, %5.0f ns for %u units, %s: %s\n", regex.size,
           (compiled - begin) / 1e6, (checked - compiled) / 1e3, measure(regex.table, text),
           vg_unit_count(text), vg_regex_match(regex.table, text) ? "found" : "not found", pattern);
    vg_regex_free(&regex);
    return 0;
}

int main(int count, char **arguments)
{
    static const char *const typical[] = {
        "\\s-H\\s",
        "(?i)\\s(-u|--user)\\s*:",
        "://[0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]{1,3}",
        "cmd.{0,5}(?:/c|/r).+powershell.+(?:\\$\\{?input\\}?|noexit).+\\\"",
        "(?:[Pp]rogram[Dd]ata|\\\\[Aa]pp[Dd]ata\\\\(?:[Ll]ocal(?:[Ll]ow)?|[Rr]oaming))\\\\[^\\\\]{1,256}$",
    };
    int failed = 0;

    for (unsigned at = 0; count < 2 && at < sizeof(typical) / sizeof(*typical); at++)
        failed |= run(typical[at]);
    for (int at = 1; at < count; at++)
        failed |= run(arguments[at]);
    return failed;
}
