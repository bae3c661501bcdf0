from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from corpus.report.layout import lay_out
from schemas import load_codebook
from tests.corpus.report.samples import FIRST, QUOTE, TEXT, document, place, row, rows
from tests.examples import examples


def flat(layout):
    return [segment for paragraph in layout.paragraphs for piece in paragraph for segment in piece.segments]


def test_every_letter_once_and_in_order() -> None:
    layout = lay_out(document(), rows())
    assert "".join(segment.text for segment in flat(layout)) == TEXT
    for segment in flat(layout):
        assert TEXT[segment.start :].startswith(segment.text)


def test_voices_themes_and_parts() -> None:
    layout = lay_out(document(), rows(), load_codebook("reforms"), "kk")
    assert [(voice.name, voice.quotes) for voice in layout.voices] == [("Аян Омаров", 1), (None, 1)]
    quoted = "".join(s.text for s in flat(layout) if s.quote is not None and s.quote.voice.name == "Аян Омаров")
    assert quoted == QUOTE
    assert [s.text for s in flat(layout) if s.mention] == ["Аян Омаров", "төраға"]
    assert [s.text for s in flat(layout) if s.cue] == ["деді", "деді"]
    assert [(s.text, s.evidence) for s in flat(layout) if s.evidence] == [("диалог", ("dialogue",))]
    parts = {piece.part for paragraph in layout.paragraphs for piece in paragraph}
    assert parts == {"body", "chrome", "background"}
    assert (layout.sentences, layout.quotes) == (5, 2)


def test_chips_tell_who_gave_a_theme() -> None:
    layout = lay_out(document(), rows(), load_codebook("reforms"), "kk")
    chips = {chip.theme: chip for paragraph in layout.paragraphs for piece in paragraph for chip in piece.chips}
    assert {theme: (chip.state, chip.people) for theme, chip in chips.items()} == {
        "dialogue": ("agreed", ["aigul"]),
        "participation": ("human", ["timur"]),
        "elections": ("rejected", ["timur"]),
    }
    assert chips["dialogue"].name == "Қоғамдық диалог"
    assert chips["dialogue"].words == ["диалог"]
    assert [theme.theme for theme in layout.themes] == ["dialogue", "participation"]  # rejected ones are not counted


def test_chip_stands_behind_its_sentence() -> None:
    layout = lay_out(document(), rows())
    piece = next(piece for paragraph in layout.paragraphs for piece in paragraph if piece.chips)
    assert TEXT[piece.start : piece.end] == f"«{FIRST}"


def test_quotation_in_a_quotation_shows_the_inner_speaker() -> None:
    inner = row("quote", "direct", *place("диалог керек"), speaker="Дана", speaker_id=None, mention=None, cue=None)
    layout = lay_out(document(), [*rows(), inner])
    shown = next(segment for segment in flat(layout) if segment.text.startswith("диалог"))
    assert shown.quote is not None
    assert shown.quote.voice.name == "Дана"


def test_themes_of_furniture_and_older_news_are_left_out_as_in_statistics() -> None:
    recap = TEXT.index("Еске"), len(TEXT)
    menu = place("Басты бет")
    machine = [row("theme", "economy", *recap, evidence=[]), row("theme", "economy", *menu, evidence=[list(menu)])]
    person = row("theme", "security", *recap, origin="human", annotator="aigul", decision="added")
    layout = lay_out(document(), [*rows(), *machine, person])
    assert {theme.theme for theme in layout.themes} == {"dialogue", "participation", "security"}
    assert not any(segment.evidence for segment in flat(layout) if segment.text == "Басты бет")


def test_rows_outside_of_the_text_are_left_out() -> None:
    wrong = [row("theme", "dialogue", 0, len(TEXT) + 1), row("quote", "direct", 5, 5), row("theme", "economy", -1, 4)]
    layout = lay_out(document(), wrong)
    assert (layout.themes, layout.voices) == ((), ())


spans = st.tuples(
    st.sampled_from(["sentence", "quote", "theme", "chrome", "quantity", "reported"]),
    st.integers(0, 60),
    st.integers(0, 60),
)


@examples(200)
@given(
    st.text(alphabet="абв\n 🙂<&", min_size=1, max_size=60).filter(lambda text: text.strip()),
    st.lists(spans, max_size=12),
)
def test_any_spans_keep_the_text(text: str, marks: list[tuple[str, int, int]]) -> None:
    found = [row(layer, "x", min(a, b), max(a, b)) for layer, a, b in marks]
    layout = lay_out(document(text), found)
    assert "".join(segment.text for segment in flat(layout)) == text
    placed = sum(len(piece.chips) for paragraph in layout.paragraphs for piece in paragraph)
    assert placed <= sum(layer == "theme" for layer, _, _ in marks)
