"""Languages against the figures asked of it; `python -m tests.quality.languages` prints them all."""

from functools import partial

import pytest

from tests.quality import languages

pytestmark = pytest.mark.quality

FLOORS = {
    languages.morphology: {
        "nominals precision": 0.965,
        "nominals recall": 0.991,
        "verbs precision": 0.82,
        "verbs recall": 0.95,
        "UniMorph noun forms": 0.997,
        "UniMorph verb forms": 0.959,
    },
    languages.lemmas: {"lemmas": 0.86, "lemmas of inflected words": 0.81},
    partial(languages.boundaries, "kk"): {
        "kk tokens F1": 0.985,
        "kk sentences precision": 0.995,
        "kk sentences recall": 0.995,
    },
    partial(languages.boundaries, "ru"): {
        "ru tokens F1": 0.99,
        "ru sentences precision": 0.99,
        "ru sentences recall": 0.99,
    },
    partial(languages.boundaries, "en"): {
        "en tokens F1": 0.98,
        "en sentences precision": 0.99,
        "en sentences recall": 0.99,
    },
    partial(languages.mixed, "kk", "ru"): {"ru in kk precision": 0.99, "ru in kk recall": 0.95},
    partial(languages.mixed, "ru", "kk"): {"kk in ru precision": 0.99, "kk in ru recall": 0.94},
    partial(languages.mixed, "kk", "en"): {"en in kk precision": 0.99, "en in kk recall": 0.92},
}


@pytest.mark.parametrize("measure", FLOORS, ids=lambda measure: next(iter(FLOORS[measure])))
def test_figures_hold(measure, shared) -> None:
    got = measure()
    assert {name: round(got[name], 4) for name, floor in FLOORS[measure].items() if got[name] < floor} == {}
