"""The markup of a web page as a tree: mended and parsed as trafilatura does it, in a tree that is quicker to walk.

lxml's own parser of HTML asks a Python function which class each element has, every time one is touched; all that it
tells apart are the parts of forms. Extraction touches some thousand elements a page, often, and in copies that keep
this trait, so that one class for all spares a tenth of its time and changes none of its answers.
"""

from __future__ import annotations

import logging
import re
from functools import cache
from typing import Any

_START = 50  # characters in which a whole page says that it is HTML
_BEGINNING = 8192  # characters: the mends look at the first half of them
_CONTROLS = bytes({*range(32)} - {*b"\t\n\r"})
_NO_CHARACTERS = b"\xef\xbf"  # U+FFFE and U+FFFF begin so, as few others do
_TAG = re.compile(r"<(?:p|div|span|h\d|article|section|b|i|br|a|ul|ol|table)\b", re.IGNORECASE)


def parse(page: str) -> Any:
    """Parse a page as browsers do, errors and all.

    Parameters:
        page: decoded HTML.

    Returns:
        lxml tree, or None where there is nothing like HTML.

    Example:
        >>> parse("<html><head><title>Құрылтай</title></head><body><p>Сөз<p>Жауап</body></html>").findtext(".//title")
        'Құрылтай'
        >>> parse("Сөз, тегсіз.") is None
        True
    """
    _hush()
    tree = _whole(page)
    if tree is None and _TAG.search(page):  # a fragment, without <html> around it
        tree = _whole(f"<html><body><div>{page}</div></body></html>")
    return tree


def complaints() -> list[Any]:
    """What the parser noted about the page that was parsed last: entries of lxml's error log."""
    return list(_parser().error_log)


def _whole(page: str) -> Any:
    """trafilatura's ``load_html`` with our parser: what libxml2 stumbles over is mended, what is no page is refused."""
    from lxml.etree import LxmlError
    from lxml.html import fromstring
    from trafilatura.utils import is_dubious_html

    try:  # bytes, as characters are refused where they declare the encoding that they once had
        tree = fromstring(_mended(page), parser=_parser())
    except (ValueError, LxmlError):
        return None
    return None if is_dubious_html(page[:_START].lower()) and len(tree) < 2 else tree


def _mended(page: str) -> bytes:
    """trafilatura's mends: of characters that XML lacks, which few pages have, and of the beginning."""
    from trafilatura.utils import repair_faulty_html

    start = page[:_START].lower()
    whole = page.encode("utf-8", "surrogatepass")
    unusual = len(whole.translate(None, _CONTROLS)) < len(whole) or _NO_CHARACTERS in whole
    if unusual or "\n" not in page[: _BEGINNING // 2]:  # what it does to a line, it does to the whole line
        return repair_faulty_html(page, start).encode("utf-8", "surrogatepass")
    first = page[:_BEGINNING]
    rest = whole[len(first.encode("utf-8", "surrogatepass")) :]
    return repair_faulty_html(first, start).encode("utf-8", "surrogatepass") + rest


@cache
def _hush() -> None:
    for name in ("trafilatura", "htmldate"):  # their complaints about pages are ours to word
        logging.getLogger(name).setLevel(logging.CRITICAL)


@cache
def _parser() -> Any:
    """trafilatura's parser but for the classes of elements."""
    from lxml import etree
    from lxml.html import HtmlComment, HtmlElement, HtmlEntity, HtmlProcessingInstruction

    parser = etree.HTMLParser(
        collect_ids=False, default_doctype=False, encoding="utf-8", remove_comments=True, remove_pis=True
    )
    parser.set_element_class_lookup(
        etree.ElementDefaultClassLookup(
            element=HtmlElement, comment=HtmlComment, pi=HtmlProcessingInstruction, entity=HtmlEntity
        )
    )
    return parser
