#include "log.h"

int __cdecl _vsnprintf(char *, size_t, const char *, va_list);

static HANDLE file;
static LONG violations;

void lab_log_open(void)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\??\\C:\\lab\\lab.log");
    OBJECT_ATTRIBUTES attributes;
    IO_STATUS_BLOCK io;

    InitializeObjectAttributes(&attributes, &name, OBJ_CASE_INSENSITIVE, NULL, NULL);
    NtCreateFile(&file, FILE_APPEND_DATA | SYNCHRONIZE, &attributes, &io, NULL, FILE_ATTRIBUTE_NORMAL,
                 FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, FILE_OPEN_IF,
                 FILE_SYNCHRONOUS_IO_NONALERT, NULL, 0);
}

static void write_line(const char *kind, const char *format, va_list arguments)
{
    char line[1024];
    IO_STATUS_BLOCK io;
    size_t used = strlen(kind);
    int written;

    memcpy(line, kind, used);
    written = _vsnprintf(line + used, sizeof(line) - used - 1, format, arguments);
    used = written < 0 ? sizeof(line) - 1 : used + (size_t)written;
    line[used++] = '\n';
    NtWriteFile(file, NULL, NULL, NULL, &io, line, (ULONG)used, NULL, NULL);
}

void lab_log(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    write_line("lab: ", format, arguments);
    va_end(arguments);
}

void lab_violation(const char *format, ...)
{
    va_list arguments;

    InterlockedIncrement(&violations);
    va_start(arguments, format);
    write_line("violation: ", format, arguments);
    va_end(arguments);
}

ULONG lab_violations(void)
{
    return (ULONG)violations;
}
