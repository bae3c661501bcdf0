"""TEI that Minber wrote on its way back into a corpus, a text at a time.

The text is that of the lines (``p``, ``seg``), and annotations come back from what is noted in ``xenoData``. TEI of
other people holds documents and no annotations of ours: ``minber ingest`` reads it, with speakers, sessions and notes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, BinaryIO

from corpus.exchange.foreign import Letters
from corpus.exchange.intake import Intake
from corpus.exchange.kept import bring_back, read_sheet
from corpus.exchange.registry import Report
from schemas.errors import MinberError, problem_of

if TYPE_CHECKING:
    from corpus.store import Corpus
    from schemas.document import Document

NAMESPACE = "http://www.tei-c.org/ns/1.0"
READER = "tei@1"
_T = f"{{{NAMESPACE}}}"


def import_tei(corpus: Corpus, stream: BinaryIO, name: str) -> Report:
    """Read a corpus in TEI that ``export_tei`` wrote.

    Parameters:
        corpus: the corpus.
        stream: the XML; memory stays bounded by the longest text.
        name: of the stream, for messages.

    Returns:
        what came in; a text that cannot be had, or is not Minber's, is a failure MB607.

    Raises:
        MinberError: MB608 it is no TEI, or ends early (the texts before have come in); MB135 it declares entities.
    """
    report, number = Report(), 0
    with Intake(corpus, report) as intake:
        for number, element in enumerate(_texts(stream, name), 1):
            place = f"{name}#{element.get('{http://www.w3.org/XML/1998/namespace}id') or number}"
            try:
                _take(intake, element, place)
            except (ValueError, TypeError, KeyError, AttributeError) as error:
                known = element.findtext(f".//{_T}publicationStmt/{_T}idno") or number
                intake.fail("MB607", place, error, document=known)
    if not number:
        raise MinberError("MB608", name, form="tei", problem="there is no TEI text in it")
    return report


def _texts(stream: BinaryIO, name: str) -> Iterator[Any]:
    """``TEI`` elements one by one, without entities, document types and the network."""
    from lxml import etree

    events = etree.iterparse(
        stream, ("start", "end"), resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    begun = False
    try:
        for event, element in events:
            if not begun:
                begun = True
                internal = element.getroottree().docinfo.internalDTD
                if internal is not None and next(iter(internal.iterentities()), None) is not None:
                    raise MinberError("MB135", name)
            if event == "end" and element.tag == f"{_T}TEI":
                yield element
                element.clear()
                while element.getprevious() is not None:
                    del element.getparent()[0]
    except etree.XMLSyntaxError as error:
        raise MinberError("MB608", name, form="tei", problem=problem_of(error)) from error


def _take(intake: Intake, element: Any, place: str) -> None:
    noted = element.find(f"{_T}teiHeader/{_T}xenoData[@type='minber']")
    if noted is None:
        raise ValueError("it was not written by 'minber export tei'; 'minber ingest' reads such texts")
    told = read_sheet("".join(noted.itertext()))
    raw = _text(element, told)
    letters = Letters(raw)

    def otherwise() -> Document:
        raise ValueError("nothing is noted of it")

    intake.add(bring_back(intake, place, told, letters.text, raw.encode(), (), lambda _: (), otherwise, READER))


def _text(element: Any, told: dict[str, Any]) -> str:
    """Put a text together from its lines and what stands between them."""
    body = element.find(f"{_T}text/{_T}body")
    lines = [] if body is None else ["".join(line.itertext()) for line in body.iter(f"{_T}p", f"{_T}seg")]
    if isinstance(told.get("whole"), str):
        return str(told["whole"])
    gaps = told.get("gaps")
    if not isinstance(gaps, list) or not all(isinstance(gap, str) for gap in gaps):
        raise ValueError("what Minber noted of it is damaged")
    if len(gaps) != len(lines) + 1:
        gaps = ["", *["\n"] * (len(lines) - 1), ""]  # somebody put lines in or took some away
    return "".join(piece for pair in zip(gaps, [*lines, ""], strict=True) for piece in pair)
