#include "log_evtx.h"

#include <libevtx.h>
#include <stdlib.h>
#include <string.h>

/* A block ends after so many records, so that a log of other events moves the progress bar too. */
#define RECORDS_PER_BLOCK 4096

struct vg_log_evtx {
    const char *name;
    libevtx_file_t *file;
    int next;
    int count;
    bool corrupted; /* the library could not read all of it */
};

/* The first line of what the library says. */
static void explain(libevtx_error_t **error, struct vg_log_reason *reason)
{
    char text[sizeof(reason->text)] = "";

    if (*error == NULL || libevtx_error_sprint(*error, text, sizeof(text)) < 0 || text[0] == '\0')
        snprintf(text, sizeof(text), "libevtx cannot read it");
    snprintf(reason->text, sizeof(reason->text), "%.*s", (int)strcspn(text, "\r\n"), text);
    libevtx_error_free(error);
}

struct vg_log_evtx *vg_log_evtx_open(const char *file, const char *name, struct vg_log_reason *reason)
{
    struct vg_log_evtx *evtx = calloc(1, sizeof(*evtx));
    libevtx_error_t *error = NULL;

    if (evtx == NULL) {
        snprintf(reason->text, sizeof(reason->text), "out of memory");
        return NULL;
    }
    evtx->name = name;
    if (libevtx_file_initialize(&evtx->file, &error) != 1 ||
        libevtx_file_open(evtx->file, file, LIBEVTX_OPEN_READ, &error) != 1 ||
        libevtx_file_get_number_of_records(evtx->file, &evtx->count, &error) != 1) {
        explain(&error, reason);
        vg_log_evtx_close(evtx);
        return NULL;
    }
    evtx->corrupted = libevtx_file_is_corrupted(evtx->file, NULL) == 1;
    return evtx;
}

static void complain(struct vg_log_block *block, uint64_t number, const char *why)
{
    block->counts.items++;
    vg_log_block_complain(block, number, why, NULL);
}

static void add_xml(libevtx_record_t *record, uint64_t number, struct vg_log_block *block,
                    struct vg_output *text)
{
    size_t size = 0;
    char *xml = NULL;

    if (libevtx_record_get_utf8_xml_string_size(record, &size, NULL) == 1 && size <= VG_LOG_ITEM_MAX)
        xml = malloc(size + 1);
    if (xml == NULL || libevtx_record_get_utf8_xml_string(record, (uint8_t *)xml, size, NULL) != 1)
        complain(block, number, "its XML cannot be made");
    else
        vg_log_block_add_event(block, text, xml, strnlen(xml, size), number);
    free(xml);
}

/* Only the events whose number a creation may have are turned into text. */
static void add_record(struct vg_log_evtx *evtx, struct vg_log_block *block, struct vg_output *text)
{
    libevtx_record_t *record = NULL;
    uint64_t number = (uint64_t)evtx->next + 1;
    uint32_t event = 0;

    if (libevtx_file_get_record_by_index(evtx->file, evtx->next, &record, NULL) != 1) {
        complain(block, number, "it cannot be read");
        return;
    }
    libevtx_record_get_identifier(record, &number, NULL);
    if (libevtx_record_get_event_identifier(record, &event, NULL) != 1) {
        complain(block, number, "it has no event's number");
    } else if ((event & 0xFFFF) == 1 || (event & 0xFFFF) == 4688) {
        add_xml(record, number, block, text);
    } else {
        block->counts.items++;
        block->counts.skipped++;
    }
    libevtx_record_free(&record, NULL);
}

enum vg_log_next vg_log_evtx_next(struct vg_log_evtx *evtx, struct vg_log_block *block,
                                  struct vg_log_reason *reason)
{
    struct vg_output text = {.bytes = block->bytes, .capacity = block->capacity};
    int last = evtx->count - evtx->next > RECORDS_PER_BLOCK ? evtx->next + RECORDS_PER_BLOCK : evtx->count;

    if (evtx->next >= evtx->count && evtx->corrupted) {
        evtx->corrupted = false;
        snprintf(reason->text, sizeof(reason->text),
                 "the file is damaged: some of its records were not found");
        return VG_LOG_FAILED;
    }
    if (evtx->next >= evtx->count)
        return VG_LOG_END;
    block->file = evtx->name;
    block->records = true;
    for (; evtx->next < last && text.size < VG_LOG_BLOCK_SIZE; evtx->next++)
        add_record(evtx, block, &text);
    block->bytes = text.bytes;
    block->capacity = text.capacity;
    block->size = text.size;
    block->counts.bytes += text.size;
    if (!text.failed)
        return VG_LOG_BLOCK;
    evtx->next = evtx->count;
    snprintf(reason->text, sizeof(reason->text), "out of memory");
    return VG_LOG_FAILED;
}

double vg_log_evtx_progress(const struct vg_log_evtx *evtx)
{
    return evtx->count > 0 ? (double)evtx->next / evtx->count : 1;
}

void vg_log_evtx_close(struct vg_log_evtx *evtx)
{
    if (evtx->file != NULL)
        libevtx_file_free(&evtx->file, NULL);
    free(evtx);
}
