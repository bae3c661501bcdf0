"""Lexical diversity and entropy: how rich the vocabulary of a text is."""

from __future__ import annotations

import math
from collections.abc import Sequence

import polars as pl

from corpus.stats.frames import categories, check_choice, check_columns, counted, eager_or_lazy, numbered, settled
from corpus.stats.repetition import factor_lengths, window_ratios

MEASURES: dict[str, str] = {
    "TTR": "Johnson, W. (1944). Studies in language behavior. Psychological Monographs 56.",
    "C": "Herdan, G. (1960). Type-token mathematics.",
    "R": "Guiraud, P. (1954). Les caractères statistiques du vocabulaire.",
    "CTTR": "Carroll, J. B. (1964). Language and thought.",
    "U": "Dugast, D. (1978). Sur quoi se fonde la notion d'étendue théorique du vocabulaire ?",
    "S": "Somers, H. H. (1966). Statistical methods in literary analysis.",
    "K": "Yule, G. U. (1944). The statistical study of literary vocabulary.",
    "I": "Yule, G. U. (1944), inverted.",
    "D": "Simpson, E. H. (1949). Measurement of diversity. Nature 163, 688.",
    "Vm": "Herdan, G. (1955). A new derivation and interpretation of Yule's characteristic K. ZAMP 6, 332–334.",
    "Maas": "Maas, H.-D. (1972). Über den Zusammenhang zwischen Wortschatzumfang und Länge eines Textes. LiLi 2.",
    "lgV0": "Maas, H.-D. (1972), decimal logarithm.",
    "lgeV0": "Maas, H.-D. (1972), natural logarithm.",
    "MATTR": "Covington, M. A., & McFall, J. D. (2010). Cutting the Gordian knot. JQL 17, 94–100.",
    "MSTTR": "Johnson, W. (1944). Studies in language behavior. Psychological Monographs 56.",
    "MTLD": "McCarthy, P. M., & Jarvis, S. (2010). MTLD, vocd-D, and HD-D. Behavior Research Methods 42, 381–392.",
    "HDD": "McCarthy, P. M., & Jarvis, S. (2007). vocd: a theoretical and empirical evaluation. Language Testing 24, "
    "459–488 (42 draws, share of types).",
}
"""Measure → where it comes from."""

ENTROPY = "Shannon, C. E. (1948). A mathematical theory of communication. Bell System Technical Journal 27, 379–423."
"""Where `entropy` comes from."""

OF_SPECTRUM = ("K", "I", "D", "Vm", "HDD")
"""The measures that need to know how many words occur once, twice, and so on."""
IN_ORDER = ("MATTR", "MSTTR", "MTLD")
"""The measures that need tokens in the order of the text."""
HDD_DRAWS = 42


@eager_or_lazy
def diversity(
    frame: pl.LazyFrame,
    measures: Sequence[str] = ("TTR", "MATTR"),
    by: str = "doc_id",
    window: int = 50,
) -> pl.LazyFrame:
    """Measure the lexical diversity of each text (as quanteda's ``textstat_lexdiv``, and more).

    Parameters:
        frame: tokens (words, as a rule without punctuation and in small letters) in the order of the text; counts do
            where no measure is one of `IN_ORDER`.
        measures: keys of `MEASURES`.
        by: column whose values are the texts.
        window: tokens of a window of MATTR and of a segment of MSTTR. A text that is shorter counts as one window (it
            does not change the others').

    Returns:
        ``document``, ``tokens``, ``types``, a column a measure; ordered by ``document``. Null where a measure is not
        defined, such as C of a text of one token.

    Raises:
        MinberError: MB505 unknown measure or column.

    Example:
        >>> frame = pl.DataFrame({"doc_id": ["a"] * 4, "token": ["x", "y", "x", "z"]})
        >>> diversity(frame, ["TTR", "R"]).row(0)
        ('a', 4, 3, 0.75, 1.5)
    """
    for measure in measures:
        check_choice("measure", measure, MEASURES)
    columns = check_columns(frame, [by, "token"])
    kept = ["count"] if "count" in columns else []
    texts = frame.select("token", *kept, doc_id=categories(frame, by))
    if kept or set(measures) & set(OF_SPECTRUM):
        spectrum = (
            counted(texts)
            .group_by("doc_id", i="count", maintain_order=True)
            .agg(v=pl.len().cast(pl.Float64))
            .with_columns(i=pl.col("i").cast(pl.Float64))
        )
        i, v = pl.col("i"), pl.col("v")
        result = spectrum.group_by("doc_id", maintain_order=True).agg(
            N=(i * v).sum(), V=v.sum(), M2=(i**2 * v).sum(), pairs=(i * (i - 1) * v).sum()
        )
    else:
        words = texts.select("doc_id", token=numbered(texts, "token"))
        number = {"N": pl.len(), "V": pl.col("token").n_unique()}
        result = words.group_by("doc_id").agg(value.cast(pl.Float64).alias(name) for name, value in number.items())
    if "HDD" in measures:
        result = result.join(_hdd(spectrum), on="doc_id")
    if repeated := [name for name in ("MATTR", "MTLD") if name in measures]:
        result = result.join(_repeated(texts, repeated, window), on="doc_id", how="left")
    if "MSTTR" in measures:
        result = result.join(_msttr(texts, window), on="doc_id", how="left")
    n, types = pl.col("N"), pl.col("V")
    lg_n, lg_v = n.log10(), types.log10()
    maas = (lg_n - lg_v).sqrt() / lg_n
    formulas = {
        "TTR": types / n,
        "C": lg_v / lg_n,
        "R": types / n.sqrt(),
        "CTTR": types / (2 * n).sqrt(),
        "U": lg_n**2 / (lg_n - lg_v),
        "S": lg_v.log10() / lg_n.log10(),
        "K": 1e4 * (pl.col("M2") / n**2 - 1 / n),
        "I": types**2 / (pl.col("M2") - types),
        "D": pl.col("pairs") / (n * (n - 1)),
        "Vm": (pl.col("M2") / n**2 - 1 / types).clip(0.0).sqrt(),
        "Maas": maas,
        "lgV0": lg_v / (1 - (lg_v / lg_n) ** 2).sqrt(),
        "lgeV0": math.log(10) * lg_v / (1 - (lg_v / lg_n) ** 2).sqrt(),
    }
    chosen = [
        pl.when(value.is_finite()).then(value).alias(name)
        for name in dict.fromkeys(measures)
        for value in [formulas.get(name, pl.col(name))]
    ]
    return result.sort("doc_id").select(
        pl.col("doc_id").alias("document"),
        n.cast(pl.Int64).alias("tokens"),
        types.cast(pl.Int64).alias("types"),
        *chosen,
    )


@eager_or_lazy
def entropy(frame: pl.LazyFrame, margin: str = "documents", base: float = 2.0) -> pl.LazyFrame:
    """Shannon entropy of the features of each document, or of the documents of each feature.

    Parameters:
        frame: tokens or counts.
        margin: ``documents`` or ``features``: whose entropy.
        base: of the logarithm.

    Returns:
        ``document`` or ``feature``, and ``entropy``, ordered by name.

    Raises:
        MinberError: MB505 unknown margin or column.

    Example:
        >>> entropy(pl.DataFrame({"doc_id": ["a", "a"], "token": ["x", "y"]})).rows()
        [('a', 1.0)]

    Source: Shannon, C. E. (1948). A mathematical theory of communication. Bell System Technical Journal 27, 379–423.
    """
    check_choice("margin", margin, ("documents", "features"))
    key, name = ("doc_id", "document") if margin == "documents" else ("token", "feature")
    n = pl.col("count").cast(pl.Float64)
    value = n.sum().log(base) - (n * n.log(base)).sum() / n.sum()
    return (
        settled(counted(frame), [key, "count"])
        .group_by(key, maintain_order=True)
        .agg(entropy=value)
        .sort(key)
        .rename({key: name})
    )


def _repeated(texts: pl.LazyFrame, wanted: Sequence[str], window: int) -> pl.LazyFrame:
    """MATTR and MTLD, from where each word stood before."""

    def measure(frame: pl.DataFrame) -> pl.DataFrame:
        grouped = frame.group_by("doc_id", maintain_order=True).agg("token")
        sizes = grouped["token"].list.len().cast(pl.Int64).to_numpy()
        words = grouped["token"].explode(empty_as_null=False).to_frame("token").with_row_index("place")
        last = pl.col("place").cast(pl.Int32).shift().over("token").fill_null(-1)
        before = words.select(last).to_series().to_numpy()
        values = {"MATTR": lambda: window_ratios(before, sizes, window), "MTLD": lambda: factor_lengths(before, sizes)}
        return grouped.select("doc_id", **{name: pl.Series(values[name](), dtype=pl.Float64) for name in wanted})

    kinds = {"doc_id": texts.collect_schema()["doc_id"]} | {name: pl.Float64() for name in wanted}
    words = texts.select("doc_id", token=numbered(texts, "token"))
    return words.map_batches(measure, schema=pl.Schema(kinds))


def _msttr(texts: pl.LazyFrame, window: int) -> pl.LazyFrame:
    """Mean TTR of segments that follow each other; an incomplete last one is left out unless it is the only one."""
    length = pl.len().over("doc_id").cast(pl.Int64)
    return (
        texts.select("doc_id", "token")
        .with_columns(segment=pl.int_range(pl.len()).over("doc_id") // window, length=length)
        .group_by("doc_id", "segment", maintain_order=True)
        .agg(types=pl.col("token").n_unique(), size=pl.len(), length=pl.col("length").first())
        .filter((pl.col("size") == window) | (pl.col("length") < window))
        .group_by("doc_id", maintain_order=True)
        .agg(MSTTR=pl.col("types").sum() / pl.col("size").sum())
    )


def _hdd(spectrum: pl.LazyFrame) -> pl.LazyFrame:
    """Expected share of types among 42 tokens drawn without putting back; null for shorter texts."""

    def never_drawn(pair: pl.Series) -> pl.Series:
        from scipy.special import gammaln

        size, count = (pair.struct.field(name).to_numpy() for name in ("N", "i"))
        rest = size - count
        log = (
            gammaln(rest + 1)
            - gammaln((rest - HDD_DRAWS).clip(-0.5) + 1)
            + gammaln(size - HDD_DRAWS + 1)
            - gammaln(size + 1)
        )
        return pl.Series(log).exp()

    enough = pl.col("N") - pl.col("i") >= HDD_DRAWS
    absent = pl.struct("N", "i").map_batches(never_drawn, return_dtype=pl.Float64)
    return (
        spectrum.with_columns(N=(pl.col("i") * pl.col("v")).sum().over("doc_id"))
        .with_columns(p=pl.when(enough).then(absent).otherwise(0.0))
        .group_by("doc_id", maintain_order=True)
        .agg(
            HDD=pl.when(pl.col("N").first() >= HDD_DRAWS).then(
                (pl.col("v") * (1 - pl.col("p"))).sort().sum() / HDD_DRAWS
            )
        )
    )
