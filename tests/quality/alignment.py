"""Measure the aligner on parallel texts that stand beside the project.

    python -m tests.quality.alignment [SEED ...]     every figure, for each seed of shuffling (default: 101 102 103)

The aligner's numbers were set on another text (the topics of SIB-200, seed 1); the news of NTREX and the pages of
government sites are only measured on. A link is a sentence of the one text and one of the other in the same bead; right
are those of the same line, or, where lines were drawn together, of groups that share a line.
"""

from __future__ import annotations

import random
import sys
from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import cache
from itertools import combinations

from corpus.versions import Candidate, Text, align, pair
from corpus.versions.cut import sentence_ranges
from tests.conftest import SHARED

NEWS = SHARED / "data" / "ntrex_news_parallel"
SITES = SHARED / "data" / "kz_gov_news_kk_ru"
LANGUAGES = ("kk", "ru", "en")
PAIRS = tuple(combinations(LANGUAGES, 2))
Units = list[list[int]]
Aligner = Callable[[Text, Text], list[tuple[Sequence[int], Sequence[int]]]]


@cache
def news(lang: str) -> tuple[tuple[str, str], ...]:
    """Document and sentence, line by line."""
    rows = (NEWS / f"{lang}.tsv").read_text("utf-8").splitlines()
    return tuple((row.split("\t")[0], row.split("\t")[1]) for row in rows)


def ours(first: Text, second: Text) -> list[tuple[Sequence[int], Sequence[int]]]:
    """Minber's aligner."""
    return [(bead.first, bead.second) for bead in align(first, second)]


def by_length(first: Text, second: Text) -> list[tuple[Sequence[int], Sequence[int]]]:
    """NLTK's Gale and Church, which looks at lengths alone."""
    from nltk.translate.gale_church import align_blocks

    lengths = [[len(sentence) for sentence in text.sentences] for text in (first, second)]
    return [((one,), (two,)) for one, two in align_blocks(*lengths)]


def documents(count: int, size: int, seed: int) -> list[list[int]]:
    """Lines shuffled and dealt into documents of some size."""
    lines = list(range(count))
    random.Random(seed).shuffle(lines)
    return [lines[start : start + size] for start in range(0, count, size)]


def gaps(lines: list[int], draw: random.Random, share: float = 0.1) -> Units:
    """Leave out some lines and draw some together with the one before."""
    units: Units = []
    for line in lines:
        if draw.random() < share:
            continue
        if units and len(units[-1]) == 1 and draw.random() < share:
            units[-1].append(line)
        else:
            units.append([line])
    return units


def f1(right: int, found: int, wanted: int) -> float:
    """Harmonic mean of precision and recall."""
    return round(2 * right / max(found + wanted, 1), 4)


def shuffled(one: str, two: str, seed: int, size: int = 16, setup: str = "", aligner: Aligner = ours) -> float:
    """F1 of links in documents made of shuffled lines; `setup` is nothing, ``gaps`` or ``moved``."""
    sides = [[sentence for _, sentence in news(lang)] for lang in (one, two)]
    draw = random.Random(seed + 1)
    right = found = wanted = 0
    for lines in documents(len(sides[0]), size, seed):
        units = [gaps(lines, draw) if setup == "gaps" else [[line] for line in lines] for _ in sides]
        if setup == "moved":
            draw.shuffle(units[1])
        texts = [
            Text(lang, [" ".join(side[line] for line in unit) for unit in group])
            for lang, side, group in zip((one, two), sides, units, strict=True)
        ]
        links = {(i, j) for first, second in aligner(*texts) for i in first for j in second}
        gold = {(i, j) for i, a in enumerate(units[0]) for j, b in enumerate(units[1]) if set(a) & set(b)}
        right, found, wanted = right + len(links & gold), found + len(links), wanted + len(gold)
    return f1(right, found, wanted)


def as_text(one: str, two: str, seed: int, size: int = 16) -> float:
    """F1 of links of lines, where Minber cuts the sentences of running text itself."""
    right = found = wanted = 0
    for lines in documents(len(news(one)), size, seed):
        texts, line_of = [], []
        for lang in (one, two):
            sentences, places = [], []
            text, starts = "", []
            for line in lines:
                starts.append(len(text))
                sentence = news(lang)[line][1]
                text += sentence + (" " if sentence.rstrip("»”’\"'“)")[-1:] in ".!?…" else "\n")  # headings have a line
            for start, end in sentence_ranges(text, lang):
                sentences.append(text[start:end])
                places.append({n for n, s in enumerate(starts) if s < end and start < s + len(news(lang)[lines[n]][1])})
            texts.append(Text(lang, sentences))
            line_of.append(places)
        links = {
            (a, b)
            for first, second in ours(*texts)
            for i in first
            for j in second
            for a in line_of[0][i]
            for b in line_of[1][j]
        }
        right += sum(a == b for a, b in links)
        found, wanted = found + len(links), wanted + len(lines)
    return f1(right, found, wanted)


def in_order(one: str, two: str, aligner: Aligner = ours) -> float:
    """F1 of links in the news as they were published."""
    by_document: dict[str, list[int]] = defaultdict(list)
    for line, (name, _) in enumerate(news(one)):
        by_document[name].append(line)
    right = found = wanted = 0
    for lines in by_document.values():
        links = {
            (i, j)
            for first, second in aligner(*(Text(lang, [news(lang)[line][1] for line in lines]) for lang in (one, two)))
            for i in first
            for j in second
        }
        right, found, wanted = right + sum(i == j for i, j in links), found + len(links), wanted + len(lines)
    return f1(right, found, wanted)


def one_text(one: str, two: str) -> float:
    """F1 of links where all news are one text of 970 lines."""
    texts = (Text(lang, [sentence for _, sentence in news(lang)]) for lang in (one, two))
    links = {(i, j) for first, second in ours(*texts) for i in first for j in second}
    return f1(sum(i == j for i, j in links), len(links), len(news(one)))


def pages(name: str, aligner: Aligner = ours) -> float:
    """F1 of links of lines in a pair of files copied from a government site, against the numbers of the lines.

    The numbers drift: of 50 links that leave them, drawn at random, 45 were right when read.
    """
    texts, places = [], []
    for lang in ("kk", "ru"):
        lines = (SITES / f"{name}.{lang}.txt").read_text("utf-8").splitlines()
        places.append([place for place, line in enumerate(lines) if line.strip()])
        texts.append(Text(lang, [lines[place] for place in places[-1]]))
    links = {(places[0][i], places[1][j]) for first, second in aligner(*texts) for i in first for j in second}
    return f1(sum(i == j for i, j in links), len(links), len(set(places[0]) & set(places[1])))


def paired() -> tuple[float, float]:
    """Precision and recall of pairing the news by nothing but their words: no links, days or titles."""
    by_document: dict[tuple[str, str], list[str]] = defaultdict(list)
    for lang in LANGUAGES:
        for name, sentence in news(lang):
            by_document[name, lang].append(sentence)
    found = pair(
        [
            Candidate(f"{name}/{lang}", lang, f"file:{name}.{lang}", Text(lang, sentences))
            for (name, lang), sentences in by_document.items()
        ]
    )
    right = sum(one.first.rpartition("/")[0] == one.second.rpartition("/")[0] for one in found)
    return right / max(len(found), 1), right / (len(by_document) * 2 // 3)


def main() -> None:
    """Print every figure."""
    seeds = [int(seed) for seed in sys.argv[1:]] or [101, 102, 103]
    for one, two in PAIRS:
        for size in (16, 60):
            for setup in ("", "gaps", "moved"):
                got = [shuffled(one, two, seed, size, setup) for seed in seeds]
                print(f"{one}-{two} shuffled, {size} lines {setup:6}", *got, flush=True)
            print(
                f"{one}-{two} shuffled, {size} lines, as text",
                *[as_text(one, two, seed, size) for seed in seeds],
                flush=True,
            )
        print(f"{one}-{two} one text of all lines {one_text(one, two)}", flush=True)
        lengths = [shuffled(one, two, seed, 16, "gaps", by_length) for seed in seeds]
        print(f"{one}-{two} news as published {in_order(one, two)}; lengths alone, 16 lines gaps", *lengths, flush=True)
    for file in sorted(SITES.glob("*.kk.txt")):
        name = file.name.split(".")[0]
        print(f"kk-ru {name} {pages(name)}; lengths alone {pages(name, by_length)}", flush=True)
    print("pairing: precision, recall", *(round(figure, 4) for figure in paired()))


if __name__ == "__main__":
    main()
