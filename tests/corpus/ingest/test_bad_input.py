"""Bad input: each source that cannot be read is named with a code and a cure, the rest is done, the exit code is 1."""

from __future__ import annotations

import io
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest
from typer.testing import CliRunner

from corpus.cli import main
from corpus.ingest.sources import locate, opened
from corpus.store import init_corpus, open_corpus
from schemas.errors import MinberError, catalogue

MAIN = "from corpus.cli import main; main()"
GOOD = "Құрметті отандастар!\n\nБүгін – бізге ортақ мереке.\n"


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that every user may enter (pytest's own may not), with a corpus and one good text."""
    made = Path(tempfile.mkdtemp(prefix="minber-test-"))
    made.chmod(0o755)
    init_corpus(made / "corpus", name="Bad input")
    (made / "good.txt").write_text(GOOD, encoding="utf-8")
    yield made
    for place, _, _ in os.walk(made):
        Path(place).chmod(0o755)
    shutil.rmtree(made)


def arguments(folder: Path, *given: object) -> list[str]:
    return ["--corpus", str(folder / "corpus"), "ingest", *map(str, given)]


def in_a_process(folder: Path, *given: object, before: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    """The command as users run it."""
    command = [*before, sys.executable, "-c", MAIN, *arguments(folder, *given)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


def minber(folder: Path, *given: object, data: bytes = b"") -> subprocess.CompletedProcess[str]:
    """The command's own ``main``, in this process, for the sake of speed."""
    out, err, code = io.StringIO(), io.StringIO(), 0
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.setattr(sys, "argv", ["minber", *arguments(folder, *given)])
        patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
        try:
            main()
        except SystemExit as end:
            code = int(end.code or 0)
    return subprocess.CompletedProcess(sys.argv, code, out.getvalue(), err.getvalue())


BAD = {
    "empty.txt": (b"", "MB104"),
    "blank.txt": (" \n\t\u00a0\r\n\ufeff".encode(), "MB104"),
    "mark_only.txt": (b"\xef\xbb\xbf", "MB104"),
    "program.txt": (b"\x7fELF\x02\x01\x01" + bytes(200), "MB106"),
    "picture.txt": (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "MB106"),
    "noise.txt": (bytes(range(256)) * 40, "MB106"),
    "nul.txt": (GOOD.encode() + b"\0" + GOOD.encode(), "MB106"),
    "utf16_cut.txt": (GOOD.encode("utf-16")[:-1], "MB107"),
    "utf16_cut_no_mark.txt": (GOOD.encode("utf-16-le")[:-1], "MB107"),
    "utf16_half_pair.txt": ("Сөз 🙂".encode("utf-16")[:-2], "MB107"),
    "digits.txt": (b"12 345 678 - 90\n", "MB117"),
    "empty.html": (b"", "MB104"),
    "no_article.html": (
        b"<!doctype html><html><head><title>x</title></head><body><nav><a href=/>1</a></nav></body></html>",
        "MB105",
    ),
    "script_only.html": (b"<html><body><script>render('app')</script><noscript></noscript></body></html>", "MB105"),
    "broken.html": (b"<html><body" + b"\xff\xfe" * 3, "MB105"),
}


def test_every_bad_file_is_named_and_the_good_one_is_stored(folder: Path) -> None:
    for name, (data, _) in BAD.items():
        (folder / name).write_bytes(data)
    done = in_a_process(folder, folder)
    assert done.returncode == 1
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    lines = {line.split(":")[0].rpartition("/")[2]: line for line in done.stderr.splitlines() if line.startswith("MB")}
    assert {name: lines[name].split()[0] for name in lines} == {name: code for name, (_, code) in BAD.items()}
    assert all("Cure: " in line for line in lines.values())
    assert f"1 added, 1 skipped, {len(BAD)} failed" in done.stderr  # skipped: minber.toml
    documents = open_corpus(folder / "corpus").documents.collect()
    assert documents["text"].to_list() == [GOOD]
    again = minber(folder, folder)
    assert (again.returncode, f"1 unchanged, 1 skipped, {len(BAD)} failed" in again.stderr) == (1, True), again.stderr


def test_sources_that_lead_nowhere(folder: Path) -> None:
    (folder / "hollow").mkdir()
    (folder / "dangling.txt").symlink_to(folder / "gone.txt")
    (folder / "round.txt").symlink_to(folder / "round.txt")
    sources = [
        "missing.txt",
        "*.rtf",
        "**/*.rtf",
        "hollow",
        "dangling.txt",
        "round.txt",
        "good.txt/inside.txt",
        "good.txt",
    ]
    done = minber(folder, *(folder / source for source in sources))
    codes = [line.split()[0] for line in done.stderr.splitlines() if line.startswith("MB")]
    assert codes == ["MB101", "MB102", "MB102", "MB113", "MB101", "MB103", "MB103"]
    assert done.returncode == 1
    assert "1 added, 7 failed" in done.stderr


def test_folders_that_are_their_own_children(folder: Path) -> None:
    (folder / "a" / "b").mkdir(parents=True)
    (folder / "a" / "b" / "up").symlink_to(folder / "a")
    (folder / "a" / "b" / "side").symlink_to(folder / "a" / "b")
    (folder / "a" / "text.txt").write_text(GOOD, encoding="utf-8")
    done = minber(folder, folder / "a", folder / "a" / "**" / "*.txt")
    assert (done.returncode, done.stderr.splitlines()[-1]) == (
        0,
        "1 added, 1 unchanged",
    ) or "1 added, 1 duplicate" in done.stderr


def test_a_folder_without_permission(folder: Path) -> None:
    """Root may read everything; where root runs the tests, the command runs without that privilege."""
    locked, file = folder / "texts" / "locked", folder / "texts" / "secret.txt"
    locked.mkdir(parents=True)
    (locked / "in.txt").write_text(GOOD + "1", encoding="utf-8")
    file.write_text(GOOD + "2", encoding="utf-8")
    (folder / "texts" / "open.txt").write_text(GOOD + "3", encoding="utf-8")
    locked.chmod(0)
    file.chmod(0)
    before: tuple[str, ...] = ()
    if os.geteuid() == 0:
        powers = "-dac_override,-dac_read_search"
        before = ("setpriv", f"--bounding-set={powers}", f"--inh-caps={powers}")
    done = in_a_process(folder, folder / "texts", before=before)
    assert "Traceback" not in done.stderr
    failures = sorted(line.split(": ")[0] for line in done.stderr.splitlines() if line.startswith("MB"))
    assert failures == [f"MB103 {locked}", f"MB103 {file}"]
    assert done.stderr.count("Permission denied") == 2
    assert "1 added, 2 failed" in done.stderr
    assert done.returncode == 1


def test_a_file_that_vanishes_between_finding_and_reading(folder: Path) -> None:
    places = list(locate([str(folder / "good.txt")]))
    (folder / "good.txt").unlink()
    with pytest.raises(MinberError) as caught, opened(places[0]):
        pass
    assert caught.value.code == "MB101"


def line_of_50_megabytes(file: Path) -> Path:
    sentence = "Ұлттық құрылтай өтті, деді Президент реформалар туралы. ".encode()
    file.write_bytes(sentence * (50 * 1024 * 1024 // len(sentence)))
    return file


def test_a_line_of_50_megabytes_is_refused_before_it_is_read(folder: Path) -> None:
    done = minber(folder, line_of_50_megabytes(folder / "line.txt"), folder / "good.txt")
    assert done.returncode == 1
    assert "MB112" in done.stderr
    assert "32.0 MB is the limit" in done.stderr
    assert "1 added, 1 failed" in done.stderr


@pytest.mark.slow
def test_a_line_of_50_megabytes_is_read_on_request_in_bounded_memory(folder: Path) -> None:
    done = in_a_process(folder, line_of_50_megabytes(folder / "line.txt"), "--max-size", 64)
    assert (done.returncode, done.stderr.strip()) == (0, "1 added")
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < 2 * 1024 * 1024  # kB
    texts = open_corpus(folder / "corpus").documents.collect()["text"]
    assert max(map(len, texts)) > 25_000_000


def test_standard_input(folder: Path) -> None:
    done = minber(folder, "-", data=GOOD.encode("utf-16"))
    assert (done.returncode, done.stderr.strip()) == (0, "1 added")
    assert "1 unchanged" in minber(folder, "-", data=GOOD.encode("utf-16")).stderr
    done = minber(folder, "-", "--max-size", "0.01", data=b"a" * 20_000)
    assert "MB112 standard input" in done.stderr
    done = minber(folder, "-", data=b"")
    assert "MB104 standard input" in done.stderr
    assert done.returncode == 1
    [document] = open_corpus(folder / "corpus").documents.collect().to_dicts()
    assert document["uri"].startswith("stdin:")
    assert document["encoding"] == "utf-16-le"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (["good.txt", "--reader", "papyrus"], "MB109"),
        (["good.txt", "--date", "14.03.2025"], "MB119"),
        (["good.txt", "--lang", "Kazakh"], "MB119"),
        (["good.txt", "--since", "14.03.2025"], "MB119"),
        (["good.txt", "--sites", "nowhere"], "MB119"),
        (["good.txt", "--version-of", "nothing-123"], "MB115"),
        (["good.txt", "--encoding", "windows-9999"], "MB119"),
        ([], "MB118"),
    ],
)
def test_wrong_use(folder: Path, given: list[str], code: str) -> None:
    done = minber(folder, *(folder / a if a.endswith(".txt") else a for a in given))
    assert done.returncode == 2
    assert done.stderr.startswith(code)
    assert "Cure: " in done.stderr
    assert open_corpus(folder / "corpus").documents.collect().is_empty()


def test_kinds_that_no_reader_takes(folder: Path) -> None:
    (folder / "film.mkv").write_bytes(b"\x1a\x45\xdf\xa3")
    done = minber(folder, folder / "film.mkv")
    assert done.stderr.splitlines()[-1].startswith(f"MB110 {folder}/film.mkv: no reader takes .mkv files")
    assert "MB106" in minber(folder, folder / "film.mkv", "--reader", "text").stderr


def test_names_of_any_letters(folder: Path) -> None:
    odd = folder / "Сөз: «Жолдау» 100%#?[1].txt"
    odd.write_bytes(b"")
    done = minber(folder, odd)
    assert f"MB104 {odd}: " in done.stderr
    odd.write_text(GOOD + "!", encoding="utf-8")
    assert minber(folder, odd).stderr.strip() == "1 added"
    raw = os.fsencode(folder) + b"/\xff\xfe.txt"  # no UTF-8: Linux allows any bytes
    Path(os.fsdecode(raw)).write_text(GOOD + "?", encoding="utf-8")
    done = minber(folder, folder)
    assert "Traceback" not in done.stderr
    assert "2 added" in done.stderr


def test_a_html_page_named_txt_is_read_as_a_page(folder: Path) -> None:
    (folder / "page.txt").write_text(
        f"<!DOCTYPE html>\n<html><body><article><p>{GOOD * 4}</p></article></body></html>", encoding="utf-8"
    )
    assert minber(folder, folder / "page.txt").returncode == 0
    [document] = open_corpus(folder / "corpus").documents.collect().to_dicts()
    assert document["reader"] == "html@2"
    assert "<" not in document["text"]


def test_no_corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MINBER_CORPUS", raising=False)
    from corpus.cli import groups  # noqa: F401
    from corpus.cli.app import app

    result = CliRunner().invoke(app, ["ingest", "x.txt"])
    assert isinstance(result.exception, MinberError)
    assert result.exception.code == "MB001"


def test_list_of_readers() -> None:
    from corpus.cli import groups  # noqa: F401
    from corpus.cli.app import app

    result = CliRunner().invoke(app, ["ingest", "--list-readers"])
    assert result.exit_code == 0
    assert [line.split("\t")[0] for line in result.stdout.splitlines()][:2] == ["text@1", "html@2"]


def test_every_code_of_ingest_has_message_and_cure() -> None:
    codes = [code for code in catalogue() if code.startswith("MB1")]
    assert len(codes) >= 19
    assert all(catalogue()[code]["cure"] for code in codes)
