from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.ingest.canonical import canonical

# Everything that canonical() treats, mixed with letters, combining marks, and halves of surrogate pairs.
NASTY = st.text(
    st.one_of(
        st.characters(exclude_categories=()),
        st.sampled_from(
            "\r\n\v\f\t\x00\x1c\x85\u2028\u2029\ufeff\u00ad\u00a0\u202f\u2007й\u0306и\u0308a\u030a\u212b\ud800"
        ),
    )
)


@settings(deadline=None)
@given(NASTY)
def test_is_idempotent(text: str) -> None:
    once = canonical(text)
    assert canonical(once) == once


@settings(deadline=None)
@given(NASTY)
def test_result_keeps_the_promises(text: str) -> None:
    result = canonical(text)
    assert unicodedata.is_normalized("NFC", result)
    result.encode("utf-8")
    assert not set(result) & set("\r\v\f\x00\x1c\x85\u2028\u2029\ufeff\u00ad\u00a0\u202f\u2007\x7f\x9f")
    assert [line for line in result.splitlines() if line] == [line for line in result.split("\n") if line]


@settings(deadline=None)
@given(st.text(st.sampled_from("Аа ҚқӘәІіIi.,–«»\n\tß🙂") | st.characters(categories=["Lu", "Ll"], codec="ascii")))
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert canonical(text) == text


@pytest.mark.parametrize(
    ("given_text", "expected"),
    [
        ("a\r\nb\rc\u2028d\u2029e\x85f", "a\nb\nc\nd\ne\nf"),
        ("\ufeffмен\u00adен\x00\x07", "менен"),
        ("72\u00a0%\u202fғана", "72 % ғана"),
        ("и\u0306", "й"),
        ("и\u00ad\u0306", "й"),  # found a letter and its accent only after the soft hyphen is gone
        ("Мемлекеттiк ССCР", "Мемлекеттiк ССCР"),  # Latin look-alikes stay
        ("👨\u200d👩\u200d👧 \U0001f1f0\U0001f1ff", "👨\u200d👩\u200d👧 \U0001f1f0\U0001f1ff"),
        ("\n\n  а \n\n\n", "\n\n  а \n\n\n"),
    ],
)
def test_cases(given_text: str, expected: str) -> None:
    assert canonical(given_text) == expected
