#include "import_sid.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* S-1- and numbers with dashes between them, at least two. */
static bool is_sid(const char *sid)
{
    unsigned dashes = 0;

    if (strncmp(sid, "S-1-", 4) != 0 || strlen(sid) > 184)
        return false;
    for (const char *at = sid + 4; *at != '\0'; at++) {
        if (*at == '-') {
            if (at[1] < '0' || at[1] > '9')
                return false;
            dashes++;
        } else if (*at < '0' || *at > '9') {
            return false;
        }
    }
    return sid[4] >= '0' && sid[4] <= '9' && dashes >= 1;
}

static bool begins(const char *sid, const char *prefix)
{
    return strncmp(sid, prefix, strlen(prefix)) == 0;
}

static bool is_any(const char *sid, const char *const *list)
{
    for (; *list != NULL; list++)
        if (strcmp(sid, *list) == 0)
            return true;
    return false;
}

/* An account of a machine or of a domain. Numbers from 1000 on are given to users and groups alike. */
static enum vg_sid_kind account(const char *sid)
{
    unsigned long number = strtoul(strrchr(sid, '-') + 1, NULL, 10);

    if (number >= 500 && number <= 504)
        return VG_SID_USER;
    return number < 1000 ? VG_SID_GROUP : VG_SID_EITHER;
}

enum vg_sid_kind vg_sid_kind(const char *sid)
{
    static const char *const users[] = {"S-1-5-18", "S-1-5-19", "S-1-5-20", "S-1-5-7", NULL};

    if (!is_sid(sid))
        return VG_SID_BROKEN;
    if (strcmp(sid, "S-1-1-0") == 0)
        return VG_SID_EVERYONE;
    if (is_any(sid, users))
        return VG_SID_USER;
    if (begins(sid, "S-1-5-21-"))
        return account(sid);
    /* Entra ID; services and application pools, whose SID is a token's user or a group in it. */
    if (begins(sid, "S-1-12-1-") || begins(sid, "S-1-5-80-") || begins(sid, "S-1-5-82-") ||
        begins(sid, "S-1-5-83-") || begins(sid, "S-1-5-90-") || begins(sid, "S-1-5-96-"))
        return VG_SID_EITHER;
    return VG_SID_GROUP;
}
