"""From sources to stored documents: identity, revisions, provenance, resumption."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from corpus.ingest import Outcome, ingest
from corpus.store import Corpus, open_corpus
from schemas.errors import MinberError
from tests.corpus.ingest.killed import killed_then_finished

Take = Callable[..., list[Outcome]]

SPEECH = "Құрметті отандастар!\n\nБүгін – бізге ортақ мереке. Ұлттық құрылтай құрылды.\n"
PAGE = """<!DOCTYPE html><html lang="kk"><head><meta charset="utf-8"><title>Құрылтай өтті | Stan.kz</title>
<link rel="canonical" href="https://stan.kz/news/{number}"><meta property="og:site_name" content="Stan.kz">
<meta property="og:title" content="Құрылтай өтті">
<meta property="article:published_time" content="2025-03-14T10:00:00+05:00"></head>
<body><nav><a href="/">Басты бет</a><a href="/n">Жаңалықтар</a></nav><article><h1>Құрылтай өтті</h1>
<p>Бүгін Бурабайда Ұлттық құрылтайдың төртінші отырысы өтті. Оған {guests} адам қатысты.</p>
<p>Президент Қасым-Жомарт Тоқаев елдегі реформалар туралы айтты. Отырыста көптеген маңызды мәселе талқыланды.</p>
</article><footer>© Stan.kz. Барлық құқықтар қорғалған.</footer></body></html>"""


def statuses(outcomes: list[Outcome]) -> list[str]:
    return [outcome.status for outcome in outcomes]


def rows(corpus: Corpus) -> list[dict[str, object]]:
    return corpus.documents.sort("id").collect().to_dicts()


def test_seed_page(take: Take, speeches: Corpus, seed_page: Path) -> None:
    [outcome] = take(seed_page)
    assert outcome.status == "added"
    document = speeches.document(str(outcome.id))
    raw = seed_page.read_bytes()
    assert document.text == raw.decode("utf-8").replace("\r\n", "\n").replace(
        "\u00a0", " "
    )  # furniture and blank lines stay
    assert document.text.count("Соңғы жаңалықтар") == 2
    assert (
        document.title == "Билік жүйесінде мұндай ауқымды өзгеріс бұрын-соңды болмады – Тоқаев елдегі реформалар жайлы"
    )
    assert (document.lang, document.kind, document.speaker) == ("kk", "report", None)
    assert (document.source.publisher, document.source.reader, document.source.encoding) == (
        "Stan.kz",
        "text@1",
        "utf-8",
    )
    assert document.origins["title"] == "first line"
    assert document.origins["publisher"] == "agency line"
    assert document.origins["lang"] == "text"
    assert speeches.raw(document.source.sha256) == raw
    assert document.id.endswith(hashlib.sha256(raw).hexdigest()[:10])


def test_saved_page(take: Take, speeches: Corpus, tmp_path: Path) -> None:
    (tmp_path / "saved.html").write_text(PAGE.format(number=1, guests=117), encoding="utf-8")
    [outcome] = take(tmp_path / "saved.html")
    document = speeches.document(str(outcome.id))
    assert "Ұлттық құрылтайдың төртінші отырысы" in document.text
    assert "Басты бет" not in document.text
    assert "құқықтар" not in document.text
    assert document.title == "Құрылтай өтті"
    assert document.date == dt.date(2025, 3, 14)
    assert document.source.publisher == "Stan.kz"
    assert document.source.uri == outcome.uri == "https://stan.kz/news/1"
    assert document.id.startswith("stan-kz-1-")
    assert (document.origins["date"], document.origins["title"]) == ("page metadata", "page")


@pytest.mark.parametrize("codec", ["windows-1251", "koi8-r", "utf-16", "kz1048"])
def test_pages_in_declared_encodings(take: Take, speeches: Corpus, tmp_path: Path, codec: str) -> None:
    page = PAGE.format(number=1, guests=117).replace('charset="utf-8"', f'charset="{codec}"')
    (tmp_path / "page.html").write_bytes(page.encode(codec, errors="xmlcharrefreplace"))
    [outcome] = take(tmp_path / "page.html")
    assert "Президент Қасым-Жомарт Тоқаев" in speeches.document(str(outcome.id)).text


def test_again_changes_nothing(take: Take, speeches: Corpus, tmp_path: Path) -> None:
    (tmp_path / "speech.txt").write_text(SPEECH, encoding="utf-8")
    (tmp_path / "page.html").write_text(PAGE.format(number=1, guests=117), encoding="utf-8")
    sources = tmp_path / "speech.txt", tmp_path / "page.html"
    first = take(*sources)
    assert statuses(first) == ["added", "added"]
    before, version = rows(speeches), speeches.version("documents")
    again = take(*sources)
    assert statuses(again) == ["unchanged", "unchanged"]
    assert [outcome.id for outcome in again] == [outcome.id for outcome in first]
    assert rows(speeches) == before
    assert speeches.version("documents") == version


def test_a_changed_file_is_a_revision_of_the_same_document(take: Take, speeches: Corpus, tmp_path: Path) -> None:
    file = tmp_path / "speech.txt"
    ids = set()
    for text, status in (
        (SPEECH, "added"),
        (SPEECH + "Рақмет!", "revised"),
        (SPEECH, "revised"),
        (SPEECH, "unchanged"),
    ):
        file.write_text(text, encoding="utf-8")
        [outcome] = take(file)
        assert outcome.status == status
        ids.add(outcome.id)
    assert len(ids) == 1
    assert speeches.revisions.collect().height == 3
    assert speeches.document(ids.pop() or "").text == SPEECH


def test_a_page_is_known_by_its_canonical_url(take: Take, speeches: Corpus, tmp_path: Path) -> None:
    (tmp_path / "monday.html").write_text(PAGE.format(number=1, guests=117), encoding="utf-8")
    (tmp_path / "tuesday.html").write_text(PAGE.format(number=1, guests=118), encoding="utf-8")
    (tmp_path / "other.html").write_text(PAGE.format(number=2, guests=117), encoding="utf-8")
    outcomes = take(tmp_path / "monday.html", tmp_path / "tuesday.html", tmp_path / "other.html")
    assert statuses(outcomes) == ["added", "revised", "added"]
    assert outcomes[0].id == outcomes[1].id != outcomes[2].id
    # Both saved copies are known now: neither is news, and the order does not swing back and forth.
    assert statuses(take(tmp_path / "monday.html", tmp_path / "tuesday.html")) == ["unchanged", "unchanged"]


def test_a_site_that_states_its_front_page_everywhere_is_not_one_document(take: Take, tmp_path: Path) -> None:
    for number in (1, 2):
        page = PAGE.format(number=number, guests=number).replace(f"https://stan.kz/news/{number}", "https://stan.kz/")
        (tmp_path / f"{number}.html").write_text(page, encoding="utf-8")
    outcomes = take(tmp_path / "*.html")
    assert statuses(outcomes) == ["added", "added"]
    assert outcomes[0].id != outcomes[1].id


def test_the_same_bytes_elsewhere_are_a_duplicate(take: Take, speeches: Corpus, tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(SPEECH, encoding="utf-8")
    first, second = take(tmp_path / "a.txt", tmp_path / "b.txt")
    assert (first.status, second.status) == ("added", "duplicate")
    assert second.id == first.id
    assert statuses(take(tmp_path / "b.txt", tmp_path / "a.txt")) == ["duplicate", "unchanged"]
    assert speeches.documents.collect().height == 1


def test_ids_do_not_depend_on_where_files_lie(take: Take, tmp_path: Path) -> None:
    from corpus.ingest import ingest
    from corpus.store import init_corpus

    ids = []
    for place in ("here", "there/deep"):
        folder = tmp_path / place
        folder.mkdir(parents=True)
        (folder / "Сөз 2025.txt").write_text(SPEECH, encoding="utf-8")
        other = init_corpus(tmp_path / f"corpus-of-{folder.name}", name="x")
        ids += [outcome.id for outcome in ingest(other, [str(folder)])]
    assert ids[0] == ids[1]
    assert str(ids[0]).startswith("soz-2025-")


def test_what_the_user_says_outweighs_all(take: Take, speeches: Corpus, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(PAGE.format(number=1, guests=117), encoding="utf-8")
    [original] = take(tmp_path / "page.html")
    (tmp_path / "speech.txt").write_text(
        "Remarks by Joe Biden at the UN\n\nThank you all. It is good.", encoding="utf-8"
    )
    given = {"lang": "ky", "speaker": "Садыр Жапаров", "date": dt.date(2020, 1, 2), "kind": "transcript"}
    [outcome] = take(tmp_path / "speech.txt", version_of=original.id, **given)
    document = speeches.document(str(outcome.id))
    assert (document.lang, document.speaker, document.date, document.kind) == tuple(given.values())
    assert document.version_of == original.id
    assert {document.origins[name] for name in (*given, "version_of")} == {"user"}
    assert document.title == "Remarks by Joe Biden at the UN"
    # Without options the user's words stay; with other ones the document is revised.
    assert statuses(take(tmp_path / "speech.txt")) == ["unchanged"]
    assert statuses(take(tmp_path / "speech.txt", speaker="Жапаров")) == ["revised"]
    assert statuses(take(tmp_path / "speech.txt", speaker="Жапаров")) == ["unchanged"]


def test_a_speech_is_told_by_its_title(take: Take, speeches: Corpus, tmp_path: Path) -> None:
    title = "Мемлекет басшысы Қасым-Жомарт Тоқаевтың Ұлттық құрылтайда сөйлеген сөзі"
    (tmp_path / "speech.txt").write_text(f"{title}\n14 наурыз 2025\n\n{SPEECH}", encoding="utf-8")
    [outcome] = take(tmp_path / "speech.txt")
    document = speeches.document(str(outcome.id))
    assert (document.kind, document.speaker, document.date) == (
        "transcript",
        "Қасым-Жомарт Тоқаев",
        dt.date(2025, 3, 14),
    )
    assert document.origins["speaker"] == document.origins["kind"] == "title"
    assert document.origins["date"] == "date line"


def test_folders_globs_and_what_is_left_out(take: Take, tmp_path: Path) -> None:
    folder = tmp_path / "texts"
    for name in ("b.txt", "a.TXT", "sub/c.html", "sub/.hidden.txt", ".git/d.txt", "style.css", "no_ending"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        text = PAGE.format(number=1, guests=3) if name.endswith("html") else f"{SPEECH} {name}"
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "sub" / "loop").symlink_to(folder)
    outcomes = take(folder)
    names = [outcome.uri.rpartition("/")[2] for outcome in outcomes]
    assert names == ["a.TXT", "b.txt", "no_ending", "style.css", "1"]
    assert statuses(outcomes) == ["added", "added", "added", "skipped", "added"]
    assert statuses(take(folder / "*.txt")) == ["unchanged"]
    assert statuses(take(folder / "**" / "*.*t*")) == ["unchanged", "unchanged"]


def test_a_corpus_among_its_sources(take: Take, speeches: Corpus, tmp_path: Path) -> None:
    for name in ("sync/updates.jsonl", "snapshots/one/about.json", "texts/a.txt", "raw/ab/x.txt"):
        (speeches.path / name).parent.mkdir(parents=True, exist_ok=True)
        (speeches.path / name).write_text(SPEECH, encoding="utf-8")
    for _ in range(2):
        outcomes = take(tmp_path)
        assert [outcome.uri.rpartition("/")[2] for outcome in outcomes] == ["minber.toml", "a.txt"]


def test_folders_of_saved_pages(take: Take, tmp_path: Path) -> None:
    folder = tmp_path / "texts"
    (folder / "Құрылтай_files").mkdir(parents=True)
    (folder / "my_files").mkdir()
    (folder / "Құрылтай.html").write_text(PAGE.format(number=1, guests=3), encoding="utf-8")
    (folder / "Құрылтай_files" / "frame.html").write_text(PAGE.format(number=2, guests=3), encoding="utf-8")
    (folder / "my_files" / "a.txt").write_text(SPEECH, encoding="utf-8")
    outcomes = take(folder)
    assert [outcome.uri.rpartition("/")[2] for outcome in outcomes] == ["a.txt", "1"]


def test_one_file_by_several_ways_is_one_document(take: Take, tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    file = tmp_path / "a" / "speech.txt"
    file.write_text(SPEECH, encoding="utf-8")
    (tmp_path / "link.txt").symlink_to(file)
    ways = (file, tmp_path / "a" / "b" / ".." / "speech.txt", tmp_path / "link.txt", file.as_uri())
    assert statuses(take(*ways)) == ["added", "unchanged", "unchanged", "unchanged"]
    file.write_text(SPEECH + "!", encoding="utf-8")
    assert statuses(take(tmp_path / "link.txt")) == ["revised"]


def test_the_users_kind_outweighs_the_title(take: Take, speeches: Corpus, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(f"Remarks by Joe Biden at the UN\n\n{SPEECH}", encoding="utf-8")
    (tmp_path / "b.txt").write_text(f"Құрылтай өтті\n\nМәтін. {SPEECH}", encoding="utf-8")
    [a] = take(tmp_path / "a.txt", kind="report")
    [b] = take(tmp_path / "b.txt", speaker="Қасым-Жомарт Тоқаев")
    assert (speeches.document(str(a.id)).kind, speeches.document(str(a.id)).speaker) == ("report", None)
    assert speeches.document(str(b.id)).kind == "transcript"


@pytest.mark.slow
def test_several_processes_give_the_same_as_one(take: Take, speeches: Corpus, tmp_path: Path) -> None:
    from corpus.ingest import Options, ingest
    from corpus.store import init_corpus

    folder = tmp_path / "texts"
    folder.mkdir()
    for number in range(60):
        text = f"{SPEECH} {number % 50}"  # ten files are copies of others
        (folder / f"{number:02}.txt").write_text(text, encoding="utf-8")
    (folder / "30a.txt").write_bytes(b"\0\0\0")
    alone = [(o.uri, o.status, o.id) for o in take(folder)]
    other = init_corpus(tmp_path / "other", name="x")
    together = [(o.uri, o.status, o.id) for o in ingest(other, [str(folder)], Options(workers=2))]
    assert together == alone
    assert [status for _, status, _ in alone].count("duplicate") == 10
    columns = [name for name in speeches.documents.collect_schema().names() if name != "retrieved"]
    assert (
        other.documents.select(columns)
        .sort("id")
        .collect()
        .equals(speeches.documents.select(columns).sort("id").collect())
    )


@pytest.mark.slow
def test_killed_at_any_moment_the_same_command_finishes(tmp_path: Path) -> None:
    from corpus.store import init_corpus

    folder = tmp_path / "texts"
    folder.mkdir()
    for number in range(400):
        (folder / f"{number:03}.txt").write_text(f"{SPEECH} {number}\n" * 40, encoding="utf-8")
    path = init_corpus(tmp_path / "corpus", name="x").path
    kills, _ = killed_then_finished(path, folder, (0.5 + 0.09 * attempt for attempt in range(12)))
    assert kills >= 3
    finished = open_corpus(path)
    assert finished.revisions.collect().height == finished.documents.collect().height == 400
    for sha256 in finished.documents.select("sha256").collect()["sha256"].sample(10, seed=1):
        assert hashlib.sha256(finished.raw(sha256)).hexdigest() == sha256
    assert set(finished.documents.collect()["uri"]) == {file.as_uri() for file in folder.iterdir()}


def test_speeches_of_the_shared_folder(take: Take, speeches: Corpus, shared: Path) -> None:
    outcomes = take(shared / "data" / "akorda_speeches_kk" / "txt", shared / "data" / "us_inaugural_en")
    assert {outcome.status for outcome in outcomes} <= {"added", "skipped"}
    by_lang = speeches.documents.group_by("lang").agg(pl.len()).collect()
    assert dict(by_lang.iter_rows())["kk"] == 6
    assert dict(by_lang.iter_rows())["en"] >= 59
    kinds = speeches.documents.filter(pl.col("lang") == "kk").select("kind").collect()["kind"]
    assert set(kinds) == {"transcript"}


def test_who_stops_listening_loses_no_batch_that_was_begun(speeches: Corpus, tmp_path: Path) -> None:
    """Batches are stored beside the reading of the next; an outcome stands for what is on disk, and nothing is half."""
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(200):
        (folder / f"{number:03}.txt").write_text(f"{SPEECH}Сөз нөмірі {number}.", encoding="utf-8")
    heard = ingest(speeches, [str(folder)])
    first = next(heard)
    told = open_corpus(speeches.path).documents.select("id").collect()["id"].to_list()
    assert first.id in told
    heard.close()
    stored = open_corpus(speeches.path)
    assert set(told) <= set(stored.documents.select("id").collect()["id"])
    assert all(stored.raw(sha256) for sha256 in stored.documents.select("sha256").collect()["sha256"])
    again = statuses(list(ingest(stored, [str(folder)])))
    assert len(again) == 200
    assert set(again) == {"added", "unchanged"}


def test_a_store_that_refuses_is_told_while_more_is_read(speeches: Corpus, tmp_path: Path) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(300):
        (folder / f"{number:03}.txt").write_text(f"{SPEECH}Сөз нөмірі {number}.", encoding="utf-8")
    raw = speeches.path / "raw"
    raw.rmdir()
    raw.write_text("in the way")
    heard: list[Outcome] = []
    with pytest.raises(MinberError, match="MB202"):
        heard.extend(ingest(speeches, [str(folder)]))
    assert heard == []
    assert speeches.documents.collect().height == 0
