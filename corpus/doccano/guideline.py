"""The guideline page of a project: the codebook as Markdown, in the language that people label in."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Mapping

from corpus.doccano.layouts import Layout, interface, localized, voice_rows
from schemas.codebook import Codebook, Theme

_MARK = re.compile(r"\n*<!-- minber ([0-9a-f]{12}) -->\s*$")
_SPECIAL = re.compile(r"([\\`*_\[\]<>])")


def guideline(layout: Layout, codebook: Codebook, language: str) -> str:
    """Write the guideline page.

    Parameters:
        layout: ``voices`` explains its own labels, the others the themes.
        codebook: names, definitions, what counts and what does not, examples, hard cases.
        language: of the page; what is missing in it comes in English.

    Returns:
        Markdown that ends in a mark by which ``is_ours`` knows it again.

    Example:
        >>> from corpus.doccano.layouts import LAYOUTS
        >>> from schemas.codebook import load_codebook
        >>> is_ours(guideline(LAYOUTS["themes"], load_codebook("reforms"), "kk"))
        True
    """
    words = localized(interface()["guideline"], language)
    parts: list[str] = []
    if layout.name == "voices":
        parts.append(f"# {words['voices']}")
        parts += _voices(layout, language, words)
    else:
        parts.append(f"# {_escape(localized(codebook.names, language))} {codebook.version}")
        if codebook.description:
            parts.append(_escape(_text(codebook.description, language)))
        parts += _list(words["rules"], _rows(codebook.instructions, language), "##")
        if layout.name == "themes":
            parts.append(_escape(words["words"]))
        parts.append(f"## {words['themes']}")
        for theme in codebook.themes:
            parts += _theme(theme, codebook, language, words)
        parts += _list(words["hard_cases"], _rows(codebook.hard_cases, language), "##")
        if layout.relations:
            parts.append(f"# {words['voices']}")
            parts += _voices(layout, language, words, {theme.key for theme in codebook.themes})
    if layout.relations:
        parts.append(f"# {words['relations']}")
        for row in interface()["relations"]:
            parts.append(f"## {_escape(localized(row['names'], language))}")
            parts.append(_escape(localized(row["definition"], language)))
    page = "\n\n".join(part for part in parts if part)
    return f"{page}\n\n<!-- minber {_digest(page)} -->"


def is_ours(page: str) -> bool:
    """Whether a page is as Minber wrote it; one that people have changed since is theirs.

    Parameters:
        page: the guideline as the server has it.

    Returns:
        True for an untouched page of ours and for an empty one.
    """
    mark = _MARK.search(page)
    return not page.strip() or (mark is not None and mark[1] == _digest(page[: mark.start()]))


def _voices(
    layout: Layout, language: str, words: Mapping[str, str], taken: Collection[str | None] = ()
) -> Iterable[str]:
    for row in voice_rows(layout):
        yield f"## {_escape(localized(row['names'], language))}"
        yield _escape(localized(row["definition"], language))
        if row["key"] not in taken:
            yield f"*{words['key']}: {row['key']}*"


def _theme(theme: Theme, codebook: Codebook, language: str, words: Mapping[str, str]) -> list[str]:
    parts = [f"### {_escape(theme.name(language))}"]
    about = []
    if theme.key:
        about.append(f"{words['key']}: {theme.key}")
    if theme.parent:
        about.append(f"{words['parent']}: {_escape(codebook.theme(theme.parent).name(language))}")
    parts.append(f"*{', '.join(about)}*" if about else "")
    parts.append(_escape(_text(theme.definition, language)))
    for heading, rows in (
        (words["include"], theme.include),
        (words["exclude"], theme.exclude),
        (words["examples"], theme.examples),
        (words["counter_examples"], theme.counter_examples),
    ):
        parts += _list(heading, _rows(rows, language), "")
    return parts


def _list(heading: str, rows: Iterable[str], level: str) -> list[str]:
    items = [f"- {_escape(row)}" for row in rows]
    title = f"{level} {heading}" if level else f"**{heading}**"
    return [title, "\n".join(items)] if items else []


def _rows(texts: Mapping[str, tuple[str, ...]], language: str) -> tuple[str, ...]:
    return texts.get(language) or texts.get("en") or ()


def _text(texts: Mapping[str, str], language: str) -> str:
    return texts.get(language) or texts.get("en") or next(iter(texts.values()), "")


def _escape(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def _digest(page: str) -> str:
    return hashlib.sha256("\n".join(page.split()).encode("utf-8")).hexdigest()[:12]
