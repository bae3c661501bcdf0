"""CSS selectors of site files."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml.html import fromstring

from schemas.selectors import xpath_of

PAGE = fromstring(
    "<html><body><div id=a class='x y'><p class=p>1<p data-k='v w' lang=ru>2<span>3</span></div><h2>t</h2>"
    "<p og:kind=x>4</p>"
    "<p class='p-x'>it's</p><a href='/kz/1?q=\"'>5</a></body></html>"
)


@pytest.mark.parametrize(
    ("selector", "texts"),
    [
        ("#a p", ["1", "23"]),
        ("p.p", ["1"]),
        ("div.x > p", ["1", "23"]),
        ("div.x.y p[data-k]", ["23"]),
        ("[data-k~=w]", ["23"]),
        ("[data-k^='v ']", ["23"]),
        ('[data-k$="w"]', ["23"]),
        ("[href*='z/1']", ["5"]),
        ("p[lang=ru]", ["23"]),
        ("h2 + p", ["4"]),
        ("h2 ~ p", ["4", "it's"]),
        ("p:not(.p)", ["23", "4", "it's"]),
        ("p:not([data-k]):not(.p)", ["4", "it's"]),
        ("div :not(p)", ["3"]),
        ("p:not(p[data-k='v w'])", ["1", "4", "it's"]),
        ("p:not([data-k='][']):not(.p)", ["23", "4", "it's"]),
        ("[og:kind=x]", ["4"]),
        ("[data-k^='']", []),
        ("[data-k$='']", []),
        ("[data-k*='']", []),
        ("[data-k~='']", []),
        ("[data-k~='v w']", []),
        ("p:not([data-k*=''])", ["1", "23", "4", "it's"]),
        ("h2, span", ["3", "t"]),
        (" h2 ", ["t"]),
        ("b", []),
    ],
)
def test_what_selectors_find(selector: str, texts: list[str]) -> None:
    assert [element.text_content() for element in PAGE.xpath(xpath_of(selector))] == texts


@pytest.mark.parametrize(
    "selector", ["", "p >", "p[", "..x", "p:hover", "p,,q", ",p", "> p", "p:not(a b)", "[a='x]", "-a", "[-a]", "[1]"]
)
def test_what_is_no_selector(selector: str) -> None:
    with pytest.raises(ValueError, match=r"selector|simple"):
        xpath_of(selector)


@given(st.text(alphabet="ab1é.#[]='\":not()>+~, ^$*-", max_size=30))
def test_any_text_is_a_selector_or_refused(selector: str) -> None:
    try:
        path = xpath_of(selector)
    except ValueError:
        return
    PAGE.xpath(path)
