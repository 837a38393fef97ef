/* Values that no start has, so that a rule rests on nothing. */
#include <string.h>

#include "reader.h"

/* So many are told one by one; of the others, and of those in Sigma rules, only how many there are. */
#define TOLD_MAX 20u

struct finding {
    const char *message;
    const char *hint;
};

/* The names that the driver gives beside a SID (src/driver/sid.c). */
static const char *const user_names[] = {
    "NT AUTHORITY\\SYSTEM",
    "NT AUTHORITY\\LOCAL SERVICE",
    "NT AUTHORITY\\NETWORK SERVICE",
    "NT AUTHORITY\\ANONYMOUS LOGON",
    "NT AUTHORITY\\IUSR",
    "BUILTIN\\Administrators",
    "BUILTIN\\Users",
    "BUILTIN\\Guests",
    "Everyone",
    "NULL SID",
};

/* A pattern read as one run of codes. */
struct codes {
    const struct vg_token *tokens;
    size_t token_count;
    size_t token;
    uint32_t unit;
};

static struct codes codes_of(const struct vg_predicate *predicate)
{
    return (struct codes){.tokens = predicate->tokens, .token_count = predicate->token_count};
}

/* The code at hand, folded; false behind the last one. */
static bool read_code(const struct codes *codes, uint32_t *code)
{
    if (codes->token == codes->token_count)
        return false;
    const struct vg_token *token = &codes->tokens[codes->token];
    if (token->kind == VG_TOKEN_LITERAL)
        *code = vg_upcase(vg_units(token->text)[codes->unit]);
    else
        *code = token->kind == VG_TOKEN_ANY_RUN ? VG_CODE_RUN : VG_CODE_ONE;
    return true;
}

static bool next_code(struct codes *codes, uint32_t *code)
{
    if (!read_code(codes, code))
        return false;
    const struct vg_token *token = &codes->tokens[codes->token];
    if (token->kind != VG_TOKEN_LITERAL || ++codes->unit == vg_unit_count(token->text)) {
        codes->token++;
        codes->unit = 0;
    }
    return true;
}

static uint32_t code_of_letter(char letter)
{
    return vg_upcase((uint16_t)(unsigned char)letter);
}

/* Whether the pattern matches an ASCII text, in any case: each * takes as little as it can. */
static bool matches_name(const struct vg_predicate *predicate, const char *name)
{
    struct codes at = codes_of(predicate), star = at;
    const char *retry = NULL;
    for (;;) {
        uint32_t code;
        bool more = next_code(&at, &code);
        if (!more && !*name)
            return true;
        if (more && code == VG_CODE_RUN) {
            star = at;
            retry = name;
        } else if (more && *name && (code == VG_CODE_ONE || code == code_of_letter(*name))) {
            name++;
        } else if (retry && *retry) {
            at = star;
            name = ++retry;
        } else {
            return false;
        }
    }
}

/* Whether a SID may be among what the pattern matches: its literals hold nothing else. */
static bool may_be_sid(const struct vg_predicate *predicate)
{
    struct codes at = codes_of(predicate);
    uint32_t code;
    while (next_code(&at, &code))
        if (code < VG_CODE_RUN && code != 'S' && code != '-' && (code < '0' || code > '9'))
            return false;
    return true;
}

static bool check_user(const struct vg_predicate *predicate, struct finding *finding)
{
    if (may_be_sid(predicate))
        return true;
    for (size_t i = 0; i < sizeof(user_names) / sizeof(*user_names); i++)
        if (matches_name(predicate, user_names[i]))
            return true;
    *finding = (struct finding){
        "no user is ever this: it is a SID, and a name only for a few that every Windows has",
        "write the SID (S-1-5-21-...), or a well-known name such as NT AUTHORITY\\SYSTEM; docs/policy.md "
        "lists "
        "them",
    };
    return false;
}

/* Whether the pattern begins so; ? in `start` stands for the wildcard as for the character. */
static bool begins_with(const struct vg_predicate *predicate, const char *start)
{
    struct codes at = codes_of(predicate);
    uint32_t code;
    for (; *start; start++) {
        if (!next_code(&at, &code))
            return false;
        if (code != code_of_letter(*start) && !(*start == '?' && code == VG_CODE_ONE))
            return false;
    }
    return true;
}

/* A drive, a server, or the device of a volume that has neither. */
static bool begins_as_paths_do(const struct vg_predicate *predicate)
{
    static const char *const starts[] = {"\\\\", "\\Device"};
    struct codes at = codes_of(predicate);
    uint32_t first = VG_CODE_RUN, second = VG_CODE_RUN, third = VG_CODE_RUN;
    for (size_t i = 0; i < sizeof(starts) / sizeof(*starts); i++)
        if (begins_with(predicate, starts[i]))
            return true;
    (void)(next_code(&at, &first) && next_code(&at, &second) && next_code(&at, &third));
    if (first >= VG_CODE_RUN)
        return true;
    if (first == '\\')
        return second >= VG_CODE_RUN;
    if (first < 'A' || first > 'Z')
        return false;
    return second >= VG_CODE_RUN || (second == ':' && (third >= VG_CODE_RUN || third == '\\'));
}

static bool check_beginning(const struct vg_predicate *predicate, struct finding *finding)
{
    static const char *const prefixes[] = {"\\\\?\\", "\\?\\", "\\\\.\\", "\\.\\", "\\??\\"};
    for (size_t i = 0; i < sizeof(prefixes) / sizeof(*prefixes); i++)
        if (begins_with(predicate, prefixes[i])) {
            *finding = (struct finding){"no path begins with \\\\?\\, \\\\.\\ or \\??\\: they come without",
                                        "begin with the drive (C:\\) or the server (\\\\server\\)"};
            return false;
        }
    if (begins_as_paths_do(predicate))
        return true;
    if (begins_with(predicate, "\\"))
        *finding = (struct finding){
            "no path begins with a single backslash",
            "for the end of a path use |endswith; for \\\\server\\share write four backslashes at the "
            "beginning, or use |under or |path"};
    else
        *finding =
            (struct finding){"no path begins so: values are whole paths",
                             "for a program wherever it is write |endswith: '\\name.exe'; a whole path "
                             "begins with a drive (C:\\)"};
    return false;
}

/* What ends at a backslash or at the end of the pattern: how many units of it are literal, and which. */
struct component {
    uint32_t units;
    uint32_t dots;   /* at its end */
    uint32_t digits; /* at its end, behind a ~ */
    bool whole;      /* it begins behind a backslash, and holds no wildcard */
    bool tilde;      /* a ~ and digits so far */
};

static void add_unit(struct component *component, uint32_t code)
{
    component->units++;
    component->dots = code == '.' ? component->dots + 1 : 0;
    if (code == '~') {
        component->tilde = true;
        component->digits = 0;
    } else if (component->tilde && code >= '0' && code <= '9') {
        component->digits++;
    } else {
        component->tilde = false;
    }
}

static bool is_dots(const struct component *component)
{
    return component->whole && component->dots == component->units && component->units >= 1 &&
           component->units <= 2;
}

static const struct finding relative = {"no path holds . or .. between backslashes",
                                        "write the path that they lead to"};
static const struct finding short_name = {"paths come with long names, so a short one (~1) never matches",
                                          "write the long name"};

static bool check_components(const struct vg_predicate *predicate, struct finding *finding)
{
    struct codes at = codes_of(predicate);
    struct component component = {0};
    uint32_t code = 0, last = VG_CODE_RUN, before = VG_CODE_RUN;
    for (; next_code(&at, &code); before = last, last = code) {
        bool short_end = component.tilde && component.digits && component.units > component.digits + 1;
        if (short_end && (code == '\\' || code == '.')) {
            *finding = short_name;
            return false;
        }
        if (code == '/') {
            *finding = (struct finding){"a Windows path holds no /", "separate with \\"};
            return false;
        }
        if (code == '\\') {
            if (is_dots(&component)) {
                *finding = relative;
                return false;
            }
            if (last == '\\' && before != VG_CODE_RUN) {
                *finding = (struct finding){"two backslashes inside a path never match", "write one of them"};
                return false;
            }
            component = (struct component){.whole = true};
        } else if (code >= VG_CODE_RUN) {
            component = (struct component){0};
        } else {
            add_unit(&component, code);
        }
    }
    if (is_dots(&component)) {
        *finding = relative;
    } else if (component.tilde && component.digits && component.units > component.digits + 1) {
        *finding = short_name;
    } else if (last == '\\' && predicate->test == VG_TEST_PATTERN) {
        *finding = (struct finding){"no path ends in a backslash",
                                    "for all below a folder end with \\*, or use |under"};
    } else if (last == '.' || last == ' ') {
        *finding = (struct finding){"no name that Windows makes ends in a dot or a space", "leave it out"};
    } else {
        return true;
    }
    return false;
}

static bool check_predicate(const struct vg_predicate *predicate, struct finding *finding)
{
    if ((predicate->test != VG_TEST_PATTERN && predicate->test != VG_TEST_UNDER) || !predicate->token_count)
        return true;
    if (predicate->field == VG_FIELD_USER || predicate->field == VG_FIELD_PARENT_USER)
        return check_user(predicate, finding);
    if (vg_field_kind(predicate->field) != VG_KIND_PATH)
        return true;
    return check_beginning(predicate, finding) && check_components(predicate, finding);
}

/* A predicate on a fact that may turn out unknown when the file is opened, and whose truth is an exception.
 */
static const struct vg_predicate *excusing_staged(const struct vg_expr *expr)
{
    if (expr->kind == VG_EXPR_PREDICATE)
        return expr->predicate->permissive && vg_field_stage(expr->predicate->field) > VG_STAGE_DRIVE
                   ? expr->predicate
                   : NULL;
    for (size_t i = 0; i < expr->child_count; i++) {
        const struct vg_predicate *found = excusing_staged(expr->children[i]);
        if (found)
            return found;
    }
    return NULL;
}

void vg_lint_exceptions(struct vg_reader *reader, const struct vg_rule *rules, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct vg_predicate *found = NULL;
        if ((rules[i].action == VG_ACTION_DENY || rules[i].action == VG_ACTION_ASK) && !rules[i].from_sigma)
            found = excusing_staged(rules[i].condition);
        if (found)
            vg_warn(reader, found->place, "with `unknown: match` the rule matches then",
                    "where the file cannot be read, %s is unknown, and the rule %s does not match",
                    vg_field_name(found->field), vg_shown(reader, rules[i].name, strlen(rules[i].name)));
    }
}

struct values {
    struct vg_reader *reader;
    bool sigma; /* the rule at hand is a Sigma rule */
    size_t found;
    size_t found_in_sigma;
    struct vg_place told; /* the last place, of which a value with two meanings has two predicates */
};

static bool same_place(struct vg_place a, struct vg_place b)
{
    return a.file == b.file && a.line == b.line && a.column == b.column;
}

static void look_at(struct values *values, const struct vg_expr *expr)
{
    struct finding finding;
    for (size_t i = 0; i < expr->child_count; i++)
        look_at(values, expr->children[i]);
    if (expr->kind != VG_EXPR_PREDICATE || check_predicate(expr->predicate, &finding) ||
        same_place(values->told, expr->predicate->place))
        return;
    values->told = expr->predicate->place;
    if (values->sigma)
        values->found_in_sigma++;
    else if (++values->found <= TOLD_MAX)
        vg_warn(values->reader, expr->predicate->place, finding.hint, "%s", finding.message);
}

void vg_lint_values(struct vg_reader *reader, const struct vg_rule *rules, size_t count)
{
    struct values values = {.reader = reader};
    struct vg_place place = {.file = reader->file};
    for (size_t i = 0; i < count; i++) {
        values.sigma = rules[i].from_sigma;
        look_at(&values, rules[i].condition);
    }
    if (values.found > TOLD_MAX)
        vg_warn(reader, place, NULL, "%zu more values are such as no start has", values.found - TOLD_MAX);
    if (values.found_in_sigma)
        vg_warn(reader, place, NULL, "%zu value%s in Sigma rules %s such as no start has",
                values.found_in_sigma, values.found_in_sigma == 1 ? "" : "s",
                values.found_in_sigma == 1 ? "is" : "are");
}
