"""All that decides what a pipeline answers, as one value that can travel to another process or machine.

The codebook and the user's speaker files go along as text, so that a worker elsewhere needs no files of ours and a file
edited in the middle of a run changes nothing in it.
"""

from __future__ import annotations

import hashlib
import json
import sys
import tempfile
import threading
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from annotators.context import Context
from annotators.pipeline import COMPONENTS, LEARNED, VERSIONS, pipeline
from annotators.records import AnnotationRow, annotation_rows, process
from schemas.codebook import load_codebook
from schemas.errors import MinberError
from schemas.speakers import load_speakers

if TYPE_CHECKING:
    from spacy.language import Language

_LIBRARIES = ("minber", "spacy", "pymorphy3", "pymorphy3-dicts-ru", "simplemma")
_SPACY_IS_NOT_FOR_THREADS = threading.Lock()  # a Dask worker runs tasks in several threads


@dataclass(frozen=True, slots=True)
class Recipe:
    """A pipeline of one language: its components and everything they read.

    Attributes:
        lang: language code.
        components: names, in order.
        codebook: built-in name, or the YAML text of a file.
        speakers: YAML texts of the user's speaker files.
        digests: of codebook and registry, as loaded by whoever made the recipe.
        libraries: name and version of each package that the answers depend on.
        versions: name and version of each component.
        model: name of a trained model, and the files of it that this language needs; empty for none.
    """

    lang: str
    components: tuple[str, ...]
    codebook: str
    codebook_is_builtin: bool
    speakers: tuple[str, ...]
    digests: tuple[str, str]
    libraries: tuple[tuple[str, str], ...]
    versions: tuple[tuple[str, int], ...]
    model: tuple[str, tuple[tuple[str, bytes], ...]] = ("", ())

    @property
    def fingerprints(self) -> dict[str, str]:
        """For each component, a name of everything that decides its answer: 16 hexadecimal digits.

        A component may use what those before it found, so their fingerprints go into its own: after a change of the
        codebook, themes are stale and quotations are not.
        """
        found = {}
        state = json.dumps([self.lang, self.libraries])
        versions = dict(self.versions)
        for name in self.components:
            parts = [state, f"{name}@{versions[name]}"]
            if name == "minber_themes":
                parts.append(self.digests[0])
            elif name == "minber_quotes":
                parts.append(self.digests[1])
            state = hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
            found[name] = state
        if self.model[0]:  # nothing builds on what it finds: with a model or without, the others stay as they are
            parts = [found["minber_themes"], f"{LEARNED}@{versions[LEARNED]}", self.model[0]]
            parts += [hashlib.sha256(data).hexdigest() for _, data in self.model[1]]
            found[LEARNED] = hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
        return found

    @property
    def annotators(self) -> dict[str, str]:
        """Component → what its rows carry as annotator."""
        found = {name: f"{name}@{version}" for name, version in self.versions}
        return found | {LEARNED: f"{found[LEARNED]}:{self.model[0]}"}


def recipe_of(
    lang: str,
    codebook: str | Path,
    speakers: Iterable[Path] = (),
    components: tuple[str, ...] = COMPONENTS,
    digests: tuple[str, str] | None = None,
    model: tuple[str, tuple[tuple[str, bytes], ...]] = ("", ()),
) -> Recipe:
    """Write down what a pipeline is made of.

    Parameters:
        lang: language code.
        codebook: built-in name or path of a YAML file.
        speakers: YAML files beside the built-in ones.
        components: names, in order.
        digests: of codebook and registry, if they are loaded already.
        model: name and files of a trained model.

    Returns:
        the recipe.

    Raises:
        MinberError: MB002, MB003, MB011 the codebook or a speaker file is missing or broken.

    Example:
        >>> book = recipe_of("kk", "reforms").fingerprints
        >>> book == recipe_of("ru", "reforms").fingerprints
        False
    """
    files = tuple(speakers)
    digests = digests or (load_codebook(codebook).digest, load_speakers(*files).digest)
    is_file = isinstance(codebook, Path)
    return Recipe(
        lang=lang,
        components=components,
        codebook=codebook.read_text(encoding="utf-8-sig") if isinstance(codebook, Path) else codebook,
        codebook_is_builtin=not is_file,
        speakers=tuple(path.read_text(encoding="utf-8-sig") for path in files),
        digests=digests,
        libraries=_libraries(),
        versions=tuple(VERSIONS.items()),
        model=model,
    )


@dataclass(frozen=True, slots=True)
class Text:
    """A document on its way to a worker."""

    doc_id: str
    revision: str
    text: str
    context: Context


@dataclass(frozen=True, slots=True)
class Shard:
    """Documents of one language that need the same components, worked on and committed together."""

    recipe: Recipe
    wanted: frozenset[str]
    texts: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Annotated:
    """One document as it comes back: its rows, or why there are none."""

    doc_id: str
    revision: str
    rows: tuple[AnnotationRow, ...] = ()
    error: MinberError | None = None


def annotate_shard(shard: Shard) -> list[Annotated]:
    """Run a shard's pipeline over its texts; a document that breaks a component is reported, the others go on.

    Parameters:
        shard: recipe and texts.

    Returns:
        for each text, in order, the rows of the wanted components.

    Raises:
        MinberError: MB213 this worker would answer differently from the machine that asks.
    """
    ours, theirs = dict(shard.recipe.libraries + shard.recipe.versions), dict(_libraries() + tuple(VERSIONS.items()))
    if ours != theirs:
        other = [name for name in ours | theirs if ours.get(name) != theirs.get(name)]
        named = {
            who: ", ".join(f"{name} {found.get(name)}" for name in other)
            for who, found in (("ours", ours), ("theirs", theirs))
        }
        raise MinberError("MB213", **named)
    found = []
    with _SPACY_IS_NOT_FOR_THREADS:
        nlp = _pipeline(shard.recipe)
        for text in shard.texts:
            try:
                rows = [
                    row
                    for row in annotation_rows(process(nlp, text.text, text.context))
                    if row["annotator"].split("@")[0] in shard.wanted
                ]
                _check(rows, text)
            except MinberError as error:
                found.append(Annotated(text.doc_id, text.revision, error=_placed(error, text.doc_id)))
            else:
                found.append(Annotated(text.doc_id, text.revision, tuple(rows)))
    return found


def unpack(files: Iterable[tuple[str, bytes]], folder: Path) -> None:
    """Write the files of a model, which travel as bytes that were checked.

    Parameters:
        files: relative path and content of each.
        folder: where to; it need not be there.
    """
    for name, data in files:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


@lru_cache(maxsize=8)
def _pipeline(recipe: Recipe) -> Language:
    with tempfile.TemporaryDirectory(prefix="minber-") as folder:
        codebook: str | Path = recipe.codebook
        if not recipe.codebook_is_builtin:
            codebook = Path(folder) / "codebook.yaml"
            codebook.write_text(recipe.codebook, encoding="utf-8")
        speakers = []
        for number, source in enumerate(recipe.speakers):
            path = Path(folder) / f"speakers-{number}.yaml"
            path.write_text(source, encoding="utf-8")
            speakers.append(str(path))
        model: Path | None = None
        if recipe.model[0]:
            model = Path(folder) / "model"
            unpack(recipe.model[1], model)
        nlp = pipeline(recipe.lang, codebook, tuple(speakers), recipe.components, model)
    nlp.max_length = (
        sys.maxsize
    )  # spaCy's limit is for parsers, which we do not run; sessions of a parliament are longer
    return nlp


def _check(rows: list[AnnotationRow], text: Text) -> None:
    """Let nothing into the tables that points outside the text: every reader relies on that."""
    size = len(text.text)
    for row in rows:
        component, attributes = row["annotator"].split("@")[0], row["attributes"]
        ranges = [(row["start"], row["end"])]
        ranges += [pair for pair in (attributes.get("mention"), attributes.get("cue")) if pair is not None]
        ranges += attributes.get("evidence") or []
        for start, end in ranges:
            if not 0 <= start < end <= size:
                problem = f"{row['layer']} {row['label']} at {start} to {end} of {size} characters"
                raise MinberError("MB391", component=component, problem=problem)
        if not 0.0 <= row["score"] <= 1.0:
            problem = f"{row['layer']} {row['label']} has the score {row['score']}"
            raise MinberError("MB391", component=component, problem=problem)


def _placed(error: MinberError, place: str) -> MinberError:
    return error if error.place else MinberError(error.code, place, **error.values)


def context_digest(context: Context) -> str:
    """Name what is known of a document beyond its text; when that changes, its annotations are stale.

    Example:
        >>> context_digest(Context(country="KZ")) == context_digest(Context())
        False
    """
    known: dict[str, Any] = asdict(context)
    return hashlib.sha256(json.dumps(known, default=str, sort_keys=True).encode()).hexdigest()[:12]


@lru_cache(maxsize=1)
def _libraries() -> tuple[tuple[str, str], ...]:
    found = []
    for name in _LIBRARIES:
        try:
            found.append((name, version(name)))
        except PackageNotFoundError:
            continue
    return tuple(found)
