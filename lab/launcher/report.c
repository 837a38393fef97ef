#include "launcher.h"

#include <stdlib.h>
#include <string.h>
#include <winternl.h>

#define DEVICE              L"\\\\.\\GLOBALROOT" LAB_DEVICE_NAME
#define NAME_CHARACTERS_MAX 32768

static HANDLE device = INVALID_HANDLE_VALUE;

BOOL lab_report_open(void)
{
    device =
        CreateFileW(DEVICE, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING, 0, NULL);
    return device != INVALID_HANDLE_VALUE;
}

static BOOL tell(DWORD code, void *request, DWORD size, struct lab_answer *answer)
{
    DWORD written;

    if (DeviceIoControl(device, code, request, size, answer, sizeof(*answer), &written, NULL))
        return TRUE;
    lab_complain("lab.sys did not take a report", GetLastError());
    return FALSE;
}

void lab_report_exited(DWORD process_id, DWORD exit_code)
{
    struct lab_exited exited = {process_id, (int32_t)exit_code};
    struct lab_answer answer;

    tell(LAB_IOCTL_EXITED, &exited, sizeof(exited), &answer);
}

static SIZE_T size_of_image(HANDLE process, const char *base)
{
    IMAGE_DOS_HEADER dos;
    IMAGE_NT_HEADERS headers;

    if (!ReadProcessMemory(process, base, &dos, sizeof(dos), NULL) ||
        !ReadProcessMemory(process, base + dos.e_lfanew, &headers, sizeof(headers), NULL))
        return 0;
    return headers.OptionalHeader.SizeOfImage;
}

void lab_report_loaded(DWORD process_id, HANDLE process, PVOID base, const WCHAR *image)
{
    size_t bytes = wcslen(image) * sizeof(WCHAR);
    struct lab_loaded *loaded = malloc(sizeof(*loaded) + bytes);
    struct lab_answer answer;

    if (!loaded)
        return;
    loaded->process_id = process_id;
    loaded->base = (ULONG_PTR)base;
    loaded->size = size_of_image(process, base);
    loaded->image_bytes = (uint32_t)bytes;
    memcpy(loaded + 1, image, bytes);
    tell(LAB_IOCTL_LOADED, loaded, (DWORD)(sizeof(*loaded) + bytes), &answer);
    free(loaded);
}

/* The command line as the creator gave it, from the new process's own memory. */
static DWORD read_command_line(HANDLE process, void *text, DWORD size)
{
    PROCESS_BASIC_INFORMATION basic;
    PEB peb;
    RTL_USER_PROCESS_PARAMETERS parameters;
    DWORD length;

    if (NtQueryInformationProcess(process, ProcessBasicInformation, &basic, sizeof(basic), NULL) < 0 ||
        !ReadProcessMemory(process, basic.PebBaseAddress, &peb, sizeof(peb), NULL) ||
        !ReadProcessMemory(process, peb.ProcessParameters, &parameters, sizeof(parameters), NULL))
        return 0;
    length = min(parameters.CommandLine.Length, size);
    return ReadProcessMemory(process, parameters.CommandLine.Buffer, text, length, NULL) ? length : 0;
}

/* The safety net's question: the hook was not there to ask, or it has asked already and gets the same answer.
 */
struct lab_answer lab_report_created(DWORD process_id, DWORD thread_id, HANDLE process)
{
    static union {
        struct lab_created created;
        char bytes[sizeof(struct lab_created) + 2 * NAME_CHARACTERS_MAX * sizeof(WCHAR)];
    } request;
    WCHAR *image = (WCHAR *)(void *)(&request.created + 1);
    PROCESS_BASIC_INFORMATION basic = {0};
    DWORD characters = NAME_CHARACTERS_MAX - 4;
    struct lab_answer answer = {0};

    memset(&request.created, 0, sizeof(request.created));
    NtQueryInformationProcess(process, ProcessBasicInformation, &basic, sizeof(basic), NULL);
    wcscpy(image, L"\\??\\");
    if (!QueryFullProcessImageNameW(process, 0, image + 4, &characters))
        characters = 0;
    request.created.process_id = process_id;
    request.created.thread_id = thread_id;
    request.created.parent_process_id = (uint32_t)basic.InheritedFromUniqueProcessId;
    request.created.creator_process_id = (uint32_t)basic.InheritedFromUniqueProcessId;
    request.created.flags = LAB_IF_UNKNOWN;
    request.created.image_bytes = (characters + 4) * (uint32_t)sizeof(WCHAR);
    request.created.command_line_bytes = read_command_line(process, image + characters + 4, 0xFFFE);
    tell(LAB_IOCTL_CREATED, &request,
         (DWORD)sizeof(request.created) + request.created.image_bytes + request.created.command_line_bytes,
         &answer);
    return answer;
}

BOOL lab_report_status(struct lab_status *status)
{
    DWORD written;

    return DeviceIoControl(device, LAB_IOCTL_STATUS, NULL, 0, status, sizeof(*status), &written, NULL);
}
