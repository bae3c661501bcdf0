"""Dictionary forms from an analyser of the user's (data/README.md says how the small one was made)."""

import subprocess
import sys
from pathlib import Path

import pytest

from annotators.languages.kk.analyser import VARIABLE, Analyser, analyser
from annotators.languages.kk.lemmas import guess
from annotators.languages.kk.morphology import lemma
from schemas.errors import MinberError

DATA = Path(__file__).parents[1] / "data"
SMALL = DATA / "analyser_kk.hfstol"


@pytest.fixture(scope="module")
def small() -> Analyser:
    pytest.importorskip("hfst_optimized_lookup", reason="the extra hfst is not installed")
    return analyser(str(SMALL))


@pytest.mark.parametrize(
    ("form", "pos", "expected"),
    [
        ("мектептер", None, ("мектеп", "N")),
        ("Мектептер", None, ("мектеп", "N")),  # at the beginning of a sentence
        ("айтқан", None, ("айту", "V")),  # a root becomes a dictionary form
        ("Асанның", None, ("асан", "N")),  # listed with its capital alone
        ("сайлауды", "N", ("сайлау", "N")),
        ("сайлауды", "V", ("сайлау", "V")),
        ("көкте", "V", ("көктеу", "V")),
        ("құмырсқадай", None, ("құмырсқа", "N")),  # tags with a plus
    ],
)
def test_words_that_the_analyser_knows(small: Analyser, form: str, pos: str | None, expected: tuple[str, str]) -> None:
    found = small.lemma(form, pos)
    assert (found.text, found.pos) == expected
    assert not found.guessed


@pytest.mark.parametrize("form", ["реформаларымыздың", "Қазақстанға", "2024", "WhatsApp", ""])
def test_other_words_are_guessed(small: Analyser, form: str) -> None:
    assert small.lemma(form) == guess(form)


def test_the_variable_puts_it_before_the_guess(small: Analyser, monkeypatch: pytest.MonkeyPatch) -> None:
    before = lemma("боп")
    monkeypatch.setenv(VARIABLE, str(SMALL))
    assert (before, lemma("боп"), lemma("реформаның")) == ("боп", "болу", "реформа")


@pytest.mark.parametrize("name", ["nowhere.hfstol", "analyser_kk.txt", "analyser_weighted.hfstol"])
def test_a_file_that_is_no_analyser(small: Analyser, name: str) -> None:
    with pytest.raises(MinberError, match="MB395") as caught:
        Analyser(DATA / name)
    assert name in str(caught.value)


def test_tokens_are_made_again_with_another_analyser(small: Analyser) -> None:
    code = "from corpus.stats.tokens import run_id; print(run_id('minber', 'kk'), run_id('minber', 'ru'))"
    runs = [
        subprocess.run(
            [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
        ).stdout.split()
        for environment in ({}, {VARIABLE: str(SMALL)})
    ]
    assert runs[0][0] != runs[1][0]
    assert runs[0][1] == runs[1][1]


def test_without_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "hfst_optimized_lookup", None)
    with pytest.raises(MinberError, match=r"MB394.*minber\[hfst\]"):
        Analyser(SMALL)
