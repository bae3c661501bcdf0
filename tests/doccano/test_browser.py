"""What people see and press in Doccano's page, in a real browser: guideline, keys, colours, underlines, arrows, progress."""

import re
import unicodedata

import pytest

from corpus.doccano.client import Client
from corpus.doccano.layouts import LAYOUTS, label_types, unit_of
from corpus.doccano.pull import pull
from corpus.doccano.push import push
from tests.doccano.corpora import annotation, emoji_document, make_corpus, place, sentences, speech_document
from tests.doccano.page import LabellingPage, Underline
from tests.doccano.people import BOOK, NAME, PASSWORD, kk, project_of, unit_with

pytestmark = [pytest.mark.server, pytest.mark.browser, pytest.mark.timeout(600)]

MARKS = unicodedata.normalize("NFD", "Қайта өңделген 👩‍👩‍👧 йод пен ё туралы диалог 😀 сайлау күні.")
"""Letters taken apart (й, ё: two code points each) and emoji of one and of five code points."""


def marks_document():
    words = [unicodedata.normalize("NFD", word) for word in ("йод", "диалог", "сайлау")]
    rows = sentences(MARKS, [MARKS])
    for theme, word in zip(("water", "dialogue", "parliament"), words, strict=True):
        rows.append(annotation(MARKS, "theme", theme, MARKS, evidence=[place(MARKS, word)]))
    return MARKS, rows


def rgb(color):
    return f"rgb({', '.join(str(int(color[at : at + 2], 16)) for at in (1, 3, 5))})"


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
