"""Puts every fault of a source into it at once, each where vg_fault(NUMBER) of choice.h says that it is there."""

import re
from dataclasses import dataclass

import plant

# What ends an operand of < and its like, as clang-format lays it out: what binds less, with a blank on both sides.
LESS = r"(?:&&|\|\||[=!]=|(?:[-+*/%&|^]|<<|>>)?=|[&|^?:])"
BEFORE = re.compile(rf"(?:\s{LESS}|\breturn|\bcase)\s$")
BEHIND = re.compile(rf"\s{LESS}\s")


@dataclass(frozen=True)
class Choice:
    """Faults of one place: the parts of it that are kept, and what stands before, between and behind them."""
    start: int
    end: int
    parts: tuple
    around: tuple


def left_of(text, at):
    """Where the operand begins that ends there."""
    depth = 0
    while at > 0:
        depth += {")": 1, "]": 1, "}": 1, "(": -1, "[": -1, "{": -1}.get(text[at - 1], 0)
        if depth < 0 or depth == 0 and (text[at - 1] in ",;" or BEFORE.search(text[max(0, at - 8):at])):
            break
        at -= 1
    return at


def right_of(text, at):
    """Where the operand ends that begins there."""
    depth = 0
    while at < len(text):
        depth += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(text[at], 0)
        if depth < 0 or depth == 0 and (text[at] in ",;" or BEHIND.match(text, at)):
            break
        at += 1
    return at


def compared(masked, fault, there):
    """Wrong where both are equal, and only there."""
    left, right = (left_of(masked, fault.start), fault.start), (fault.end, right_of(masked, fault.end))
    operator = masked[fault.start:fault.end]
    return Choice(left[0], right[1], (left, right), (
        "({ __auto_type vg_left = (", ") + 0; __auto_type vg_right = (",
        f") + 0; (vg_left {operator} vg_right) ^ (vg_left == vg_right && {there}); }})"))


def choice(masked, fault, there):
    whole = ((fault.start, fault.end),)
    if fault.kind == "off-by-one" and fault.text == "":
        sign, one = masked[fault.start:fault.end].split()
        return Choice(fault.start, fault.end, (), (f" {sign} ({there} ? 0{one[1:]} : {one})",))
    if fault.kind == "off-by-one":
        return compared(masked, fault, there)
    if fault.kind == "missing-check":
        return Choice(fault.start, fault.end, whole, ("(", f") && !{there}"))
    if fault.kind == "inverted-condition":
        return Choice(fault.start, fault.end, whole, ("!(", f") ^ !{there}"))
    return Choice(fault.start, fault.end, whole, (f"{{ if (!{there}) {{ ", " } }"))


def swaps(text, numbered):
    """The swapped orders of a row of statements are one choice, since one begins before the other ends."""
    row = []
    for number, fault in sorted(numbered, key=lambda one: one[1].start) + [(0, None)]:
        if row and (fault is None or fault.start >= row[-1][1].end):
            start, end = row[0][1].start, row[-1][1].end
            others = [f"if (vg_fault({number})) {{ {text[start:one.start]}{one.text}{text[one.end:end]} }} else " for number, one in row]
            yield Choice(start, end, ((start, end),), ("".join(others).replace("\n", " ") + "{ ", " }"))
            row = []
        row.append((number, fault))


def woven(text, start, end, choices):
    out, at = "", start
    while choices:
        outer, *choices = choices
        within = [one for one in choices if one.end <= outer.end]
        choices = [one for one in choices if one.end > outer.end]
        out += text[at:outer.start] + outer.around[0]
        for part, behind in zip(outer.parts, outer.around[1:]):
            out += woven(text, *part, [one for one in within if part[0] <= one.start and one.end <= part[1]]) + behind
        at = outer.end
    return out + text[at:end]


def with_faults(text, numbered):
    """The text with all of these faults, (number, fault) each, at choice. Lines keep their numbers."""
    masked = plant.mask(text)
    order = ["swapped-order", "inverted-condition", "missing-check"]
    choices = [(0, one) for one in swaps(text, [one for one in numbered if one[1].kind == "swapped-order"])]
    choices += [(order.index(fault.kind) if fault.kind in order else len(order), choice(masked, fault, f"vg_fault({number})"))
                for number, fault in numbered if fault.kind != "swapped-order"]
    choices.sort(key=lambda one: (one[1].start, -one[1].end, one[0]))
    made = woven(text, 0, len(text), [one for _, one in choices])
    for number, fault in numbered:
        if f"vg_fault({number})" not in made:
            raise ValueError(f"{fault.file}:{fault.line}: {fault.kind} lies across another fault")
    return made
