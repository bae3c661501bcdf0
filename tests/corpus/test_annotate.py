"""What is annotated when: new, changed, stale by codebook, failed; rows and bookkeeping in one commit."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from spacy.language import Language
from spacy.tokens import Doc
from typer.testing import CliRunner

import corpus
from annotators.pipeline import VERSIONS
from corpus import recipe
from corpus.annotate import annotate
from corpus.store.corpus import DONE_LAYER
from schemas.document import Document, Source
from schemas.errors import MinberError

KAZAKH = (
    "Президент үндеу жариялады\n\n«Қоғамдық диалогтың жаңа үлгісі қалыптасты. Біз реформаларды жалғастырамыз», – деді "
    "Қасым-Жомарт Тоқаев.\n\nСондай-ақ мәслихаттардың өкілеттігі кеңейтілді."
)
RUSSIAN = "Глава государства выступил.\n\n«Мы продолжим реформы», – сказал Касым-Жомарт Токаев."
ENGLISH = "The president spoke.\n\n“We will continue the reforms,” said Kassym-Jomart Tokayev."

CODEBOOK = """
id: mine
version: "1.0.0"
names: {en: Mine}
themes:
  - id: reform
    names: {en: Reform}
    definition: {en: Reform}
    color: "#112233"
    lexicon: {kk: [реформа], ru: [реформа], en: [reform]}
"""


def put(opened: corpus.Corpus, name: str, text: str, lang: str = "kk", **fields: object) -> None:
    data = text.encode()
    source = Source(
        uri=f"file:///{name}",
        retrieved=dt.datetime.now(dt.UTC),
        sha256=hashlib.sha256(data).hexdigest(),
        reader="text@1",
    )
    opened.add_documents([(Document(id=name, lang=lang, text=text, source=source, **fields), data)])  # type: ignore[arg-type]


def texts_of(opened: corpus.Corpus, layer: str) -> dict[str, list[str]]:
    """What stands under the annotations of a layer, by document."""
    rows = opened.annotations.filter(pl.col("layer") == layer).join(
        opened.documents.select(doc_id="id", text="text"), on="doc_id"
    )
    found: dict[str, list[str]] = {}
    for row in rows.sort("doc_id", "start").collect().to_dicts():
        found.setdefault(row["doc_id"], []).append(row["text"][row["start"] : row["end"]])
    return found


@pytest.fixture
def opened(tmp_path: Path) -> corpus.Corpus:
    book = tmp_path / "book.yaml"
    book.write_text(CODEBOOK, encoding="utf-8")
    return corpus.init(tmp_path / "corpus", codebook=book, country="KZ")


def test_three_languages(opened: corpus.Corpus) -> None:
    put(opened, "kk", KAZAKH)
    put(opened, "ru", RUSSIAN, "ru")
    put(opened, "en", ENGLISH, "en")
    report = annotate(opened)
    assert (report.annotated, report.current, report.failures) == (3, 0, [])
    assert texts_of(opened, "quote") == {
        "kk": ["Қоғамдық диалогтың жаңа үлгісі қалыптасты. Біз реформаларды жалғастырамыз"],
        "ru": ["Мы продолжим реформы"],
        "en": ["We will continue the reforms"],
    }
    assert texts_of(opened, "theme").keys() == {"kk", "ru", "en"}
    rows = opened.annotations.collect()
    assert report.rows == rows.height
    assert rows["layer"].str.starts_with("_").any() is False
    assert set(rows["origin"]) == {"machine"}
    for row in rows.to_dicts():
        assert row["start"] < row["end"]
        json.loads(row["attributes"])


def test_second_run_writes_nothing(opened: corpus.Corpus) -> None:
    put(opened, "kk", KAZAKH)
    annotate(opened)
    before = opened.version("annotations"), opened.version("runs")
    report = annotate(opened)
    assert (report.annotated, report.current) == (0, 1)
    assert (opened.version("annotations"), opened.version("runs")) == before


@pytest.mark.slow
def test_processes_write_the_same_rows(opened: corpus.Corpus, tmp_path: Path) -> None:
    other = corpus.init(tmp_path / "other", codebook=opened.path / "codebook.yaml", country="KZ")
    for number in range(40):
        for one in (opened, other):
            put(one, f"d{number:02}", f"{KAZAKH} № {number}.")
    annotate(opened)
    report = annotate(other, workers=2)
    assert report.annotated == 40
    columns = ["doc_id", "layer", "start", "end", "label", "attributes", "run", "revision"]
    rows = [one.annotations.select(columns).sort(columns).collect() for one in (opened, other)]
    assert rows[0].equals(rows[1])


def test_revised_text_hides_old_rows_until_it_is_annotated(opened: corpus.Corpus) -> None:
    put(opened, "a", KAZAKH)
    put(opened, "b", KAZAKH)
    annotate(opened)
    put(opened, "a", "Жаңа мәтін. Реформалар басталды.")
    assert set(opened.annotations.collect()["doc_id"]) == {"b"}
    report = annotate(opened)
    assert (report.annotated, report.current) == (1, 1)
    assert texts_of(opened, "sentence")["a"] == ["Жаңа мәтін.", "Реформалар басталды."]
    table = opened.table("annotations").filter(pl.col("doc_id") == "a").collect()
    assert table["revision"].n_unique() == 1  # rows of the old text are gone from the newest version …
    assert opened.table("annotations", version=1).collect().height  # … and still there in an earlier one


def test_other_metadata_makes_annotations_stale(opened: corpus.Corpus) -> None:
    put(opened, "a", KAZAKH)
    annotate(opened)
    put(opened, "a", KAZAKH, date=dt.date(2018, 1, 1))
    report = annotate(opened)
    assert report.annotated == 1
    rows = opened.annotations.filter(pl.col("layer") == "quote").collect()
    assert rows.height == 1


def test_changed_codebook_touches_themes_but_not_quotations(opened: corpus.Corpus) -> None:
    put(opened, "a", KAZAKH)
    annotate(opened)
    quotes = opened.annotations.filter(pl.col("layer") == "quote").collect()
    path = opened.path / "codebook.yaml"
    path.write_text(CODEBOOK.replace("kk: [реформа]", "kk: [мәслихат]"), encoding="utf-8")
    again = corpus.open(opened.path)
    assert annotate(again, ["quote"]).annotated == 0
    assert annotate(again, ["theme"]).annotated == 1
    assert texts_of(again, "theme") == {"a": ["Сондай-ақ мәслихаттардың өкілеттігі кеңейтілді."]}
    assert again.annotations.filter(pl.col("layer") == "quote").collect().equals(quotes)


def test_new_version_of_a_component(opened: corpus.Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    put(opened, "a", KAZAKH)
    annotate(opened)
    monkeypatch.setitem(VERSIONS, "minber_quotes", VERSIONS["minber_quotes"] + 1)
    assert annotate(opened, ["sentence"]).annotated == 0
    assert annotate(opened).annotated == 1
    rows = opened.table("annotations").filter(pl.col("annotator").str.starts_with("minber_quotes@")).collect()
    assert set(rows["annotator"]) == {f"minber_quotes@{VERSIONS['minber_quotes']}"}
    assert texts_of(opened, "quote")["a"] == [
        "Қоғамдық диалогтың жаңа үлгісі қалыптасты. Біз реформаларды жалғастырамыз"
    ]


def test_broken_codebook_is_a_coded_error(opened: corpus.Corpus) -> None:
    put(opened, "a", KAZAKH)
    path = opened.path / "codebook.yaml"
    path.write_text("id: [", encoding="utf-8")
    with pytest.raises(MinberError, match="MB004"):
        annotate(opened)
    path.unlink()
    with pytest.raises(MinberError, match="MB003"):
        annotate(opened)


def test_one_layer_then_the_rest(opened: corpus.Corpus) -> None:
    put(opened, "a", KAZAKH)
    annotate(opened, ["sentence"])
    assert set(opened.annotations.collect()["layer"]) == {"sentence"}
    annotate(opened)
    assert {"sentence", "quote", "theme"} <= set(opened.annotations.collect()["layer"])
    assert len(texts_of(opened, "sentence")["a"]) == len(set(texts_of(opened, "sentence")["a"]))
    with pytest.raises(MinberError, match="MB393"):
        annotate(opened, ["poem"])


def test_language_without_annotators(opened: corpus.Corpus) -> None:
    put(opened, "a", KAZAKH)
    put(opened, "b", "Халқ овози.", "uz")
    report = annotate(opened)
    assert report.annotated == 1
    assert report.failures == []
    assert [error.code for error in report.skipped] == ["MB392"]


@pytest.fixture
def with_component(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[Doc], Doc]], None]:
    """Put a component of the test's at the end of the real pipeline."""
    build = recipe._pipeline.__wrapped__

    def add(component: Callable[[Doc], Doc]) -> None:
        Language.component("test_component", func=component)

        def pipeline(wanted: recipe.Recipe) -> Language:
            nlp = build(wanted)
            nlp.add_pipe("test_component")
            return nlp

        monkeypatch.setattr(recipe, "_pipeline", pipeline)

    return add


def test_document_that_breaks_a_component(
    opened: corpus.Corpus, with_component: Callable[[Callable[[Doc], Doc]], None]
) -> None:
    def breaks(doc: Doc) -> Doc:
        if "мәслихат" in doc.text:
            raise KeyError("мәслихат")
        return doc

    with_component(breaks)
    put(opened, "a", KAZAKH)
    put(opened, "b", "Реформалар басталды.")
    report = annotate(opened)
    assert report.annotated == 1
    (error,) = report.failures
    assert (error.code, error.place) == ("MB390", "a")
    assert "test_component" in str(error)
    assert set(opened.table("annotations").collect()["doc_id"]) == {"b"}
    assert annotate(opened).current == 1  # the failed one is tried again


def test_rows_that_do_not_fit_are_refused(
    opened: corpus.Corpus, with_component: Callable[[Callable[[Doc], Doc]], None]
) -> None:
    def exaggerates(doc: Doc) -> Doc:
        for span in doc.spans["quotes"]:
            span._.score = 1.5
        return doc

    with_component(exaggerates)
    put(opened, "a", KAZAKH)
    (error,) = annotate(opened).failures
    assert (error.code, error.place) == ("MB391", "a")
    assert opened.table("annotations").collect().height == 0


def test_other_versions_on_a_worker(opened: corpus.Corpus) -> None:
    put(opened, "a", KAZAKH)
    made = recipe.recipe_of("kk", opened.codebook_source)
    elsewhere = tuple((name, "0" if name == "spacy" else number) for name, number in made.libraries)
    import dataclasses

    shard = recipe.Shard(dataclasses.replace(made, libraries=elsewhere), frozenset(), ())
    with pytest.raises(MinberError, match=r"MB213.*spacy"):
        recipe.annotate_shard(shard)


def test_bookkeeping_stands_in_the_same_version_as_the_rows(opened: corpus.Corpus) -> None:
    put(opened, "a", KAZAKH)
    annotate(opened)
    for version in range(opened.version("annotations") + 1):
        rows = opened.table("annotations", version=version).collect()
        done = rows.filter(pl.col("layer") == DONE_LAYER)
        assert (done.height > 0) == (rows.height > 0)
    run = opened.runs.collect().to_dicts()[0]
    details = json.loads(run["details"])
    assert set(done["run"]) == set(details["fingerprints"]["kk"].values())
    assert details["codebook"]["version"] == "1.0.0"


def test_command(opened: corpus.Corpus) -> None:
    from corpus.cli import groups  # noqa: F401
    from corpus.cli.app import app

    put(opened, "a", KAZAKH)
    put(opened, "b", "Халқ овози.", "uz")
    put(opened, "c", "Яна халқ овози.", "uz")
    done = CliRunner().invoke(app, ["--corpus", str(opened.path), "annotate"])
    assert done.exit_code == 0
    assert "annotated 1 document(s)" in done.stderr
    assert done.stderr.count("note: MB392") == 1, "once, however many documents there are"
    assert "uz: 2 document(s)" in done.stderr
    assert done.stdout == ""
    quiet = CliRunner().invoke(app, ["--corpus", str(opened.path), "annotate", "--quiet"])
    assert (quiet.exit_code, quiet.stderr) == (0, "")
    strict = CliRunner().invoke(app, ["--corpus", str(opened.path), "annotate", "--strict", "--quiet"])
    assert strict.exit_code == 1
    assert strict.stderr.startswith("MB392")


@pytest.mark.slow
def test_dask(opened: corpus.Corpus) -> None:
    distributed = pytest.importorskip("distributed")
    for number in range(40):
        put(opened, f"d{number:02}", f"{KAZAKH} № {number}.")
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=2, dashboard_address=None, silence_logs=50
    ) as cluster:
        report = annotate(opened, cluster=cluster.scheduler_address)
    assert (report.annotated, report.failures) == (40, [])
    assert len(texts_of(opened, "quote")) == 40
