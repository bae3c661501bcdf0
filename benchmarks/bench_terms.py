"""What matching words and phrases adds to the time of the blank tokenizer on running Kazakh text.

    python benchmarks/bench_terms.py [TEXT_FILE...] [--entries 2000] [--rounds 15]

The entries are a codebook's words and phrases, as many as asked for, each listed for its themes as when themes are
read. In each round a new tokenizer and a new matcher read half of the documents, then both are timed in turn (CPU time)
on the other half, as in a corpus that is read once, and once more, when every word type is known. Medians are printed.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from statistics import median

from bench_matcher import halve, speeches

from annotators.languages import blank
from annotators.terms import TermMatcher
from schemas.codebook import load_codebook


def main() -> None:
    """Time both and print one line for new and one for known text."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path, default=speeches())
    parser.add_argument("--entries", type=int, default=2000)
    parser.add_argument("--codebook", default="reforms")
    parser.add_argument("--rounds", type=int, default=15)
    options = parser.parse_args()
    warm, read = halve([path.read_text("utf-8") for path in options.files])
    entries = [
        (theme.id, term, entry.pos, entry.voice)
        for theme in load_codebook(options.codebook).themes
        for entry in theme.lexicon.get("kk", ())
        for term in entry.terms
    ]
    step = max(1, len(entries) / options.entries)
    entries = [entries[int(number * step)] for number in range(min(options.entries, len(entries)))]
    times: dict[str, list[tuple[float, float]]] = {"new text": [], "known text": []}
    for _ in range(options.rounds):
        nlp, matcher = blank("kk"), TermMatcher("kk", entries)
        for text in warm:
            matcher.find(nlp(text))
        for row in times.values():
            start = time.process_time()
            docs = [nlp(text) for text in read]
            middle = time.process_time()
            matches = [matcher.find(doc) for doc in docs]
            row.append((middle - start, time.process_time() - middle))
    tokens = sum(map(len, docs))
    phrases = sum(" " in term for _, term, _, _ in entries)
    print(f"{len(entries)} entries, {phrases} of them phrases; {tokens} tokens, {sum(map(len, matches))} matches")
    for name, row in times.items():
        tokenizing, matching = (median(column) / tokens * 1e6 for column in zip(*row, strict=True))
        print(
            f"{name:10}  tokenizer {tokenizing:6.2f} µs a token   matcher {matching:6.2f}"
            f"   adds {matching / tokenizing:.0%}"
        )


if __name__ == "__main__":
    main()
