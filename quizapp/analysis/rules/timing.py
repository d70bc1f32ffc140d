"""How long people took for a question, from the moments at which their saves arrived.

The time of a question is that from the save before (of any question, or the start) to the first that answers it. Saves
that came together, as after a lost network, tell nothing, and neither does a pause.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from itertools import groupby
from statistics import median
from typing import NamedTuple

PAUSE = 1800.0
"""Seconds after which somebody was away rather than at work."""


class Saved(NamedTuple):
    """A save that was stored. `answered`: whether it says anything."""

    at: datetime
    position: int
    answered: bool


def times(started: datetime, saves: Iterable[Saved]) -> dict[int, float]:
    """Position → seconds, for the questions whose time can be told."""
    found: dict[int, float] = {}
    seen: set[int] = set()
    before = started
    for at, together in groupby(sorted(saves), key=lambda save: save.at):
        first = {save.position for save in together if save.answered} - seen
        taken = (at - before).total_seconds()
        if len(first) == 1 and taken <= PAUSE:
            found[next(iter(first))] = taken
        seen |= first
        before = at
    return found


def middle(seconds: Collection[float]) -> float | None:
    """The median, None of nothing."""
    return median(seconds) if seconds else None
