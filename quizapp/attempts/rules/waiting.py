"""The waiting room: when the page of each person begins by itself.

Everybody may begin at the same moment. So that not everybody does, each page waits for its own part of a minute;
working time counts from the start itself, so nobody loses any.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta

from quizapp.exams.rules import SPREAD_MOST

PEOPLE_A_SECOND = 25


def spread(people: int) -> timedelta:
    """Over how long the start of so many people is spread: a second for 25, a minute at most."""
    return min(timedelta(seconds=1) * people / PEOPLE_A_SECOND, SPREAD_MOST)


def offset(exam_id: int, candidate_id: int, people: int) -> timedelta:
    """Where in the spread this person begins: always the same, whole milliseconds, less than the spread."""
    digest = hashlib.sha256(f"start of {exam_id} by {candidate_id}".encode()).digest()
    within = int(spread(people).total_seconds() * 1000)
    return timedelta(milliseconds=int.from_bytes(digest[:8], "big") * within >> 64)
