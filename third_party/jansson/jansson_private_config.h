/* jansson's private configuration, for clang with mingw-w64. The seed of its hash tables comes from
 * CryptGenRandom. */
#define HAVE_STDINT_H           1
#define HAVE_FCNTL_H            1
#define HAVE_SYS_STAT_H         1
#define HAVE_SYS_TYPES_H        1
#define HAVE_UNISTD_H           1
#define HAVE_LOCALE_H           1
#define HAVE_SETLOCALE          1
#define HAVE_ATOMIC_BUILTINS    1
#define HAVE_SYNC_BUILTINS      1
#define USE_WINDOWS_CRYPTOAPI   1
#define INITIAL_HASHTABLE_ORDER 3
