#define _XOPEN_SOURCE 700
#include "patterns.h"

#include "../cmocka_all.h"

#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <yaml.h>

static struct {
    void (*visit)(const char *pattern, unsigned flags, void *context);
    void *context;
    unsigned count;
} corpus;

/* Whether a key asks for a regular expression; its flags. */
static bool is_regex_key(const char *key, unsigned *flags)
{
    char copy[256];
    bool found = false;

    *flags = 0;
    snprintf(copy, sizeof(copy), "%s", key);
    for (char *word = strtok(copy, "|"); word; word = strtok(NULL, "|")) {
        found = found || strcmp(word, "re") == 0;
        *flags |= strcmp(word, "i") == 0   ? VG_REGEX_CASELESS
                  : strcmp(word, "m") == 0 ? VG_REGEX_MULTILINE
                  : strcmp(word, "s") == 0 ? VG_REGEX_DOTALL
                                           : 0u;
    }
    return found && strchr(key, '|') && !strpbrk(key, " \\");
}

static void visit_value(const char *text, unsigned flags)
{
    corpus.count++;
    corpus.visit(text, flags, corpus.context);
}

static void read_events(yaml_parser_t *parser)
{
    bool wanted = false; /* the last scalar was a key that asks for one */
    bool listed = false; /* within a list behind such a key */
    unsigned flags = 0;
    yaml_event_type_t type;

    do {
        yaml_event_t event;

        assert_true(yaml_parser_parse(parser, &event));
        type = event.type;
        if (type == YAML_SCALAR_EVENT && (wanted || listed)) {
            visit_value((const char *)event.data.scalar.value, flags);
            wanted = false;
        } else if (type == YAML_SCALAR_EVENT) {
            wanted = is_regex_key((const char *)event.data.scalar.value, &flags);
        } else {
            listed = wanted && type == YAML_SEQUENCE_START_EVENT;
            wanted = false;
        }
        yaml_event_delete(&event);
    } while (type != YAML_STREAM_END_EVENT);
}

static int visit_file(const char *path, const struct stat *status, int kind, struct FTW *where)
{
    size_t length = strlen(path);
    yaml_parser_t parser;
    FILE *file;

    (void)status;
    (void)where;
    if (kind != FTW_F || length < 4 || strcmp(path + length - 4, ".yml") != 0)
        return 0;
    file = fopen(path, "rb");
    assert_non_null(file);
    assert_true(yaml_parser_initialize(&parser));
    yaml_parser_set_input_file(&parser, file);
    read_events(&parser);
    yaml_parser_delete(&parser);
    fclose(file);
    return 0;
}

unsigned visit_corpus(const char *folder, void (*visit)(const char *pattern, unsigned flags, void *context),
                      void *context)
{
    corpus.visit = visit;
    corpus.context = context;
    corpus.count = 0;
    nftw(folder, visit_file, 16, FTW_PHYS);
    return corpus.count;
}
