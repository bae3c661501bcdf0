"""Texts that are the same or say the same: copies of documents, repeated quotations, language versions.

Example:
    >>> from corpus.versions import Text, align
    >>> [(bead.first, bead.second) for bead in align(Text("kk", ["Сәлем!"]), Text("ru", ["Привет!"]))]
    [((0,), (0,))]
"""

from corpus.versions.aligned import ALIGNMENTS, align_versions, is_current, pair_versions, with_words
from corpus.versions.alignment import Bead, align
from corpus.versions.cut import Cut
from corpus.versions.pairing import Candidate, Pair, pair
from corpus.versions.reprints import COPIES, copies
from corpus.versions.scoring import Text
from corpus.versions.tables import refresh
from corpus.versions.utterances import UTTERANCES, Quotation, utterances

__all__ = [
    "ALIGNMENTS",
    "COPIES",
    "UTTERANCES",
    "Bead",
    "Candidate",
    "Cut",
    "Pair",
    "Quotation",
    "Text",
    "align",
    "align_versions",
    "copies",
    "is_current",
    "pair",
    "pair_versions",
    "refresh",
    "utterances",
    "with_words",
]
