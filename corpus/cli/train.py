"""``minber train``: learn themes from people's labels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from corpus.cli.app import late_command
from corpus.cli.console import Quiet, progress, say
from corpus.cli.part import Where
from corpus.cli.tables import Listing

if TYPE_CHECKING:
    from corpus.learning import Model


@late_command("train", "Example: minber train --lang kk --name first; minber annotate --model first")
def train(
    context: typer.Context,
    table: Listing,
    layer: Annotated[str, typer.Option(metavar="theme", help="What is learned.")] = "theme",
    source: Annotated[
        str,
        typer.Option("--source", metavar="human|gold", help="Units that people confirmed, or what was adjudicated."),
    ] = "human",
    snapshot: Annotated[
        str | None, typer.Option(metavar="NAME", help="People's labels as a snapshot holds them (minber labels).")
    ] = None,
    lang: Annotated[
        str | None, typer.Option(metavar="CODE", help="Only this language; default: each with enough labels.")
    ] = None,
    where: Where = "",
    name: Annotated[
        str | None, typer.Option(metavar="NAME", help="Of the model; default: themes-1, themes-2 …")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="The same seed and labels give the same model.")] = 0,
    folds: Annotated[int, typer.Option(min=2, metavar="N", help="Parts of the documents, each held out once.")] = 5,
    fewest: Annotated[
        int, typer.Option("--min-examples", min=2, metavar="N", help="A theme with fewer sentences is left out.")
    ] = 10,
    quiet: Quiet = False,
) -> None:
    """Learn themes from units that people confirmed; print how good that is beside the codebook, on held-out documents.

    The model is kept in the corpus; 'minber annotate --model NAME' uses it. A pre-annotation that nobody confirmed is
    never learned; one that somebody rejected is learned as absent.
    """
    import polars as pl

    from corpus.agreement.machine_set import is_outdated
    from corpus.learning import Gold
    from corpus.learning import train as run
    from corpus.learning.training import WAYS
    from corpus.stats.frames import check_choice
    from corpus.store import open_corpus

    table.check()
    check_choice("layer to learn", layer, ("theme",))
    corpus = open_corpus(context.obj)
    model, missing = run(
        corpus,
        Gold(source, snapshot, where),
        name,
        lang,
        folds,
        fewest,
        seed,
        watch=lambda numbers, total: progress(numbers, total, "learning", quiet),
    )
    rows: list[dict[str, Any]] = [
        {"lang": code, **row, "threshold": one["themes"].get(row["theme"], {}).get("threshold")}
        for code, one in model.about["languages"].items()
        for row in one["scores"]
    ]
    shares = [f"{way}_{share}" for way in WAYS for share in ("precision", "recall", "f1")]
    frame = pl.DataFrame(rows, infer_schema_length=None).with_columns(pl.col(pl.Float64).round(3))
    table.write_labels(frame.select("lang", "theme", "examples", "threshold", *shares))
    for line in _told(model):
        say(line, quiet)
    if is_outdated(corpus):
        say("note: the codebook has changed since 'minber annotate'; what it finds is compared as of then", quiet)
    for error in missing:
        say(f"note: {error}", quiet)
    say(f"model {model.name}, sha256 {model.checksum[:12]}: 'minber annotate --model {model.name}' uses it", quiet)


def _told(model: Model) -> list[str]:
    """What a person should know of each language beside the figures."""
    lines = []
    for lang, one in model.about["languages"].items():
        whole = one["scores"][-1]
        matcher, both = whole["matcher_f1"] or 0.0, whole["both_f1"] or 0.0
        verdict = "better than" if both > matcher else "no better than"
        lines.append(
            f"{lang}: {one['sentences']:,} sentence(s) of {one['documents']:,} document(s), {one['folds']} folds; "
            f"with the model F1 is {both:.3f}, {verdict} the codebook alone ({matcher:.3f})"
        )
        if one["left_out"]:
            few = ", ".join(f"{theme} ({count})" for theme, count in one["left_out"].items())
            lines.append(f"{lang}: too few examples to learn: {few}")
        silent = [theme for theme, found in one["themes"].items() if found["threshold"] is None]
        if silent:
            lines.append(f"{lang}: adds nothing to the codebook, so that it stays silent: {', '.join(silent)}")
    return lines
