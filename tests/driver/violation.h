/* Tests of what must end a run: the body runs in a child, which must stop with the sentence. */
#ifndef VG_TESTS_DRIVER_VIOLATION_H
#define VG_TESTS_DRIVER_VIOLATION_H

/* Fails the calling test unless `body` is stopped by the sim with a sentence that contains `sentence`. */
void assert_violation(void (*body)(void), const char *sentence);

#endif
