/* Patterns and numbers that are tried in full: their tokens are refused for the one thing that is wrong with
 * them, and the last that are right are not. */
#include "refused.h"

/* Its tokens. */
static struct vg_blob_token *tokens(void)
{
    return &parts.TOKENS[pattern()->tokens];
}

/* The token that ends TEXT, and the one behind all others. */
static struct vg_blob_token *last_literal(void)
{
    uint32_t at = parts.counts[VG_BLOB_TOKENS] - 1;

    while (parts.TOKENS[at].kind != VG_BLOB_LITERAL)
        at--;
    assert_int_equal(parts.TOKENS[at].text + parts.TOKENS[at].units, parts.counts[VG_BLOB_TEXT]);
    return &parts.TOKENS[at];
}

static void a_token_lies_within_the_text(void **state)
{
    struct vg_blob_token *token = last_literal();
    uint32_t text = parts.counts[VG_BLOB_TEXT];

    (void)state;
    assert_string_equal(VERDICT_WITH(&parts, token->units, token->units + 1), "a token's text lies outside");
    token->units = 0;
    assert_string_equal(VERDICT_WITH(&parts, token->text, text), ACCEPTED);
    assert_string_equal(VERDICT_WITH(&parts, token->text, text + 1), "a token's text lies outside");
}

static void a_token_is_a_text_or_a_wildcard(void **state)
{
    (void)state;
    assert_string_equal(VERDICT_WITH(&parts, tokens()[0].kind, VG_BLOB_TOKEN_KIND_COUNT),
                        "unknown kind of token");
    assert_string_equal(VERDICT_WITH(&parts, tokens()[0].units, 1), "a wildcard with text");
}

static void a_number_is_one_literal_of_digits(void **state)
{
    const char *check = "a number is not written as one";
    struct vg_blob_token *token = &parts.TOKENS[number()->tokens];
    uint16_t *digits = &parts.TEXT[token->text];

    (void)state;
    assert_string_equal(VERDICT_WITH(&parts, number()->token_count, 0), check);
    assert_string_equal(VERDICT_WITH(&parts, number()->token_count, 2), check);
    assert_string_equal(VERDICT_WITH(&parts, digits[2], '0' - 1), check);
    assert_string_equal(VERDICT_WITH(&parts, digits[2], '9'), ACCEPTED);
    assert_string_equal(VERDICT_WITH(&parts, digits[2], '9' + 1), check);
    assert_string_equal(VERDICT_WITH(&parts, digits[0], '0'), check);
    assert_string_equal(VERDICT_WITH(&parts, token->units, 0), check);
    token->units = 1;
    assert_string_equal(VERDICT_WITH(&parts, digits[0], '0'), ACCEPTED);
    token->units = 0;
    assert_string_equal(VERDICT_WITH(&parts, token->kind, VG_BLOB_ANY_ONE), check);
}

static void predicates_share_the_tokens_without_gaps(void **state)
{
    uint32_t count = parts.counts[VG_BLOB_TOKENS];

    (void)state;
    assert_string_equal(VERDICT_WITH(&parts, pattern()->tokens, pattern()->tokens + 1),
                        "a predicate's tokens lie outside");
    assert_string_equal(VERDICT_WITH(&parts, pattern()->token_count, count + 1),
                        "a predicate's tokens lie outside");
    parts_resize(&parts, VG_BLOB_TOKENS, count + 1);
    assert_string_equal(parts_verdict(&parts), "tokens of no predicate");
}

/* The last that has tokens. */
static struct vg_blob_predicate *last_pattern(void)
{
    struct vg_blob_predicate *last = &parts.PREDICATES[parts.counts[VG_BLOB_PREDICATES] - 1];

    while (last->token_count == 0)
        last--;
    return last;
}

/* So many, behind which there are none. */
static void give_tokens(struct vg_blob_predicate *last, uint32_t count)
{
    parts_resize(&parts, VG_BLOB_TOKENS, last->tokens + count);
    last->token_count = (uint16_t)count;
    while (++last < parts.PREDICATES + parts.counts[VG_BLOB_PREDICATES])
        last->tokens = parts.counts[VG_BLOB_TOKENS];
}

static void a_pattern_has_so_many_tokens_at_most(void **state)
{
    struct vg_blob_predicate *last = last_pattern();

    (void)state;
    for (uint32_t count = VG_BLOB_TOKENS_MAX; count <= VG_BLOB_TOKENS_MAX + 1; count++) {
        give_tokens(last, count);
        assert_string_equal(parts_verdict(&parts),
                            count > VG_BLOB_TOKENS_MAX ? "a predicate's tokens lie outside" : ACCEPTED);
    }
}

static void a_pattern_has_so_many_stars_at_most(void **state)
{
    struct vg_blob_predicate *last = last_pattern();

    (void)state;
    for (uint32_t count = VG_BLOB_STARS_MAX; count <= VG_BLOB_STARS_MAX + 1; count++) {
        give_tokens(last, count);
        for (uint32_t i = 0; i < count; i++)
            parts.TOKENS[last->tokens + i] = (struct vg_blob_token){.kind = VG_BLOB_ANY_RUN};
        assert_string_equal(parts_verdict(&parts),
                            count > VG_BLOB_STARS_MAX ? "a pattern is too long" : ACCEPTED);
    }
}

static void a_pattern_has_so_many_units_at_most(void **state)
{
    (void)state;
    parts_resize(&parts, VG_BLOB_TEXT, 2 * VG_BLOB_PATTERN_UNITS_MAX);
    tokens()[0].kind = VG_BLOB_LITERAL;
    assert_string_equal(VERDICT_WITH(&parts, tokens()[0].units, VG_BLOB_PATTERN_UNITS_MAX), ACCEPTED);
    assert_string_equal(VERDICT_WITH(&parts, tokens()[0].units, VG_BLOB_PATTERN_UNITS_MAX + 1),
                        "a pattern is too long");
}

static void a_pattern_searches_so_many_units_at_most(void **state)
{
    (void)state;
    parts_resize(&parts, VG_BLOB_TEXT, 2 * VG_BLOB_SEARCHED_MAX);
    tokens()[0].kind = VG_BLOB_ANY_RUN;
    tokens()[1].kind = VG_BLOB_LITERAL;
    tokens()[2].kind = VG_BLOB_ANY_RUN;
    assert_string_equal(VERDICT_WITH(&parts, tokens()[1].units, VG_BLOB_SEARCHED_MAX - 1), ACCEPTED);
    assert_string_equal(VERDICT_WITH(&parts, tokens()[1].units, VG_BLOB_SEARCHED_MAX),
                        "a pattern takes too long to try");
}

static void a_folder_is_one_text(void **state)
{
    const char *check = "a folder is not one text";

    (void)state;
    assert_string_equal(VERDICT_WITH(&parts, pattern()->test, VG_BLOB_TEST_UNDER), check);
    parts_field(&parts, number()->field)->searches |= 1u << VG_SEARCH_TESTS_SHIFT << VG_BLOB_TEST_UNDER;
    parts_field(&parts, number()->field)->searches &= ~(1u << VG_SEARCH_TESTS_SHIFT << number()->test);
    assert_string_equal(VERDICT_WITH(&parts, number()->test, VG_BLOB_TEST_UNDER), ACCEPTED);
    parts.TOKENS[number()->tokens] = (struct vg_blob_token){.kind = VG_BLOB_ANY_ONE};
    assert_string_equal(VERDICT_WITH(&parts, number()->test, VG_BLOB_TEST_UNDER), check);
}

/* However many patterns there are, looking at all takes no longer than TEXT is. */
static void tokens_share_no_text(void **state)
{
    struct vg_blob_token *token = &parts.TOKENS[number()->tokens];
    uint32_t spare = 0;

    (void)state;
    for (uint32_t i = 0; i < parts.counts[VG_BLOB_TOKENS]; i++)
        spare += parts.TOKENS[i].units;
    spare = parts.counts[VG_BLOB_TEXT] - spare;
    for (uint32_t i = 0; i <= token->units + spare; i++)
        parts.TEXT[i] = u'1';
    token->text = 0;
    assert_string_equal(VERDICT_WITH(&parts, token->units, token->units + spare), ACCEPTED);
    assert_string_equal(VERDICT_WITH(&parts, token->units, token->units + spare + 1),
                        "tokens share their text");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_token_lies_within_the_text),
        TEST(a_token_is_a_text_or_a_wildcard),
        TEST(a_number_is_one_literal_of_digits),
        TEST(predicates_share_the_tokens_without_gaps),
        TEST(a_pattern_has_so_many_tokens_at_most),
        TEST(a_pattern_has_so_many_stars_at_most),
        TEST(a_pattern_has_so_many_units_at_most),
        TEST(a_pattern_searches_so_many_units_at_most),
        TEST(a_folder_is_one_text),
        TEST(tokens_share_no_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
