"""What the worker does about attempts without being asked."""

from __future__ import annotations

from quizapp.attempts import sweeping
from quizapp.jobs.rules import regularly


@regularly
def hand_in_overdue() -> None:
    """Hand in what ran out of time."""
    sweeping.finish_all()
