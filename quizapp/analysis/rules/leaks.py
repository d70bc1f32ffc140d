"""Signs that a question has become known. They are notes for a person; nothing follows from them by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from enum import StrEnum
from math import sqrt

from quizapp.analysis.rules.classical import Asked, Sat

RISE, STEP, SURE = 0.15, 30, 4.0
"""Facility that rises by 0.15 more than the paper as a whole, by four standard errors, with at least 30 people on each
side. Ours: strict, since every question is looked at for every step."""
QUICK = 5.0
"""Seconds in which nobody reads a question and answers it."""
QUICK_SHARE, QUICK_RIGHT = 0.10, 10
"""Of those timed, the share that was right so quickly, and at least so many people. Ours."""
DAYS, PARTS = 7, 4
"""Most slices of a window that is several days long, and slices of one of a day."""


class Sign(StrEnum):
    RISE = "rise"
    SINCE = "since"
    QUICK = "quick"


@dataclass(frozen=True, slots=True)
class Note:
    """`before` and `after`: facility; `at`: the slice from which it is higher, or the earlier exam; `paper`: by how
    much the paper as a whole rose; `people`: those of the sign."""

    sign: Sign
    before: float | None = None
    after: float | None = None
    at: int | None = None
    paper: float | None = None
    people: int = 0


def slice_starts(opens: datetime, closes: datetime, zone: tzinfo) -> list[datetime]:
    """Where the window is parted: at local midnights, at most `DAYS` equal runs of days; within a day into `PARTS`."""
    first, last = opens.astimezone(zone).date(), (closes - timedelta(microseconds=1)).astimezone(zone).date()
    days = (last - first).days + 1
    if days < 3:
        return [opens + (closes - opens) * n / PARTS for n in range(PARTS)]
    run = -(-days // DAYS)
    return [opens, *(datetime.combine(first + timedelta(days=n), time(), zone) for n in range(run, days, run))]


def rise(asked: Sequence[Asked], forms: Mapping[int, Sat], slices: int) -> Note | None:
    """The step in time at which a question became easier most clearly, the paper's own rise taken off."""
    best: Note | None = None
    best_sure = SURE
    for step in range(1, slices):
        before, after = (_shares(asked, forms, range(step)), _shares(asked, forms, range(step, slices)))
        if before is None or after is None:
            continue
        paper = after.paper - before.paper
        more = after.share - before.share - paper
        sure = more / (standard_error(before.share, before.people, after.share, after.people) or 1.0)
        if more >= RISE and sure >= best_sure:
            best, best_sure = Note(Sign.RISE, before.share, after.share, step, paper, after.people), sure
    return best


def since(share: float, people: int, earlier_share: float, earlier_people: int, exam: int) -> Note | None:
    """The same question in an earlier exam, much harder then."""
    if people < STEP or earlier_people < STEP or share - earlier_share < RISE:
        return None
    error = standard_error(earlier_share, earlier_people, share, people)
    return Note(Sign.SINCE, earlier_share, share, exam) if (share - earlier_share) / (error or 1.0) >= SURE else None


def quick(timed: int, right: int) -> Note | None:
    """`timed`: people with a known time, `right`: of them right in under `QUICK` seconds."""
    return Note(Sign.QUICK, people=right, after=right / timed) if right >= QUICK_RIGHT and right / timed >= QUICK_SHARE else None


@dataclass(frozen=True, slots=True)
class _Part:
    people: int
    share: float
    paper: float


def _shares(asked: Sequence[Asked], forms: Mapping[int, Sat], slices: range) -> _Part | None:
    people = possible = got = paper = worth = 0
    for one in asked:
        sat = forms[one.form]
        here = sum(sat.slices[n] for n in slices)
        people += here
        possible += here * one.marks
        got += sum(one.by_slice[n] for n in slices)
        paper += sum(sat.slice_marks[n] for n in slices)
        worth += here * sat.total
    return None if people < STEP or not possible or not worth else _Part(people, got / possible, paper / worth)


def standard_error(one: float, n: int, other: float, m: int) -> float:
    """Of the difference of two shares; for partial marks an upper bound. Never 0: nobody is sure of a share of 1."""
    variances = (max(share * (1 - share), 1 / (4 * people)) / people for share, people in ((one, n), (other, m)))
    return sqrt(sum(variances))
