/* Words to the compiler. Freestanding. */
#ifndef VIGIL_COMPILER_H
#define VIGIL_COMPILER_H

/* VG_PREFETCH asks for the line of memory at an address that is about to be used; only a hint: any address
 * will do, at any IRQL, and nothing is read. A function that is VG_NOINLINE keeps its frame to itself: its
 * caller's stack holds no room for it while other things are called. */
#if defined(__GNUC__) || defined(__clang__)
#define VG_PREFETCH(address) __builtin_prefetch(address)
#define VG_NOINLINE          __attribute__((noinline))
#elif defined(_MSC_VER)
#define VG_PREFETCH(address) ((void)(address))
#define VG_NOINLINE          __declspec(noinline)
#else
#define VG_PREFETCH(address) ((void)(address))
#define VG_NOINLINE
#endif

#endif
