"""Where a page's heading stands among its elements, and what is read around it."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml.html import fromstring

from corpus.ingest.formats.page import _backwards, _onwards, published

PIECES = st.recursive(
    st.sampled_from(["<p>сөз</p>", "<br>", "мәтін", "<!-- ескерту -->", "<script>x</script>", "<h2>ара</h2>"]),
    lambda inner: st.lists(inner, max_size=4).map(lambda parts: f"<div>{''.join(parts)}</div>"),
    max_leaves=12,
)


@given(PIECES, PIECES, st.sampled_from(["<h1>Тақырып <b>қалың</b></h1>", "<div><h1>Тақырып</h1></div>"]))
def test_before_and_after_the_heading_is_the_whole_page_in_order(before, after, heading):
    tree = fromstring(f"<html><body>{before}{heading}{after}</body></html>")
    h1 = next(tree.iter("h1"))
    around = [*reversed(list(_backwards(h1))), *_onwards(h1)]
    assert around == list(tree.iter("*"))


@pytest.mark.parametrize(
    ("body", "day"),
    [
        ("<p>1 мамыр 2024</p><h1>Жиын</h1><p>2 мамыр 2024</p><p>3 мамыр 2024</p>", dt.date(2024, 5, 2)),
        ("<p>30 сәуір 2024</p><p>1 мамыр 2024</p><h1>Жиын</h1><p>Сөз сөйледі.</p>", dt.date(2024, 5, 1)),
        ("<h1>Жиын</h1><script>2 мамыр 2024</script><div><time datetime='2024-05-04'>кеше</time></div>", (2024, 5, 4)),
        ("<p>1 мамыр 2024</p>" + "<p>жол</p>" * 12 + "<h1>Жиын</h1><p>Сөз</p>", None),
        ("<p>1 мамыр 2024</p><p>Тақырыпсыз</p>", None),
        ("<h1>Жиын</h1>" + "<p>жол</p>" * 40 + "<p>2 мамыр 2024</p>", None),
        ("<div class='post-date'>5 мамыр 2024</div><h1>Жиын</h1><p>2 мамыр 2024</p>", dt.date(2024, 5, 5)),
    ],
)
def test_the_day_beside_the_heading(body, day):
    wanted = dt.date(*day) if isinstance(day, tuple) else day
    found = published(fromstring(f"<html><body>{body}</body></html>"))
    assert (found[0] if found else None) == wanted
