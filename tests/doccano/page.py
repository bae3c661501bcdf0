"""Doccano's page in a real browser: what is ticked, what is underlined, and what a person does with the mouse."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.doccano.client import Client

# For each visual line of the text: where it begins (UTF-16 units, from its id), its words, and from which to which
# letter each underline is drawn, in pixels and as the nearest letter borders.
UNDERLINES = """() => [...document.querySelectorAll('svg[id^="svg"]')].flatMap(svg => {
  const text = svg.querySelector('text');
  if (!text) return [];
  const first = Number(svg.id.slice(3).split(':')[0]), words = text.textContent, screen = text.getScreenCTM();
  const borders = [...Array(words.length + 1).keys()].map(i => screen.e + screen.a *
      (i < words.length ? text.getStartPositionOfChar(i).x : text.getEndPositionOfChar(i - 1).x));
  // both halves of a surrogate pair, and a letter and its mark, have one place: the first of them counts
  const nearest = x => borders.reduce((best, b, i) => Math.abs(b - x) < Math.abs(borders[best] - x) ? i : best, 0);
  return [...svg.querySelectorAll('line')].filter(line => line.hasAttribute('stroke')).map(line => {
    const matrix = line.getScreenCTM(), at = x => matrix.e + matrix.a * x;
    const cap = Number(line.getAttribute('stroke-width')) / 2;  // the ends are round and stick out
    const left = at(line.x1.baseVal.value - cap), right = at(line.x2.baseVal.value + cap);
    const start = nearest(left), end = nearest(right);
    return {start: first + start, end: first + end, color: line.getAttribute('stroke'),
            off: Math.max(Math.abs(borders[start] - left), Math.abs(borders[end] - right))};
  });
})"""

WORD = """word => {
  for (const text of document.querySelectorAll('svg[id^="svg"] text')) {
    const at = text.textContent.indexOf(word);
    if (at < 0) continue;
    const screen = text.getScreenCTM(), box = text.getExtentOfChar(at);
    return {left: screen.e + screen.a * text.getStartPositionOfChar(at).x,
            right: screen.e + screen.a * text.getEndPositionOfChar(at + word.length - 1).x,
            middle: screen.f + screen.d * (box.y + box.height / 2)};
  }
}"""


@dataclass(frozen=True)
class Underline:
    """Offsets in UTF-16 units of the text."""

    start: int
    end: int
    color: str


class LabellingPage:
    """The page on which people label, opened by somebody who is signed in."""

    def __init__(self, browser: Any, client: Client, project: int, route: str) -> None:
        self._context = browser.new_context(viewport={"width": 1400, "height": 900}, locale="en-US")
        cookies = client._doccano.session.cookies
        self._context.add_cookies([{"name": c.name, "value": c.value, "url": client.url} for c in cookies])
        self.page = self._context.new_page()
        self.page.goto(client.url + "/projects")  # the page learns here that the session is signed in
        self.page.get_by_text("Projects").first.wait_for()
        self._url = f"{client.url}/projects/{project}/{route}"

    def close(self) -> None:
        self._context.close()

    def open(self, number: int, words: str) -> None:
        """Open the n-th text (from 1), which begins with these words."""
        self.page.goto(f"{self._url}?page={number}")
        first = words.split(maxsplit=1)[0]
        self.page.wait_for_function(
            "word => [...document.querySelectorAll('svg[id^=\"svg\"] text')].some(t => t.textContent.includes(word))",
            arg=first,
        )
        self.settle()

    def settle(self) -> None:
        """Wait until nothing is asked of the server and nothing moves any more."""
        self.page.wait_for_load_state("networkidle")
        self.page.wait_for_function(
            """() => new Promise(done => {
              const before = document.body.innerHTML;
              setTimeout(() => done(document.body.innerHTML === before), 250);
            })"""
        )

    def ticked(self) -> set[str]:
        """Names of the categories that are ticked."""
        chips = self.page.locator(".v-chip--active .v-chip__content").all_inner_texts()
        return {chip.strip().split("\n")[0].strip() for chip in chips}

    def underlines(self) -> set[Underline]:
        """What is underlined; pieces on several lines are joined."""
        pieces = sorted(self.page.evaluate(UNDERLINES), key=lambda piece: (piece["color"], piece["start"]))
        assert all(piece["off"] < 2 for piece in pieces), pieces  # pixels; the narrowest letter has 5
        joined: list[Underline] = []
        for piece in pieces:
            last = joined[-1] if joined else None
            if last and last.color == piece["color"] and last.end == piece["start"]:
                joined[-1] = Underline(last.start, piece["end"], last.color)
            else:
                joined.append(Underline(piece["start"], piece["end"], piece["color"]))
        return set(joined)

    def click_category(self, name: str) -> None:
        self.page.locator(".v-chip", has_text=name).first.click()
        self.settle()

    def select(self, word: str, label: str) -> None:
        """Select a word with the mouse and choose a label from the menu that opens."""
        self.page.mouse.move(0, 0)
        place = self.page.evaluate(WORD, word)
        self.page.mouse.move(place["left"] + 1, place["middle"])
        self.page.mouse.down()
        self.page.mouse.move((place["left"] + place["right"]) / 2, place["middle"], steps=5)
        self.page.mouse.move(place["right"] - 1, place["middle"], steps=5)
        self.page.mouse.up()
        item = self.page.locator(".v-menu__content .v-list-item", has_text=label).first
        item.wait_for()
        item.scroll_into_view_if_needed()
        item.click()
        self.settle()

    def delete_span(self, color: str) -> None:
        """Delete the first span of a colour, by a right click on its name."""
        self.page.locator(f'svg g:has(> circle[fill="{color}"]) text').first.click(button="right")
        self.settle()

    def open_guideline(self) -> str:
        """Open the guideline over the text; returns what is read there."""
        self.page.locator(".v-toolbar button").nth(9).click()  # the fourth above the text, after six of the page's head
        dialog = self.page.locator(".v-dialog--active")
        dialog.wait_for()
        self.settle()
        return str(dialog.inner_text())

    def screenshot(self, name: str) -> None:
        """Keep a picture where MINBER_SCREENSHOTS says."""
        if folder := os.environ.get("MINBER_SCREENSHOTS"):
            Path(folder).mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=str(Path(folder) / f"{name}.png"))
