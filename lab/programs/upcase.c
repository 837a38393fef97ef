/* upcase: compares Vigil's case folding with the system's RtlUpcaseUnicodeChar for all 65,536 units. */
#include <windows.h>

#include <stdio.h>

#include <vigil/text.h>

WCHAR NTAPI RtlUpcaseUnicodeChar(WCHAR);

int wmain(void)
{
    unsigned different = 0;

    for (unsigned unit = 0; unit <= 0xFFFF; unit++) {
        WCHAR system = RtlUpcaseUnicodeChar((WCHAR)unit);

        if (vg_upcase((uint16_t)unit) != system) {
            printf("U+%04X: %04X, the system says %04X\n", unit, vg_upcase((uint16_t)unit), system);
            different++;
        }
    }
    printf("%u units differ\n", different);
    return different != 0;
}
