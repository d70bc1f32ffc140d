"""Results of exams, and a whole agency with made-up people, rosters and scores."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from quizapp.attempts.models import Result
from quizapp.exams.models import Exam, RosterEntry, RosterUnit
from quizapp.people.models import Membership, Person, Unit

SINCE = date(2020, 1, 1)
OPENS = datetime(2026, 6, 15, 1, 0, tzinfo=UTC)
RANKS = ("处级以上", "科级", "科员", "工勤")
POST_TYPES = ("综合管理", "行政执法", "专业技术")
TREE: tuple[tuple[str, int, tuple[tuple[str, int], ...]], ...] = (
    ("局机关", 8, (("办公室", 14), ("政策法规处", 9), ("财务处", 11), ("公共机构节能处", 8))),
    ("机关服务中心", 6, (("餐饮服务科", 26), ("会议服务科", 31))),
    ("办公用房管理服务中心", 38, ()),
    ("公务用车服务中心", 5, (("运行保障一队", 44), ("运行保障二队", 39), ("综合调度科", 17))),
    ("机关幼儿园", 32, ()),
    ("信息保障中心", 13, ()),
    ("离退休干部处", 3, ()),
    ("机关工会", 2, ()),
)
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧"
GIVEN = "静安砚秋明远思齐若谷景行知微怀瑾云舒致和承志清越子衿维桢望舒"


def make_sitting(session: Session, title: str = "2026 年上半年学法用法线上考试", **settings: Any) -> Exam:
    """A published exam without a paper: enough for counting."""
    values: dict[str, Any] = {
        "title": title, "year": 2026, "state": "published", "opens_at": OPENS, "closes_at": OPENS + timedelta(days=5),
        "created_at": OPENS - timedelta(days=30), "published_at": OPENS - timedelta(days=10),
        "roster_as_of": date(2026, 6, 1), "participation_target": Decimal(95), "pass_target": Decimal(90),
    }
    exam = Exam(**(values | settings))
    session.add(exam)
    session.flush()
    return exam


def freeze_units(session: Session, exam: Exam, units: Sequence[Unit]) -> None:
    """Put these units into the exam's frozen tree."""
    session.execute(insert(RosterUnit), [
        {"exam_id": exam.id, "unit_id": u.id, "parent_id": u.parent_id, "name": u.name, "path": u.path,
         "position": u.position} for u in units
    ])


def put_on_roster(session: Session, exam: Exam, unit: Unit, person: Person, status: str = "expected") -> None:
    session.add(RosterEntry(exam_id=exam.id, candidate_id=person.id, unit_id=unit.id, path=unit.path,
                            rank=person.rank, post_type=person.post_type, status=status,
                            reason="" if status == "expected" else "长期病假"))
    session.flush()


def give_result(session: Session, exam: Exam, person: Person, score: Decimal | int | None) -> None:
    """What counts for the person in the exam; a score of None is still to be marked."""
    session.add(Result(candidate_id=person.id, exam_id=exam.id, source=exam.kind, attempts=1,
                       score=None if score is None else Decimal(score), sat_at=exam.opens_at + timedelta(hours=2)))
    session.flush()


class Agency:
    """A bureau with its units and members, made in bulk: `members` maps a unit to its people."""

    def __init__(self, session: Session, seed: int = 7) -> None:
        self.session = session
        self.chance = random.Random(seed)  # noqa: S311 - invented people
        self.units: list[Unit] = []
        self.members: dict[int, list[Person]] = {}

    def add_unit(self, name: str, parent: Unit | None, size: int) -> Unit:
        number = len(self.units) + 1
        unit = Unit(code=f"A{number:04}", name=name, parent_id=parent.id if parent else None, path="", position=number)
        self.session.add(unit)
        self.session.flush()
        unit.path = f"{parent.path if parent else '/'}{unit.id}/"
        self.units.append(unit)
        self.members[unit.id] = [self._person(unit, index) for index in range(size)]
        self.session.add_all(self.members[unit.id])
        self.session.flush()
        self.session.add_all(Membership(person_id=p.id, unit_id=unit.id, since=SINCE) for p in self.members[unit.id])
        return unit

    def _person(self, unit: Unit, index: int) -> Person:
        name = self.chance.choice(SURNAMES) + "".join(self.chance.choices(GIVEN, k=self.chance.choice((1, 2, 2))))
        return Person(login=f"{unit.code}-{index + 1:04}", name=name, rank=self.chance.choice(RANKS),
                      post_type=self.chance.choice(POST_TYPES), created_at=OPENS)

    def put_in_exam(self, exam: Exam, *, mean: float = 84, absence: float = 0.03) -> None:
        """A roster of everybody, with some excused or deferred, and scores of those who sat."""
        freeze_units(self.session, exam, self.units)
        entries, results = [], []
        for unit in self.units:
            bias = self.chance.uniform(-5, 6)
            for person in self.members[unit.id]:
                status = self.chance.choices(("expected", "excused", "deferred"), (96, 3, 1))[0]
                entries.append({"exam_id": exam.id, "candidate_id": person.id, "unit_id": unit.id, "path": unit.path,
                                "rank": person.rank, "post_type": person.post_type, "status": status,
                                "reason": "" if status == "expected" else "长期病假"})
                if status == "expected" and self.chance.random() >= absence:
                    results.append(self._result(exam, person, mean + bias))
        self.session.execute(insert(RosterEntry), entries)
        self.session.execute(insert(Result), results)
        self.session.flush()

    def put_in_make_up(self, exam: Exam, first: Exam, *, mean: float = 78) -> None:
        """The make-up of those who were absent, deferred or failed."""
        freeze_units(self.session, exam, self.units)
        entries, results = [], []
        for unit in self.units:
            for person in self.members[unit.id]:
                entry = self.session.get(RosterEntry, (first.id, person.id))
                before = self.session.get(Result, (person.id, first.id))
                failed = before is None or before.score is None or before.score < first.pass_mark
                if entry is None or entry.status == "excused" or not failed:
                    continue
                entries.append({"exam_id": exam.id, "candidate_id": person.id, "unit_id": unit.id, "path": unit.path,
                                "rank": person.rank, "post_type": person.post_type})
                if self.chance.random() < 0.7:
                    results.append(self._result(exam, person, mean))
        self.session.execute(insert(RosterEntry), entries)
        self.session.execute(insert(Result), results)
        self.session.flush()

    def _result(self, exam: Exam, person: Person, mean: float) -> dict[str, Any]:
        score = min(100, max(12, round(self.chance.gauss(mean, 11) / 2) * 2))
        return {"candidate_id": person.id, "exam_id": exam.id, "source": exam.kind, "attempts": 1,
                "score": Decimal(score), "sat_at": exam.opens_at + timedelta(hours=self.chance.randint(1, 90))}


def make_bureau(session: Session, seed: int = 7) -> Agency:
    """About 300 people in 17 units on three levels, some of them very small."""
    agency = Agency(session, seed)
    top = agency.add_unit("清溪市机关事务管理局", None, 4)
    for name, size, below in TREE:
        unit = agency.add_unit(name, top, size)
        for child, people in below:
            agency.add_unit(child, unit, people)
    return agency
