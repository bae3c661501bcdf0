"""What the machine is measured against: units that people decided on, of texts that the machine labelled as they are.

Two kinds of gold: ``human`` (units with the check mark, in which every label is a person's) and ``gold`` (what
`corpus.adjudication` decided). A pre-annotation that nobody confirmed is never part of either.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from corpus.agreement.codings import LAYERS, Codings, Kind, coder_of, codings_of
from corpus.stats.frames import check_choice
from schemas.errors import MinberError

if TYPE_CHECKING:
    from corpus.stats.selection import Selected
    from corpus.store import Corpus

SOURCES_OF_GOLD = ("human", "gold")
"""Whose decisions: of those who set the check mark, or of adjudication."""

OWN_FIELDS = ("preannotated",)
"""What units may be split by, beside fields of documents."""

UNITS = pl.Schema(
    {
        "unit": pl.UInt32(),  # from 0, in order of document and place
        "unit_id": pl.String(),
        "round": pl.Int32(),
        "doc_id": pl.String(),
        "revision": pl.String(),
        "start": pl.Int64(),
        "end": pl.Int64(),
        "preannotated": pl.Boolean(),  # whether anybody saw the machine's labels before they decided
        "by": pl.String(),  # who decided
    }
)
LABELS = pl.Schema(
    {
        "unit": pl.UInt32(),
        "layer": pl.String(),
        "label": pl.String(),
        "start": pl.Int64(),  # code points of the document
        "end": pl.Int64(),
        "by": pl.String(),  # who gave it
    }
)
ARROWS = pl.Schema(
    {"unit": pl.UInt32(), "start": pl.Int64(), "end": pl.Int64(), "to": pl.Int64(), "to_end": pl.Int64()}
)


@dataclass(frozen=True)
class Gold:
    """Units that people decided on.

    Attributes:
        layout: of the projects.
        units: `UNITS`, and the fields that results are split by.
        labels: `LABELS`, a row a label.
        arrows: `ARROWS`: from quotations to the words that name their speakers, where people drew some.
        outdated: units left out because their text was revised since.
        unannotated: units left out because the machine has not labelled their documents.
    """

    layout: str
    units: pl.DataFrame
    labels: pl.DataFrame
    arrows: pl.DataFrame
    outdated: int = 0
    unannotated: int = 0

    def layers(self) -> dict[str, Kind]:
        """Layers that can be judged: those of whole units, quotations of ``voices``, and those in which people gave
        a label; what nobody ever marked was not asked for."""
        given = {*self.labels["layer"].unique(), *(["quote"] if self.layout == "voices" else [])}
        return {name: kind for name, kind in LAYERS[self.layout].items() if kind == "sets" or name in given}


def read_gold(
    part: Selected,
    layout: str | None = None,
    source: str = "human",
    annotator: str | None = None,
    number: int | None = None,
    half: bool = False,
) -> Gold:
    """Read the units that people decided on in a selected part of a corpus.

    Parameters:
        part: of a corpus or of a snapshot of its labels.
        layout: ``themes``, ``voices`` or ``spans``; default: as ``minber.toml`` says.
        source: ``human`` or ``gold``.
        annotator: only units that this person confirmed, with their labels; None: of several people's labels of a
            whole unit those that at least half of them gave; of their stretches `agreed_stretches`.
        number: of the round; None: of each unit its last.
        half: only units that nobody saw with pre-annotations.

    Returns:
        the units, in the newest revisions of documents that the machine has labelled.

    Raises:
        MinberError: MB480 nobody has confirmed such a unit; MB506 nothing was adjudicated, or nothing annotated;
            MB505 there is no such layout, source or person.
    """
    check_choice("source of labels", source, SOURCES_OF_GOLD)
    if source == "gold" and annotator is not None:
        raise MinberError(
            "MB509", problem="gold was decided by all: --annotator is for --source human", command="minber evaluate"
        )
    name = layout or part.corpus.settings.doccano.layout
    check_choice("layout", name, LAYERS)
    base = machine_corpus(part)
    heads = base.documents.select(doc_id="id", revision="revision").collect()
    if source == "gold":
        units, labels, arrows, outdated = _of_adjudication(part.corpus, name, heads, number)
    else:
        units, labels, arrows, outdated = _of_people(part.corpus, name, heads, annotator, number)
    if half:
        units = units.filter(~pl.col("preannotated"))
    if part.selection.where or part.selection.by:
        units = part.in_voice(units.lazy()).collect()
    if not units.height:
        raise _nothing(source, name)
    sentences = base.annotations.filter(pl.col("layer") == "sentence").select("doc_id").unique().collect()
    known = units.join(sentences, on="doc_id", how="semi")
    if not known.height:
        raise MinberError("MB506", what="labels of the machine", command="minber annotate")
    order = known.sort("doc_id", "start", "end", "unit_id").with_row_index("unit")
    keys = order.select("unit", "unit_id", "round")
    fields = [field for field in part.selection.by if field not in UNITS]
    return Gold(
        name,
        order.select(*UNITS, *fields),
        labels.join(keys, on=["unit_id", "round"]).select(LABELS.names()).sort(LABELS.names()),
        arrows.join(keys, on=["unit_id", "round"]).select(ARROWS.names()).sort(ARROWS.names()),
        outdated,
        units.height - known.height,
    )


def machine_corpus(part: Selected) -> Corpus:
    """The corpus that holds the machine's labels: the one that a snapshot is of."""
    found: Corpus = getattr(part.corpus, "base", part.corpus)
    return found


def agreed_stretches(given: Sequence[tuple[str, int, int]], coders: int) -> list[tuple[int, int]]:
    """Choose the stretches that several people stand for.

    Parameters:
        given: who, start, end: stretches of one label in one unit.
        coders: how many people decided on the unit.

    Returns:
        stretches that do not overlap: such that at least half of the people marked something in the same place;
        of several there, the one that most people gave so, else the longest, else the first.

    Example:
        >>> agreed_stretches([("a", 0, 9), ("b", 2, 9), ("a", 20, 25)], 2)
        [(0, 9), (20, 25)]
        >>> agreed_stretches([("a", 0, 9), ("b", 2, 9), ("c", 2, 9), ("a", 20, 25)], 3)
        [(2, 9)]
    """
    votes: dict[tuple[int, int], set[str]] = {}
    for who, start, end in given:
        votes.setdefault((start, end), set()).add(who)
    chosen: list[tuple[int, int]] = []
    for start, end in sorted(votes, key=lambda span: (-len(votes[span]), span[0] - span[1], span)):
        near = {who for who, left, right in given if left < end and start < right}
        if 2 * len(near) >= coders and all(right <= start or end <= left for left, right in chosen):
            chosen.append((start, end))
    return sorted(chosen)


_Read = tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame, int]


def _of_people(corpus: Corpus, layout: str, heads: pl.DataFrame, annotator: str | None, number: int | None) -> _Read:
    units = corpus.units.filter((pl.col("layout") == layout) & pl.col("confirmed")).collect()
    current = units.join(heads, on=["doc_id", "revision"], how="semi")
    outdated = units.join(heads, on=["doc_id", "revision"], how="anti")["unit_id"].n_unique()
    given = corpus.labels.filter(pl.col("decision").is_in(["added", "confirmed"])).collect()
    codings = codings_of(current, given, layout).only(number=number)
    if not codings.units.height:
        raise _nothing("human", layout)
    if annotator is not None:
        check_choice("annotator", annotator, codings.coders)
        codings = codings.only([annotator])
    items = codings.items.filter(pl.col("round") == pl.col("round").max().over("unit_id"))
    found = items.with_columns(by=pl.col("coders").list.join(", "))
    return found.drop("coders"), _agreed(codings, items), _arrows(current, given, codings), outdated


def _agreed(codings: Codings, items: pl.DataFrame) -> pl.DataFrame:
    """Labels that at least half of a unit's coders stand for."""
    keys = ["unit_id", "round"]
    people = items.select(*keys, count=pl.col("coders").list.len().cast(pl.Int64))
    given = codings.labels.join(people, on=keys)
    kinds = LAYERS[codings.layout]
    whole = given.filter(pl.col("layer").is_in([layer for layer, kind in kinds.items() if kind == "sets"]))
    voted = whole.group_by(*keys, "layer", "label").agg(
        pl.col("start").min(), pl.col("end").max(), pl.col("coder").unique().sort().alias("coders"), pl.first("count")
    )
    rows = voted.filter(2 * pl.col("coders").list.len() >= pl.col("count")).with_columns(
        by=pl.col("coders").list.join(", ")
    )
    columns = [*keys, "layer", "label", "start", "end", "by"]
    marked: dict[tuple[Any, ...], list[tuple[str, int, int]]] = {}
    counts: dict[tuple[Any, ...], int] = {}
    rest = given.filter(pl.col("layer").is_in([layer for layer, kind in kinds.items() if kind == "spans"]))
    fields = [*keys, "layer", "label", "coder", "start", "end", "count"]
    for *key, coder, start, end, count in rest.select(fields).iter_rows():
        marked.setdefault(tuple(key), []).append((coder, start, end))
        counts[tuple(key)] = count
    stretches = [
        (*key, start, end, ", ".join(sorted({who for who, left, right in spans if left < end and start < right})))
        for key, spans in marked.items()
        for start, end in agreed_stretches(spans, counts[key])
    ]
    schema = pl.Schema({"unit_id": pl.String(), "round": pl.Int32(), **{name: LABELS[name] for name in columns[2:]}})
    return pl.concat([rows.select(columns).cast(schema), pl.DataFrame(stretches, schema=schema, orient="row")])


def _arrows(units: pl.DataFrame, given: pl.DataFrame, codings: Codings) -> pl.DataFrame:
    """From quotations to speakers, of the people whose codings these are."""
    drawn = given.filter(pl.col("layer") == "relation").select("unit_id", "project", "start", "end", "attributes")
    theirs = units.select(
        "unit_id", "project", coder=coder_of(), round=pl.col("round").cast(pl.Int32).fill_null(1)
    ).join(codings.units, on=["unit_id", "coder", "round"], how="semi")
    target = pl.col("attributes").str.json_path_match("$.target").str.json_decode(pl.List(pl.Int64))
    found = (
        drawn.join(theirs, on=["unit_id", "project"])
        .with_columns(target=target)
        .filter(pl.col("target").list.len() == 2)
    )
    return found.select(
        "unit_id", "round", "start", "end", to=pl.col("target").list.get(0), to_end=pl.col("target").list.get(1)
    ).unique()


def _of_adjudication(corpus: Corpus, layout: str, heads: pl.DataFrame, number: int | None) -> _Read:
    from corpus.adjudication.gold import gold  # a room above this one

    rows = gold(corpus, layout).collect()
    rows = rows if number is None else rows.filter(round=number)
    current = rows.join(heads, on=["doc_id", "revision"], how="semi")
    outdated = rows.join(heads, on=["doc_id", "revision"], how="anti").filter(layer="unit")["unit_id"].n_unique()
    givers = pl.col("givers").str.json_decode(pl.List(pl.String)).list.join(", ")
    current = current.with_columns(by=pl.coalesce("by", givers), round=pl.col("round").cast(pl.Int32))
    current = current.filter(pl.col("round") == pl.col("round").max().over("unit_id"))
    seen = (
        corpus.units.filter(pl.col("layout") == layout)
        .group_by("unit_id")
        .agg(preannotated=pl.col("preannotated").fill_null(True).any())
        .collect()
    )
    units = current.filter(layer="unit").unique("unit_id", maintain_order=True).join(seen, on="unit_id", how="left")
    units = units.with_columns(pl.col("preannotated").fill_null(True))
    labels = current.filter(pl.col("layer").is_in(list(LAYERS[layout])))
    arrows = pl.DataFrame(schema={"unit_id": pl.String(), "round": pl.Int32(), **ARROWS}).drop("unit")
    names = [name for name in UNITS if name != "unit"]
    return units.select(names), labels.select("unit_id", "round", *LABELS.names()[1:]).unique(), arrows, outdated


def _nothing(source: str, layout: str) -> MinberError:
    if source == "gold":
        return MinberError("MB506", what="gold labels", command="minber adjudicate")
    return MinberError("MB480", layout=layout)
