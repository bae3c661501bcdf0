"""All quotations of a text, stage after stage."""

from __future__ import annotations

from annotators.quotes.attribution import Attributor
from annotators.quotes.dashes import Dashes
from annotators.quotes.grammar import Grammar
from annotators.quotes.layout import Layout
from annotators.quotes.lost import Lost
from annotators.quotes.marked import Marked
from annotators.quotes.page import Page, Quotation
from annotators.quotes.pairing import Pairing
from annotators.quotes.unmarked import Unmarked
from annotators.speakers import People


def find_quotations(
    layout: Layout, grammar: Grammar, people: People, attributor: Attributor, hidden: list[tuple[int, int]]
) -> list[Quotation]:
    """Find everything quoted in a text.

    Parameters:
        layout: the text.
        grammar: of its language.
        people: everybody named in it.
        attributor: reads the words beside a quotation.
        hidden: stretches of page furniture, in which nothing is quoted.

    Returns:
        quotations in order; nested ones after the one around them, none crossing another.
    """
    page = Page(layout, grammar, people, attributor, hidden)
    Pairing(page).settle()
    marked = Marked(page)
    marked.find()
    Lost(page).find()
    unmarked = Unmarked(page)
    unmarked.under_names()
    Dashes(page).find()
    unmarked.find()
    marked.find_nested()
    page.found.sort(key=lambda q: (q.start, -q.end))
    return _without_overlap(page.found)


def _without_overlap(found: list[Quotation]) -> list[Quotation]:
    kept: list[Quotation] = []
    around: list[Quotation] = []  # kept quotations that may hold the next one
    for q in found:
        if q.start >= q.end:
            continue
        while around and around[-1].end <= q.start:
            around.pop()
        inner = around[-1] if around else None
        if inner and (q.end > inner.end or (q.start, q.end) == (inner.start, inner.end)):
            continue
        kept.append(q)
        around.append(q)
    return kept
