"""Measure annotators, readers of pages and the aligner on gold files; hold the figures against ``floors.json``.

    python -m tests.quality.gate                 print every figure beside its floor
    python -m tests.quality.gate --update        raise floors to what was measured (never lowers one)
    python -m tests.quality.gate --update --lower   also lower them: say in the commit why

Scorers and gold files stand beside the project (see tests/conftest.py): they are the same that judge it elsewhere. The
floors carry a digest of each gold file, so that a figure is never compared with a floor of other data.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import json
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import ModuleType

import annotators
from tests.conftest import ROOT, SHARED
from tests.quality import alignment

FLOORS = Path(__file__).with_name("floors.json")
DATA = ROOT / "tests" / "annotators" / "data"
Figures = dict[str, float]
SEED = 101
"""Of the shuffling of news whose sentences are aligned."""

load = cache(annotators.pipeline)


def scorer(name: str) -> ModuleType:
    """The scorer ``score/NAME.py`` that stands beside the project."""
    return _module(f"score_{name}", SHARED / "score" / f"{name}.py")


def _module(name: str, path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def quotes(path: Path) -> Figures:
    """F1 of direct quotations and accuracy of their speakers."""
    got = scorer("quotes").score(str(path), load)
    return {"f1": got["f1"], "speaker": got["speaker accuracy"]}


def reported(path: Path) -> Figures:
    """F1 of reported clauses (same words, signs at the edges aside) and accuracy of their speakers."""
    rules = scorer("quotes")
    hit = found = gold = speakers = 0
    for line in path.read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        doc = load(case["lang"])(case["text"])
        wanted = {rules.trim(case["text"], r["start"], r["end"]): r for r in case["reported"]}
        gold += len(wanted)
        for span in doc.spans.get("reported", ()):
            found += 1
            clause = wanted.pop(rules.trim(case["text"], span.start_char, span.end_char), None)
            if clause is not None:
                hit += 1
                speakers += rules.same_speaker(span._.speaker, clause)
    return {"f1": round(2 * hit / max(found + gold, 1), 3), "speaker": round(speakers / max(hit, 1), 3)}


def themes(path: Path) -> Figures:
    """Micro F1 of themes on single sentences."""
    lang = path.stem.split("_")[1]
    return {"micro f1": scorer("themes").score(str(path), load(lang))["micro"]["f1"]}


def pages(path: Path) -> Figures:
    """Main text of web pages, and how much better than trafilatura's, with and without comments, in the same run."""
    bench = _module("bench_pages", ROOT / "benchmarks" / "bench_pages.py")
    measure, figures = (
        (bench.segments, ("f1", "recall")) if path.name == "evaldata.json" else (bench.words, ("recall", "paragraphs"))
    )
    ours, *theirs = (measure(read) for read in (bench.minber, bench.bare, bench.bare_with_comments))
    got = {name: round(ours[name], 4) for name in figures}
    return got | {f"{name} above": round(ours[name] - max(other[name] for other in theirs), 4) for name in figures}


def aligned(one: str, two: str) -> Callable[[Path], Figures]:
    """F1 of links between sentences of the news in two languages; of gaps also how much more than lengths tell."""

    def measure(_: Path) -> Figures:
        got = {name or "shuffled": alignment.shuffled(one, two, SEED, setup=name) for name in ("", "gaps", "moved")}
        lengths = alignment.shuffled(one, two, SEED, setup="gaps", aligner=alignment.by_length)
        got |= {"published": alignment.in_order(one, two), "gaps above": round(got["gaps"] - lengths, 4)}
        return got | ({"one text": alignment.one_text(one, two)} if (one, two) == ("kk", "ru") else {})

    return measure


def aligned_pages(path: Path) -> Figures:
    """F1 of links between lines of two pages of a government site."""
    return {"f1": alignment.pages(path.name.split(".")[0])}


MEASURES: dict[str, tuple[Callable[[Path], Figures], Path]] = {
    "quotes kk": (quotes, SHARED / "gold" / "quotes_kk.jsonl"),
    "quotes ru": (quotes, SHARED / "gold" / "quotes_ru.jsonl"),
    "quotes en": (quotes, DATA / "quotes_en.jsonl"),
    "reported": (reported, DATA / "reported.jsonl"),
    "themes kk": (themes, SHARED / "gold" / "themes_kk.jsonl"),
    "themes ru": (themes, DATA / "themes_ru.jsonl"),
    "themes ru held": (themes, DATA / "themes_ru_held.jsonl"),
    "themes ru translated": (themes, DATA / "themes_ru_translated.jsonl"),
    "themes en": (themes, DATA / "themes_en.jsonl"),
    "themes en lots": (themes, DATA / "themes_en_lots.jsonl"),
    "pages": (pages, SHARED / "data" / "html_trafilatura_eval" / "evaldata.json"),
    "articles": (pages, SHARED / "data" / "html_goose3" / "PROVENANCE.md"),
    **{f"alignment {one}-{two}": (aligned(one, two), alignment.NEWS) for one, two in alignment.PAIRS},
    "alignment pages": (aligned_pages, alignment.SITES / "bolashak.kk.txt"),
}


def digest(path: Path) -> str:
    """First 12 hex digits of the SHA-256 of a file, or of the tables of a folder one after the other."""
    files = sorted(path.glob("*.tsv")) if path.is_dir() else [path]
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:12]


def read_floors() -> dict[str, dict[str, object]]:
    """Measure → its gold file's digest and the floor of each figure."""
    floors: dict[str, dict[str, object]] = json.loads(FLOORS.read_text(encoding="utf-8"))
    return floors


def main() -> int:
    """Print, and on request update, every figure; exit code 1 where one lies under its floor."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--lower", action="store_true")
    options = parser.parse_args()
    floors = read_floors() if FLOORS.exists() else {}
    under = 0
    for name, (measure, path) in MEASURES.items():
        if not path.exists():
            print(f"{name}: no gold file at {path}")
            continue
        known = floors.get(name, {}).get("floors", {})
        assert isinstance(known, dict)
        got = measure(path)
        for figure, value in got.items():
            floor = known.get(figure, 0.0)
            under += value < floor
            print(f"{name:20s} {figure:10s} {value:.3f}  floor {floor:.3f}{'  UNDER' if value < floor else ''}")
        if options.update:
            kept = {key: got[key] if options.lower else max(got[key], known.get(key, 0.0)) for key in got}
            floors[name] = {"gold": digest(path), "floors": kept}
    if options.update:
        FLOORS.write_text(json.dumps(floors, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return 1 if under else 0


if __name__ == "__main__":
    sys.exit(main())
