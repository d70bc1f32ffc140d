"""Reading everything that is held of one person, by the register."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, String, and_, cast, exists, func, or_, select
from sqlalchemy.orm import Session

from quizapp import clock
from quizapp.approvals.models import Proposal
from quizapp.approvals.rules import Kind
from quizapp.attempts.models import Attempt
from quizapp.audit.rules import plain
from quizapp.db import Model
from quizapp.exams.models import Exam, RosterEntry
from quizapp.jobs.models import Job
from quizapp.people import queries as people
from quizapp.people.models import Person
from quizapp.privacy.register import DELETE, DIRECT, LINKED, REGISTER, Entry
from quizapp.rosters.models import ExcuseCase, ExcuseFile

WITHHELD = "—"  # what stands where results are not released yet
MOST = 20_000  # rows of one table in an export; nobody has more


@dataclass(frozen=True)
class Holding:
    """One table with a person's rows, each as a mapping of column to plain value."""

    table: str
    title: str
    rows: list[dict[str, Any]]


def own_rows(table: str, entry: Entry, person: Person) -> ColumnElement[bool]:
    """The condition that a row of this table belongs to the person, or in the audit record is about them."""
    columns = Model.metadata.tables[table].c
    if table == "failed_sign_in":
        return columns.login == person.login
    if entry.through:
        owner, whole = REGISTER[entry.through], Model.metadata.tables[entry.through]
        return columns[entry.of].in_(select(whole.c.id).where(whole.c[owner.of] == person.id))
    mine = columns[entry.of] == person.id
    if table in ("audit_event", "refusal"):
        return or_(mine, and_(columns.object_type == "person", columns.object_id == str(person.id)))
    return mine


def holdings(session: Session, person: Person) -> list[Holding]:
    """Everything that the platform holds of a person, but for secrets, and for marks that are not released yet."""
    closed = _closed_exams(session, person.id)
    return [
        Holding(table, entry.title, _rows(session, table, entry, person, closed))
        for table, entry in REGISTER.items() if entry.title and entry.named(DIRECT, LINKED)
    ]


def counts(session: Session, person: Person) -> list[tuple[str, int]]:
    """(title, number of rows) of every table in which the person has some."""
    found = []
    for table, entry in REGISTER.items():
        if entry.title:
            made = select(func.count()).select_from(Model.metadata.tables[table]).where(own_rows(table, entry, person))
            found.append((entry.title, session.scalar(made) or 0))
    return [(title, number) for title, number in found if number]


def fates(session: Session, person: Person) -> tuple[int, int]:
    """Of the rows that a person has: how many an erasure deletes, and how many stay under a number."""
    found = {True: 0, False: 0}
    for table, entry in REGISTER.items():
        if entry.title:
            made = select(func.count()).select_from(Model.metadata.tables[table]).where(own_rows(table, entry, person))
            found[entry.then == DELETE] += session.scalar(made) or 0
    return found[True], found[False]


def _rows(session: Session, table: str, entry: Entry, person: Person, closed: Closed) -> list[dict[str, Any]]:
    made = Model.metadata.tables[table]
    wanted = [made.c[name] for name in entry.named(DIRECT, LINKED)]
    found = session.execute(
        select(*wanted).where(own_rows(table, entry, person)).order_by(*made.primary_key.columns).limit(MOST)
    )
    return [_row(table, dict(row), entry, person, closed) for row in found.mappings()]


def _row(table: str, row: dict[str, Any], entry: Entry, person: Person, closed: Closed) -> dict[str, Any]:
    if entry.withheld and closed.holds(row):
        row |= dict.fromkeys(entry.withheld, WITHHELD)
    if table == "audit_event" and (row["object_type"], row["object_id"]) != ("person", str(person.id)):
        row["detail"] = {}  # what it says is about somebody or something else
    return {name: plain(value) for name, value in row.items()}


@dataclass(frozen=True)
class Closed:
    """Exams whose results the person may not see yet, and their attempts."""

    exams: frozenset[int]
    attempts: frozenset[Any]

    def holds(self, row: dict[str, Any]) -> bool:
        return row["exam_id"] in self.exams if "exam_id" in row else row.get("attempt_id") in self.attempts


def _closed_exams(session: Session, person_id: int) -> Closed:
    held = session.execute(select(Attempt.id, Attempt.exam_id).where(Attempt.candidate_id == person_id)).all()
    now = clock.now()
    listed = select(RosterEntry.exam_id).where(RosterEntry.candidate_id == person_id)
    exams = session.scalars(select(Exam).where(or_(Exam.id.in_(listed), Exam.id.in_([row.exam_id for row in held]))))
    closed = frozenset(exam.id for exam in exams if not exam.is_released(now))
    return Closed(closed, frozenset(row.id for row in held if row.exam_id in closed))


def has_left(session: Session, person_id: int, day: date) -> bool:
    return session.scalar(select(Person.id).where(Person.id == person_id, people.has_left(day))) is not None


def sits_or_will(session: Session, person_id: int) -> bool:
    """Whether the person has an open attempt, or stands on the roster of an exam that is not over."""
    at_work = exists().where(Attempt.candidate_id == person_id, Attempt.state == "open")
    coming = exists().where(RosterEntry.candidate_id == person_id, RosterEntry.exam_id == Exam.id,
                            Exam.state == "published", Exam.settles_at > clock.now())
    return bool(session.scalar(select(or_(at_work, coming))))


def jobs_naming(session: Session, words: list[str]) -> list[Job]:
    """Jobs that hold one of these words in what they were given, what they said or what came of them."""
    texts = (Job.params, Job.result, Job.problem_values, Job.problem, Job.step)
    return list(session.scalars(select(Job).where(_says(texts, words))))


def proposals_naming(session: Session, person: Person) -> list[Proposal]:
    """Proposals that hold name or work number in what they would do, show or came to. That of the erasure itself is
    none of them: it holds a number, which a work number may look like."""
    words = [person.login, person.name]
    itself = and_(Proposal.kind == Kind.ERASE_PERSON, Proposal.object_id == str(person.id), Proposal.state.in_(("waiting", "done")))
    texts = (Proposal.title, Proposal.params, Proposal.seen, Proposal.shown, Proposal.reason, Proposal.words, Proposal.outcome)
    return list(session.scalars(select(Proposal).where(_says(texts, words), ~itself)))


def files_of(session: Session, person_id: int) -> list[UUID]:
    """The attachments of the person's applications."""
    return list(session.scalars(
        select(ExcuseFile.id).join(ExcuseCase, ExcuseCase.id == ExcuseFile.case_id).where(ExcuseCase.candidate_id == person_id)
    ))


def _says(texts: Iterable[Any], words: list[str]) -> ColumnElement[bool]:
    # a JSON text may hold Chinese as it is or as \\uXXXX: both are looked for
    said = dict.fromkeys([*words, *(word.encode("unicode_escape").decode() for word in words)])
    return or_(*(cast(text, String).contains(word, autoescape=True) for text in texts for word in said))
