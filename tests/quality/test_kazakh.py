"""Kazakh against the figures asked of it; `python -m tests.quality.kazakh` prints them all."""

import pytest

from tests.quality import kazakh

pytestmark = pytest.mark.quality

FLOORS = {
    kazakh.morphology: {
        "nominals precision": 0.965,
        "nominals recall": 0.991,
        "verbs precision": 0.82,
        "verbs recall": 0.95,
        "UniMorph noun forms": 0.997,
        "UniMorph verb forms": 0.959,
    },
    kazakh.lemmas: {"lemmas": 0.86, "lemmas of inflected words": 0.81},
    kazakh.tokens: {"tokens F1": 0.985},
    kazakh.sentences: {"sentences precision": 0.995, "sentences recall": 0.995},
}


@pytest.mark.parametrize("measure", FLOORS, ids=lambda measure: measure.__name__)
def test_figures_hold(measure, shared) -> None:
    got = measure()
    assert {name: round(got[name], 4) for name, floor in FLOORS[measure].items() if got[name] < floor} == {}
