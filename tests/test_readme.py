"""The README is true: every command of its tour runs, and its Python example does what it shows."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
TOUR = re.compile(r"<!-- tour(: server)? -->\n```sh\n(.*?)```", re.DOTALL)


def run_blocks(blocks: list[str], folder: Path, **environment: str) -> None:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    script = "\n".join(["set -eux -o pipefail", *blocks])
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=folder,
        env={**os.environ, "PATH": path, **environment},
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_tour_is_found():
    kinds = [bool(kind) for kind, _ in TOUR.findall(README)]
    assert kinds == [False, False, False, True]


@pytest.mark.slow
def test_tour_without_a_server(tmp_path):
    run_blocks([commands for kind, commands in TOUR.findall(README) if not kind], tmp_path)
    corpus = tmp_path / "kurultai"
    assert "Орталықсыздандыру" in (corpus / "themes.svg").read_text(encoding="utf-8")
    assert (corpus / "words.csv").read_text(encoding="utf-8-sig").startswith("feature,frequency,rank,docfreq")
    assert (corpus / "again.csv").read_bytes() == (corpus / "words.csv").read_bytes()
    assert (corpus / "pages" / "index.html").is_file()
    assert len((corpus / "corpus.jsonl").read_text(encoding="utf-8").splitlines()) == 3


@pytest.mark.server
def test_tour_with_a_server(tmp_path):
    """The launcher keeps its server in the user's data folder; the test gives it one of its own."""
    first = TOUR.findall(README)[0][1]
    server = [commands for kind, commands in TOUR.findall(README) if kind]
    own = ['sed -i "\\$a [doccano]\\nurl = \\"$(minber doccano up --port 0 --quiet)\\"" minber.toml']
    run_blocks([first, *own, *server], tmp_path, XDG_DATA_HOME=str(tmp_path / "data"))


def test_python_example(capsys):
    exec(re.search(r"```python\n(.*?)```", README, re.DOTALL).group(1), {})
    shown = capsys.readouterr().out
    assert "Қоғамдық диалогтың жаңа үлгісі қалыптасты | Қасым-Жомарт Тоқаев | деді" in shown
    assert "dialogue" in shown


def test_pictures_and_pages_exist():
    for target in re.findall(r"\]\(((?!https?:)[^)]+)\)", README):
        assert (ROOT / target).exists(), target
