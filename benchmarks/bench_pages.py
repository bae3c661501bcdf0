"""How well and how fast web pages are read, beside bare trafilatura on the same pages in the same run.

    python benchmarks/bench_pages.py                     scores and speed of reading, a minute
    python benchmarks/bench_pages.py --ingest 1000       also the whole of ingest, with one process and with two

Pages: 104 with segments that must and must not be found (html_trafilatura_eval), 49 with the words of their article
(html_goose3), from the reference folder (``MINBER_SHARED``, default beside the project). Times are processor seconds of
this process (wall seconds for whole runs); each page's is the least of six, the tools in turn.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import logging
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import trafilatura

from corpus.ingest import Options
from corpus.ingest.documents import read_documents
from corpus.ingest.reading import Raw
from corpus.ingest.registry import named
from corpus.store import init_corpus
from schemas.errors import MinberError

SHARED = Path(os.environ.get("MINBER_SHARED") or Path(__file__).resolve().parents[2] / "shared")
SEGMENTS = SHARED / "data" / "html_trafilatura_eval"
WORDS = SHARED / "data" / "html_goose3" / "content"
Reader = Callable[[bytes], str]
_STATES_ADDRESS = re.compile(rb"(?i)(<(?:link|meta)\b(?=[^>]*(?:canonical|og:url))[^>]*>)")
_ADDRESS = re.compile(rb"https?://[^\"'\s>?#]+[^\"'\s>?#/]")


def minber(data: bytes) -> str:
    """The document as ingest makes it: text, language, title, day and all."""
    raw = Raw("file:///page.html", "page.html", data, dt.datetime.now(dt.UTC))
    try:
        return next(read_documents(raw, "0" * 64, named("html"), Options(), ("kk", "ru", "en")))[0].text
    except MinberError:
        return ""


def bare(data: bytes) -> str:
    """trafilatura as it comes, without metadata; comments left out, as its own evaluation does."""
    return trafilatura.extract(data, include_comments=False) or ""


def bare_with_comments(data: bytes) -> str:
    """trafilatura's default."""
    return trafilatura.extract(data) or ""


def marked_pages() -> Iterator[tuple[bytes, list[str], list[str]]]:
    """Pages with the segments that must be found and those that must not."""
    for case in json.loads((SEGMENTS / "evaldata.json").read_text(encoding="utf-8")).values():
        file = SEGMENTS / "html" / case["file"]
        if file.exists():
            yield file.read_bytes(), case["with"], case["without"]


def worded_pages() -> Iterator[tuple[bytes, str]]:
    """Pages with the words of their article, most of them only its beginning."""
    for file in sorted(WORDS.glob("*.json")):
        expected = json.loads(file.read_text(encoding="utf-8")).get("expected", {}).get("cleaned_text")
        page = file.with_suffix(".html")
        if expected and page.exists():
            yield page.read_bytes(), expected


def segments(read: Reader) -> dict[str, float]:
    """Precision, recall, F1 and accuracy over the segments, as trafilatura's own evaluation counts them."""
    count: Counter[str] = Counter()
    for data, wanted, unwanted in marked_pages():
        text = read(data)
        count["found"] += sum(part in text for part in wanted)
        count["lost"] += sum(part not in text for part in wanted)
        count["kept"] += sum(part in text for part in unwanted)
        count["dropped"] += sum(part not in text for part in unwanted)
    precision = count["found"] / max(count["found"] + count["kept"], 1)
    recall = count["found"] / max(count["found"] + count["lost"], 1)
    return {
        "precision": precision,
        "recall": recall,
        "f1": 2 * precision * recall / max(precision + recall, 1e-9),
        "accuracy": (count["found"] + count["dropped"]) / max(count.total(), 1),
    }


def words(read: Reader) -> dict[str, float]:
    """Share of the expected words found, share of expected paragraphs found whole, and F1 of words, mean of pages."""
    rows: list[tuple[float, float, float]] = []
    for data, expected in worded_pages():
        text = read(data)
        gold, got = (Counter(re.findall(r"\w+", part.lower())) for part in (expected, text))
        hits = (gold & got).total()
        line = " ".join(text.split())
        paragraphs = [" ".join(part.split()) for part in expected.split("\n") if part.strip()]
        rows.append(
            (
                hits / max(gold.total(), 1),
                sum(part in line for part in paragraphs) / len(paragraphs),
                2 * hits / max(gold.total() + got.total(), 1),
            )
        )
    names = ("recall", "paragraphs", "f1")
    return {name: sum(row[place] for row in rows) / max(len(rows), 1) for place, name in enumerate(names)}


def speed() -> None:
    pages = [data for data, _, _ in marked_pages()]
    readers = {"minber": minber, "bare": bare, "bare with comments": bare_with_comments}
    least = {name: [float("inf")] * len(pages) for name in readers}
    for turn in range(6):
        order = list(readers.items())[turn % 3 :] + list(readers.items())[: turn % 3]  # the first finds cold caches
        for place, data in enumerate(pages):
            for name, read in order:
                start = time.process_time()
                read(data)
                least[name][place] = min(least[name][place], time.process_time() - start)
    totals = {name: sum(times) for name, times in least.items()}
    print(f"\nprocessor seconds for {len(pages)} pages: " + ", ".join(f"{k} {v:.2f}" for k, v in totals.items()))
    for name in list(readers)[1:]:
        print(f"minber / {name}: {totals['minber'] / totals[name]:.2f}")


def copy_of(page: bytes, number: int) -> bytes:
    """A page that is another document: with an address of its own where it states one, and a remark in its bytes."""
    if not number:
        return page
    for tag in set(_STATES_ADDRESS.findall(page)):
        page = page.replace(tag, _ADDRESS.sub(rb"\g<0>/copy-%d" % number, tag))
    return page + b"<!-- %d -->" % number


def whole(count: int) -> None:
    """Ingest as users run it, whole commands: files in, documents stored; pages are repeated under other addresses."""
    folder = Path(tempfile.mkdtemp(prefix="minber-bench-"))
    pages = [data for data, _, _ in marked_pages()]
    (folder / "pages").mkdir()
    for number in range(count):
        (folder / "pages" / f"{number:05}.html").write_bytes(copy_of(pages[number % len(pages)], number // len(pages)))

    def timed(*command: str | Path) -> float:
        start = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return time.perf_counter() - start

    def bare_run() -> float:
        return timed(sys.executable, __file__, "--bare", folder / "pages")

    print(f"\nwall seconds for {count} pages; each ratio is to bare trafilatura in one process right before and after")
    alone = [bare_run()]
    for workers in ("1", "2"):
        corpus = init_corpus(folder / f"corpus{workers}", name="Pages")
        program = Path(sys.executable).with_name("minber")
        taken = timed(program, "--corpus", corpus.path, "ingest", "-q", folder / "pages", "--workers", workers)
        alone.append(bare_run())
        beside = (alone[-2] + alone[-1]) / 2
        stored = corpus.documents.select("id").collect().height
        print(f"ingest, {workers} process(es): {taken:.1f} ({taken / beside:.2f} × {beside:.1f}), {stored} documents")
    shutil.rmtree(folder)


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ingest", type=int, metavar="PAGES", default=0)
    parser.add_argument("--no-scores", action="store_true")
    parser.add_argument("--bare", type=Path, metavar="FOLDER", help="only read its pages with trafilatura")
    options = parser.parse_args()
    if options.bare:
        for file in sorted(options.bare.iterdir()):
            bare_with_comments(file.read_bytes())
        return
    for name in ("trafilatura", "htmldate"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    for name, read in (
        () if options.no_scores else (("minber", minber), ("bare", bare), ("bare with comments", bare_with_comments))
    ):
        for measure in (segments, words):
            figures = "  ".join(f"{key} {value:.4f}" for key, value in measure(read).items())
            print(f"{measure.__name__:9} {name:19} {figures}")
    speed()
    if options.ingest:
        whole(options.ingest)


if __name__ == "__main__":
    main()
