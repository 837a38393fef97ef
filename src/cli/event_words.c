#include "event_words.h"

#include <stddef.h>
#include <stdio.h>

static const char *word(const char *const *words, size_t count, uint32_t number)
{
    return number < count ? words[number] : "unknown";
}

const char *vg_verdict_word(uint8_t verdict)
{
    static const char *const words[] = {"allow", "deny", "ask"};

    return word(words, sizeof(words) / sizeof(words[0]), verdict);
}

const char *vg_reason_word(uint8_t reason)
{
    static const char *const words[] = {"rule", "default", "no-policy", "failure", "earlier-driver"};

    return word(words, sizeof(words) / sizeof(words[0]), reason);
}

const char *vg_guard_word(uint8_t guard)
{
    static const char *const words[] = {"none",      "system-creator", "protected", "tool",  "nameless",
                                        "safe-mode", "boot",           "monitor",   "failed"};

    return word(words, sizeof(words) / sizeof(words[0]), guard);
}

const char *vg_image_source_word(uint8_t source)
{
    static const char *const words[] = {"normalized", "file-name", "file-object",
                                        "process",    "open-name", "none"};

    return word(words, sizeof(words) / sizeof(words[0]), source);
}

const char *vg_cut_short_word(uint8_t cut_short)
{
    static const char *const words[] = {"none", "time", "creator-ended", "stopping"};

    return word(words, sizeof(words) / sizeof(words[0]), cut_short);
}

const char *vg_enforcement_word(uint32_t enforcement)
{
    static const char *const words[] = {"enforcing",         "monitor-by-policy",   "monitor-no-policy",
                                        "monitor-safe-mode", "monitor-boot-failed", "enforcing-denies"};

    return word(words, sizeof(words) / sizeof(words[0]), enforcement);
}

/* Days since 1970-01-01 to a civil date, by Howard Hinnant's algorithm (valid far beyond what 64 bits of 100
 * ns hold). */
static void civil_date(int64_t days, int64_t *year, unsigned *month, unsigned *day)
{
    int64_t shifted = days + 719468;
    int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
    unsigned day_of_era = (unsigned)(shifted - era * 146097);
    unsigned year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    unsigned day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    unsigned shifted_month = (5 * day_of_year + 2) / 153;

    *day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    *month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
    *year = (int64_t)year_of_era + era * 400 + (*month <= 2);
}

struct vg_short_text vg_utc_time(uint64_t time)
{
    const int64_t days_1601_to_1970 = 134774;
    uint64_t milliseconds = time / 10000;
    unsigned in_day = (unsigned)(milliseconds % 86400000);
    struct vg_short_text out;
    unsigned month;
    unsigned day;
    int64_t year;

    civil_date((int64_t)(milliseconds / 86400000) - days_1601_to_1970, &year, &month, &day);
    snprintf(out.text, sizeof(out.text), "%04lld-%02u-%02u %02u:%02u:%02u.%03u", (long long)year, month, day,
             in_day / 3600000, in_day / 60000 % 60, in_day / 1000 % 60, in_day % 1000);
    return out;
}

struct vg_short_text vg_guid_text(const struct vg_guid *guid)
{
    const uint8_t *b = guid->bytes;
    struct vg_short_text out;

    snprintf(out.text, sizeof(out.text),
             "{%02X%02X%02X%02X-%02X%02X-%02X%02X-%02X%02X-%02X%02X%02X%02X%02X%02X}", b[3], b[2], b[1], b[0],
             b[5], b[4], b[7], b[6], b[8], b[9], b[10], b[11], b[12], b[13], b[14], b[15]);
    return out;
}
