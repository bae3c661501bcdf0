"""Models on disk: a folder ``models/NAME`` of the corpus that says what it is and from which labels it came.

``model.json`` says what it is, ``labels.jsonl`` holds each sentence learned from with its themes and its fold, and a
folder for each language spaCy's files. ``SHA256SUMS`` is over all of them, without times: the same labels, seed and
versions give the same checksum. A folder appears whole, by one renaming, or not at all.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from annotators.classifier import BATCH, EPOCHS, LEARN_RATE, ROOM
from annotators.learned import ABOUT
from corpus.labels.snapshots import SUMS, canonical_lines, checksums
from schemas.errors import MinberError

if TYPE_CHECKING:
    from corpus.learning.training import Learned
    from corpus.store import Corpus

FOLDER = "models"
FORM = "minber-model@1"
_LABELS = "labels.jsonl"


@dataclass(frozen=True)
class Model:
    """A model of a corpus.

    Attributes:
        name: unique in the corpus.
        checksum: SHA-256 of its file ``SHA256SUMS``.
        about: what ``model.json`` says.
        files: relative path → content of everything that it needs, checked.
    """

    name: str
    checksum: str
    about: dict[str, Any]
    files: dict[str, bytes]

    @property
    def languages(self) -> tuple[str, ...]:
        """Languages that it learned."""
        return tuple(self.about["languages"])

    def of(self, lang: str) -> tuple[tuple[str, bytes], ...]:
        """The files that a pipeline of one language needs."""
        return tuple(
            (path, data) for path, data in sorted(self.files.items()) if path == ABOUT or path.startswith(f"{lang}/")
        )


def model_names(corpus: Corpus) -> list[str]:
    """Names of the models of a corpus, in order."""
    return sorted(path.parent.name for path in (corpus.path / FOLDER).glob(f"*/{SUMS}") if path.parent.name[0] != ".")


def sums_of(corpus: Corpus, name: str) -> Path:
    """The file of checksums of a model, by which it is told from another one; it need not be there."""
    return corpus.path / FOLDER / name / SUMS


def free_name(corpus: Corpus, name: str | None = None) -> str:
    """Check that a name may be given to a new model, or find one.

    Parameters:
        corpus: an open corpus.
        name: letters, digits and ``- _ .``, with a letter first; None for the next of ``themes-1``, ``themes-2`` …

    Returns:
        the name.

    Raises:
        MinberError: MB804 it is taken; MB805 it is none.
    """
    taken = (corpus.path / FOLDER).joinpath
    if name is None:
        return next(found for number in range(1, 1_000_000) if not taken(found := f"themes-{number}").exists())
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_.-]{0,79}", name) or name == "none":
        raise MinberError("MB805", name)
    if taken(name).exists():
        raise MinberError("MB804", name)
    return name


def keep(corpus: Corpus, name: str, learned: Sequence[Learned], origin: dict[str, Any]) -> Model:
    """Write a model, whole or not at all, and never in the place of another.

    Parameters:
        corpus: an open corpus.
        name: a free one.
        learned: of each language.
        origin: from which labels, with which seed.

    Returns:
        the model, as `open_model` gives it.

    Raises:
        MinberError: MB804 the name was taken meanwhile; MB202 the disk refuses.
    """
    book = corpus.codebook
    about = {
        "form": FORM,
        "name": name,
        "layer": "theme",
        "codebook": {"id": book.id, "version": book.version, "digest": book.digest},
        **origin,
        "settings": {"epochs": EPOCHS, "learn_rate": LEARN_RATE, "batch": BATCH, "room": ROOM, "words": "lemma"},
        "minber": version("minber"),
        "spacy": version("spacy"),
        "languages": {one.lang: _described(one) for one in learned},
    }
    labels = canonical_lines(
        {
            **{field: getattr(example, field) for field in ("doc_id", "revision", "start", "end", "lang")},
            "themes": sorted(example.given),
            "found": sorted(example.found),
            "fold": fold,
        }
        for one in learned
        for example, fold in one.examples
    )
    place = corpus.path / FOLDER / name
    temporary: Path | None = None
    try:
        place.parent.mkdir(exist_ok=True)
        temporary = Path(tempfile.mkdtemp(dir=place.parent, prefix="."))
        for one in learned:
            one.classifier.write(temporary / one.lang)
        (temporary / ABOUT).write_text(
            json.dumps(about, ensure_ascii=False, indent=2, sort_keys=True) + "\n", encoding="utf-8"
        )
        (temporary / _LABELS).write_bytes(labels)
        (temporary / SUMS).write_bytes(checksums(_read(temporary)))
        for path in temporary.rglob("*"):
            if path.is_file():
                with path.open("rb") as file:
                    os.fsync(file.fileno())
        temporary.chmod(0o755)
        temporary.rename(place)
        temporary = None
    except OSError as error:
        if place.exists():
            raise MinberError("MB804", name) from error
        raise MinberError("MB202", str(place), problem=error.strerror or str(error)) from error
    finally:
        if temporary is not None:
            shutil.rmtree(temporary, ignore_errors=True)
    return open_model(corpus, name)


def open_model(corpus: Corpus, name: str) -> Model:
    """Read a model and check that it is whole, and of this corpus's codebook.

    Parameters:
        corpus: an open corpus.
        name: of the model.

    Returns:
        the model.

    Raises:
        MinberError: MB800 no such model; MB801 a file is missing, changed or too many; MB802 it was learned with
            another codebook, or themes of it are no longer there.
    """
    place = corpus.path / FOLDER / name
    if name not in (known := model_names(corpus)):
        raise MinberError("MB800", name, known=", ".join(known) or "none yet")
    try:
        files = _read(place)
        sums = sums_of(corpus, name).read_bytes()
        about = json.loads(files.get(ABOUT, b""))
    except (OSError, ValueError) as error:
        raise MinberError("MB801", name, problem=str(error)[:200]) from error
    if checksums(files) != sums:
        lines = [line.partition("  ") for line in sums.decode(errors="replace").splitlines()]
        listed = {path: digest for digest, _, path in lines}
        other = sorted(
            path
            for path in files.keys() | listed.keys()
            if hashlib.sha256(files.get(path, b"")).hexdigest() != listed.get(path) or path not in files
        )
        raise MinberError("MB801", name, problem=f"{', '.join(other[:3]) or SUMS} not as it was")
    if about.get("form") != FORM or about.get("name") != name:
        raise MinberError("MB801", name, problem=f"{ABOUT} speaks of {about.get('name')}, {about.get('form')}")
    book = corpus.codebook
    ours = {theme.id for theme in book.themes}
    lost = sorted({theme for one in about["languages"].values() for theme in one["themes"]} - ours)
    if about["codebook"]["id"] != book.id or lost:
        theirs = f"{about['codebook']['id']} {about['codebook']['version']}"
        raise MinberError(
            "MB802", name, theirs=theirs, ours=f"{book.id} {book.version}", lost=", ".join(lost) or "none"
        )
    return Model(name, hashlib.sha256(sums).hexdigest(), about, files)


def _read(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != SUMS
    }


def _described(one: Learned) -> dict[str, Any]:
    return {
        "sentences": len(one.examples),
        "documents": len({example.doc_id for example, _ in one.examples}),
        "folds": one.folds,
        "themes": {
            theme: {"threshold": chosen.both, "alone": chosen.alone, "examples": one.counts[theme]}
            for theme, chosen in one.thresholds.items()
        },
        "left_out": one.left_out,
        "scores": one.scores,
    }
