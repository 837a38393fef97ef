/* What clang calls in 32-bit code and finds in no library here: the names are the compiler's own. Divisions
 * of 64-bit numbers are the kernel's, which exports them for Microsoft's compiler; memcmp it does not export.
 */
#include "../kernel.h"

__declspec(dllimport) ULONGLONG NTAPI _aulldiv(ULONGLONG dividend, ULONGLONG divisor);
__declspec(dllimport) ULONGLONG NTAPI _aullrem(ULONGLONG dividend, ULONGLONG divisor);

ULONGLONG __udivdi3(ULONGLONG dividend, ULONGLONG divisor);
ULONGLONG __umoddi3(ULONGLONG dividend, ULONGLONG divisor);

ULONGLONG __udivdi3(ULONGLONG dividend, ULONGLONG divisor)
{
    return _aulldiv(dividend, divisor);
}

ULONGLONG __umoddi3(ULONGLONG dividend, ULONGLONG divisor)
{
    return _aullrem(dividend, divisor);
}

int __cdecl memcmp(const void *a, const void *b, size_t size)
{
    const uint8_t *left = a;
    const uint8_t *right = b;

    for (size_t i = 0; i < size; i++) {
        if (left[i] != right[i])
            return left[i] < right[i] ? -1 : 1;
    }
    return 0;
}
