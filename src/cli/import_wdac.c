/* App Control for Business (WDAC): the XML that ConfigCI writes (SiPolicy; learn.microsoft.com, "Understand
 * App Control for Business policy rules and file rules"). What its signing scenario for user mode says of
 * files is translated. */
#include "import.h"

#include "../policy/arena.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Who refers to a rule or signer. */
enum { IN_USER_MODE = 1, IN_KERNEL_MODE = 2, IN_TESTS = 4 };

struct reference {
    const char *id;
    unsigned where;
};

struct wdac {
    struct vg_import *import;
    const struct vg_xml *root;
    struct vg_buffer references; /* struct reference, by id once they are sorted */
    struct vg_buffer elements; /* const struct vg_xml *, by ID once they are sorted: signers and file rules */
    bool user_mode;            /* Enabled:UMCI */
    bool paths_unprotected;    /* Disabled:Runtime FilePath Rule Protection */
};

/* --- who refers to what -------------------------------------------------------------------------------- */

static const char *id_of(const struct vg_xml *element)
{
    const char *id = vg_xml_attribute(element, "ID");

    return id != NULL ? id : "";
}

static int compare_references(const void *a, const void *b)
{
    return strcmp(((const struct reference *)a)->id, ((const struct reference *)b)->id);
}

static int compare_elements(const void *a, const void *b)
{
    return strcmp(id_of(*(const struct vg_xml *const *)a), id_of(*(const struct vg_xml *const *)b));
}

static void collect_references(struct wdac *wdac, const struct vg_xml *signers, unsigned where)
{
    const struct vg_xml *list = vg_xml_child(signers, "FileRulesRef");

    for (const struct vg_xml *at = vg_xml_child(list, "FileRuleRef"); at != NULL;
         at = vg_xml_next(at, "FileRuleRef")) {
        struct reference reference = {.id = vg_xml_attribute(at, "RuleID"), .where = where};

        if (reference.id != NULL)
            vg_buffer_put(&wdac->references, &reference, sizeof reference);
    }
}

static void collect_elements(struct wdac *wdac, const char *list)
{
    const struct vg_xml *first = vg_xml_child(wdac->root, list);

    for (const struct vg_xml *at = first != NULL ? first->first : NULL; at != NULL; at = at->next)
        vg_buffer_put(&wdac->elements, &at, sizeof at);
}

static unsigned mode_of(const struct vg_xml *scenario)
{
    const char *value = vg_xml_attribute(scenario, "Value");

    return value != NULL && strcmp(value, "12") == 0 ? IN_USER_MODE : IN_KERNEL_MODE;
}

static void sort(struct vg_buffer *buffer, size_t size, int (*compare)(const void *, const void *))
{
    if (buffer->size != 0)
        qsort(buffer->bytes, buffer->size / size, size, compare);
}

static void collect(struct wdac *wdac)
{
    const struct vg_xml *scenarios = vg_xml_child(wdac->root, "SigningScenarios");

    for (const struct vg_xml *at = vg_xml_child(scenarios, "SigningScenario"); at != NULL;
         at = vg_xml_next(at, "SigningScenario")) {
        collect_references(wdac, vg_xml_child(at, "ProductSigners"), mode_of(at));
        collect_references(wdac, vg_xml_child(at, "TestSigners"), IN_TESTS);
        collect_references(wdac, vg_xml_child(at, "TestSigningSigners"), IN_TESTS);
    }
    collect_elements(wdac, "FileRules");
    collect_elements(wdac, "Signers");
    sort(&wdac->references, sizeof(struct reference), compare_references);
    sort(&wdac->elements, sizeof(const struct vg_xml *), compare_elements);
}

/* All who refer to an ID; IDs that stand more than once are sorted beside each other. */
static unsigned where_referenced(const struct wdac *wdac, const char *id)
{
    const struct reference *references = VG_BUFFER_AT(&wdac->references, struct reference);
    size_t count = VG_BUFFER_COUNT(&wdac->references, struct reference);
    size_t low = 0;
    unsigned where = 0;

    for (size_t high = count; low < high;) {
        size_t middle = low + (high - low) / 2;

        if (strcmp(references[middle].id, id) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < count && strcmp(references[low].id, id) == 0 && where != 7; low++)
        where |= references[low].where;
    return where;
}

/* The signer or file attribute of that ID, or NULL. */
static const struct vg_xml *element_of(const struct wdac *wdac, const char *id)
{
    const struct vg_xml key = {.attributes = &(struct vg_xml_attribute){.name = "ID", .value = id},
                               .attribute_count = 1};
    const struct vg_xml *wanted = &key;
    const struct vg_xml **found =
        id == NULL || wdac->elements.size == 0
            ? NULL
            : bsearch(&wanted, wdac->elements.bytes, VG_BUFFER_COUNT(&wdac->elements, const struct vg_xml *),
                      sizeof wanted, compare_elements);

    return found != NULL ? *found : NULL;
}

/* --- what a file rule asks for ------------------------------------------------------------------------- */

static bool begins(const char *text, const char *prefix)
{
    return strncasecmp(text, prefix, strlen(prefix)) == 0;
}

static void put_item(struct vg_buffer *body, const char *key, const char *value, bool literal)
{
    vg_import_put(body, "      ");
    vg_import_put(body, key);
    vg_import_put(body, ": ");
    if (literal)
        vg_import_put_literal(body, value);
    else
        vg_import_put_quoted(body, value);
    vg_import_put(body, "\n");
}

/* Hashes are those that signatures are made over; which of the four, only their length and their usual names
 * say. */
static const char *put_hash(struct vg_buffer *body, const struct vg_xml *rule, const char *hash)
{
    const char *name = vg_xml_attribute(rule, "FriendlyName");

    put_item(body, "AuthentiHash", hash, false);
    if (strspn(hash, "0123456789abcdefABCDEF") != strlen(hash) || (strlen(hash) != 40 && strlen(hash) != 64))
        return "its hash is neither 40 nor 64 hexadecimal digits";
    if (name != NULL && strstr(name, "Hash Page") != NULL)
        return "it is for the hash of a file's first page, which Vigil does not compute";
    if (strlen(hash) == 40)
        return "it is for a SHA-1, and Vigil's AuthentiHash is the SHA-256";
    return NULL;
}

/* The variables of WDAC are fewer than AppLocker's, and %SYSTEM32% is one folder. */
static const char *put_path(struct wdac *wdac, struct vg_buffer *body, const struct vg_xml *rule,
                            const char *path)
{
    const char *inner = strchr(path + (*path == '%'), '%');

    if (begins(path, "%SYSTEM32%"))
        path = vg_arena_format(wdac->import->arena, "%%WINDIR%%\\System32%s", path + strlen("%SYSTEM32%"));
    if (path == NULL)
        return "out of memory";
    put_item(body, "Image|path", path, false);
    if (*path == '%' && !begins(path, "%WINDIR%") && !begins(path, "%OSDRIVE%"))
        return "its path begins with a variable that WDAC does not know";
    if (inner != NULL && strchr(inner + 1, '%') != NULL)
        return "its path has a variable that does not begin it";
    if (*path != '\0' && path[strlen(path) - 1] == '\\')
        return "its path ends with a backslash: the documentation does not say what that means";
    if (vg_xml_is(rule, "Allow") && !wdac->paths_unprotected)
        return "an allowed path counts only while none but administrators can write to it, which Vigil does "
               "not "
               "look at (it would with the option Disabled:Runtime FilePath Rule Protection)";
    return NULL;
}

static const char *put_name(struct vg_buffer *body, const char *key, const char *value)
{
    put_item(body, key, value, true);
    return strpbrk(value, "*?") != NULL ? "it has a wildcard where the documentation knows none" : NULL;
}

/* Whether a version is at least 65355 in each part: Microsoft's lists end there (a slip for 65535), no file
 * does. */
static bool is_highest(const char *version)
{
    for (int part = 0; part < 4; part++) {
        char *end;
        unsigned long number = strtoul(version, &end, 10);

        if (end == version || number < 65355 || *end != (part < 3 ? '.' : '\0'))
            return false;
        version = end + 1;
    }
    return true;
}

/* A bound that leaves no file out is none. That of a denial without a maximum is read by Windows as one from
 * above. */
static const char *put_version(struct vg_buffer *body, const struct vg_xml *rule, const char *key,
                               const char *value)
{
    bool minimum = strcmp(key, "MinimumFileVersion") == 0;
    bool bounded = vg_xml_attribute(rule, "MaximumFileVersion") != NULL;

    if (minimum && strcmp(value, "0.0.0.0") == 0 && (bounded || vg_xml_is(rule, "Allow")))
        return NULL;
    if (is_highest(value) && (minimum ? vg_xml_is(rule, "Deny") && !bounded : true))
        return NULL;
    put_item(body, key, value, true);
    return "it is bound to versions of a file, which Vigil does not compare as numbers";
}

/* One attribute of a file rule. */
static const char *put_attribute(struct wdac *wdac, struct vg_buffer *body, const struct vg_xml *rule,
                                 const struct vg_xml_attribute *at)
{
    if (strcmp(at->name, "ID") == 0 || strcmp(at->name, "FriendlyName") == 0)
        return NULL;
    if (strcmp(at->name, "Hash") == 0)
        return put_hash(body, rule, at->value);
    if (strcmp(at->name, "FilePath") == 0)
        return put_path(wdac, body, rule, at->value);
    if (strcmp(at->name, "FileName") == 0)
        return put_name(body, "OriginalFileName", at->value);
    if (strcmp(at->name, "ProductName") == 0)
        return put_name(body, "Product", at->value);
    if (strcmp(at->name, "FileDescription") == 0)
        return put_name(body, "Description", at->value);
    if (strcmp(at->name, "MinimumFileVersion") == 0 || strcmp(at->name, "MaximumFileVersion") == 0)
        return put_version(body, rule, at->name, at->value);
    put_item(body, at->name, at->value, true);
    if (strcmp(at->name, "InternalName") == 0)
        return "it is for a file's InternalName, which no rule of Vigil can ask for";
    if (strcmp(at->name, "PackageFamilyName") == 0 || strcmp(at->name, "PackageVersion") == 0)
        return "it is about packaged apps, whose packages are not known to Vigil";
    return "it has an attribute that Vigil does not know";
}

/* --- file rules ---------------------------------------------------------------------------------------- */

static const char *why_not_here(const struct wdac *wdac, unsigned where)
{
    if (where == 0)
        return "no signing scenario refers to it";
    if ((where & IN_USER_MODE) == 0)
        return (where & IN_KERNEL_MODE) != 0 ? "it is about drivers (kernel mode), not programs"
                                             : "only test signing refers to it";
    return wdac->user_mode ? NULL : "the policy does not restrict programs (no option Enabled:UMCI)";
}

/* "Allow all": every file, also one without a name. */
static bool allows_all(const struct vg_xml *rule)
{
    const char *name = vg_xml_attribute(rule, "FileName");

    if (!vg_xml_is(rule, "Allow") || name == NULL || strcmp(name, "*") != 0)
        return false;
    for (size_t i = 0; i < rule->attribute_count; i++) {
        const char *attribute = rule->attributes[i].name;

        if (strcmp(attribute, "ID") != 0 && strcmp(attribute, "FriendlyName") != 0 &&
            strcmp(attribute, "FileName") != 0)
            return false;
    }
    return true;
}

static void read_file_rule(struct wdac *wdac, const struct vg_xml *element)
{
    struct vg_buffer body = {0};
    const char *name = vg_xml_attribute(element, "FriendlyName");
    const char *here = why_not_here(wdac, where_referenced(wdac, id_of(element)));
    const char *objection = NULL;
    struct vg_import_rule rule = {.action = vg_xml_is(element, "Deny") ? VG_ACTION_DENY : VG_ACTION_ALLOW,
                                  .line = element->place.line};

    if (here == NULL && allows_all(element)) {
        wdac->import->default_verdict = VG_ALLOW;
        wdac->import->default_reason = "A rule allows every file, so what is not denied is allowed.";
        return;
    }
    rule.name = name != NULL && *name != '\0' ? name : id_of(element);
    vg_import_put(&body, "    when:\n");
    for (size_t i = 0; i < element->attribute_count; i++) {
        const char *one = put_attribute(wdac, &body, element, &element->attributes[i]);

        objection = objection != NULL ? objection : one;
    }
    rule.reason = here != NULL ? here : objection;
    rule.elsewhere = here != NULL;
    rule.body = vg_import_finish(&body, wdac->import->arena);
    if (rule.body != NULL)
        vg_import_add(wdac->import, &rule);
}

static bool read_file_rules(struct wdac *wdac)
{
    const struct vg_xml *rules = vg_xml_child(wdac->root, "FileRules");

    for (const struct vg_xml *at = rules != NULL ? rules->first : NULL; at != NULL; at = at->next) {
        if (vg_xml_is(at, "Allow") || vg_xml_is(at, "Deny"))
            read_file_rule(wdac, at);
        else if (!vg_xml_is(at, "FileAttrib")) /* these belong to signers */
            return vg_import_error(wdac->import, at->place, "a policy has Allow, Deny and FileAttrib",
                                   "%s is not known among FileRules", at->name);
    }
    return true;
}

/* --- signers ------------------------------------------------------------------------------------------- */

/* Every attribute of an element, as a remark: "CertRoot Type=TBS Value=...". */
static void put_remark(struct vg_buffer *body, const struct vg_xml *element)
{
    struct vg_buffer text = {0};

    vg_import_put(&text, element->name);
    for (size_t i = 0; i < element->attribute_count; i++) {
        vg_import_put(&text, " ");
        vg_import_put(&text, element->attributes[i].name);
        vg_import_put(&text, "=");
        vg_import_put(&text, element->attributes[i].value);
    }
    vg_buffer_put(&text, "", 1);
    if (!text.failed) {
        vg_import_put(body, "        - ");
        vg_import_put_quoted(body, (const char *)text.bytes);
        vg_import_put(body, "\n");
    }
    vg_buffer_free(&text);
}

/* What the signer is known by, and the files it is bound to. */
static void put_signer(struct wdac *wdac, struct vg_buffer *body, const struct vg_xml *signer)
{
    vg_import_put(body, "    when:\n      Signer:\n");
    for (const struct vg_xml *at = signer != NULL ? signer->first : NULL; at != NULL; at = at->next) {
        const struct vg_xml *attribute =
            vg_xml_is(at, "FileAttribRef") ? element_of(wdac, vg_xml_attribute(at, "RuleID")) : NULL;

        put_remark(body, attribute != NULL ? attribute : at);
    }
}

static void list_signer(struct wdac *wdac, const struct vg_xml *reference, enum vg_action action,
                        unsigned where)
{
    struct vg_buffer body = {0};
    const struct vg_xml *signer = element_of(wdac, vg_xml_attribute(reference, "SignerId"));
    const char *here = why_not_here(wdac, where);
    struct vg_import_rule rule = {.action = action, .line = reference->place.line};

    rule.name = signer != NULL ? vg_xml_attribute(signer, "Name") : vg_xml_attribute(reference, "SignerId");
    rule.reason = here != NULL
                      ? here
                      : "who signed a file is not known to Vigil yet: the rule is kept as the Signer "
                        "condition it needs";
    rule.elsewhere = here != NULL;
    put_signer(wdac, &body, signer);
    if (reference->first != NULL) {
        vg_import_put(&body, "    except:\n");
        for (const struct vg_xml *at = reference->first; at != NULL; at = at->next)
            put_remark(&body, at);
    }
    rule.body = vg_import_finish(&body, wdac->import->arena);
    if (rule.body != NULL)
        vg_import_add(wdac->import, &rule);
}

static void list_signers(struct wdac *wdac, const struct vg_xml *signers, unsigned where)
{
    const struct vg_xml *allowed = vg_xml_child(signers, "AllowedSigners");
    const struct vg_xml *denied = vg_xml_child(signers, "DeniedSigners");

    for (const struct vg_xml *at = vg_xml_child(allowed, "AllowedSigner"); at != NULL;
         at = vg_xml_next(at, "AllowedSigner"))
        list_signer(wdac, at, VG_ACTION_ALLOW, where);
    for (const struct vg_xml *at = vg_xml_child(denied, "DeniedSigner"); at != NULL;
         at = vg_xml_next(at, "DeniedSigner"))
        list_signer(wdac, at, VG_ACTION_DENY, where);
}

static void list_all_signers(struct wdac *wdac)
{
    const struct vg_xml *scenarios = vg_xml_child(wdac->root, "SigningScenarios");

    for (const struct vg_xml *at = vg_xml_child(scenarios, "SigningScenario"); at != NULL;
         at = vg_xml_next(at, "SigningScenario")) {
        list_signers(wdac, vg_xml_child(at, "ProductSigners"), mode_of(at));
        list_signers(wdac, vg_xml_child(at, "TestSigners"), IN_TESTS);
        list_signers(wdac, vg_xml_child(at, "TestSigningSigners"), IN_TESTS);
    }
}

/* --- options ------------------------------------------------------------------------------------------- */

static void read_option(struct wdac *wdac, const struct vg_xml *option)
{
    /* These let more start than the rules say. */
    static const char *const widening[] = {"Enabled:Intelligent Security Graph Authorization",
                                           "Enabled:Managed Installer", "Enabled:Allow Supplemental Policies",
                                           "Enabled:Inherit Default Policy", NULL};
    const char *text = option->text;

    if (strcmp(text, "Enabled:Audit Mode") == 0) {
        wdac->import->mode = VG_MODE_MONITOR;
        wdac->import->mode_reason = "The option Enabled:Audit Mode is set.";
    } else if (strcmp(text, "Enabled:UMCI") == 0) {
        wdac->user_mode = true;
    } else if (strcmp(text, "Disabled:Runtime FilePath Rule Protection") == 0) {
        wdac->paths_unprotected = true;
    } else {
        bool widens = false;

        for (const char *const *at = widening; *at != NULL; at++)
            widens = widens || strcmp(text, *at) == 0;
        vg_import_note(wdac->import, "the option %s is not translated%s", text,
                       widens ? ": what it allows beside the rules is not allowed by this policy" : "");
    }
}

static void read_options(struct wdac *wdac)
{
    const struct vg_xml *rules = vg_xml_child(wdac->root, "Rules");

    for (const struct vg_xml *at = vg_xml_child(rules, "Rule"); at != NULL; at = vg_xml_next(at, "Rule"))
        for (const struct vg_xml *option = vg_xml_child(at, "Option"); option != NULL;
             option = vg_xml_next(option, "Option"))
            read_option(wdac, option);
}

static bool check_type(const struct vg_import *import, const struct vg_xml *root)
{
    const char *type = vg_xml_attribute(root, "PolicyType");

    if (!vg_xml_is(root, "SiPolicy"))
        return vg_import_error(import, root->place, "its root is <SiPolicy>",
                               "this is no WDAC policy: its root is <%s>", root->name);
    if (type != NULL && strcmp(type, "Supplemental Policy") == 0)
        return vg_import_error(import, root->place, "merge it with its base policy first",
                               "a supplemental policy says nothing on its own");
    return true;
}

bool vg_import_wdac(struct vg_import *import, const struct vg_xml *root)
{
    struct wdac wdac = {.import = import, .root = root};
    bool good;

    import->format = "WDAC";
    import->mode = VG_MODE_ENFORCE;
    import->mode_reason = "There is no option Enabled:Audit Mode.";
    import->default_verdict = VG_DENY;
    import->default_reason = "What no rule allows, WDAC denies.";
    if (!check_type(import, root))
        return false;
    read_options(&wdac);
    if (!wdac.user_mode) {
        import->default_verdict = VG_ALLOW;
        import->default_reason = "There is no option Enabled:UMCI: programs are not restricted.";
    }
    collect(&wdac);
    good = read_file_rules(&wdac);
    if (good)
        list_all_signers(&wdac);
    import->rules.failed = import->rules.failed || wdac.references.failed || wdac.elements.failed;
    vg_buffer_free(&wdac.references);
    vg_buffer_free(&wdac.elements);
    return good;
}
