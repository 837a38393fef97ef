#include "log_block.h"

#include <stdlib.h>

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

/* One long line must not keep its memory for the rest of the run. */
void vg_log_block_clear(struct vg_log_block *block)
{
    if (block->capacity > 2 * VG_LOG_BLOCK_SIZE) {
        free(block->bytes);
        block->bytes = NULL;
        block->capacity = 0;
    }
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
    free(block->bytes);
    free(block->items);
    vg_output_free(&block->output);
    vg_output_free(&block->complaints);
    *block = (struct vg_log_block){0};
}
