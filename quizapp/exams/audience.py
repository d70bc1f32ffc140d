"""Whom an exam is for: what can be chosen among today's people, and who would be on the roster today."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from quizapp.access import ALL_UNITS
from quizapp.exams import queries
from quizapp.exams.models import Exam
from quizapp.exams.preparing import make_up_candidates
from quizapp.exams.rules import Audience
from quizapp.kernel.errors import InputError
from quizapp.people import queries as people
from quizapp.people.rules.memberships import ADMINISTRATIVE, PARTY


@dataclass(frozen=True)
class Choice:
    """Something that can be ticked. `people`: how many it has today, a unit with all below it."""

    value: str
    name: str
    people: int
    ticked: bool
    depth: int = 0


@dataclass(frozen=True)
class Offered:
    """The lists. What was chosen before and nobody has any more stands at the end of its list."""

    units: list[Choice]
    party: list[Choice]
    ranks: list[Choice]
    post_types: list[Choice]

    @property
    def idle(self) -> list[str]:
        """The names of what is ticked and has nobody today."""
        return [one.name for one in (*self.units, *self.party, *self.ranks, *self.post_types) if one.ticked and not one.people]


@dataclass(frozen=True)
class UnitRow:
    """A unit with somebody on the roster in it or below."""

    name: str
    depth: int
    own: int
    total: int


@dataclass(frozen=True)
class Found:
    """Who would be on the roster. `no_rank`, `no_post_type`: how many in the places are left out because their record
    names none."""

    rows: list[UnitRow]
    people: int
    no_rank: int
    no_post_type: int


def offer(session: Session, exam: Exam, ticked: Audience, on: date) -> Offered:
    """What the people of that day have, with what is ticked."""
    here = [one for one in people.members_on(session, on) if one.active]
    kept = exam.meant_for
    units = _tree(session, ADMINISTRATIVE, kept.units, ticked.units, on)
    return Offered(units, _tree(session, PARTY, kept.party, ticked.party, on), _words((one.rank for one in here), kept.ranks, ticked.ranks),
                   _words((one.post_type for one in here), kept.post_types, ticked.post_types))


def _tree(session: Session, kind: str, kept: Sequence[int], ticked: Sequence[int], on: date) -> list[Choice]:
    return [
        Choice(str(one.unit.id), one.unit.name, one.total, one.unit.id in ticked, one.depth)
        for one in people.tree(session, on, (ALL_UNITS,), closed=True, kind=kind)
        if one.unit.closed_on is None or one.unit.id in kept
    ]


def _words(used: Iterable[str], kept: Sequence[str], ticked: Sequence[str]) -> list[Choice]:
    counted = Counter(word for word in used if word)
    known = sorted(counted) + [word for word in kept if word not in counted]
    return [Choice(word, word, counted[word], word in ticked) for word in known]


def typed(units: Sequence[str], party: Sequence[str], ranks: Sequence[str], post_types: Sequence[str]) -> Audience:
    """What was ticked. What is no number names no unit and is found out by `check`."""

    def numbers(words: Sequence[str]) -> tuple[int, ...]:
        return tuple(int(one) if one.isascii() and one.isdigit() and len(one) < 10 else 0 for one in words)

    return Audience(numbers(units), numbers(party), tuple(ranks), tuple(post_types))


def check(offered: Offered, audience: Audience) -> None:
    """Raises InputError for what is not among the choices."""
    for chosen, known in ((audience.units, offered.units), (audience.party, offered.party)):
        if not {str(one) for one in chosen} <= {one.value for one in known}:
            raise InputError("选的单位已经不在单位树里，请重新选择")
    for words, choices in ((audience.ranks, offered.ranks), (audience.post_types, offered.post_types)):
        missing = [word for word in words if word not in {one.value for one in choices}]
        if missing:
            raise InputError("今天的人员里没有“%(word)s”，请重新选择", word=missing[0][:40])


def look(session: Session, exam: Exam, on: date) -> Found:
    """Who would be on the roster if it were taken on that day, by unit."""
    audience, eligible = exam.meant_for, make_up_candidates(session, exam)
    rest = queries.meant(session, audience.places, on, eligible)
    wanted = Audience(ranks=audience.ranks, post_types=audience.post_types)
    members = [one for one in rest if wanted.takes(one.path, one.rank, one.post_type)]
    own = Counter(one.unit_id for one in members)
    total = Counter(int(step) for one in members for step in one.path.strip("/").split("/"))
    rows = [
        UnitRow(node.unit.name, node.depth, own[node.unit.id], total[node.unit.id])
        for node in people.tree(session, on, (ALL_UNITS,), closed=True) if total[node.unit.id]
    ]
    return Found(rows, len(members), sum(bool(audience.ranks) and not one.rank for one in rest),
                 sum(bool(audience.post_types) and not one.post_type for one in rest))
