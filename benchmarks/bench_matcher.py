"""What lexicon matching adds to the time of the blank tokenizer on running Kazakh text.

    python benchmarks/bench_matcher.py [TEXT_FILE...] [--entries 2000] [--rounds 9]

The lexicon is the codebook's single words, filled up to the number asked for with rare words of the texts. In each
round a new tokenizer and a new lexicon read half of the documents, then both are timed, in turn, on the other
half, as in a corpus that is read once; the medians are printed. A second figure is for text whose every type is known.
"""

from __future__ import annotations

import argparse
import os
import time
from collections import Counter
from pathlib import Path
from statistics import median

from annotators.languages import blank
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
    fresh, known = [], []
    for _ in range(options.rounds):
        nlp, lexicon = blank("kk"), Lexicon(entries)
        for text in halves[0]:
            lexicon.matches(nlp(text))
        start = time.perf_counter()
        parsed = [nlp(text) for text in halves[1]]
        middle = time.perf_counter()
        for doc in parsed:
            lexicon.matches(doc)
        end = time.perf_counter()
        fresh.append((middle - start, end - middle))
        start = time.perf_counter()
        parsed = [nlp(text) for text in halves[1]]
        middle = time.perf_counter()
        for doc in parsed:
            lexicon.matches(doc)
        known.append((middle - start, time.perf_counter() - middle))
    tokens = sum(map(len, parsed))
    for name, times in (("new text", fresh), ("known text", known)):
        tokenizing, matching = (median(column) for column in zip(*times, strict=True))
        print(
            f"{name:10}  tokenizer {tokens / tokenizing:11,.0f} tokens/s   matcher {tokens / matching:11,.0f} tokens/s"
            f"   adds {matching / tokenizing:.1%}"
        )


if __name__ == "__main__":
    main()
