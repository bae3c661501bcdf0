"""``minber demo``: every step of the main job that needs no server, on texts that come with Minber."""

from __future__ import annotations

import shlex
import time
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from schemas.datafile import read_data
from schemas.errors import MinberError

if TYPE_CHECKING:
    import polars as pl
    from rich.console import Console

    from corpus.store import Corpus

MARK = ".minber-demo"
"""A file that says that a folder is ours to write in."""

_NAME = "Minber demo"
_COUNTRY = "KZ"
_TOP = 8


@dataclass(frozen=True, slots=True)
class Demo:
    """What a demo left behind.

    Attributes:
        folder: the corpus.
        documents: how many it holds.
        written: file, relative to the folder → what it is.
        seconds: how long all took.
        failures: inputs that failed (none, unless the folder was changed by hand).
    """

    folder: Path
    documents: int
    written: Mapping[str, str]
    seconds: float
    failures: tuple[MinberError, ...]


def run_demo(folder: Path | str, console: Console, language: str = "en") -> Demo:
    """Make a corpus of the bundled texts, annotate it, show and count it, and write files for people.

    Running it again on the same folder does only what is missing and writes the files anew.

    Parameters:
        folder: a new or empty folder, or that of an earlier demo.
        console: where everything is shown.
        language: of the themes' names and the interface: ``en``, ``kk``, ``ru``.

    Returns:
        what was written where.

    Raises:
        MinberError: MB700 the folder holds something else, MB002 unknown interface language, MB202 or MB603 the disk
            refuses.
    """

    from corpus.report.words import words_in

    began = time.monotonic()
    words_in(language)
    data = files("corpus.demo") / "data"
    manifest = read_data(data / "manifest.yaml")
    corpus = _open(Path(folder), language)
    stage = _Stage(corpus, console, language)
    ids, failures = stage.ingest(manifest["texts"])
    failures += stage.annotate()
    if all(manifest[key] in ids for key in ("shown", "excerpt")):
        stage.show(ids[manifest["shown"]], ids[manifest["excerpt"]])
    stage.count(manifest["keyword"])
    written = stage.write()
    stage.farewell(written, ids.get(manifest["shown"], "DOC_ID"), time.monotonic() - began)
    return Demo(corpus.path, len(ids), written, time.monotonic() - began, tuple(failures))


def _open(folder: Path, language: str) -> Corpus:
    from corpus.report.pages import write_whole
    from corpus.store import init_corpus, open_corpus
    from schemas.settings import FILE_NAME

    try:
        if folder.exists() and not folder.is_dir():
            raise MinberError("MB700", str(folder))
        if folder.is_dir() and any(folder.iterdir()) and not (folder / MARK).is_file():
            raise MinberError("MB700", str(folder))
        folder.mkdir(parents=True, exist_ok=True)
        (folder / MARK).write_text("made by 'minber demo', which may write here\n", encoding="utf-8")
        if not (folder / FILE_NAME).is_file():
            init_corpus(folder, name=_NAME, country=_COUNTRY)
        settings = (folder / FILE_NAME).read_text(encoding="utf-8")
        if "[doccano]" not in settings:
            write_whole(folder / FILE_NAME, f'{settings}\n[doccano]\nlanguage = "{language}"\n')
    except OSError as error:
        raise MinberError("MB202", str(folder), problem=error.strerror or str(error)) from error
    return open_corpus(folder)


class _Stage:
    """The steps of the demo, each shown with the command that does the same."""

    def __init__(self, corpus: Corpus, console: Console, language: str) -> None:
        self.corpus = corpus
        self.console = console
        self.language = language

    def ingest(self, texts: list[dict[str, Any]]) -> tuple[dict[str, str], list[MinberError]]:
        from corpus.ingest.documents import Options
        from corpus.ingest.driver import ingest as bring_in

        self._title("Texts come in with their provenance", "minber ingest texts/")
        folder = self.corpus.path / "texts"
        folder.mkdir(exist_ok=True)
        data = files("corpus.demo") / "data"
        (folder / "SOURCES.md").write_bytes((data / "SOURCES.md").read_bytes())
        ids: dict[str, str] = {}
        failures = []
        for text in texts:
            path = folder / text["file"]
            path.write_bytes((data / text["file"]).read_bytes())
            options = Options(date=text.get("date"), version_of=ids.get(text.get("version_of", "")))
            for outcome in bring_in(self.corpus, [str(path)], options):
                if outcome.error is not None:
                    failures.append(outcome.error)
                if outcome.id is not None:
                    ids[text["file"]] = outcome.id
        for name, doc_id in ids.items():
            document = self.corpus.document(doc_id)
            facts = [document.lang, document.kind, document.date.isoformat() if document.date else None]
            about = ", ".join(fact for fact in (*facts, document.speaker, document.source.publisher) if fact)
            self._say(f"  {name}: {document.title or doc_id} ({about})")
        return ids, failures

    def annotate(self) -> list[MinberError]:
        from corpus.annotate import annotate

        self._title("Sentences, quotations with their speakers, themes, institutions", "minber annotate")
        began = time.monotonic()
        report = annotate(self.corpus)
        done = f"{report.annotated} document(s), {report.rows} annotations in {time.monotonic() - began:.1f} s"
        self._say(f"  {done}" if report.annotated else f"  all {report.current} documents are up to date")
        return report.failures

    def show(self, shown: str, excerpt: str) -> None:
        from corpus.exchange.reading import described_document
        from corpus.report.terminal import print_document

        for doc_id, paragraphs, title in (
            (shown, None, "A report: who says what, and about what"),
            (excerpt, 1, "A speech: its paragraph with the most themes"),
        ):
            described = described_document(self.corpus, doc_id)
            self._title(title, f"minber view {doc_id}")
            print_document(
                described.document,
                described.annotations,
                self.console,
                codebook=self.corpus.codebook,
                language=self.language,
                paragraphs=paragraphs,
            )

    def count(self, keyword: str) -> None:
        from corpus.stats import Selected, Selection, frequency, kwic, overview, theme_shares
        from corpus.stats.tokens import extend

        part = Selected(self.corpus, Selection(by=("lang",)))
        extend(self.corpus, part.selection.tokenizer, part.documents)
        self._table("What is in the corpus", "minber stats overview --by lang", overview(part.tokens(), ["lang"]))
        names = {theme.id: theme.name(self.language) for theme in self.corpus.codebook.themes}
        units, labels = Selected(self.corpus, Selection()).machine_themes()
        shares = theme_shares(units, labels, themes=list(names)).collect()
        shares = shares.with_columns(theme=shares["theme"].replace(names))
        most = shares.sort("count", "theme", descending=[True, False]).head(_TOP)
        self._table("Themes: share of the sentences, with 95% intervals", "minber stats themes", most)
        where = 'lang == "kk"'
        lemmas = Selected(self.corpus, Selection(where, tokens="lemma"))
        import polars as pl

        words = lemmas.tokens().filter(pl.col("token_kind") == "word")
        command = f"minber stats freq --tokens lemma --where {shlex.quote(where)} --top {_TOP}"
        self._table("Kazakh words, as dictionary forms", command, frequency(words).collect().head(_TOP))
        norms = Selected(self.corpus, Selection(where))
        lines = kwic(norms.tokens(rest=True), [keyword], window=5, show="surface", hits="kept")
        command = f"minber stats kwic {shlex.quote(keyword)} --where {shlex.quote(where)}"
        self._table("A word in its contexts", command, lines.head(_TOP))

    def write(self) -> dict[str, str]:
        from corpus.exchange import export_corpus
        from corpus.report.pages import write_site

        folder = self.corpus.path
        export_corpus(self.corpus, "doccano", folder / "doccano.jsonl")
        export_corpus(self.corpus, "jsonl", folder / "corpus.jsonl")
        write_site(self.corpus, folder / "pages", language=self.language)
        return {
            "pages/index.html": "all documents to read in a browser",
            "doccano.jsonl": "sentences with proposed themes, to import into Doccano",
            "corpus.jsonl": "all texts and annotations, a document a line",
            "texts/": "the bundled texts and where they are from",
        }

    def farewell(self, written: Mapping[str, str], doc_id: str, seconds: float) -> None:
        self._title(f"Done in {seconds:.1f} s; written to {self.corpus.path}", None)
        for name, about in written.items():
            self._say(f"  {name:18} {about}")
        self._title("Try next", None)
        self._say(f"  cd {shlex.quote(str(self.corpus.path))}")
        for command, about in (
            ("minber doccano up", "a labelling server on this machine"),
            ("minber push", "send the sentences there; minber pull brings people's labels back"),
            ("minber stats themes --by voice --plot themes.svg", "what the quoted say, what the journalist says"),
            (f"minber view {doc_id} --html page.html --language kk", "one page, in Kazakh"),
            ("minber ingest FILE...", "texts of your own, then minber annotate"),
        ):
            self._say(f"  {command}")
            self._say(f"      {about}", "dim")

    def _title(self, text: str, command: str | None) -> None:
        self._say("")
        self.console.rule(f"[bold]{text}[/]" if command is None else text, align="left", style="dim")
        if command:
            self._say(f"$ {command}", "dim")

    def _table(self, title: str, command: str, frame: pl.LazyFrame | pl.DataFrame) -> None:
        from rich.text import Text

        from corpus.stats.output import as_table

        self._title(title, command)
        text = as_table(frame.lazy().collect(), {"keyword": "bold red"}, self.console.width, self._colored())
        self.console.print(Text.from_ansi(text), soft_wrap=True, end="")

    def _colored(self) -> bool:
        return self.console.color_system is not None and not self.console.no_color

    def _say(self, text: str, style: str = "") -> None:
        self.console.print(text, style=style, markup=False, highlight=False, soft_wrap=True)
