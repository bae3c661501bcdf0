"""Which units: conditions, samples, orders; what a later push does with them."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.doccano.layouts import LAYOUTS
from corpus.doccano.pull import pull
from corpus.doccano.push import push
from corpus.doccano.selection import Selection, asked_selection, draw, last_selection, select_units, settle
from corpus.doccano.units import collect_units
from schemas.errors import MinberError
from tests.doccano.corpora import add, annotation, emoji_document, make_corpus, sentences, speech_document


def numbered(count, word="Сөйлем"):
    lines = [f"{word} {number} туралы." for number in range(count)]
    text = " ".join(lines)
    return text, sentences(text, lines)


@pytest.fixture
def speeches(tmp_path):
    documents = {"emoji": emoji_document(), "speech": speech_document(), "long": numbered(30)}
    return make_corpus(tmp_path / "c", "http://127.0.0.1:9", documents)


def units_of(corpus):
    return collect_units(corpus, LAYOUTS["themes"], "sentence", "kk").units


def chosen(corpus, present=(), **options):
    return [unit.unit_id for unit in select_units(corpus, units_of(corpus), Selection(**options), present).units]


@pytest.mark.parametrize(
    ("condition", "count"),
    [
        ('id == "speech"', 3),
        ('voice == "quoted"', 1),
        ('speaker == "Қасым-Жомарт Тоқаев"', 1),
        ('contains(themes, "dialogue")', 1),
        ("themes is null", 31),
        ('id == "speech" and themes == "government_accountability, parliament"', 1),
        ("score >= 1", 4),
        ("length > 20 and length < 30", 1),
        ("not labelled", 35),
        ('date >= "2025" and lang == "kk"', 35),
    ],
)
def test_where_speaks_of_documents_words_and_units(speeches, condition, count):
    assert len(chosen(speeches, where=condition)) == count


def test_a_condition_that_leaves_nothing_is_an_error(speeches):
    with pytest.raises(MinberError, match="MB504"):
        chosen(speeches, where='lang == "ru"')


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"where": 'colour == "red"'}, "MB501"),
        ({"where": "lang = kk"}, "MB502"),
        ({"order": "colour"}, "MB501"),
        ({"sample": 5, "stratify": "random"}, "MB501"),
        ({"sample": 0}, "MB119"),
        ({"stratify": "lang"}, "MB119"),
    ],
)
def test_wrong_selections_are_refused(options, code):
    with pytest.raises(MinberError, match=code):
        Selection(**options)


def test_samples_of_a_seed_lie_inside_each_other(speeches):
    small, large = (set(chosen(speeches, sample=size, seed=3)) for size in (5, 12))
    assert len(small) == 5
    assert small < large
    assert small != set(chosen(speeches, sample=5, seed=4))


def test_strata_get_their_share(speeches):
    drawn = chosen(speeches, sample=7, seed=1, stratify="id")
    counts = {name: sum(unit.startswith(f"{name}:") for unit in drawn) for name in ("emoji", "long", "speech")}
    assert counts == {"emoji": 0, "long": 6, "speech": 1}  # 7 × 2/35, 30/35, 3/35, rounded by largest remainders


def test_a_sample_is_filled_up_and_not_drawn_anew(speeches):
    first = set(chosen(speeches, sample=10, seed=1))
    add(speeches, {"more": numbered(40, "Тағы")})
    assert set(chosen(speeches, first, sample=10, seed=1)) == first
    assert set(chosen(speeches, first, sample=12, seed=1)) > first


@given(
    st.dictionaries(st.sampled_from("abcd"), st.integers(0, 20), min_size=1),
    st.integers(1, 60),
    st.integers(0, 9),
)
def test_a_draw_has_its_size_and_each_stratum_its_share(sizes, size, seed):
    strata = {name: [f"{name}{number}" for number in range(count)] for name, count in sizes.items()}
    total = sum(sizes.values())
    drawn = draw(strata, size, seed)
    assert len(drawn) == min(size, total)
    for units in strata.values():
        exact = min(size, total) * len(units) / total if total else 0
        assert abs(len(drawn & set(units)) - exact) < 1


def test_order_by_field_from_the_end_and_at_random(speeches):
    lengths = {unit.unit_id: len(unit.text) for unit in units_of(speeches)}
    up, down = (chosen(speeches, order=order) for order in ("length", "-length"))
    assert [lengths[unit] for unit in up] == sorted(lengths.values())
    assert [lengths[unit] for unit in down] == sorted(lengths.values(), reverse=True)
    mixed = chosen(speeches, order="random", seed=5)
    assert sorted(mixed) == sorted(lengths)
    assert mixed == chosen(speeches, order="random", seed=5) != chosen(speeches, order="random", seed=6)
    by_score = chosen(speeches, order="score")
    assert {unit.split(":")[0] for unit in by_score[:4]} == {"emoji", "speech"}, "units without a score come last"


def test_what_counts_where_nothing_or_something_else_is_asked():
    last = Selection(where='lang == "kk"', sample=50, seed=2)
    assert settle(None, None, 0) == (Selection(), [])
    kept, notes = settle(None, last, 50)
    assert kept == last
    assert "goes on" in notes[0]
    assert "--all" in notes[0]
    now, notes = settle(Selection(), last, 50)
    assert now == Selection()
    assert "was --where" in notes[0]
    assert "50 unit(s) that are there stay" in notes[0]
    assert settle(last, last, 50) == (last, [])


def test_options_become_a_selection():
    def ask(last=None, where=None, sample=None, seed=None, stratify=None, order=None, everything=False):
        return asked_selection(last, where, sample, seed, stratify, order, everything, usual_seed=7)

    assert ask() is None
    assert ask(sample=9) == Selection(sample=9, seed=7)
    assert ask(last=Selection(sample=9, seed=3), order="random") == Selection(sample=9, seed=3, order="random")
    assert ask(last=Selection(sample=9), everything=True) == Selection(seed=7)
    with pytest.raises(MinberError, match="MB119"):
        ask(sample=9, everything=True)


@pytest.mark.server
def test_a_selection_is_noted_goes_on_and_never_takes_anything_away(doccano_server, doccano_client, tmp_path):
    documents = {"long": numbered(30), "speech": speech_document()}
    made = make_corpus(tmp_path / "c", doccano_server.url, documents, name="selected")
    first = push(made, doccano_client, selection=Selection(where='id == "long"', sample=10, seed=4))
    assert (first.sent, first.chosen, first.total) == (10, 10, 33)
    noted = last_selection(made.runs, first.project)
    assert noted == Selection(where='id == "long"', sample=10, seed=4)
    sent = set(made.units.collect()["unit_id"])
    assert set(chosen(made, where='id == "long"', sample=10, seed=4)) == sent, "drawn again from what runs say"

    plain = push(made, doccano_client)
    assert (plain.sent, plain.present, plain.outdated) == (0, 10, [])
    assert any("goes on" in note for note in plain.notes)

    other = push(made, doccano_client, selection=Selection(where='id == "speech"'))
    assert (other.sent, other.outdated, other.deleted) == (3, [], [])
    assert any("10 unit(s) that are there stay" in note for note in other.notes)
    assert pull(made, doccano_client).units == 13

    everything = push(made, doccano_client, selection=Selection())
    assert everything.sent == 20
    assert doccano_client.count(int(everything.url.rsplit("/", 1)[1])) == 33
    assert push(made, doccano_client).sent == 0


@pytest.mark.server
@pytest.mark.parametrize("order", ["-length", "random"])
def test_the_server_keeps_the_order(doccano_server, doccano_client, tmp_path, order):
    text = " ".join("а" * size + "." for size in range(2, 40))
    made = make_corpus(
        tmp_path / "c", doccano_server.url, {"d": (text, sentences(text, text.split()))}, name=f"order {order}"
    )
    report = push(made, doccano_client, selection=Selection(order=order, seed=3))
    there = [row["text"] for row in doccano_client.examples(int(report.url.rsplit("/", 1)[1]))]
    texts = {unit.unit_id: unit.text for unit in units_of(made)}
    assert there == [texts[unit] for unit in chosen(made, order=order, seed=3)]
    assert len(there) == 38


def test_units_that_somebody_labelled_are_known(speeches):
    units = units_of(speeches)
    row = {"unit_id": units[0].unit_id, "project": "p", "confirmed": True}
    frame = pl.DataFrame([row | {"server": "s", "project_id": 1}])
    speeches.upsert("units", frame, ["server", "project", "project_id", "unit_id"])
    assert chosen(speeches, where="labelled") == [units[0].unit_id]


def test_quotes_of_two_voices_are_told_apart(tmp_path):
    text = "«Бірінші», – деді Айгүл. «Екінші», – деді Берік."
    rows = [
        *sentences(text, ["«Бірінші», – деді Айгүл.", "«Екінші», – деді Берік."]),
        annotation(text, "quote", "direct", "Бірінші", speaker="Айгүл"),
        annotation(text, "quote", "direct", "Екінші", speaker="Берік"),
    ]
    made = make_corpus(tmp_path / "c", "http://127.0.0.1:9", {"d": (text, rows)})
    units = collect_units(made, LAYOUTS["themes"], "quotation", "kk").units
    found = select_units(made, units, Selection(where='speaker == "Берік"')).units
    assert [unit.text for unit in found] == ["Екінші"]
    assert [unit.meta["сөйлеуші"] for unit in found] == ["Берік"]
