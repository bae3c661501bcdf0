"""What the user states about single documents: in a sidecar file, or by a pattern of file names.

Both outweigh what sources say of themselves, and options of the command outweigh both.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from corpus.ingest.encoding import known_encoding
from corpus.ingest.reading import Docvar, Raw, Reading, place_of
from schemas.document import DOCVAR
from schemas.errors import MinberError

if TYPE_CHECKING:
    from corpus.ingest.identity import Known
    from schemas.document import Document

FIELDS = ("title", "date", "speaker", "kind", "lang", "publisher", "occasion", "place")
"""Metadata that may be stated; anything else becomes a docvar."""
_STRONGER = {"sidecar": ("user",), "file name": ("user", "sidecar")}
_KEYS = ("file", "filename", "file_name", "name", "path", "id", "doc_id", "uri", "url")
_TABLES = {
    "csv": "corpus.ingest.formats.delimited",
    "json": "corpus.ingest.formats.jsonlines",
    "excel": "corpus.ingest.formats.spreadsheet",
}
_SAID = ("user", "sidecar")
_SLOT = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Stated:
    """Metadata of one document and where it was stated.

    Attributes:
        origin: ``sidecar`` or ``file name``.
        fields: of `FIELDS`, parsed.
        docvars: all else.
    """

    origin: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    docvars: Mapping[str, Docvar] = field(default_factory=dict)

    def apply(self, reading: Reading) -> None:
        """Put it in the place of what a reading says, except what the user or a stronger statement said already."""
        for name, value in self.fields.items():
            if reading.origins.get(name) not in _STRONGER[self.origin]:
                setattr(reading, name, value)
                reading.origins[name] = self.origin
        if "speaker" in self.fields and "kind" not in self.fields and reading.origins.get("kind") not in _SAID:
            reading.kind, reading.origins["kind"] = "transcript", self.origin  # only a transcript has one speaker
        for variable, value in self.docvars.items():
            if reading.origins.get(name := f"{DOCVAR}{variable}") not in _STRONGER[self.origin]:
                reading.docvars[variable] = value
                reading.origins[name] = self.origin

    def applied(self, document: Document) -> Document:
        """The same for a document that is read already."""
        reading = Reading(document.text, origins=dict(document.origins), docvars=dict(document.docvars))
        for name in FIELDS:
            setattr(reading, name, document.source.publisher if name == "publisher" else getattr(document, name))
        self.apply(reading)
        update = {name: getattr(reading, name) for name in FIELDS if name != "publisher"}
        update |= {"origins": reading.origins, "docvars": reading.docvars}
        update["source"] = document.source.model_copy(update={"publisher": reading.publisher})
        return document.model_copy(update=update)


class Sidecar:
    """A CSV, TSV, Excel, JSON or YAML file that says what documents are.

    A table has a column ``file`` (a name or the end of a path), ``id`` or ``url``; a YAML file is a mapping of such
    names to fields.

    Parameters:
        path: the file.

    Raises:
        MinberError: MB101, MB103 it cannot be read; MB149 it is no such file, or a value is not understood.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._by_key: dict[str, list[tuple[tuple[str, ...], Stated]]] = {}
        self._used: set[tuple[str, ...]] = set()
        for key, values in _entries(path):
            steps = PurePosixPath(key.replace("\\", "/")).parts
            if steps:
                self._by_key.setdefault(steps[-1], []).append((steps, _stated(values, f"{path}: {key}")))

    def is_file(self, path: Path | None) -> bool:
        """Whether this is the sidecar itself, which may lie among the texts and is none."""
        return path is not None and path.resolve() == self.path.resolve()

    def of_source(self, uri: str, name: str) -> Stated | None:
        """What is said of a file, a member of an archive, a row (``table.csv#17``) or a page."""
        return self._find(uri) or self._find(place_of(uri).replace("!/", "/")) or self._find(name)

    def of_document(self, doc_id: str) -> Stated | None:
        """What is said of a document by its id."""
        return self._find(doc_id)

    def agrees(self, known: Known) -> bool:
        """Whether what is said of a document by its id is what the corpus has."""
        stated = self.of_document(known.id)
        return stated is None or known.says(stated.fields, stated.docvars)

    def unused(self) -> list[str]:
        """Entries that were asked for by nothing."""
        return ["/".join(steps) for entries in self._by_key.values() for steps, _ in entries if steps not in self._used]

    def _find(self, place: str) -> Stated | None:
        steps = PurePosixPath(place).parts
        for known, stated in self._by_key.get(steps[-1], ()) if steps else ():
            if steps[-len(known) :] == known:
                self._used.add(known)
                return stated
        return None


def with_statements(raw: Raw, sidecar: Sidecar | None) -> Raw:
    """Put beside some bytes what the user stated of them.

    Parameters:
        raw: the bytes; its choices may hold a pattern of file names.
        sidecar: if there is one.

    Returns:
        the same with the statements among ``known``, the stronger first.

    Raises:
        MinberError: MB149 a file name does not fit the pattern; MB119 the pattern is none.
    """
    stated: list[Stated] = []
    charset = raw.charset
    if sidecar is not None and (found := sidecar.of_source(raw.uri, raw.name)):
        stated.append(found)
    if raw.choices.docvars is not None:
        name = place_of(raw.uri).partition("#")[0].rpartition("/")[2] if raw.part is not None else raw.name
        found, encoding = from_name(raw.choices.docvars, name, raw.place)
        stated.append(found)
        if encoding and known_encoding(encoding):
            charset = charset or encoding
    if not stated:
        return raw
    return dataclasses.replace(raw, charset=charset, known={**raw.known, "stated": tuple(stated)})


def check_pattern(pattern: str) -> None:
    """Refuse a pattern of file names that is none.

    Raises:
        MinberError: MB119.
    """
    _compiled(pattern)


def from_name(pattern: str, name: str, place: str = "") -> tuple[Stated, str | None]:
    """Read metadata from a file name.

    Parameters:
        pattern: literal text and ``{fields}``, as ``{unit}_{context}_{year}_{lang}``; ``{_}`` is passed over.
        name: the file's name; its ending does not count.
        place: of the file, for errors.

    Returns:
        what it states, and the encoding, if the pattern has ``{encoding}``.

    Raises:
        MinberError: MB149 the name does not fit the pattern.

    Example:
        >>> stated, _ = from_name("{unit}_{lang}_{party}", "EU_de_PSE.txt")
        >>> stated.fields, stated.docvars
        ({'lang': 'de'}, {'unit': 'EU', 'party': 'PSE'})
    """
    stem = name.rpartition(".")[0] or name
    found = _compiled(pattern).fullmatch(stem)
    if found is None:
        raise MinberError("MB149", place or name, problem=f"its name does not fit --docvars {pattern}")
    values = dict(found.groupdict())
    encoding = values.pop("encoding", None)
    stated = _stated(values, place or name)
    return Stated("file name", stated.fields, stated.docvars), encoding


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    names = [name for name in _SLOT.findall(pattern) if name != "_"]
    if len(set(names)) < len(names) or not _SLOT.search(pattern) or any(name[0].isdigit() for name in names):
        raise MinberError(
            "MB119",
            option="--docvars",
            value=pattern,
            expected="a pattern such as {unit}_{year}_{lang}, each name once",
        )
    pieces = _SLOT.split(pattern)
    return re.compile(
        "".join(
            re.escape(piece) if place % 2 == 0 else ".+?" if piece == "_" else f"(?P<{piece}>.+?)"
            for place, piece in enumerate(pieces)
        )
    )


def _entries(path: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if path.suffix.lower() in (".yaml", ".yml"):
        from schemas.yamlfile import load_yaml

        try:
            source_text = path.read_text(encoding="utf-8-sig")
        except FileNotFoundError as error:
            raise MinberError("MB101", str(path)) from error
        except (OSError, UnicodeDecodeError) as error:
            raise MinberError("MB103", str(path), problem=str(error)) from error
        data, _ = load_yaml(source_text, str(path))
        if not isinstance(data, Mapping) or not all(isinstance(value, Mapping) for value in data.values()):
            raise MinberError("MB149", str(path), problem="it is no mapping of file names or ids to fields")
        yield from ((str(key), value) for key, value in data.items())
        return
    from corpus.ingest.formats.rows import value_at
    from corpus.ingest.registry import choose
    from corpus.ingest.sources import Location, opened

    with opened(Location(path.resolve().as_uri(), path)) as source:
        reader = choose(source.raw(source.head))
        if reader.name not in _TABLES:
            raise MinberError("MB149", str(path), problem="it is neither a table nor YAML")
        for row in import_module(_TABLES[reader.name]).table(source)[0]:
            if row.error is not None:
                raise row.error
            key = next((name for name in row.values if name.strip().lower() in _KEYS), None)
            if key is None:
                raise MinberError("MB149", str(path), problem=f"it has no column {', '.join(_KEYS[:2])}, id or url")
            if named := str(value_at(row.values, key) or "").strip():
                yield named, {name: value for name, value in row.values.items() if name != key}


def _stated(values: Mapping[str, Any], place: str) -> Stated:
    from corpus.ingest.formats.rows import docvars, parsed

    fields: dict[str, Any] = {}
    rest: dict[str, Any] = {}
    for name, value in values.items():
        known = name.strip().lower()
        if value is None or not str(value).strip():
            continue
        if known not in FIELDS:
            rest[name] = value
            continue
        fields[known] = parsed(known, value)
        if fields[known] is None:
            raise MinberError("MB149", place, problem=f"{known} {value}: not understood")
    return Stated("sidecar", fields, dict(docvars(rest)))
