"""The same words of a speaker are one utterance, however often they are quoted."""

from __future__ import annotations

import datetime as dt

from corpus.versions.utterances import Quotation, utterances

LONG = "Біз ауылдағы әр азаматтың пікірін тыңдап, әр ұсынысты жауапсыз қалдырмауға тиіспіз"
OTHER = "Бюджеттің қалай жұмсалғанын кез келген тұрғын ашық порталдан тексере алады"


def quotation(
    doc: str, text: str, start: int = 0, day: int = 14, speaker: str | None = "s", lang: str = "kk"
) -> Quotation:
    return Quotation(doc, "0" * 16, start, start + len(text), text, lang, dt.date(2025, 3, day), speaker)


def ids(*quotations: Quotation) -> dict[tuple[str, int], tuple[str, int]]:
    rows = utterances(quotations).to_dicts()
    return {(row["doc_id"], row["start"]): (row["utterance"], row["occurrence"]) for row in rows}


def test_across_outlets_the_fullest_wording_counts() -> None:
    found = ids(
        quotation("a", "ауылдағы әр азаматтың пікірін тыңдап, әр ұсынысты"),
        quotation("b", f"«{LONG.upper()}!»"),
        quotation("c", LONG, day=12),
        quotation("c", OTHER, start=200),
    )
    assert len({found[key][0] for key in (("a", 0), ("b", 0), ("c", 0))}) == 1
    assert found["c", 0][1] == 1  # as long as the one of b, and earlier
    assert sorted(found[key][1] for key in (("a", 0), ("b", 0), ("c", 0))) == [1, 2, 3]
    assert found["c", 200][0] != found["c", 0][0]
    assert found["c", 200][1] == 1


def test_a_changed_word_does_not_part_them_but_other_words_do() -> None:
    changed = LONG.replace("азаматтың", "тұрғынның")
    assert ids(quotation("a", LONG), quotation("b", changed))["b", 0][1] == 2
    assert ids(quotation("a", LONG), quotation("b", f"{LONG[:30]} {OTHER}"))["b", 0][1] == 1


def test_few_words_need_the_same_speaker_and_near_days() -> None:
    words = "Әділетті Қазақстан"
    assert ids(quotation("a", words), quotation("b", words, day=15))["b", 0][1] == 2
    assert ids(quotation("a", words, day=1), quotation("b", words, day=31))["b", 0][1] == 1
    assert ids(quotation("a", words), quotation("b", words, speaker="t"))["b", 0][1] == 1
    assert ids(quotation("a", words, speaker=None), quotation("b", words, speaker=None))["b", 0][1] == 1


def test_a_formula_repeated_months_later_is_another_utterance() -> None:
    words = "Біздің мақсатымыз – әділетті Қазақстанды бірге құру"
    early, late = quotation("a", words), quotation("b", words)._replace(date=dt.date(2025, 9, 1))
    assert ids(early, late)["b", 0][1] == 1
    recap = quotation("b", LONG)._replace(date=dt.date(2025, 9, 1))
    assert ids(quotation("a", LONG), recap)["b", 0][1] == 2


def test_words_of_a_transcript_count_there() -> None:
    spoken = [("speech", f"Құрметті достар! {LONG}. {OTHER}.")]
    rows = utterances(
        [quotation("a", LONG), quotation("b", OTHER), quotation("c", "ауа райы жайлы қысқа әңгіме болды бүгін")], spoken
    )
    assert rows["transcript"].to_list() == ["speech", "speech", None]
    assert rows["occurrence"].to_list() == [2, 2, 1]
    own = utterances([quotation("speech", LONG)], spoken)
    assert own["occurrence"].to_list() == [1]


def test_counts_and_order_do_not_depend_on_the_order_of_reading() -> None:
    given = [quotation("a", LONG), quotation("b", LONG), quotation("b", OTHER, start=300), quotation("c", OTHER)]
    assert utterances(given).equals(utterances(given[::-1]))
    assert utterances(given)["documents"].to_list() == [2, 2, 2, 2]


def test_nothing_at_all() -> None:
    assert utterances([]).height == 0
    assert utterances([quotation("a", "…")])["occurrence"].to_list() == [1]


def test_hundreds_of_outlets() -> None:
    rows = utterances([quotation(f"d{number:03}", LONG) for number in range(500)])
    assert rows["utterance"].n_unique() == 1
    assert sorted(rows["occurrence"].to_list()) == list(range(1, 501))
