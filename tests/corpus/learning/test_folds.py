"""Folds keep documents whole; thresholds are the best there are, and never see what they are judged on."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotators.classifier import Classifier
from corpus.learning import Example, best_threshold, grouped_folds, learn
from schemas.errors import MinberError

pytestmark = pytest.mark.slow


@given(st.lists(st.sampled_from("abcdefg"), min_size=1), st.integers(2, 6), st.integers(0, 3))
def test_a_document_is_in_one_fold(groups: list[str], folds: int, seed: int) -> None:
    dealt = grouped_folds(groups, folds, seed)
    assert len(set(zip(groups, dealt, strict=True))) == len(set(groups))
    assert set(dealt) == set(range(min(folds, len(set(groups)))))
    assert dealt == grouped_folds(groups, folds, seed)


def f1(found: np.ndarray, given: np.ndarray) -> float:
    return float(2 * (found & given).sum() / max(1, found.sum() + given.sum()))


@given(st.lists(st.tuples(st.integers(0, 9), st.booleans(), st.booleans()), min_size=1, max_size=12))
def test_no_threshold_is_better(rows: list[tuple[int, bool, bool]]) -> None:
    chances, labels, found = (np.array(column) for column in zip(*rows, strict=True))
    chances = (chances + 1) / 11
    chosen = best_threshold(chances, labels, found)
    best = max(f1(found | (chances >= at / 22), labels) for at in range(24))
    reached = f1(found if chosen is None else found | (chances >= chosen), labels)
    assert reached == pytest.approx(best)
    if chosen is None:
        assert best == pytest.approx(f1(found, labels))


def sentences(documents: int = 6, each: int = 10) -> list[Example]:
    made = []
    for number in range(documents):
        for at in range(each):
            law = at % 2 == 0
            text = f"The {'judge' if law else 'tree'} is {'old' if at % 3 else 'new'}."
            themes = frozenset({"law"}) if law else frozenset()
            made.append(Example(f"d{number}", "r", at * 30, at * 30 + len(text), "en", text, themes))
    return made


def test_held_out_labels_change_nothing_but_the_score(monkeypatch: pytest.MonkeyPatch) -> None:
    """Turn the labels of one fold round: what is learned and chosen for that fold must stay as it was."""
    examples = sentences()
    dealt = grouped_folds([one.doc_id for one in examples], 3)
    turned = [
        dataclasses.replace(one, given=frozenset({"law"}) - one.given) if fold == 0 else one
        for one, fold in zip(examples, dealt, strict=True)
    ]
    first_round: list[list[frozenset[str]]] = []
    fitted = Classifier.fitted.__func__  # type: ignore[attr-defined]

    def noted(cls: type[Classifier], labels: object, words: object, themes: list[frozenset[str]], seed: int) -> object:
        first_round.append(list(themes))
        return fitted(cls, labels, words, themes, seed)

    monkeypatch.setattr(Classifier, "fitted", classmethod(noted))
    per_fold = 4  # three inner classifiers for the thresholds, one for the held-out sentences
    seen = []
    for rows in (examples, turned):
        first_round.clear()
        learn(rows, "en", ["law"], folds=3)
        seen.append(first_round[:per_fold])
    assert seen[0] == seen[1]
    held = sum(fold == 0 for fold in dealt)
    assert len(seen[0][per_fold - 1]) == len(examples) - held
    assert all(len(themes) < len(examples) - held for themes in seen[0][: per_fold - 1])


def test_what_can_be_learned_is_learned_and_noise_is_not() -> None:
    examples = sentences()
    whole = learn(examples, "en", ["law"], folds=3).scores[-1]
    assert (whole["learned_f1"], whole["both_f1"], whole["matcher_f1"]) == (1.0, 1.0, 0.0)
    draw = np.random.default_rng(3)
    noise = [
        dataclasses.replace(one, given=frozenset({"law"}) if draw.random() < 0.5 else frozenset()) for one in examples
    ]
    share = sum(bool(one.given) for one in noise) / len(noise)
    guessed = learn(noise, "en", ["law"], folds=3).scores[-1]["learned_f1"]
    assert guessed <= 2 * share / (1 + share) + 0.1, "better than giving the theme to every sentence"


def test_the_same_seed_gives_the_same_answers() -> None:
    one, two = (learn(sentences(), "en", ["law"], folds=3, seed=5) for _ in range(2))
    assert one.scores == two.scores
    assert one.thresholds == two.thresholds
    words = [["judge"], ["tree"], ["unknown"], []]
    assert (one.classifier.probabilities(words) == two.classifier.probabilities(words)).all()


@pytest.mark.parametrize("sizes", [(10, 10, 10), (30, 4, 4, 4)])
def test_two_folds_are_made_three_where_one_would_hold_a_document_only(sizes: tuple[int, ...]) -> None:
    rows = [one for one in sentences(len(sizes), max(sizes)) if one.start < sizes[int(one.doc_id[1:])] * 30]
    assert learn(rows, "en", ["law"], folds=2, fewest=2).folds == 3
    assert learn(sentences(4), "en", ["law"], folds=2).folds == 2


def test_few_examples_are_named() -> None:
    learned = learn(sentences(), "en", ["law", "game"], folds=3)
    assert learned.left_out == {"game": 0}
    with pytest.raises(MinberError) as raised:
        learn(sentences(documents=2), "en", ["law"])
    assert (raised.value.code, raised.value.values["documents"]) == ("MB803", 2)
    with pytest.raises(MinberError, match="MB803"):
        learn(sentences(), "en", ["law"], fewest=31)
