#include "log_block.h"

#include "event_xml.h"

#include <stdlib.h>
#include <string.h>

#define COMPLAINT_LIMIT ((size_t)8 << 10) /* bytes a block keeps of them */

bool vg_log_block_reserve(struct vg_log_block *block, size_t capacity)
{
    char *larger;

    if (block->capacity >= capacity)
        return true;
    larger = realloc(block->bytes, capacity);
    if (larger == NULL)
        return false;
    block->bytes = larger;
    block->capacity = capacity;
    return true;
}

bool vg_log_block_add_item(struct vg_log_block *block, size_t offset, size_t size, uint64_t number)
{
    if (block->item_count == block->item_capacity) {
        size_t capacity = block->item_capacity != 0 ? block->item_capacity * 2 : 256;
        struct vg_log_item *larger = realloc(block->items, capacity * sizeof(*larger));

        if (larger == NULL)
            return false;
        block->items = larger;
        block->item_capacity = capacity;
    }
    block->items[block->item_count++] =
        (struct vg_log_item){.offset = offset, .size = size, .number = number};
    return true;
}

void vg_log_block_complain(struct vg_log_block *block, uint64_t number, const char *what, const char *why)
{
    struct vg_output *complaints = &block->complaints;

    block->counts.broken++;
    if (complaints->size > COMPLAINT_LIMIT)
        return;
    vg_output_visible(complaints, block->file, strlen(block->file));
    vg_output_format(complaints, block->records ? ": record %llu: " : ":%llu: ", (unsigned long long)number);
    vg_output_visible(complaints, what, strlen(what));
    if (why != NULL) {
        vg_output_text(complaints, ": ");
        vg_output_visible(complaints, why, strlen(why));
    }
    vg_output_text(complaints, "\n");
}

void vg_log_block_add_event(struct vg_log_block *block, struct vg_output *text, const char *xml, size_t size,
                            uint64_t number)
{
    size_t offset = text->size;
    const char *problem;

    if (!vg_event_xml_to_json(xml, size, text, &problem)) {
        block->counts.items++;
        vg_log_block_complain(block, number, problem, NULL);
    } else if (!vg_log_block_add_item(block, offset, text->size - offset, number)) {
        text->failed = true;
    }
}

/* One long line must not keep its memory for the rest of the run. */
void vg_log_block_clear(struct vg_log_block *block)
{
    if (block->capacity > 2 * VG_LOG_BLOCK_SIZE) {
        free(block->bytes);
        block->bytes = NULL;
        block->capacity = 0;
    }
    free(block->file_of_block);
    block->file_of_block = NULL;
    block->file = NULL;
    block->records = false;
    block->lines = false;
    block->first_line = 0;
    block->size = 0;
    block->item_count = 0;
    block->too_long = 0;
    block->counts = (struct vg_log_counts){0};
    vg_output_clear(&block->output);
    vg_output_clear(&block->complaints);
}

void vg_log_block_free(struct vg_log_block *block)
{
    free(block->file_of_block);
    free(block->bytes);
    free(block->items);
    vg_output_free(&block->output);
    vg_output_free(&block->complaints);
    *block = (struct vg_log_block){0};
}
