#include "validate.h"

static bool check_token(struct vg_check *check, const struct vg_blob_token *token)
{
    uint32_t text = vg_check_count(check, VG_BLOB_TEXT);

    if (token->kind >= VG_BLOB_TOKEN_KIND_COUNT)
        return vg_check_failed(check, "unknown kind of token", token);
    if (token->text > text || token->units > text - token->text)
        return vg_check_failed(check, "a token's text lies outside", token);
    if (token->kind != VG_BLOB_LITERAL && token->units != 0)
        return vg_check_failed(check, "a wildcard with text", token);
    return true;
}

/* One literal of digits, without leading zeros. */
static bool is_number(const struct vg_check *check, const struct vg_token_owner *owner)
{
    const struct vg_blob_token *token = check->blob.TOKENS + owner->tokens;
    const uint16_t *digits;

    if (owner->count != 1 || token->kind != VG_BLOB_LITERAL || token->units == 0)
        return false;
    digits = check->blob.TEXT + token->text;
    for (uint32_t i = 0; i < token->units; i++) {
        if (digits[i] < u'0' || digits[i] > u'9')
            return false;
    }
    return token->units == 1 || digits[0] != u'0';
}

static bool check_shape(struct vg_check *check, const struct vg_token_owner *owner)
{
    const struct vg_blob_token *tokens = check->blob.TOKENS + owner->tokens;

    if (vg_blob_searched(tokens, owner->count) > VG_BLOB_SEARCHED_MAX)
        return vg_check_failed(check, "a pattern takes too long to try", owner->place);
    if (owner->test == VG_BLOB_TEST_UNDER &&
        (owner->count > 1 || (owner->count == 1 && tokens[0].kind != VG_BLOB_LITERAL)))
        return vg_check_failed(check, "a folder is not one text", owner->place);
    if (vg_blob_test_is_number(owner->test) && !is_number(check, owner))
        return vg_check_failed(check, "a number is not written as one", owner->place);
    return true;
}

bool vg_check_tokens(struct vg_check *check, const struct vg_token_owner *owner,
                     struct vg_predicates_used *used)
{
    const struct vg_blob_token *tokens;
    uint64_t units = 0;
    uint32_t stars = 0;

    if (owner->tokens != used->tokens || owner->count > VG_BLOB_TOKENS_MAX ||
        owner->count > vg_check_count(check, VG_BLOB_TOKENS) - used->tokens)
        return vg_check_failed(check, "a predicate's tokens lie outside", owner->place);
    tokens = check->blob.TOKENS + owner->tokens;
    used->tokens += owner->count;
    for (uint32_t i = 0; i < owner->count; i++) {
        if (!check_token(check, &tokens[i]))
            return false;
        units += tokens[i].units;
        stars += tokens[i].kind == VG_BLOB_ANY_RUN;
    }
    if (units > VG_BLOB_PATTERN_UNITS_MAX || stars > VG_BLOB_STARS_MAX)
        return vg_check_failed(check, "a pattern is too long", owner->place);
    used->units += units;
    if (used->units > vg_check_count(check, VG_BLOB_TEXT))
        return vg_check_failed(check, "tokens share their text", owner->place);
    return check_shape(check, owner);
}

/* Two fields of text, and one way to compare them. */
static bool check_pair(struct vg_check *check, const struct vg_blob_predicate *predicate)
{
    uint32_t ways = predicate->flags & (VG_PREDICATE_STARTS | VG_PREDICATE_ENDS);
    uint32_t other = vg_blob_other(predicate);

    if (other >= VG_FIELD_COUNT)
        return vg_check_failed(check, "unknown other field", predicate);
    if (!vg_check_is_text(predicate->field) || !vg_check_is_text(other))
        return vg_check_failed(check, "a comparison of fields that hold no text", predicate);
    if (ways == (VG_PREDICATE_STARTS | VG_PREDICATE_ENDS))
        return vg_check_failed(check, "two ways to compare two fields", predicate);
    if (predicate->rule != VG_BLOB_NONE)
        return vg_check_failed(check, "a comparison of fields decides by itself", predicate);
    return true;
}

/* Of a field of text, and for conditions only: the scan of a value never answers it. */
static bool check_regex(struct vg_check *check, const struct vg_blob_predicate *predicate, bool tracked)
{
    if (!vg_check_is_text(predicate->field))
        return vg_check_failed(check, "a regular expression on a field that holds no text", predicate);
    if (vg_blob_regex_of(predicate) >= vg_check_count(check, VG_BLOB_REGEXES))
        return vg_check_failed(check, "no such regular expression", predicate);
    if (!tracked || predicate->rule != VG_BLOB_NONE)
        return vg_check_failed(check, "a regular expression decides by itself", predicate);
    return true;
}

static uint32_t flags_of_test(uint32_t test)
{
    if (test == VG_BLOB_TEST_REGEX)
        return VG_PREDICATE_PERMISSIVE | VG_PREDICATE_REGEX_MASK;
    if (test != VG_BLOB_TEST_FIELDREF)
        return VG_PREDICATE_FLAGS_ALL;
    return VG_PREDICATE_FLAGS_ALL | VG_PREDICATE_STARTS | VG_PREDICATE_ENDS | VG_PREDICATE_OTHER_MASK;
}

/* Only patterns, folders and numbers have tokens, and only on fields that hold text. */
static bool check_test(struct vg_check *check, const struct vg_blob_predicate *predicate, bool tracked)
{
    bool number = vg_blob_test_is_number(predicate->test);
    bool has_text =
        number || predicate->test == VG_BLOB_TEST_PATTERN || predicate->test == VG_BLOB_TEST_UNDER;

    if (predicate->field >= VG_FIELD_COUNT)
        return vg_check_failed(check, "unknown field", predicate);
    if (predicate->test >= VG_BLOB_TEST_COUNT)
        return vg_check_failed(check, "unknown test", predicate);
    if (predicate->flags & ~flags_of_test(predicate->test))
        return vg_check_failed(check, "unknown flag of a predicate", predicate);
    if (has_text && !vg_check_is_text(predicate->field))
        return vg_check_failed(check, "a test of text on a field that holds none", predicate);
    if (number && vg_field_kind((enum vg_field)predicate->field) != VG_KIND_NUMBER)
        return vg_check_failed(check, "a number is compared with what is none", predicate);
    if (number && !(predicate->flags & VG_PREDICATE_CONFIRM))
        return vg_check_failed(check, "a number that is not compared", predicate);
    if (!has_text && (predicate->token_count != 0 || (predicate->flags & VG_PREDICATE_CONFIRM)))
        return vg_check_failed(check, "a pattern where none belongs", predicate);
    if (predicate->test == VG_BLOB_TEST_FIELDREF)
        return check_pair(check, predicate);
    if (predicate->test == VG_BLOB_TEST_REGEX)
        return check_regex(check, predicate, tracked);
    return true;
}

bool vg_check_text(struct vg_check *check, uint32_t text, uint32_t units, const void *where)
{
    uint32_t count = vg_check_count(check, units & VG_TEXT_WIDE ? VG_BLOB_TEXT : VG_BLOB_BYTES);

    units &= ~VG_TEXT_WIDE;
    if (text > count || units > count - text)
        return vg_check_failed(check, "a key's text lies outside", where);
    return true;
}

/* A group rests on the field of its members, tells no other, and has room for its truth. */
static bool check_group(struct vg_check *check, const struct vg_blob_predicate *member, uint32_t index)
{
    const struct vg_blob_predicate *group;

    if (index >= check->blob.header->tracked_count)
        return vg_check_failed(check, "a member of no group", member);
    group = &check->blob.PREDICATES[index];
    if (group->test != VG_BLOB_TEST_ANY)
        return vg_check_failed(check, "a member of no group", member);
    if (group->field != member->field || member->test == VG_BLOB_TEST_ANY ||
        member->test == VG_BLOB_TEST_REGEX)
        return vg_check_failed(check, "a group of what cannot be its member", member);
    return true;
}

static bool check_anchor(struct vg_check *check, const struct vg_blob_predicate *predicate, bool tracked,
                         uint32_t entry)
{
    uint32_t index = entry & ~(VG_BLOB_LAST | VG_ANCHOR_GROUP);

    if (entry & VG_ANCHOR_GROUP)
        return check_group(check, predicate, index);
    if (!tracked)
        return vg_check_failed(check, "a predicate announces what is not its own", predicate);
    if (index >= vg_check_count(check, VG_BLOB_CONDITIONS))
        return vg_check_failed(check, "no such condition", predicate);
    return true;
}

static bool check_anchors(struct vg_check *check, const struct vg_blob_predicate *predicate, bool tracked,
                          struct vg_predicates_used *used)
{
    uint32_t count = vg_check_count(check, VG_BLOB_ANCHORS);
    uint32_t entry;

    if (predicate->anchors == VG_BLOB_NONE)
        return true;
    if (predicate->anchors != used->anchors)
        return vg_check_failed(check, "a predicate announces what is not its own", predicate);
    do {
        if (used->anchors >= count)
            return vg_check_failed(check, "a list of conditions does not end", predicate);
        entry = check->blob.ANCHORS[used->anchors++];
        if (!check_anchor(check, predicate, tracked, entry))
            return false;
    } while (!(entry & VG_BLOB_LAST));
    return true;
}

bool vg_check_predicates(struct vg_check *check)
{
    const struct vg_blob_predicate *predicates = check->blob.PREDICATES;
    const struct vg_blob_header *header = check->blob.header;
    struct vg_predicates_used used = {0, 0, 0, 0};

    for (uint32_t i = 0; i < vg_check_count(check, VG_BLOB_PREDICATES); i++) {
        const struct vg_blob_predicate *predicate = &predicates[i];
        bool tracked = i < header->tracked_count;
        bool tried = !tracked && i < header->tracked_count + header->tried_count;
        struct vg_token_owner owner = {predicate->tokens, predicate->token_count, predicate->test, predicate};

        if (predicate->rule != VG_BLOB_NONE && !vg_check_deciding_rule(check, predicate->rule))
            return vg_check_failed(check, "a predicate decides by no deciding rule", predicate);
        if (!check_test(check, predicate, tracked || tried) || !vg_check_tokens(check, &owner, &used) ||
            !vg_check_trials(check, predicate, tried, &used) ||
            !check_anchors(check, predicate, tracked, &used))
            return false;
    }
    if (used.trials != vg_check_count(check, VG_BLOB_TRIALS))
        return vg_check_failed(check, "trials of no predicate", check->blob.TRIALS + used.trials);
    if (used.tokens != vg_check_count(check, VG_BLOB_TOKENS))
        return vg_check_failed(check, "tokens of no predicate", check->blob.TOKENS + used.tokens);
    if (used.anchors != vg_check_count(check, VG_BLOB_ANCHORS))
        return vg_check_failed(check, "a list of conditions of no predicate",
                               check->blob.ANCHORS + used.anchors);
    return true;
}

/* A target that leads to a rule, or to the list that starts at *used, which is then used up. */
static bool check_target(struct vg_check *check, const uint32_t *target, uint32_t *used)
{
    uint32_t count = vg_check_count(check, VG_BLOB_POSTINGS);

    if (*target & VG_TARGET_RULE) {
        if (!vg_check_deciding_rule(check, *target & VG_TARGET_INDEX))
            return vg_check_failed(check, "a key leads to no deciding rule", target);
        return true;
    }
    if (*target != *used || *used >= count)
        return vg_check_failed(check, "a key's list is not its own", target);
    while (!(check->blob.POSTINGS[*used] & VG_BLOB_LAST)) /* the last entry of all has it */
        ++*used;
    ++*used;
    return true;
}

/* How far the sections that keys share have been used up. */
struct used_by_keys {
    uint32_t keys;
    uint32_t postings;
};

static bool check_key(struct vg_check *check, struct used_by_keys *used)
{
    const uint32_t *key = check->blob.KEYS + used->keys;
    uint32_t left = vg_check_count(check, VG_BLOB_KEYS) - used->keys;

    if (left < VG_KEY_TEXT || vg_key_words(key[1]) > left)
        return vg_check_failed(check, "a key lies outside", check->blob.KEYS + used->keys);
    used->keys += vg_key_words(key[1]);
    return check_target(check, key, &used->postings);
}

static bool check_bucket(struct vg_check *check, const struct vg_blob_bucket *bucket,
                         struct used_by_keys *used)
{
    uint32_t count = 0;
    uint32_t last;

    if (bucket->filter == 0 && bucket->key == 0)
        return true;
    if (bucket->filter == 0 || bucket->key != used->keys)
        return vg_check_failed(check, "a bucket's keys are not its own", bucket);
    do {
        last = used->keys;
        if (count++ == VG_BLOB_PROBES_MAX)
            return vg_check_failed(check, "too many keys share a bucket", bucket);
        if (!check_key(check, used))
            return false;
    } while (!(check->blob.KEYS[last + 1] & VG_KEY_LAST));
    return true;
}

static bool check_buckets(struct vg_check *check, struct used_by_keys *used)
{
    for (uint32_t i = 0; i < vg_check_count(check, VG_BLOB_BUCKETS); i++) {
        if (!check_bucket(check, &check->blob.BUCKETS[i], used))
            return false;
    }
    if (used->keys != vg_check_count(check, VG_BLOB_KEYS))
        return vg_check_failed(check, "keys of no bucket", check->blob.KEYS + used->keys);
    return true;
}

static bool check_literals(struct vg_check *check, uint32_t *used)
{
    const struct vg_blob_literal *literals = check->blob.LITERALS;

    for (uint32_t i = 0; i < vg_check_count(check, VG_BLOB_LITERALS); i++) {
        uint32_t units = literals[i].units & ~VG_TEXT_WIDE;

        if (units == 0 || units > VG_LITERAL_UNITS_MAX)
            return vg_check_failed(check, "a searched text is empty or too long", &literals[i]);
        if (!vg_check_text(check, literals[i].text, literals[i].units, &literals[i]) ||
            !check_target(check, &literals[i].target, used))
            return false;
    }
    return true;
}

static bool check_grams(struct vg_check *check)
{
    const struct vg_blob_gram *grams = check->blob.GRAMS;
    uint32_t count = vg_check_count(check, VG_BLOB_GRAMS);
    uint64_t bucket = 0;

    for (uint32_t i = 0; i < count; i++) {
        uint32_t literal = grams[i].literal & VG_GRAM_LITERAL;

        if (literal >= vg_check_count(check, VG_BLOB_LITERALS))
            return vg_check_failed(check, "a gram of no text", &grams[i]);
        if (grams[i].known > 8 || grams[i].behind > 7)
            return vg_check_failed(check, "a word of more than eight bytes", &grams[i]);
        bucket += check->blob.LITERALS[literal].units & ~VG_TEXT_WIDE;
        if (bucket > VG_BLOB_BUCKET_UNITS_MAX)
            return vg_check_failed(check, "too many texts share a gram", &grams[i]);
        if (grams[i].literal & VG_BLOB_LAST)
            bucket = 0;
        else if (i == count - 1)
            return vg_check_failed(check, "the last texts of a gram do not end", &grams[i]);
    }
    return true;
}

/* What is only marked as true has room for that, and is nothing that truth is not enough for. */
static bool check_posting(struct vg_check *check, const uint32_t *posting)
{
    uint32_t index = *posting & VG_POSTING_INDEX;
    bool permissive = (*posting & VG_POSTING_PERMISSIVE) != 0;
    const struct vg_blob_predicate *predicate;

    if (index >= vg_check_count(check, VG_BLOB_PREDICATES))
        return vg_check_failed(check, "no such predicate", posting);
    predicate = &check->blob.PREDICATES[index];
    if (!(*posting & VG_POSTING_MARK)) {
        if (permissive)
            return vg_check_failed(check, "a flag of a mark on what is none", posting);
        return true;
    }
    if (index >= check->blob.header->tracked_count || predicate->rule != VG_BLOB_NONE ||
        predicate->anchors != VG_BLOB_NONE || predicate->test == VG_BLOB_TEST_REGEX ||
        (predicate->flags & VG_PREDICATE_CONFIRM) ||
        permissive != ((predicate->flags & VG_PREDICATE_PERMISSIVE) != 0))
        return vg_check_failed(check, "a mark on a predicate that is more", posting);
    return true;
}

bool vg_check_postings(struct vg_check *check)
{
    const uint32_t *postings = check->blob.POSTINGS;
    uint32_t count = vg_check_count(check, VG_BLOB_POSTINGS);
    struct used_by_keys used = {0, 0};

    for (uint32_t i = 0; i < count; i++) {
        if (!check_posting(check, &postings[i]))
            return false;
    }
    if (count != 0 && !(postings[count - 1] & VG_BLOB_LAST))
        return vg_check_failed(check, "the last list of predicates does not end", &postings[count - 1]);
    if (!check_buckets(check, &used) || !check_literals(check, &used.postings))
        return false;
    check->postings = used.postings;
    return check_grams(check);
}
