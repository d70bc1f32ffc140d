"""Reading a year: its papers, what was answered, what items rest on, what the plan names. One pass over the answers."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, func, select, type_coerce
from sqlalchemy.orm import Session

from quizapp.access import ALL_UNITS
from quizapp.attempts.models import Answer, Attempt
from quizapp.coverage.rules import Article, Asked, Stock, Year
from quizapp.exams import queries as exams
from quizapp.exams.models import Exam, RosterEntry, RosterUnit
from quizapp.exams.rules import has_settled
from quizapp.kernel.errors import NotFoundError
from quizapp.papers.models import Form, FormQuestion
from quizapp.plans import queries as plans
from quizapp.questions.models import Citation, Item, ItemVersion
from quizapp.statutes import queries as statutes

NO_UNIT = "没有找到这个单位，或者它不在你负责的范围里"


@dataclass(frozen=True, slots=True)
class Choice:
    """What the address chose; "" and 0 are all."""

    year: int
    subject: str = ""
    unit: int = 0
    rank: str = ""
    post_type: str = ""

    @property
    def is_narrow(self) -> bool:
        return bool(self.subject or self.unit or self.rank or self.post_type)

    def to_address(self, **changes: Any) -> dict[str, Any]:
        values = {"year": self.year, "subject": self.subject, "unit": self.unit, "rank": self.rank, "post_type": self.post_type, **changes}
        return {name: value for name, value in values.items() if value}


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit as the rosters of the year know it. `level`: below the highest that the reader may see."""

    id: int
    name: str
    path: str
    level: int


def settled_exams(session: Session, year: int, now: datetime) -> tuple[list[int], int]:
    """Online exams of the year whose results are out, and how many others were published: those count once theirs are."""
    rows = session.execute(
        select(Exam.id, Exam.state, Exam.release, Exam.released_at, Exam.settles_at, Exam.paused_at)
        .where(Exam.year == year, Exam.state != "draft", Exam.kind == "online")
    ).all()
    done = [row[0] for row in rows if has_settled(row[1], row[2], row[3], row[4], row[5], now)]
    return done, len(rows) - len(done)


def units(session: Session, exam_ids: Collection[int], scope: Sequence[str]) -> list[Unit]:
    """The units of these exams' rosters that may be seen, parents before children, each as the latest exam has it."""
    rows = session.execute(
        select(RosterUnit.unit_id, RosterUnit.name, RosterUnit.path, RosterUnit.position, RosterUnit.exam_id)
        .where(RosterUnit.exam_id.in_(exam_ids)).order_by(RosterUnit.exam_id)
    )
    within = _within(session, exam_ids, scope)
    latest = {row[0]: row for row in rows if row[2].startswith(within.get(row[4], ()))}
    places = {row[2]: (row[3], row[0]) for row in latest.values()}

    def order(path: str) -> tuple[tuple[int, int], ...]:
        steps = [step for step in path.strip("/").split("/") if step]
        above = ["/" + "/".join(steps[: end + 1]) + "/" for end in range(len(steps))]
        return tuple(places[one] for one in above if one in places)

    return [Unit(row[0], row[1], row[2], len(order(row[2])) - 1) for row in sorted(latest.values(), key=lambda r: order(r[2]))]


def _within(session: Session, exam_ids: Collection[int], scope: Sequence[str]) -> dict[int, tuple[str, ...]]:
    """Exam → the tops of what may be seen of its tree."""
    if ALL_UNITS in scope:
        return dict.fromkeys(exam_ids, (ALL_UNITS,))
    found: dict[int, tuple[str, ...]] = {}
    for exam_id, path in exams.frozen_paths(session, exam_ids, scope):
        found[exam_id] = (*found.get(exam_id, ()), path)
    return found


def ranks_and_posts(session: Session, exam_ids: Collection[int], scope: Sequence[str]) -> tuple[list[str], list[str]]:
    """What may be chosen of the ranks and of the post types on these rosters."""
    found = session.execute(
        select(RosterEntry.rank, RosterEntry.post_type)
        .where(RosterEntry.exam_id.in_(exam_ids), exams.within_scope(session, exam_ids, scope)).distinct()).all()
    return sorted({row[0] for row in found} - {""}), sorted({row[1] for row in found} - {""})


def who(
    session: Session, choice: Choice, exam_ids: Collection[int], scope: Sequence[str], seen: Sequence[Unit]
) -> list[ColumnElement[bool]]:
    """The conditions on the rosters of these exams. Raises NotFoundError for a unit out of sight."""
    wanted: list[ColumnElement[bool]] = [RosterEntry.status == "expected", exams.within_scope(session, exam_ids, scope)]
    if choice.unit:
        if choice.unit not in {unit.id for unit in seen}:
            raise NotFoundError(NO_UNIT)
        wanted.append(RosterEntry.path.contains(f"/{choice.unit}/", autoescape=True))
    if choice.rank:
        wanted.append(RosterEntry.rank == choice.rank)
    if choice.post_type:
        wanted.append(RosterEntry.post_type == choice.post_type)
    return wanted


def _sat(exam_ids: Collection[int], wanted: Sequence[ColumnElement[bool]], *columns: Any) -> Select[Any]:
    """Columns of the attempts that count, of people on the roster."""
    return (
        select(*columns).select_from(Attempt)
        .join(RosterEntry, (RosterEntry.exam_id == Attempt.exam_id) & (RosterEntry.candidate_id == Attempt.candidate_id))
        .where(Attempt.exam_id.in_(exam_ids), Attempt.id.in_(exams.counting_attempts(exam_ids)), *wanted)
    )


def answered(
    session: Session, exam_ids: Collection[int], wanted: Sequence[ColumnElement[bool]], *by: Any,
    places: Collection[tuple[int, int]] | None = None,
) -> dict[tuple[Any, ...], list[Asked]]:
    """What was met and how it was answered, question by question; with `by` (columns of the roster) apart for each of
    their values. `places` (form, position) keeps these questions alone.

    Two statements: how many handed in each form, and how many answers have which marks. Every answer is read once, by
    the database, and what comes back does not grow with the number of people.
    """
    of_forms = session.execute(
        _sat(exam_ids, wanted, Attempt.exam_id, Attempt.form_id, *by, func.count()).group_by(Attempt.exam_id, Attempt.form_id, *by)
    ).all()
    score = type_coerce(Answer.score, Integer)
    marks = _sat(exam_ids, wanted, Attempt.exam_id, Attempt.form_id, Answer.position, score, *by, func.count()).join(
        Answer, (Answer.candidate_id == Attempt.candidate_id) & (Answer.attempt_id == Attempt.id))
    if places is not None:
        marks = marks.where(Answer.position.in_({position for _form, position in places}))
    scored: dict[tuple[Any, ...], list[tuple[int | None, int]]] = {}
    for row in session.execute(marks.group_by(Attempt.exam_id, Attempt.form_id, Answer.position, score, *by)):
        exam_id, form_id, position, hundredths, *values, number = row
        scored.setdefault((exam_id, form_id, position, *values), []).append((hundredths, number))
    questions = _questions(session, {row[1] for row in of_forms}, places)
    found: dict[tuple[Any, ...], list[Asked]] = {}
    for exam_id, form_id, *values, people in of_forms:
        for position, version_id, full in questions.get(form_id, ()):
            given = scored.get((exam_id, form_id, position, *values), ())
            waiting = sum(number for hundredths, number in given if hundredths is None)
            right = sum(number for hundredths, number in given if hundredths is not None and hundredths >= full)
            found.setdefault(tuple(values), []).append(
                Asked(exam_id, form_id, position, version_id, people, people - waiting, right))
    return found


def _questions(
    session: Session, form_ids: Collection[int], places: Collection[tuple[int, int]] | None
) -> Mapping[int, list[tuple[int, int, int]]]:
    """Form → (position, version, full marks in hundredths) of its questions."""
    found: dict[int, list[tuple[int, int, int]]] = {}
    rows = session.execute(
        select(FormQuestion.form_id, FormQuestion.position, FormQuestion.item_version_id, type_coerce(FormQuestion.marks, Integer))
        .where(FormQuestion.form_id.in_(form_ids))
    )
    for form_id, position, version_id, full in rows:
        if places is None or (form_id, position) in places:
            found.setdefault(form_id, []).append((position, version_id, full))
    return found


def unanswered_papers(session: Session, exam_ids: Collection[int]) -> list[Asked]:
    """What stands on the papers of these exams, whoever met it: nobody is counted."""
    rows = session.execute(
        select(Exam.id, FormQuestion.form_id, FormQuestion.position, FormQuestion.item_version_id)
        .join(Form, Form.blueprint_id == Exam.blueprint_id).join(FormQuestion, FormQuestion.form_id == Form.id)
        .where(Exam.id.in_(exam_ids))
    )
    return [Asked(row[0], row[1], row[2], row[3], 0, 0, 0) for row in rows]


def bank(session: Session) -> list[Stock]:
    rows = session.execute(
        select(ItemVersion.id, Item.id, Item.subject_code)
        .join(Item, (Item.id == ItemVersion.item_id) & (Item.current_version == ItemVersion.number))
        .where(Item.status == "published")
    )
    return [Stock(*row) for row in rows]


def year_of(session: Session, choice: Choice, exam_ids: Collection[int], wanted: Sequence[ColumnElement[bool]]) -> Year:
    """Everything that the rules need of a year."""
    asked = answered(session, exam_ids, wanted).get((), [])
    met = {(one.exam_id, one.form_id) for one in asked}
    asked += [one for one in unanswered_papers(session, exam_ids) if (one.exam_id, one.form_id) not in met]
    stock = bank(session)
    versions = {one.version_id for one in asked} | {one.version_id for one in stock}
    cited: dict[int, set[Article]] = {}
    for version_id, law, article in session.execute(
        select(Citation.item_version_id, Citation.law, Citation.article).where(Citation.law.is_not(None))
    ):
        if version_id in versions and law and article:
            cited.setdefault(version_id, set()).add((law, article))
    kept = {row[0]: (row[1], row[2]) for row in session.execute(
        select(ItemVersion.id, Item.id, Item.subject_code).join(Item, Item.id == ItemVersion.item_id)) if row[0] in versions}
    laws, subjects, has_plan = _taught(session, choice.year)
    return Year(asked, cited, {version: row[1] for version, row in kept.items()}, {version: row[0] for version, row in kept.items()},
                stock, laws, subjects, has_plan)


def _taught(session: Session, year: int) -> tuple[frozenset[str], frozenset[str], bool]:
    """Laws and subjects that the confirmed plan of the year names. Titles that the library does not know are no laws."""
    plan = plans.plan_for(session, year)
    if plan is None:
        return frozenset(), frozenset(), False
    facts = plans.facts_of(session, plan.id)
    known = statutes.names(session)
    titles = {str(value).strip("《》 ") for value in plans.standing(facts, "title") if value}
    return (frozenset(known[title] for title in titles if title in known),
            frozenset(str(value) for value in plans.standing(facts, "subject") if value), True)


@dataclass(frozen=True, slots=True)
class CitingItem:
    """An item that rests on an article, by the version in use."""

    code: str
    stem: str
    status: str
    item_id: int


def items_on(session: Session, law: str, article: str) -> list[CitingItem]:
    rows = session.execute(
        select(Item.code, ItemVersion.stem, Item.status, Item.id).distinct()
        .join(ItemVersion, (ItemVersion.item_id == Item.id) & (ItemVersion.number == Item.current_version))
        .join(Citation, Citation.item_version_id == ItemVersion.id)
        .where(Citation.law == law, Citation.article == article, Item.status != "retired").order_by(Item.code)
    )
    return [CitingItem(*row) for row in rows]
