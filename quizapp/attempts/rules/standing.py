"""How the time of an open attempt stands: a pause stops every clock of the sitting, a break stops one.

While a break goes on, its whole length lies in the deadline already; what is not used is taken back at its end.
A break that has used up its length ends by itself, and nothing has to be written for that.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Standing:
    """The columns that say so. `break_left`: seconds of break, of which one may be taken since `break_started_at`."""

    deadline_at: datetime
    paused_at: datetime | None = None
    break_started_at: datetime | None = None
    break_left: int = 0

    def moment(self, now: datetime) -> datetime:
        """Now by the clock of the sitting, which stands still in a pause."""
        return self.paused_at or now

    @property
    def break_ends_at(self) -> datetime | None:
        """Where a break was begun: when its length is used up. A pause that goes on puts it off."""
        if self.break_started_at is None:
            return None
        return self.break_started_at + timedelta(seconds=self.break_left)

    def on_break(self, now: datetime) -> bool:
        ends = self.break_ends_at
        return ends is not None and self.moment(now) < ends

    def since(self, now: datetime) -> datetime | None:
        """Since when this clock stands still; None while it runs."""
        return self.paused_at or (self.break_started_at if self.on_break(now) else None)

    def break_seconds(self, now: datetime) -> int:
        """How much break is still there, whole seconds."""
        ends = self.break_ends_at
        if ends is None:
            return self.break_left
        left = math.floor((ends - self.moment(now)).total_seconds())
        return min(max(left, 0), self.break_left)

    def working_left(self, now: datetime) -> timedelta:
        """How long this person may still work, at least 0."""
        ends = self.break_ends_at
        at = self.moment(now) if ends is None else max(self.moment(now), ends)
        return max(self.deadline_at - at, timedelta(0))

    def is_over(self, grace_seconds: int, now: datetime) -> bool:
        """Whether time and grace are over. A pause gives nothing back to whom time was up before it began."""
        if self.paused_at is not None and self.paused_at <= self.deadline_at:
            return False
        return now > self.deadline_at + timedelta(seconds=grace_seconds)

    def with_break(self, now: datetime) -> Standing:
        """A break begins."""
        settled = self.without_break(now)
        later = settled.deadline_at + timedelta(seconds=settled.break_left)
        return replace(settled, deadline_at=later, break_started_at=now)

    def without_break(self, now: datetime) -> Standing:
        """The break ends, or has ended by itself; the parts of a second go to the working time."""
        if self.break_started_at is None:
            return self
        unused = self.break_seconds(now)
        earlier = self.deadline_at - timedelta(seconds=unused)
        return replace(self, deadline_at=earlier, break_started_at=None, break_left=unused)

    def granted(self, work: timedelta, breaks: int, now: datetime) -> Standing:
        """More working time and so many seconds of break more, or less: a break that goes on is never cut below
        what was used of it."""
        base = self if self.on_break(now) else self.without_break(now)
        left = max(base.break_left + breaks, 0)
        if base.break_started_at is None:
            return replace(base, deadline_at=base.deadline_at + work, break_left=left)
        left = max(left, math.ceil((self.moment(now) - base.break_started_at).total_seconds()))
        moved = work + timedelta(seconds=left - base.break_left)
        return replace(base, deadline_at=base.deadline_at + moved, break_left=left)
