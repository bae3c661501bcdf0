"""Every ``minber stats`` command takes every option of the contract, and ``--by`` counts each group as if alone."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from tests.command import minber

CONTRACT = ("--where", "--by", "--voice", "--tokens", "--tokenizer", "--format", "--out", "--plot")

SPEECHES = {  # name → language, year, text; the second of two is a version of the first
    "one-kk": ("kk", 2020, "Қоғамдық диалог маңызды. Реформа керек. Экономика өседі. Реформа жүреді, реформа керек."),
    "one-ru": ("ru", 2020, "Диалог важен для общества. Экономика растёт. Реформы нужны, реформы идут. Люди живут."),
    "two-kk": ("kk", 2022, "Экономика өседі. Реформа керек. Біз диалог бастадық, реформа керек."),
    "two-ru": ("ru", 2022, "Экономика растёт. Реформы идут. Люди живут. Реформы идут."),
}
NEWS = "Президент айтты: «Біз реформаны бастадық. Реформа керек». Реформа керек, деді журналист."

COMMANDS: dict[str, list[str]] = {
    "overview": [],
    "freq": [],
    "kwic": ["реформа*"],
    "dictionary": ["BOOK"],
    "diversity": [],
    "entropy": [],
    "readability": [],
    "similarity": [],
    "tfidf": [],
    "themes": [],
    "timeline": [],
    "versions": [],
    "keyness": ["--min-count", "1"],
    "collocations": ["--min-count", "1"],
    "cooccurrence": ["--min-count", "1"],
    "dispersion": ["--min-count", "1"],
}
"""What each needs to run at all."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("options")
    minber(root, "init", "speeches", "--country", "KZ")
    at = root / "speeches"
    originals: dict[str, str] = {}
    for name, (lang, year, text) in SPEECHES.items():
        (root / f"{name}.txt").write_text(f"Сөз {name}\n\n{text}", encoding="utf-8")
        known = ["--lang", lang, "--kind", "transcript", "--speaker", "А", "--quiet"]
        known += ["--version-of", originals[name[:3]]] if name[:3] in originals else ["--date", f"{year}-03-01"]
        minber(at, "ingest", root / f"{name}.txt", *known)
        rows = json.loads(minber(at, "stats", "overview", "--by", "id,title", "--format", "json").stdout)
        originals.setdefault(name[:3], next(row["id"] for row in rows if name in row["title"]))
    (root / "news.txt").write_text(f"Жаңалық\n\n{NEWS}", encoding="utf-8")
    minber(at, "ingest", root / "news.txt", "--lang", "kk", "--date", "2022-05-01", "--quiet")
    (root / "book.yml").write_text("change: [реформ*]\npeople: [люди, біз]\n", encoding="utf-8")
    minber(at, "annotate", "--quiet")
    return at


def call(folder: Path, name: str) -> list[str]:
    book = str(folder.parent / "book.yml")
    return [name, *(book if word == "BOOK" else word for word in COMMANDS[name])]


def table(folder: Path, *arguments: str) -> pl.DataFrame:
    done = minber(folder, "stats", *arguments, "--format", "parquet", "--quiet")
    return pl.read_parquet(io.BytesIO(done.data))


def test_every_command_names_every_option_of_the_contract() -> None:
    import typer.main

    from corpus.cli import groups  # noqa: F401 -- registers the commands
    from corpus.cli.app import app

    commands: dict[str, Any] = typer.main.get_command(app).commands["stats"].commands  # type: ignore[attr-defined]
    assert set(commands) == set(COMMANDS)
    for name, command in commands.items():
        known = {option for parameter in command.params for option in parameter.opts}
        assert set(CONTRACT) <= known, name


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_takes_every_option_at_once(folder: Path, tmp_path: Path, name: str) -> None:
    options = ["--where", "date >= '2020-01-01' or date is null", "--by", "lang", "--voice", "all"]
    options += ["--tokens", "lemma", "--tokenizer", "whitespace", "--format", "csv"]
    files = {"--out": tmp_path / "result.csv", "--plot": tmp_path / "picture.svg"}
    done = minber(folder, "stats", *call(folder, name), *options, *(str(x) for pair in files.items() for x in pair))
    assert not done.stdout
    rows = pl.read_csv(files["--out"])
    assert rows.height
    assert "picture in" in done.stderr
    assert "<svg" in files["--plot"].read_text(encoding="utf-8")


ALONE = {
    "keyness": ["keyness", "--target", "contains(title, 'one')", "--min-count", "1"],
    "keyness, samples": [
        *("keyness", "--target", "contains(title, 'one')", "--reference", "contains(title, 'two')"),
        *("--min-count", "1", "--bootstrap", "20"),
    ],
    "collocations": ["collocations", "--min-count", "1", "--size", "2,3"],
    "collocates": ["collocations", "--node", "диалог", "--min-count", "1"],
    "cooccurrence": ["cooccurrence", "--min-count", "1"],
    "in sentences": ["cooccurrence", "--min-count", "1", "--unit", "sentence", "--node", "диалог"],
    "dispersion": ["dispersion", "--min-count", "1"],
    "slices": ["dispersion", "--min-count", "1", "--parts", "3"],
    "patterns": ["dispersion", "реформ*", "диалог"],
    "timeline": ["timeline"],
    "timeline, words": ["timeline", "реформ*", "диалог"],
    "timeline, lemmas of themes": ["timeline", "--tokens", "lemma"],
    "themes, lemmas": ["themes", "--tokens", "lemma"],
    "readability, lemmas": ["readability", "--tokens", "lemma", "--measures", "counts"],
}


@pytest.mark.parametrize("name", ALONE)
def test_a_group_is_counted_as_where_counts_it_alone(folder: Path, name: str) -> None:
    # only documents with a date are on a line of time
    field, values = ("kind", ["report", "transcript"]) if name.startswith("timeline") else ("lang", ["kk", "ru"])
    together = table(folder, *ALONE[name], "--by", field)
    label = "document" if name.startswith("readability") else "group"
    rows = 0
    for value in values:
        where = ["--where", f"{field} == '{value}'"]
        alone = table(folder, *ALONE[name], *where, *(["--by", field] if label == "document" else []))
        group = together.filter(pl.col(label).str.starts_with(value))
        assert group.height
        assert_frame_equal(group.drop(label), alone.drop(label, strict=False))
        rows += group.height
    assert rows == together.height


def test_versions_are_grouped_by_the_fields_of_the_original(folder: Path) -> None:
    # the Russian versions have no date of their own
    ids = {
        row["year"]: row["id"]
        for row in table(folder, "overview", "--by", "year,id,kind").to_dicts()
        if row["year"] and row["kind"] == "transcript"
    }
    assert set(ids) == {2020, 2022}
    together = table(folder, "versions", "--by", "year", "--tokens", "lemma")
    assert together.columns[:5] == ["theme", "name", "group", "lang1", "lang2"]
    for year, original in ids.items():
        alone = table(
            folder, "versions", "--where", f"id == '{original}' or version_of == '{original}'", "--tokens", "lemma"
        )
        assert_frame_equal(together.filter(group=str(year)).drop("group"), alone)
    assert together["group"].unique().sort().to_list() == ["2020", "2022"]
    of_lang = table(folder, "versions", "--by", "lang,kind")
    assert of_lang["group"].unique().to_list() == ["kk | transcript"]
    assert of_lang.columns[-2:] == ["lang", "kind"]
    whole = table(folder, "versions")
    assert_frame_equal(of_lang.drop("group", "lang", "kind"), whole)


def test_without_a_target_every_group_is_key_against_the_rest(folder: Path) -> None:
    together = table(folder, "keyness", "--by", "year", "--min-count", "1", "--measure", "log_ratio")
    assert together.columns[:6] == ["feature", "log_ratio", "p", "n_target", "n_reference", "group"]
    assert together["group"].unique(maintain_order=True).to_list() == ["(none)", "2020", "2022"]
    for group, target in (("2020", "year == 2020"), ("(none)", "year is null")):
        alone = table(folder, "keyness", "--target", target, "--min-count", "1", "--measure", "log_ratio")
        assert_frame_equal(together.filter(group=group).drop("group"), alone)
    turned = table(folder, "keyness", "--by", "year", "--min-count", "1", "--measure", "log_ratio", "--negative")
    assert turned["group"].to_list() == together["group"].to_list()
    assert turned.filter(group="2020")["feature"].to_list() == together.filter(group="2020")["feature"].to_list()[::-1]
    top = table(folder, "keyness", "--by", "year", "--min-count", "1", "--top", "2")
    assert top.group_by("group").len()["len"].to_list() == [2, 2, 2]
    few = minber(folder, "stats", "keyness", "--by", "year", "--min-count", "1", "--bootstrap", "20")
    assert "only 1 document(s) on one side" in few.stderr


def test_keyness_of_groups_without_such_words_is_empty(folder: Path) -> None:
    rare = ["keyness", "--by", "year", "--min-count", "1000", "--negative", "--format", "json"]
    assert json.loads(minber(folder, "stats", *rare).stdout) == []


def test_keyness_counts_documents_of_what_it_compares(folder: Path) -> None:
    options = ["--by", "kind", "--target", "year == 2020", "--min-count", "1", "--bootstrap", "20"]
    told = minber(folder, "stats", "keyness", *options).stderr
    assert "1 group(s) with words on one side only are left out" in told
    assert "only 1 document(s) on one side" in told  # one speech of 2020 has a date


def test_keyness_needs_a_target_or_groups(folder: Path) -> None:
    assert "--target is missing, or --by" in minber(folder, "stats", "keyness", code=2).stderr
    one = minber(folder, "stats", "keyness", "--by", "lang", "--where", "lang == 'kk'", code=2)
    assert "lang has one value only" in one.stderr
    assert "MB501 unknown field party in --by" in minber(folder, "stats", "keyness", "--by", "party", code=2).stderr


def test_keyness_says_what_cannot_be_compared(folder: Path) -> None:
    options = ["keyness", "--target", 'voice == "quoted"', "--min-count", "1"]
    done = minber(folder, "stats", *options, "--by", "kind", "--format", "csv")
    assert "1 group(s) with words on one side only are left out: transcript" in done.stderr
    assert {line.split(",")[5] for line in done.stdout.splitlines()[1:]} == {"report"}
    nobody = minber(folder, "stats", "keyness", "--target", "year == 1999", code=1)
    assert "MB504 --target 'year == 1999' leaves nothing of 5 documents" in nobody.stderr
    everybody = minber(folder, "stats", "keyness", "--target", "year != 1999 or year is null", code=1)
    assert "MB504 all but --target" in everybody.stderr
    missing = minber(folder, "stats", "keyness", "--target", "year == 2020", "--reference", "year == 1999", code=1)
    assert "MB504 --reference 'year == 1999' leaves nothing" in missing.stderr


def test_words_of_themes_by_hand(tmp_path: Path) -> None:
    minber(tmp_path, "init", "c", "--country", "KZ")
    text = "Реформы идут, идут. Реформы и реформа нужны. Люди живут и поют песни."
    (tmp_path / "a.txt").write_text(f"Речь\n\n{text}", encoding="utf-8")
    known = ["--lang", "ru", "--kind", "transcript", "--speaker", "А", "--date", "2024-01-01", "--quiet"]
    minber(tmp_path / "c", "ingest", tmp_path / "a.txt", *known)
    minber(tmp_path / "c", "annotate", "--quiet")
    found = {form: table(tmp_path / "c", "themes", "--tokens", form) for form in ("norm", "lemma")}
    found["white"] = table(tmp_path / "c", "themes", "--tokenizer", "whitespace")
    spoken = found["norm"].filter(pl.col("count") > 0)
    assert spoken.height
    total = spoken["n_words"][0]
    assert total == len(f"Речь {text}".split())
    for row in spoken.iter_rows(named=True):
        assert row["word_share"] == pytest.approx(row["words"] / total)
        assert row["per_thousand"] == pytest.approx(1000 * row["count"] / total)
    reform = max(spoken.to_dicts(), key=lambda row: row["count"])  # both sentences of reforms
    assert (reform["count"], reform["words"], reform["types"]) == (2, 7, 5)
    by_form = {form: frame.filter(theme=reform["theme"]).row(0, named=True) for form, frame in found.items()}
    assert by_form["lemma"]["types"] == 4  # реформы and реформа are one
    assert (by_form["white"]["words"], by_form["white"]["types"]) == (7, 6)  # «идут,» and «идут.» are two
    silent = found["norm"].filter(count=0).row(0, named=True)
    assert (silent["words"], silent["types"], silent["word_share"]) == (0, 0, 0.0)
    assert "words" not in table(tmp_path / "c", "themes").columns
    documents = table(tmp_path / "c", "themes", "--unit", "document", "--tokens", "norm").filter(theme=reform["theme"])
    assert documents.select("count", "words", "n_words").row(0) == (1, total, total)
    days = table(tmp_path / "c", "timeline", "--tokens", "lemma").filter(series=reform["theme"]).row(0, named=True)
    assert (days["words"], days["n_words"], days["types"]) == (7, total, 4)


def test_forms_of_words_in_readability(folder: Path) -> None:
    def counts(*options: str) -> dict[str, Any]:
        options = ("--measures", "counts", "--by", "lang", "--where", "lang == 'ru'", *options)
        (row,) = table(folder, "readability", *options).to_dicts()
        return row

    plain, lemma, white = counts(), counts("--tokens", "lemma"), counts("--tokenizer", "whitespace")
    letters = ["W", "St", "C", "Sy", "W7C"]
    assert [plain[name] for name in letters] == [lemma[name] for name in letters]
    assert lemma["V"] <= plain["V"]
    assert counts("--tokens", "surface") == plain
    assert white["St"] == plain["St"] > 1  # sentences are told by the rules, not by white space
    words = [word for name in ("one-ru", "two-ru") for word in f"Сөз {name} {SPEECHES[name][2]}".split()]
    assert white["W"] == len(words)
    assert white["V"] == len({word.lower() for word in words})
    assert white["C"] == sum(letter.isalnum() for word in words for letter in word)


@pytest.mark.slow
def test_groups_are_made_again_byte_by_byte(folder: Path, tmp_path: Path) -> None:
    jobs = {name: [*call(folder, name), "--by", "lang,year"] for name in COMMANDS}
    jobs["themes"] += ["--tokens", "lemma"]
    jobs["versions"] += ["--tokens", "norm"]
    jobs["readability"] += ["--tokenizer", "whitespace"]
    for name, job in jobs.items():
        out, manifest = tmp_path / f"{name}.csv", tmp_path / f"{name}.json"
        minber(folder, "stats", *job, "--out", out, "--manifest", manifest)
        again = minber(folder, "rerun", manifest, "--out", tmp_path / f"again-{name}.csv")
        assert "the same as then" in again.stderr
        assert (tmp_path / f"again-{name}.csv").read_bytes() == out.read_bytes()
