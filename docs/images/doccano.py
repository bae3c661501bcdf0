"""Make the pictures of Doccano (themes, voices, arrows, guideline): bundled texts on a real server, in a real browser.

Run from the project's folder: ``python docs/images/doccano.py``. It starts a server of its own and deletes it again.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import corpus  # noqa: E402
from corpus.doccano import server  # noqa: E402
from corpus.doccano.client import Client  # noqa: E402
from corpus.doccano.push import push  # noqa: E402
from tests.doccano.page import LabellingPage  # noqa: E402
from tests.fixtures_doccano import chromium  # noqa: E402

TEXTS = ROOT / "corpus" / "demo" / "data"
PICTURES = {  # picture → layout, whether with arrows, page of the project, words of the text to show, height
    "themes": ("themes", False, "intent-detection-and-slot-filling", "Өңірлік экологиялық саммиті", 760),
    "voices": ("voices", False, "sequence-labeling", "Мәслихат төрайымы", 760),
    "arrows": ("voices", True, "sequence-labeling", "Мәслихат төрайымы", 620),
}


def main() -> None:
    """Draw all."""
    folder = Path(tempfile.mkdtemp())
    home = folder / "home"
    try:
        client = Client(server.up(home, port=0), server.ADMIN, server.password_file(home).read_text().strip())
        opened = corpus.init(folder / "c", name="Жолдаулар")
        minber = [str(Path(sys.executable).with_name("minber")), "--corpus", str(opened.path)]
        for arguments in (["ingest", str(TEXTS / "speech-kk.txt"), str(TEXTS / "report-kk.txt")], ["annotate"]):
            subprocess.run([*minber, *arguments], check=True)  # noqa: S603
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"])
            for picture, (layout, arrows, route, words, height) in PICTURES.items():
                report = push(opened, client, layout, relations=arrows or None)
                project = int(report.url.rsplit("/", 1)[1])
                texts = [row["text"] for row in client.examples(project)]
                number = next(place for place, text in enumerate(texts, start=1) if words in text)
                window = LabellingPage(browser, client, project, route)
                window.open(number, texts[number - 1])
                window.page.set_viewport_size({"width": 1400, "height": height})
                window.settle()
                window.page.screenshot(path=str(Path(__file__).with_name(f"doccano-{picture}.png")))
                if picture == "themes":
                    window.open_guideline()
                    window.page.screenshot(path=str(Path(__file__).with_name("doccano-guideline.png")))
            browser.close()
    finally:
        server.down(home, purge=True)


if __name__ == "__main__":
    main()
