"""The lead of a news page: found where it was left out, never taken from what stands beside the article."""

from __future__ import annotations

import pytest
from lxml.html import fromstring

from corpus.ingest.formats.lead import with_lead

LEAD = "Тоқаев: Құрылтай халық пен билік арасындағы сенімді көпірге айналды"
BODY = "Бурабайда өткен отырысқа екі жүзден аса адам қатысты, деп хабарлайды баспасөз қызметі."


def page(between: str, head: str = "") -> object:
    return fromstring(
        f"<html><head>{head}</head><body><nav><div class=lead>{LEAD}</div></nav><h1>Құрылтай өтті</h1>{between}"
        f"<div class=body><p>{BODY}</p></div><div class=lead>Басқа мақаланың қысқаша мазмұны осында жазылған</div>"
        "</body></html>"
    )


@pytest.mark.parametrize(
    "between",
    [
        f"<div class=lead>{LEAD}</div>",
        f"<p class='article__lead'>{LEAD}</p>",
        f"<header><div class=info>14 наурыз 2025, 18:05</div><h2 class=subtitle>{LEAD}</h2></header>",
        f"<div class=entry-summary><p>{LEAD}</p></div>",
        f"<div class=lead>Дана Серікова, 14.03.2025, 18:05, сағат бойынша</div><div class=lead>{LEAD}</div>",
    ],
)
def test_a_lead_by_its_class(between: str) -> None:
    assert with_lead(BODY, page(between)) == f"{LEAD}\n{BODY}"
    assert with_lead(f"Құрылтай өтті\n{BODY}", page(between)) == f"Құрылтай өтті\n{LEAD}\n{BODY}"


def test_a_lead_by_the_description_of_the_page() -> None:
    head = f'<meta property="og:description" content="{LEAD[:60]}…">'
    assert with_lead(BODY, page(f"<div><b>{LEAD}</b></div>", head)) == f"{LEAD}\n{BODY}"


@pytest.mark.parametrize(
    "between",
    [
        "",
        f"<div>{LEAD}</div>",  # nothing says what it is
        f"<div class=lead><a href=/1>{LEAD}</a></div>",
        f"<div class=photo-caption><span class=lead>{LEAD}</span></div>",
        f"<aside><div class=lead>{LEAD}</div></aside>",
        "<div class=lead>Тым қысқа</div>",
        f"<div class=intro><h2>Құрылтай өтті</h2>{LEAD}</div>",  # a second heading
    ],
)
def test_what_is_no_lead(between: str) -> None:
    assert with_lead(BODY, page(between)) == BODY


def test_a_lead_that_the_text_holds() -> None:
    text = f"{LEAD}.\n{BODY}"
    assert with_lead(text, page(f"<div class=lead>{LEAD}</div>")) == text
    assert with_lead("", page("")) == ""
