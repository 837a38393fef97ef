#include "match.h"

/* Decimal digits, any number of them; never a number that is cut off. */
struct digits {
    const uint16_t *units;
    uint32_t count;
};

static bool is_digit(uint16_t unit)
{
    return unit >= u'0' && unit <= u'9';
}

/* The digits of a value without leading zeros; false for what is no number. */
static bool read_digits(const struct vg_value *value, struct digits *digits)
{
    *digits = (struct digits){value->units, value->count};
    for (uint32_t i = 0; i < value->count; i++) {
        if (!is_digit(value->units[i]))
            return false;
    }
    while (digits->count > 1 && digits->units[0] == u'0') {
        digits->units++;
        digits->count--;
    }
    return digits->count > 0;
}

static int compare(const struct digits *a, const struct digits *b)
{
    int order = (a->count > b->count) - (a->count < b->count);

    for (uint32_t i = 0; order == 0 && i < a->count; i++)
        order = (a->units[i] > b->units[i]) - (a->units[i] < b->units[i]);
    return order;
}

/* The validator has shown that the predicate's only token is a number without leading zeros. */
bool vg_match_number(const struct vg_blob_view *blob, const struct vg_blob_predicate *predicate,
                     const struct vg_value *value)
{
    const struct vg_blob_token *token = blob->TOKENS + predicate->tokens;
    struct digits limit = {blob->TEXT + token->text, token->units};
    struct digits digits;
    int order;

    if (!read_digits(value, &digits))
        return false;
    order = compare(&digits, &limit);
    return predicate->test == VG_BLOB_TEST_AT_LEAST ? order >= 0 : order <= 0;
}
