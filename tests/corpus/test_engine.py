"""The three places where work runs: same results, and a dead worker is a message, not a hang."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from corpus import engine
from schemas.errors import MinberError


def square(number: int) -> int:
    return number * number


def die_at_seven(number: int) -> int:
    if number == 7:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def die(number: int) -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return number


def coded(number: int) -> int:
    raise MinberError("MB393", name=str(number), known="none")


def sleep_forever(number: int) -> int:
    time.sleep(600)
    return number


def _alive(pid: int) -> bool:
    state = Path(f"/proc/{pid}/stat")
    return state.exists() and state.read_text().rsplit(")", 1)[1].split()[0] != "Z"


@pytest.mark.parametrize("workers", [1, 3])
def test_every_item_once(workers: int) -> None:
    outcomes = list(engine.run(square, range(40), workers=workers))
    assert sorted(outcome.item for outcome in outcomes) == list(range(40))
    assert all(outcome.result == outcome.item**2 for outcome in outcomes)


def test_items_are_taken_only_as_workers_become_free() -> None:
    taken = 0

    def items() -> Iterator[int]:
        nonlocal taken
        for number in range(1000):
            taken += 1
            yield number

    outcomes = engine.run(square, items(), workers=2)
    next(outcomes)
    assert taken <= 8
    outcomes.close()


def test_killed_worker_costs_only_the_item_that_kills() -> None:
    outcomes = list(engine.run(die_at_seven, range(20), workers=2, describe=lambda item: f"item {item}"))
    failed = [outcome for outcome in outcomes if outcome.error is not None]
    assert [outcome.item for outcome in failed] == [7]
    assert failed[0].error is not None
    assert failed[0].error.code == "MB210"
    assert failed[0].error.place == "item 7"
    assert sorted(outcome.result for outcome in outcomes if outcome.error is None) == [n for n in range(20) if n != 7]


def test_workers_that_always_die_end_the_run() -> None:
    with pytest.raises(MinberError) as caught:
        list(engine.run(die, range(1000), workers=2))
    assert caught.value.code == "MB210"


def test_coded_error_comes_back_whole() -> None:
    with pytest.raises(MinberError) as caught:
        list(engine.run(coded, [1], workers=2))
    assert (caught.value.code, caught.value.values) == ("MB393", {"name": "1", "known": "none"})


@pytest.mark.slow
def test_workers_end_with_a_killed_parent(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(
        "import multiprocessing, threading, time\n"
        "from corpus import engine\n"
        "from tests.corpus.test_engine import sleep_forever\n"
        "def show():\n"
        "    while len(multiprocessing.active_children()) < 2: time.sleep(0.05)\n"
        "    time.sleep(1.5)\n"
        "    print(*[child.pid for child in multiprocessing.active_children()], flush=True)\n"
        "if __name__ == '__main__':\n"
        "    threading.Thread(target=show, daemon=True).start()\n"
        "    list(engine.run(sleep_forever, range(4), workers=2))\n"
    )
    with subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        children = [int(pid) for pid in parent.stdout.readline().split()]
        assert len(children) == 2
        assert all(map(_alive, children))
        parent.kill()
    deadline = time.monotonic() + 10
    while any(map(_alive, children)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not any(map(_alive, children))


def test_without_dask_the_message_says_so() -> None:
    code = (
        "import sys; sys.modules['distributed'] = None\n"
        "from corpus import engine\n"
        "from schemas.errors import MinberError\n"
        "try: list(engine.run(abs, [1], cluster='tcp://127.0.0.1:1'))\n"
        "except MinberError as error: print(error.code)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "MB211"


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "scheduler", "http://127.0.0.1:8786", "tcp://127.0.0.1"])
def test_no_scheduler(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr(engine, "_CONNECT_SECONDS", 1)
    with pytest.raises(MinberError) as caught:
        list(engine.run(square, [1], cluster=address))
    assert caught.value.code == "MB212"


@pytest.mark.slow
def test_dask_cluster_with_a_dying_worker() -> None:
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=50
    ) as cluster:
        outcomes = list(engine.run(square, range(30), cluster=cluster.scheduler_address))
        assert sorted(outcome.result or 0 for outcome in outcomes) == sorted(n * n for n in range(30))
        outcomes = list(engine.run(die_at_seven, [1, 7, 2], cluster=cluster.scheduler_address))
        assert {o.item: o.error.code if o.error else None for o in outcomes} == {1: None, 2: None, 7: "MB210"}
