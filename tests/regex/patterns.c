#include "patterns.h"

#include <stdio.h>
#include <string.h>

#define I VG_REGEX_CASELESS
#define M VG_REGEX_MULTILINE
#define S VG_REGEX_DOTALL

const struct pattern own_patterns[] = {
    {"", 0},
    {"a", 0},
    {"a", I},
    {"^a", 0},
    {"a$", 0},
    {"^a$", M},
    {"^$", 0},
    {"^$", M},
    {"^", M},
    {"$", M},
    {"\\n^", M},
    {"^\\n$", M},
    {"$\\n", 0},
    {"a$\\n", 0},
    {"a$\\s", 0},
    {"$\\n$", 0},
    {"$\\n\\z", 0},
    {"a\\Z", 0},
    {"a\\z", 0},
    {"a\\Z", M},
    {"\\Aa", M},
    {"(?:^|b)a", 0},
    {"(?:a|$)b*$", 0},
    {"(?:^a|b$)+", M},
    {".", 0},
    {".", S},
    {"a.b", 0},
    {"a.b", S},
    {"a.*b$", 0},
    {"^.{3}$", 0},
    {"^.{3}$", S},
    {"\\bfoo\\b", 0},
    {"\\Bfoo\\B", 0},
    {"\\b", 0},
    {"\\B", 0},
    {"^\\B", 0},
    {"\\B$", 0},
    {"\\b$", 0},
    {"foo\\b.", S},
    {"\\b\\w{3}\\b\\W\\b", 0},
    {"(?:\\b|x)y", 0},
    {"(?:a\\b|b\\B)*c", 0},
    {"[^a]", I},
    {"[^a-f]x", I},
    {"[A-_]", I},
    {"[]a]", 0},
    {"[^]a]", 0},
    {"[a\\]b]", 0},
    {"[a-]", 0},
    {"[-a]", 0},
    {"[\\w.-]+@[\\w.-]+", 0},
    {"[\\d\\-x]", 0},
    {"[\\x41-\\x43]", 0},
    {"[\\b]", 0},
    {"[\\1\\012]", 0},
    {"[[:alpha:]]+[[:^digit:]]", 0},
    {"[[:upper:]]", I},
    {"[[:^lower:]]", I},
    {"[[:punct:][:space:]]x", 0},
    {"[[.]", 0},
    {"[[:x]", 0},
    {"\\x", 0},
    {"\\x4", 0},
    {"\\x41\\x{42}", 0},
    {"\\x{4e00}", 0},
    {"\\0", 0},
    {"\\012", 0},
    {"\\cJ", 0},
    {"\\t\\r\\e\\f\\a", 0},
    {"\\h\\v", 0},
    {"\\H\\V", 0},
    {"\\N\\N", S},
    {"a{2}", 0},
    {"a{2,}", 0},
    {"a{2,3}b", 0},
    {"^a{0}$", 0},
    {"a{,3}", 0},
    {"a{b}", 0},
    {"a{1", 0},
    {"a{1,b", 0},
    {"x{0,70}y", 0},
    {"a??b", 0},
    {"a*?b", 0},
    {"a{2,5}?b", 0},
    {"(a|ab)(c|bcd)(d*)$", 0},
    {"(?:a*)*b", 0},
    {"(?:a|)+b", 0},
    {"(?:|a){3}b", 0},
    {"(|)", 0},
    {"(?:)*a", 0},
    {"(?i)a(?-i)b", 0},
    {"a(?i)b|c", 0},
    {"(?:a(?i)b)c", 0},
    {"(?i:a)b", 0},
    {"(?s:.)(?-s).", S},
    {"(?m-s:^.)x", S},
    {"(?ims)^a.b$", 0},
    {"(?<name>a)(?P<other>b)(?'third'c)", 0},
    {"a(?#a comment)b", 0},
    {"((((a))))", 0},
    {"a.{10}b", 0},
    {"^(?:a?){12}a{12}$", 0},
    {"(?:[^\\\\]{1,20}\\\\){2}[^\\\\]+\\.exe$", I},
    {"%[^%]{1,30}%$", 0},
    {"^\"?[a-z]:\\\\(?:[^\\\\\"]+\\\\)*svchost\\.exe\"?\\s+-k\\s+\\w+", I},
    {"(?:[A-Za-z0-9+/]{4}){6,}(?:==|=)?", 0},
    {"\\\\\\\\[0-9a-f.:]+\\\\(?:ADMIN|C|IPC)\\$", I},
    {"(?:\\^.){4,}|(?:\"\"){3}", 0},
};
const unsigned own_pattern_count = sizeof(own_patterns) / sizeof(*own_patterns);

static void append(char *out, size_t room, const char *text)
{
    size_t used = strlen(out);

    snprintf(out + used, room - used, "%s", text);
}

static void make_part(uint64_t *random, char *out, size_t room, unsigned depth);

static void make_alternatives(uint64_t *random, char *out, size_t room, unsigned depth)
{
    unsigned alternatives = 1 + below(random, 4) / 2;

    for (unsigned at = 0; at < alternatives; at++) {
        unsigned parts = below(random, 4);

        if (at > 0)
            append(out, room, "|");
        for (unsigned part = 0; part < parts; part++)
            make_part(random, out, room, depth);
    }
}

static void make_group(uint64_t *random, char *out, size_t room, unsigned depth)
{
    static const char *const heads[] = {"(", "(?:", "(?i:", "(?m:", "(?s:", "(?-i:", "(?s-m:", "(?:(?i)"};

    append(out, room, heads[below(random, sizeof(heads) / sizeof(*heads))]);
    make_alternatives(random, out, room, depth + 1);
    append(out, room, ")");
}

static void make_part(uint64_t *random, char *out, size_t room, unsigned depth)
{
    static const char *const looks[] = {"^", "$", "\\b", "\\B", "\\A", "\\z", "\\Z"};
    static const char *const atoms[] = {"a",     "b",     "B",   "1",    "_",      " ",       "-",
                                        "\\n",   ".",     "\\w", "\\W",  "\\d",    "\\D",     "\\s",
                                        "\\S",   "[ab]",  "\\.", "[^a]", "[a-c1]", "[^\\w]",  "[\\s-]",
                                        "[B-b]", "\\x61", "a",   "b",    "\\n",    "[^\\n1]", "[[:alpha:]]"};
    static const char *const quantifiers[] = {"*",     "+",    "?",  "{2}", "{1,3}",
                                              "{0,2}", "{2,}", "*?", "+?",  "??"};

    if (below(random, 7) == 0) {
        append(out, room, looks[below(random, sizeof(looks) / sizeof(*looks))]);
        return;
    }
    if (depth < 3 && below(random, 4) == 0)
        make_group(random, out, room, depth);
    else
        append(out, room, atoms[below(random, sizeof(atoms) / sizeof(*atoms))]);
    if (below(random, 3) == 0)
        append(out, room, quantifiers[below(random, sizeof(quantifiers) / sizeof(*quantifiers))]);
}

void make_pattern(uint64_t *random, char *out, size_t room)
{
    *out = '\0';
    make_alternatives(random, out, room, 0);
    make_part(random, out, room, 0);
}

void make_soup(uint64_t *random, char *out, size_t room)
{
    static const char *const signs[] = {
        "a",   "b",  "1",   "\\", "[",  "]", "^",  "-",  "(",   ")",   "?",   ":", "|",    "*", "+",   "{",
        "}",   ",",  "$",   ".",  "x",  "d", "(?", "[:", ":]",  "i",   "(?:", "<", ">",    "=", "!",   "{2}",
        "\\w", "\n", "\\x", "[^", "2}", "#", "P",  "R",  "\\Z", "\\b", "'",   "&", "{1,}", " ", "a-c", "])"};
    unsigned count = 1 + below(random, 12);

    *out = '\0';
    for (unsigned at = 0; at < count; at++)
        append(out, room, signs[below(random, sizeof(signs) / sizeof(*signs))]);
}
