/* SIM_ASAN, SIM_TSAN: whether this is built under AddressSanitizer or ThreadSanitizer. SIM_POISON puts memory
 * out of bounds under the former, and does nothing else. */
#ifndef SIM_SANITIZERS_H
#define SIM_SANITIZERS_H

#if defined(__SANITIZE_ADDRESS__)
#define SIM_ASAN 1
#elif defined(__SANITIZE_THREAD__)
#define SIM_TSAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SIM_ASAN 1
#elif __has_feature(thread_sanitizer)
#define SIM_TSAN 1
#endif
#endif
#ifndef SIM_ASAN
#define SIM_ASAN 0
#endif
#ifndef SIM_TSAN
#define SIM_TSAN 0
#endif

#if SIM_ASAN
#include <sanitizer/asan_interface.h>
#define SIM_POISON(address, size)   ASAN_POISON_MEMORY_REGION(address, size)
#define SIM_UNPOISON(address, size) ASAN_UNPOISON_MEMORY_REGION(address, size)
#else
#define SIM_POISON(address, size)   ((void)(address), (void)(size))
#define SIM_UNPOISON(address, size) ((void)(address), (void)(size))
#endif

#endif
