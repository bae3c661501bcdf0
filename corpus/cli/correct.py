"""``--corrected``: machine rates of themes set right by units that people confirmed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    import polars as pl

    from corpus.labels import LabelSnapshot
    from corpus.stats import Selected


@dataclass(frozen=True)
class Correction:
    """What the options of a correction say.

    Attributes:
        corrected: correct at all.
        gold: name of a snapshot; None for the units confirmed by now.
        gold_where: condition on the gold; None for that of what is counted.
        estimator: see `corpus.stats.correction`.
    """

    corrected: Annotated[
        bool,
        typer.Option(
            "--corrected",
            help="Correct machine rates by precision and recall in units that people confirmed (the gold).",
        ),
    ] = False
    gold: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="Snapshot that is the gold; default: the units confirmed by now.", show_default=False
        ),
    ] = None
    gold_where: Annotated[
        str | None,
        typer.Option(metavar="CONDITION", help="Where gold is looked for; default: as --where.", show_default=False),
    ] = None
    estimator: Annotated[
        str,
        typer.Option(
            metavar="rogan-gladen|calibration", help="calibration: if gold is a random sample of what is counted."
        ),
    ] = "rogan-gladen"

    def check(self, command: str, against: str = "") -> None:
        """Find options that do not go together before anything is read.

        Parameters:
            command: of ``minber stats``.
            against: an option in use that nothing can be corrected with.

        Raises:
            MinberError: MB505 unknown estimator; MB509 options that do not go together.
        """
        from corpus.stats.correction import ESTIMATORS
        from corpus.stats.frames import check_choice
        from schemas.errors import MinberError

        check_choice("estimator", self.estimator, ESTIMATORS)
        only = "--gold" if self.gold is not None else "--gold-where" if self.gold_where is not None else ""
        problem = f"{only} is for --corrected" if only and not self.corrected else ""
        if self.corrected and against:
            problem = f"--corrected is for machine labels of sentences; it does not go with {against}"
        if problem:
            raise MinberError("MB509", problem=problem, command=f"minber stats {command}")

    def apply(
        self, part: Selected, result: pl.DataFrame, level: float, theme: str = "theme"
    ) -> tuple[pl.DataFrame, LabelSnapshot | None, str]:
        """Put corrected shares behind the machine's, with what gold says of the machine.

        Parameters:
            part: what was counted.
            result: ``theme``, ``count``, ``n``, and more.
            level: of confidence.
            theme: name of the column of themes.

        Returns:
            the result, what is said of the snapshot, and words for the summary.

        Raises:
            MinberError: MB475 no such snapshot; MB506 nobody has confirmed a unit.
        """
        from corpus.labels import open_snapshot
        from corpus.stats import Selected, corrected_shares, gold_of
        from corpus.stats.frames import largest

        if not self.corrected:
            return result, None, ""
        where = part.selection.where if self.gold_where is None else self.gold_where
        chosen = replace(part.selection, where=where, by=(), marks=())
        kept = open_snapshot(part.corpus, self.gold) if self.gold is not None else None
        themes = result[theme].unique(maintain_order=True).to_list()
        measured = gold_of(Selected(part.corpus, chosen), Selected(kept or part.corpus, chosen), themes)
        found = corrected_shares(result, measured, self.estimator, level, theme)
        # beside what they correct
        at = found.columns.index("high") + 1
        columns = found.columns
        found = found.select(*columns[:at], *columns[len(result.columns) :], *columns[at : len(result.columns)])
        units = int(largest(found["gold_units"]))
        said = f"corrected ({self.estimator}) by {units:,} gold units" + (
            f" of snapshot {kept.about.name}" if kept else ""
        )
        return found, kept.about if kept else None, said
