"""How far people agree (alpha, kappa and their kin on units that several confirmed), and the machine with them.

Example:
    >>> from corpus.agreement import masi_distance
    >>> masi_distance({"dialogue"}, {"dialogue"})
    0.0
"""

from corpus.agreement.bootstrap import Resampling
from corpus.agreement.codings import LAYERS, Codings, codings_of, read_codings
from corpus.agreement.confusion import confusion, disagreements, in_text
from corpus.agreement.evaluation import EVALUATION, EVALUATION_SOURCES, Evaluation, evaluate, scores
from corpus.agreement.gold_set import Gold, agreed_stretches, read_gold
from corpus.agreement.kappa import cohen_kappa, fleiss_kappa
from corpus.agreement.machine_set import machine_labels, pushed_labels
from corpus.agreement.matching import Comparison, compare, paired
from corpus.agreement.misses import MISSES, errors
from corpus.agreement.nominal import alpha
from corpus.agreement.picture import plot_evaluation
from corpus.agreement.sets import masi_alpha, masi_distance
from corpus.agreement.tables import FIELDS, SOURCES, agreement, consistency
from corpus.agreement.unitised import unitised

__all__ = [
    "EVALUATION",
    "EVALUATION_SOURCES",
    "FIELDS",
    "LAYERS",
    "MISSES",
    "SOURCES",
    "Codings",
    "Comparison",
    "Evaluation",
    "Gold",
    "Resampling",
    "agreed_stretches",
    "agreement",
    "alpha",
    "codings_of",
    "cohen_kappa",
    "compare",
    "confusion",
    "consistency",
    "disagreements",
    "errors",
    "evaluate",
    "fleiss_kappa",
    "in_text",
    "machine_labels",
    "masi_alpha",
    "masi_distance",
    "paired",
    "plot_evaluation",
    "pushed_labels",
    "read_codings",
    "read_gold",
    "scores",
    "unitised",
]
