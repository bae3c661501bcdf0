"""The history of people's labels: what happened when, what differs between two states, and gold sets that stay.

Example:
    >>> import tempfile, corpus
    >>> from corpus import labels
    >>> c = corpus.init(tempfile.mkdtemp())
    >>> labels.events(c).height, labels.versions(c)
    (0, [])
"""

from corpus.labels.compare import CHANGES, KINDS, compare_labels, compare_units, counted
from corpus.labels.log import EVENTS, events
from corpus.labels.snapshots import (
    LabelSnapshot,
    SnapshotCorpus,
    open_snapshot,
    snapshots,
    take_snapshot,
    verify_snapshot,
    whose,
)
from corpus.labels.states import State, Version, diff, state, versions

__all__ = [
    "CHANGES",
    "EVENTS",
    "KINDS",
    "LabelSnapshot",
    "SnapshotCorpus",
    "State",
    "Version",
    "compare_labels",
    "compare_units",
    "counted",
    "diff",
    "events",
    "open_snapshot",
    "snapshots",
    "state",
    "take_snapshot",
    "verify_snapshot",
    "versions",
    "whose",
]
