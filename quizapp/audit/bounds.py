"""How refusals are kept from filling the record, or from costing an exam its time.

Of refusals of one kind, by one person (or address), on one route, in one minute, the first goes into the chain as an
event of its own. What follows is only counted, and one event says at the end of the minute how many there were. The
count is exact up to EXACT in each process and after that written at every doubling, so that it may be too low by half
at most: a flood costs a handful of small writes a minute, whatever its speed.
"""

from __future__ import annotations

import threading
from datetime import datetime

EXACT = 16
REMEMBERED = 5000  # keys of one process in one minute; beyond that it starts counting afresh
AT_ONCE = 60  # first ones a minute that go into the chain at once, over all kinds and people
ROWS = 500  # counters a minute; further people and addresses share one
SETTLED = 60  # events a minute that the counters of one minute may become; the rest is summed up in one
SAMPLE = 20  # objects that are named in the event of a minute


class Tally:
    """What one process has refused in this minute."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._minute: datetime | None = None
        self._seen: dict[str, int] = {}

    def due(self, key: str, minute: datetime) -> int:
        """One more of this kind: by how much the counter in the database is to rise now. 0: not yet."""
        with self._lock:
            if minute != self._minute or len(self._seen) > REMEMBERED:
                self._minute, self._seen = minute, {}
            seen = self._seen[key] = self._seen.get(key, 0) + 1
        if seen <= EXACT:
            return 1
        return seen // 2 if seen & (seen - 1) == 0 else 0
