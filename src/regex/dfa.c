#include "dfa.h"
#include "table.h"

#include <stdlib.h>
#include <string.h>

/* A member of a state is a node of the NFA in a mode, as node * MODES + mode. */
enum {
    MODE_FREE,
    MODE_LAST,    /* only if the text ends here */
    MODE_PENDING, /* only if the text ends behind the newline that comes next; never in a state */
    MODES,
};

#define BUCKETS      16384u
#define FIRST_STATES 64u /* there is room for, at first */

struct list {
    uint32_t *members; /* room for every node in every mode */
    uint32_t count;
};

struct state {
    uint32_t first; /* in the pool */
    uint32_t count;
    uint32_t before; /* what a look at this place sees; VG_SORT_OTHER when none is there */
    uint32_t chain;  /* the next state of the same bucket, 0 for none */
};

struct work {
    const struct vg_regex_nfa *nfa;
    const struct vg_regex_alphabet *alphabet;
    struct vg_regex_dfa *dfa;
    struct vg_regex_error *error;
    struct state *states;
    uint32_t state_room; /* there, and in the automaton */
    uint32_t *buckets;
    uint32_t *pool;
    uint32_t pool_used;
    uint32_t pool_room;
    uint32_t *stamps; /* per member: the list that has it */
    uint32_t stamp;
    struct list stack;
    struct list now[VG_SORTS + 1]; /* the state's members, its looks answered for what comes next */
    struct list after;
    uint32_t done;
    uint32_t most; /* that may be done */
};

static bool mark(struct work *work, uint32_t member)
{
    bool fresh = work->stamps[member] != work->stamp;

    work->stamps[member] = work->stamp;
    work->done++;
    return fresh;
}

static void push(struct work *work, uint32_t node, uint32_t mode)
{
    uint32_t member = node * MODES + mode;

    if (mark(work, member))
        work->stack.members[work->stack.count++] = member;
}

/* Empties the stack into `list`: splits are followed; looks too when `side` is what comes next, else they are
 * kept. */
static void drain(struct work *work, struct list *list, uint32_t before, uint32_t side, bool answer)
{
    while (work->stack.count > 0) {
        uint32_t member = work->stack.members[--work->stack.count];
        const struct vg_regex_nfa_node *node = &work->nfa->nodes[member / MODES];
        uint32_t mode = member % MODES;
        enum vg_regex_answer holds;

        if (node->step == VG_STEP_SPLIT) {
            push(work, node->first, mode);
            push(work, node->second, mode);
        } else if (node->step == VG_STEP_LOOK && answer) {
            holds = vg_regex_look(node->value, work->nfa->backwards, before, side);
            if (holds == VG_LOOK_YES)
                push(work, node->first, mode);
            else if (holds == VG_LOOK_DEPENDS)
                push(work, node->first, MODE_PENDING);
        } else {
            list->members[list->count++] = member;
        }
    }
}

static void answer_looks(struct work *work, const struct state *state, uint32_t side)
{
    struct list *list = &work->now[side];

    list->count = 0;
    work->stamp++;
    for (uint32_t at = 0; at < state->count; at++) {
        uint32_t member = work->pool[state->first + at];

        if (member % MODES == MODE_FREE || side == VG_SIDE_EDGE)
            push(work, member / MODES, member % MODES);
        drain(work, list, state->before, side, true);
    }
}

static bool has_found(const struct work *work, const struct list *list, uint32_t mode)
{
    for (uint32_t at = 0; at < list->count; at++) {
        if (work->nfa->nodes[list->members[at] / MODES].step == VG_STEP_FOUND &&
            (mode == MODES || list->members[at] % MODES == mode))
            return true;
    }
    return false;
}

static bool has_looks(const struct work *work, const struct list *list)
{
    for (uint32_t at = 0; at < list->count; at++) {
        if (work->nfa->nodes[list->members[at] / MODES].step == VG_STEP_LOOK)
            return true;
    }
    return false;
}

static int compare_members(const void *a, const void *b)
{
    uint32_t left = *(const uint32_t *)a;
    uint32_t right = *(const uint32_t *)b;

    return (left > right) - (left < right);
}

static uint32_t hash_members(const struct list *list, uint32_t before)
{
    uint32_t hash = 2166136261u ^ before;

    for (uint32_t at = 0; at < list->count; at++)
        hash = (hash ^ list->members[at]) * 16777619u;
    return (hash ^ hash >> 16) % BUCKETS;
}

static bool no_memory(struct work *work)
{
    return vg_regex_fail(work->error, 0, "no memory");
}

static bool set_state_room(struct work *work, uint32_t room)
{
    struct vg_regex_dfa *dfa = work->dfa;
    struct state *states = realloc(work->states, room * sizeof(*states));
    uint32_t *next;
    uint8_t *at_end;

    if (!states)
        return no_memory(work);
    work->states = states;
    next = realloc(dfa->next, (size_t)room * dfa->classes * sizeof(*next));
    if (!next)
        return no_memory(work);
    dfa->next = next;
    at_end = realloc(dfa->at_end, room);
    if (!at_end)
        return no_memory(work);
    dfa->at_end = at_end;
    memset(at_end + work->state_room, 0, room - work->state_room);
    work->state_room = room;
    return true;
}

/* Twice as much, but no more than there may ever be. */
static uint32_t next_state_room(const struct work *work)
{
    uint32_t most = VG_REGEX_MAX_RAW_STEPS / work->alphabet->classes;

    if (most > VG_REGEX_MAX_RAW_STATES)
        most = VG_REGEX_MAX_RAW_STATES;
    return 2 * work->state_room < most ? 2 * work->state_room : most;
}

static bool make_state_room(struct work *work)
{
    if (work->dfa->states == VG_REGEX_MAX_RAW_STATES ||
        (work->dfa->states + 1) * work->alphabet->classes > VG_REGEX_MAX_RAW_STEPS)
        return vg_regex_fail(work->error, 0, "it needs more than %u states before minimising",
                             work->dfa->states);
    return work->dfa->states < work->state_room || set_state_room(work, next_state_room(work));
}

static bool make_pool_room(struct work *work, uint32_t count)
{
    uint32_t room = work->pool_room;
    uint32_t *pool;

    if (count > VG_REGEX_MAX_POOL - work->pool_used)
        return vg_regex_fail(work->error, 0, "its states have more than %u parts together",
                             VG_REGEX_MAX_POOL);
    while (room - work->pool_used < count)
        room *= 2;
    if (room == work->pool_room)
        return true;
    pool = realloc(work->pool, room * sizeof(*pool));
    if (!pool)
        return no_memory(work);
    work->pool = pool;
    work->pool_room = room;
    return true;
}

static bool add_state(struct work *work, const struct list *list, uint32_t before, uint32_t *index)
{
    struct state state = {.first = work->pool_used, .count = list->count, .before = before};

    if (!make_state_room(work) || !make_pool_room(work, list->count))
        return false;
    if (list->count > 0)
        memcpy(work->pool + work->pool_used, list->members, list->count * sizeof(*list->members));
    work->pool_used += list->count;
    *index = work->dfa->states++;
    work->states[*index] = state;
    return true;
}

/* The state with these members; one that has found the expression is VG_REGEX_MATCHED. */
static bool find_state(struct work *work, struct list *list, uint32_t before, uint32_t *index)
{
    uint32_t bucket;

    if (has_found(work, list, MODE_FREE)) {
        *index = VG_REGEX_MATCHED;
        return true;
    }
    if (!has_looks(work, list))
        before = VG_SORT_OTHER;
    qsort(list->members, list->count, sizeof(*list->members), compare_members);
    work->done += list->count;
    bucket = hash_members(list, before);
    for (*index = work->buckets[bucket]; *index != 0; *index = work->states[*index].chain) {
        const struct state *state = &work->states[*index];

        work->done++;
        if (state->count == list->count && state->before == before &&
            memcmp(work->pool + state->first, list->members, list->count * sizeof(*list->members)) == 0)
            return true;
    }
    if (!add_state(work, list, before, index))
        return false;
    work->states[*index].chain = work->buckets[bucket];
    work->buckets[bucket] = *index;
    return true;
}

static bool takes(const struct work *work, const struct vg_regex_nfa_node *node, uint32_t class)
{
    return node->value == VG_REGEX_ANY ||
           work->alphabet->members[(size_t)node->value * work->alphabet->classes + class];
}

static bool step(struct work *work, uint32_t state, uint32_t class, uint32_t *index)
{
    uint32_t sort = work->alphabet->sort_of[class];
    const struct list *now = &work->now[sort];

    work->after.count = 0;
    work->stamp++;
    for (uint32_t at = 0; at < now->count; at++) {
        const struct vg_regex_nfa_node *node = &work->nfa->nodes[now->members[at] / MODES];
        uint32_t mode = now->members[at] % MODES == MODE_PENDING ? MODE_LAST : MODE_FREE;

        work->done++;
        if (node->step == VG_STEP_UNIT && takes(work, node, class))
            push(work, node->first, mode);
        else if (node->step == VG_STEP_FOUND)
            push(work, now->members[at] / MODES, mode);
    }
    drain(work, &work->after, 0, 0, false);
    if (sort == VG_SORT_NEWLINE && work->nfa->backwards && work->states[state].before == VG_SIDE_EDGE)
        sort = VG_SIDE_FIRST_NEWLINE;
    return find_state(work, &work->after, sort, index);
}

static bool expand(struct work *work, uint32_t state)
{
    struct vg_regex_dfa *dfa = work->dfa;
    struct state copy = work->states[state];

    for (uint32_t side = 0; side <= VG_SIDE_EDGE; side++)
        answer_looks(work, &copy, side);
    dfa->at_end[state] = has_found(work, &work->now[VG_SIDE_EDGE], MODES);
    for (uint32_t class = 0; class < dfa->classes; class ++) {
        uint32_t next;

        if (!step(work, state, class, &next))
            return false;
        dfa->next[(size_t)state * dfa->classes + class] = next;
        if (work->done > work->most)
            return vg_regex_fail(work->error, 0, "its states take too long to find (more than %u steps)",
                                 work->most);
    }
    return true;
}

static bool allocate(struct work *work)
{
    size_t members = (size_t)work->nfa->count * MODES;
    bool whole;

    work->pool_room = 1024;
    work->buckets = calloc(BUCKETS, sizeof(*work->buckets));
    work->pool = malloc(work->pool_room * sizeof(*work->pool));
    work->stamps = calloc(members, sizeof(*work->stamps));
    work->stack.members = calloc(members, sizeof(uint32_t));
    work->after.members = calloc(members, sizeof(uint32_t));
    whole = work->buckets && work->pool && work->stamps && work->stack.members && work->after.members;
    for (uint32_t side = 0; side <= VG_SORTS; side++) {
        work->now[side].members = calloc(members, sizeof(uint32_t));
        whole = whole && work->now[side].members;
    }
    return whole ? set_state_room(work, FIRST_STATES) : no_memory(work);
}

static void release(struct work *work)
{
    free(work->states);
    free(work->buckets);
    free(work->pool);
    free(work->stamps);
    free(work->stack.members);
    free(work->after.members);
    for (uint32_t side = 0; side <= VG_SORTS; side++)
        free(work->now[side].members);
}

static bool explore(struct work *work)
{
    struct vg_regex_dfa *dfa = work->dfa;

    /* States 0 and 1 stand without members; state 0 ends the chains, so the empty list finds its own later
     * and merges with it when minimised. */
    dfa->states = 2;
    dfa->at_end[VG_REGEX_MATCHED] = 1;
    for (uint32_t class = 0; class < dfa->classes; class ++) {
        dfa->next[class] = VG_REGEX_NEVER;
        dfa->next[dfa->classes + class] = VG_REGEX_MATCHED;
    }
    work->stamp++;
    push(work, work->nfa->start, MODE_FREE);
    drain(work, &work->after, 0, 0, false);
    if (!find_state(work, &work->after, VG_SIDE_EDGE, &dfa->start))
        return false;
    for (uint32_t state = 2; state < dfa->states; state++) {
        if (!expand(work, state))
            return false;
    }
    return true;
}

bool vg_regex_dfa_build(const struct vg_regex_nfa *nfa, const struct vg_regex_alphabet *alphabet,
                        uint64_t *steps, struct vg_regex_dfa *dfa, struct vg_regex_error *error)
{
    struct work work = {.nfa = nfa, .alphabet = alphabet, .dfa = dfa, .error = error};
    bool built;

    work.most = *steps < VG_REGEX_MAX_WORK ? (uint32_t)*steps : VG_REGEX_MAX_WORK;
    *dfa = (struct vg_regex_dfa){.classes = alphabet->classes};
    built = allocate(&work) && explore(&work);
    *steps -= work.done < *steps ? work.done : *steps;
    release(&work);
    return built;
}

void vg_regex_dfa_free(struct vg_regex_dfa *dfa)
{
    free(dfa->next);
    free(dfa->at_end);
}
