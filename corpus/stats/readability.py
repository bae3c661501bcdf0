"""Readability: counts of a text, and the formulas that were published for its language."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import polars as pl

from corpus.stats.frames import check_choice, check_columns, eager_or_lazy
from corpus.stats.tokens import kind_of

CLOZE_SCORE = 0.35
"""Criterion of Bormuth's grade placement, as a proportion (quanteda puts in 35, which gives grades of 10^9)."""


@dataclass(frozen=True)
class Formula:
    """A measure: its expression over the counts, where it comes from, and the languages it was fitted to.

    Attributes:
        expression: over the columns of `text_counts`.
        source: publication.
        languages: codes; empty for any.
    """

    expression: Callable[[], pl.Expr]
    source: str
    languages: tuple[str, ...] = ("en",)


def _per(name: str, other: str = "W") -> pl.Expr:
    return pl.col(name) / pl.col(other)


def _asl() -> pl.Expr:
    return _per("W", "St")


def _awl() -> pl.Expr:
    return _per("C", "W")


def _asw() -> pl.Expr:
    return _per("Sy", "W")


def _bormuth() -> pl.Expr:
    familiar = 1 - _per("W_wl.Dale.Chall")
    asl = _asl()
    return 0.886593 - 0.08364 * _awl() + 0.161911 * familiar**3 - 0.021401 * asl + 0.000577 * asl**2 - 0.000005 * asl**3


def _bormuth_grade() -> pl.Expr:
    mc, ccs = _bormuth(), CLOZE_SCORE
    return (
        4.275
        + 12.881 * mc
        - 34.934 * mc**2
        + 20.388 * mc**3
        + (26.194 * ccs - 2.046 * ccs**2 - 11.767 * ccs**3)
        - 42.285 * mc * ccs
        + 97.620 * (mc * ccs) ** 2
        - 59.538 * (mc * ccs) ** 3
    )


def _dale_chall_old() -> pl.Expr:
    hard = _per("W_wl.Dale.Chall")
    return 15.79 * hard + 0.0496 * _asl() + pl.when(hard > 0.05).then(3.6365).otherwise(0.0)


def _ecp() -> pl.Expr:
    return 141.8401 - 21.459 * _awl() + 107.9812 * _per("St")


def _smog_root(more: float = 0.0) -> pl.Expr:
    return (30 * _per("W3Sy", "St") + more).sqrt()


FORMULAS: dict[str, Formula] = {
    "ARI": Formula(
        lambda: 0.5 * _asl() + 4.71 * _awl() - 21.43, "Senter, R. J., & Smith, E. A. (1967). AMRL-TR-66-22."
    ),
    "ARI.simple": Formula(lambda: _asl() + 9 * _awl(), "Senter & Smith (1967)."),
    "ARI.NRI": Formula(lambda: 0.4 * _asl() + 6 * _awl() - 27.4, "Kincaid, J. P., et al. (1975). Navy RBR 8-75."),
    "Bormuth.MC": Formula(_bormuth, "Bormuth, J. R. (1969). Development of readability analysis."),
    "Bormuth.GP": Formula(_bormuth_grade, "Bormuth, J. R. (1969)."),
    "Coleman": Formula(
        lambda: 129 * _per("W_1Sy") - 38.45, "Coleman, E. B. (1971). Developing a technology of written instruction."
    ),
    "Coleman.C2": Formula(lambda: 116 * _per("W_1Sy") + 148 * _per("St") - 37.95, "Coleman, E. B. (1971)."),
    "Coleman.Liau.ECP": Formula(_ecp, "Coleman, M., & Liau, T. L. (1975). J. Applied Psychology 60, 283–284."),
    "Coleman.Liau.grade": Formula(lambda: -0.274004 * _ecp() + 23.06395, "Coleman & Liau (1975)."),
    "Coleman.Liau.short": Formula(lambda: 5.88 * _awl() - 29.6 * _per("St") - 15.8, "Coleman & Liau (1975)."),
    "Dale.Chall": Formula(
        lambda: 64 - 95 * _per("W_wl.Dale.Chall") - 0.69 * _asl(),
        "Chall, J. S., & Dale, E. (1995). Readability revisited.",
    ),
    "Dale.Chall.old": Formula(_dale_chall_old, "Dale, E., & Chall, J. S. (1948). Educational Research Bulletin 27."),
    "Dale.Chall.PSK": Formula(
        lambda: 11.55 * _per("W_wl.Dale.Chall") + 0.0596 * _asl() + 3.2672,
        "Powers, R. D., Sumner, W. A., & Kearl, B. E. (1958). J. Educational Psychology 49.",
    ),
    "Danielson.Bryan": Formula(
        lambda: 1.0364 * _per("C", "Bl") + 0.0194 * _per("C", "St") - 0.6059,
        "Danielson, W. A., & Bryan, S. D. (1963). Journalism Quarterly 40.",
    ),
    "Danielson.Bryan.2": Formula(
        lambda: 131.059 - 10.364 * _per("C", "Bl") - 0.194 * _per("C", "St"), "Danielson & Bryan (1963)."
    ),
    "Dickes.Steiwer": Formula(
        lambda: 235.95993 - 73.021 * _awl() - 12.56438 * _asl() - 50.03293 * _per("V"),
        "Dickes, P., & Steiwer, L. (1977). Zeitschrift für Entwicklungspsychologie 9, 20–28.",
        ("de",),
    ),
    "DRP": Formula(lambda: 100 * (1 - _bormuth()), "Carver, R. P. (1985). J. Reading Behavior 17, 303–316."),
    "ELF": Formula(
        lambda: _per("W2Sy", "St"), "Fang, I. E. (1966). The easy listening formula. J. Broadcasting 11, 63–68."
    ),
    "Farr.Jenkins.Paterson": Formula(
        lambda: -31.517 - 1.015 * _asl() + 159.9 * _per("W_1Sy"),
        "Farr, J. N., Jenkins, J. J., & Paterson, D. G. (1951). J. Applied Psychology 35, 333–337.",
    ),
    "Flesch": Formula(
        lambda: 206.835 - 1.015 * _asl() - 84.6 * _asw(),
        "Flesch, R. (1948). A new readability yardstick. J. Applied Psychology 32, 221–233.",
    ),
    "Flesch.PSK": Formula(lambda: 0.0778 * _asl() + 4.55 * _asw() - 2.2029, "Powers, Sumner & Kearl (1958)."),
    "Flesch.Kincaid": Formula(lambda: 0.39 * _asl() + 11.8 * _asw() - 15.59, "Kincaid et al. (1975)."),
    "FOG": Formula(lambda: 0.4 * (_asl() + 100 * _per("W3Sy")), "Gunning, R. (1952). The technique of clear writing."),
    "FOG.PSK": Formula(lambda: 3.068 + 0.0877 * _asl() + 9.84 * _per("W3Sy"), "Powers, Sumner & Kearl (1958)."),
    "FOG.NRI": Formula(
        lambda: ((pl.col("Wlt3Sy") + 3 * pl.col("W3Sy")) / (100 * _per("St")) - 3) / 2, "Kincaid et al. (1975)."
    ),
    "FORCAST": Formula(lambda: 20 - 15 * _per("W_1Sy"), "Caylor, J. S., et al. (1973). HumRRO TR 73-5."),
    "FORCAST.RGL": Formula(lambda: 20.43 - 16.5 * _per("W_1Sy"), "Caylor et al. (1973)."),
    "Fucks": Formula(
        lambda: _awl() * _asl(),
        "Fucks, W. (1955). Der Unterschied des Prosastils von Dichtern und Schriftstellern.",
        (),
    ),
    "Linsear.Write": Formula(
        lambda: ((100 - 100 * _per("Wlt3Sy")) + 300 * _per("W3Sy")) / (100 * _per("St")),
        "Klare, G. R. (1975). Reading Research Quarterly 10, 62–102.",
    ),
    "LIX": Formula(
        lambda: _asl() + 100 * _per("W7C"),
        "Björnsson, C. H. (1968). Läsbarhet; for other languages: Björnsson (1983). Reading Research Quarterly 18.",
        (),
    ),
    "RIX": Formula(lambda: _per("W7C", "St"), "Anderson, J. (1983). Lix and Rix. J. Reading 26, 490–496.", ()),
    "SMOG": Formula(lambda: 1.043 * _smog_root() + 3.1291, "McLaughlin, G. H. (1969). J. Reading 12, 639–646."),
    "SMOG.C": Formula(lambda: 0.9986 * _smog_root(5) + 2.8795, "McLaughlin (1969)."),
    "SMOG.simple": Formula(lambda: _smog_root() + 3, "McLaughlin (1969)."),
    "SMOG.de": Formula(
        lambda: _smog_root() - 2,
        "Bamberger, R., & Vanecek, E. (1984). Lesen – Verstehen – Lernen – Schreiben.",
        ("de",),
    ),
    "Spache": Formula(
        lambda: 0.121 * _asl() + 8.2 * _per("W_wl.Spache") + 0.659, "Spache, G. (1974). Good reading for poor readers."
    ),
    "Spache.old": Formula(
        lambda: 0.141 * _asl() + 8.6 * _per("W_wl.Spache") + 0.839,
        "Spache, G. (1953). Elementary School J. 53, 410–413.",
    ),
    "Strain": Formula(
        lambda: _per("Sy", "St") * 3 / 10, "Solomon, N. W. (2006). Qualitative analysis of media language."
    ),
    "Wheeler.Smith": Formula(
        lambda: 10 * _asl() * _per("W2Sy"), "Wheeler, L. R., & Smith, E. H. (1954). Elementary English 31, 397–399."
    ),
    "nWS": Formula(
        lambda: 19.35 * _per("W3Sy") + 0.1672 * _asl() + 12.97 * _per("W6C") - 3.27 * _per("W_1Sy") - 0.875,
        "Bamberger & Vanecek (1984).",
        ("de",),
    ),
    "nWS.2": Formula(
        lambda: 20.07 * _per("W3Sy") + 0.1682 * _asl() + 13.73 * _per("W6C") - 2.779,
        "Bamberger & Vanecek (1984).",
        ("de",),
    ),
    "nWS.3": Formula(lambda: 29.63 * _per("W3Sy") + 0.1905 * _asl() - 1.1144, "Bamberger & Vanecek (1984).", ("de",)),
    "nWS.4": Formula(lambda: 27.44 * _per("W3Sy") + 0.2656 * _asl() - 1.693, "Bamberger & Vanecek (1984).", ("de",)),
    "Flesch.ru": Formula(
        lambda: 206.835 - 1.3 * _asl() - 60.1 * _asw(),
        "Оборнева, И. В. (2006). Автоматизированная оценка сложности учебных текстов.",
        ("ru",),
    ),
    "Flesch.Kincaid.ru": Formula(lambda: 0.5 * _asl() + 8.4 * _asw() - 15.59, "Оборнева (2006).", ("ru",)),
    "meanSentenceLength": Formula(_asl, "words a sentence", ()),
    "meanWordLength": Formula(_awl, "letters and digits a word", ()),
    "meanWordSyllables": Formula(_asw, "syllables a word", ("en", "ru")),
}
"""Name of each measure (quanteda's where it has it) → formula, source and languages."""

ANY_LANGUAGE = tuple(name for name, formula in FORMULAS.items() if not formula.languages)
"""Measures of letters and sentences only, which may be compared within any language."""


@eager_or_lazy
def readability(
    counts: pl.LazyFrame, measures: Sequence[str] = ("Flesch", "Flesch.ru", "LIX", "RIX"), lang: str | None = None
) -> pl.LazyFrame:
    """Work out readability formulas of texts whose words, sentences, letters and syllables have been counted.

    Parameters:
        counts: what `text_counts` gives, or counts of your own under the same names.
        measures: keys of `FORMULAS`.
        lang: column with the language of each text: a formula is null for texts of languages that it was not fitted
            to. None to apply all.

    Returns:
        the column ``document`` and, where there, ``lang``, then a column a measure; in the order of `counts`. Null
        where a count is missing, such as words outside of Dale and Chall's list when none was given.

    Raises:
        MinberError: MB505 unknown measure or column.

    Example:
        >>> counts = pl.DataFrame({"document": ["a"], "W": [100], "St": [10], "W7C": [20]})
        >>> readability(counts, ["LIX"]).row(0)
        ('a', 30.0)
    """
    columns = check_columns(counts, ["document", *([lang] if lang else [])])
    chosen = []
    for name in dict.fromkeys(measures):
        check_choice("measure", name, FORMULAS)
        formula = FORMULAS[name]
        value = formula.expression()
        if not set(value.meta.root_names()) <= set(columns):
            value = pl.lit(None, pl.Float64)
        elif lang and formula.languages:
            value = pl.when(pl.col(lang).is_in(list(formula.languages))).then(value)
        chosen.append(pl.when(value.is_finite()).then(value).alias(name))
    return counts.select("document", *([lang] if lang else []), *chosen)


@eager_or_lazy
def text_counts(
    frame: pl.LazyFrame,
    by: str = "doc_id",
    lang: str | None = None,
    lists: Mapping[str, Sequence[str]] | None = None,
    written: str = "token",
) -> pl.LazyFrame:
    """Count what readability formulas are made of.

    Parameters:
        frame: tokens with ``sentence`` (its number within the document); punctuation and symbols are left out.
        by: column whose values are the texts.
        lang: column with the language, whose syllables are counted where its writing tells them; None for no syllables.
        lists: name of a column (``W_wl.Dale.Chall``, ``W_wl.Spache``) → familiar words; those *not* among them are
            counted there.
        written: column of the words as they stand, whose letters and syllables are counted; ``token``, such as the
            dictionary form, then tells only which words are the same.

    Returns:
        ``document``, ``lang`` (if asked for), ``W`` words, ``V`` different ones, ``St`` sentences, ``C`` letters and
        digits, ``Bl`` blanks between words, ``W6C`` and ``W7C`` words of at least 6 and 7 letters, ``Sy`` syllables,
        words of one (``W_1Sy``), two or more (``W2Sy``), three or more (``W3Sy``) and under three (``Wlt3Sy``), and the
        columns of ``lists``.

    Raises:
        MinberError: MB505 a column is missing.

    Example:
        >>> frame = pl.DataFrame({"doc_id": ["a"] * 3, "token": ["Реформа", "жүрді", "."], "sentence": [0, 0, 0]})
        >>> text_counts(frame).select("W", "St", "C", "W7C").row(0)
        (2, 1, 12, 1)
    """
    columns = check_columns(frame, ["doc_id", "token", "sentence", by, written, *([lang] if lang else [])])
    if "token_kind" not in columns:
        frame = frame.with_columns(token_kind=kind_of(pl.col("token").cast(pl.String)))
    words = frame.filter(pl.col("token_kind").is_in(["word", "number"]))
    token, form = (pl.col(name).cast(pl.String).str.to_lowercase() for name in ("token", written))
    letters = pl.col(written).cast(pl.String).str.replace_all(r"[^\p{L}\p{N}]", "").str.len_chars().cast(pl.Int64)
    syllables = pl.lit(None, pl.Int64)
    if lang:
        pair = pl.struct(pl.col(lang).alias("lang"), form.alias("token"))
        syllables = pair.map_batches(_syllables_of, return_dtype=pl.Int64)
    unknown = {name: ~form.is_in([word.lower() for word in known]) for name, known in (lists or {}).items()}

    def number(condition: pl.Expr) -> pl.Expr:
        return pl.when(condition.count() > 0).then(condition.sum().cast(pl.Int64))

    n = pl.col("_syllables")
    return (
        words.select(
            "doc_id", "sentence", _text=by, _token=token, _letters=letters, _syllables=syllables,
            **({"_lang": pl.col(lang)} if lang else {}), **unknown,
        )
        .group_by("_text")
        .agg(
            *([pl.col("_lang").first().alias("lang")] if lang else []),
            W=pl.len().cast(pl.Int64),
            V=pl.col("_token").n_unique().cast(pl.Int64),
            St=pl.struct("doc_id", "sentence").n_unique().cast(pl.Int64),
            C=pl.col("_letters").sum(),
            Bl=(pl.len() - 1).cast(pl.Int64),
            W6C=number(pl.col("_letters") >= 6),
            W7C=number(pl.col("_letters") >= 7),
            Sy=pl.when(n.count() > 0).then(n.sum()),
            W_1Sy=number(n == 1),
            W2Sy=number(n >= 2),
            W3Sy=number(n >= 3),
            Wlt3Sy=number(n < 3),
            **{name: pl.col(name).sum().cast(pl.Int64) for name in unknown},
        )
        .sort("_text")
        .rename({"_text": "document"})
    )  # fmt: skip


def _syllables_of(pairs: pl.Series) -> pl.Series:
    names = pairs.struct.fields
    kinds = pairs.to_frame("pair").unnest("pair").unique()
    counted = kinds.with_columns(
        _n=pl.Series(
            [syllables(token or "", lang or "") for lang, token in kinds.select(names).iter_rows()], dtype=pl.Int64
        )
    )
    joined = (
        pairs.to_frame("pair")
        .unnest("pair")
        .join(counted, on=names, how="left", nulls_equal=True, maintain_order="left")
    )
    return joined["_n"]


_RUSSIAN = re.compile("[аеёиоуыэюя]")
_ENGLISH = re.compile("[aeiouy]+")
_SILENT = re.compile("(?:[^laeiouy]es?|[^td]ed|[aeiouy]le)$")
_APART = re.compile("(?:ia|io(?!u|n)|iu|eo|ua(?!r)|uo|[aeo]i(?:ng)|ying)")


@lru_cache(maxsize=1 << 16)
def syllables(word: str, lang: str) -> int | None:
    """Count the syllables of a word.

    Parameters:
        word: one word, small letters.
        lang: ``ru``: as many as vowel letters; ``en``: groups of vowel letters, silent endings aside, an estimate.

    Returns:
        the number, at least 1; None for other languages: in Kazakh, ``и`` and ``у`` are vowels or glides, which the
        letters alone do not tell.

    Example:
        >>> syllables("правительство", "ru"), syllables("government", "en"), syllables("үкімет", "kk")
        (4, 3, None)
    """
    if lang == "ru":
        return max(1, len(_RUSSIAN.findall(word)))
    if lang != "en":
        return None
    total = 0
    for part in re.findall("[a-z]+", word):
        number = len(_ENGLISH.findall(part)) + len(_APART.findall(part))
        if number > 1 and _SILENT.search(part):
            number -= 1
        total += max(1, number)
    return max(1, total)
