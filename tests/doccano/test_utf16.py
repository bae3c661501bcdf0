"""Offsets: both ways agree with UTF-16 itself, for any text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.doccano.utf16 import Offsets
from schemas.errors import MinberError

LETTERS = st.one_of(st.characters(codec="utf-8"), st.sampled_from("😀👩\u200d\u0306й\r\n\u2028қ"))
TEXTS = st.text(LETTERS, max_size=40)


@given(TEXTS, st.data())
def test_code_points_to_units_is_what_utf16_says(text, data):
    offset = data.draw(st.integers(0, len(text)))
    assert Offsets(text).to_utf16(offset) == len(text[:offset].encode("utf-16-le")) // 2


@given(TEXTS, st.data())
def test_there_and_back(text, data):
    offset = data.draw(st.integers(0, len(text)))
    offsets = Offsets(text)
    assert offsets.to_code_point(offsets.to_utf16(offset)) == offset


@given(TEXTS)
def test_every_unit_is_either_a_letter_border_or_an_error(text):
    offsets = Offsets(text)
    units = len(text.encode("utf-16-le")) // 2
    borders = {offsets.to_utf16(offset) for offset in range(len(text) + 1)}
    for unit in range(units + 1):
        if unit in borders:
            assert offsets.to_utf16(offsets.to_code_point(unit)) == unit
        else:
            with pytest.raises(MinberError, match=r"MB412.*inside the character"):
                offsets.to_code_point(unit)


@pytest.mark.parametrize("offset", [-1, 4])
def test_outside_of_the_text_is_an_error(offset):
    offsets = Offsets("😀а")
    with pytest.raises(MinberError, match="MB412"):
        offsets.to_utf16(offset)
    with pytest.raises(MinberError, match="MB412"):
        offsets.to_code_point(offset)


def test_known_values_of_the_page():
    text = "😀👩\u200d👩\u200d👧 Диалог — \u0438\u0306 билік, сөз\r\nБілік"
    offsets = Offsets(text)
    assert offsets.to_utf16(text.index("Диалог")) == 11
    assert offsets.to_code_point(11) == 7
