"""Reader of Markdown, ``markdown@1``: the text without its marks; front matter in YAML or TOML is metadata."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

from corpus.ingest.dates import date_line
from corpus.ingest.encoding import decode
from corpus.ingest.formats.flow import Flow, fragment
from corpus.ingest.formats.prose import language_code, together, with_notes
from corpus.ingest.reading import Raw, Reader, Reading
from schemas.errors import MinberError

_FRONT = re.compile(
    r"\ufeff?(?P<fence>---|\+\+\+)[ \t]*\r?\n(?P<fields>.*?)^(?P=fence)[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE
)
_LONGEST_FRONT = 64 * 1024
_NOTE = re.compile(r"^\[\^([^\]\s]{1,80})\]:[ \t]*(.*(?:\n(?:[ \t]+.*|[ \t]*(?=\n[ \t]{2,}\S)))*)", re.MULTILINE)
_REFERENCE = re.compile(r"\[\^([^\]\s]{1,80})\]")
# Our field → the names under which front matter of common site generators gives it.
_NAMES = {
    "title": ("title",),
    "date": ("date", "published", "pubdate"),
    "lang": ("lang", "language", "locale"),
    "speaker": ("speaker",),
    "publisher": ("publisher", "source", "outlet"),
    "occasion": ("occasion", "event"),
    "place": ("place", "location"),
    "kind": ("kind",),
    "url": ("canonical_url", "canonical", "url", "link"),
}


def read(raw: Raw) -> Iterator[Reading]:
    """Read a Markdown file.

    Parameters:
        raw: the file.

    Yields:
        one reading: words of headings, paragraphs, lists, tables and code, links by their text, footnotes at the end.

    Raises:
        MinberError: MB104 empty, MB106 to MB108 not a text, MB131 front matter that is no YAML or TOML.
    """
    if not raw.data.strip():
        raise MinberError("MB104", raw.place, what="the file is empty")
    decoded = decode(raw.data, raw.charset, raw.place)
    fields, body = _front_matter(decoded.text, raw.place)
    body, notes = _footnotes(body.replace("\r\n", "\n"))
    flow = Flow(fragment(_html(body)))
    flow.notes[:0] = [" ".join(Flow(fragment(_html(note))).blocks) for note in notes]
    text, marks = with_notes(together(flow.blocks), flow.notes)
    if not text:
        raise MinberError("MB104", raw.place, what="there is nothing but metadata in it")
    reading = Reading(text, decoded.encoding, marks=marks)
    reading.origins["encoding"] = decoded.origin
    for name, names in _NAMES.items():
        found = next((value for key in names if (value := fields.get(key)) not in (None, "", [])), None)
        reading.set(name, _value(name, found), "front matter")
    known = {name for names in _NAMES.values() for name in names}
    reading.docvars = {key: value for key, found in fields.items() if key not in known and (value := _docvar(found))}
    if reading.speaker and reading.kind is None:
        reading.set("kind", "transcript", "front matter")
    if reading.title is None and flow.headings and flow.blocks[0].split() == flow.headings[0].split():
        reading.set("title", flow.headings[0], "heading")
    yield reading


def _html(body: str) -> str:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": True, "maxNesting": 50}).enable(["table", "strikethrough"])
    return str(parser.render(body))


def _front_matter(text: str, place: str) -> tuple[dict[str, Any], str]:
    """Part a text from the fields before it."""
    found = _FRONT.match(text[:_LONGEST_FRONT])
    if not found:
        return {}, text
    import tomllib

    import yaml

    try:
        fields = (tomllib.loads if found["fence"] == "+++" else yaml.safe_load)(found["fields"])
    except (ValueError, RecursionError, yaml.YAMLError) as error:
        if found["fence"] == "---" and ":" not in found["fields"]:
            return {}, text  # a line across the page, not fields
        problem = " ".join(str(error).split())[:200]
        raise MinberError("MB131", place, problem=f"its front matter: {problem}") from error
    if not isinstance(fields, dict):
        return {}, text
    return {str(key).lower(): value for key, value in fields.items()}, text[found.end() :]


def _footnotes(body: str) -> tuple[str, list[str]]:
    """Take footnotes out of a text, in the order of their references."""
    notes = {found[1]: re.sub(r"\n[ \t]+", "\n", found[2]) for found in _NOTE.finditer(body)}
    if not notes:
        return body, []
    body = _NOTE.sub("", body)
    order = dict.fromkeys(found[1] for found in _REFERENCE.finditer(body) if found[1] in notes)
    return _REFERENCE.sub(lambda found: "" if found[1] in notes else found[0], body), [notes[key] for key in order]


def _value(name: str, found: Any) -> Any:
    if name == "date":
        if isinstance(found, dt.datetime):
            return found.date()
        return found if isinstance(found, dt.date) else date_line(found[:60]) if isinstance(found, str) else None
    if not isinstance(found, str):
        return None
    found = " ".join(found.split())
    if name == "lang":
        return language_code(found)
    if name == "kind":
        return found if found in ("transcript", "report") else None
    if name == "url":
        return found if found.startswith(("http://", "https://")) else None
    return found


def _docvar(found: Any) -> str | int | float | bool | None:
    """A value of the front matter that is none of our fields; lists of words as one."""
    if isinstance(found, list) and all(isinstance(word, str | int) for word in found):
        return ", ".join(map(str, found))
    return found if isinstance(found, str | int | float | bool) else str(found) if isinstance(found, dt.date) else None


READER = Reader(
    name="markdown",
    version=1,
    suffixes=(".md", ".markdown", ".mdown", ".mkd"),
    media_types=("text/markdown", "text/x-markdown"),
    read=read,
    about="Markdown: the text without its marks, front matter as metadata",
)
