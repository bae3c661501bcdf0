"""Learning from people: classifiers of themes trained on units that people confirmed, and how good they are.

Example:
    >>> from corpus.learning import grouped_folds
    >>> grouped_folds(["a", "a", "b"], 2)
    [0, 0, 1]
"""

from corpus.learning.examples import Example, Gold, read_examples
from corpus.learning.folds import best_threshold, grouped_folds
from corpus.learning.models import Model, model_names, open_model
from corpus.learning.training import Learned, learn, score_rows, train

__all__ = [
    "Example",
    "Gold",
    "Learned",
    "Model",
    "best_threshold",
    "grouped_folds",
    "learn",
    "model_names",
    "open_model",
    "read_examples",
    "score_rows",
    "train",
]
