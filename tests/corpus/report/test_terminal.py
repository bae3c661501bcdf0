from __future__ import annotations

import io
import re

import pytest
from rich.cells import cell_len
from rich.console import Console

from corpus.report.terminal import print_document
from schemas import load_codebook
from tests.corpus.report.samples import EVIL, FIRST, SECOND, document, row, rows

BOOK = load_codebook("reforms")
ESCAPE = re.compile(r"\x1b\[[0-9;]*m")


def shown(width: int = 80, color: str | None = None, language: str = "en", **options: object) -> str:
    out = io.StringIO()
    console = Console(
        file=out,
        width=width,
        force_terminal=color is not None,
        color_system=color,
        highlight=False,  # type: ignore[arg-type]
    )
    print_document(
        options.get("document") or document(), options.get("rows") or rows(), console, codebook=BOOK, language=language
    )  # type: ignore[arg-type]
    return out.getvalue()


def test_without_colours_everything_is_still_said() -> None:
    text = shown(200)
    assert "\x1b" not in text
    assert "«[Аян Омаров] Ауылда диалог керек 🙂. ‹✓ Public dialogue: диалог› Халық өзі" in text
    assert "шешеді.[/]», – деді Аян Омаров." in text
    assert "– [unknown speaker] Сайлау ашық өтеді[/], – деді төраға." in text
    assert "‹✗ Elections: Сайлау›" in text
    assert "(page furniture) Басты бет" in text
    assert "(older news) Еске салайық" in text


def test_colours_and_styles() -> None:
    text = shown(200, "standard")
    assert ESCAPE.sub("", text) != text
    assert re.search(r"\x1b\[[0-9;]*4m?[0-9;]*mдеді", text)  # the cue is underlined
    assert re.search(r"\x1b\[1;[0-9;]*mдиалог", text)  # evidence is bold
    plain = ESCAPE.sub("", text)
    for words in ("Басты бет", FIRST, SECOND, "», – деді Аян Омаров.", "Сайлау ашық өтеді, – деді төраға."):
        assert words in plain


def test_no_color_is_respected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    out = io.StringIO()
    console = Console(file=out, width=100, force_terminal=True, color_system="standard", highlight=False)
    print_document(document(), rows(), console, codebook=BOOK)
    codes = {code for found in re.findall(r"\x1b\[([0-9;]*)m", out.getvalue()) for code in found.split(";")}
    assert not {code for code in codes if code and (30 <= int(code) <= 49 or 90 <= int(code) <= 107)}
    assert "[/]" in out.getvalue()


@pytest.mark.parametrize("width", [30, 60, 100])
def test_width_is_respected(width: int) -> None:
    assert max(cell_len(line) for line in shown(width).splitlines()) <= width


@pytest.mark.parametrize("width", [24, 40, 61])
def test_a_theme_stays_on_one_line(width: int) -> None:
    lines = ESCAPE.sub("", shown(width, "standard")).splitlines()
    assert any(" ✓ Public dialogue " in line for line in lines)
    assert not any(line.startswith(" ") and not line.startswith((" ✓", " ✗")) for line in lines)


def test_a_text_cannot_steer_the_terminal() -> None:
    hostile = f"a\x1b]0;title\x07b\x1b[2Jc\u202ed\u009b31m {EVIL} [bold]x[/bold] :smile:"
    text = shown(
        500,
        document=document(hostile, title=hostile, speaker=hostile, kind="transcript"),
        rows=[
            row("sentence", "sentence", 0, len(hostile)),
            row("quote", "direct", 0, 3, speaker=hostile, speaker_id=None, mention=None, cue=None),
            row("theme", "x\x1b[1m", 0, len(hostile), evidence=[[0, 5]]),
        ],
    )
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", text)
    assert "[bold]x[/bold] :smile:" in text


def test_other_languages() -> None:
    assert "Тақырыптар: " in shown(language="kk")
    assert "Темы: " in shown(language="ru")
