"""Draw the pictures of the README from the demo: ``.venv/bin/python docs/images/draw.py``.

``terminal.svg`` and ``terminal.png`` show what ``minber view`` and ``minber stats kwic`` print, ``view.png`` the page
of the same report, ``report.png`` the report of the demo's corpus. Needs the packages for development and Debian's
Chromium; nothing is fetched.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

import polars as pl
from playwright.sync_api import Browser, sync_playwright
from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

import corpus
from corpus.demo import run_demo
from corpus.exchange.reading import described_documents
from corpus.report.pages import page_name
from corpus.report.terminal import print_document
from corpus.stats import Selected, Selection, kwic
from corpus.stats.output import as_table

HERE = Path(__file__).parent
WIDTH = 100
FONT = '"DejaVu Sans Mono", "Noto Sans Mono", Consolas, Menlo, monospace'
"""Faces that have the Kazakh letters; rich's own drawing asks the network for one that has not."""


def main() -> None:
    """Run the demo in a new folder and draw it."""
    with tempfile.TemporaryDirectory() as folder:
        demo = run_demo(folder, Console(quiet=True))
        opened = corpus.open(demo.folder)
        report = (pl.col("lang") == "kk") & (pl.col("kind") == "report")
        described = next(described_documents(opened, report))
        (HERE / "terminal.svg").write_text(terminal(opened, described), encoding="utf-8")
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
            )
            drawn = (HERE / "terminal.svg").read_text(encoding="utf-8")
            shoot(browser, f'<body style="margin:0">{drawn}</body>', HERE / "terminal.png", 1000, None)
            page = demo.folder / "pages" / page_name(described.document.id)
            shoot(browser, page.read_text(encoding="utf-8"), HERE / "view.png", 1200, 960)
            summary = demo.folder / "report.html"
            subprocess.run(  # noqa: S603 -- our own command
                [
                    Path(sys.executable).with_name("minber"),
                    "--corpus",
                    demo.folder,
                    "report",
                    summary,
                    "--language",
                    "kk",
                ],
                check=True,
            )
            shoot(browser, summary.read_text(encoding="utf-8"), HERE / "report.png", 1200, 1000)
            browser.close()


def terminal(opened: corpus.Corpus, described: object) -> str:
    """What the terminal shows, as SVG without fonts from elsewhere."""
    console = Console(record=True, width=WIDTH, force_terminal=True, color_system="truecolor", file=sys.stderr)
    console.print(f"$ minber view {described.document.id}", style="bold green", highlight=False)  # type: ignore[attr-defined]
    print_document(described.document, described.annotations, console, codebook=opened.codebook)  # type: ignore[attr-defined]
    console.print()
    console.print("$ minber stats kwic 'диалог*'", style="bold green", highlight=False)
    words = Selected(opened, Selection()).tokens(rest=True)
    lines = kwic(words, ["диалог*"], window=6, sort="text", show="surface", hits="kept", phrase=True).collect()
    shown = as_table(lines, {"keyword": "bold red", "docname": "cyan", "pattern": "dim"}, width=WIDTH, color=True)
    console.print(Text.from_ansi(shown), end="")
    form = re.sub(r"@font-face \{\{.*?\}\}\s*", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)
    form = form.replace("font-family: Fira Code, monospace;", f"font-family: {FONT};")
    drawn = console.export_svg(title="minber", theme=MONOKAI, code_format=form, unique_id="minber")
    if "url(http" in drawn or "@font-face" in drawn:
        raise SystemExit("the drawing asks for fonts from elsewhere: rich's template has changed")
    return drawn


def shoot(browser: Browser, content: str, dest: Path, width: int, height: int | None) -> None:
    """Photograph a page in the browser; the whole of it where no height is given."""
    page = browser.new_page(viewport={"width": width, "height": height or 400})
    page.set_content(content)
    page.screenshot(path=dest, full_page=height is None)
    page.close()


if __name__ == "__main__":
    main()
