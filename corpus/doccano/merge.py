"""Three-way merge of the labels of a unit: what was pushed, what the annotators say now, what is on the server.

What a person did is the difference between pushed and found: a label that was not pushed is theirs, a pushed one that
is gone was rejected by them. The merge changes only what is the machine's on both sides, so that this difference is
the same before and after it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from corpus.doccano.layouts import Label, Layout

Reason = Literal["confirmed", "rejected", "conflict", "needed", "touched"]
"""Why a change of the pre-annotations is not made.

``confirmed``: the unit carries the check mark; ``rejected``: a person took this very label away; ``conflict``: a person
changed something in the same place; ``needed``: a person's label rests on it; ``touched``: on the server it is not as
we sent it any more.
"""


@dataclass(frozen=True, slots=True)
class Merge:
    """What the merge of a unit comes to.

    Attributes:
        add: labels of the machine to give on the server.
        remove: labels of the machine to take away there.
        kept: changes that the annotators want and that are not made, each with its reason.
    """

    add: tuple[Label, ...] = ()
    remove: tuple[Label, ...] = ()
    kept: tuple[tuple[Label, Reason], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.add or self.remove)


def merge(
    pushed: Collection[Label], local: Collection[Label], remote: Collection[Label], confirmed: bool, layout: Layout
) -> Merge:
    """Say what to change on the server so that it shows the new pre-annotations wherever no person has decided.

    Parameters:
        pushed: the machine's labels, as sent; those that people rejected since are still among them.
        local: the machine's labels as they are now; without overlap where the layout has none.
        remote: what the server shows.
        confirmed: whether the unit carries the check mark.
        layout: whether spans may overlap, and what counts as the same place.

    Returns:
        labels to add and to remove, none where a person has a say.

    Example:
        >>> from corpus.doccano.layouts import LAYOUTS
        >>> old, new, hers = (Label("theme", name, 0, 9) for name in ("parliament", "dialogue", "human_rights"))
        >>> merge([old], [new], [old, hers], False, LAYOUTS["themes"]).add == (new,)
        True
        >>> merge([old, new], [old, new], [old], False, LAYOUTS["themes"]).kept[0][1]
        'rejected'
    """
    base, wanted, there = set(pushed), set(local), set(remote)
    added, rejected = there - base, base - there
    outdated, fresh = sorted((base & there) - wanted), sorted(wanted - base - there)
    kept: list[tuple[Label, Reason]] = [(label, "rejected") for label in sorted(wanted & rejected)]
    if confirmed:
        return Merge(kept=(*kept, *((label, "confirmed") for label in (*outdated, *fresh))))
    remove: list[Label] = []
    for label in sorted(outdated, key=lambda label: not label.target):  # arrows before what they join
        if any(_rests_on(other, label) for other in (added | {arrow for arrow in there if arrow.target}) - set(remove)):
            kept.append((label, "needed"))
        else:
            remove.append(label)
    rest = there - set(remove)
    add = []
    for label in fresh:
        if any(_rests_on(label, other) for other in rejected):
            kept.append((label, "rejected"))
        elif any(_same_place(label, other, layout) for other in (*added, *rejected)) or (
            not layout.overlap and any(_collide(label, other) for other in rest)
        ):
            kept.append((label, "conflict"))
        else:
            add.append(label)
    return Merge(tuple(sorted(add, key=lambda label: bool(label.target))), tuple(remove), tuple(kept))


def _rests_on(evidence: Label, theme: Label) -> bool:
    """Whether a label needs another: underlined words the theme of their unit, an arrow the spans that it joins."""
    if evidence.target:
        return not theme.target and (theme.start, theme.end) in ((evidence.start, evidence.end), evidence.target)
    return evidence.layer == "evidence" and theme.layer == "theme" and evidence.label == theme.label


def _same_place(one: Label, other: Label, layout: Layout) -> bool:
    """Whether two labels answer one question on common words: in ``voices`` what kind of voice, else this theme."""
    if one.layer != other.layer or not (one.start < other.end and other.start < one.end):
        return False
    return layout.name == "voices" or one.label == other.label


def _collide(one: Label, other: Label) -> bool:
    """Whether two labels are spans on common words; a theme of the whole unit lies on no words."""
    spans = not any(label.layer == "theme" or label.target for label in (one, other))
    return spans and one.start < other.end and other.start < one.end
