"""How many days named in words are read, in news and speeches in Kazakh, Russian and English.

Looked for are a number beside the name of a month, whatever ending it has; counted is how many lie in a date that
``corpus.ingest.dates`` finds. The rest is printed. Run: ``python benchmarks/bench_dates.py``.
"""

from __future__ import annotations

import bisect
import datetime as dt
import os
import re
from collections import Counter
from pathlib import Path

from corpus.ingest.dates import find_dates

SHARED = Path(os.environ.get("MINBER_SHARED", Path(__file__).parents[2] / "shared")) / "data"
TEXTS = {
    "Kazakh and Russian sites of the government": "kz_gov_news_kk_ru/*.txt",
    "News in kk, ru, en": "ntrex_news_parallel/[ekr][knu].tsv",
    "Speeches of Akorda": "akorda_speeches_kk/txt/*.txt",
    "State of the Union": "us_state_union_en/**/*.txt",
}
KAZAKH = "қаңтар ақпан наурыз сәуір мамыр маусым шілде тамыз қыркүй қазан қараша желтоқсан"
RUSSIAN = "январ феврал март апрел мая май июн июл август сентябр октябр ноябр декабр"
ENGLISH = "january february march april may june july august september october november december"
STEM = "|".join(f"{KAZAKH} {RUSSIAN} {ENGLISH}".split())
CANDIDATE = re.compile(
    rf"(?<!\d)\d{{1,2}}[^\w\n.,;:]{{1,3}}(?:{STEM})\w*|(?:{STEM})\w*\s\d{{1,2}}(?![\d.,:]?\d)\S*", re.IGNORECASE
)
LONGEST = 400_000  # letters of a file


def main() -> None:
    """Count and print."""
    missed: Counter[str] = Counter()
    for name, pattern in TEXTS.items():
        read = total = 0
        for file in sorted(SHARED.glob(pattern)):
            text = file.read_text(encoding="utf-8", errors="ignore")[:LONGEST]
            found = find_dates(text, dt.date(2015, 6, 1))
            starts = [one.start for one in found]
            for candidate in CANDIDATE.finditer(text):
                near = bisect.bisect_right(starts, candidate.end()) - 1
                inside = any(
                    one.start < candidate.end() and candidate.start() < one.end
                    for one in found[max(0, near - 2) : near + 2]
                )
                total += 1
                read += inside
                missed.update([] if inside else [candidate.group()])
        print(f"{name}: {read} of {total}")
    print("not read:", ", ".join(f"{words} ({count})" for words, count in missed.most_common(30)) or "nothing")


if __name__ == "__main__":
    main()
