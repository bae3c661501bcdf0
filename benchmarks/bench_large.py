"""Memory that sources take which are read piece by piece: one large file of texts, and its peak.

Run: python benchmarks/bench_large.py (jsonl|csv|zip|tar.gz|warc) [GIGABYTES]

The file is made of words of the bundled speeches in random order, 100 kB a text; a WARC file holds as many pictures as
pages, of ten times their size. It is taken away again.
"""

from __future__ import annotations

import csv
import io
import json
import random
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

TEXT = 100_000  # bytes
INGEST = """
import resource, sys, time
from corpus.cli import main
sys.argv = ["minber", "--corpus", sys.argv[1], "ingest", sys.argv[2]]
try:
    main()
finally:
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, round(time.process_time()))
"""


def texts(size: int) -> Iterator[tuple[int, str]]:
    """Texts of `TEXT` bytes, until they have that size together."""
    bundled = [path for path in (files("corpus.demo") / "data").iterdir() if path.name.endswith(".txt")]
    words = " ".join(path.read_text(encoding="utf-8") for path in bundled).split()
    dice = random.Random(1)
    blocks = [" ".join(dice.choices(words, k=1000)) + ".\n" for _ in range(300)]
    made, number = 0, 0
    while made < size:
        number += 1
        text = f"Мәтін {number}.\n"
        while len(text) < TEXT // 2:  # two bytes a Cyrillic letter
            text += dice.choice(blocks)
        made += len(text.encode())
        yield number, text


def write(kind: str, path: Path, size: int) -> None:
    if kind == "jsonl":
        with path.open("w", encoding="utf-8") as file:
            for number, text in texts(size):
                file.write(json.dumps({"id": f"t{number}", "text": text}, ensure_ascii=False) + "\n")
    elif kind == "csv":
        with path.open("w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(["id", "text"])
            rows.writerows([f"t{number}", text] for number, text in texts(size))
    elif kind == "zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
            for number, text in texts(size):
                archive.writestr(f"{number}.txt", text)
    elif kind == "tar.gz":
        with tarfile.open(path, "w:gz", compresslevel=1) as archive:
            for number, text in texts(size):
                info = tarfile.TarInfo(f"{number}.txt")
                info.size = len(text.encode())
                archive.addfile(info, io.BytesIO(text.encode()))
    else:
        write_warc(path, size)


def write_warc(path: Path, size: int) -> None:
    from warcio.statusandheaders import StatusAndHeaders
    from warcio.warcwriter import WARCWriter

    picture = random.Random(2).randbytes(10 * TEXT)
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=False)
        for number, text in texts(size // 11):
            body = "".join(f"<p>{line}</p>" for line in text.splitlines())
            page = f"<html><head><title>{number}</title></head><body><article>{body}</article></body></html>".encode()
            for name, data, media_type in ((f"{number}", page, "text/html"), (f"{number}.png", picture, "image/png")):
                headers = StatusAndHeaders("200 OK", [("Content-Type", media_type)], protocol="HTTP/1.1")
                address = f"https://example.org/{name}"
                payload = io.BytesIO(data)
                writer.write_record(writer.create_warc_record(address, "response", payload, http_headers=headers))


def main(kind: str, gigabytes: float) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"large.{kind}"
        write(kind, path, int(gigabytes * 1e9))
        import corpus

        made = corpus.init(Path(folder) / "corpus").path
        began = time.perf_counter()
        command = [sys.executable, "-c", INGEST, str(made), str(path)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        peak, cpu = done.stdout.split()[-2:]
        print(f"{kind}, {path.stat().st_size / 1e9:.2f} GB: {done.stderr.splitlines()[-1]}")
        print(f"peak {peak} MB, {cpu} s of CPU time, {time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]) if len(sys.argv) > 2 else 0.1)
