"""kill -9 at random moments of the real commands: the corpus opens, and the same command finishes the work.

After every kill, what readers see is compared with a corpus that nobody killed: each document is there whole or not at
all, and each document's annotations are exactly right or not there yet. The seed of a failing run is printed;
MINBER_CRASH_SEED repeats it.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import corpus
import schemas

DOCUMENTS = 384
REVISED = 192
KILLS = 8  # at most, of one command before it may finish
WANTED_KILLS = 20
BUNDLED = Path(corpus.__file__).parent / "demo" / "data"

CODEBOOK = Path(schemas.__file__).parent / "data" / "codebooks" / "reforms.yaml"

ORDER = ["doc_id", "revision", "layer", "start", "end", "label", "attributes"]

COMMAND = [sys.executable, "-c", "from corpus.cli import main; main()"]


def write_texts(folder: Path, rng: random.Random, numbers: range) -> None:
    """Texts of the length of a news report, no two alike, from the sentences of bundled speeches."""
    pools = [
        [line for line in path.read_text(encoding="utf-8").split("\n") if len(line) > 60]
        for path in sorted(BUNDLED.glob("*.txt"))
    ]
    folder.mkdir(exist_ok=True)
    for number in numbers:
        pool = pools[number % len(pools)]
        lines, size = [f"№ {number} / {rng.randrange(10**9)}"], 0
        while size < 2500:
            lines.append(rng.choice(pool))
            size += len(lines[-1])
        (folder / f"speech{number:04}.txt").write_text("\n\n".join(lines) + "\n", encoding="utf-8")


def minber(folder: Path, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*COMMAND, "--corpus", str(folder), *words],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        stdin=subprocess.DEVNULL,
    )


def complete(folder: Path, *words: str) -> str:
    process = minber(folder, *words)
    _, said = process.communicate(timeout=200)
    assert process.returncode == 0, said
    return said


def documents(folder: Path) -> pl.DataFrame:
    return corpus.open(folder).revisions.drop("retrieved").sort("id", "sequence").collect()


def annotations(folder: Path) -> pl.DataFrame:
    rows = corpus.open(folder).annotations.drop("created")
    return rows.sort(ORDER).collect()


def raw_files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (folder / "raw").rglob("*.gz")}


def commits(folder: Path, table: str) -> int:
    return len(list((folder / table / "_delta_log").glob("*.json")))


@dataclass
class Killer:
    """Runs a command again and again, killing it, until it has been killed often enough or is done."""

    rng: random.Random
    kills: int = 0
    moments: list[str] = field(default_factory=list)

    def wear_down(self, folder: Path, table: str, words: list[str], check: Callable[[], None]) -> None:
        for _ in range(KILLS):
            start = commits(folder, table)
            more = [] if self.rng.random() < 0.7 else ["--workers", "2"]
            process = minber(folder, *words, *more)
            wanted = self.rng.randint(0, 2)
            while process.poll() is None and commits(folder, table) < start + wanted:
                time.sleep(0.002)
            time.sleep(self.rng.uniform(0.0, 1.2 if wanted == 0 else 0.25))
            process.kill()
            _, said = process.communicate(timeout=30)
            if process.returncode == 0:
                break
            assert process.returncode == -9, said
            self.kills += 1
            self.moments.append(f"{words[0]} {more} after {commits(folder, table) - start} commits")
            check()
        complete(folder, *words)


@pytest.fixture
def rng() -> Iterator[random.Random]:
    seed = int(os.environ.get("MINBER_CRASH_SEED") or random.SystemRandom().randrange(10**6))
    print(f"MINBER_CRASH_SEED={seed}")
    return random.Random(seed)


@pytest.mark.slow
def test_killed_at_random_moments(tmp_path: Path, rng: random.Random) -> None:
    texts, control, victim = tmp_path / "texts", tmp_path / "control", tmp_path / "victim"
    killer = Killer(rng)
    for folder in (control, victim):
        corpus.init(folder, codebook=CODEBOOK)
    right = annotations(control)

    def check() -> None:
        wanted, found = documents(control), documents(victim)
        assert found.select(pl.struct("id", "sequence").is_duplicated().any()).item() is False
        keys = ["id", "sequence"]
        assert_frame_equal(found, wanted.join(found, on=keys, how="semi").sort(keys))
        kept = raw_files(victim)
        assert {f"{sha256}.gz" for sha256 in found["sha256"]} <= kept.keys()
        rows = annotations(victim)
        seen = rows.select("doc_id", "revision").unique()
        assert_frame_equal(rows, right.join(seen, on=["doc_id", "revision"], how="semi", maintain_order="left"))

    for turn in range(6):
        if turn >= 2 and killer.kills >= WANTED_KILLS:
            break
        write_texts(texts, rng, range(REVISED if turn else DOCUMENTS))  # at first all are new, then half have changed
        complete(control, "ingest", str(texts))
        killer.wear_down(victim, "documents", ["ingest", str(texts)], check)
        complete(control, "annotate")
        right = pl.concat([right, annotations(control)]).unique().sort(ORDER)
        killer.wear_down(victim, "annotations", ["annotate"], check)

        assert_frame_equal(documents(victim), documents(control))
        assert raw_files(victim) == raw_files(control)
        assert annotations(control)["doc_id"].n_unique() == DOCUMENTS
        assert_frame_equal(annotations(victim), annotations(control))
        before = commits(victim, "documents"), commits(victim, "annotations")
        complete(victim, "ingest", str(texts))
        complete(victim, "annotate")
        assert (commits(victim, "documents"), commits(victim, "annotations")) == before

    print(*killer.moments, sep="\n")
    assert killer.kills >= WANTED_KILLS
    shutil.rmtree(tmp_path)
