/* AppLocker: the XML that Get-AppLockerPolicy -Xml and the group policy editor write ([MS-GPAC], and the
 * pages about AppLocker on learn.microsoft.com). */
#include "import.h"
#include "import_sid.h"

#include "../policy/arena.h"

#include <string.h>

static const char signer_reason[] =
    "who signed a file is not known to Vigil yet: the rule is kept as the Signer condition it needs";

static const char no_wildcard_reason[] =
    "it holds a ?, which AppLocker's documentation does not know in paths";

/* --- conditions ---------------------------------------------------------------------------------------- */

/* Why a path cannot be translated; NULL: it can, as far as the policy reader agrees. */
static const char *path_objection(const char *path)
{
    const char *variable = strchr(path + (*path == '%'), '%');
    const char *rest = *path == '%' && variable != NULL ? variable + 1 : path;
    const char *inner = strchr(rest, '%');

    if (*path == '\0')
        return "it names no path";
    if (strchr(path, '?') != NULL)
        return no_wildcard_reason;
    if (path[strlen(path) - 1] == '\\')
        return "its path ends with a backslash: AppLocker's documentation does not say what that means";
    if (inner != NULL && strchr(inner + 1, '%') != NULL)
        return "its path has a variable that does not begin it";
    return NULL;
}

static const char *put_path(struct vg_buffer *out, const char *indent, const struct vg_xml *condition)
{
    const char *path = vg_xml_attribute(condition, "Path");

    path = path != NULL ? path : "";
    vg_import_put(out, indent);
    vg_import_put(out, "Image|path: ");
    vg_import_put_quoted(out, path);
    vg_import_put(out, "\n");
    return path_objection(path);
}

/* Hashes are those that signatures are made over (for everything but PE files: of the whole file), 0x before
 * them. */
static const char *put_hashes(struct vg_buffer *out, const char *indent, const struct vg_xml *condition)
{
    const char *objection = NULL;
    const struct vg_xml *hash = vg_xml_child(condition, "FileHash");

    if (hash == NULL)
        return "it names no hash";
    vg_import_put(out, indent);
    vg_import_put(out, "AuthentiHash:\n");
    for (; hash != NULL; hash = vg_xml_next(hash, "FileHash")) {
        const char *type = vg_xml_attribute(hash, "Type");
        const char *data = vg_xml_attribute(hash, "Data");

        data = data == NULL ? "" : strncmp(data, "0x", 2) == 0 ? data + 2 : data;
        if (type == NULL || strcmp(type, "SHA256") != 0 || strlen(data) != 64 ||
            strspn(data, "0123456789abcdefABCDEF") != 64)
            objection = "it has a hash that is not a SHA256 of 64 hexadecimal digits";
        vg_import_put(out, indent);
        vg_import_put(out, "  - ");
        vg_import_put_quoted(out, data);
        vg_import_put(out, "\n");
    }
    return objection;
}

static void put_attribute(struct vg_buffer *out, const char *indent, const char *key,
                          const struct vg_xml *element, const char *name)
{
    const char *value = element != NULL ? vg_xml_attribute(element, name) : NULL;

    if (value == NULL || strcmp(value, "*") == 0) /* any */
        return;
    vg_import_put(out, indent);
    vg_import_put(out, key);
    vg_import_put(out, ": ");
    vg_import_put_quoted(out, value);
    vg_import_put(out, "\n");
}

static const char *put_publisher(struct vg_buffer *out, const char *indent, const struct vg_xml *condition)
{
    const struct vg_xml *range = vg_xml_child(condition, "BinaryVersionRange");
    const char *publisher = vg_xml_attribute(condition, "PublisherName");

    vg_import_put(out, indent);
    vg_import_put(out, "Signer: ");
    vg_import_put_quoted(out, publisher != NULL ? publisher : "");
    vg_import_put(out, "\n");
    put_attribute(out, indent, "Product", condition, "ProductName");
    put_attribute(out, indent, "OriginalFileName", condition, "BinaryName");
    put_attribute(out, indent, "FileVersion|gte", range, "LowSection");
    put_attribute(out, indent, "FileVersion|lte", range, "HighSection");
    return signer_reason;
}

/* Writes a condition as lines of a map, and says why it cannot be one. */
static const char *put_condition(struct vg_buffer *out, const char *indent, const struct vg_xml *condition)
{
    if (vg_xml_is(condition, "FilePathCondition"))
        return put_path(out, indent, condition);
    if (vg_xml_is(condition, "FileHashCondition"))
        return put_hashes(out, indent, condition);
    if (vg_xml_is(condition, "FilePublisherCondition"))
        return put_publisher(out, indent, condition);
    return "it has a condition that AppLocker's documentation does not know";
}

/* --- rules --------------------------------------------------------------------------------------------- */

static bool is_given_user(const struct vg_import *import, const char *sid)
{
    for (size_t i = 0; i < import->user_count; i++)
        if (strcmp(import->users[i], sid) == 0)
            return true;
    return false;
}

static const char *put_user(const struct vg_import *import, struct vg_buffer *out, const char *sid)
{
    enum vg_sid_kind kind = vg_sid_kind(sid);

    if (kind == VG_SID_EVERYONE)
        return NULL;
    vg_import_put(out, "      User: ");
    vg_import_put_quoted(out, sid);
    vg_import_put(out, "\n");
    if (kind == VG_SID_BROKEN)
        return "its SID is not one";
    if (kind == VG_SID_USER || is_given_user(import, sid))
        return NULL;
    if (kind == VG_SID_GROUP)
        return "it is for a group, and who is in which group is not known to Vigil";
    return "it is for a SID that may be a user's or a group's, and who is in which group is not known to "
           "Vigil "
           "(if it is a user's, say so: --user SID)";
}

/* The exceptions, each a map: any of them takes the file out of the rule. */
static const char *put_exceptions(struct vg_buffer *out, const struct vg_xml *exceptions)
{
    const char *objection = NULL;

    if (exceptions == NULL || exceptions->first == NULL)
        return NULL;
    vg_import_put(out, "    except:\n");
    for (const struct vg_xml *at = exceptions->first; at != NULL; at = at->next) {
        const char *one;

        vg_import_put(out, "      -\n");
        one = put_condition(out, "        ", at);
        objection = objection != NULL ? objection : one;
    }
    return objection;
}

static const char *first_of(const char *a, const char *b, const char *c)
{
    return a != NULL ? a : b != NULL ? b : c;
}

static bool read_action(const struct vg_import *import, const struct vg_xml *element, enum vg_action *action)
{
    const char *text = vg_xml_attribute(element, "Action");

    if (text != NULL && strcmp(text, "Allow") == 0)
        *action = VG_ACTION_ALLOW;
    else if (text != NULL && strcmp(text, "Deny") == 0)
        *action = VG_ACTION_DENY;
    else
        return vg_import_error(import, element->place, "it is Allow or Deny", "the Action of %s is %s",
                               element->name, text != NULL ? text : "missing");
    return true;
}

static bool check_rule(const struct vg_import *import, const struct vg_xml *element)
{
    const struct vg_xml *conditions = vg_xml_child(element, "Conditions");

    if (vg_xml_attribute(element, "UserOrGroupSid") == NULL)
        return vg_import_error(import, element->place, "S-1-1-0 is everyone", "%s has no UserOrGroupSid",
                               element->name);
    if (conditions == NULL || conditions->first == NULL)
        return vg_import_error(import, element->place, "AppLocker does not take such a rule",
                               "%s has no condition", element->name);
    if (conditions->first->next != NULL)
        return vg_import_error(import, conditions->first->next->place, "AppLocker takes one for each rule",
                               "%s has more than one condition", element->name);
    return true;
}

/* One rule of any collection; `reason`, if given, is why none of that collection is translated. */
static bool read_rule(struct vg_import *import, const struct vg_xml *element, const char *reason)
{
    struct vg_buffer body = {0};
    const char *name = vg_xml_attribute(element, "Name");
    struct vg_import_rule rule = {.line = element->place.line};
    const char *what;
    const char *who;
    const char *except;

    if (!read_action(import, element, &rule.action) || !check_rule(import, element))
        return false;
    rule.name = name != NULL && *name != '\0' ? name : vg_xml_attribute(element, "Id");
    vg_import_put(&body, "    when:\n");
    what = put_condition(&body, "      ", vg_xml_child(element, "Conditions")->first);
    who = put_user(import, &body, vg_xml_attribute(element, "UserOrGroupSid"));
    except = put_exceptions(&body, vg_xml_child(element, "Exceptions"));
    rule.reason = reason != NULL ? reason : first_of(what, who, except);
    rule.elsewhere = reason != NULL;
    rule.body = vg_import_finish(&body, import->arena);
    if (rule.body != NULL)
        vg_import_add(import, &rule);
    return true;
}

/* --- the collection about programs --------------------------------------------------------------------- */

static bool is_rule(const struct vg_xml *element)
{
    return vg_xml_is(element, "FilePathRule") || vg_xml_is(element, "FileHashRule") ||
           vg_xml_is(element, "FilePublisherRule");
}

static bool read_mode(struct vg_import *import, const struct vg_xml *collection)
{
    const char *mode = vg_xml_attribute(collection, "EnforcementMode");

    mode = mode != NULL ? mode : "NotConfigured";
    if (strcmp(mode, "AuditOnly") == 0) {
        import->mode = VG_MODE_MONITOR;
        import->mode_reason = "EnforcementMode is AuditOnly.";
    } else if (strcmp(mode, "Enabled") == 0) {
        import->mode = VG_MODE_ENFORCE;
        import->mode_reason = "EnforcementMode is Enabled.";
    } else if (strcmp(mode, "NotConfigured") == 0) {
        import->mode = VG_MODE_ENFORCE;
        import->mode_reason = "EnforcementMode is NotConfigured: AppLocker enforces the rules unless another "
                              "policy says AuditOnly.";
    } else {
        return vg_import_error(import, collection->place, "it is NotConfigured, AuditOnly or Enabled",
                               "the EnforcementMode of the Exe collection is %s", mode);
    }
    return true;
}

/* AppLocker's rules are for what runs in a user's context, unless Services are enforced (learn.microsoft.com,
 * "AppLocker rule collection extensions"). */
static void read_extensions(struct vg_import *import, const struct vg_xml *extensions)
{
    const struct vg_xml *services = vg_xml_child(vg_xml_child(extensions, "ThresholdExtensions"), "Services");
    const struct vg_xml *apps = vg_xml_child(vg_xml_child(extensions, "RedstoneExtensions"), "SystemApps");
    const char *enforced = services != NULL ? vg_xml_attribute(services, "EnforcementMode") : NULL;
    const char *allowed = apps != NULL ? vg_xml_attribute(apps, "Allow") : NULL;

    if (enforced == NULL || strcmp(enforced, "Enabled") != 0)
        vg_import_add(
            import, &(struct vg_import_rule){
                        .action = VG_ACTION_ALLOW,
                        .name = "what does not run for a user",
                        .body = "    when: { User: [S-1-5-18, S-1-5-19, S-1-5-20] }\n",
                        .note = "AppLocker's rules are for what runs for a user: the services' accounts are "
                                "free of them unless the collection enforces Services."});
    if (allowed != NULL && strcmp(allowed, "Enabled") == 0)
        vg_import_add(import, &(struct vg_import_rule){
                                  .action = VG_ACTION_ALLOW,
                                  .name = "SystemApps",
                                  .line = apps->place.line,
                                  .reason = "which files are Windows' own is not known to Vigil yet"});
}

static bool read_exe(struct vg_import *import, const struct vg_xml *collection)
{
    bool any = false;

    if (!read_mode(import, collection))
        return false;
    for (const struct vg_xml *at = collection->first; at != NULL; at = at->next)
        any = any || is_rule(at);
    if (!any)
        return true;
    import->default_verdict = VG_DENY;
    import->default_reason = "The Exe collection has rules: what none of them allows, AppLocker denies.";
    read_extensions(import, vg_xml_child(collection, "RuleCollectionExtensions"));
    for (const struct vg_xml *at = collection->first; at != NULL; at = at->next) {
        if (is_rule(at)) {
            if (!read_rule(import, at, NULL))
                return false;
        } else if (!vg_xml_is(at, "RuleCollectionExtensions")) {
            return vg_import_error(import, at->place,
                                   "a collection has FilePathRule, FileHashRule and FilePublisherRule",
                                   "%s is not known", at->name);
        }
    }
    return true;
}

/* --- the others ---------------------------------------------------------------------------------------- */

static const char *reason_of(const char *type)
{
    static const struct {
        const char *type;
        const char *reason;
    } others[] = {
        {"Dll", "it is about DLLs, and Vigil decides about the start of programs"},
        {"Script", "it is about scripts, which start inside a program that runs already"},
        {"Msi", "it is about installer packages, which start inside msiexec"},
        {"Appx", "it is about packaged apps, whose packages are not known to Vigil"},
        {"ManagedInstaller", "it is about what installs programs, which Vigil does not follow"},
    };

    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (strcmp(type, others[i].type) == 0)
            return others[i].reason;
    return NULL;
}

static bool read_other(struct vg_import *import, const struct vg_xml *collection, const char *type)
{
    const char *reason = reason_of(type);

    if (reason == NULL)
        return vg_import_error(import, collection->place, "it is Exe, Dll, Script, Msi or Appx",
                               "a RuleCollection of the Type %s is not known", type);
    for (const struct vg_xml *at = collection->first; at != NULL; at = at->next)
        if (is_rule(at) && !read_rule(import, at, reason))
            return false;
    return true;
}

static bool read_collection(struct vg_import *import, const struct vg_xml *collection, bool *seen)
{
    const char *type = vg_xml_attribute(collection, "Type");

    if (type == NULL)
        return vg_import_error(import, collection->place, "it is Exe, Dll, Script, Msi or Appx",
                               "the RuleCollection has no Type");
    if (strcmp(type, "Exe") != 0)
        return read_other(import, collection, type);
    if (*seen)
        return vg_import_error(import, collection->place, "put its rules into the first",
                               "there is more than one RuleCollection of the Type Exe");
    *seen = true;
    return read_exe(import, collection);
}

bool vg_import_applocker(struct vg_import *import, const struct vg_xml *root)
{
    bool seen = false;

    import->format = "AppLocker";
    import->mode = VG_MODE_MONITOR;
    import->mode_reason = "There is no Exe collection: nothing is enforced.";
    import->default_verdict = VG_ALLOW;
    import->default_reason = "The Exe collection has no rules: AppLocker lets every program start.";
    if (!vg_xml_is(root, "AppLockerPolicy"))
        return vg_import_error(import, root->place, "its root is <AppLockerPolicy>",
                               "this is no AppLocker policy: its root is <%s>", root->name);
    for (const struct vg_xml *at = root->first; at != NULL; at = at->next) {
        if (vg_xml_is(at, "RuleCollection")) {
            if (!read_collection(import, at, &seen))
                return false;
        } else {
            vg_import_note(import, "%s (line %u) is not translated", at->name, at->place.line);
        }
    }
    return true;
}
