"""Which faults can be planted in a C source: a fixed set of kinds, found in the text as clang-format lays it out.

A fault is a replacement of one piece of the text. Comments and strings are left alone."""

import re
from dataclasses import dataclass

RELEASE = re.compile(
    r"(Ob(f)?Dereference\w*|PsDereference\w*|ZwClose|Ex(Free|Release|Delete)\w*|Ke(Release|Leave)\w*|FsRtlExit\w*|"
    r"Io(Delete|Complete|Release|Free|Csq\w*Remove)\w*|BCrypt(Destroy|Close)\w*|RtlFree\w*|SeRelease\w*|PsRemove\w*|PsSet\w*|"
    r"vg_\w*(release|free|unlock|leave|dereference|close|unregister|stop|end|destroy|remove|forget|unload|clear|drop|exit)\w*)$")
WAKE_UP = re.compile(r"(KeSetEvent|KeReleaseSemaphore|IoCsq\w*|vg_\w*(wake|notify|signal|pump|flush|publish)\w*)$")
CALL = re.compile(r"^(?:\(void\))?([A-Za-z_]\w*)\(.*\);$", re.S)
DECLARATION = re.compile(r"^(static |const |struct |enum |union |u?int\d*_t |size_t |bool |char |unsigned |void |"
                         r"[A-Z][A-Z_0-9]+ \**\w+( =|;|\[)|return\b|goto\b|break\b|continue\b|case\b|default\b|else\b)")


@dataclass(frozen=True)
class Fault:
    file: str
    kind: str
    line: int
    start: int
    end: int
    text: str  # what stands there instead
    source: str  # the line it is in, as it was
    nth: int  # of the equal lines with this kind, and of the places in the line

    @property
    def key(self):
        """The same for the same fault after unrelated edits."""
        return f"{self.file}|{self.kind}|{self.nth}|{self.source}"


def mask(text):
    """The text with comments, strings and characters as spaces, of the same length."""
    pattern = r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\''
    text = re.sub(pattern, lambda found: re.sub(r"[^\n]", " ", found.group()), text, flags=re.S)
    return without_directives(text)


def without_directives(text):
    lines, hidden, out = text.split("\n"), False, []
    for line in lines:
        directive = hidden or line.lstrip().startswith("#")
        hidden = directive and line.endswith("\\")
        out.append(" " * len(line) if directive or line.startswith("static_assert") else line)
    return "\n".join(out)


def closing(text, opening):
    depth = 0
    for at in range(opening, len(text)):
        depth += {"(": 1, ")": -1}.get(text[at], 0)
        if depth == 0:
            return at
    return -1


def conditions(text):
    """Every if: where its condition stands, and where the statement behind it begins."""
    for found in re.finditer(r"\bif \(", text):
        end = closing(text, found.end() - 1)
        if end > 0:
            yield found.end(), end


def inverted_conditions(text):
    for start, end in conditions(text):
        yield start, end, f"!({text[start:end]})"


def missing_checks(text):
    for start, end in conditions(text):
        if re.match(r"\)\s*\{?\s*(return|goto|break|continue)\b", text[end:]):
            yield start, end, f"({text[start:end]}) && 0"


def statements(text):
    """Every statement that ends a line: start, end, indentation."""
    start = 0
    for found in re.finditer(r"[;{}]\s*\n|:\n", text):
        piece = text[start:found.start() + 1]
        stripped = piece.lstrip()
        begin = start + len(piece) - len(stripped)
        if stripped.endswith(";"):
            yield begin, found.start() + 1, begin - (text.rfind("\n", 0, begin) + 1)
        start = found.end()


def body(text, start, end):
    """Where the statement itself begins when an if, for, while or else stands before it."""
    while True:
        found = re.match(r"(?:if|for|while) \(|else\b\s*|do\b\s*", text[start:end])
        if not found:
            return start
        start += found.end()
        if found.group().endswith("("):
            start = closing(text, start - 1) + 1
        start += len(text[start:end]) - len(text[start:end].lstrip())


def dropped(text, names):
    for start, end, _ in statements(text):
        start = body(text, start, end)
        called = CALL.match(text[start:end])
        if called and names.match(called.group(1)):
            yield start, end, ";"


def is_movable(statement):
    return not DECLARATION.match(statement) and re.match(r"^[\w*(]", statement) and \
        not re.match(r"^(if|for|while|do|switch)\b", statement)


def depend(first, second):
    """Whether the order of two statements can matter: one writes what the other names, or both are calls on one thing."""
    written = [found.group(1) for found in
               (re.match(r"^\*?([\w>.\[\]-]+?)(?:\+\+|--| [-+|&]?= )", one) for one in (first, second)) if found]
    for target in written:
        name = rf"(?<![\w.>]){re.escape(target)}\b"  # itself, not a member of the same name
        if re.search(name, second) and re.search(name, first):
            return True
    calls = [CALL.match(one) for one in (first, second)]
    if not all(calls):
        return False
    names = [call.group(1) for call in calls]
    if names[0] == names[1] and not RELEASE.match(names[0]):
        return False  # a row of equal calls fills in one thing after the other
    words = [set(re.findall(r"[a-z_]\w+(?:->\w+|\.\w+)*", one[one.index("("):])) for one in (first, second)]
    return bool(words[0] & words[1])


def swapped_orders(text):
    before = None
    for start, end, indentation in statements(text):
        statement = text[start:end]
        if before and before[2] == indentation and "\n" not in statement and text[before[1]:start].strip() == "" and \
                is_movable(before[3]) and is_movable(statement) and depend(before[3], statement):
            yield before[0], end, statement + text[before[1]:start] + before[3]
        before = (start, end, indentation, statement)


def off_by_ones(text):
    other = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}
    for found in re.finditer(r" (<=|>=|<|>) ", text):
        yield found.start(1), found.end(1), other[found.group(1)]
    for found in re.finditer(r" [+-] 1u?(?![\w.])", text):
        yield found.start(), found.end(), ""


KINDS = {
    "dropped-release": lambda text: dropped(text, RELEASE),
    "lost-wake-up": lambda text: dropped(text, WAKE_UP),
    "swapped-order": swapped_orders,
    "missing-check": missing_checks,
    "inverted-condition": inverted_conditions,
    "off-by-one": off_by_ones,
}


def faults(file, text):
    """Every fault that can be planted in the text of a file."""
    masked = mask(text)
    seen = {}
    for kind, find in KINDS.items():
        for start, end, instead in find(masked):
            begin = text.rfind("\n", 0, start) + 1
            source = text[begin:text.find("\n", start)].strip()
            nth = seen[kind, source] = seen.get((kind, source), 0) + 1
            if masked[start:end] != text[start:end] and kind != "swapped-order":
                instead = instead.replace(masked[start:end], text[start:end])
            elif masked[start:end] != text[start:end]:
                continue
            yield Fault(file, kind, text.count("\n", 0, start) + 1, start, end, instead, source, nth)
