"""How well printed pages become text again, beside the bare libraries.

    python benchmarks/bench_documents.py

A browser prints texts whose words are known: paragraphs of five sentences of parallel news (NTREX, in the reference
folder: ``MINBER_SHARED``) in one, two and three justified columns, with a heading, running heads and page numbers, and
words divided at line ends. Compared are the words (longest common sequence, F) and the paragraphs that come back whole.
pypdf and pdfminer do not promise paragraphs, running heads or divided words: the figures say what it is worth.
Needs Chromium (``MINBER_CHROMIUM``).
"""

from __future__ import annotations

import datetime as dt
import difflib
import logging
import os
import re
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from corpus.ingest.formats.pdf import read
from corpus.ingest.reading import Raw

SHARED = Path(os.environ.get("MINBER_SHARED") or Path(__file__).resolve().parents[2] / "shared")
LETTERS = {"kk": ("аәеёиоөуұүыіэюя", "бвгғджзйкқлмнңпрстфхһцчшщ"), "ru": ("аеёиоуыэюя", "бвгджзйклмнпрстфхцчшщ")}
LETTERS["en"] = ("aeiouy", "bcdfghjklmnpqrstvwxz")
PAGE = """<html lang="{lang}"><meta charset="utf-8"><title>x</title><style>
@page {{ size: A4; margin: 20mm; @top-center {{ content: "{head}" }} @bottom-center {{ content: counter(page) }} }}
body {{ font: {size}pt "DejaVu Serif"; margin: 0 }} h1 {{ font-size: 17pt; text-align: center }}
div {{ column-count: {columns}; column-gap: 7mm; text-align: justify; hyphens: manual }}
p {{ margin: 0; text-indent: 1.2em }}</style><h1>{head}</h1><div>{body}</div></html>"""


def paragraphs(lang: str, count: int = 40) -> list[str]:
    lines = (SHARED / "data" / "ntrex_news_parallel" / f"{lang}.tsv").read_text(encoding="utf-8").splitlines()[1:]
    sentences = [" ".join(line.split("\t")[-1].split()) for line in lines]
    return [" ".join(sentences[5 * n : 5 * n + 5]) for n in range(count)]


def divisible(text: str, lang: str) -> str:
    """Allow division before a consonant and vowel that follow a vowel, as schoolbooks nearly do."""
    vowels, consonants = LETTERS[lang]
    pattern = f"(?<=[{vowels}{consonants}])([{vowels}][{consonants}]?)(?=[{consonants}][{vowels}])"
    return re.sub(pattern, "\\1&shy;", text)


def print_all(folder: Path) -> dict[tuple[str, int, bool], Path]:
    from playwright.sync_api import sync_playwright

    made = {}
    path = os.environ.get("MINBER_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        for lang in LETTERS:
            for columns in (1, 2, 3):
                for divided in (False, True):
                    texts = [divisible(text, lang) if divided else text for text in paragraphs(lang)]
                    body = "".join(f"<p>{text}</p>" for text in texts)
                    page = browser.new_page()
                    head = {"kk": "Соңғы жаңалықтар", "ru": "Последние новости", "en": "Latest news"}[lang]
                    size = 11 if columns < 3 else 9
                    page.set_content(PAGE.format(lang=lang, head=head, size=size, columns=columns, body=body))
                    made[lang, columns, divided] = folder / f"{lang}{columns}{divided}.pdf"
                    page.pdf(path=str(made[lang, columns, divided]), prefer_css_page_size=True)
                    page.close()
        browser.close()
    return made


def by_minber(path: Path) -> str:
    return next(iter(read(Raw(path.as_uri(), path.name, path.read_bytes(), dt.datetime.now(dt.UTC))))).text


def by_pdfminer(path: Path) -> str:
    from pdfminer.high_level import extract_text

    return str(extract_text(path))


def by_pypdf(path: Path) -> str:
    from pypdf import PdfReader

    return "\n".join(page.extract_text() for page in PdfReader(path).pages)


def score(text: str, gold: list[str]) -> tuple[float, float]:
    words, wanted = text.split(), " ".join(gold).split()
    found = difflib.SequenceMatcher(None, words, wanted, autojunk=False).get_matching_blocks()
    whole = {" ".join(block.split()) for block in re.split(r"\n\s*\n", text)}
    return 2 * sum(block.size for block in found) / (len(words) + len(wanted)), len(whole & set(gold)) / len(gold)


def main() -> None:
    logging.disable(logging.CRITICAL)
    tools: dict[str, Callable[[Path], str]] = {"Minber": by_minber, "pdfminer": by_pdfminer, "pypdf": by_pypdf}
    print("| | " + " | ".join(f"{name} words, paragraphs" for name in tools) + " |")
    spent = dict.fromkeys(tools, 0.0)
    with tempfile.TemporaryDirectory() as folder:
        for (lang, columns, divided), path in print_all(Path(folder)).items():
            cells = []
            for name, tool in tools.items():
                start = time.process_time()
                text = tool(path)
                spent[name] += time.process_time() - start
                words, whole = score(text, paragraphs(lang))
                cells.append(f"{words:.4f}, {whole:.2f}")
            name = f"{lang}, {columns} column(s){', divided words' if divided else ''}"
            print(f"| {name} | " + " | ".join(cells) + " |", flush=True)
    print("CPU seconds: " + ", ".join(f"{name} {seconds:.1f}" for name, seconds in spent.items()))


if __name__ == "__main__":
    main()
