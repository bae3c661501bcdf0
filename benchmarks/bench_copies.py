"""Near copies among many documents: how many are found, and how long it takes.

    python benchmarks/bench_copies.py [DOCUMENTS]

Documents of 20 sentences are drawn from Russian news (NTREX, beside the project); three in ten are copies of an
earlier one: the same, with another lead (4 sentences become 2 others), or edited (3 sentences become others).
"""

from __future__ import annotations

import random
import resource
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from corpus.versions.reprints import Body, copies
from tests.quality.alignment import news


def documents(count: int, draw: random.Random) -> tuple[list[list[str]], dict[int, str]]:
    """Documents as lists of sentences, and how each of the copies among them was made."""
    sentences = [sentence for _, sentence in news("ru")]
    made: list[list[str]] = []
    how: dict[int, str] = {}
    for number in range(count):
        fresh = [draw.choice(sentences) for _ in range(20)]
        if made and draw.random() < 0.3:
            copy = list(draw.choice(made))
            how[number] = draw.choice(["same", "changed lead", "edited"])
            if how[number] == "changed lead":
                copy[:4] = fresh[:2]
            elif how[number] == "edited":
                for sentence in fresh[:3]:
                    copy[draw.randrange(len(copy))] = sentence
            fresh = copy
        made.append(fresh)
    return made, how


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 8000
    made, how = documents(count, random.Random(1))
    names = [f"{number:06}" for number in range(count)]
    bodies = [
        Body(name, "0" * 16, "ru", (name, ""), " ".join(sentences)) for name, sentences in zip(names, made, strict=True)
    ]
    start = time.process_time()
    found = copies(bodies)
    seconds = time.process_time() - start
    relation = dict(found.select("doc_id", "relation").iter_rows())
    told = Counter((kind, relation[names[number]]) for number, kind in how.items())
    strangers = sum(relation[name] is not None for number, name in enumerate(names) if number not in how)
    missed = sum(number for (_, got), number in told.items() if got is None)
    print(f"{len(how) - missed} of {len(how)} copies found, {strangers} strangers taken for copies")
    for (kind, got), number in sorted(told.items(), key=str):
        print(f"  {kind:13} told as {got}: {number}")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{count} documents in {seconds:.1f} s of CPU, {memory} MB")


if __name__ == "__main__":
    main()
