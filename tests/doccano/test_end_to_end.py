"""The main job: a page goes in, people label it in Doccano's own page in a real browser, their labels come back."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import corpus
from schemas.codebook import load_codebook
from tests.doccano.page import LabellingPage, Underline

pytestmark = [pytest.mark.server, pytest.mark.browser, pytest.mark.timeout(900)]

PAGES = Path(__file__).parent / "pages"
EMOJI = PAGES / "emoji-crlf-kk.txt"
BOOK = load_codebook("reforms")
PASSWORD = "qwe!asd123"


@pytest.fixture(params=["own", "seed"])
def news(request):
    """A news page: one written for this test, and where it is at hand the one that Minber was made for."""
    return PAGES / "news-kk.txt" if request.param == "own" else request.getfixturevalue("seed_page")


class Commands:
    """The ``minber`` command in a folder, as a user types it."""

    def __init__(self, folder: Path, running) -> None:
        self.folder = folder
        self._environment = os.environ | {"MINBER_DOCCANO_PASSWORD": running.password}
        self._program = Path(sys.executable).with_name("minber")

    def __call__(self, *arguments: str, status: int = 0) -> subprocess.CompletedProcess[str]:
        command = [self._program, "--corpus", self.folder, *arguments]
        done = subprocess.run(command, capture_output=True, text=True, env=self._environment, timeout=300)
        assert done.returncode == status, done.stderr
        assert self._environment["MINBER_DOCCANO_PASSWORD"] not in done.stdout + done.stderr
        return done


@pytest.fixture
def minber(news, doccano_server, tmp_path, request):
    """A corpus with both pages, ingested and annotated by the commands."""
    assert b"\r\n" in EMOJI.read_bytes()
    folder = tmp_path / "c"
    run = Commands(folder, doccano_server)
    subprocess.run([run._program, "init", folder], check=True, capture_output=True)
    settings = folder / "minber.toml"
    name = request.node.name.replace("[", " ").rstrip("]")
    text = settings.read_text(encoding="utf-8").replace('name = "c"', f'name = "{name}"')
    settings.write_text(f'{text}\n[doccano]\nurl = "{doccano_server.url}"\n', encoding="utf-8")
    run("ingest", str(news), str(EMOJI))
    run("annotate")
    return run


@pytest.fixture
def aigul(doccano_server, doccano_client):
    """A second user; the annotator's role is given per project."""
    if "aigul" not in doccano_client.users().values():
        doccano_client.create_user("aigul", PASSWORD)
    with doccano_server.client("aigul", PASSWORD) as client:
        yield client


def user_id(client, name):
    return {user: number for number, user in client.users().items()}[name]


def units16(text: str, offset: int) -> int:
    return len(text[:offset].encode("utf-16-le")) // 2


def project_and_pages(opened, doccano_client, layout):
    """The project, and for each unit in the order of the page its row of the units table and its text."""
    rows = {row["unit_id"]: row for row in opened.units.collect().to_dicts() if row["layout"] == layout}
    texts = dict(opened.documents.select("id", "text").collect().iter_rows())
    project = next(iter(rows.values()))["project_id"]
    pages = []
    for example in doccano_client.examples(project):
        meta = example["meta"]
        row = rows[f"{meta['doc_id']}:{meta['rev']}:{meta['range']}"]
        text = texts[row["doc_id"]][row["start"] : row["end"]]
        assert example["text"] == text
        pages.append((row, text))
    return project, pages


def annotations_in(opened, row, layer):
    """Machine annotations of a layer inside a unit, with offsets and attributes as the annotators wrote them."""
    return [
        found | {"attributes": json.loads(found["attributes"])}
        for found in opened.annotations.collect().to_dicts()
        if found["doc_id"] == row["doc_id"]
        and found["layer"] == layer
        and row["start"] <= found["start"]
        and found["end"] <= row["end"]
    ]


def decisions(opened):
    texts = dict(opened.documents.select("id", "text").collect().iter_rows())
    return {
        (row["decision"], row["layer"], row["label"], texts[row["doc_id"]][row["start"] : row["end"]], row["annotator"])
        for row in opened.labels.collect().to_dicts()
    }


def test_themes_go_there_and_back(minber, doccano_client, aigul, browser):
    sent = minber("push")
    assert "sent" in sent.stderr
    opened = corpus.open(minber.folder)
    project, pages = project_and_pages(opened, doccano_client, "themes")
    doccano_client.add_member(project, user_id(doccano_client, "aigul"))
    window = LabellingPage(browser, aigul, project, "intent-detection-and-slot-filling")
    colors = {theme.id: theme.color for theme in BOOK.themes}
    emoji_seen = 0
    for number, (row, text) in enumerate(pages, start=1):
        window.open(number, text)
        themes = annotations_in(opened, row, "theme")
        assert window.ticked() == {BOOK.theme(found["label"]).name("kk") for found in themes}, text
        evidence = {
            Underline(
                units16(text, start - row["start"]), units16(text, end - row["start"]), colors[found["label"]].lower()
            )
            for found in themes
            for start, end in found["attributes"]["evidence"]
        }
        drawn = window.underlines()
        assert drawn <= evidence, text
        for hidden in evidence - drawn:  # only words that overlap others may be missing
            assert any(other.start < hidden.end and hidden.start < other.end for other in drawn), text
        emoji_seen += bool(drawn) and ord(text.strip("«")[0]) > 0xFFFF
    assert emoji_seen >= 2, "underlines behind emoji were among them"

    # a second user ticks, unticks, and marks a word behind the emoji
    [(number, (row, text))] = [(place, page) for place, page in enumerate(pages, start=1) if "🎉" in page[1]]
    window.open(number, text)
    window.screenshot("themes-before")
    dialogue, unity = BOOK.theme("dialogue").name("kk"), BOOK.theme("national_unity").name("kk")
    assert window.ticked() == {dialogue}
    window.click_category(unity)
    window.click_category(dialogue)
    window.select("үлгісі", unity)
    assert window.ticked() == {unity}
    window.screenshot("themes-after")
    window.close()

    dry = minber("pull", "--dry-run")
    assert sorted(line[:3] for line in dry.stdout.splitlines()[1:]) == ["  +", "  +", "  -"]
    assert opened.labels.collect().height == 0
    minber("pull")
    assert decisions(opened) == {
        ("added", "theme", "national_unity", text, "aigul"),
        ("rejected", "theme", "dialogue", text, "aigul"),
        ("added", "evidence", "national_unity", "үлгісі", "aigul"),
    }
    assert "changed 0 of" in minber("pull").stderr
    assert "sent 0 units" in minber("push").stderr, "what a person changed is not sent again"
    state = json.loads(minber("status", "--format", "json").stdout)[0]
    assert (state["pushed"], state["local"], state["changed"], state["labels"]) == (len(pages), 0, 1, 3)


def test_voices_go_there_and_back(minber, doccano_client, aigul, browser):
    minber("push", "--layout", "voices")
    opened = corpus.open(minber.folder)
    project, pages = project_and_pages(opened, doccano_client, "voices")
    doccano_client.add_member(project, user_id(doccano_client, "aigul"))
    window = LabellingPage(browser, aigul, project, "sequence-labeling")
    colors = {
        "direct": "#1f77b4",
        "partial": "#6baed6",
        "mention": "#2ca02c",
        "cue": "#ff7f0e",
        "chrome": "#7f7f7f",
        "background": "#bcbd22",
    }
    quotations = 0
    for number, (row, text) in enumerate(pages, start=1):
        window.open(number, text)
        wanted = set()
        for layer in ("quote", "chrome", "background"):
            for found in annotations_in(opened, row, layer):
                places = [(found["label"] if layer == "quote" else layer, found["start"], found["end"])]
                if layer == "quote":
                    quotations += 1
                    parts = ((part, found["attributes"][part]) for part in ("mention", "cue"))
                    places += [(part, *place) for part, place in parts if place]
                wanted |= {
                    Underline(units16(text, start - row["start"]), units16(text, end - row["start"]), colors[name])
                    for name, start, end in places
                }
        assert window.underlines() == wanted, text
    assert quotations >= 3

    # a second user marks a name as speaker with the mouse, and takes a wrong cue away
    [(number, (row, text))] = [(place, page) for place, page in enumerate(pages, start=1) if "🎉" in page[1]]
    window.open(number, text)
    window.screenshot("voices-before")
    window.delete_span(colors["direct"])
    window.select("диалогтың", "Ішінара дәйексөз")
    window.screenshot("voices-after")
    window.close()
    [quote] = annotations_in(opened, row, "quote")
    minber("pull", "--layout", "voices")
    assert decisions(opened) == {
        ("rejected", "quote", "direct", text[quote["start"] - row["start"] : quote["end"] - row["start"]], "aigul"),
        ("added", "quote", "partial", "диалогтың", "aigul"),
    }


def test_a_wrong_password_is_said_by_the_command(minber, monkeypatch):
    minber._environment |= {"MINBER_DOCCANO_PASSWORD": "not-the-one"}
    done = minber("push", status=1)
    assert "MB402" in done.stderr
    assert "Traceback" not in done.stderr


def test_no_server_is_said_by_the_command(minber):
    settings = minber.folder / "minber.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.split("[doccano]")[0] + '[doccano]\nurl = "http://127.0.0.1:9"\n', encoding="utf-8")
    done = minber("push", status=1)
    assert "MB401" in done.stderr
    assert "Traceback" not in done.stderr
