"""XML as text, element by element, so that a large file needs no tree in memory."""

from __future__ import annotations

import re
from collections.abc import Mapping
from xml.sax.saxutils import escape, quoteattr

IMPOSSIBLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no XML file can hold, not even escaped (XML 1.0, production 2)."""


def possible(value: object) -> str:
    """Put U+FFFD in the place of each character that XML cannot hold: one of them, and no program reads the file.

    Example:
        >>> possible("a\\x0bb") == "a\\ufffdb"
        True
    """
    return IMPOSSIBLE.sub("\ufffd", str(value))


def escaped(value: object) -> str:
    """Write a text that stands between tags.

    Example:
        >>> escaped("b < c")
        'b &lt; c'
    """
    return escape(possible(value))


def tag(name: str, attributes: Mapping[str, object], *inner: str) -> str:
    """Write an element.

    Parameters:
        name: of the element.
        attributes: names and values.
        inner: what it holds, XML already.

    Returns:
        the element; an empty one where nothing is inside.

    Example:
        >>> tag("a", {"b": "<"}, tag("c", {}))
        '<a b="&lt;"><c/></a>'
    """
    return f"{start(name, attributes)}{''.join(inner)}</{name}>" if inner else f"{start(name, attributes)[:-1]}/>"


def start(name: str, attributes: Mapping[str, object]) -> str:
    """Write the beginning of an element, as ``tag``.

    Example:
        >>> start("a", {"n": 1})
        '<a n="1">'
    """
    told = "".join(f" {key}={quoteattr(possible(value))}" for key, value in attributes.items())
    return f"<{name}{told}>"


def text(name: str, value: object) -> str:
    """Write an element that holds a text.

    Example:
        >>> text("a", "b < c")
        '<a>b &lt; c</a>'
    """
    return f"<{name}>{escaped(value)}</{name}>"
