"""Push and pull against what the bare server needs for the same import and export, in turns within one run.

Starts a server of its own in a temporary folder. "Bare" is the server alone: ready-made files of 1,000 rows, uploaded
one after the other, and one export. Ours is the whole command as people run it, with Python's start, reading the
corpus, the proof and the books; its peak memory is that of the process.

Run: python benchmarks/bench_sync.py [UNITS [ROUNDS]]
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import polars as pl

from corpus.doccano import server
from corpus.doccano.books import example_uuid
from corpus.doccano.client import Client
from corpus.doccano.layouts import LAYOUTS, upload_row
from corpus.doccano.project import prepare_project
from corpus.doccano.units import collect_units
from corpus.store import Corpus, init_corpus, open_corpus
from schemas.document import Document, Source
from schemas.tables import ANNOTATIONS

UNITS_A_DOCUMENT = 100
WORDS = ["диалог", "сайлау", "парламент", "сот", "билік"]


def make(folder: Path, name: str, url: str, units: int) -> Corpus:
    """A corpus of sentences with one theme each and five words that caused it."""
    init_corpus(folder, name=name)
    with (folder / "minber.toml").open("a", encoding="utf-8") as file:
        file.write(f'\n[doccano]\nurl = "{url}"\nusername = "admin"\nlayout = "themes"\nlanguage = "kk"\n')
    made = open_corpus(folder)
    now = dt.datetime.now(dt.UTC)
    items, rows = [], []
    for first in range(0, units, UNITS_A_DOCUMENT):
        lines = [
            f"Сөйлем {number}: қоғамдық {WORDS[0]} пен {WORDS[1]} туралы, {WORDS[2]} мен {WORDS[3]} жүйесі және "
            f"жергілікті {WORDS[4]} жаңғыртылды, оның жаңа үлгісі қалыптасты деп айтуға болады 😀."
            for number in range(first, min(units, first + UNITS_A_DOCUMENT))
        ]
        text = "\n".join(lines)
        data = text.encode()
        source = Source(uri=f"bench:{first}", retrieved=now, sha256=hashlib.sha256(data).hexdigest(), reader="text@1")
        document = Document(id=f"d{first}", lang="kk", title=f"Title {first}", source=source, text=text)
        items.append((document, data))
        start = 0
        for line in lines:
            place = {"doc_id": document.id, "revision": document.revision, "start": start, "end": start + len(line)}
            evidence = [[start + line.index(word), start + line.index(word) + len(word)] for word in WORDS]
            shared = {"score": 1.0, "annotator": "b@1", "origin": "machine", "created": now, "run": "b"}
            rows.append({"layer": "sentence", "label": "sentence", "attributes": "{}", **place, **shared})
            attributes = json.dumps({"evidence": evidence})
            rows.append({"layer": "theme", "label": "dialogue", "attributes": attributes, **place, **shared})
            start += len(line) + 1
    made.add_documents(items)
    made.append("annotations", pl.DataFrame(rows, schema=ANNOTATIONS))
    return made


def seconds(action: Callable[[], object]) -> float:
    began = time.perf_counter()
    action()
    return time.perf_counter() - began


def command(corpus: Corpus, password: str, *words: str) -> tuple[float, float]:
    """Run ``minber``; returns seconds and peak megabytes.

    What the operating system tells of a process that has ended counts the memory of the one that started it too, so the
    peak is asked for while it runs.
    """
    program = Path(sys.executable).with_name("minber")
    environment = os.environ | {"MINBER_DOCCANO_PASSWORD": password}
    began = time.perf_counter()
    process = subprocess.Popen([program, "--corpus", corpus.path, *words], env=environment)
    peak, status = 0, Path(f"/proc/{process.pid}/status")
    while process.poll() is None:
        with contextlib.suppress(OSError, IndexError):
            peak = int(status.read_text().partition("VmHWM:")[2].split()[0])
        time.sleep(0.02)
    took = time.perf_counter() - began
    if process.returncode:
        sys.exit(f"minber {' '.join(words)} failed")
    return took, peak / 1024


def bare_import(client: Client, corpus: Corpus, name: str) -> tuple[float, int]:
    """Upload the same rows as ready-made files, one after the other."""
    layout = LAYOUTS["themes"]
    project = prepare_project(client, name, layout, corpus.codebook, "kk", corpus.runs)
    names = project.names()
    units = collect_units(corpus, layout, "sentence", "kk").units
    rows = [
        upload_row(layout, unit.text, unit.labels, names, unit.meta, example_uuid(project.id or 0, unit.unit_id))
        for unit in units
    ]
    assert project.id is not None

    def upload() -> None:
        for first in range(0, len(rows), 1000):
            client.upload(project.id, rows[first : first + 1000], f"bare-{first}.jsonl")

    return seconds(upload), project.id


def bare_export(client: Client, project: int) -> float:
    """Export and read, one row after the other."""
    return seconds(lambda: sum(1 for _ in client.export(project)))


def people_work(client: Client, project: int, number: int) -> None:
    """Set check marks, several at a time."""
    examples = client.newest_examples(project, client.count(project), number)

    def confirm(rows: list[dict[str, object]]) -> None:
        for row in rows:
            client.toggle_confirmation(project, int(str(row["id"])))

    threads = [threading.Thread(target=confirm, args=(examples[first::2],)) for first in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def main(units: int, rounds: int) -> None:
    folder = Path(tempfile.mkdtemp(prefix="minber-bench-"))
    home = folder / "server"
    url = server.up(home, port=0)
    password = server.password_file(home).read_text().strip()
    figures: dict[str, list[float]] = {}
    try:
        for turn in range(rounds):
            client = Client(url, "admin", password)
            corpus = make(folder / f"c{turn}", f"Bench {turn}", url, units)
            result: dict[str, float] = {}
            result["bare import"], project = bare_import(client, corpus, f"bare {turn}")
            result["push"], result["push MB"] = command(corpus, password, "push", "--quiet")
            result["second push"], result["second push MB"] = command(corpus, password, "push", "--quiet")
            ratios = {
                "push / bare import": result["push"] / result["bare import"],
                "second push / push": result["second push"] / result["push"],
            }
            [own] = corpus.units.collect()["project_id"].unique().to_list()
            before = result["bare export"] = bare_export(client, project)
            for name in ("first pull", "second pull", "pull, a twentieth confirmed"):
                if name not in ("first pull", "second pull"):
                    people_work(client, own, units // 20)
                result[name], result[f"{name} MB"] = command(corpus, password, "pull", "--quiet")
                after = bare_export(client, project)  # a server that was at work for long exports more slowly
                ratios[f"{name} / exports before and after"] = result[name] / statistics.mean((before, after))
                before = after
            for name, value in (result | ratios).items():
                figures.setdefault(name, []).append(value)
                print(f"round {turn + 1}  {name:45} {value:8.2f}", flush=True)
            client.delete_project(project)
            client.delete_project(own)
            client.close()
    finally:
        server.down(home, purge=True)
    print(f"\n{units} units of 5 spans and a category, medians of {rounds} round(s)")
    for name, values in figures.items():
        print(f"{name:45} {statistics.median(values):8.2f}")


if __name__ == "__main__":
    arguments = [int(word) for word in sys.argv[1:]]
    main(*(arguments + [10_000, 1][len(arguments) :]))
