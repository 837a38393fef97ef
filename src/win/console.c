#include "console.h"

#include <fcntl.h>
#include <io.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

/* The C library would write to a console in its code page, and with code page 65001 Windows 7 reports wrong
 * lengths. So the stream becomes a pipe, and a thread carries what comes through it to the console. */
struct pump {
    HANDLE console;
    HANDLE thread;
    FILE *stream;
    int pipe; /* the read end */
};

static struct pump pumps[2];

/* Bytes at the end of `text` that begin a character whose rest has not come yet. */
static int incomplete(const char *text, int size)
{
    for (int back = 1; back <= 3 && back <= size; back++) {
        unsigned char byte = (unsigned char)text[size - back];

        if (byte >= 0xC0)
            return back < (byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : 2) ? back : 0;
        if (byte < 0x80)
            return 0;
    }
    return 0;
}

static void write_console(HANDLE console, const char *text, int size)
{
    wchar_t wide[4096];
    int count = MultiByteToWideChar(CP_UTF8, 0, text, size, wide, ARRAYSIZE(wide));

    for (DWORD done = 0, written = 0; done < (DWORD)count; done += written) {
        if (!WriteConsoleW(console, wide + done, (DWORD)count - done, &written, NULL) || !written)
            return;
    }
}

static DWORD WINAPI pump_thread(void *context)
{
    struct pump *pump = context;
    char text[4096];
    int held = 0;

    for (;;) {
        int size = _read(pump->pipe, text + held, (unsigned)(sizeof text - (size_t)held));
        int whole;

        if (size <= 0)
            break;
        size += held;
        held = incomplete(text, size);
        whole = size - held;
        write_console(pump->console, text, whole);
        memmove(text, text + whole, (size_t)held);
    }
    write_console(pump->console, text, held);
    return 0;
}

static void end_pumps(void)
{
    for (size_t i = 0; i < ARRAYSIZE(pumps); i++) {
        if (!pumps[i].thread)
            continue;
        fflush(pumps[i].stream);
        _close(_fileno(pumps[i].stream));
        WaitForSingleObject(pumps[i].thread, INFINITE);
    }
}

static void begin_stream(struct pump *pump, FILE *stream, DWORD which)
{
    HANDLE handle = GetStdHandle(which);
    int ends[2];
    DWORD mode;

    if (!GetConsoleMode(handle, &mode)) {
        _setmode(_fileno(stream), _O_BINARY);
        return;
    }
    /* The duplicate stays ours when the C library closes its own. */
    if (!DuplicateHandle(GetCurrentProcess(), handle, GetCurrentProcess(), &pump->console, 0, FALSE,
                         DUPLICATE_SAME_ACCESS) ||
        _pipe(ends, 65536, _O_BINARY | _O_NOINHERIT) != 0)
        return;
    fflush(stream);
    _dup2(ends[1], _fileno(stream));
    _close(ends[1]);
    _setmode(_fileno(stream), _O_BINARY);
    /* What asks whether this is a terminal (vg_platform_is_terminal) finds the console still. */
    SetStdHandle(which, pump->console);
    pump->stream = stream;
    pump->pipe = ends[0];
    pump->thread = CreateThread(NULL, 0, pump_thread, pump, 0, NULL);
    if (stream == stdout)
        setvbuf(stdout, NULL, _IOFBF, 32768);
}

void vg_console_begin(void)
{
    begin_stream(&pumps[0], stdout, STD_OUTPUT_HANDLE);
    begin_stream(&pumps[1], stderr, STD_ERROR_HANDLE);
    atexit(end_pumps);
}
