"""How long ``minber --help`` takes against importing typer alone, in processes of their own, in turn.

python benchmarks/bench_startup.py [--rounds 15]
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
from statistics import median

HELP = "import sys; sys.argv = ['minber', '--help']; from corpus.cli import main; main()"


def seconds(code: str) -> float:
    """CPU seconds of a new interpreter that runs some code."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Print both and the median of their ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=15)
    options = parser.parse_args()
    pairs = [(seconds(HELP), seconds("import typer")) for _ in range(options.rounds)]
    ours, typer = (median(column) for column in zip(*pairs, strict=True))
    print(f"minber --help {ours:.3f} s, import typer {typer:.3f} s, ratio {median(a / b for a, b in pairs):.2f}")


if __name__ == "__main__":
    main()
