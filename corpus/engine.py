"""Where work runs: in this process, in a pool of processes, or on a Dask cluster.

A task is a function of one shard that returns rows; only shards and rows travel, never spaCy Docs, which cost twenty
times the work itself. Tasks write nothing: the caller commits each result as it comes, so a killed run loses only the
shards that were under way.
"""

from __future__ import annotations

import os
import re
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from importlib import import_module
from itertools import islice
from typing import Any, Generic, TypeVar

from corpus.garbage import collect_seldom
from schemas.errors import MinberError

Item = TypeVar("Item")
Result = TypeVar("Result")

_ALONE_AGAIN = 3
"""Deaths in a row, without a single result, after which the fault is not in the items."""

_CONNECT_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Outcome(Generic[Item, Result]):
    """One shard with what came of it: a result, or the error that it ended in."""

    item: Item
    result: Result | None = None
    error: MinberError | None = None


def run(
    function: Callable[[Item], Result],
    items: Iterable[Item],
    *,
    workers: int = 1,
    cluster: str | None = None,
    describe: Callable[[Item], str] = str,
) -> Iterator[Outcome[Item, Result]]:
    """Apply a function to shards, somewhere, and pass results on as they come.

    Items are taken from the iterable only as workers become free, so memory holds a few of them at a time.

    Parameters:
        function: importable by name (not a lambda); its argument and result are pickled.
        items: the shards.
        workers: number of processes; 1 works in this one.
        cluster: address of a Dask scheduler, which then decides on the number of workers.
        describe: names a shard in messages.

    Yields:
        an outcome for each item, in the order in which they are finished.

    Raises:
        MinberError: MB210 workers die whatever they are given; MB211 Dask is not installed, MB212 no scheduler
            answers, MB214 the cluster fails. An exception of the function itself is raised as it is.

    Example:
        >>> sorted(outcome.result for outcome in run(abs, [-1, -2]))
        [1, 2]
    """
    if cluster is not None:
        yield from _on_cluster(function, items, cluster, describe)
    elif workers > 1:
        yield from _in_processes(function, items, workers, describe)
    else:
        for item in items:
            yield Outcome(item, function(item))


def _in_processes(
    function: Callable[[Item], Result], items: Iterable[Item], workers: int, describe: Callable[[Item], str]
) -> Iterator[Outcome[Item, Result]]:
    waiting = iter(items)
    suspects: list[Item] = []
    deaths = 0  # since the last result
    while True:
        running: dict[Future[Result], Item] = {}
        with _Pool(workers) as pool:
            try:
                while True:
                    for item in islice(waiting, 2 * workers - len(running)):
                        suspects.append(item)  # until it is handed over, which fails where the pool has just broken
                        future = pool.submit(function, item)
                        running[future] = suspects.pop()
                    if not running:
                        return
                    for future in wait(running, return_when=FIRST_COMPLETED).done:
                        result = future.result()
                        deaths = 0
                        yield Outcome(running.pop(future), result)
            except BrokenProcessPool:
                suspects += running.values()
        # A process died (killed, out of memory, a crash in native code) and took the whole pool along. Whatever was
        # under way is run again, one item at a time, to find the one that kills.
        for item in suspects:
            with _Pool(1) as pool:
                try:
                    result = pool.submit(function, item).result()
                except BrokenProcessPool:
                    deaths += 1
                    error = MinberError("MB210", describe(item), count=2)
                    if deaths >= _ALONE_AGAIN:
                        raise error from None
                    yield Outcome(item, error=error)
                else:
                    deaths = 0
                    yield Outcome(item, result)
        suspects = []


class _Pool(ProcessPoolExecutor):
    """Fresh processes that know nothing of this one's threads and locks, and end when it ends."""

    def __init__(self, workers: int) -> None:
        from multiprocessing import get_context

        super().__init__(workers, mp_context=get_context("spawn"), initializer=_start_worker)

    def __exit__(self, *details: object) -> None:
        self.shutdown(wait=True, cancel_futures=True)


def _start_worker() -> None:
    """Leave Ctrl-C to the parent; die with it, even where it was killed (a waiting worker would stay for ever)."""
    from multiprocessing import parent_process
    from multiprocessing.connection import wait as wait_for

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    collect_seldom()
    parent = parent_process()
    if parent is None:
        return
    sentinel = parent.sentinel

    def watch() -> None:
        wait_for([sentinel])
        os._exit(1)

    threading.Thread(target=watch, daemon=True, name="minber-parent-watch").start()


def _on_cluster(
    function: Callable[[Item], Result], items: Iterable[Item], address: str, describe: Callable[[Item], str]
) -> Iterator[Outcome[Item, Result]]:
    try:
        dask: Any = import_module("distributed")
    except ImportError as error:
        raise MinberError("MB211") from error
    if not re.fullmatch(r"(\w+://)?[^\s/]+:\d+/?", address) or address.startswith("http"):
        raise MinberError("MB212", address, problem="this is no address of one")  # Dask would wait long and fall over
    try:
        client = dask.Client(address, timeout=_CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError, RuntimeError, ImportError) as error:  # TimeoutError is an OSError
        raise MinberError("MB212", address, problem=str(error).splitlines()[0] if str(error) else "no answer") from None
    with client:
        threads = sum(client.nthreads().values())
        if not threads:
            raise MinberError("MB212", address, problem="the scheduler has no workers")
        waiting = iter(items)
        running: dict[Any, Item] = {}
        done = dask.as_completed(loop=client.loop)
        while True:
            for item in islice(waiting, 2 * threads - len(running)):
                future = client.submit(function, item, pure=False)
                running[future] = item
                done.add(future)
            if not running:
                return
            try:
                future = next(done)
                item = running.pop(future)
                outcome: Outcome[Item, Result] = Outcome(item, future.result())
            except MinberError:
                raise
            except dask.KilledWorker:
                outcome = Outcome(item, error=MinberError("MB210", describe(item), count=4))
            except Exception as error:
                raise MinberError("MB214", address, problem=f"{type(error).__name__}: {error}") from error
            del future
            yield outcome
