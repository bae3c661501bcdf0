"""Documents and people: ingest, store, statistics, labelling, export, and the ``minber`` command.

``corpus.open``, ``corpus.init``, ``corpus.find``, ``corpus.Corpus`` and the rooms ``corpus.stats``, ``corpus.labels``,
``corpus.agreement``, ``corpus.adjudication`` and ``corpus.versions`` are loaded on first use, so that ``minber --help``
starts fast.

Example:
    >>> import tempfile, corpus
    >>> c = corpus.init(tempfile.mkdtemp(), name="Speeches")
    >>> corpus.open(c.path).settings.corpus.name
    'Speeches'
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from corpus import adjudication, agreement, labels, stats, versions
    from corpus.store import Corpus
    from corpus.store import find_corpus as find
    from corpus.store import init_corpus as init
    from corpus.store import open_corpus as open  # noqa: A004 -- the name users know: corpus.open("folder")

_PLACES = {
    "Corpus": "Corpus",
    "find": "find_corpus",
    "init": "init_corpus",
    "open": "open_corpus",
}

_ROOMS = ("adjudication", "agreement", "labels", "stats", "versions")

__all__ = ["Corpus", "adjudication", "agreement", "find", "init", "labels", "open", "stats", "versions"]


def __getattr__(name: str) -> Any:
    if name in _ROOMS:
        return import_module(f"corpus.{name}")
    if name not in _PLACES:
        raise AttributeError(f"module 'corpus' has no attribute {name!r}")
    return getattr(import_module("corpus.store"), _PLACES[name])
