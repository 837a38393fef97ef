/* How often a start asks for pool. What a start needs only as long as it lasts is kept for the next one; what
 * is allocated is the record: the process's entry in the table and its two texts, which outlive the start,
 * and the event, until it is in the ring. What the kernel itself allocates, and hands over to be freed, is
 * not counted. */
#include "scenario.h"

#include "../image/rich_pe.h"

#include <driver/memory.h>

#define NO_RULES "vigil: 1\nmode: enforce\ndefault: allow\nrules: []\n"
#define ALL_NAMES                                                                                            \
    "vigil: 1\nmode: enforce\ndefault: allow\nrules:\n"                                                      \
    "  - deny: a name\n    when: { Image|endswith: '\\never.exe' }\n"                                        \
    "  - deny: a text\n    when: { CommandLine|contains: never, ParentCommandLine|re: 'nev+er' }\n"          \
    "  - deny: a user\n    when: { User: S-1-5-18, IntegrityLevel: Low }\n"                                  \
    "  - deny: a drive\n    when: { Drive: removable }\n"                                                    \
    "  - deny: a string\n    when: { OriginalFileName: never.exe }\n"

struct counts {
    unsigned all, processes, texts, events;
};

static struct counts counts(void)
{
    return (struct counts){sim_pool_allocations(0), sim_pool_allocations(VG_TAG_PROCESS),
                           sim_pool_allocations(VG_TAG_STRING), sim_pool_allocations(VG_TAG_EVENT)};
}

static struct counts since(struct counts before)
{
    struct counts now = counts();

    return (struct counts){now.all - before.all, now.processes - before.processes, now.texts - before.texts,
                           now.events - before.events};
}

static void add_program(void)
{
    struct rich_pe pe;

    rich_build(&pe, true);
    sim_add_file(NOTEPAD, pe.bytes, pe.size);
}

/* The second of two starts: the first one has filled what is kept. */
static struct counts second_start(void)
{
    PEPROCESS first, second;
    struct counts before, made;

    first = start(NOTEPAD);
    before = counts();
    second = start(NOTEPAD);
    made = since(before);
    sim_exit_process(first, STATUS_SUCCESS);
    sim_exit_process(second, STATUS_SUCCESS);
    return made;
}

static void assert_only_the_record(struct counts made)
{
    assert_int_equal(made.processes, 1);
    assert_int_equal(made.texts, 2); /* its image's name and its command line */
    assert_int_equal(made.events, 1);
    assert_int_equal(made.all, 4);
}

static void an_allowed_start_allocates_nothing_but_its_record(void **state)
{
    (void)state;
    begin(NO_RULES);
    add_program();
    assert_only_the_record(second_start());
    end();
}

static void an_allowed_start_allocates_no_more_when_rules_ask_for_every_name_and_string(void **state)
{
    (void)state;
    begin(ALL_NAMES);
    add_program();
    assert_only_the_record(second_start());
    end();
}

static void an_allowed_start_without_a_policy_allocates_no_more(void **state)
{
    (void)state;
    begin(NULL);
    add_program();
    assert_only_the_record(second_start());
    end();
}

static void what_is_kept_does_not_grow_with_the_number_of_starts(void **state)
{
    size_t before, after;

    (void)state;
    begin(ALL_NAMES);
    add_program();
    (void)second_start();
    before = sim_pool_blocks();
    for (unsigned i = 0; i < 100; i++)
        (void)try_start(NOTEPAD, NULL);
    after = sim_pool_blocks();
    assert_int_equal(after - before,
                     3 * 100); /* the records of what has exited: they stay for their children */
    end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_allowed_start_allocates_nothing_but_its_record),
        cmocka_unit_test(an_allowed_start_allocates_no_more_when_rules_ask_for_every_name_and_string),
        cmocka_unit_test(an_allowed_start_without_a_policy_allocates_no_more),
        cmocka_unit_test(what_is_kept_does_not_grow_with_the_number_of_starts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
