/* What struct vg_abi_status says, in words. Static texts. */
#ifndef VG_WIN_STATUS_WORDS_H
#define VG_WIN_STATUS_WORDS_H

#include <stdint.h>

/* What the driver does with its verdicts. enum vg_abi_enforcement; src/cli/event_words.h has the word for
 * machines. */
const char *vg_enforcement_sentence(uint32_t enforcement);

/* "policy", "monitor", "enforce": enum vg_abi_mode_override. */
const char *vg_override_word(uint32_t override_mode);

/* The routine that registered_with stands for. */
const char *vg_registration_word(uint32_t registered_with);

#endif
