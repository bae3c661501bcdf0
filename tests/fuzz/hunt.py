"""Hunt for bytes that no coded error foresaw, guided by which lines of the readers they reach.

    python -m tests.fuzz.hunt --seconds 600 [NAME ...]

NAME is one of the sources (a.docx …), each has its share of the time; without a name, all have. With atheris
installed (it is no dependency of Minber) the hunt is guided by coverage; without it, changes are random. What breaks a
reader is kept in the folder given by ``--keep``, to become a test.
"""

from __future__ import annotations

import argparse
import faulthandler
import io
import random
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

LIBRARIES = (
    "corpus.ingest",
    "pdfminer",
    "striprtf",
    "docx",
    "warcio",
    "zipfile",
    "tarfile",
    "markdown_it",
    "csv",
    "json",
)


def mutated_inside(mutate, data: bytes, size: int, seed: int) -> bytes:  # type: ignore[no-untyped-def]
    """Of a package, change one member and pack it again, so that its check sums are right; else the bytes."""
    from tests.fuzz.sources import package

    chance = random.Random(seed)
    if not data.startswith(b"PK") or chance.random() < 0.1:
        return bytes(mutate(data, size))
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as file:
            members = {info.filename: file.read(info) for info in file.infolist()}
    except Exception:  # it was broken before
        return bytes(mutate(data, size))
    if not members:
        return bytes(mutate(data, size))
    name = chance.choice(sorted(members))
    members[name] = bytes(mutate(members[name], max(len(members[name]) + 64, 128)))
    return package(members)


def guided(name: str, seconds: int, keep: Path) -> None:
    """One source under atheris, in a process of its own: it ends by leaving."""
    import atheris

    with atheris.instrument_imports(include=list(LIBRARIES)):
        import corpus.ingest.unpack  # noqa: F401
        from corpus.ingest.registry import readers

        readers()
        from tests.fuzz.sources import sources, through

    data = sources()[name]
    through(name, data)  # what is imported late
    seeds = Path(tempfile.mkdtemp(prefix="minber-hunt-"))
    (seeds / "seed").write_bytes(data)

    def one(found: bytes) -> None:
        through(name, found)

    atheris.Setup(
        [
            "hunt",
            f"-max_total_time={seconds}",
            "-timeout=30",
            "-rss_limit_mb=3000",
            f"-max_len={max(8192, 2 * len(data))}",
            f"-artifact_prefix={keep}/{name}-",
            "-print_final_stats=1",
            str(seeds),
        ],
        one,
        custom_mutator=lambda found, size, seed: mutated_inside(atheris.Mutate, found, size, seed),
    )
    atheris.Fuzz()


def blind(name: str, seconds: int, keep: Path) -> int:
    """One source under random changes."""
    from tests.fuzz.sources import sources, through
    from tests.fuzz.test_readers import changed

    data = sources()[name]
    chance = random.Random()
    end = time.monotonic() + seconds
    count = 0
    while time.monotonic() < end:
        count += 1
        made = changed(data, chance.randrange(2**32))
        since = time.monotonic()
        try:
            through(name, made)
            assert time.monotonic() - since < 30, "it took more than 30 s"
        except BaseException:
            (keep / f"{name}-{count}").write_bytes(made)
            raise
    print(f"{name}: {count} runs, none broke it", flush=True)
    return 0


def main() -> int:
    """Hunt each source in a process of its own; the exit code says whether something was caught."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--keep", type=Path, default=Path(tempfile.gettempdir()) / "minber-hunt")
    parser.add_argument("--only", help=argparse.SUPPRESS)
    options = parser.parse_args()
    options.keep.mkdir(parents=True, exist_ok=True)
    faulthandler.enable()
    if options.only:
        try:
            import atheris  # noqa: F401
        except ImportError:
            return blind(options.only, options.seconds, options.keep)
        guided(options.only, options.seconds, options.keep)
        return 0
    from tests.fuzz.sources import sources

    names = options.names or sorted(sources())
    share = max(5, options.seconds // len(names))
    caught = []
    for name in names:
        command = [sys.executable, "-m", "tests.fuzz.hunt", "--only", name, "--seconds", str(share)]
        done = subprocess.run([*command, "--keep", str(options.keep)], capture_output=True, text=True)
        said = done.stdout + done.stderr
        runs = [line for line in said.splitlines() if "number_of_executed_units" in line or "none broke" in line]
        print(f"{name}: exit {done.returncode} {' '.join(runs)}", flush=True)
        if done.returncode:
            caught.append(name)
            print("\n".join(said.splitlines()[-40:]), flush=True)
    print(f"caught: {', '.join(caught) or 'nothing'}")
    return 1 if caught else 0


if __name__ == "__main__":
    sys.exit(main())
