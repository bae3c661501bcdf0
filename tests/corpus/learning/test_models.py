"""From people's labels to a model in the corpus, and from there to pre-annotations."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from annotators.classifier import words_of
from annotators.pipeline import pipeline
from corpus.annotate import annotate
from corpus.doccano.layouts import LAYOUTS
from corpus.doccano.selection import Selection, select_units
from corpus.doccano.units import collect_units
from corpus.labels import take_snapshot
from corpus.learning import Gold, model_names, open_model, read_examples, train
from corpus.store import Corpus, init_corpus, open_corpus
from schemas.errors import MinberError
from tests.command import minber
from tests.corpus.learning.labelled import DOCUMENTS, RARE, SENTENCES, THEME, labelled

pytestmark = pytest.mark.slow

TELLING = ("Палуан", "Шабандоз", "алаңға", "шықты", "мәреге", "бірінші", "жетті", "жүлдені", "жеңіп", "додаға", "түсті")
"""Words that stand only in sentences of the theme."""


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = labelled(tmp_path_factory.mktemp("learning") / "c")
    train(made, name="first")
    return made.path


@pytest.fixture
def copy(trained: Path, tmp_path: Path) -> Corpus:
    shutil.copytree(trained, tmp_path / "c")
    return open_corpus(tmp_path / "c")


def learned_rows(corpus: Corpus) -> pl.DataFrame:
    return corpus.annotations.filter(pl.col("annotator").str.starts_with("minber_learned")).collect()


def test_only_what_somebody_confirmed_is_learned(trained: Path) -> None:
    examples, origin = read_examples(open_corpus(trained), Gold())
    assert len(examples) == DOCUMENTS * (SENTENCES - 2)
    assert sum(THEME in one.given for one in examples) == DOCUMENTS * (SENTENCES - 2) / 2
    assert origin["source"] == "human"
    with pytest.raises(MinberError, match="MB506"):
        read_examples(open_corpus(trained), Gold("gold"))


def test_the_command_measures_keeps_and_says_what_it_left_out(copy: Corpus) -> None:
    done = minber(copy.path, "train", "--format", "json")
    rows = {row["theme"]: row for row in json.loads(done.stdout)}
    assert rows[THEME]["examples"] == 50
    assert rows["all"]["learned_f1"] > 0.95
    assert rows["all"]["both_f1"] > 0.95 > rows["all"]["matcher_f1"]
    assert f"{RARE} (1)" in done.stderr
    assert model_names(copy) == ["first", "themes-1"]
    about = json.loads((copy.path / "models" / "themes-1" / "model.json").read_text())
    assert about["codebook"]["id"] == "reforms"
    assert about["languages"]["kk"]["scores"][-1]["both_f1"] > 0.95
    assert "MB804" in minber(copy.path, "train", "--name", "first", code=2).stderr
    assert "MB805" in minber(copy.path, "train", "--name", "../first", code=2).stderr
    assert "MB803" in minber(copy.path, "train", "--min-examples", "51", code=1).stderr


def test_the_same_labels_and_seed_give_the_same_bytes_and_a_snapshot_is_named(copy: Corpus) -> None:
    first = open_model(copy, "first")
    shutil.rmtree(copy.path / "models")
    assert train(copy, name="first")[0].checksum == first.checksum
    taken = take_snapshot(copy, "gold-1")
    model, _ = train(copy, Gold(snapshot="gold-1"))
    assert model.about["gold"]["checksum"] == taken.checksum
    assert model.about["languages"]["kk"]["scores"] == first.about["languages"]["kk"]["scores"]


def test_annotate_adds_what_the_model_finds_and_takes_it_away_again(copy: Corpus) -> None:
    before = copy.annotations.collect().height
    said = minber(copy.path, "annotate", "--layer", "theme", "--model", "first")
    assert said.code == 0
    rows = learned_rows(copy)
    assert set(rows["annotator"]) == {"minber_learned@1:first"}
    assert set(rows["label"]) == {THEME}
    assert rows.height == DOCUMENTS * SENTENCES / 2, "unconfirmed sentences too"
    assert rows["score"].is_between(0.3, 1.0).all()
    texts = dict(copy.documents.select("id", "text").collect().iter_rows())
    for doc_id, start, end, attributes in rows.select("doc_id", "start", "end", "attributes").iter_rows():
        places = json.loads(attributes)["evidence"]
        words = " ".join(texts[doc_id][first:last] for first, last in places)
        assert any(told in words for told in TELLING), words
        assert all(start <= first < last <= end for first, last in places)
    assert copy.annotations.collect().height == before + rows.height
    assert "the model first was learned" in minber(copy.path, "evaluate", "--replicates", "0").stderr
    again = annotate(copy, ["theme"], model="first")
    assert (again.annotated, again.current) == (0, DOCUMENTS)
    assert annotate(copy, ["theme"]).annotated == 0, "without a model the codebook's themes are not stale"
    units = collect_units(copy, LAYOUTS["themes"], "sentence", "kk").units
    assert sum(any(label.label == THEME for label in unit.labels) for unit in units) == rows.height
    assert annotate(copy, ["theme"], model="none").removed == rows.height
    assert not learned_rows(copy).height


def test_another_model_takes_the_place_of_the_first_and_a_setting_names_it(copy: Corpus) -> None:
    annotate(copy, ["theme"], model="first")
    train(copy, name="second", seed=9)
    fresh = with_model(copy, "second")
    annotate(fresh, ["theme"])
    assert set(learned_rows(fresh)["annotator"]) == {"minber_learned@1:second"}


def with_model(corpus: Corpus, name: str) -> Corpus:
    settings = corpus.path / "minber.toml"
    settings.write_text(settings.read_text().replace("[corpus]", f'[corpus]\nmodel = "{name}"', 1))
    return open_corpus(corpus.path)


def test_units_that_the_model_doubts_come_first(copy: Corpus) -> None:
    units = collect_units(copy, LAYOUTS["themes"], "sentence", "kk").units
    with pytest.raises(MinberError, match="MB119"):
        select_units(copy, units, Selection(order="margin"))
    chosen = select_units(with_model(copy, "first"), units, Selection(order="margin")).units
    assert {unit.unit_id for unit in chosen} == {unit.unit_id for unit in units}
    nlp = pipeline("kk", model=copy.path / "models" / "first")
    component = dict(nlp.pipeline)["minber_learned"]
    about = json.loads((copy.path / "models" / "first" / "model.json").read_text())
    threshold = about["languages"]["kk"]["themes"][THEME]["alone"]
    words = [[word for _, word in words_of(nlp.make_doc(unit.text), "kk")] for unit in chosen]
    distances = abs(component._classifier.probabilities(words)[:, 0] - threshold)
    assert (distances[1:] >= distances[:-1]).all()
    assert distances[0] < distances[-1]


def test_workers_get_the_model_too_and_what_was_exported_is_made_anew(copy: Corpus, tmp_path: Path) -> None:
    annotate(copy, ["theme"], model="first", workers=2)
    place = ["doc_id", "label", "start", "end", "annotator", "attributes"]
    rows = learned_rows(copy).select(place).sort(place)
    assert rows.height == DOCUMENTS * SENTENCES / 2
    minber(copy.path, "export", "jsonl", tmp_path / "all.jsonl")
    other = init_corpus(tmp_path / "other", name="Other")
    minber(other.path, "import", "jsonl", tmp_path / "all.jsonl")
    shutil.copytree(copy.path / "models", other.path / "models")
    assert learned_rows(other).height == rows.height
    annotate(other, ["theme"], model="first")
    assert learned_rows(other).select(place).sort(place).equals(rows)


def test_what_the_codebook_found_is_not_given_twice(trained: Path) -> None:
    nlp = pipeline("kk", model=trained / "models" / "first")
    sentence = "Палуандар алаңға шықты қуанып."
    whole = nlp(sentence)
    assert [span.label_ for span in whole.spans["learned"]] == [THEME]
    doc = nlp.make_doc(sentence)
    doc.spans["themes"] = [doc.char_span(0, len(sentence), label=THEME)]
    assert not dict(nlp.pipeline)["minber_learned"](doc).spans["learned"]


@pytest.mark.parametrize("name", ["labels.jsonl", "model.json", "kk/textcat_multilabel/model"])
def test_a_damaged_model_is_refused(copy: Corpus, name: str) -> None:
    path = copy.path / "models" / "first" / name
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    assert "MB801" in minber(copy.path, "annotate", "--model", "first", code=1).stderr
    path.unlink()
    with pytest.raises(MinberError, match="MB801"):
        open_model(copy, "first")


def test_a_model_of_another_codebook_is_refused(copy: Corpus) -> None:
    source = "id: other\nversion: 1.0.0\nnames: {en: Other}\nthemes:\n"
    source += "  - {id: game, names: {en: Game}, definition: {en: Games.}, color: '#112233', lexicon: {en: [game]}}\n"
    (copy.path / "other.yaml").write_text(source)
    settings = copy.path / "minber.toml"
    lines = [line for line in settings.read_text().splitlines() if not line.startswith("codebook")]
    settings.write_text("\n".join(lines).replace("[corpus]", '[corpus]\ncodebook = "other.yaml"', 1))
    said = minber(copy.path, "annotate", "--model", "first", code=2).stderr
    assert "MB802" in said
    assert THEME in said
    assert "MB800" in minber(copy.path, "annotate", "--model", "third", code=2).stderr


def test_a_kill_in_the_middle_leaves_no_half_model(copy: Corpus) -> None:
    """The process ends, without any cleaning up, when the last file has been written but the folder has no name yet."""
    code = """
import os, pathlib, sys
from corpus.learning import models, train
from corpus.store import open_corpus
models.os.fsync = lambda number: os._exit(9)
train(open_corpus(sys.argv[1]), name="killed")
"""
    done = subprocess.run([sys.executable, "-c", code, str(copy.path)], env=os.environ, timeout=120, check=False)
    assert done.returncode == 9
    assert model_names(copy) == ["first"]
    with pytest.raises(MinberError, match="MB800"):
        open_model(copy, "killed")
    assert train(copy, name="killed")[0].name == "killed"
