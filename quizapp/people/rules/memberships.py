"""Where a person belongs and where they count, day by day. Pure.

**The rule "who counts where"**: on every day a person counts in exactly one unit or in none. It is the unit of the main
membership, unless a secondment of that day says `host`: then it is the unit of the secondment. A secondment never adds
a person; without a main membership on the day it counts nowhere. `queries.counted_on` is the same rule as a condition
of the database.

Beside all this a person may belong to a branch of the Party: one at a time, with dates of its own. Nothing here knows
of it, so that it never says where somebody counts, whether they have left, or whether they may be lent.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from quizapp.kernel.errors import ConflictError, InputError

MAIN, SECONDED, PARTY = "main", "seconded", "party"
ADMINISTRATIVE = "administrative"  # the kind of unit that the other tree is made of
HOME, HOST = "home", "host"
TRANSFER, LEFT, RETIRED, BACK = "transfer", "left", "retired", "back"
# how somebody goes for good; their account goes with the membership
DEPARTURES = (LEFT, RETIRED)
EARLIEST, LATEST = date(2000, 1, 1), date(2100, 1, 1)


@dataclass(frozen=True, slots=True)
class Stay:
    """One membership: from `since` to before `until`."""

    unit_id: int
    since: date
    until: date | None = None
    kind: str = MAIN
    counting: str = HOME
    ending: str = ""

    def holds_on(self, day: date) -> bool:
        return self.since <= day and (self.until is None or self.until > day)

    def meets(self, since: date, until: date | None) -> bool:
        """Whether the two spans have a day in common."""
        return (until is None or self.since < until) and (self.until is None or self.until > since)


def counted_in(stays: Iterable[Stay], day: date) -> Stay | None:
    """The one membership by which a person counts on that day."""
    there = [stay for stay in stays if stay.holds_on(day)]
    main = next((stay for stay in there if stay.kind == MAIN), None)
    host = next((stay for stay in there if stay.kind == SECONDED and stay.counting == HOST), None)
    return host or main if main else None


def has_left(stays: Iterable[Stay], day: date) -> bool:
    """Whether the person has gone for good by that day and nobody has appointed them again."""
    main = [stay for stay in stays if stay.kind == MAIN]
    return all(stay.until is not None for stay in main) and any(
        stay.ending in DEPARTURES and stay.until is not None and stay.until <= day for stay in main)


def check_day(day: date) -> None:
    if not EARLIEST <= day <= LATEST:
        raise InputError("日期要在 2000 年至 2100 年之间，请改正")


def check_secondment(stays: Iterable[Stay], unit_id: int, since: date, until: date | None) -> None:
    """Raises InputError for dates that do not fit, ConflictError where the person has no post or another secondment."""
    known = list(stays)
    if until is not None and until <= since:
        raise InputError("借调的结束日期要晚于开始日期，请改正")
    main = next((stay for stay in known if stay.kind == MAIN and stay.holds_on(since)), None)
    if main is None:
        raise ConflictError("%(day)s这一天还没有所在单位，不能借调；请先登记任职", day=since)
    if main.unit_id == unit_id:
        raise InputError("借调单位就是所在单位，请选择另一个单位")
    if any(stay.kind == SECONDED and stay.meets(since, until) for stay in known):
        raise ConflictError("这段时间已经有一次借调，请先结束它，或者改日期")


def check_departure(stays: Iterable[Stay], on: date) -> Stay:
    """The open membership that would end. Raises ConflictError without one, InputError before its first day."""
    main = _open_main(stays)
    if main is None:
        raise ConflictError("这个人现在没有所在单位，不用登记离开")
    if on < main.since:
        raise InputError("离开日期早于现任单位的起始日期 %(since)s，请改到这一天以后", since=main.since)
    return main


def check_return(stays: Iterable[Stay], on: date) -> None:
    """Raises ConflictError while a post is held, InputError before the last one ended."""
    known = list(stays)
    if _open_main(known) is not None:
        raise ConflictError("这个人现在有所在单位，换单位请登记调动")
    last = max((stay.until for stay in known if stay.kind == MAIN and stay.until), default=None)
    if last is not None and on < last:
        raise InputError("任职日期早于上一次离开的日期 %(day)s，请改到这一天以后", day=last)


def check_branch(current: Stay | None, last: date | None, on: date) -> None:
    """Whether a person may join or leave a Party branch on that day. `last`: the day on which they left one before.
    Raises InputError where they belonged to a branch on a later day."""
    check_day(on)
    if current is not None and on < current.since:
        raise InputError("日期早于加入现在党支部的日期 %(since)s，请改到这一天以后", since=current.since)
    if current is None and last is not None and on < last:
        raise InputError("日期早于转出上一个党支部的日期 %(day)s，请改到这一天以后", day=last)


def _open_main(stays: Iterable[Stay]) -> Stay | None:
    return next((stay for stay in stays if stay.kind == MAIN and stay.until is None), None)
