/* The words for the numbers in events, shared by the JSON and the line for people. */
#ifndef VG_CLI_EVENT_WORDS_H
#define VG_CLI_EVENT_WORDS_H

#include <stdint.h>

#include <vigil/abi.h>

/* Never NULL: a number that has no word is "unknown". */
const char *vg_verdict_word(uint8_t verdict);          /* allow, deny, ask */
const char *vg_reason_word(uint8_t reason);            /* rule, default, ... */
const char *vg_guard_word(uint8_t guard);              /* none, system-creator, ... */
const char *vg_cut_short_word(uint8_t cut_short);      /* none, time, ... */
const char *vg_image_source_word(uint8_t source);      /* normalized, file-name, ... */
const char *vg_enforcement_word(uint32_t enforcement); /* enforcing, monitor-safe-mode, ... */

/* A place for one formatted text. */
struct vg_short_text {
    char text[48];
};

/* 100 ns since 1601 as Sysmon writes it: "2024-02-29 12:34:56.789" (UTC). */
struct vg_short_text vg_utc_time(uint64_t time);

/* "{A23EAE89-BD56-5903-0000-0010E9D95E00}". */
struct vg_short_text vg_guid_text(const struct vg_guid *guid);

#endif
