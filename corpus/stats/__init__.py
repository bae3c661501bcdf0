"""Statistics: pure functions on frames of tokens or counts, LazyFrame in, LazyFrame out; eager in, eager out.

`Selected` makes the frames from a corpus; everything else knows nothing of files.
"""

from corpus.stats.collocations import collocations
from corpus.stats.concordance import kwic, kwic_spans, spans_with
from corpus.stats.cooccurrence import collocates, cooccurrences, near, pairs_within
from corpus.stats.correction import corrected_shares, gold_counts, gold_of
from corpus.stats.dictionaries import Dictionary, read_dictionary
from corpus.stats.dispersion import dispersion, pattern_dispersion, token_places, word_places
from corpus.stats.diversity import diversity, entropy
from corpus.stats.frequency import counts, frequency, ngrams, token_totals
from corpus.stats.keyness import keyness
from corpus.stats.lookup import dictionary, dictionary_matches
from corpus.stats.overview import overview
from corpus.stats.readability import readability, text_counts
from corpus.stats.selection import FIELDS, Selected, Selection
from corpus.stats.similarity import similarity
from corpus.stats.themes import agreed_labels, check_theme, theme_shares
from corpus.stats.timeline import change_points, timeline
from corpus.stats.versions import versions, with_originals
from corpus.stats.weights import tfidf, top_tfidf
from corpus.stats.wording import theme_words, version_words, with_words

__all__ = [
    "FIELDS",
    "Dictionary",
    "Selected",
    "Selection",
    "agreed_labels",
    "change_points",
    "check_theme",
    "collocates",
    "collocations",
    "cooccurrences",
    "corrected_shares",
    "counts",
    "dictionary",
    "dictionary_matches",
    "dispersion",
    "diversity",
    "entropy",
    "frequency",
    "gold_counts",
    "gold_of",
    "keyness",
    "kwic",
    "kwic_spans",
    "near",
    "ngrams",
    "overview",
    "pairs_within",
    "pattern_dispersion",
    "read_dictionary",
    "readability",
    "similarity",
    "spans_with",
    "text_counts",
    "tfidf",
    "theme_shares",
    "theme_words",
    "timeline",
    "token_places",
    "token_totals",
    "top_tfidf",
    "version_words",
    "versions",
    "with_originals",
    "with_words",
    "word_places",
]
