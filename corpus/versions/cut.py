"""Documents of a corpus cut into sentences, and what was aligned of them: each once, and no more in memory than needed.

Pairing looks at every text and aligns those that may be versions of each other; aligning needs the same sentences and
often the same alignments again. Both are kept in a file without a name, which goes with the process.
"""

from __future__ import annotations

import pickle
import re
import tempfile
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

import polars as pl

from corpus.versions.alignment import Bead, align
from corpus.versions.scoring import Text
from corpus.versions.tables import FURNITURE

if TYPE_CHECKING:
    from corpus.store import Corpus

_BLOCK = 200
"""Documents that are cut together; each block looks once through the tables."""
_RECENT = 64
"""Documents that are kept in memory: one is aligned with several others."""
_IN_MEMORY = 8 * 1024 * 1024
"""Bytes from which the file is one on disk."""


@dataclass(frozen=True, slots=True)
class Version:
    """A document cut into sentences.

    Attributes:
        text: as the aligner takes it.
        ranges: first and end offset of each sentence.
        revision: of the document.
    """

    text: Text
    ranges: list[tuple[int, int]]
    revision: str


class Cut:
    """The sentences of documents, and the beads of pairs of them; to be closed, or used with ``with``.

    Parameters:
        corpus: an open corpus.
    """

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._file = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 -- closed by ``close``
        self._places: dict[tuple[str, ...], int] = {}
        self._revision: dict[str, str] = {}
        self._recent = lru_cache(_RECENT)(self._read)

    def __enter__(self) -> Cut:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Forget all of it."""
        self._recent.cache_clear()
        self._file.close()

    def prepare(self, ids: Sequence[str]) -> None:
        """Cut documents that were not cut yet in their newest revision.

        Parameters:
            ids: of the corpus.
        """
        heads = dict(self._corpus.heads().select("id", "revision").iter_rows())
        fresh = [doc_id for doc_id in ids if self._revision.get(doc_id) != heads[doc_id]]
        for begin in range(0, len(fresh), _BLOCK):
            for doc_id, revision, *parts in _cut(self._corpus, fresh[begin : begin + _BLOCK]):
                self._revision[doc_id] = revision
                self._keep((doc_id, revision), parts)

    def version(self, doc_id: str) -> Version:
        """A document that was prepared."""
        revision = self._revision[doc_id]
        found: Version = self._recent((doc_id, revision))
        return found

    def text(self, doc_id: str) -> Text:
        """Its sentences."""
        return self.version(doc_id).text

    def beads(self, one: str, two: str) -> list[Bead]:
        """The alignment of two documents that were prepared."""
        key = one, self._revision[one], two, self._revision[two]
        if key not in self._places:
            found = align(self.text(one), self.text(two))
            self._keep(key, [(bead.first, bead.second, bead.score) for bead in found])
            return found
        return [Bead(*parts) for parts in self._load(key)]

    def _keep(self, key: tuple[str, ...], parts: Any) -> None:
        self._places[key] = self._file.seek(0, 2)
        pickle.dump(parts, self._file, pickle.HIGHEST_PROTOCOL)

    def _load(self, key: tuple[str, ...]) -> Any:
        self._file.seek(self._places[key])
        return pickle.load(self._file)  # noqa: S301 -- nobody else writes there

    def _read(self, key: tuple[str, str]) -> Version:
        lang, words, ranges, paragraphs = self._load(key)
        return Version(Text(lang, [words[start:end] for start, end in ranges], paragraphs), ranges, key[1])


def _cut(corpus: Corpus, ids: Sequence[str]) -> Iterator[tuple[str, str, str, str, list[tuple[int, int]], list[int]]]:
    """Documents with their sentences: those of the annotator where it was there, without page furniture."""
    wanted = pl.Series(ids, dtype=pl.String).implode()
    layers = pl.col("layer").is_in(["sentence", *FURNITURE])
    rows = corpus.annotations.filter(layers & pl.col("doc_id").is_in(wanted)).select("doc_id", "layer", "start", "end")
    sentences: dict[str, list[tuple[int, int]]] = defaultdict(list)
    chrome: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for doc_id, layer, start, end in rows.collect().iter_rows():
        (sentences if layer == "sentence" else chrome)[doc_id].append((start, end))
    texts = corpus.documents.filter(pl.col("id").is_in(wanted)).select("id", "revision", "lang", "text").collect()
    for doc_id, revision, lang, text in texts.iter_rows():
        ranges = sorted(sentences[doc_id]) or list(sentence_ranges(text, lang))
        ranges = [
            (start, end)
            for start, end in ranges
            if not any(left <= start and end <= right for left, right in chrome[doc_id])
        ]
        breaks = [match.start() for match in re.finditer(r"\n+", text)]
        yield doc_id, revision, lang, text, ranges, [bisect_left(breaks, start) for start, _ in ranges]


def sentence_ranges(text: str, lang: str) -> Iterator[tuple[int, int]]:
    """Cut a text into sentences by the rules of its language, or of English where it has none.

    Parameters:
        text: canonical text.
        lang: its language.

    Yields:
        first and end offset of each, white space aside.

    Example:
        >>> list(sentence_ranges("Бірінші. Екінші!", "kk"))
        [(0, 8), (9, 16)]
    """
    nlp = _splitter(lang)
    for sentence in nlp(text).sents:
        words = sentence.text
        start = sentence.start_char + len(words) - len(words.lstrip())
        if words.strip():
            yield start, start + len(words.strip())


@cache
def _splitter(lang: str) -> Any:
    from annotators.languages import LANGUAGES
    from annotators.pipeline import pipeline

    return pipeline(lang if lang in LANGUAGES else "en", components=("minber_sentences",))
