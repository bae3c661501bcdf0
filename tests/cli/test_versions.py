"""``minber versions``, ``minber duplicates`` and ``--per utterance`` as a user runs them."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import polars as pl
import pytest

import corpus
from corpus.ingest.documents import Options
from corpus.ingest.driver import ingest
from corpus.versions import ALIGNMENTS
from tests.command import minber
from tests.corpus.versions.texts import EN, KK, RU

QUOTE = "Біз ауылдағы әр азаматтың пікірін тыңдап, әр ұсынысты жауапсыз қалдырмауға тиіспіз"


def report(lead: str) -> str:
    return f"{lead}\n\n«{QUOTE}», – деді Қасым-Жомарт Тоқаев.\n\n" + "\n".join(KK)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("versions")
    texts = folder / "texts"
    texts.mkdir()
    (texts / "a.txt").write_text(report("Бірінші басылым былай деп жазды."), "utf-8")
    (texts / "b.txt").write_text(report("Екінші басылымның хабары мүлде басқаша басталды бүгін."), "utf-8")
    (texts / "ru.txt").write_text("\n".join(RU), "utf-8")
    (texts / "en.txt").write_text("\n".join(EN), "utf-8")
    made = corpus.init(folder / "c", name="Versions")
    import datetime as dt

    for name, day in (("a", 14), ("b", 15), ("ru", 14), ("en", 14)):
        assert [o.status for o in ingest(made, [str(texts / f"{name}.txt")], Options(date=dt.date(2025, 3, day)))] == [
            "added"
        ]
    minber(folder / "c", "annotate", "--quiet")
    return folder / "c"


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_duplicates_names_copies_and_repeated_quotations(made: Path) -> None:
    done = minber(made, "duplicates", "--format", "csv")
    found = {row["doc_id"].split("-")[0]: row for row in rows(done.stdout)}
    assert set(found) == {"a", "b"}
    assert (found["b"]["relation"], found["b"]["occurrence"]) == ("changed lead", "2")
    assert found["b"]["copy_of"] == found["a"]["doc_id"]
    said = rows(minber(made, "duplicates", "--quotations", "--format", "csv").stdout)
    assert [row["words"] for row in said] == [QUOTE, QUOTE]
    assert len({row["utterance"] for row in said}) == 1
    version = corpus.open(made).version("copies")
    minber(made, "duplicates", "--quiet")
    assert corpus.open(made).version("copies") == version  # nothing new, nothing written


def test_per_utterance_counts_once(made: Path) -> None:
    options = ["freq", "--voice", "quoted", "--where", 'lang == "kk"', "--format", "csv"]
    every = {row["feature"]: row["frequency"] for row in rows(minber(made, "stats", *options).stdout)}
    once = {
        row["feature"]: row["frequency"] for row in rows(minber(made, "stats", *options, "--per", "utterance").stdout)
    }
    assert (every["ауылдағы"], once["ауылдағы"]) == ("2", "1")
    narrated = ["freq", "--voice", "narrator", "--where", 'lang == "kk"', "--format", "csv", "--per", "utterance"]
    told = {row["feature"]: row["frequency"] for row in rows(minber(made, "stats", *narrated).stdout)}
    assert told["германияның"] == "1"  # the reprint's own words are the original's
    assert "MB505" in minber(made, "stats", *options, "--per", "reprint", code=2).stderr


def test_pair_sets_version_of_once_and_ingesting_again_keeps_it(made: Path) -> None:
    dry = minber(made, "versions", "pair", "--dry-run", "--format", "csv")
    assert "2 document(s) would change" in dry.stderr
    assert corpus.open(made).documents.select("version_of").collect()["version_of"].null_count() == 4
    done = minber(made, "versions", "pair", "--format", "csv")
    found = {row["doc_id"].split("-")[0]: row for row in rows(done.stdout)}
    base = {row["version_of"] for row in found.values()}
    assert set(found) == {"ru", "en"}
    assert len(base) == 1
    assert base.pop().startswith(("a-", "b-"))
    document = corpus.open(made).document(found["ru"]["doc_id"])
    assert document.version_of == found["ru"]["version_of"]
    assert document.origins["version_of"].startswith("paired by text")
    assert "0 document(s) changed" in minber(made, "versions", "pair").stderr
    minber(made, "ingest", str(made.parent / "texts"), "--date", "2025-03-14", "--quiet")
    assert corpus.open(made).document(document.id).version_of == document.version_of


def test_the_table_of_aligned_sentences(made: Path) -> None:
    minber(made, "versions", "pair", "--quiet")
    assert "(0 anew)" in minber(made, "versions", "align").stderr
    found = json.loads(minber(made, "versions", "table", "--lang", "ru,kk", "--format", "json").stdout)
    sides = {row["text1"]: row["text2"] for row in found if row["shape"] == "1-1"}
    assert sum(sides.get(ru) == kk for ru, kk in zip(RU, KK, strict=True)) >= 5
    assert {row["lang1"] for row in found} == {"ru"}
    assert "MB119" in minber(made, "versions", "table", "--lang", "ru", code=2).stderr
    assert "MB206" in minber(made, "versions", "table", "nobody", code=2).stderr


def test_what_an_earlier_aligner_made_is_renewed_and_what_is_no_version_any_more_removed(made: Path) -> None:
    minber(made, "versions", "pair", "--quiet")
    opened = corpus.open(made)
    now = opened.table("alignments").collect()
    wrong = now.filter(pl.col("shape") == "1-1").head(1)  # of an earlier aligner, and of a pair that was taken apart
    old = [
        rows.with_columns(aligner=pl.lit("minber_alignment@1"))
        for rows in (wrong, wrong.with_columns(doc2=pl.lit("gone")))
    ]
    opened.replace("alignments", pl.concat(old), None)
    minber(made, "versions", "table", "--format", "json")
    keys = ["doc1", "doc2", "bead"]
    assert opened.table("alignments").collect().sort(keys).equals(now.sort(keys))
    version = opened.version("alignments")
    minber(made, "versions", "table", "--format", "json")
    minber(made, "versions", "align")
    assert opened.version("alignments") == version  # nothing is out of date, nothing is written


def test_rows_of_an_earlier_aligner_go_where_no_versions_are_left(tmp_path: Path) -> None:
    made = corpus.init(tmp_path / "c", name="Alone")
    row = {"doc1": "a", "doc2": "b", "lang1": "kk", "lang2": "ru", "bead": 0, "aligner": "minber_alignment@1"}
    made.append("alignments", pl.DataFrame([row]), ALIGNMENTS)
    assert "MB160" in minber(made.path, "versions", "table", code=1).stderr
    assert not made.table("alignments").collect().height


PAGE = """<!DOCTYPE html><html lang="{lang}"><head><title>{title}</title><link rel="canonical" href="https://example.kz/{lang}/7">
<link rel="alternate" hreflang="{other}" href="https://example.kz/{other}/7"></head>
<body><article><h1>{title}</h1>{text}</article></body></html>"""


def test_pages_that_link_to_each_other_are_pairs_whatever_they_say(tmp_path: Path) -> None:
    other = [
        "В Актау прошёл большой турнир по шахматам среди школьников.",
        "Победил Данияр Сулейменов, он набрал восемь очков.",
    ]
    for lang, linked, title, sentences in (
        ("kk", "ru", "Мектептер ашылды", KK),
        ("ru", "kk", "Турнир прошёл", other * 2),
    ):
        text = "".join(f"<p>{sentence}</p>" for sentence in sentences)
        page = PAGE.format(lang=lang, other=linked, title=title, text=text)
        (tmp_path / f"{lang}.html").write_text(page, "utf-8")
    (tmp_path / "ru.txt").write_text("\n".join(RU), "utf-8")
    made = corpus.init(tmp_path / "c", name="Linked")
    assert {outcome.status for outcome in ingest(made, [str(tmp_path / "*.html"), str(tmp_path / "ru.txt")])} == {
        "added"
    }
    (found,) = rows(minber(made.path, "versions", "pair", "--format", "csv").stdout)
    assert (found["by"], found["lang"], found["share"]) == ("links", "ru", "")
    assert found["doc_id"].startswith("example-kz")
    assert corpus.open(made.path).document(found["doc_id"]).origins["version_of"] == "paired by links"


def test_rerun_of_a_count_per_utterance(made: Path, tmp_path: Path) -> None:
    out, manifest = tmp_path / "once.csv", tmp_path / "once.json"
    minber(made, "stats", "freq", "--per", "utterance", "--out", out, "--manifest", manifest)
    texts = made.parent / "more"
    texts.mkdir()
    (texts / "c.txt").write_text(report("Үшінші басылым да осыны жазды, бірақ өзінше бастады."), "utf-8")
    minber(made, "ingest", texts, "--quiet")
    minber(made, "annotate", "--quiet")
    minber(made, "stats", "freq", "--per", "utterance", "--quiet")
    minber(made, "rerun", manifest, "--out", tmp_path / "again.csv")
    assert (tmp_path / "again.csv").read_bytes() == out.read_bytes()


def test_nothing_to_align(tmp_path: Path) -> None:
    corpus.init(tmp_path / "c", name="Empty")
    assert "MB160" in minber(tmp_path / "c", "versions", "align", code=1).stderr
    assert "0 text(s)" in minber(tmp_path / "c", "versions", "pair").stderr
    assert "no copies" in minber(tmp_path / "c", "duplicates").stderr
