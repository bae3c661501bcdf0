"""TEI P5: one ``teiCorpus`` with a header for each document, sentences, themes and who speaks. Written and read.

A line of the text is a ``p``, or of a transcript a ``seg`` in the ``u`` of its speaker, so that ``minber ingest`` and
programs for ParlaMint read the speaker again. Sentences are ``s`` with their themes in ``@ana``, quotations ``q`` with
``@who``; where they cross lines or each other's ends they are in pieces: ``@part`` says it of an ``s``, and the later
pieces of a ``q`` point to its first by ``@corresp``. The codebook is a taxonomy of the corpus's header. What these
elements have no place for stands in ``xenoData`` (`corpus.exchange.kept`).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, BinaryIO

import polars as pl

from corpus.exchange.kept import sheet
from corpus.exchange.markup import IMPOSSIBLE, escaped, possible, start, tag
from corpus.exchange.markup import text as element
from corpus.exchange.reading import Described, described_documents
from corpus.exchange.registry import Format, Report
from corpus.exchange.tei_reading import NAMESPACE, import_tei

if TYPE_CHECKING:
    from corpus.store import Corpus
    from schemas.codebook import Codebook
    from schemas.document import Document

_LINE = re.compile(r"[^\n]*[^\s][^\n]*")

Row = dict[str, Any]


def export_tei(corpus: Corpus, where: pl.Expr | None, out: BinaryIO) -> Report:
    """Write a corpus with all of its texts.

    Parameters:
        corpus: the corpus.
        where: condition on the columns of ``documents``; None for all.
        out: where the XML goes, UTF-8; memory stays bounded.

    Returns:
        how many documents and sentences went out; a document that is not annotated has lines without sentences.
    """
    report = Report()
    out.write(f'<?xml version="1.0" encoding="UTF-8"?>\n<teiCorpus xmlns="{NAMESPACE}">\n'.encode())
    out.write(_corpus_header(corpus.settings.corpus.name, corpus.codebook).encode("utf-8"))
    for number, described in enumerate(described_documents(corpus, where), 1):
        out.writelines(piece.encode("utf-8") for piece in tei_of(described, f"d{number}"))
        report.documents += 1
        report.rows += sum(row["layer"] == "sentence" for row in described.annotations)
    out.write(b"</teiCorpus>\n")
    return report


def tei_of(described: Described, name: str) -> Iterator[str]:
    """One document as a ``TEI`` element.

    Parameters:
        described: the document.
        name: its ``xml:id``; ids in it begin so.

    Yields:
        pieces of XML.
    """
    document = described.document
    machine = described.machine
    quotes = _outer([row for row in machine if row["layer"] == "quote"])
    own = [document.speaker] if document.speaker else []
    quoted = [row["attributes"].get("speaker") for row in quotes]
    people = dict.fromkeys(filter(None, [*own, *quoted]))
    ids = {person: f"{name}.p{number}" for number, person in enumerate(people, 1)}
    header = _header(document, ids).removesuffix("</teiHeader>\n")
    yield start("TEI", {"xml:id": name, "xml:lang": document.lang}) + "\n" + header
    yield tag("xenoData", {"type": "minber"}, escaped(_noted(described))) + "</teiHeader>\n"
    yield "<text><body>"
    speech = document.kind == "transcript" and document.speaker is not None
    block = "seg" if speech else "p"
    yield "<div>" + start("u", {"who": f"#{ids[document.speaker]}"}) + "\n" if document.speaker and speech else "\n"
    sentences = _apart({_trimmed(document.text, row) for row in machine if row["layer"] == "sentence"})
    themes: dict[int, dict[str, None]] = {}
    for row in machine:
        if row["layer"] == "theme":
            themes.setdefault(_trimmed(document.text, row)[0], {})[f"#theme.{row['label']}"] = None
    for line in _LINE.finditer(document.text):
        yield f"<{block}>"
        yield from _line(document.text, line.start(), line.end(), sentences, themes, quotes, ids, name)
        yield f"</{block}>\n"
    yield ("</u></div>" if speech else "") + "</body></text></TEI>\n"


def _noted(described: Described) -> str:
    """What comes back by `corpus.exchange.tei_reading`: the sheet, and the white space between lines.

    Letters that XML cannot hold are written as JSON escapes them; a text with such letters is there as a whole.
    """
    text = described.document.text
    ends = [0, *(place for line in _LINE.finditer(text) for place in line.span()), len(text)]
    gaps = [text[a:b] for a, b in zip(ends[::2], ends[1::2], strict=True)]
    more: dict[str, object] = {"gaps": gaps} if possible(text) == text else {"whole": text}
    return IMPOSSIBLE.sub(lambda found: f"\\u{ord(found[0]):04x}", sheet(described, **more))


def _line(
    text: str,
    begin: int,
    end: int,
    sentences: Sequence[tuple[int, int]],
    themes: Mapping[int, dict[str, None]],
    quotes: Sequence[Row],
    ids: Mapping[str, str],
    name: str,
) -> Iterator[str]:
    """What stands in a line: its sentences, what lies between them, and the quotations in both."""
    here = begin
    first = max(bisect_right(sentences, (begin, 0)) - 1, 0)
    for number in range(first, len(sentences)):
        a, b = sentences[number]
        if b <= begin:
            continue
        if a >= end:
            break
        yield from _quoted(text, here, max(a, here), quotes, ids, name)
        left, right = max(a, begin), min(b, end)
        attributes = {"xml:id": f"{name}.s{number + 1}"} if a >= begin else {}
        if a < begin or b > end:
            attributes["part"] = "M" if a < begin and b > end else "I" if b > end else "F"
        if ana := themes.get(a):
            attributes["ana"] = " ".join(ana)
        yield tag("s", attributes, *_quoted(text, left, right, quotes, ids, name))
        here = right
    yield from _quoted(text, here, end, quotes, ids, name)


def _quoted(text: str, begin: int, end: int, quotes: Sequence[Row], ids: Mapping[str, str], name: str) -> Iterator[str]:
    """A stretch of text with the quotations in it, and the pieces of those that go on elsewhere."""
    here = begin
    for number, row in enumerate(quotes, 1):
        a, b = max(row["start"], begin), min(row["end"], end)
        if a >= b:
            continue
        yield escaped(text[here:a])
        attributes = {"type": row["label"]}
        if speaker := row["attributes"].get("speaker"):
            attributes["who"] = f"#{ids[speaker]}"
        first = f"{name}.q{number}"
        attributes |= {"xml:id": first} if a == row["start"] else {"corresp": f"#{first}"}
        yield tag("q", attributes, escaped(text[a:b]))
        here = b
    yield escaped(text[here:end])


def _trimmed(text: str, row: Row) -> tuple[int, int]:
    """Where the words of an annotation are, without the white space around them."""
    words = text[row["start"] : row["end"]]
    begin = row["start"] + len(words) - len(words.lstrip())
    return begin, begin + len(words.strip())


def _apart(places: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Sentences in order, without empty ones and those that begin inside another: no word may be written twice."""
    kept: list[tuple[int, int]] = []
    for place in sorted(places):
        if place[0] < place[1] and (not kept or place[0] >= kept[-1][1]):
            kept.append(place)
    return kept


def _outer(quotes: list[Row]) -> list[Row]:
    """Quotations in their order, without those inside another."""
    kept: list[Row] = []
    for row in sorted(quotes, key=lambda row: (row["start"], -row["end"])):
        if not kept or row["start"] >= kept[-1]["end"]:
            kept.append(row)
    return kept


def _corpus_header(name: str, book: Codebook) -> str:
    categories = [
        tag(
            "category",
            {"xml:id": f"theme.{theme.id}"},
            *(
                tag("catDesc", {"xml:lang": lang}, element("term", theme.name(lang)), escaped(f": {words}"))
                for lang, words in theme.definition.items()
            ),
        )
        for theme in book.themes
    ]
    taxonomy = tag("taxonomy", {"xml:id": f"codebook.{book.id}", "n": book.version}, *categories)
    about = tag(
        "fileDesc",
        {},
        *_description(element("title", name), element("p", "Exported by Minber."), element("p", "Born digital.")),
    )
    return tag("teiHeader", {}, about, tag("encodingDesc", {}, tag("classDecl", {}, taxonomy))) + "\n"


def _header(document: Document, ids: Mapping[str, str]) -> str:
    """What is known of a document: title, occasion, publisher, id, day, address, place, language, people."""
    source = document.source
    published = [element("publisher", source.publisher or "unknown"), element("idno", document.id)]
    bibl = [element("title", document.title)] if document.title else []
    bibl += [tag("date", {"when": document.date}, str(document.date))] if document.date else []
    bibl += [tag("idno", {"type": "URI"}, escaped(source.uri))]
    title = element("title", document.title or document.id)
    title += element("meeting", document.occasion) if document.occasion else ""
    about = _description(title, "".join(published), tag("bibl", {}, *bibl))
    people = [tag("person", {"xml:id": name}, element("persName", person)) for person, name in ids.items()]
    profile = [tag("langUsage", {}, tag("language", {"ident": document.lang}, escaped(document.lang)))]
    where = tag("name", {"type": "place"}, escaped(document.place)) if document.place else ""
    profile += [tag("settingDesc", {}, tag("setting", {}, where))] if where else []
    profile += [tag("particDesc", {}, tag("listPerson", {}, *people))] if people else []
    return tag("teiHeader", {}, tag("fileDesc", {}, *about), tag("profileDesc", {}, *profile)) + "\n"


def _description(title: str, publication: str, source: str) -> list[str]:
    return [
        tag("titleStmt", {}, title),
        tag("publicationStmt", {}, publication),
        tag("sourceDesc", {}, source),
    ]


FORMAT = Format(
    "tei", "TEI P5: one corpus file with headers, sentences, themes, quotations, speakers", export_tei, import_tei
)
"""The format, for the registry."""
