"""How far people agree: alpha, kappa and their kin on units that several people confirmed.

Example:
    >>> from corpus.agreement import masi_distance
    >>> masi_distance({"dialogue"}, {"dialogue"})
    0.0
"""

from corpus.agreement.bootstrap import Resampling
from corpus.agreement.codings import LAYERS, Codings, codings_of, read_codings
from corpus.agreement.confusion import confusion, disagreements, in_text
from corpus.agreement.kappa import cohen_kappa, fleiss_kappa
from corpus.agreement.nominal import alpha
from corpus.agreement.sets import masi_alpha, masi_distance
from corpus.agreement.tables import FIELDS, SOURCES, agreement, consistency
from corpus.agreement.unitised import unitised

__all__ = [
    "FIELDS",
    "LAYERS",
    "SOURCES",
    "Codings",
    "Resampling",
    "agreement",
    "alpha",
    "codings_of",
    "cohen_kappa",
    "confusion",
    "consistency",
    "disagreements",
    "fleiss_kappa",
    "in_text",
    "masi_alpha",
    "masi_distance",
    "read_codings",
    "unitised",
]
