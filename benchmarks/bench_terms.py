"""What matching words and phrases adds to the time of the blank tokenizer on running Kazakh text.

    python benchmarks/bench_terms.py [TEXT_FILE...] [--entries 2000] [--rounds 15]

The entries are a codebook's words and phrases, as many as asked for, each listed for its themes as when themes are
read. Timed as in bench_matcher.py: new tokenizer, grammar and matcher in each round, half of the documents read before.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from bench_matcher import compare, halve, speeches

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
    phrases = sum(" " in term for _, term, _, _ in entries)
    print(f"{len(entries)} entries, {phrases} of them phrases")
    tokens, matches = compare(lambda: TermMatcher("kk", entries).find, warm, read, options.rounds)
    print(f"{tokens} tokens, {matches} matches")


if __name__ == "__main__":
    main()
