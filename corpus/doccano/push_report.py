"""What a push did, or in a dry run would do."""

from __future__ import annotations

from dataclasses import dataclass, field

from corpus.doccano.books import Sending
from corpus.doccano.carry import Question
from corpus.doccano.layouts import Label
from corpus.doccano.merge import Merge, Reason
from corpus.doccano.omissions import Omission
from corpus.doccano.settled import Kept
from schemas.errors import MinberError


@dataclass(slots=True)
class PushReport:
    """What a push did.

    Attributes:
        project: name of the project.
        url: its page.
        layout: what it shows.
        dry_run: whether nothing was done in truth.
        sent: units uploaded.
        present: units that were there already.
        repaired: of those, units that a push which was cut short had sent.
        deleted: units that people deleted on the server; they are not sent again unless asked.
        outdated: units of earlier revisions of a text, which stay on the server.
        updated: units that were there and whose pre-annotations were brought up to date, with what was changed.
        kept: units where such a change was not made because people decided there, with labels and reasons.
        carried: new units that took over what people had decided on an earlier revision of their text.
        questions: decisions on earlier revisions that a person must bring over.
        sending: in a dry run, what would be sent.
        texts: texts of the units in ``updated`` and ``kept``.
        waiting: units that the next push will bring up to date.
        hidden: overlapping words that the layout cannot underline; our annotations keep them.
        omitted: all that the layout cannot show of the units of this project, with the reason.
        chosen, total: how many units the selection takes, of how many.
        left_out: units left out as page furniture or recap.
        unannotated: documents without sentences.
        notes: about project, label types and guideline.
        failures: units that cannot be sent, each with its reason.
        seconds: how long it took.
    """

    project: str
    url: str
    layout: str
    dry_run: bool
    sent: int = 0
    present: int = 0
    repaired: int = 0
    deleted: list[str] = field(default_factory=list)
    outdated: list[str] = field(default_factory=list)
    updated: dict[str, Merge] = field(default_factory=dict)
    kept: dict[str, list[tuple[Label, Reason]]] = field(default_factory=dict)
    carried: list[str] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    sending: list[Sending] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)
    waiting: int = 0
    hidden: list[tuple[str, str]] = field(default_factory=list)
    omitted: list[Omission] = field(default_factory=list)
    chosen: int = 0
    total: int = 0
    left_out: int = 0
    unannotated: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    failures: list[MinberError] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def unsettled(self) -> bool:
        """Whether there is something that the next push must look at again, or tell again.

        In units of earlier revisions people may still decide, which concerns those of the new one.
        """
        told = (self.deleted, self.outdated, self.kept, self.questions, self.waiting, self.failures, self.updated)
        return any(told)

    @property
    def kept_numbers(self) -> Kept:
        """The numbers that stay the same until something changes."""
        there = self.present + self.sent
        return Kept(there, self.chosen, self.total, self.left_out, self.unannotated, list(self.omitted))

    def take(self, kept: Kept) -> None:
        """Report what an earlier push found."""
        self.present, self.chosen, self.total, self.left_out = kept.present, kept.chosen, kept.total, kept.left_out
        self.unannotated, self.omitted = kept.unannotated, kept.omitted
