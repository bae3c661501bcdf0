"""How often ingest tells encodings and languages rightly, beside the bare libraries.

    python benchmarks/bench_reading.py

Texts: sentences of parallel news (NTREX) in the reference folder (``MINBER_SHARED``, default beside the project), in
lengths of 2, 5, 12 and 60 words, written in each encoding; only texts that the encoding can write. A text counts as
right when every character comes back.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable
from pathlib import Path

from charset_normalizer import from_bytes

from corpus.ingest.encoding import decode
from corpus.ingest.language import detect
from schemas.errors import MinberError

SHARED = Path(os.environ.get("MINBER_SHARED") or Path(__file__).resolve().parents[2] / "shared")
CODECS = {
    "kk": ["utf-8", "utf-16-le", "utf-16-be", "kz1048", "ptcp154"],
    "ru": ["utf-8", "utf-16-le", "cp1251", "koi8_r", "iso8859_5", "cp866", "mac_cyrillic"],
    "uk": ["cp1251", "koi8_u"],
    "en": ["cp1252", "utf-16-le"],
    "tr": ["cp1254"],
}
LENGTHS = (2, 5, 12, 60)


def sentences(lang: str) -> list[str]:
    lines = (SHARED / "data" / "ntrex_news_parallel" / f"{lang}.tsv").read_text(encoding="utf-8").splitlines()
    return [line.split("\t")[-1] for line in lines[1:]]


def samples(lang: str, words: int, count: int = 200) -> list[str]:
    generator = random.Random(words)
    pool = sentences(lang)
    found = []
    for _ in range(count):
        start = generator.randrange(len(pool) - 10)
        found.append(" ".join(" ".join(pool[start : start + 10]).split()[:words]))
    return found


def ours(data: bytes) -> str:
    try:
        return decode(data).text
    except MinberError:
        return ""


def library(data: bytes) -> str:
    match = from_bytes(data).best()
    return str(match).removeprefix("\ufeff") if match else ""


def encodings() -> None:
    print("encoding: share of texts that come back whole (Minber | charset-normalizer), ms a text")
    print(f"{'':18}" + "".join(f"{words:>8} words   " for words in LENGTHS))
    for lang, codecs in CODECS.items():
        for codec in codecs:
            cells = []
            for words in LENGTHS:
                texts = [text for text in samples(lang, words) if not text.isascii() or lang == "en"]
                pairs = []
                for text in texts:
                    try:
                        pairs.append((text, text.encode(codec)))
                    except UnicodeEncodeError:
                        continue
                cells.append(" | ".join(share(pairs, read) for read in (ours, library)) if pairs else "-")
            print(f"{lang} {codec:14} " + "  ".join(f"{cell:>15}" for cell in cells))
    start = time.perf_counter()
    data = [text.encode("cp1251", errors="ignore") for text in samples("ru", 60)]
    for item in data:
        ours(item)
    print(f"{(time.perf_counter() - start) / len(data) * 1000:.2f} ms a text of 60 words")


def share(pairs: list[tuple[str, bytes]], read: Callable[[bytes], str]) -> str:
    return f"{sum(read(data) == text for text, data in pairs) / len(pairs):.3f}"


def languages() -> None:
    print("\nlanguage: share told rightly by a corpus of kk, ru, en (4 words | a sentence | 20 sentences)")
    for lang in ("kk", "ru", "en", "ky", "uk", "tr", "uz"):
        pool = sentences(lang)
        groups = (
            [" ".join(text.split()[:4]) for text in pool],
            pool,
            [" ".join(pool[start : start + 20]) for start in range(0, len(pool), 20)],
        )
        print(
            lang, " | ".join(f"{sum(detect(text)[0] == lang for text in texts) / len(texts):.3f}" for texts in groups)
        )


if __name__ == "__main__":
    encodings()
    languages()
