"""What lexicon matching adds to the time of the blank tokenizer on running Kazakh text.

    python benchmarks/matcher_speed.py TEXT_FILE... [--entries 2000] [--rounds 9]

The lexicon is the codebook's single words, filled up to the number asked for with rare words of the texts. Tokenizer
and matcher are timed in turn on the same texts, with warm caches (word types known), the best of the rounds.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from annotators.languages import blank
from annotators.languages.kk.morphology import Lexicon
from schemas.codebook import load_codebook


def best(rounds: int, work: Callable[[], object]) -> float:
    """Seconds of the fastest of several rounds."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def main() -> None:
    """Time both and print one line each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--entries", type=int, default=2000)
    parser.add_argument("--codebook", default="reforms")
    parser.add_argument("--rounds", type=int, default=9)
    options = parser.parse_args()
    texts = [path.read_text("utf-8") for path in options.files]
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
    lexicon = Lexicon(entries)
    tokens = sum(map(len, docs))
    cold = best(1, lambda: [lexicon.matches(doc) for doc in docs])
    tokenizing = matching = 1e9
    for _ in range(options.rounds):  # in turn, so that what else the machine does strikes both
        tokenizing = min(tokenizing, best(1, lambda: [nlp(text) for text in texts]))
        matching = min(matching, best(1, lambda: [lexicon.matches(doc) for doc in docs]))
    matches = sum(len(lexicon.matches(doc)) for doc in docs)
    print(f"{tokens} tokens, {len(counts)} types, {len(entries)} entries ({len(listed)} listed), {matches} matches")
    print(f"tokenizer {tokens / tokenizing:12,.0f} tokens/s")
    print(f"matcher   {tokens / matching:12,.0f} tokens/s, adds {matching / tokenizing:.1%}")
    print(f"matcher, no type known yet {tokens / cold:12,.0f} tokens/s")


if __name__ == "__main__":
    main()
