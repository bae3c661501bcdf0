"""The three-way merge, whatever three states it is given."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.doccano.layouts import LAYOUTS, Label, resolve_overlaps
from corpus.doccano.merge import merge
from tests.examples import examples

LENGTH = 12
THEMES = ["a", "b", "c"]


@st.composite
def unit_labels(draw, layout):
    """Labels that a layout can show: in ``themes``, categories of the whole unit and words that do not overlap."""
    places = st.tuples(st.integers(0, LENGTH - 1), st.integers(1, LENGTH)).filter(lambda place: place[0] < place[1])
    layer = {"themes": "evidence", "voices": "quote", "spans": "theme"}[layout.name]
    spans = draw(st.sets(st.builds(lambda name, place: Label(layer, name, *place), st.sampled_from(THEMES), places)))
    if layout.name != "themes":
        return frozenset(spans)
    words, _ = resolve_overlaps(sorted(spans), THEMES)
    return frozenset(words) | {Label("theme", name, 0, LENGTH) for name in draw(st.sets(st.sampled_from(THEMES)))}


@st.composite
def three_ways(draw):
    layout = LAYOUTS[draw(st.sampled_from(list(LAYOUTS)))]
    pushed, local, remote = (draw(unit_labels(layout)) for _ in range(3))
    if draw(st.booleans()):  # states that have much in common are the usual ones
        local = frozenset(label for label in pushed if draw(st.booleans())) or local
        remote = frozenset(label for label in pushed if draw(st.booleans())) or remote
    return layout, pushed, local, remote


@given(three_ways(), st.booleans())
@examples(600)
def test_what_people_did_is_the_same_before_and_after(case, confirmed):
    layout, pushed, local, remote = case
    found = merge(pushed, local, remote, confirmed, layout)
    base, there = (set(pushed) - set(found.remove)) | set(found.add), (set(remote) - set(found.remove)) | set(found.add)
    assert there - base == remote - pushed, "a label that a person gave"
    assert base - there == pushed - remote, "a label that a person took away"
    assert set(found.remove) <= (pushed & remote) - local
    assert set(found.add) <= local - pushed - remote
    if confirmed:
        assert not found
    assert not merge(base, local, there, confirmed, layout), "a second merge finds nothing to do"
    told = {label for label, _ in found.kept}
    assert told | set(found.add) | set(found.remove) >= (local - there) | ((base & there) - local)


@given(three_ways())
@examples(300)
def test_where_nobody_did_anything_the_server_shows_what_the_annotators_say(case):
    layout, pushed, local, _ = case
    found = merge(pushed, local, pushed, False, layout)
    assert (set(pushed) - set(found.remove)) | set(found.add) == local
    assert found.kept == ()


@given(three_ways())
@examples(300)
def test_no_overlap_comes_into_a_project_that_cannot_hold_it(case):
    layout, pushed, local, remote = case
    if layout.overlap:
        return
    found = merge(pushed, local, remote, False, layout)
    spans = sorted(((set(remote) - set(found.remove)) | set(found.add)), key=lambda label: (label.start, label.end))
    words = [label for label in spans if label.layer == "evidence"]
    assert resolve_overlaps(words, THEMES)[1] == []


@given(three_ways(), st.data())
@examples(300)
def test_a_rejected_label_does_not_come_back_whatever_the_annotators_think_meanwhile(case, data):
    """Round after round: the machine changes its mind, the person's rejection stands."""
    layout, pushed, local, _ = case
    if not pushed:
        return
    gone = data.draw(st.sampled_from(sorted(pushed)))
    base, there = set(pushed), set(pushed) - {gone}
    for wanted in (local, pushed, local - {gone}, pushed):
        found = merge(base, wanted, there, False, layout)
        base, there = (base - set(found.remove)) | set(found.add), (there - set(found.remove)) | set(found.add)
        assert gone not in there
        assert gone in base


THEME, WORDS = Label("theme", "a", 0, LENGTH), Label("evidence", "a", 0, 4)


@pytest.mark.parametrize(
    ("pushed", "local", "remote", "add", "remove", "reasons"),
    [
        ([THEME], [], [THEME, WORDS], [], [], ["needed"]),  # a person underlined words of this theme
        ([THEME], [THEME, WORDS], [], [], [], ["rejected", "rejected"]),  # words of a theme that a person took away
        ([WORDS], [Label("evidence", "a", 0, 6)], [], [], [], ["conflict"]),  # the same words, cut differently
        ([WORDS], [Label("evidence", "b", 0, 6)], [], [Label("evidence", "b", 0, 6)], [], []),  # another theme's words
        ([], [WORDS], [Label("evidence", "b", 2, 6)], [], [], ["conflict"]),  # no room
        ([WORDS], [Label("evidence", "a", 2, 6)], [WORDS], [Label("evidence", "a", 2, 6)], [WORDS], []),
    ],
)
def test_cases_in_themes(pushed, local, remote, add, remove, reasons):
    found = merge(pushed, local, remote, False, LAYOUTS["themes"])
    assert (list(found.add), list(found.remove), [reason for _, reason in found.kept]) == (add, remove, reasons)


def test_in_voices_another_kind_of_voice_in_the_same_place_is_a_conflict():
    hers, old, new = Label("quote", "partial", 0, 5), Label("quote", "direct", 0, 9), Label("quote", "indirect", 3, 9)
    found = merge([old], [new], [hers], False, LAYOUTS["voices"])
    assert (found.add, found.remove, found.kept) == ((), (), ((new, "conflict"),))
