"""Documents are cut and aligned once, whoever asks, and what is kept of them comes back as it was."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from pathlib import Path

import pytest

from corpus.store import Corpus, init_corpus
from corpus.versions import Cut, align, align_versions, cut, pair_versions
from schemas.document import Document, Source
from tests.corpus.versions.texts import EN, KK, RU

SOURCE = Source(uri="file:///x", retrieved=dt.datetime(2025, 3, 14, tzinfo=dt.UTC), sha256="0" * 64, reader="text@1")


def document(lang: str, sentences: list[str]) -> Document:
    source = SOURCE.model_copy(update={"uri": f"file:///{lang}"})
    return Document(id=f"d-{lang}", lang=lang, text="\n".join(sentences), source=source)


@pytest.fixture
def made(tmp_path: Path) -> Corpus:
    made = init_corpus(tmp_path / "c", name="Versions")
    made.add_documents([(document(lang, text), None) for lang, text in (("en", EN), ("kk", KK), ("ru", RU))])
    return made


def test_pairing_and_aligning_share_their_work(made: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: Counter[object] = Counter()
    cut_up, aligned = cut.sentence_ranges, cut.align

    def counted(text: str, lang: str) -> object:
        calls[lang] += 1
        return cut_up(text, lang)

    monkeypatch.setattr(cut, "sentence_ranges", counted)
    monkeypatch.setattr(cut, "align", lambda *texts: calls.update([tuple(t.lang for t in texts)]) or aligned(*texts))
    with Cut(made) as kept:
        assert {base for base, _ in pair_versions(made, cut=kept).base_of.values()} == {"d-kk"}
        found, fresh = align_versions(made, cut=kept)
    assert fresh == 3
    assert set(calls.values()) == {1}
    assert {("kk", "ru"), ("kk", "en"), ("ru", "en")} <= calls.keys()  # the corpus's first language is the first side
    made.replace("alignments", found.clear(), None)
    again, _ = align_versions(made)
    assert again.equals(found)


def test_what_is_kept_on_disk_comes_back_as_it_was(made: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cut, "_IN_MEMORY", 100)
    monkeypatch.setattr(cut, "_RECENT", 1)
    monkeypatch.setattr(cut, "_BLOCK", 2)
    ids = ["d-kk", "d-ru", "d-en"]
    with Cut(made) as kept:
        kept.prepare(ids)
        beads = kept.beads("d-kk", "d-ru")
        assert beads == align(kept.text("d-kk"), kept.text("d-ru")) == kept.beads("d-kk", "d-ru")
        for doc_id, sentences in zip(ids, (KK, RU, EN), strict=True):
            version = kept.version(doc_id)
            text = made.document(doc_id).text
            assert [text[start:end] for start, end in version.ranges] == list(version.text.sentences)
            assert " ".join(version.text.sentences).split() == " ".join(sentences).split()
            assert len(version.text.paragraphs) == len(version.ranges)


def test_a_text_that_was_revised_meanwhile_is_cut_again(made: Corpus) -> None:
    with Cut(made) as kept:
        kept.prepare(["d-kk", "d-ru"])
        before = kept.beads("d-kk", "d-ru")
        made.add_documents([(document("ru", RU[:2]), None)])
        kept.prepare(["d-kk", "d-ru"])
        assert kept.version("d-ru").revision == made.document("d-ru").revision
        assert " ".join(kept.text("d-ru").sentences).split() == " ".join(RU[:2]).split()
        assert kept.beads("d-kk", "d-ru") != before
