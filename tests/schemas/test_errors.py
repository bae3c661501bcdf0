"""The catalogue of errors, the code that raises them and the page that lists them agree."""

import pickle
import re

import pytest

from schemas.errors import ROOMS, MinberError, MinberErrors, catalogue, errors_page
from tests.conftest import ROOT

RAISED = re.compile(r"\"(MB\d{3})\"")


def codes_in_the_code() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for package in ("schemas", "annotators", "corpus"):
        for path in (ROOT / package).rglob("*.py"):
            for code in RAISED.findall(path.read_text(encoding="utf-8")):
                found.setdefault(code, []).append(str(path.relative_to(ROOT)))
    return found


def test_every_code_is_raised_somewhere_and_every_raised_code_is_listed():
    assert set(codes_in_the_code()) == set(catalogue())


def test_codes_are_well_formed_and_texts_are_sentences_without_a_stop():
    for code, text in catalogue().items():
        assert re.fullmatch(r"MB\d{3}", code)
        assert code[2] in ROOMS
        assert text["exit"] in (1, 2)
        for part in (text["message"], text["cure"]):
            assert part == part.strip()
            assert not part.endswith("."), code


def test_page_is_up_to_date():
    assert (ROOT / "docs" / "errors.md").read_text(encoding="utf-8") == errors_page(), "run: make docs"


def test_error_crosses_a_process_border():
    error = pickle.loads(pickle.dumps(MinberError("MB001", "here", path="x")))
    assert (error.code, error.place, error.exit_code) == ("MB001", "here", 2)
    assert str(error).startswith("MB001 here: no corpus found at x. Cure: ")


def test_several_errors_are_all_named():
    parts = [MinberError("MB010", f"b.yaml:{line}", field="f", problem="bad") for line in (3, 9)]
    text = str(MinberErrors("MB011", "b.yaml", parts, kind="codebook"))
    assert "2 error(s)" in text
    assert "b.yaml:3" in text
    assert "b.yaml:9" in text


def test_unknown_code_is_our_own_mistake():
    with pytest.raises(KeyError):
        MinberError("MB999")
