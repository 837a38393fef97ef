#include "generate_regex.h"

#define PARTS_MAX 10u

/* An expression on its way. */
struct pattern {
    uint16_t *units;
    uint32_t count;
};

static void put(struct pattern *pattern, uint32_t unit)
{
    if (pattern->count < REGEX_PATTERN_MAX)
        pattern->units[pattern->count++] = (uint16_t)unit;
}

static void put_words(struct pattern *pattern, const char *words)
{
    while (*words)
        put(pattern, (uint8_t)*words++);
}

static bool is_alphanumeric(uint16_t unit)
{
    return (unit >= '0' && unit <= '9') || ((unit | 0x20) >= 'a' && (unit | 0x20) <= 'z' && unit < 0x80);
}

/* The unit itself; half a character above U+FFFF, which cannot be written, as any unit. */
static void put_unit(struct pattern *pattern, uint16_t unit)
{
    if (unit >= 0xD800 && unit <= 0xDFFF) {
        put(pattern, '.');
        return;
    }
    if (unit < 0x80 && !is_alphanumeric(unit))
        put(pattern, '\\');
    put(pattern, unit);
}

/* What is true of the unit, more or less. */
static void put_about(struct generator *generator, struct pattern *pattern, uint16_t unit)
{
    static const char *const about[] = {".", "\\w", "\\W", "[^a]", "[a-z\\\\]", "\\S", "[[:alpha:]:]"};

    switch (generator_below(generator, 8)) {
    case 0:
        put_words(pattern, about[generator_below(generator, sizeof(about) / sizeof(*about))]);
        break;
    case 1:
        put_words(pattern, "(?:");
        put_unit(pattern, unit);
        put_words(pattern, generator_below(generator, 2) ? "|ab)" : "|)");
        break;
    case 2:
        put(pattern, '(');
        put_unit(pattern, unit);
        put(pattern, ')');
        break;
    default:
        put_unit(pattern, unit);
    }
}

static void put_quantifier(struct generator *generator, struct pattern *pattern)
{
    static const char *const quantifiers[] = {"*", "+", "?", "{1,3}", "{2}", "{0}", "*?"};

    if (generator_below(generator, 6) == 0)
        put_words(pattern,
                  quantifiers[generator_below(generator, sizeof(quantifiers) / sizeof(*quantifiers))]);
}

uint32_t generate_regex(struct generator *generator, struct vg_span text, uint16_t units[REGEX_PATTERN_MAX])
{
    struct pattern pattern = {units, 0};
    uint32_t count = vg_unit_count(text);
    uint32_t at = generator_below(generator, count + 1);
    uint32_t parts = generator_below(generator, PARTS_MAX);

    if (generator_below(generator, 10) == 0)
        put(&pattern, '^');
    for (; parts > 0 && at < count; parts--) {
        if (generator_below(generator, 12) == 0) {
            put_words(&pattern, ".*");
            at += generator_below(generator, count - at);
        }
        put_about(generator, &pattern, vg_units(text)[at++]);
        put_quantifier(generator, &pattern);
        if (generator_below(generator, 30) == 0)
            put_words(&pattern, generator_below(generator, 2) ? "\\b" : "|");
    }
    if (generator_below(generator, 10) == 0)
        put(&pattern, '$');
    return pattern.count;
}
