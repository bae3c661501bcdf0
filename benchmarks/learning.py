"""Does learning from coded sentences beat the codebook? Cross-validated over the coded sentences of the tests.

``python -m benchmarks.learning kk`` (or ``ru``, ``en``) prints a row a theme and one of all together, as ``minber
train`` does of a corpus. Sentences of one speech are never on both sides; of those written for this project a lot
counts as one text. The Kazakh gold is read from the folder beside the project, if it is there.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import polars as pl

import annotators
from corpus.learning import Example, learn
from schemas.codebook import load_codebook

ROOT = Path(__file__).parent.parent
DATA = ROOT / "tests" / "annotators" / "data"
SHARED = Path(os.environ.get("MINBER_SHARED", ROOT.parent / "shared"))
SETS = {
    "kk": [DATA / "themes_kk_own.jsonl", SHARED / "gold" / "themes_kk.jsonl"],
    "ru": [DATA / f"themes_ru{name}.jsonl" for name in ("", "_held", "_translated", "_own")],
    "en": [DATA / f"themes_en{name}.jsonl" for name in ("", "_held", "_lots")],
}


def coded(lang: str) -> list[Example]:
    """The coded sentences of a language, with what the codebook finds in them (after the sentence before)."""
    nlp = annotators.pipeline(lang)
    found = []
    for path in filter(Path.exists, SETS[lang]):
        for line in path.read_text(encoding="utf-8").splitlines():
            row: dict[str, Any] = json.loads(line)
            before = f"{row['previous']}\n" if row["previous"] else ""
            doc = nlp(before + row["text"])
            themes = {span.label_ for span in doc.spans["themes"] if span.end_char > len(before)}
            speech = row.get("speech") or row["id"].rpartition("-")[0]
            # a theme that only one of two readings gives counts neither way: it is taken as the codebook has it
            given = set(row["themes"]) | (set(row["contested"]) & themes)
            found.append((f"{path.stem}:{speech}", row["text"], given, themes))
    return [
        Example(doc_id, "-", at, at + 1, lang, text, frozenset(given), frozenset(themes))
        for at, (doc_id, text, given, themes) in enumerate(found)
    ]


def main(lang: str, seed: int = 0) -> None:
    """Print the scores of a language."""
    examples = coded(lang)
    themes = [theme.id for theme in load_codebook("reforms").themes]
    learned = learn(examples, lang, themes, seed=seed)
    frame = pl.DataFrame(learned.scores, infer_schema_length=None).with_columns(pl.col(pl.Float64).round(3))
    silent = [theme for theme, chosen in learned.thresholds.items() if chosen.both is None]
    with pl.Config(tbl_rows=-1, tbl_cols=-1, tbl_width_chars=200):
        print(frame)
    print(f"{len(examples)} sentences of {len({one.doc_id for one in examples})} texts, {learned.folds} folds")
    print(f"left out: {learned.left_out}; silent: {silent}")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 0)
