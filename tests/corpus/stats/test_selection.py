"""From a real corpus on disk to frames: tokens made once, voices, conditions, labels of people."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from pathlib import Path

import polars as pl
import pytest

import corpus
from corpus.stats import Selected, Selection, theme_shares
from corpus.stats.tokens import TABLE, TOKENS, extend, run_id, tokenize
from corpus.store import Corpus
from schemas.document import Document, Source
from schemas.errors import MinberError
from schemas.tables import ANNOTATIONS, LABELS, UNITS

NEWS = "Журналист жазды.\n«Реформа керек», – деді Абай.\nСоңғы жаңалықтар"
SPEECH = "Құрметті отандастар! Реформа басталды."
NOW = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)


def document(doc_id: str, text: str, **fields: object) -> tuple[Document, bytes]:
    data = text.encode()
    source = Source(uri=f"file:///{doc_id}", retrieved=NOW, sha256=hashlib.sha256(data).hexdigest(), reader="text@1")
    return Document(id=doc_id, lang="kk", source=source, text=text, **fields), data


def annotation(doc: Document, layer: str, words: str, label: str = "", **attributes: object) -> dict[str, object]:
    start = doc.text.index(words)
    return {
        "doc_id": doc.id,
        "revision": doc.revision,
        "layer": layer,
        "label": label or layer,
        "start": start,
        "end": start + len(words),
        "score": 1.0,
        "annotator": "test@1",
        "origin": "machine",
        "attributes": json.dumps(attributes, ensure_ascii=False),
        "created": NOW,
        "run": "r",
    }


@pytest.fixture
def small(tmp_path: Path) -> Corpus:
    """A report with a quotation and furniture, and a transcript, annotated by hand."""
    made = corpus.init(tmp_path / "c", name="Test")
    news, news_bytes = document("news", NEWS, date=dt.date(2023, 5, 1))
    speech, speech_bytes = document("speech", SPEECH, date=dt.date(2024, 5, 1), kind="transcript", speaker="Тоқаев")
    made.add_documents([(news, news_bytes), (speech, speech_bytes)])
    rows = [
        annotation(news, "sentence", "Журналист жазды."),
        annotation(news, "sentence", "«Реформа керек», – деді Абай."),
        annotation(news, "sentence", "Соңғы жаңалықтар"),
        annotation(news, "quote", "Реформа керек", "direct", speaker="Абай"),
        annotation(news, "chrome", "Соңғы жаңалықтар"),
        annotation(news, "theme", "«Реформа керек», – деді Абай.", "political_reform", evidence=[[18, 25]]),
        annotation(speech, "sentence", "Құрметті отандастар!"),
        annotation(speech, "sentence", "Реформа басталды."),
        annotation(speech, "theme", "Реформа басталды.", "political_reform", evidence=[[21, 28]]),
    ]
    made.append("annotations", pl.DataFrame(rows, schema=ANNOTATIONS))
    return made


def words(small: Corpus, **options: object) -> list[str]:
    part = Selected(small, Selection(tokenizer="whitespace", **options))
    extend(small, "whitespace", part.documents)
    return part.tokens().collect()["token"].to_list()


def test_furniture_is_left_out_unless_asked_for(small: Corpus) -> None:
    assert "соңғы" not in words(small)
    assert words(small, furniture=True).count("соңғы") == 1


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"voice": "quoted", "where": 'kind == "report"'}, ["керек»,"]),
        ({"voice": "narrator"}, ["журналист", "жазды.", "«реформа", "–", "деді", "абай."]),
        ({"where": 'speaker == "Тоқаев"'}, ["құрметті", "отандастар!", "реформа", "басталды."]),
        ({"where": 'date >= "2024" and voice == "quoted"'}, ["құрметті", "отандастар!", "реформа", "басталды."]),
        ({"where": "speaker is null", "tokens": "surface"}, ["Журналист", "жазды.", "«Реформа", "–", "деді", "Абай."]),
    ],
)
def test_voices_and_conditions(small: Corpus, options: dict[str, object], expected: list[str]) -> None:
    assert words(small, **options) == expected


def test_the_rest_of_the_text_is_there_for_context(small: Corpus) -> None:
    part = Selected(small, Selection(voice="quoted", by=("kind",), tokenizer="whitespace"))
    extend(small, "whitespace")
    rows = part.tokens(rest=True).collect()
    assert rows.height == len(NEWS.split()) + len(SPEECH.split())
    assert rows.filter("kept")["kind"].to_list() == ["report", *["transcript"] * 4]
    assert rows.filter("kept")["part"].n_unique() == 2


def test_a_filter_that_leaves_nothing_is_named(small: Corpus) -> None:
    with pytest.raises(MinberError, match="MB504 --where 'lang == \"ru\"' leaves nothing of 2 documents"):
        words(small, where='lang == "ru"')


def test_wrong_fields_are_found_before_the_corpus_is_read() -> None:
    with pytest.raises(MinberError, match="MB501 unknown field party in --by"):
        Selection(by=("party",))
    with pytest.raises(MinberError, match="MB501"):
        Selection(where='party == "x"')
    with pytest.raises(MinberError, match="MB505"):
        Selection(voice="nobody")  # type: ignore[arg-type]


def test_themes_by_voice(small: Corpus) -> None:
    part = Selected(small, Selection(by=("voice",)))
    units, labels = part.machine_themes()
    result = theme_shares(units, labels, ["voice"]).collect().select("theme", "group", "count", "n")
    # the sentence of the quotation is quoted by 13 letters of 29: the narrator's
    assert sorted(result.rows()) == [("political_reform", "narrator", 1, 2), ("political_reform", "quoted", 1, 2)]
    assert part.evidence("political_reform")["start"].sort().to_list() == [18, 21]


def test_themes_need_annotations(tmp_path: Path) -> None:
    made = corpus.init(tmp_path / "c", name="Test")
    made.add_documents([document("a", "Сөз.")])
    with pytest.raises(MinberError, match=r"MB506.*minber annotate"):
        Selected(made).machine_themes()
    with pytest.raises(MinberError, match=r"MB506.*minber pull"):
        Selected(made).human_themes()


def test_labels_of_people_count_in_confirmed_units_only(small: Corpus) -> None:
    revision = dict(small.documents.select("id", "revision").collect().iter_rows())["speech"]
    spans = [("u1", 0, 20, True), ("u2", 21, 38, False)]
    units = [
        {"unit_id": unit, "doc_id": "speech", "revision": revision, "start": start, "end": end, "project": project,
         "confirmed": confirmed, "layout": "themes"}
        for unit, start, end, confirmed in spans
        for project in ("aigul", "bolat", "saule")
    ]  # fmt: skip
    voices = {"unit_id": "u3", "doc_id": "speech", "revision": revision, "start": 0, "end": 38, "project": "aigul"}
    units.append(voices | {"confirmed": True, "layout": "voices"})
    votes = [("aigul", "u1", "dialogue", "confirmed"), ("bolat", "u1", "dialogue", "added")]
    votes += [("saule", "u1", "economy", "added"), ("saule", "u1", "dialogue", "rejected")]
    votes += [("aigul", "u2", "economy", "added"), ("aigul", "u1", "dialogue", "added")]
    labels = [
        {"doc_id": "speech", "revision": revision, "layer": "theme", "label": label, "start": 0, "end": 20,
         "project": project, "unit_id": unit, "decision": decision}
        for project, unit, label, decision in votes
    ]  # fmt: skip
    small.append("units", pl.DataFrame(units, schema=UNITS))
    small.append("labels", pl.DataFrame(labels, schema=LABELS))
    chosen, given = Selected(small, Selection(by=("year",))).human_themes()
    result = theme_shares(chosen, given, ["year"]).collect()
    assert result.select("theme", "group", "count", "n").rows() == [("dialogue", "2024", 1, 1)]


class TestTokenTable:
    def test_tokens_are_made_once(self, small: Corpus) -> None:
        assert extend(small, "whitespace") == 2
        version = small.version(TABLE)
        assert extend(small, "whitespace") == 0
        assert small.version(TABLE) == version

    def test_a_new_revision_is_made_again_and_replaces_the_old(self, small: Corpus) -> None:
        extend(small, "whitespace")
        small.add_documents([document("speech", SPEECH + " Рахмет!")])
        assert extend(small, "whitespace") == 1
        rows = small.table(TABLE, TOKENS).filter(doc_id="speech").collect()
        assert rows["token"].to_list().count("Рахмет!") == 1
        assert rows["revision"].n_unique() == 1

    def test_only_what_is_needed_is_made(self, small: Corpus) -> None:
        assert extend(small, "whitespace", pl.DataFrame({"doc_id": ["news"]})) == 1
        assert extend(small, "whitespace") == 1

    def test_tokenizers_keep_rows_of_their_own(self, small: Corpus) -> None:
        extend(small, "whitespace")
        assert extend(small, "minber") == 2
        assert extend(small, "whitespace") == 0
        counted = small.table(TABLE, TOKENS).group_by("tokenizer").len().collect()
        assert set(counted["tokenizer"]) == {"minber", "whitespace"}

    def test_tokens_cut_by_older_rules_are_made_again(self, small: Corpus) -> None:
        extend(small, "whitespace")
        old = small.table(TABLE, TOKENS).collect().with_columns(run=pl.lit("whitespace-0"))
        small.replace(TABLE, old, None, schema=TOKENS)
        assert extend(small, "whitespace") == 2
        assert set(small.table(TABLE, TOKENS).collect()["run"]) == {"whitespace-1"}


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("kk", "Қоғамдық диалогтың жаңа үлгісі қалыптасты. «Біз 2024-жылы 5,5 %-ға өстік!» \n\n– деді ол 😀."),
        ("ru", "Мы провели реформы. «Это важно», — сказал он."),
        ("en", "We don't fear change. \"It's here,\" he said."),
        ("tr", "Dil bilinmiyor. Yine de bölünür."),
    ],
)
@pytest.mark.parametrize("tokenizer", ["minber", "whitespace"])
def test_tokens_are_slices_of_the_text(lang: str, text: str, tokenizer: str) -> None:
    frame = tokenize([("a", "r", text), ("b", "r", text)], lang, tokenizer)
    assert frame.schema == TOKENS
    assert frame.filter(doc_id="a").drop("doc_id").equals(frame.filter(doc_id="b").drop("doc_id"))
    for row in frame.iter_rows(named=True):
        assert text[row["start"] : row["end"]] == row["token"]
    first = frame.filter(doc_id="a")
    assert first["index"].to_list() == list(range(first.height))
    assert first.select("token", "norm", "lemma", "kind", "run").null_count().sum_horizontal().item() == 0
    assert "".join(first["token"]) == "".join(text.split())
    if tokenizer == "minber":
        assert first["sentence"].to_list() == sorted(first["sentence"])
        assert first["sentence"].n_unique() >= 2


def test_lemmas_are_of_the_language() -> None:
    from annotators.languages.kk.morphology import lemma

    assert tokenize([("a", "r", "Реформаларымыздың")], "kk")["lemma"].to_list() == [lemma("реформаларымыздың")]
    assert tokenize([("a", "r", "реформами")], "ru")["lemma"].to_list() == ["реформа"]
    assert tokenize([("a", "r", "Reforms")], "en")["lemma"].to_list() == ["reform"]


def test_empty_texts_give_no_tokens() -> None:
    assert tokenize([("a", "r", " \n")], "kk", "whitespace").height == 0
    assert tokenize([], "kk").height == 0


def test_the_rules_are_named_by_their_content() -> None:
    assert run_id("minber", "kk") == run_id("minber", "kk") != run_id("minber", "ru")
