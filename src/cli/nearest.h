/* The known word that somebody probably meant. */
#ifndef VG_CLI_NEAREST_H
#define VG_CLI_NEAREST_H

#include <stddef.h>

/* How many letters have to be changed, added, dropped or swapped with their neighbour to make one word of the
 * other, without case and with `_` like `-`. Words longer than 64 bytes are told apart by their first 64. */
unsigned vg_word_distance(const char *a, const char *b);

/* Whether `distance` is near enough for a word of that length to be offered as what was meant. */
int vg_near_enough(unsigned distance, size_t length);

#endif
