"""The folder of a corpus: making, finding, opening; documents and their revisions; tables, versions, raw bytes."""

from __future__ import annotations

import datetime as dt
import hashlib
import shutil
from pathlib import Path

import polars as pl
import pytest

import corpus
from corpus.store.table import Append, Merge, Replace, Table
from schemas.document import Document, Source
from schemas.errors import MinberError
from schemas.tables import TABLES, UNITS


def document(name: str, text: str, raw: bytes | None = None, **fields: object) -> tuple[Document, bytes]:
    data = text.encode() if raw is None else raw
    source = Source(
        uri=f"file:///speeches/{name}.txt",
        retrieved=dt.datetime.now(dt.UTC),
        sha256=hashlib.sha256(data).hexdigest(),
        reader="text@1",
        publisher="Ақорда",
    )
    return Document(id=name, text=text, source=source, **({"lang": "kk"} | fields)), data  # type: ignore[arg-type]


def statuses(opened: corpus.Corpus, *items: tuple[Document, bytes]) -> list[str]:
    return [stored.status for stored in opened.add_documents(items)]


@pytest.fixture
def opened(tmp_path: Path) -> corpus.Corpus:
    return corpus.init(tmp_path / "corpus", name="Speeches", country="KZ")


class TestFolder:
    def test_new_corpus_opens_with_empty_tables(self, opened: corpus.Corpus) -> None:
        again = corpus.open(opened.path)
        assert again.settings.corpus.name == "Speeches"
        for name, schema in TABLES.items():
            frame = getattr(again, name).collect()
            assert frame.height == 0
            assert frame.schema == schema

    def test_is_found_upwards(self, opened: corpus.Corpus) -> None:
        below = opened.path / "notes" / "2025"
        below.mkdir(parents=True)
        assert corpus.find(below) == opened.path
        with pytest.raises(MinberError, match="MB001"):
            corpus.find(opened.path.parent)

    def test_second_init_is_refused(self, opened: corpus.Corpus) -> None:
        before = (opened.path / "minber.toml").read_bytes()
        with pytest.raises(MinberError, match="MB200"):
            corpus.init(opened.path, name="Other")
        assert (opened.path / "minber.toml").read_bytes() == before

    def test_name_with_quotes_and_backslash(self, tmp_path: Path) -> None:
        name = 'Жолдау "2025" \\ '
        assert corpus.init(tmp_path / "c", name=name).settings.corpus.name == name

    @pytest.mark.parametrize("wrong", [{"languages": ["kazakh"]}, {"country": "Kazakhstan"}, {"languages": []}])
    def test_bad_setting_leaves_no_corpus(self, tmp_path: Path, wrong: dict[str, object]) -> None:
        with pytest.raises(MinberError, match="MB012"):
            corpus.init(tmp_path / "c", **wrong)  # type: ignore[arg-type]
        assert not (tmp_path / "c").exists()

    @pytest.mark.parametrize("name", ["Сөйлеу корпусы 🎉", "a b", "c#1", "d?x", "e 100%", "g*", "i'j", 'q"r', "-v"])
    def test_any_path(self, tmp_path: Path, name: str) -> None:
        made = corpus.init(tmp_path / name)
        statuses(made, document("a", "бір"))
        statuses(made, document("a", "екі"))
        made.upsert("units", pl.DataFrame({"unit_id": ["u"], "doc_id": ["a"]}), ["unit_id"])
        made.upsert("units", pl.DataFrame({"unit_id": ["u"], "doc_id": ["b"]}), ["unit_id"])
        made.compact(at_least=0)
        again = corpus.open(tmp_path / name)
        assert again.documents.select("text").collect().rows() == [("екі",)]
        assert again.units.select("doc_id").collect().rows() == [("b",)]
        assert [path.name for path in tmp_path.iterdir()] == [name]

    @pytest.mark.parametrize("name", ["a[1]", "a%20b", "a|b", "a^b"])
    def test_path_that_the_tables_cannot_take(self, tmp_path: Path, name: str) -> None:
        with pytest.raises(MinberError, match="MB207"):
            corpus.init(tmp_path / name)
        assert not (tmp_path / name).exists()

    def test_own_codebook_is_checked_and_copied(self, tmp_path: Path) -> None:
        book = tmp_path / "book.yaml"
        book.write_text(
            'id: mine\nversion: "1.0.0"\nnames: {en: Mine}\nthemes:\n'
            '  - {id: peace, names: {en: Peace}, definition: {en: Peace}, color: "#112233"}\n'
        )
        made = corpus.init(tmp_path / "c", codebook=book)
        book.unlink()
        assert corpus.open(made.path).codebook.id == "mine"
        book.write_text("id: mine\n")
        with pytest.raises(MinberError, match="MB011"):
            corpus.init(tmp_path / "d", codebook=book)
        assert not (tmp_path / "d").exists()

    def test_half_made_tables_open_and_fill(self, opened: corpus.Corpus) -> None:
        (opened.path / "documents").mkdir()
        log = opened.path / "annotations" / "_delta_log"
        log.mkdir(parents=True)
        (log / "00000000000000000000.json#1").write_text('{"protocol"')  # what a kill inside the first commit leaves
        (opened.path / "annotations" / "part-00000-x.parquet").write_bytes(b"PAR1")
        again = corpus.open(opened.path)
        assert again.documents.collect().height == again.annotations.collect().height == 0
        assert statuses(again, document("a", "бір")) == ["added"]
        again.append("annotations", pl.DataFrame({"doc_id": ["a"], "revision": ["r"], "layer": ["quote"]}))
        assert again.table("annotations").collect().height == 1

    def test_damaged_table_is_named(self, opened: corpus.Corpus) -> None:
        statuses(opened, document("a", "бір"))
        log = opened.path / "documents" / "_delta_log" / "00000000000000000000.json"
        log.write_text("not json\n")
        with pytest.raises(MinberError, match="MB204"):
            _ = opened.documents


class TestDocuments:
    def test_added_unchanged_revised(self, opened: corpus.Corpus) -> None:
        assert statuses(opened, document("a", "бір"), document("b", "екі")) == ["added", "added"]
        version = opened.version("documents")
        assert statuses(opened, document("a", "бір"), document("b", "екі")) == ["unchanged", "unchanged"]
        assert opened.version("documents") == version
        assert statuses(opened, document("a", "үш"), document("b", "екі")) == ["revised", "unchanged"]
        latest = dict(opened.documents.select("id", "text").collect().iter_rows())
        assert latest == {"a": "үш", "b": "екі"}
        history = opened.revisions.filter(pl.col("id") == "a").sort("sequence").select("sequence", "text").collect()
        assert history.rows() == [(1, "бір"), (2, "үш")]

    def test_text_that_returns_is_the_newest(self, opened: corpus.Corpus) -> None:
        for text in ("бір", "екі", "бір"):
            statuses(opened, document("a", text))
        assert opened.documents.select("text", "sequence").collect().rows() == [("бір", 3)]

    def test_same_id_twice_in_one_call(self, opened: corpus.Corpus) -> None:
        found = statuses(opened, document("a", "бір"), document("a", "бір"), document("a", "екі"))
        assert found == ["added", "unchanged", "revised"]
        assert opened.document("a").text == "екі"

    def test_is_one_commit(self, opened: corpus.Corpus) -> None:
        statuses(opened, *(document(f"d{number}", f"мәтін {number}") for number in range(30)))
        assert opened.version("documents") == 1  # 0 makes the table

    def test_document_comes_back_equal(self, opened: corpus.Corpus) -> None:
        given, data = document(
            "a", "бір 🎉 екі", title="Тақырып", date=dt.date(2025, 3, 14), kind="transcript", origins={"date": "user"}
        )
        statuses(opened, (given, data))
        assert corpus.open(opened.path).document("a") == given
        assert opened.raw(given.source.sha256) == data
        with pytest.raises(MinberError, match="MB206"):
            opened.document("b")

    def test_other_metadata_is_a_new_row_of_the_same_revision(self, opened: corpus.Corpus) -> None:
        statuses(opened, document("a", "бір"))
        assert statuses(opened, document("a", "бір", title="Тақырып")) == ["revised"]
        assert opened.documents.select("title", "sequence").collect().rows() == [("Тақырып", 2)]
        assert opened.revisions.select(pl.col("revision").n_unique()).collect().item() == 1

    def test_what_the_user_said_outlives_a_later_reading(self, opened: corpus.Corpus) -> None:
        said = document("a", "бір", date=dt.date(2020, 1, 1), origins={"date": "user"})
        read = document("a", "бір", date=dt.date(2021, 1, 1), origins={"date": "page"})
        changed = document("a", "екі", date=dt.date(2021, 1, 1), origins={"date": "page"})
        corrected = document("a", "екі", date=dt.date(2022, 1, 1), origins={"date": "user"})
        assert statuses(opened, said) == ["added"]
        assert statuses(opened, read) == ["unchanged"]
        assert statuses(opened, changed) == ["revised"]
        assert opened.document("a").date == dt.date(2020, 1, 1)
        assert opened.document("a").origins == {"date": "user"}
        assert statuses(opened, corrected) == ["revised"]
        assert opened.document("a").date == dt.date(2022, 1, 1)

    def test_two_open_corpora_see_each_other(self, opened: corpus.Corpus) -> None:
        other = corpus.open(opened.path)
        assert statuses(opened, document("a", "бір")) == ["added"]
        assert statuses(other, document("a", "бір")) == ["unchanged"]
        assert statuses(other, document("a", "екі")) == ["revised"]
        assert statuses(opened, document("a", "екі"), document("b", "үш")) == ["unchanged", "added"]
        assert statuses(other, document("b", "үш")) == ["unchanged"]

    def test_raw_bytes_are_checked(self, opened: corpus.Corpus) -> None:
        given, data = document("a", "бір", raw=b"<html>" + b"x" * 1000)
        statuses(opened, (given, data))
        file = next((opened.path / "raw").rglob("*.gz"))
        file.write_bytes(file.read_bytes()[:-6])
        with pytest.raises(MinberError, match="MB201"):
            opened.raw(given.source.sha256)
        statuses(opened, document("b", "бір", raw=data))  # brings the same bytes again
        assert opened.raw(given.source.sha256) == data
        with pytest.raises(MinberError, match="MB201"):
            opened.raw("0" * 64)
        with pytest.raises(ValueError, match="digest"):
            opened.add_documents([(document("c", "екі")[0], b"other")])
        assert opened.documents.collect().height == 2

    @pytest.mark.slow
    def test_many_small_commits_are_compacted_and_all_versions_stay(self, opened: corpus.Corpus) -> None:
        for number in range(70):
            statuses(opened, document(f"d{number}", f"мәтін {number}"))
        assert opened.documents.collect().height == 70
        assert len(list((opened.path / "documents").glob("*.parquet"))) > 64
        assert opened.table("documents", version=10).collect().height == 10
        assert Table(opened.path / "documents", None).file_count() < 20


class TestTables:
    ROWS = pl.DataFrame({"unit_id": ["u1", "u2"], "doc_id": ["a", "b"], "pulled": ["x", None]})

    def test_upsert_twice_is_one_commit(self, opened: corpus.Corpus) -> None:
        first = opened.upsert("units", self.ROWS, ["unit_id"])
        assert opened.upsert("units", self.ROWS, ["unit_id"]) == first
        changed = pl.DataFrame({"unit_id": ["u2", "u3"], "doc_id": ["b", "c"], "pulled": ["y", "z"]})
        assert opened.upsert("units", changed, ["unit_id"]) == first + 1
        rows = opened.units.select("unit_id", "doc_id", "pulled").sort("unit_id").collect().rows()
        assert rows == [("u1", "a", "x"), ("u2", "b", "y"), ("u3", "c", "z")]

    def test_upsert_of_one_key_twice_keeps_the_last(self, opened: corpus.Corpus) -> None:
        opened.upsert("units", pl.DataFrame({"unit_id": ["u", "u"], "doc_id": ["a", "b"]}), ["unit_id"])
        assert opened.units.select("doc_id").collect().rows() == [("b",)]
        with pytest.raises(ValueError, match="key"):
            opened.upsert("units", pl.DataFrame({"unit_id": [None], "doc_id": ["a"]}), ["unit_id"])

    def test_replace_touches_only_what_it_names(self, opened: corpus.Corpus) -> None:
        opened.upsert("units", self.ROWS, ["unit_id"])
        opened.replace("units", pl.DataFrame({"unit_id": ["u9"], "doc_id": ["a"]}), "doc_id = 'a'")
        assert opened.units.select("unit_id").sort("unit_id").collect().rows() == [("u2",), ("u9",)]
        opened.replace("units", self.ROWS.clear(), "doc_id = 'a'")
        assert opened.units.select("unit_id").collect().rows() == [("u2",)]
        version = opened.version("units")
        opened.replace("units", self.ROWS.clear(), "doc_id = 'a'")
        assert opened.version("units") == version
        opened.replace("units", self.ROWS.head(1), "doc_id = 'a' AND pulled IS NOT NULL")
        assert opened.units.collect().height == 2
        with pytest.raises(ValueError, match="condition"):
            opened.replace("units", self.ROWS, "doc_id = 'a'")
        opened.replace("units", self.ROWS.head(1), None)
        assert opened.units.select("unit_id").collect().rows() == [("u1",)]

    def test_earlier_versions(self, opened: corpus.Corpus) -> None:
        gold = opened.upsert("units", self.ROWS, ["unit_id"])
        opened.replace("units", self.ROWS.clear(), None)
        opened.compact(at_least=0)
        assert opened.units.collect().height == 0
        assert opened.table("units", version=gold).collect().height == 2
        with pytest.raises(MinberError, match="MB205"):
            opened.table("units", version=99)

    def test_frame_goes_on_showing_its_state(self, opened: corpus.Corpus) -> None:
        opened.upsert("units", self.ROWS, ["unit_id"])
        before = opened.units
        opened.replace("units", self.ROWS.clear(), None)
        assert before.collect().height == 2

    def test_table_of_another_room(self, opened: corpus.Corpus) -> None:
        schema = pl.Schema({"doc_id": pl.String, "n": pl.UInt32, "words": pl.List(pl.String)})
        rows = pl.DataFrame({"doc_id": ["a"], "n": [1], "words": [["бір"]]})
        assert opened.table("tokens", schema).collect().schema == schema
        opened.upsert("tokens", rows, ["doc_id"], schema)
        found = opened.table("tokens", schema).collect()
        assert found.schema == schema
        assert found.rows() == [("a", 1, ["бір"])]

    def test_columns_of_a_later_minber_are_null_in_older_tables(self, tmp_path: Path) -> None:
        old = pl.Schema({"unit_id": pl.String, "doc_id": pl.String})
        Table(tmp_path / "units", old).change(lambda _: Append(pl.DataFrame({"unit_id": ["u"], "doc_id": ["a"]})))
        table = Table(tmp_path / "units", UNITS)
        assert table.snapshot().rows.collect().schema == UNITS
        table.change(lambda _: Append(pl.DataFrame({"unit_id": ["v"], "layout": ["themes"]})))
        rows = table.snapshot().rows.select("unit_id", "layout").sort("unit_id").collect().rows()
        assert rows == [("u", None), ("v", "themes")]

    @pytest.mark.parametrize("kind", ["append", "replace", "replace all", "merge"])
    def test_no_change_lands_on_another_state_than_it_was_planned_on(self, tmp_path: Path, kind: str) -> None:
        table = Table(tmp_path / "units", UNITS)
        table.change(lambda _: Append(self.ROWS))
        changes = {
            "append": Append(self.ROWS),
            "replace": Replace(self.ROWS.head(1), "unit_id = 'u1'"),
            "replace all": Replace(self.ROWS, None),
            "merge": Merge(self.ROWS.with_columns(pulled=pl.lit("new")), ("unit_id",)),
        }
        seen = []

        def plan(now: object) -> Append | Replace | Merge:
            seen.append(now)
            if len(seen) == 1:  # somebody else commits between plan and commit
                other = pl.DataFrame({"unit_id": ["other"], "doc_id": ["o"]})
                Table(tmp_path / "units", UNITS).change(lambda _: Append(other))
            return changes[kind]

        table.change(plan)
        assert len(seen) == 2

    def test_compaction_beside_a_writer(self, tmp_path: Path) -> None:
        table = Table(tmp_path / "units", UNITS)
        for number in range(5):
            table.change(lambda _, n=number: Append(self.ROWS.with_columns(project=pl.lit(str(n)))))
        seen = []

        def plan(now: object) -> Replace:
            seen.append(now)
            if len(seen) == 1:
                table.compact()
            return Replace(self.ROWS.head(1), "unit_id = 'u1'")

        table.change(plan)
        assert table.snapshot().rows.collect().height == 6

    def test_runs_tell_what_was_finished(self, opened: corpus.Corpus) -> None:
        run = opened.record("annotate", {"layers": ["quote"]})
        assert opened.runs.select("finished").collect().item() is None
        opened.record("annotate", {"layers": ["quote"], "documents": 3}, run)
        (row,) = opened.runs.collect().to_dicts()
        assert row["finished"] >= row["started"]
        assert '"documents": 3' in row["details"]


class TestOlderCorpora:
    """A corpus from before occasion, place and addresses of language versions were kept."""

    def test_is_read_and_goes_on(self, opened: corpus.Corpus) -> None:
        older = pl.Schema(
            {k: v for k, v in TABLES["documents"].items() if k not in ("occasion", "place", "alternates")}
        )
        item = document("speech", "Құрметті отандастар!")
        opened.add_documents([item])
        rows = opened.revisions.select(older.names()).collect()
        shutil.rmtree(opened.path / "documents")
        Table(opened.path / "documents", older).change(lambda _: Append(rows))

        again = corpus.open(opened.path)
        assert again.document("speech") == item[0]
        assert statuses(again, item) == ["unchanged"]
        found = {"occasion": "Ұлттық құрылтай", "place": "Бурабай", "alternates": {"ru": "https://akorda.kz/ru/1"}}
        richer = document("speech", "Құрметті отандастар!", **found)
        assert statuses(again, richer, document("other", "Сәлем, әлем!")) == ["revised", "added"]
        assert again.document("speech") == richer[0]
        assert again.document("other").alternates == {}
        assert again.revisions.collect().height == 3
