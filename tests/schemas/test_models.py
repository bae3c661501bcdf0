"""Documents, annotations, settings and YAML files refuse what they cannot hold, and say where."""

import datetime as dt

import pytest
from pydantic import ValidationError

from schemas import Annotation, Document, MinberError, MinberErrors, Source, load_speakers, revision_of
from schemas.jsonschema import MODELS, json_schema
from schemas.settings import read_settings, settings_page
from schemas.speakers import SpeakerFile
from schemas.tables import TABLES
from schemas.yamlfile import load_yaml, read_model
from tests.conftest import ROOT

NOW = dt.datetime(2025, 3, 14, tzinfo=dt.UTC)


def source(**changes) -> Source:
    return Source(**{"uri": "file:///a.txt", "retrieved": NOW, "sha256": "0" * 64, "reader": "text@1"} | changes)


def document(**changes) -> Document:
    return Document(**{"id": "a-1", "lang": "kk", "text": "Сөз.", "source": source()} | changes)


def test_revision_names_the_text():
    assert document().revision == revision_of("Сөз.")
    assert document(text="Сөз!").revision != document().revision
    with pytest.raises(ValidationError, match="does not belong to this text"):
        document(revision="0" * 16)


@pytest.mark.parametrize("bad", [{"id": "Ә 1"}, {"lang": "Kazakh"}, {"text": ""}, {"kind": "poem"}, {"unknown": 1}])
def test_document_refuses(bad):
    with pytest.raises(ValidationError):
        document(**bad)


def test_annotation_refuses_a_range_that_runs_backwards():
    with pytest.raises(ValidationError, match="before start"):
        Annotation(
            doc_id="a", revision="r", layer="quote", label="direct", start=5, end=4, annotator="x@1", created=NOW
        )


def test_yaml_errors_name_file_and_line(tmp_path):
    with pytest.raises(MinberError, match=r"MB004 x\.yaml:2: .*stands twice"):
        load_yaml("a: 1\na: 2\n", "x.yaml")
    with pytest.raises(MinberError, match=r"MB004 x\.yaml:2"):
        load_yaml("a: 1\n b: [\n", "x.yaml")
    path = tmp_path / "people.yaml"
    path.write_text(
        "speakers:\n- id: Somebody\n  names: {en: A}\n- id: b\n  names: {en: B}\n  offices:\n"
        "  - {office: president, country: KZ, start: 2020-01-01, end: 2019-01-01}\n",
        encoding="utf-8",
    )
    with pytest.raises(MinberErrors) as caught:
        read_model(path, SpeakerFile, "speaker registry")
    text = str(caught.value)
    assert f"{path}:2: field speakers.0.id" in text
    assert f"{path}:7: field speakers.1.offices.0: ends on 2019-01-01, before it starts" in text


def test_yaml_runs_no_code(tmp_path):
    path = tmp_path / "evil.yaml"
    path.write_text(f"a: !!python/object/apply:os.mkdir ['{tmp_path / 'made'}']\n", encoding="utf-8")
    with pytest.raises(MinberError, match="MB004"):
        read_model(path, SpeakerFile, "speaker registry")
    assert not (tmp_path / "made").exists()


def test_unreadable_file_is_named(tmp_path):
    with pytest.raises(MinberError, match=r"MB003 .*nothing\.yaml"):
        read_model(tmp_path / "nothing.yaml", SpeakerFile, "speaker registry")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("[corpus]\n", "field corpus.name of minber.toml: Field required"),
        ('[corpus]\nname = "x"\nlang = "kk"\n', "field corpus.lang"),
        ('[corpus]\nname = "x"\n[doccano]\nlayout = "poem"\n', "field doccano.layout"),
        ('[doccano]\npassword = "secret"\n[corpus]\nname = "x"\n', "field doccano.password"),
        ("[corpus\n", "MB003"),
    ],
)
def test_bad_settings_are_named(tmp_path, content, said):
    path = tmp_path / "minber.toml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(MinberError) as caught:
        read_settings(path)
    assert said in str(caught.value)
    assert "secret" not in str(caught.value)


def test_office_is_resolved_by_day():
    registry = load_speakers()
    assert [p.id for p in registry.holders("president", "KZ", dt.date(2025, 3, 14))] == ["tokayev"]
    assert registry.holders("president", "KZ", dt.date(1980, 1, 1)) == []


@pytest.mark.parametrize("name", MODELS)
def test_every_model_has_a_schema(name):
    schema = json_schema(name)
    assert schema["type"] == "object"
    assert schema["$schema"].endswith("2020-12/schema")


def test_tables_hold_what_models_hold():
    renamed = {"source", "id"}
    fields = set(Document.model_fields) - renamed | set(Source.model_fields)
    assert fields <= set(TABLES["documents"])
    assert set(Annotation.model_fields) <= set(TABLES["annotations"])


def test_page_of_settings_is_up_to_date():
    assert (ROOT / "docs" / "settings.md").read_text(encoding="utf-8") == settings_page(), "run: make docs"
