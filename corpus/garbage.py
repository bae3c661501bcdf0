"""How often Python looks for objects that only refer to each other."""

from __future__ import annotations

import gc

_NEW = 50_000  # objects made since; Python's own 700 suits small programs


def collect_seldom() -> None:
    """For processes that are ours alone: look rarely, as nearly all that we make is freed without looking.

    Each look goes through what spaCy, polars and the others have loaded, which is a twentieth of reading pages.
    """
    gc.set_threshold(_NEW, 20, 20)
