/* Windows' event log files as Windows itself reads them (Windows Event Log, since Vista). */
#include "log_evtx.h"

#include <stdlib.h>
#include <string.h>
#include <windows.h>
#include <winevt.h>

/* How many events Windows is asked for at once. */
#define BATCH 64

/* A block ends after so many, so that a log of other events moves the progress bar too. */
#define RECORDS_PER_BLOCK 4096

struct api {
    HMODULE module;
    EVT_HANDLE(WINAPI *query)(EVT_HANDLE session, LPCWSTR path, LPCWSTR query, DWORD flags);
    BOOL(WINAPI *next)
    (EVT_HANDLE result, DWORD size, EVT_HANDLE *events, DWORD timeout, DWORD flags, DWORD *count);
    BOOL(WINAPI *render)
    (EVT_HANDLE context, EVT_HANDLE event, DWORD flags, DWORD size, void *buffer, DWORD *used, DWORD *count);
    EVT_HANDLE(WINAPI *create_context)(DWORD count, LPCWSTR *paths, DWORD flags);
    BOOL(WINAPI *close)(EVT_HANDLE object);
};

struct vg_log_evtx {
    const char *name;
    struct api api;
    EVT_HANDLE result;
    EVT_HANDLE system; /* what asks for an event's number */
    EVT_HANDLE batch[BATCH];
    DWORD batch_size;
    DWORD batch_at;
    uint64_t records; /* handed out */
    void *rendered;   /* malloc'ed */
    DWORD rendered_size;
};

static struct vg_log_evtx *fail(struct vg_log_evtx *evtx, struct vg_log_reason *reason, const char *what)
{
    snprintf(reason->text, sizeof(reason->text), "%s (error %lu)", what, GetLastError());
    vg_log_evtx_close(evtx);
    return NULL;
}

/* By its full name: the library is none that Windows protects against another of that name beside the
 * program. */
static bool load(struct api *api)
{
    static const wchar_t name[] = L"\\wevtapi.dll";
    wchar_t path[MAX_PATH + sizeof(name) / sizeof(name[0])];
    UINT length = GetSystemDirectoryW(path, MAX_PATH);

    if (length == 0 || length >= MAX_PATH)
        return false;
    memcpy(path + length, name, sizeof(name));
    api->module = LoadLibraryW(path);
    if (api->module == NULL)
        return false;
#define FIND(member, symbol) *(FARPROC *)(void *)&api->member = GetProcAddress(api->module, symbol)
    FIND(query, "EvtQuery");
    FIND(next, "EvtNext");
    FIND(render, "EvtRender");
    FIND(create_context, "EvtCreateRenderContext");
    FIND(close, "EvtClose");
#undef FIND
    return api->query != NULL && api->next != NULL && api->render != NULL && api->create_context != NULL &&
           api->close != NULL;
}

/* The full name, malloc'ed: EvtQuery takes no other. */
static wchar_t *full_name(const char *file)
{
    int size = MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, file, -1, NULL, 0);
    wchar_t *given = size > 0 ? malloc((size_t)size * sizeof(*given)) : NULL;
    wchar_t *full = NULL;
    DWORD length;

    if (given == NULL)
        return NULL;
    MultiByteToWideChar(CP_UTF8, 0, file, -1, given, size);
    length = GetFullPathNameW(given, 0, NULL, NULL);
    if (length != 0)
        full = malloc(length * sizeof(*full));
    if (full != NULL && GetFullPathNameW(given, length, full, NULL) >= length) {
        free(full);
        full = NULL;
    }
    free(given);
    return full;
}

struct vg_log_evtx *vg_log_evtx_open(const char *file, const char *name, struct vg_log_reason *reason)
{
    struct vg_log_evtx *evtx = calloc(1, sizeof(*evtx));
    wchar_t *path;

    if (evtx == NULL) {
        snprintf(reason->text, sizeof(reason->text), "out of memory");
        return NULL;
    }
    evtx->name = name;
    if (!load(&evtx->api))
        return fail(evtx, reason, "this Windows has no wevtapi.dll, which reads event logs");
    path = full_name(file);
    if (path == NULL)
        return fail(evtx, reason, "its name cannot be made a full one");
    evtx->result = evtx->api.query(NULL, path, L"*", EvtQueryFilePath | EvtQueryForwardDirection);
    free(path);
    if (evtx->result == NULL)
        return fail(evtx, reason, "Windows cannot read this event log");
    evtx->system = evtx->api.create_context(0, NULL, EvtRenderContextSystem);
    return evtx->system != NULL ? evtx : fail(evtx, reason, "Windows cannot read this event log's events");
}

/* Into evtx->rendered; how many bytes, or 0. */
static DWORD render(struct vg_log_evtx *evtx, EVT_HANDLE context, EVT_HANDLE event, DWORD how)
{
    DWORD used = 0;
    DWORD count;

    if (evtx->api.render(context, event, how, evtx->rendered_size, evtx->rendered, &used, &count))
        return used;
    if (GetLastError() != ERROR_INSUFFICIENT_BUFFER || used > 2 * VG_LOG_ITEM_MAX)
        return 0;
    free(evtx->rendered);
    evtx->rendered = malloc(used);
    evtx->rendered_size = evtx->rendered != NULL ? used : 0;
    if (evtx->rendered == NULL ||
        !evtx->api.render(context, event, how, evtx->rendered_size, evtx->rendered, &used, &count))
        return 0;
    return used;
}

static void complain(struct vg_log_block *block, uint64_t number, const char *why)
{
    block->counts.items++;
    vg_log_block_complain(block, number, why, NULL);
}

static void add_xml(struct vg_log_evtx *evtx, EVT_HANDLE event, uint64_t number, struct vg_log_block *block,
                    struct vg_output *text)
{
    DWORD size = render(evtx, NULL, event, EvtRenderEventXml);
    size_t units =
        size != 0 ? wcsnlen(evtx->rendered, size / sizeof(wchar_t)) : 0; /* there is a NUL behind it */
    struct vg_span xml = {.bytes = evtx->rendered, .size = (uint32_t)(units * sizeof(wchar_t))};
    size_t needed = vg_utf8_from_utf16(xml, NULL, 0);
    char *utf8 = units != 0 ? malloc(needed) : NULL;

    if (utf8 == NULL) {
        complain(block, number, "its XML cannot be made");
        return;
    }
    vg_utf8_from_utf16(xml, utf8, needed);
    vg_log_block_add_event(block, text, utf8, needed, number);
    free(utf8);
}

/* Only the events whose number a creation may have are turned into text. */
static void add_record(struct vg_log_evtx *evtx, EVT_HANDLE event, struct vg_log_block *block,
                       struct vg_output *text)
{
    DWORD size = render(evtx, evtx->system, event, EvtRenderEventValues);
    const EVT_VARIANT *values = evtx->rendered;
    uint64_t number = ++evtx->records;
    uint16_t id;

    if (size < EvtSystemPropertyIdEND * sizeof(*values)) {
        complain(block, number, "it cannot be read");
        return;
    }
    id = values[EvtSystemEventID].UInt16Val;
    if (values[EvtSystemEventRecordId].Type == EvtVarTypeUInt64)
        number = values[EvtSystemEventRecordId].UInt64Val;
    if (values[EvtSystemEventID].Type == EvtVarTypeUInt16 && id != 1 && id != 4688) {
        block->counts.items++;
        block->counts.skipped++;
        return;
    }
    add_xml(evtx, event, number, block, text);
}

/* Whether there is another event. */
static bool next_batch(struct vg_log_evtx *evtx)
{
    if (evtx->batch_at < evtx->batch_size)
        return true;
    evtx->batch_at = 0;
    evtx->batch_size = 0;
    return evtx->api.next(evtx->result, BATCH, evtx->batch, INFINITE, 0, &evtx->batch_size) &&
           evtx->batch_size != 0;
}

enum vg_log_next vg_log_evtx_next(struct vg_log_evtx *evtx, struct vg_log_block *block,
                                  struct vg_log_reason *reason)
{
    struct vg_output text = {.bytes = block->bytes, .capacity = block->capacity};
    unsigned count = 0;

    block->file = evtx->name;
    block->records = true;
    for (; count < RECORDS_PER_BLOCK && text.size < VG_LOG_BLOCK_SIZE && next_batch(evtx); count++) {
        EVT_HANDLE event = evtx->batch[evtx->batch_at++];

        add_record(evtx, event, block, &text);
        evtx->api.close(event);
    }
    block->bytes = text.bytes;
    block->capacity = text.capacity;
    block->size = text.size;
    block->counts.bytes += text.size;
    if (text.failed) {
        snprintf(reason->text, sizeof(reason->text), "out of memory");
        return VG_LOG_FAILED;
    }
    if (count != 0)
        return VG_LOG_BLOCK;
    if (GetLastError() == ERROR_NO_MORE_ITEMS)
        return VG_LOG_END;
    snprintf(reason->text, sizeof(reason->text), "Windows cannot read the rest of this event log (error %lu)",
             GetLastError());
    return VG_LOG_FAILED;
}

/* Windows does not say how far it is. */
double vg_log_evtx_progress(const struct vg_log_evtx *evtx)
{
    (void)evtx;
    return 0;
}

void vg_log_evtx_close(struct vg_log_evtx *evtx)
{
    while (evtx->batch_at < evtx->batch_size)
        evtx->api.close(evtx->batch[evtx->batch_at++]);
    if (evtx->system != NULL)
        evtx->api.close(evtx->system);
    if (evtx->result != NULL)
        evtx->api.close(evtx->result);
    if (evtx->api.module != NULL)
        FreeLibrary(evtx->api.module);
    free(evtx->rendered);
    free(evtx);
}
