/* Between probe.sys and probe.exe. */
#ifndef LAB_PROBE_H
#define LAB_PROBE_H

#define PROBE_DEVICE_NAME L"\\Device\\LabProbe"
#define PROBE_DEVICE_OPEN L"\\\\.\\GLOBALROOT\\Device\\LabProbe"

/* CTL_CODE(FILE_DEVICE_UNKNOWN, 0xA00, METHOD_BUFFERED, FILE_ANY_ACCESS): takes the text recorded so far
 * (UTF-16). */
#define PROBE_IOCTL_TAKE ((0x22u << 16) | (0xA00u << 2))

/* Breaks rules of Windows: forgets pool memory, an object and a handle. */
#define PROBE_IOCTL_MISBEHAVE ((0x22u << 16) | (0xA01u << 2))

#endif
