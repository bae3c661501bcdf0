"""What a push or a pull changes, unit by unit and label by label: for people to read, and as JSON.

``+`` a label comes, ``-`` one goes, ``=`` one stays as a person wants it although the annotators think otherwise,
``?`` a question for a person.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from corpus.doccano.layouts import Label
from corpus.doccano.notation import labels_from_json
from corpus.doccano.pull import PullReport
from corpus.doccano.push_report import PushReport

Sign = Literal["+", "-", "=", "?"]

_SHOWN = 60
"""Letters of a unit that are shown beside its name."""


@dataclass(frozen=True, slots=True)
class LabelChange:
    """One label that comes, goes, or stays against the annotators.

    Attributes:
        sign: see the module.
        layer, label, words: which one; no words for a label of the whole unit.
        start, end: in the unit.
        who: whose decision; empty for the machine's.
        note: what happened or why it did not.
    """

    sign: Sign
    layer: str
    label: str
    words: str
    start: int
    end: int
    who: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class UnitChange:
    """One unit in which something changes.

    Attributes:
        unit_id, text: which one.
        what: ``new``, ``updated``, ``kept``, ``carried``, ``question``, ``deleted``, ``outdated`` in a push;
            ``labelled``, ``missing``, ``moved`` in a pull.
        confirmed: whether it carries the check mark, where that is known.
        labels: what changes in it.
    """

    unit_id: str
    text: str
    what: str
    confirmed: bool | None = None
    labels: tuple[LabelChange, ...] = field(default_factory=tuple)


def push_changes(report: PushReport) -> list[UnitChange]:
    """What a push does, or in a dry run would do, in the order in which people see units.

    Parameters:
        report: of a push; the labels of new units are only in that of a dry run.

    Returns:
        one entry a unit that is touched, left alone against the annotators, or asked about.
    """
    found = []
    carried = set(report.carried)
    for item in report.sending:
        unit, pushed = item.unit, set(labels_from_json(item.pushed))
        labels = tuple(
            _change("+", label, unit.text, note="" if label in pushed else "a person's, carried over")
            for label in sorted(item.shown, key=lambda label: label.layer != "theme")  # then the words that caused it
        )
        what = "carried" if unit.unit_id in carried else "new"
        found.append(UnitChange(unit.unit_id, unit.text, what, item.confirmed or None, labels))
    for name in [*report.updated, *(name for name in report.kept if name not in report.updated)]:
        text = report.texts.get(name, "")
        merged = report.updated.get(name)
        changes = [_change("-", label, text) for label in merged.remove] if merged else []
        changes += [_change("+", label, text) for label in merged.add] if merged else []
        changes += [_change("=", label, text, note=why) for label, why in report.kept.get(name, ())]
        found.append(UnitChange(name, text, "updated" if merged else "kept", None, tuple(changes)))
    for question in report.questions:
        note = f"{question.why}: " + (", ".join(question.candidates) or "no unit of the new text")
        label = LabelChange("?", question.layer, question.label, question.words, 0, 0, question.annotator, note)
        found.append(UnitChange(question.unit_id, "", "question", None, (label,)))
    found += (UnitChange(name, "", "deleted") for name in report.deleted)
    found += (UnitChange(name, "", "outdated") for name in report.outdated)
    return found


def pull_changes(report: PullReport) -> list[UnitChange]:
    """What people changed since the last pull.

    Parameters:
        report: of a pull.

    Returns:
        one entry a changed unit, with its decisions as they stand now and those that stand no longer.
    """
    by_unit: dict[str, list[LabelChange]] = {name: [] for name in report.changed}
    for decision in report.decisions:
        sign: Sign = "-" if decision.decision == "rejected" else "+" if decision.decision == "added" else "="
        text = report.texts.get(decision.unit_id, "")
        change = _change(sign, decision.label, text, decision.annotator, decision.decision)
        by_unit[decision.unit_id].append(change)
    for row, label in report.withdrawn:
        text = report.texts.get(row["unit_id"], "")
        change = _change("-", label, text, row["annotator"], f"{row['decision']} no longer")
        by_unit.setdefault(row["unit_id"], []).append(change)
    found = [
        UnitChange(name, report.texts.get(name, ""), "labelled", name in report.marked, tuple(labels))
        for name, labels in by_unit.items()
    ]
    found += (UnitChange(name, "", "missing") for name in report.missing)
    found += (UnitChange(name, "", "moved") for name in report.moved)
    return found


def changes_of(report: PushReport | PullReport) -> list[UnitChange]:
    """What a push or a pull changes, see ``push_changes`` and ``pull_changes``."""
    return push_changes(report) if isinstance(report, PushReport) else pull_changes(report)


def difference_json(report: PushReport | PullReport) -> dict[str, Any]:
    """A push or pull as JSON: what it is about, what changes, and what was noted.

    Parameters:
        report: of a push or pull.

    Returns:
        an object of JSON values.
    """
    changes = changes_of(report)
    shared: dict[str, Any] = {
        "command": "push" if isinstance(report, PushReport) else "pull",
        "project": report.project,
        "url": report.url,
        "layout": report.layout,
        "dry_run": report.dry_run,
    }
    if isinstance(report, PushReport):
        shared |= {"sent": report.sent, "present": report.present, "waiting": report.waiting}
    else:
        numbers = ("units", "confirmed", "added", "rejected", "kept", "comments")
        shared |= {name: getattr(report, name) for name in numbers}
    shared["units_changed"] = [
        {
            "unit_id": change.unit_id,
            "text": change.text,
            "what": change.what,
            "confirmed": change.confirmed,
            "labels": [
                {name: getattr(label, name) for name in LabelChange.__dataclass_fields__} for label in change.labels
            ],
        }
        for change in changes
    ]
    shared["notes"] = report.notes
    shared["failures"] = [str(error) for error in report.failures]
    return shared


def difference_lines(changes: list[UnitChange]) -> Iterator[tuple[Sign | Literal[""], str]]:
    """A push or pull as lines, each with the sign that says its colour.

    Parameters:
        changes: of ``push_changes`` or ``pull_changes``.

    Yields:
        sign and line.
    """
    for change in changes:
        text = " ".join(change.text.split())
        text = text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
        mark = "  ✓" if change.confirmed else ""
        yield "", f"{change.what}  {change.unit_id}{mark}" + (f"  {text}" if text else "")
        for label in change.labels:
            words = f" «{' '.join(label.words.split())}»" if label.words else ""
            rest = ", ".join(part for part in (label.who, label.note) if part)
            yield label.sign, f"  {label.sign} {label.layer} {label.label}{words}" + (f"  ({rest})" if rest else "")


def _change(sign: Sign, label: Label, text: str, who: str = "", note: str = "") -> LabelChange:
    whole = (label.start, label.end) == (0, len(text))
    words = "" if whole else text[label.start : label.end]
    return LabelChange(sign, label.layer, label.label, words, label.start, label.end, who, note)
