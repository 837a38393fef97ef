/* Hopcroft's algorithm: blocks of states are split until no class tells the states of a block apart. */
#include "dfa.h"
#include "table.h"

#include <stdlib.h>
#include <string.h>

struct partition {
    uint32_t *members;  /* the states, block by block */
    uint32_t *place;    /* of a state in `members` */
    uint32_t *block_of; /* a state */
    uint32_t *first;    /* of a block; the marked states of a block stand first */
    uint32_t *count;
    uint32_t *marked;
    uint32_t blocks;
    uint32_t *waiting; /* blocks still to split by */
    uint32_t waiting_count;
    uint8_t *waits;
    uint32_t *touched; /* blocks with marked states */
    uint32_t touched_count;
    uint32_t *splitter; /* the states of the block that splits, as it was */
    uint32_t *from;     /* per class and state: where its predecessors begin */
    uint32_t *source;   /* the predecessors, class by class */
};

static bool allocate(struct partition *parts, const struct vg_regex_dfa *dfa)
{
    uint32_t **arrays[] = {&parts->members, &parts->place,   &parts->block_of, &parts->first,   &parts->count,
                           &parts->marked,  &parts->waiting, &parts->touched,  &parts->splitter};
    bool whole = true;

    for (unsigned at = 0; at < sizeof(arrays) / sizeof(*arrays); at++) {
        *arrays[at] = calloc(dfa->states, sizeof(uint32_t));
        whole = whole && *arrays[at];
    }
    parts->waits = calloc(dfa->states, 1);
    parts->from = calloc((size_t)dfa->classes * (dfa->states + 1) + 1, sizeof(uint32_t));
    parts->source = calloc((size_t)dfa->classes * dfa->states, sizeof(uint32_t));
    return whole && parts->waits && parts->from && parts->source;
}

static void release(struct partition *parts)
{
    free(parts->members);
    free(parts->place);
    free(parts->block_of);
    free(parts->first);
    free(parts->count);
    free(parts->marked);
    free(parts->waiting);
    free(parts->touched);
    free(parts->splitter);
    free(parts->waits);
    free(parts->from);
    free(parts->source);
}

/* Sorts the steps of one class by where they lead. */
static void index_class(struct partition *parts, const struct vg_regex_dfa *dfa, uint32_t class)
{
    uint32_t *from = parts->from + (size_t) class * (dfa->states + 1);
    uint32_t *source = parts->source + (size_t) class * dfa->states;

    for (uint32_t state = 0; state < dfa->states; state++)
        from[dfa->next[(size_t)state * dfa->classes + class] + 1]++;
    for (uint32_t state = 0; state < dfa->states; state++)
        from[state + 1] += from[state];
    for (uint32_t state = dfa->states; state > 0; state--) {
        uint32_t target = dfa->next[(size_t)(state - 1) * dfa->classes + class];

        source[--from[target + 1]] = state - 1;
    }
    /* Every entry now holds where its own begins, one place too far on. */
    memmove(from, from + 1, dfa->states * sizeof(*from));
    from[dfa->states] = dfa->states;
}

static void wait_for(struct partition *parts, uint32_t block)
{
    if (!parts->waits[block]) {
        parts->waits[block] = 1;
        parts->waiting[parts->waiting_count++] = block;
    }
}

/* Two blocks: what does not match at the end, what does. Both are there: states 0 and 1. */
static void begin(struct partition *parts, const struct vg_regex_dfa *dfa)
{
    uint32_t at = 0;

    for (uint32_t block = 0; block < 2; block++) {
        parts->first[block] = at;
        for (uint32_t state = 0; state < dfa->states; state++) {
            if (dfa->at_end[state] != block)
                continue;
            parts->members[at] = state;
            parts->place[state] = at++;
            parts->block_of[state] = block;
        }
        parts->count[block] = at - parts->first[block];
        wait_for(parts, block);
    }
    parts->blocks = 2;
}

static void mark(struct partition *parts, uint32_t state)
{
    uint32_t block = parts->block_of[state];
    uint32_t border = parts->first[block] + parts->marked[block];
    uint32_t other = parts->members[border];
    uint32_t place = parts->place[state];

    if (place < border)
        return;
    parts->members[place] = other;
    parts->place[other] = place;
    parts->members[border] = state;
    parts->place[state] = border;
    if (parts->marked[block]++ == 0)
        parts->touched[parts->touched_count++] = block;
}

/* Makes the marked states of `block` a block of their own. */
static void split(struct partition *parts, uint32_t block)
{
    uint32_t marked = parts->marked[block];
    uint32_t fresh = parts->blocks;

    parts->marked[block] = 0;
    if (marked == parts->count[block])
        return;
    parts->blocks++;
    parts->first[fresh] = parts->first[block];
    parts->count[fresh] = marked;
    parts->first[block] += marked;
    parts->count[block] -= marked;
    for (uint32_t at = 0; at < marked; at++)
        parts->block_of[parts->members[parts->first[fresh] + at]] = fresh;
    if (parts->waits[block] || marked <= parts->count[block])
        wait_for(parts, fresh);
    else
        wait_for(parts, block);
}

static void refine(struct partition *parts, const struct vg_regex_dfa *dfa)
{
    while (parts->waiting_count > 0) {
        uint32_t block = parts->waiting[--parts->waiting_count];
        uint32_t count = parts->count[block];

        parts->waits[block] = 0;
        memcpy(parts->splitter, parts->members + parts->first[block], count * sizeof(uint32_t));
        for (uint32_t class = 0; class < dfa->classes; class ++) {
            const uint32_t *from = parts->from + (size_t) class * (dfa->states + 1);
            const uint32_t *source = parts->source + (size_t) class * dfa->states;

            for (uint32_t at = 0; at < count; at++) {
                uint32_t target = parts->splitter[at];

                for (uint32_t each = from[target]; each < from[target + 1]; each++)
                    mark(parts, source[each]);
            }
            while (parts->touched_count > 0)
                split(parts, parts->touched[--parts->touched_count]);
        }
    }
}

/* Numbers the blocks: those of states 0 and 1 keep these, the others follow in the order in which the start
 * reaches them; what it does not reach goes. `order` receives one state of each block; returns how many. */
static uint32_t number_blocks(struct partition *parts, const struct vg_regex_dfa *dfa, uint32_t *order,
                              uint32_t *number)
{
    uint32_t count = 0;
    const uint32_t seeds[] = {VG_REGEX_NEVER, VG_REGEX_MATCHED, dfa->start};

    memset(number, 0xFF, dfa->states * sizeof(*number));
    for (unsigned seed = 0; seed < 3; seed++) {
        uint32_t block = parts->block_of[seeds[seed]];

        if (number[block] == UINT32_MAX) {
            number[block] = count;
            order[count++] = seeds[seed];
        }
    }
    for (uint32_t at = 0; at < count; at++) {
        for (uint32_t class = 0; class < dfa->classes; class ++) {
            uint32_t target = dfa->next[(size_t)order[at] * dfa->classes + class];

            if (number[parts->block_of[target]] == UINT32_MAX) {
                number[parts->block_of[target]] = count;
                order[count++] = target;
            }
        }
    }
    return count;
}

static bool rebuild(struct partition *parts, struct vg_regex_dfa *dfa)
{
    uint32_t *order = parts->waiting;   /* no longer needed, */
    uint32_t *number = parts->splitter; /* and as long */
    uint32_t count = number_blocks(parts, dfa, order, number);
    /* NOLINTNEXTLINE(clang-analyzer-optin.portability.UnixAPI): there is one state at least */
    uint32_t *next = malloc((size_t)count * dfa->classes * sizeof(*next));
    uint8_t *at_end = malloc(count);

    if (!next || !at_end) {
        free(next);
        free(at_end);
        return false;
    }
    for (uint32_t state = 0; state < count; state++) {
        at_end[state] = dfa->at_end[order[state]];
        for (uint32_t class = 0; class < dfa->classes; class ++) {
            uint32_t target = dfa->next[(size_t)order[state] * dfa->classes + class];

            next[(size_t)state * dfa->classes + class] = number[parts->block_of[target]];
        }
    }
    dfa->start = number[parts->block_of[dfa->start]];
    vg_regex_dfa_free(dfa);
    dfa->next = next;
    dfa->at_end = at_end;
    dfa->states = count;
    return true;
}

bool vg_regex_dfa_minimise(struct vg_regex_dfa *dfa, struct vg_regex_error *error)
{
    struct partition parts = {0};
    bool done = allocate(&parts, dfa);

    if (done) {
        for (uint32_t class = 0; class < dfa->classes; class ++)
            index_class(&parts, dfa, class);
        begin(&parts, dfa);
        refine(&parts, dfa);
        done = rebuild(&parts, dfa);
    }
    release(&parts);
    return done || vg_regex_fail(error, 0, "no memory");
}
