"""Results as files that other programs read back, and as tables that fit."""

from __future__ import annotations

import io
import json
from pathlib import Path

import polars as pl
import pytest
from rich.cells import cell_len

from corpus.stats import keyness, output, plots, theme_shares
from schemas.errors import MinberError

FRAME = pl.DataFrame(
    {
        "feature": ["әділет, ғылым", "«сөз»", None],
        "share": [0.25, float("nan"), None],
        "frequency": [1234, 2, 0],
        "words": [["а", "б"], [], None],
    }
)


def test_csv_and_its_mark_for_excel() -> None:
    plain = output.encode(FRAME, "csv")
    assert output.encode(FRAME, "csv", bom=True) == b"\xef\xbb\xbf" + plain
    back = pl.read_csv(io.BytesIO(plain))
    assert back["feature"].to_list() == FRAME["feature"].to_list()
    assert back["words"].to_list() == ["а; б", "", None]


def test_csv_keeps_every_digit() -> None:
    numbers = pl.DataFrame({"x": [0.1 + 0.2, 1e-300, 2 / 3]})
    assert pl.read_csv(io.BytesIO(output.encode(numbers, "csv")))["x"].to_list() == numbers["x"].to_list()


def test_json_is_strict_and_readable() -> None:
    rows = json.loads(output.encode(FRAME, "json").decode("utf-8"), parse_constant=pytest.fail)
    assert rows[0] == {"feature": "әділет, ғылым", "share": 0.25, "frequency": 1234, "words": ["а", "б"]}
    assert rows[1]["share"] is None
    assert "әділет" in output.encode(FRAME, "json").decode("utf-8")


def test_parquet() -> None:
    assert pl.read_parquet(io.BytesIO(output.encode(FRAME, "parquet"))).schema == FRAME.schema


def test_files_of_spreadsheets_get_the_mark(tmp_path: Path) -> None:
    path = tmp_path / "new" / "words.csv"
    output.write(FRAME, None, path)
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    output.write(FRAME, None, path, bom=False)
    assert path.read_bytes().startswith(b"feature")


def test_a_file_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    with pytest.raises(MinberError, match="MB507"):
        output.write(FRAME, "csv", tmp_path / "taken" / "words.csv")
    with pytest.raises(MinberError, match="MB507"):
        output.choose_format(None, tmp_path / "words.xyz")
    with pytest.raises(MinberError, match="MB505"):
        output.choose_format("xlsx", None)


@pytest.mark.parametrize("width", [40, 60, 100, 160])
def test_a_concordance_fits_any_width(width: int) -> None:
    frame = pl.DataFrame(
        {
            "docname": ["a-very-long-name-of-a-document-0123456789", "b"],
            "from": [10, 20000],
            "to": [10, 20000],
            "pre": ["сол жақтағы сөздер " * 9, ""],
            "keyword": ["реформа", "реформаларымыз"],
            "post": ["", "оң жақтағы сөздер " * 9],
            "pattern": ["реформа*"] * 2,
        }
    )
    lines = output.as_table(frame, width=width).splitlines()
    assert len(lines) == 3
    assert max(map(cell_len, lines)) <= width
    assert "реформаларымыз" in lines[2] or width < 60


@pytest.mark.parametrize("width", [60, 80, 100, 160])
def test_numbers_are_never_broken(
    width: int, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    tokens = pl.DataFrame({"doc_id": ["a", "b"], "token": ["қоғамдастықтарымыздың", "x"], "count": [123456, 7]})
    frame = keyness(tokens, ["a"])
    monkeypatch.setattr(output, "_on_terminal", lambda: True)
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setenv("NO_COLOR", "1")
    output.write(frame, "table", fit=True)
    done = capsysbinary.readouterr()
    lines = done.out.decode().splitlines()
    header = lines[0].split()
    assert max(map(cell_len, lines)) <= width
    assert header[0] == "feature"
    assert set(header) <= set(frame.columns)
    assert any("123,456" in line for line in lines)
    left = [name for name in frame.columns if name not in header]
    assert all(name in done.err.decode() for name in left)
    assert bool(left) == bool(done.err)
    assert width > 60 or {"per_million_target", "log10_p"} <= set(left)


def test_tables_leave_out_what_says_nothing() -> None:
    frame = pl.DataFrame(
        {"feature": ["x"], "group": ["all"], "first": pl.Series([None], dtype=pl.Date), "share": [0.5]}
    )
    text = output.as_table(frame, width=80)
    assert text.split() == ["feature", "share", "x", "50.0", "%"]


@pytest.mark.parametrize("by", [[], ["year"], ["voice"]])
@pytest.mark.parametrize("suffix", [".svg", ".png", ".html"])
def test_pictures_are_drawn_without_a_network(tmp_path: Path, by: list[str], suffix: str) -> None:
    units = pl.DataFrame(
        {
            "doc_id": ["a"] * 4,
            "start": range(4),
            "end": range(1, 5),
            "year": [2020, 2020, 2021, 2021],
            "voice": ["q"] * 4,
        }
    )
    labels = units.head(3).select("doc_id", "start", "end", label=pl.lit("dialogue"))
    chart = plots.plot_themes(
        theme_shares(units, labels, by), {"dialogue": "Қоғамдық диалог"}, by[0] if by else "group"
    )
    path = tmp_path / f"picture{suffix}"
    plots.save(chart, path)
    data = path.read_bytes()
    if suffix == ".png":
        assert data.startswith(b"\x89PNG")
    else:
        text = data.decode("utf-8")
        name = "Қоғамдық диалог"
        assert name in text or json.dumps(name) in text  # HTML holds it as JSON
        assert "DejaVu Sans" in text
        assert '<script src="http' not in text
        assert "<link" not in text


def test_an_unknown_picture_format_is_refused_before_the_work() -> None:
    with pytest.raises(MinberError, match=r"MB507 .*\.svg \.png \.html"):
        plots.check_plot_file(Path("picture.gif"))
