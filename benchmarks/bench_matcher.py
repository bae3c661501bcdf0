"""What lexicon matching adds to the time of the blank tokenizer on running Kazakh text.

    python benchmarks/bench_matcher.py [TEXT_FILE...] [--entries 2000] [--rounds 9]

The lexicon is the codebook's single words, filled up to the number asked for with rare words of the texts. In each
round a new tokenizer, a new grammar and a new lexicon read half of the documents; then the other half is read as in a
corpus that is read once: each document is tokenized and matched, both timed by CPU time. A second figure is for the
same documents read once more, when every word type is known. Printed are medians over the rounds, also of the ratio.
"""

from __future__ import annotations

import argparse
import os
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from annotators.languages import blank
from annotators.languages.inflection import grammar
from annotators.languages.kk.morphology import Lexicon
from schemas.codebook import load_codebook


def halve(texts: list[str]) -> tuple[list[str], list[str]]:
    """Documents of at most twenty lines each: every second one, and the others."""
    documents = []
    for text in texts:
        lines = [line for line in text.splitlines() if line.strip()]
        documents += ["\n".join(lines[start : start + 20]) for start in range(0, len(lines), 20)]
    return documents[::2], documents[1::2]


def speeches() -> list[Path]:
    """Speeches of the reference folder (``MINBER_SHARED``, default beside the project), else the bundled one."""
    root = Path(__file__).resolve().parents[1]
    shared = Path(os.environ.get("MINBER_SHARED") or root.parent / "shared")
    found = sorted((shared / "data" / "akorda_speeches_kk" / "txt").glob("*.txt"))
    return found or [root / "corpus" / "demo" / "data" / "speech-kk.txt"]


Matching = Callable[[Any], Sequence[Any]]
"""Finds what a Doc holds."""


def compare(make: Callable[[], Matching], warm: list[str], read: list[str], rounds: int) -> tuple[int, int]:
    """Time tokenizer and matcher on the same documents, in turn, and print a line for new and one for known text.

    Parameters:
        make: builds a new matcher.
        warm: documents read before, so that tokenizer and matcher are in the middle of a corpus.
        read: documents timed, twice.
        rounds: how often all of it is done.

    Returns:
        tokens and matches of the documents timed.
    """
    times: dict[str, list[tuple[float, float]]] = {"new text": [], "known text": []}
    for _ in range(rounds):
        grammar.cache_clear()  # its chains of suffixes are a cache too
        nlp, match = blank("kk"), make()
        for text in warm:
            match(nlp(text))
        for row in times.values():
            tokenizing = matching = 0.0
            tokens = matches = 0
            for text in read:
                start = time.process_time()
                doc = nlp(text)
                middle = time.process_time()
                found = match(doc)
                end = time.process_time()
                tokenizing += middle - start
                matching += end - middle
                tokens += len(doc)
                matches += len(found)
            row.append((tokenizing / tokens * 1e6, matching / tokens * 1e6))
    for name, row in times.items():
        tokenizing, matching = (median(column) for column in zip(*row, strict=True))
        ratio = median(matched / tokenized for tokenized, matched in row)
        print(f"{name:10}  tokenizer {tokenizing:6.2f} µs a token   matcher {matching:6.2f}   adds {ratio:.0%}")
    return tokens, matches


def main() -> None:
    """Time both and print one line for new and one for known text."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path, default=speeches())
    parser.add_argument("--entries", type=int, default=2000)
    parser.add_argument("--codebook", default="reforms")
    parser.add_argument("--rounds", type=int, default=9)
    options = parser.parse_args()
    texts = [path.read_text("utf-8") for path in options.files]
    halves = halve(texts)
    nlp = blank("kk")
    docs = [nlp(text) for text in texts]
    counts = Counter(token.norm_ for doc in docs for token in doc if token.is_alpha and len(token) > 3)
    listed = [
        (term, entry.pos, entry.voice)
        for theme in load_codebook(options.codebook).themes
        for entry in theme.lexicon.get("kk", ())
        for term in entry.terms
        if " " not in term and "…" not in term
    ]
    rare = [(word, "N", False) for word, count in counts.items() if count == 1]
    entries = list(dict.fromkeys(listed + rare))[: options.entries]
    print(f"{sum(map(len, docs))} tokens, {len(counts)} types, {len(entries)} entries ({len(listed)} listed)")
    compare(lambda: Lexicon(entries).matches, *halves, options.rounds)


if __name__ == "__main__":
    main()
