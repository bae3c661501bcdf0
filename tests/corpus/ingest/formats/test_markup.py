"""Our tree of a page is trafilatura's, element by element; only the classes of its elements are simpler."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml.etree import tostring
from lxml.html import HtmlElement
from trafilatura import load_html
from trafilatura.utils import repair_faulty_html

from corpus.ingest.formats import limits, markup
from corpus.ingest.formats.markup import parse

PAGES = [
    "<html><head><title>Құрылтай</title></head><body><p>Сөз<p>Жауап<form><input name=a><select></select></form></html>",
    '<?xml version="1.0" encoding="windows-1251"?><html><body><p>Сөз</p><p>Жауап</p></body></html>',
    "<!DOCTYPE html SYSTEM/><html lang=kk><body><h1>Жиын</h1><textarea>мәтін</textarea></body></html>",
    "<html lang=ru />\n<body><p>Слово</p><p>Ответ</p></body>",
    "<html><body><p>бас\x00қару\x1fші\ufffe</p><!-- түсініктеме --><?php жоқ ?></body></html>",
    "<div><p>тек бөлік</p><p>екінші</p></div><div><p>үшінші</p></div>",
]


@pytest.mark.parametrize("page", PAGES)
def test_the_tree_is_that_of_trafilatura(page):
    same(page)


@pytest.mark.slow
def test_the_trees_of_real_pages_are_those_of_trafilatura(shared: Path):
    folder = shared / "data" / "html_trafilatura_eval"
    files = [folder / "html" / case["file"] for case in json.loads((folder / "evaldata.json").read_text()).values()]
    for page in [file.read_bytes().decode("utf-8", "replace") for file in files if file.exists()]:
        same(page)
        same(page[: len(page) // 2])


def same(page: str) -> None:
    theirs, ours = load_html(page), parse(page)
    assert theirs is not None
    assert ours is not None
    assert tostring(ours) == tostring(theirs)
    assert [element.tag for element in ours.iter()] == [element.tag for element in theirs.iter()]
    assert all(type(element) is HtmlElement for element in ours.iter())


@pytest.mark.parametrize("page", ["", " ", "Сөз, тегсіз.", "1 < 2", "\x00"])
def test_what_is_no_page_has_no_tree(page):
    assert parse(page) is None
    assert load_html(page) is None


@given(st.lists(st.sampled_from(["<", "a", "<b", "ә" * 7, "x" * 15, "y" * 16, "z" * 17]), max_size=12), st.booleans())
def test_a_gap_is_found_wherever_it_lies(parts, last):
    page = "".join(parts) + "<" * last
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(limits, "_LONG_TAG", 16)
        assert limits._has_long_gap(page) == any(len(piece) > 16 for piece in page.split("<")[1:])


ODD = [
    "\x00",
    "\x1f",
    "\ufffe",
    "\uffff",
    "\x0b",
    "\n",
    "<html/>",
    "<html lang=a />\n",
    "<!DOCTYPE html/ x>",
    "\ud800",
    "ә",
]


@given(
    st.sampled_from(["", "<!doctype html>\n", "<!DOCTYPE html PUBLIC '-//W3C//DTD'>\n", "<!doctype html /x", "<html"]),
    st.sampled_from([0, 4085, 4095, 8185]),
    st.sampled_from([">\n", "/>\n", ">", "/>"]),
    st.lists(st.tuples(st.sampled_from(ODD), st.integers(0, 9000)), max_size=3),
)
def test_pages_are_mended_as_trafilatura_mends_them(start, blanks, end, odd):
    page = start + " " * blanks + end + "<html><body><p>Сөз</p>\n</body></html>\n" * 300
    for piece, place in odd:
        page = page[:place] + piece + page[place:]
    assert markup._mended(page).decode("utf-8", "surrogatepass") == repair_faulty_html(page, page[:50].lower())
