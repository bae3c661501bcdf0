"""The tables of a corpus on disk: Delta Lake for rows, plain files for raw bytes."""

from corpus.store.corpus import Corpus, Stored
from corpus.store.folder import find_corpus, init_corpus, open_corpus

__all__ = ["Corpus", "Stored", "find_corpus", "init_corpus", "open_corpus"]
