/* What the launcher and the hook say to lab.sys. All requests are METHOD_BUFFERED; the texts follow the
 * structure. */
#ifndef LAB_PROTOCOL_H
#define LAB_PROTOCOL_H

#include <stdint.h>

#define LAB_DEVICE_NAME L"\\Device\\VigilLab"
#define LAB_HOOK_PATH   L"C:\\lab\\lab-hook.dll"

/* CTL_CODE(FILE_DEVICE_UNKNOWN, 0x900 + n, METHOD_BUFFERED, FILE_ANY_ACCESS) */
#define LAB_IOCTL(n)      ((0x22u << 16) | ((0x900u + (n)) << 2))
#define LAB_IOCTL_CREATED LAB_IOCTL(0) /* lab_created -> lab_answer: may this new, suspended process run? */
#define LAB_IOCTL_EXITED  LAB_IOCTL(1) /* lab_exited -> lab_answer */
#define LAB_IOCTL_LOADED  LAB_IOCTL(2) /* lab_loaded -> lab_answer */
#define LAB_IOCTL_STATUS  LAB_IOCTL(3) /* nothing -> lab_status */

enum lab_created_flags {
    LAB_IF_UNKNOWN = 1,   /* the launcher's question: answer at once when the hook has already asked */
    LAB_NO_OPEN_NAME = 2, /* the creator gave no file name (FileOpenNameAvailable is clear) */
};

struct lab_created {
    uint32_t process_id;
    uint32_t thread_id;
    uint32_t parent_process_id;
    uint32_t creator_process_id;
    uint32_t creator_thread_id;
    uint32_t flags;
    uint32_t image_bytes; /* the NT name (\??\C:\...) that was opened, UTF-16 */
    uint32_t command_line_bytes;
};

struct lab_exited {
    uint32_t process_id;
    int32_t exit_status;
};

struct lab_loaded {
    uint64_t base;
    uint64_t size;
    uint32_t process_id;
    uint32_t image_bytes; /* a DOS or NT name */
};

struct lab_answer {
    int32_t status; /* the NTSTATUS that the creation ends with */
    uint32_t known; /* 1: the hook had asked before */
};

struct lab_status {
    uint32_t processes;  /* live ones in the lab's table */
    uint32_t registered; /* process routines */
    uint32_t images;     /* image routines */
    uint32_t violations; /* of Windows' rules, seen since lab.sys was loaded; lab.log says which */
    uint64_t starts, exits, denied, unhooked;
    uint64_t stack; /* the most bytes that a routine took */
};

#endif
