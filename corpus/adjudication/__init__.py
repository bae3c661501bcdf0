"""From several people's labels to one gold set, whose every label says how it came about.

Example:
    >>> import tempfile, corpus
    >>> from corpus.adjudication import gold
    >>> gold(corpus.init(tempfile.mkdtemp())).collect().height
    0
"""

from corpus.adjudication.gold import GOLD, gold, write_gold
from corpus.adjudication.project import AdjudicationReport, adjudicated, pull_decisions, push_disagreements
from corpus.adjudication.rules import Decided, Rule, decide, in_disagreement

__all__ = [
    "GOLD",
    "AdjudicationReport",
    "Decided",
    "Rule",
    "adjudicated",
    "decide",
    "gold",
    "in_disagreement",
    "pull_decisions",
    "push_disagreements",
    "write_gold",
]
