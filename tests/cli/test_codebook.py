"""``minber codebook check`` and ``explain`` as a user runs them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command import Done, run
from tests.conftest import ROOT
from tests.schemas.test_reforms import GOOD


def minber(*arguments: str, text: str = "") -> Done:
    return run("codebook", *arguments, given=text.encode())


@pytest.mark.slow
def test_the_built_in_codebook_has_no_slips() -> None:
    done = minber("check")
    assert done.code == 0, done.stdout + done.stderr
    assert done.stdout == ""
    assert "21 themes" in done.stderr
    assert " 0 slips" in done.stderr


@pytest.mark.parametrize(
    ("old", "new", "line", "kind"),
    [
        ("        - court\n", "        - court\n        - court\n", 13, "duplicate"),
        ("        - court\n", "        - court\n        - '…'\n", 13, "dead"),
        ("        - court\n", "        - {terms: [court], weight: 0.2}\n", 5, "unreachable"),
    ],
)
@pytest.mark.slow
def test_slips_are_named_with_their_line(tmp_path: Path, old: str, new: str, line: int, kind: str) -> None:
    path = tmp_path / "book.yaml"
    path.write_text(GOOD.replace(old, new, 1), encoding="utf-8")
    done = minber("check", str(path))
    assert done.code == 1
    assert f"book.yaml:{line}: {kind}: en court" in done.stdout


@pytest.mark.slow
def test_covered_and_shared_entries_are_notes(tmp_path: Path) -> None:
    path = tmp_path / "book.yaml"
    other = '  - {id: other, names: {en: Other}, definition: {en: x}, color: "#445566", lexicon: {en: [court]}}\n'
    path.write_text(GOOD.replace("- court\n", "- court\n        - high court\n", 1) + other, encoding="utf-8")
    quiet, loud = minber("check", str(path)), minber("check", str(path), "--all")
    assert (quiet.code, quiet.stdout) == (0, "")
    assert "2 notes with --all" in quiet.stderr
    assert "covered: en court «high court» (court)" in loud.stdout
    assert "shared: en court «court» (other)" in loud.stdout


def test_a_broken_codebook_is_a_coded_error(tmp_path: Path) -> None:
    path = tmp_path / "book.yaml"
    path.write_text(GOOD.replace("#112233", "red"), encoding="utf-8")
    done = minber("check", str(path))
    assert done.code == 1
    assert "MB011" in done.stderr
    assert "book.yaml:8: field themes.0.color" in done.stderr
    assert "Traceback" not in done.stderr
    assert minber("check", "nothing").code == 2


def test_explain_shows_why() -> None:
    done = minber("explain", "Конституциялық сот құрылды. Бұл – маңызды қадам.")
    assert done.code == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == "Конституциялық сот құрылды."
    assert lines[1] == "  + constitution 1 of 1: Конституциялық сот 1"
    assert "inside «Конституциялық сот»" in done.stdout
    assert lines[-1] == "  + constitution: points back to the sentence before"


@pytest.mark.slow
def test_explain_reads_standard_input_and_a_codebook_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "book.yaml"
    path.write_text(GOOD, encoding="utf-8")
    done = minber("explain", "-", "--lang", "en", "--codebook", str(path), text="The judge spoke.")
    assert "- court 0.5 of 1: judge 0.5" in done.stdout


def test_a_longer_weaker_entry_is_a_note(tmp_path: Path) -> None:
    path = tmp_path / "book.yaml"
    weak = "- court\n        - {terms: [court of tennis], weight: 0.2}\n"
    path.write_text(GOOD.replace("- court\n", weak, 1), encoding="utf-8")
    quiet, loud = minber("check", str(path)), minber("check", str(path), "--all")
    assert (quiet.code, quiet.stdout) == (0, "")
    assert "hidden: en court «court of tennis» (court)" in loud.stdout


def test_the_page_on_codebooks_shows_one_that_works(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "codebook.md").read_text(encoding="utf-8")
    path = tmp_path / "mine.yaml"
    path.write_text(page.split("```yaml\n")[1].split("```")[0], encoding="utf-8")
    done = minber("check", str(path))
    assert (done.code, done.stdout) == (0, "")
    told = minber(
        "explain", "The court waits. The sentence: ten years.", "--lang", "en", "--codebook", str(path)
    ).stdout
    assert "+ justice 1 of 1: court 1" in told
    assert "+ justice 1 of 1: sentence 1" in told


def test_the_page_on_codebooks_names_every_field_and_every_finding() -> None:
    from annotators.lexicon_check import MEANING
    from schemas.codebook import Codebook, LexiconEntry, Theme

    page = (ROOT / "docs" / "codebook.md").read_text(encoding="utf-8")
    known = [*Codebook.model_fields, *Theme.model_fields, *LexiconEntry.model_fields, *MEANING]
    assert [name for name in known if f"`{name}`" not in page] == []
