"""CPU seconds of the measures on a corpus in Parquet, ours and polars-corpus's, in one run.

    python benchmarks/bench_statistics.py [TOKENS.jsonl.gz] [--times 50] [--peer PYTHON]

TOKENS.jsonl.gz holds a line a document, {"doc_id": "1789-Washington", "tokens": [...]}; it is repeated so many times.
Without it the inaugural addresses of the reference texts are taken (MINBER_SHARED), or else words drawn by Zipf's law.
PYTHON is the interpreter of an environment with polars-corpus, which needs polars 1; each tool runs in a process of its
own and reads the same Parquet file into memory first. The time is user CPU.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

SHARED = Path(os.environ.get("MINBER_SHARED", Path(__file__).parents[2] / "shared"))
REFERENCE = SHARED / "goldens" / "quanteda" / "inaugural" / "out" / "tokens_np.jsonl.gz"

OURS = """
import polars as pl
from corpus.stats import *
import scipy.special, scipy.stats  # imports are not timed, here as there
frame = pl.read_parquet(path)
target = pl.col("doc_id").str.slice(0, 4).cast(pl.Int32) > 1945
jobs = {
    "frequency list": lambda: frequency(frame),
    "keyness": lambda: keyness(frame, target),
    "kwic liberty": lambda: kwic(frame, "liberty", valuetype="fixed", case_sensitive=True),
    "kwic the": lambda: kwic(frame, "the", valuetype="fixed", case_sensitive=True),
    "kwic liberty, any case": lambda: kwic(frame, "liberty"),
    "dispersion, 7 measures": lambda: dispersion(frame),
    "bigram collocations": lambda: collocations(frame, 2, 5),
    "collocates of liberty": lambda: collocates(frame, "liberty"),
    "TTR, K, I, D, Vm": lambda: diversity(frame, ["TTR", "K", "I", "D", "Vm"]),
    "MATTR": lambda: diversity(frame, ["MATTR"]),
    "MTLD": lambda: diversity(frame, ["MTLD"]),
}
"""

PEER = """
import polars as pl, polars_corpus as plc
frame = pl.read_parquet(path)
frame = frame.rename({"doc_id": "file_id"})
year = pl.col("file_id").str.slice(0, 4).cast(pl.Int32)
jobs = {
    "frequency list": lambda: plc.frequency_list(frame, "token"),
    "keyness": lambda: plc.keywords(frame.filter(year > 1945), frame.filter(year <= 1945), "token", "ll"),
    "kwic liberty": lambda: plc.search_cqp(frame, '[token="liberty"]').concordance("token", window=5),
    "kwic the": lambda: plc.search_cqp(frame, '[token="the"]').concordance("token", window=5),
    "dispersion, 7 measures": lambda: plc.dispersion(frame, "token", ["d", "dp"]),
    "collocates of liberty": lambda: plc.collocations(plc.search(frame, "liberty"), "token", "ll", window=5),
    "MTLD": lambda: frame.group_by("file_id").agg(plc.mtld("token")),
}
"""

RUN = """
import resource, sys
path, wanted = sys.argv[1:]
def used():
    return resource.getrusage(resource.RUSAGE_SELF).ru_utime
{tool}
if wanted == "?":
    print("\\n".join(jobs))
else:
    start = used()
    result = jobs[wanted]()
    result = result.collect() if isinstance(result, pl.LazyFrame) else result
    print(used() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def write_corpus(source: Path | None, times: int, path: Path) -> int:
    """Repeat the documents under new ids; small letters."""
    import polars as pl

    if source is None:
        drawn = random.Random(1)
        types = ["the", *(f"word{number}" for number in range(9000)), "liberty"]
        weights = [1 / (rank + 1) for rank in range(len(types) - 1)] + [1 / 100]
        documents = [
            {"doc_id": f"{1789 + 4 * number}-X", "tokens": drawn.choices(types, weights, k=2300)}
            for number in range(60)
        ]
    else:
        with gzip.open(source, "rt", encoding="utf-8") as lines:
            documents = [json.loads(line) for line in lines]
    frame = pl.DataFrame({"doc_id": [d["doc_id"] for d in documents], "token": [d["tokens"] for d in documents]})
    frame = frame.explode("token").with_columns(pl.col("token").str.to_lowercase())
    parts = [frame.with_columns(doc_id=pl.format("{}#{}", "doc_id", pl.lit(number))) for number in range(times)]
    pl.concat(parts).write_parquet(path)
    return frame.height * times


def measure(python: str, tool: str, path: Path, job: str) -> list[str]:
    """Run one job in a process of its own; what it prints."""
    done = subprocess.run(
        [python, "-c", RUN.replace("{tool}", tool), str(path), job], capture_output=True, text=True, check=False
    )
    return done.stdout.split("\n" if job == "?" else None) if not done.returncode else []


def main() -> None:
    """Print a line a measure: seconds of CPU of both, their ratio, our peak memory."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path, nargs="?", default=REFERENCE if REFERENCE.is_file() else None)
    parser.add_argument("--times", type=int, default=50)
    parser.add_argument("--peer", help="Python with polars-corpus")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tokens.parquet"
        print(f"{write_corpus(options.source, options.times, path):,} tokens")
        print(f"{'measure':26} {'Minber s':>9} {'peer s':>9} {'ratio':>6} {'MB':>6}")
        theirs = measure(options.peer, PEER, path, "?") if options.peer else []
        for job in filter(None, measure(sys.executable, OURS, path, "?")):
            seconds, memory = measure(sys.executable, OURS, path, job)
            other = measure(options.peer, PEER, path, job) if options.peer and job in theirs else []
            shown = f"{float(other[0]):9.2f} {float(seconds) / float(other[0]):6.2f}" if other else f"{'-':>9} {'-':>6}"
            print(f"{job:26} {float(seconds):9.2f} {shown} {int(memory):6,}", flush=True)


if __name__ == "__main__":
    main()
