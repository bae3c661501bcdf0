"""What people see and press in Doccano: guideline, keys, colours, underlines, arrows, progress, in a real browser."""

import unicodedata

import pytest

from corpus.doccano.client import Client
from corpus.doccano.pull import pull
from corpus.doccano.push import push
from tests.doccano.corpora import annotation, emoji_document, make_corpus, place, sentences, speech_document
from tests.doccano.page import LabellingPage, Underline
from tests.doccano.people import BOOK, NAME, PASSWORD, decisions, kk, project_of

ARROWS = """() => [...document.querySelectorAll('svg[id^="svg"] path[fill="none"]')].map(path => {
  const at = distance => path.getScreenCTM().e + path.getPointAtLength(distance).x;
  return {head: path.hasAttribute('marker-end'), text: path.parentNode.querySelector('text').textContent,
          from: at(0), to: at(path.getTotalLength())};
})"""
MIDDLES = """colors => colors.map(color => {
  const line = document.querySelector(`svg[id^="svg"] line[stroke="${color}"]`);
  return line.getScreenCTM().e + (line.x1.baseVal.value + line.x2.baseVal.value) / 2;
})"""

pytestmark = [pytest.mark.server, pytest.mark.browser, pytest.mark.timeout(600)]

MARKS = unicodedata.normalize("NFD", "Қайта өңделген 👩‍👩‍👧 йод пен ё туралы диалог 😀 сайлау күні.")
"""Letters taken apart (й, ё: two code points each) and emoji of one and of five code points."""


def marks_document():
    words = [unicodedata.normalize("NFD", word) for word in ("йод", "диалог", "сайлау")]
    rows = sentences(MARKS, [MARKS])
    for theme, word in zip(("human_rights", "dialogue", "parliament"), words, strict=True):
        rows.append(annotation(MARKS, "theme", theme, MARKS, evidence=[place(MARKS, word)]))
    return MARKS, rows


def rgb(color):
    return f"rgb({', '.join(str(int(color[at : at + 2], 16)) for at in (1, 3, 5))})"


def units16(text, offset):
    return len(text[:offset].encode("utf-16-le")) // 2


@pytest.fixture
def aigul(doccano_server, doccano_client):
    """A second user, who signs in with a browser of her own."""
    if "aigul" not in doccano_client.users().values():
        doccano_client.create_user("aigul", PASSWORD)
    with doccano_server.client("aigul", PASSWORD) as client:
        yield client


class Opened:
    """A project and the page on which somebody labels it."""

    def __init__(self, admin: Client, person: Client, browser, project: int, route: str) -> None:
        users = {name: number for number, name in admin.users().items()}
        admin.add_member(project, users[person.user["username"]])
        self.texts = [row["text"] for row in admin.examples(project)]
        self.window = LabellingPage(browser, person, project, route)
        self.page = self.window.page

    def show(self, words: str) -> str:
        [(number, text)] = [(n, text) for n, text in enumerate(self.texts, start=1) if words in text]
        self.window.open(number, text)
        return text


@pytest.fixture
def opened(doccano_server, doccano_client, aigul, browser, tmp_path, request):
    """A corpus in the layout themes, and its page."""
    documents = {"emoji": emoji_document(), "marks": marks_document(), "speech": speech_document()}
    made = make_corpus(tmp_path / "c", doccano_server.url, documents, name=request.node.name[:60])
    project = project_of(push(made, doccano_client))
    found = Opened(doccano_client, aigul, browser, project, "intent-detection-and-slot-filling")
    found.corpus, found.project = made, project
    yield found
    found.window.close()


def test_guideline_keys_colours_and_progress(opened, doccano_client):
    window, page = opened.window, opened.page
    opened.show("диалогтың")
    chips = page.locator(".v-chip").all()
    shown = {}
    for chip in chips:
        name, key = chip.inner_text().split("\n")
        shown[name.strip()] = key.strip(), chip.evaluate("chip => getComputedStyle(chip).backgroundColor")
    assert shown == {theme.name("kk"): (theme.key, rgb(theme.color)) for theme in BOOK.themes}

    assert window.ticked() == {NAME}
    for theme in ("national_unity", "dialogue"):  # one is ticked by its key, the other unticked
        page.keyboard.press(BOOK.theme(theme).key)
        window.settle()
    assert window.ticked() == {kk("national_unity")}

    def progress():
        return page.locator(".v-card", has_text="Progress").inner_text().split()

    assert progress() == ["Progress", "Total", "6", "Complete", "0", "0%"]
    page.keyboard.press("Enter")  # the key of the check mark
    page.wait_for_function("() => document.body.innerText.includes('17%')")
    assert progress() == ["Progress", "Total", "6", "Complete", "1", "17%"]

    dialog = window.open_guideline()
    assert BOOK.names["kk"] in dialog
    for theme in BOOK.themes:
        assert theme.name("kk") in dialog
    window.screenshot("guideline")

    report = pull(opened.corpus, doccano_client)
    assert report.confirmed == 1
    assert ("added", "national_unity", "aigul") in {(row[0], row[2], row[4]) for row in decisions(opened.corpus)}


def test_underlines_behind_emoji_and_letters_taken_apart(opened):
    text = opened.show("диалог 😀")
    assert text == MARKS
    words = ("йод", "диалог", "сайлау")
    wanted = set()
    for theme, word in zip(("human_rights", "dialogue", "parliament"), words, strict=True):
        start, end = place(text, unicodedata.normalize("NFD", word))
        wanted.add(Underline(units16(text, start), units16(text, end), BOOK.theme(theme).color))
    assert opened.window.underlines() == wanted  # within two pixels of the borders of these very letters
    opened.window.screenshot("marks")


def test_an_arrow_from_the_quotation_to_who_said_it(doccano_server, doccano_client, aigul, browser, tmp_path):
    made = make_corpus(tmp_path / "c", doccano_server.url, {"speech": speech_document()}, name="arrows")
    project = project_of(push(made, doccano_client, "voices", relations=True))
    opened = Opened(doccano_client, aigul, browser, project, "sequence-labeling")
    try:
        opened.show("Жергілікті")
        [begin] = [arrow for arrow in opened.page.evaluate(ARROWS) if not arrow["head"]]
        [end] = [arrow for arrow in opened.page.evaluate(ARROWS) if arrow["head"]]
        assert begin["text"] == end["text"] == "кім айтты"
        quotation, speaker = opened.page.evaluate(MIDDLES, ["#1f77b4", "#2ca02c"])
        assert abs(begin["from"] - quotation) < 2  # pixels; on another line than its head here
        assert abs(end["to"] - speaker) < 2
        opened.window.screenshot("arrows")
    finally:
        opened.window.close()
