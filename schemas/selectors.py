"""CSS selectors as site files use them, turned into XPath, which lxml understands by itself.

Taken are types, ``#id``, ``.class``, ``[attribute]`` with ``= ^= $= *= ~=``, ``:not(…)`` of these, the combinators
space, ``>``, ``+`` and ``~``, and lists with commas (CSS Selectors Level 3).
"""

from __future__ import annotations

import re
from functools import cache

_NAME = r"-?[A-Za-z_\u00a0-\uffff][\w\u00a0-\uffff-]*"
_SIMPLE = re.compile(
    rf"(?P<type>\*|[A-Za-z_][A-Za-z0-9_-]*)|\#(?P<id>[\w-]+)|\.(?P<class>{_NAME})"
    rf"|\[\s*(?P<attr>[A-Za-z_][A-Za-z0-9_:.-]*)\s*(?:(?P<op>[\^$*~]?=)\s*(?:\"(?P<double>[^\"]*)\"|'(?P<single>[^']*)'|(?P<bare>[\w:/.-]+)))?\s*\]"
    r"|:not\((?P<not>[^()]*)\)"
)
_COMBINATOR = re.compile(r"\s*([>+~,])\s*|\s+")
_AXES = {" ": "//", ">": "/", "~": "/following-sibling::", "+": "/following-sibling::*[1]/self::"}


@cache
def xpath_of(selector: str) -> str:
    """Turn a CSS selector into an XPath expression that finds the same elements below a node.

    Parameters:
        selector: the selector.

    Returns:
        the expression, relative to a node.

    Raises:
        ValueError: it is no selector of the kinds above; the message says what is wrong.

    Example:
        >>> xpath_of("#main_block article > p")
        ".//*[@id='main_block']//article/p"
        >>> xpath_of("time.read__published")
        ".//time[contains(concat(' ', normalize-space(@class), ' '), ' read__published ')]"
    """
    text = selector.strip()
    paths: list[str] = []
    path, axis, at = ".", "//", 0
    if not text:
        raise ValueError("the selector is empty")
    while True:
        name, conditions, at = _compound(text, at)
        path += axis + name + "".join(f"[{condition}]" for condition in conditions)
        if at >= len(text):
            return " | ".join([*paths, path])
        found = _COMBINATOR.match(text, at)
        if not found:
            raise ValueError(f"{text[at:]!r} is not understood in the selector {selector!r}")
        at = found.end()
        sign = found[1] or " "
        if at >= len(text):
            raise ValueError(f"the selector {selector!r} ends in the middle")
        if sign == ",":
            paths.append(path)
            path, axis = ".", "//"
        else:
            axis = _AXES[sign]


def _compound(text: str, at: int) -> tuple[str, list[str], int]:
    """One compound selector: element name, conditions, and where it ends."""
    name, conditions, start = "*", list[str](), at
    while found := _SIMPLE.match(text, at):
        if found["type"]:
            if at != start:
                break
            name = found["type"]
        else:
            conditions.append(_condition(found))
        at = found.end()
    if at == start:
        raise ValueError(f"{text[at:]!r} is not understood in the selector {text!r}")
    return name, conditions, at


def _condition(found: re.Match[str]) -> str:
    if found["id"]:
        return f"@id={_quoted(found['id'])}"
    if found["class"]:
        return f"contains(concat(' ', normalize-space(@class), ' '), {_quoted(' ' + found['class'] + ' ')})"
    if found["not"] is not None:
        name, conditions, end = _compound(found["not"].strip(), 0)
        if end != len(found["not"].strip()):
            raise ValueError(f":not({found['not']}) holds more than one simple selector")
        tests = ([f"self::{name}"] if name != "*" else []) + conditions
        return f"not({' and '.join(tests) or 'true()'})"
    named = found["attr"]
    attribute = f"@*[name()='{named}']" if ":" in named else f"@{named}"
    if not found["op"]:
        return attribute
    value = next((found[kind] for kind in ("double", "single", "bare") if found[kind] is not None), "")
    if (not value and found["op"] != "=") or (found["op"] == "~=" and len(value.split()) != 1):
        return "false()"  # as CSS has it; every text begins with nothing, also that of an attribute that is not there
    quoted = _quoted(value)
    return {
        "=": f"{attribute}={quoted}",
        "^=": f"starts-with({attribute}, {quoted})",
        "*=": f"contains({attribute}, {quoted})",
        "$=": f"substring({attribute}, string-length({attribute}) - {len(value) - 1})={quoted}",
        "~=": f"contains(concat(' ', normalize-space({attribute}), ' '), {_quoted(f' {value} ')})",
    }[found["op"]]


def _quoted(value: str) -> str:
    if "'" not in value:
        return f"'{value}'"
    if '"' not in value:
        return f'"{value}"'
    raise ValueError(f"{value!r} holds both kinds of quotation marks")
