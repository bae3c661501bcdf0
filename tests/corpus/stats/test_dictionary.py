"""Dictionaries: quanteda's counts, every file format, and what nesting means."""

from __future__ import annotations

import json
import os
from pathlib import Path

import polars as pl
import pytest

from corpus.stats import Dictionary, dictionary, dictionary_matches, read_dictionary
from schemas.errors import MinberError

from .goldens import OUT, SHARED, assert_same, golden, needs_goldens, tokens, with_party

LEXICONS = SHARED / "data" / "lexicons"


def wide(frame: pl.DataFrame, values: str = "count") -> pl.DataFrame:
    return frame.pivot("key", index="group", values=values).rename({"group": "doc_id"})


@needs_goldens
class TestAgainstQuanteda:
    @pytest.mark.parametrize(
        ("name", "levels", "nested"),
        [
            ("dict_counts", [1, 2], "key"),
            ("dict_counts_level1", [1], "key"),
            ("dict_counts_nested_dictionary", [1], "dictionary"),
        ],
    )
    def test_counts(self, name: str, levels: list[int], nested: str) -> None:
        book = read_dictionary(OUT / "dictionary.json").at_levels(levels)
        assert_same(wide(dictionary(tokens("raw"), book, nested=nested)), golden(name), ["doc_id"])

    def test_shares_with_what_matched_nothing(self) -> None:
        # a match of several words is one feature there, and each token outside of all matches is another
        book = read_dictionary(OUT / "dictionary.json")
        raw = tokens("raw").join(with_party().select("doc_id", "party").unique(), on="doc_id", maintain_order="left")
        found = dictionary_matches(raw, book, keep=["party"])
        covered = found.with_columns(place=pl.int_ranges("from", pl.col("to") + 1)).explode("place")
        covered = covered.unique(["docname", "place"]).group_by("party").agg(covered=pl.len())
        sizes = raw.group_by("party").agg(n=pl.len()).join(covered, on="party")
        counts = dictionary(raw, book, by=["party"]).join(sizes, left_on="group", right_on="party", suffix="_all")
        rest = pl.col("n_all").cast(pl.Int64) - pl.col("covered").cast(pl.Int64)
        counts = counts.with_columns(rest=rest, total=rest + pl.col("count").sum().over("group"))
        shares = wide(counts.with_columns(share=pl.col("count") / pl.col("total")), "share")
        none = counts.select(doc_id="group", _none=pl.col("rest") / pl.col("total")).unique()
        assert_same(shares.join(none, on="doc_id"), golden("dict_counts_by_party_prop"), ["doc_id"])

    def test_lsd2015(self) -> None:
        # negations («not good»), phrases and nesting over all keys, on real data
        path = Path(os.environ.get("MINBER_LSD2015", ""))
        if not path.is_file():
            pytest.skip(
                "LSD2015 may not be passed on (its licence is for academic use by those who ask for it), so neither we "
                "nor the reference texts hold it; MINBER_LSD2015 names a copy, as quanteda's YAML or JSON"
            )
        found = wide(dictionary(tokens("raw"), read_dictionary(path), nested="dictionary"))
        assert_same(found, golden("dict_lsd2015"), ["doc_id"])


FRAME = pl.DataFrame(
    {
        "doc_id": ["a"] * 6 + ["b"] * 3,
        "token": ["Жергілікті", "билік", "және", "биліктің", "жергілікті", ".", "билік", "мен", "халық"],
        "lang": ["kk"] * 9,
    }
)


def found(tree: dict[str, object], **options: object) -> list[tuple[str, str]]:
    return dictionary_matches(FRAME, Dictionary.of(tree), **options).select("key", "match").rows()


def test_longer_matches_win_within_a_key_or_the_dictionary() -> None:
    tree = {"local": ["жергілікті билік", "жергілікті"], "power": ["билік*"]}
    by_key = [
        ("local", "Жергілікті билік"),
        ("power", "билік"),
        ("power", "биліктің"),
        ("local", "жергілікті"),
        ("power", "билік"),
    ]
    assert found(tree) == by_key
    assert found(tree, nested="dictionary") == [by_key[0], *by_key[2:]]


def test_patterns_of_one_key_count_a_place_once() -> None:
    assert len(found({"power": ["билік", "билі*", "*лік"]})) == 3
    assert len(found({"power": ["билік"], "power2": ["билі*"]})) == 5


def test_phrases_stay_within_their_borders() -> None:
    assert found({"x": ["жергілікті . билік"]}) == []
    assert found({"x": ["жергілікті ."]}) == [("x", "жергілікті .")]
    cut = FRAME.with_columns(part=pl.int_range(pl.len()) // 2)
    book = Dictionary.of({"x": ["билік және", "жергілікті билік"]})
    assert dictionary_matches(cut, book, within=["doc_id", "part"])["match"].to_list() == ["Жергілікті билік"]


def test_case_and_signs() -> None:
    assert found({"x": ["Жергілікті"]}, case_sensitive=True) == [("x", "Жергілікті")]
    assert found({"x": ["."]}) == [("x", ".")]
    assert found({"x": ["б?лік"]}) == [("x", "билік"), ("x", "билік")]


def test_groups_zeros_and_words() -> None:
    book = Dictionary.of({"power": {"people": ["халық"], "state": ["билік*"]}, "none": ["жоқ"]})
    rows = dictionary(FRAME, book, by=["lang"]).select("key", "count", "n", "matches").rows()
    assert rows == [("power.people", 1, 9, ["халық"]), ("power.state", 3, 9, ["билік", "биліктің"]), ("none", 0, 9, [])]
    assert dictionary(FRAME.head(0), book, by=["lang"]).height == 0


FILES = {
    "a.yml": "unity:\n  nation: [union, united  states]\n  people: [people]\n",
    "a.json": json.dumps({"unity": {"nation": ["union", "united states"], "people": "people"}}),
    "a.dic": "%\n1\tunity\n  2\tnation\n  3\tpeople\n%\nunion\t2\nunited states\t2\npeople\t03\n",
    "a.cat": "unity\n\tnation\n\t\tunion (1)\n\t\tunited_states (1)\n\tpeople\n\t\tpeople (1)\n",
    "a.ykd": '<?xml version="1.0" encoding="UTF-8"?><dictionary style="050805"><cnode name="All"><cnode name="unity">'
    '<cnode name="nation"><pnode name="union"/><pnode name="united states"/></cnode>'
    '<cnode name="people"><pnode name="people"/></cnode></cnode></cnode></dictionary>',
}


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_every_format_gives_the_same_dictionary(tmp_path: Path, name: str, ends: str) -> None:
    (tmp_path / name).write_bytes(FILES[name].replace("\n", ends).encode("utf-8-sig"))
    book = read_dictionary(tmp_path / name)
    assert [(entry.path, entry.pattern) for entry in book.entries] == [
        (("unity", "nation"), "union"),
        (("unity", "nation"), "united states"),
        (("unity", "people"), "people"),
    ]


def test_flat_lists(tmp_path: Path) -> None:
    (tmp_path / "good.txt").write_text("; a comment\nжақсы\nөте жақсы\t3\n", encoding="utf-8")
    assert [entry.pattern for entry in read_dictionary(tmp_path / "good.txt").entries] == ["жақсы", "өте жақсы"]
    (tmp_path / "two.lc3").write_text("+positive\nжақсы \n+negative\nжаман\n", encoding="utf-8")
    assert read_dictionary(tmp_path / "two.lc3").keys == ("positive", "negative")


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("a.yml", "- a\n- b\n", "MB510"),
        ("a.yml", "a: [", "MB510"),
        ("a.json", "{", "MB510"),
        ("a.dic", "word\t1\n", "MB510"),
        ("a.dic", "%\n1\tx\n%\nword\t7\n", "MB510"),
        ("a.ykd", "<cnode", "MB510"),
        ("a.cat", "\n", "MB510"),
        ("a.xlsx", "", "MB505"),
    ],
)
def test_broken_files_are_named(tmp_path: Path, name: str, text: str, code: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(MinberError, match=f"{code} .*{name}"):
        read_dictionary(tmp_path / name)
    with pytest.raises(MinberError, match="MB003"):
        read_dictionary(tmp_path / "missing.yml")


def test_xml_cannot_read_other_files(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("hidden")
    (tmp_path / "a.ykd").write_text(
        f'<!DOCTYPE d [<!ENTITY x SYSTEM "{(tmp_path / "secret").as_uri()}">]>'
        '<dictionary><cnode name="k"><pnode>&x;</pnode><pnode name="w"/></cnode></dictionary>'
    )
    assert "hidden" not in str(read_dictionary(tmp_path / "a.ykd"))


@pytest.mark.skipif(not LEXICONS.is_dir(), reason=f"no lexicons at {LEXICONS} (set MINBER_SHARED)")
@pytest.mark.parametrize(
    ("name", "keys", "entries"),
    [
        ("Laver_and_Garry_2000.cat", 20, 418),
        ("Loughran_and_McDonald_2014.cat", 8, 4232),
        ("RID.CAT", 43, 3150),
        ("mfd2.0.dic", 10, 2103),
        ("newsmap.yml", 241, 800),
    ],
)
def test_published_dictionaries(name: str, keys: int, entries: int) -> None:
    book = read_dictionary(LEXICONS / name)
    assert len(book.entries) == entries
    assert len(book.keys) == keys
    assert not any(entry.pattern.endswith("(1)") or "\t" in entry.pattern for entry in book.entries)
    assert name != "newsmap.yml" or "EUROPE.NORTH.NO" in book.keys  # YAML reads a bare NO as «false»
