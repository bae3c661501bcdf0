"""Words and phrases in running text, as three languages inflect them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from spacy.tokens import Doc
from spacy.vocab import Vocab

from annotators.languages import blank
from annotators.terms import MAX_GAP, TermMatcher
from tests.examples import examples


def matched(lang: str, terms: list[str], text: str, pos: str = "N", voice: bool = False) -> list[str]:
    doc = blank(lang)(text)
    found = TermMatcher(lang, [("key", term, pos, voice) for term in terms]).find(doc)
    return [doc[match.start : match.end].text for match in found]


@pytest.mark.parametrize(
    ("lang", "term", "text", "words"),
    [
        ("kk", "жергілікті өзін-өзі басқару", "жергілікті өзін-өзі басқаруды дамыту", "жергілікті өзін-өзі басқаруды"),
        ("kk", "Ата заң", "Ата заңымыздың баптары", "Ата заңымыздың"),
        ("kk", "Ұлттық құрылтай", "Ұлттық құрылтайда айттым", "Ұлттық құрылтайда"),
        ("kk", "адам құқығы", "адамның құқықтарын қорғау", "адамның құқықтарын"),
        ("kk", "халық үні", "халықтың үніне құлақ асу", "халықтың үніне"),
        ("kk", "ұлт мүддесі", "ұлтымыздың мүдделерінен", "ұлтымыздың мүдделерінен"),
        ("kk", "Таза Қазақстан", "«Таза Қазақстан» акциясы", "Таза Қазақстан"),
        ("ru", "местное самоуправление", "развитие местного самоуправления", "местного самоуправления"),
        ("ru", "права человека", "о правах человека", "правах человека"),
        ("ru", "вооруженные силы", "Вооружёнными силами страны", "Вооружёнными силами"),
        ("ru", "принимать участие", "они принимали участие", "принимали участие"),
        ("en", "human right", "for human rights everywhere", "human rights"),
        ("en", "local government", "Local governments act", "Local governments"),
        ("en", "law and order", "for law and order now", "law and order"),
    ],
)
def test_the_parts_of_a_phrase_inflect(lang: str, term: str, text: str, words: str) -> None:
    assert matched(lang, [term], text) == [words]


@pytest.mark.parametrize(
    ("lang", "term", "text"),
    [
        ("kk", "Ата заң", "атаулы заңдар"),
        ("kk", "адам құқығы", "адам, құқығы бар"),  # a comma parts them
        ("ru", "права человека", "человек имеет право"),
        ("en", "human right", "human beings are right"),
        ("kk", "=құқық қорғау", "азаматтың құқығын қорғау"),
        ("en", "US", "let us begin"),
        ("kk", "БҰҰ", "бұ"),
    ],
)
def test_what_only_looks_alike_is_left_alone(lang: str, term: str, text: str) -> None:
    assert matched(lang, [term], text) == []


def test_an_exact_word_stands_as_listed() -> None:
    assert matched("kk", ["=құқық қорғау"], "құқық қорғау органдары") == ["құқық қорғау"]


def test_a_gap_takes_up_to_three_words() -> None:
    assert matched("en", ["raise … tax"], "We will raise the hated income taxes.") == ["raise the hated income taxes"]
    assert matched("en", ["raise … tax"], "We raise the very old and hated taxes.") == []


def test_capitals_ask_for_capitals() -> None:
    assert matched("en", ["AI", "US"], "AI serves us and the US") == ["AI", "US"]
    assert matched("kk", ["БҰҰ"], "БҰҰ-ның Жарғысы") == ["БҰҰ-ның"]


def test_the_longest_of_one_key_wins() -> None:
    assert matched("kk", ["сот", "Конституциялық сот"], "Конституциялық соттың соты") == [
        "Конституциялық соттың",
        "соты",
    ]
    assert matched("kk", ["сайлау", "сайлаушы"], "сайлаушылар мен сайлау") == ["сайлаушылар", "сайлау"]


def test_keys_do_not_hide_each_other() -> None:
    doc = blank("kk")("Конституциялық сот")
    found = TermMatcher("kk", [("court", "сот", "N", False), ("book", "Конституциялық сот", "N", False)]).find(doc)
    assert {match.key for match in found} == {"court", "book"}


def test_voice_is_a_switch_of_the_entry() -> None:
    assert matched("kk", ["сайлау"], "ол сайланды", pos="V", voice=True) == ["сайланды"]
    assert matched("kk", ["сайлау"], "ол сайланды", pos="V") == []
    assert matched("ru", ["строить"], "дом строится", pos="V", voice=True) == ["строится"]


def test_the_parts_of_a_hyphenated_word_count_where_the_whole_is_unknown() -> None:
    assert matched("kk", ["экономикалық"], "сауда-экономикалық байланыс") == ["сауда-экономикалық"]
    assert matched("kk", ["сауда-экономикалық", "экономикалық"], "сауда-экономикалық") == ["сауда-экономикалық"]


def test_a_line_end_parts_no_phrase_but_a_paragraph_end_does() -> None:
    assert matched("en", ["law and order"], "law and\norder") == ["law and\norder"]
    assert matched("en", ["law and order"], "law and\n\norder") == []


def test_a_span_is_searched_with_indices_of_its_doc() -> None:
    doc = blank("en")("The court met. The court ruled.")
    found = TermMatcher("en", [("court", "court", "N", False)]).find(doc[4:])
    assert [(match.start, match.end) for match in found] == [(5, 6)]


def test_no_terms_and_no_text() -> None:
    assert TermMatcher("en", []).find(blank("en")("Anything.")) == []
    assert matched("en", ["court"], "") == []


def searched(phrase: str, words: list[str]) -> list[tuple[int, int]]:
    """Every place of a phrase of exact words, tried at every word: slow, but plain."""
    wanted = [
        (word, number > 0 and i == 0) for number, p in enumerate(phrase.split("…")) for i, word in enumerate(p.split())
    ]
    found = []
    for first, word in enumerate(words):
        here: int | None = first if word == wanted[0][0] else None
        for word, gap in wanted[1:]:
            if here is None:
                break
            after = [at for at in range(here + 1, len(words)) if words[at] != "-"]
            stop = next((number for number, at in enumerate(after) if words[at] == ","), len(after))
            near = after[:stop][: MAX_GAP + 1 if gap else 1]
            here = next((at for at in near if words[at] == word), None)
        if here is not None:
            found.append((first, here + 1))
    return found


WORD = st.sampled_from(["aa", "bb", "cc", "dd"])
PHRASE = st.lists(st.lists(WORD, min_size=1, max_size=3).map(" ".join), min_size=1, max_size=3).map(" … ".join)
RUNNING = st.lists(st.one_of(WORD, WORD, st.sampled_from([",", "-", "ee"])), max_size=25)


@examples(300)
@given(st.lists(PHRASE, min_size=1, max_size=8, unique=True), RUNNING)
@pytest.mark.slow
def test_phrases_are_found_where_a_plain_search_finds_them(phrases: list[str], words: list[str]) -> None:
    exact = [(phrase, " ".join(w if w == "…" else f"={w}" for w in phrase.split()), "N", False) for phrase in phrases]
    doc = Doc(Vocab(), words=words)
    found = TermMatcher("en", exact).find(doc)
    for phrase in phrases:
        taken: set[int] = set()
        best = []
        for start, end in sorted(searched(phrase, words), key=lambda place: (place[0] - place[1], place[0])):
            if taken.isdisjoint(range(start, end)):
                taken.update(range(start, end))
                best.append((start, end))
        assert sorted(best) == [(match.start, match.end) for match in found if match.key == phrase]


def test_a_form_of_two_entries_is_not_taken_for_one_of_a_single_entry_by_its_length() -> None:
    """The length of «unite» was once read as the number of another entry, so that «united» lost its own."""
    fillers = [("x", word, "N", False) for word in ("alpha", "beta", "gamma", "delta")]
    terms = [*fillers[:2], ("verb", "unite", "N", False), *fillers[2:], ("form", "united", "N", False)]
    terms.append(("again", "unite", "N", False))
    nlp = blank("en")
    matcher = TermMatcher("en", terms)
    assert {match.key for match in matcher.find(nlp("unite"))} == {"verb", "again"}
    assert "form" in {match.key for match in matcher.find(nlp("united"))}
