"""How many examples a property is tried on: all in ``make test``, a part of them in ``make check``."""

from __future__ import annotations

from typing import Any

from hypothesis import settings

ALL, QUICK = 100, 10
"""Examples of a property that asks for no number of its own."""
FEWEST = 4
"""Fewer try nothing."""

settings.register_profile("all", deadline=None, max_examples=ALL)
settings.register_profile("quick", deadline=None, max_examples=QUICK)


def examples(number: int, **options: Any) -> settings:
    """Try a property on so many examples, or on as great a part of them as the profile takes of all.

    Parameters:
        number: in ``make test``.
        options: as of ``hypothesis.settings``.

    Returns:
        a decorator.

    Example:
        >>> examples(5 * ALL).max_examples in (5 * ALL, 5 * QUICK)
        True
    """
    share = settings.default.max_examples / ALL
    return settings(max_examples=max(min(number, FEWEST), round(number * share)), **options)
