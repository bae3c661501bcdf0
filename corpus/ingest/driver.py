"""Ingest as a whole: find, read, describe, store, batch by batch; after a kill the same command goes on."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING

from corpus.ingest.documents import Options, Read, read_documents
from corpus.ingest.encoding import known_encoding
from corpus.ingest.identity import Catalogue
from corpus.ingest.marks import store_marks
from corpus.ingest.opened import unforeseen
from corpus.ingest.outcome import Outcome, OutcomeStatus
from corpus.ingest.registry import named
from corpus.ingest.sources import Location, locate
from corpus.ingest.stated import Sidecar, check_pattern
from corpus.ingest.tasks import Planner, Task
from schemas.errors import MinberError

__all__ = ["Outcome", "OutcomeStatus", "ingest"]

if TYPE_CHECKING:
    from corpus.ingest.fetch import Fetcher
    from corpus.store import Corpus
    from corpus.store.corpus import Stored

_BATCH, _LARGEST_BATCH = 64, 1024  # documents a commit: more of them once many are stored, as each costs a commit
_BATCH_BYTES = 8 * 1024 * 1024
_BATCH_SECONDS = 10.0
_SHARD = 16  # sources that travel to a process together
_ROWS = 256  # rows of tables that do
_SHARD_BYTES = 2 * 1024 * 1024


@dataclass(slots=True)
class _Shard:
    """Some sources in a row: those that need no reading are outcomes already."""

    number: int
    items: list[Task | Outcome] = field(default_factory=list)
    size: int = 0

    def full(self) -> bool:
        tasks = [item for item in self.items if isinstance(item, Task)]
        if tasks and tasks[-1].fetched:
            return True  # pages come slowly: none should wait for others to be stored
        most = _ROWS if tasks and tasks[-1].raw.part is not None else _SHARD
        return len(tasks) >= most or self.size >= _SHARD_BYTES or len(self.items) >= 16 * _SHARD


_Read = Read | Outcome


def ingest(corpus: Corpus, sources: Iterable[str], options: Options | None = None) -> Iterator[Outcome]:
    """Bring sources into a corpus.

    Work is stored in batches of one commit each; an outcome is only reported once it is on disk. The same call again
    changes nothing; after a kill, it finishes the work. A source that fails never stops the others.

    Parameters:
        corpus: an open corpus.
        sources: paths, folders, globs, or ``-`` for standard input.
        options: what the user says.

    Yields:
        one outcome a source or document, in their order.

    Raises:
        MinberError: MB109 unknown reader, MB119 unknown encoding or pattern, MB115 unknown document in ``version_of``,
            MB149 a sidecar that is none.

    Example:
        >>> import tempfile, pathlib
        >>> from corpus.store import init_corpus
        >>> folder = pathlib.Path(tempfile.mkdtemp())
        >>> _ = (folder / "speech.txt").write_text("Құрметті отандастар!\\nБүгін – мереке.", encoding="utf-8")
        >>> opened = init_corpus(folder / "corpus", name="Example")
        >>> [outcome.status for outcome in ingest(opened, [str(folder / "speech.txt")])]
        ['added']
        >>> [outcome.status for outcome in ingest(opened, [str(folder / "speech.txt")])]
        ['unchanged']
    """
    options = options or Options()
    if options.encoding and not known_encoding(options.encoding):
        raise MinberError("MB119", option="encoding", value=options.encoding, expected="a name such as windows-1251")
    if options.choices.docvars is not None:
        check_pattern(options.choices.docvars)
    forced = named(options.reader) if options.reader else None
    catalogue = Catalogue(corpus.documents, corpus.revisions, docvars=options.sidecar is not None)
    if options.version_of is not None and options.version_of not in catalogue.by_id:
        raise MinberError("MB115", id=options.version_of)
    languages = corpus.settings.corpus.languages
    options = replace(options, country=options.country or corpus.settings.corpus.country)
    sidecar = Sidecar(options.sidecar) if options.sidecar else None
    planner = Planner(options, forced, catalogue, corpus.raw, sidecar)
    network = _Network(corpus, options)
    batch: list[_Read] = []
    documents = size = stored = 0
    since = time.monotonic()
    with _Storing(corpus) as storing:
        for read in _read_all(_shards(sources, planner, network), options, languages):
            item = read if isinstance(read, Outcome) else _too_old(read, options.since) or planner.settle(read)
            batch.append(item)
            if not isinstance(item, Outcome):
                documents += 1
                size += len(item.data) + len(item.document.text)
            late = time.monotonic() - since > _BATCH_SECONDS
            many = documents >= min(max(_BATCH, stored // 8), _LARGEST_BATCH)
            if late or many or size >= _BATCH_BYTES or len(batch) >= 16 * _BATCH:
                yield from storing.finished(wait=True)
                storing.begin(batch)
                if network.used:
                    yield from storing.finished(wait=True)
                    network.remember()
                stored += documents
                batch, documents, size, since = [], 0, 0, time.monotonic()
            yield from storing.finished()
        yield from storing.finished(wait=True)
        storing.begin(batch)
        yield from storing.finished(wait=True)
    network.remember()
    if unused := planner.unused():
        yield unused


class _Storing:
    """Stores one batch while the next is read: compressing and waiting for the disk need no Python."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._thread = ThreadPoolExecutor(1)
        self._batch: list[_Read] = []
        self._stored: Future[list[Stored]] | None = None

    def __enter__(self) -> _Storing:
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.shutdown()  # what is being stored is stored whole, whyever reading ended

    def begin(self, batch: list[_Read]) -> None:
        """Store a batch; the one before it must be finished."""
        self._batch = batch
        self._stored = self._thread.submit(_store, self._corpus, [one for one in batch if not isinstance(one, Outcome)])

    def finished(self, wait: bool = False) -> Iterator[Outcome]:
        """The outcomes of the batch that is being stored, once it is; none before, unless they are waited for."""
        if self._stored is not None and (wait or self._stored.done()):
            stored, batch = self._stored.result(), self._batch
            self._stored, self._batch = None, []
            yield from _outcomes(batch, stored)


def _store(corpus: Corpus, read: list[Read]) -> list[Stored]:
    store_marks(corpus, [(one.document, one.marks) for one in read])
    return corpus.add_documents([(one.document, one.data) for one in read]) if read else []


def _outcomes(batch: list[_Read], of_documents: list[Stored]) -> Iterator[Outcome]:
    stored = iter(of_documents)
    for item in batch:
        if isinstance(item, Outcome):
            if item.error is not None:  # its traceback would keep the bytes of the source in memory
                item.error.__traceback__ = item.error.__context__ = item.error.__cause__ = None
            yield item
        else:
            source = item.document.source
            yield Outcome(
                source.uri,
                next(stored).status,
                item.document.id,
                reader=source.reader,
                encoding=source.encoding,
                characters=len(item.document.text),
                seconds=item.seconds,
            )


def _too_old(read: Read, since: dt.date | None) -> Outcome | None:
    """A document of before the day that the user asks for."""
    day = read.document.date
    return Outcome(read.document.source.uri, "skipped") if since and day and day < since else None


class _Network:
    """Makes the fetcher of a run when the first page is asked for, and writes down what it fetched."""

    def __init__(self, corpus: Corpus, options: Options) -> None:
        self._corpus, self._options = corpus, options
        self._fetcher: Fetcher | None = None

    @property
    def used(self) -> bool:
        """Whether anything was fetched."""
        return self._fetcher is not None

    def fetcher(self) -> Fetcher:
        """The fetcher of this run."""
        if self._fetcher is None:
            from corpus.ingest.fetch import Fetcher
            from corpus.ingest.fetched import Memory

            self._fetcher = Fetcher(self._options.max_size, self._options.delay, Memory.of(self._corpus))
        return self._fetcher

    def listed(self) -> Iterator[Location]:
        """The pages that the user's feeds and sitemaps list."""
        if self._options.feeds or self._options.sitemaps:
            from corpus.ingest.walk import walk

            options = self._options
            yield from walk(options.feeds, options.sitemaps, options.since, self.fetcher())

    def remember(self) -> None:
        """Write down what was fetched, once the documents are stored."""
        if self._fetcher is not None:
            self._fetcher.memory.store(self._corpus)


def _shards(sources: Iterable[str], planner: Planner, network: _Network) -> Iterator[_Shard]:
    """Find and open sources; leave out what the corpus has."""
    shard = _Shard(0)
    for location in chain(locate(sources, any_file=planner.forced is not None), network.listed()):
        fetcher = network.fetcher() if location.uri.startswith("http") and not location.skipped else None
        for item in planner.tasks(location, fetcher):
            shard.items.append(item)
            if isinstance(item, Task):
                shard.size += len(item.raw.data)
            if shard.full():
                yield shard
                shard = _Shard(shard.number + 1)
    yield shard


def _read_all(shards: Iterator[_Shard], options: Options, languages: tuple[str, ...]) -> Iterator[_Read]:
    """Read shards, in this process or in several, and give the results in the order of the sources."""
    from corpus.engine import run

    work = partial(_read_shard, options=options, languages=languages)
    waiting: dict[int, list[_Read]] = {}
    following = 0
    for outcome in run(work, shards, workers=options.workers, describe=_first_uri):
        shard, result = outcome.item, outcome.result
        if result is None:  # a source made the process die; find out which
            result = []
            alone = [_Shard(number, [item]) for number, item in enumerate(shard.items)]
            for single in sorted(run(work, alone, workers=2, describe=_first_uri), key=lambda one: one.item.number):
                result += single.result or [Outcome(_first_uri(single.item), "failed", error=single.error)]
        waiting[shard.number] = result
        while following in waiting:
            yield from waiting.pop(following)
            following += 1


def _first_uri(shard: _Shard) -> str:
    return next((item.raw.place for item in shard.items if isinstance(item, Task)), "")


def _read_shard(shard: _Shard, options: Options, languages: tuple[str, ...]) -> list[_Read]:
    done: list[_Read] = []
    for item in shard.items:
        if isinstance(item, Outcome):
            done.append(item)
            continue
        done.extend(_read_task(item, options, languages))
    return done


def _read_task(task: Task, options: Options, languages: tuple[str, ...]) -> Iterator[_Read]:
    """Read one source; a failure is an outcome too."""
    reader = named(task.reader)
    since = time.perf_counter()

    def failed(error: MinberError) -> Outcome:
        return Outcome(task.raw.uri, "failed", error=error, reader=reader.id, seconds=time.perf_counter() - since)

    try:
        for found in read_documents(task.raw, task.sha256, reader, options, languages):
            if isinstance(found, MinberError):
                yield failed(found)
            else:
                yield found._replace(seconds=time.perf_counter() - since)
            since = time.perf_counter()
    except MinberError as error:
        yield failed(error)
    except BaseException as error:
        yield failed(unforeseen(error, task.raw.place))
