"""CPU seconds and memory of the measures, ours and those of others, in one run.

    python benchmarks/bench_statistics.py [FOLDER] [--times 50] [--rounds 3] [--peers polars-corpus,conc,nltk]

FOLDER has ``texts``, plain texts whose names begin with a year, and ``out/tokens_raw.jsonl.gz``, a line a document:
{"doc_id": "1789-Washington", "tokens": [...]}. By default it is the inaugural addresses of the reference texts
(MINBER_SHARED); where they are missing, words are drawn by Zipf's law. Everything is repeated so many times.

Each peer is installed into an environment of its own under ~/.cache/minber/benchmarks, once. Each piece of work is a
process of its own; those of the same work follow each other, round by round, so that all meet the same load of the
machine. Given are medians over the rounds of user and system CPU time together.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("MINBER_SHARED", ROOT.parent / "shared"))
REFERENCE = SHARED / "goldens" / "quanteda" / "inaugural"
ENVIRONMENTS = Path.home() / ".cache" / "minber" / "benchmarks"
PEERS = {
    "polars-corpus": ("with_polars_corpus", ["polars-corpus==0.2.0", "polars<2"]),
    "conc": ("with_conc", ["conc==0.1.13"]),
    "nltk": ("with_nltk", ["nltk", "polars"]),
    "scikit-learn": ("with_sklearn", ["scikit-learn", "polars"]),
}


def environment(name: str, packages: list[str]) -> str:
    """The Python of a peer's environment, which is made if need be."""
    folder = ENVIRONMENTS / name
    python = folder / "bin" / "python"
    done = folder / "installed.txt"
    if not done.is_file() or done.read_text() != "\n".join(packages):
        print(f"installing {name} into {folder}", file=sys.stderr)
        venv.create(folder, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "-q", *packages], check=True)
        done.write_text("\n".join(packages))
    return str(python)


def write_corpus(source: Path | None, times: int, folder: Path) -> int:
    """Repeat the documents under new ids, small letters: as tokens, and as texts for those who cut for themselves."""
    import polars as pl

    texts = folder / "texts"
    texts.mkdir()
    if source is None:
        drawn = random.Random(1)
        types = ["the", *(f"word{number}" for number in range(9000)), "liberty"]
        weights = [1 / (rank + 1) for rank in range(len(types) - 1)] + [1 / 100]
        documents = {f"{1789 + 4 * n}-X": drawn.choices(types, weights, k=2300) for n in range(60)}
        whole = {name: " ".join(tokens) for name, tokens in documents.items()}
    else:
        with gzip.open(source / "out" / "tokens_raw.jsonl.gz", "rt", encoding="utf-8") as lines:
            documents = {row["doc_id"]: row["tokens"] for row in map(json.loads, lines)}
        whole = {name: (source / "texts" / f"{name}.txt").read_text("utf-8") for name in documents}
    frame = pl.DataFrame({"doc_id": list(documents), "token": list(documents.values())})
    frame = frame.explode("token").with_columns(pl.col("token").str.to_lowercase())
    parts = [frame.with_columns(doc_id=pl.format("{}#{}", "doc_id", pl.lit(number))) for number in range(times)]
    pl.concat(parts).write_parquet(folder / "tokens.parquet")
    for number in range(times):
        for name, text in whole.items():
            (texts / f"{name}-{number}.txt").write_text(text.lower(), "utf-8")
    return frame.height * times


def run(python: str, module: str, folder: Path, job: str = "") -> list[str]:
    """What one process prints, line by line; nothing where the peer fails."""
    command = [python, str(ROOT / "benchmarks" / "measures" / "run.py"), module, str(folder), *([job] if job else [])]
    surroundings = os.environ | ({"PYTHONPATH": str(ROOT)} if module == "minber" else {})
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=surroundings)
    if done.returncode:
        print(f"{module} {job}: {done.stderr.strip().splitlines()[-1]}", file=sys.stderr)
        return []
    return done.stdout.splitlines()


def main() -> None:
    """Print a row a measure and a tool."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path, nargs="?", default=REFERENCE if REFERENCE.is_dir() else None)
    parser.add_argument("--times", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--peers", default=",".join(PEERS), help="empty for none")
    options = parser.parse_args()
    tools = {"minber": (sys.executable, "minber")}
    for name in filter(None, options.peers.split(",")):
        module, packages = PEERS[name]
        tools[name] = (environment(name, packages), module)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        tokens = write_corpus(options.source, options.times, folder)
        able: dict[str, list[str]] = {}
        for name, (python, module) in tools.items():
            run(python, module, folder, "prepare")
            able[name] = run(python, module, folder)
        print(f"{tokens:,} tokens, {options.rounds} rounds\n")
        print("| measure | tool | CPU s | clock s | MB | Minber / tool |\n| --- | --- | --- | --- | --- | --- |")
        for job in able["minber"]:
            seen: dict[str, list[list[float]]] = {name: [] for name in tools if job in able[name]}
            for _ in range(options.rounds):
                for name, found in seen.items():
                    printed = run(*tools[name], folder, job)
                    found += [[float(number) for number in line.split()] for line in printed]
            ours = statistics.median(user + system for user, system, _, _ in seen["minber"])
            for name, rows in seen.items():
                if rows:
                    cpu = statistics.median(user + system for user, system, _, _ in rows)
                    clock, memory = (statistics.median(row[at] for row in rows) for at in (2, 3))
                    ratio = "" if name == "minber" else f"{ours / cpu:.2f}"
                    print(f"| {job} | {name} | {cpu:.2f} | {clock:.2f} | {memory:,.0f} | {ratio} |", flush=True)


if __name__ == "__main__":
    main()
