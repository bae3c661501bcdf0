"""Learn from plain Kazakh text which roots and which suffixes are likely; writes kk/lemmas.tsv and kk/chains.tsv.

    python benchmarks/learn_kazakh_lemmas.py TEXT... [--out annotators/languages/kk]

No labels are used. Each word type is cut in every legal way (annotators.languages.kk.lemmas.cuts); expectation
maximisation then finds the weights of roots and suffixes under which the types are likeliest, with a discount on each
root so that roots seen in several forms win. The files in the repository were learnt from six speeches of akorda.kz
(MIT) and the validation part of KazNERD (CC BY 4.0, Yeshpanov, Khassanov and Varol 2022): only words and weights stay.
TEXT is plain text, or KazNERD's one-token-a-line format (*.txt whose lines end in a tag).
"""

from __future__ import annotations

import argparse
import math
import re
from collections import Counter, defaultdict
from pathlib import Path

from annotators.languages.kk.lemmas import LETTER, UNSEEN_ROOT, UNSEEN_STEP, Cut, cuts
from annotators.languages.scripts import repair

WORD = re.compile("[а-яәғқңөұүһіё]+(?:-[а-яәғқңөұүһіё]+)*")
TAGGED = re.compile(r"^(\S+) (?:O|[BI]-[A-Z_]+)$", re.MULTILINE)
Root = tuple[str, str]
PLURAL_SHARE = 0.05
"""A plural goes where its singular weighs more than this share of it; speeches say азаматтар more than азамат."""
VERB_FORMS = 3
"""In how many forms a verb root must be seen; нарықтық alone does not make a verb *нарығу."""


def count(paths: list[Path]) -> Counter[str]:
    """Word types of the texts and how often each stands there."""
    types: Counter[str] = Counter()
    for path in paths:
        text = path.read_text("utf-8")
        words = TAGGED.findall(text) or re.findall(r"[\w-]+", text)
        types.update(word for word in (repair(word).lower() for word in words) if WORD.fullmatch(word))
    return types


def learn(types: Counter[str], rounds: int, discount: float) -> tuple[dict[Root, float], dict[tuple[str, str], float]]:
    """Weights of roots, and logarithms of the probability of each suffix in its slot."""
    ways: dict[str, list[Cut]] = {word: cuts(word) for word in types}
    roots: dict[Root, float] = {}
    steps: dict[tuple[str, str], float] = {}
    for turn in range(rounds):
        total = sum(roots.values()) + UNSEEN_ROOT
        new_roots: defaultdict[Root, float] = defaultdict(float)
        new_steps: defaultdict[tuple[str, str], float] = defaultdict(float)
        forms: Counter[Root] = Counter()
        for word, found in ways.items():
            scores = []
            for cut in found:
                if turn:
                    unseen = UNSEEN_ROOT * math.exp(-LETTER * len(cut.root))
                    score = math.log((roots.get((cut.root, cut.pos), 0.0) + unseen) / total)
                    score += sum(steps.get(edge, UNSEEN_STEP) for edge in cut.edges)
                else:
                    score = -0.3 * len(cut.root) - 0.7 * len(cut.edges)
                scores.append(score)
            top = max(scores, default=0.0)
            shares = [math.exp(score - top) for score in scores]
            weight = (1 + math.log(types[word])) / sum(shares) if shares else 0.0
            for cut, share in zip(found, shares, strict=True):
                new_roots[cut.root, cut.pos] += share * weight
                forms[cut.root, cut.pos] += share * weight > 0.5
                for edge in cut.edges:
                    new_steps[edge] += share * weight
        in_slot: Counter[str] = Counter()
        for (slot, _), weight in new_steps.items():
            in_slot[slot] += weight
        steps = {edge: math.log((weight + 0.01) / (in_slot[edge[0]] + 1)) for edge, weight in new_steps.items()}
        roots = {
            root: weight - discount
            for root, weight in new_roots.items()
            if weight > discount and (root[1] == "N" or forms[root] >= VERB_FORMS)
        }
    return roots, steps


def prune(roots: dict[Root, float]) -> dict[Root, float]:
    """Drop roots that are inflected forms of another: азаматтар, болған, алма (алу)."""
    kept = dict(roots)
    for (root, pos), weight in roots.items():
        for cut in cuts(root):
            if len(cut.edges) < 2 or cut.root == root:
                continue
            plain = roots.get((cut.root, cut.pos), 0.0)
            meanings = " ".join(meaning for _, meaning in cut.edges)
            if "number=plural" in meanings:
                drop = pos == "N" and plain > PLURAL_SHARE * weight
            elif "possessive=1pl" in meanings or "tense=perfect" in meanings:
                drop = pos == "N" and plain > 1.5 * weight
            else:
                drop = "negative=yes" in meanings and plain > 1.5 * weight
            if drop:
                kept.pop((root, pos), None)
    return kept


def main() -> None:
    """Learn and write both files."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("texts", nargs="+", type=Path)
    parser.add_argument("--out", type=Path, default=Path("annotators/languages/kk"))
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--discount", type=float, default=2.0)
    options = parser.parse_args()
    types = count(options.texts)
    roots, steps = learn(types, options.rounds, options.discount)
    roots = prune(roots)
    note = "# Written by benchmarks/learn_kazakh_lemmas.py from speeches of akorda.kz (MIT) and KazNERD (CC BY 4.0).\n"
    rows = sorted(roots.items(), key=lambda item: (-item[1], item[0]))
    lines = [f"{root}\t{pos}\t{weight:.1f}" for (root, pos), weight in rows if weight >= 0.1]
    (options.out / "lemmas.tsv").write_text(note + "\n".join(lines) + "\n", "utf-8")
    lines = [f"{slot}\t{suffix}\t{weight:.2f}" for (slot, suffix), weight in sorted(steps.items())]
    (options.out / "chains.tsv").write_text(note + "\n".join(lines) + "\n", "utf-8")
    print(f"{len(types)} types, {len(roots)} roots, {len(steps)} suffixes in their slots")


if __name__ == "__main__":
    main()
