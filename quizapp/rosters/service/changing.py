"""Late additions to a frozen roster, and who is taken off it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from quizapp.attempts.models import PreparedPaper
from quizapp.attempts.service.preparing import prepare_for_all
from quizapp.exams.models import Accommodation, Exam, Extension, RosterEntry, RosterUnit
from quizapp.exams.rules import Phase
from quizapp.i18n import N_
from quizapp.kernel.errors import ConflictError, InputError
from quizapp.kernel.rights import Somebody, Target, authorise
from quizapp.people import queries as people
from quizapp.people.models import Person
from quizapp.rosters import queries
from quizapp.rosters.models import ExcuseCase, RosterChange
from quizapp.rosters.rules import OPEN, REMOVE, Act, after
from quizapp.rosters.service.stepping import By, check_figures_open, locked, locked_exam, moved


@dataclass(frozen=True)
class Problem:
    """A line of the list that cannot be taken, and why."""

    line: int
    text: str
    why: str


def find_late(session: Session, exam: Exam, wanted: Sequence[tuple[int, str]], on: date) -> tuple[list[people.Member], list[Problem]]:
    """The people of a list, by work number or by a name that only one person has, and the lines that fit nobody."""
    by_login, by_name = dict[str, people.Member](), dict[str, list[people.Member]]()
    for member in people.members_on(session, on):
        by_login[member.login] = member
        by_name.setdefault(member.name, []).append(member)
    there, original = queries.on_roster(session, exam.id), _original_roster(session, exam)
    found: dict[int, people.Member] = {}
    problems: list[Problem] = []
    for line, text in wanted:
        candidates = [by_login[text]] if text in by_login else by_name.get(text, [])
        why = _why_not(candidates, there, found, original)
        if why:
            problems.append(Problem(line, text, why))
        else:
            found[candidates[0].person_id] = candidates[0]
    return list(found.values()), problems


def _why_not(candidates: Sequence[people.Member], there: set[int], found: dict[int, people.Member],
             original: set[int] | None) -> str:
    if not candidates:
        return N_("没有这个工号或者姓名，或者今天不在任何单位")
    if len(candidates) > 1:
        return N_("有几个人同名，请写工号")
    (member,) = candidates
    if not member.active:
        return N_("账号已经停用")
    if member.person_id in there:
        return N_("已经在名单里")
    if member.person_id in found:
        return N_("在这份名单里重复")
    if original is not None and member.person_id not in original:
        return N_("不在首考的名单里，不能参加补考")
    return ""


def _original_roster(session: Session, exam: Exam) -> set[int] | None:
    """For a make-up those who stand on the first roster and are not excused there."""
    if exam.make_up_of_id is None:
        return None
    return set(session.scalars(select(RosterEntry.candidate_id).where(
        RosterEntry.exam_id == exam.make_up_of_id, RosterEntry.status != "excused")))


def add_late(session: Session, exam_id: int, wanted: Sequence[tuple[int, str]], reason: str, by: By, *, now: datetime,
             on: date) -> tuple[list[people.Member], list[Problem]]:
    """Put everybody of the list on a frozen roster, with papers ready, or nobody where a line does not fit.

    Raises ConflictError once the exam is over: who was not expected then is not made absent afterwards.
    """
    exam = locked_exam(session, exam_id)
    check_may_add(exam, now)
    if not reason.strip():
        raise InputError("请写明为什么加进名单")
    members, problems = find_late(session, exam, wanted, on)
    if problems or not members:
        return [], problems
    _add_units(session, exam, {member.unit_id for member in members})
    session.add_all(
        RosterEntry(exam_id=exam.id, candidate_id=m.person_id, unit_id=m.unit_id, path=m.path, rank=m.rank, post_type=m.post_type)
        for m in members)
    session.flush()
    if exam.kind == "online":
        prepare_for_all(session, exam, [member.person_id for member in members])
    _changed(session, exam, [(m.person_id, m.unit_name) for m in members], "added", reason, by, now)
    return members, []


def check_may_add(exam: Exam, now: datetime) -> None:
    if exam.phase(now) not in (Phase.COMING, Phase.OPEN):
        raise ConflictError("考试已经结束，不能再加人；没有赶上的，请安排补考")


def _add_units(session: Session, exam: Exam, unit_ids: set[int]) -> None:
    """Units that are newer than the roster, with every unit above them that it lacks."""
    there = set(session.scalars(select(RosterUnit.unit_id).where(RosterUnit.exam_id == exam.id)))
    known = {unit.id: unit for unit in people.units(session)}
    missing: dict[int, None] = {}
    for unit_id in unit_ids:
        above: int | None = unit_id
        while above is not None and above not in there and above in known:
            missing[above] = None
            above = known[above].parent_id
    session.add_all(
        RosterUnit(exam_id=exam.id, unit_id=u.id, parent_id=u.parent_id, name=u.name, path=u.path, position=u.position)
        for u in (known[unit_id] for unit_id in missing))
    session.flush()


def remove(session: Session, exam_id: int, candidate_id: int, reason: str, by: By, *, now: datetime) -> str:
    """Take somebody off who should never have been on; returns their name. Only before any attempt and result, and
    never oneself."""
    exam, entry = locked(session, exam_id, candidate_id)
    authorise(Somebody(by.id), REMOVE, Target(people=[candidate_id]))
    if not reason.strip():
        raise InputError("请写明为什么移出名单")
    check_figures_open(session, exam, now)
    if queries.has_any_trace(session, exam_id, candidate_id):
        raise ConflictError("已经开始作答或者已有成绩，不能移出名单")
    for case in session.scalars(select(ExcuseCase).where(
            ExcuseCase.exam_id == exam_id, ExcuseCase.candidate_id == candidate_id, ExcuseCase.state.in_(OPEN))).all():
        moved(session, case, after(case.state, Act.DROP), Act.DROP, by, reason.strip(), now)
    unit = session.get_one(RosterUnit, (exam_id, entry.unit_id)).name
    for table in (PreparedPaper, Accommodation, Extension):
        session.execute(delete(table).where(table.exam_id == exam_id, table.candidate_id == candidate_id))
    session.delete(entry)
    _changed(session, exam, [(candidate_id, unit)], "removed", reason, by, now)
    return session.get_one(Person, candidate_id).name


def _changed(session: Session, exam: Exam, whom: Sequence[tuple[int, str]], act: str, reason: str, by: By, now: datetime) -> None:
    session.add_all(
        RosterChange(exam_id=exam.id, candidate_id=person_id, unit=unit, act=act, reason=reason.strip()[:200], by_id=by.id,
                     by_name=by.name, at=now)
        for person_id, unit in whom)
    session.flush()
