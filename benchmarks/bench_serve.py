"""How many sentences a second the recommender labels on one core, asked over loopback as Doccano asks it.

    python benchmarks/bench_serve.py [--requests 600] [--clients 2]

The service runs as users run it (`minber serve`), held to one core where the system can. Every sentence is new to it,
so that nothing comes from what it keeps. Requests a second of its own CPU time are what one free core would do; wall
time depends on what else the machine does. A first text of each language is asked before the clock starts, for it
loads the model.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median

import requests
from bench_matcher import speeches

import annotators
from corpus.store import init_corpus

TOKEN = "only-for-this-benchmark"
LIMIT = 5000  # requests: this is a measure, no attack on the machine


def sentences() -> list[str]:
    """Sentences of Kazakh speeches, each once."""
    nlp = annotators.pipeline("kk", components=("minber_sentences",))
    found = (sent.text.strip() for path in speeches() for sent in nlp(path.read_text("utf-8")).sents)
    return [text for text in dict.fromkeys(found) if len(text) > 20]


def cpu_seconds(pid: int) -> float:
    """CPU time that a process has taken (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def ask(url: str, texts: list[str], clients: int, **question: str) -> Iterator[float]:
    """Ask for all texts and yield how long each answer took."""

    def one(batch: list[str]) -> list[float]:
        taken = []
        with requests.Session() as session:
            session.headers["Authorization"] = f"Bearer {TOKEN}"
            for text in batch:
                start = time.perf_counter()
                session.post(f"{url}/label", json={"text": text}, params=question, timeout=30).raise_for_status()
                taken.append(time.perf_counter() - start)
        return taken

    with ThreadPoolExecutor(clients) as pool:
        for taken in pool.map(one, [texts[number::clients] for number in range(clients)]):
            yield from taken


def main() -> None:
    """Start the service, ask, print a line for each way to ask."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=600)
    parser.add_argument("--clients", type=int, default=2)
    options = parser.parse_args()
    found = sentences()
    wanted = min(options.requests, LIMIT, len(found) - 1)
    first, texts = found[0], found[1 : wanted + 1]
    with tempfile.TemporaryDirectory() as folder:
        init_corpus(Path(folder) / "c", name="Bench")
        minber = [sys.executable, "-c", "from corpus.cli import main; main()", "--corpus", f"{folder}/c"]
        process = subprocess.Popen(
            [*minber, "serve", "--port", "0", "--quiet"],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "MINBER_SERVICE_TOKEN": TOKEN},
        )
        try:
            if hasattr(os, "sched_setaffinity"):
                os.sched_setaffinity(process.pid, {min(os.sched_getaffinity(0))})
            url = process.stdout.readline().strip() if process.stdout else ""
            list(ask(url, [first], 1))
            print(f"{len(texts)} sentences, median {median(map(len, texts)):.0f} letters; {options.clients} clients")
            for name, question, asked in (
                ("themes, new sentences", {"layout": "themes"}, texts),
                ("the same, known", {"layout": "themes"}, texts[-400:]),
                ("voices, new, answers noted", {"layout": "voices", "part": "spans", "project": "1-bench"}, texts),
            ):
                before, start = cpu_seconds(process.pid), time.perf_counter()
                taken = sorted(ask(url, asked, options.clients, **question))
                late = 1000 * taken[int(0.95 * len(taken))]
                wall, cpu = time.perf_counter() - start, cpu_seconds(process.pid) - before
                print(
                    f"{name:28} {len(taken) / wall:6.0f} a second   {len(taken) / cpu:6.0f} a CPU second"
                    f"   median {1000 * median(taken):5.1f} ms   95 % under {late:5.1f} ms"
                )
        finally:
            process.terminate()
            process.wait(20)


if __name__ == "__main__":
    main()
