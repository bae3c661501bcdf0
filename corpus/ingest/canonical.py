"""The canonical form of a text: what is stored, and what every offset counts in."""

from __future__ import annotations

import re
import unicodedata

# Line ends of all systems; vertical tab and form feed are page and line breaks of printed text.
_NEWLINES = re.compile("\r\n|[\r\v\f\u0085\u2028\u2029]")

# No-break spaces: U+00A0, U+2007 (figure), U+202F (narrow).
_SPACES = {0x00A0: " ", 0x2007: " ", 0x202F: " "}

# Soft hyphen, byte-order mark, and all control characters but tab and newline.
_REMOVED = [0x00AD, 0xFEFF, *(c for c in range(0xA0) if (c < 0x20 or c >= 0x7F) and chr(c) not in "\t\n")]

# Halves of surrogate pairs cannot be written as UTF-8 (they come from broken JSON or UTF-16).
_TABLE: dict[int, str | None] = {**_SPACES, **dict.fromkeys(_REMOVED), **dict.fromkeys(range(0xD800, 0xE000), "\ufffd")}
_IN_TABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\xa0\u00ad\u2007\u202f\ufeff\ud800-\udfff]")


def canonical(text: str) -> str:
    """Put a text into the form that the corpus stores.

    Unicode NFC; ``\\n`` line ends only (also for form feed, U+0085, U+2028 and U+2029); no byte-order mark, soft hyphen
    or control character except tab; no-break spaces as spaces; unpaired surrogates as U+FFFD. Letters are never
    case-folded, and look-alikes never repaired. Blank lines and spaces stay.

    Parameters:
        text: any string, any length.

    Returns:
        the canonical text; ``canonical(canonical(text)) == canonical(text)``.

    Example:
        >>> canonical("\\ufeffҚұрметті\\u00a0отан\\u00adдастар!\\r\\n\\r\\nБи\\u0306л")
        'Құрметті отандастар!\\n\\nБйл'
    """
    text = _NEWLINES.sub("\n", text)
    if _IN_TABLE.search(text):
        text = text.translate(_TABLE)
    # Last, because taking out a soft hyphen may bring a letter and its accent together.
    return unicodedata.normalize("NFC", text)
