"""A year whose exam asks articles of two laws, answered by three units."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from quizapp.exams.models import Exam, RosterEntry
from quizapp.papers.models import Blueprint
from quizapp.people.models import Person, Unit
from quizapp.plans.models import Plan, PlanFact
from quizapp.statutes.models import Law
from tests.builders.answers import make_finished
from tests.builders.bank import make_item
from tests.builders.exams import enrol, make_exam, make_form
from tests.builders.people import make_agency, make_person, make_unit

CIVIL, ENERGY, FORMULA = "民法典", "节约能源法", "=1+1法"
OVER = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
TEN = Decimal(10)


def basis(*articles: tuple[str, str]) -> list[dict[str, str]]:
    return [{"law": law, "version": "2021-01-01", "article": number} for law, number in articles]


@dataclass
class Covered:
    """Form 1 asks 1165 and 1198 of the civil code together, then 1165 again, then a short answer on the other law; form 2
    asks 12 of the other law. Twelve people of the office sat form 1, six of the section below it form 2, two elsewhere form 1."""

    exam_id: int
    office: int
    section: int
    elsewhere: int
    people: list[int]


def make_covered(session: Session) -> Covered:
    top = make_agency(session)
    office = make_unit(session, "办公室", top)
    section = make_unit(session, "文秘科", office)
    elsewhere = make_unit(session, "机关幼儿园", top)
    session.add_all([Law(name=name, title=f"中华人民共和国{name}", kind="law", aliases=[]) for name in (CIVIL, ENERGY, "行政处罚法")])
    exam = make_exam(session, forms=0, opens_at=OVER, closes_at=OVER.replace(day=5), settles_at=OVER.replace(day=5), year=2026)
    blueprint = session.get_one(Blueprint, exam.blueprint_id)
    first = make_form(session, blueprint, 1, [
        make_item(session, basis=basis((CIVIL, "1165"), (CIVIL, "1198"))), make_item(session, basis=basis((CIVIL, "1165"))),
        make_item(session, "short", basis=basis((ENERGY, "7")))])
    second = make_form(session, blueprint, 2, [make_item(session, basis=basis((ENERGY, "12")))])
    make_item(session, basis=basis((FORMULA, "1")))
    people: list[Person] = []

    def sit(unit: Unit, number: int, rank: str, form: object, scores: dict[int, Decimal | None]) -> None:
        person = make_person(session, "沈砚秋", unit)
        enrol(session, exam, person)
        entry = session.get_one(RosterEntry, (exam.id, person.id))
        entry.rank, entry.post_type = rank, "行政执法" if unit is office else "综合管理"
        make_finished(session, exam, person.id, scores, form=form)  # type: ignore[arg-type]
        people.append(person)

    for number in range(12):  # question 1: three right; 2: nine right, three left it empty; 3: waits for a marker
        scores = {1: TEN if number < 3 else Decimal(0), 3: None}
        sit(office, number, "科级" if number % 2 else "处级", first, {**scores, 2: TEN} if number < 9 else scores)
    for number in range(6):
        sit(section, number, "科级", second, {1: TEN if number < 4 else Decimal("5")})
    for number in range(2):
        sit(elsewhere, number, "科级", first, {1: TEN, 2: TEN, 3: None})
    enrol(session, exam, make_person(session, "周望舒", office))  # who did not come
    session.flush()
    return Covered(exam.id, office.id, section.id, elsewhere.id, [one.id for one in people])


def make_plan(session: Session, year: int = 2026) -> None:
    plan = Plan(year=year, agency="清溪市机关事务管理局", state="confirmed", created_at=OVER)
    session.add(plan)
    session.flush()
    facts = [("title", "《中华人民共和国民法典》", "confirmed"), ("title", "行政处罚法", "confirmed"), ("title", "节约能源法", "dropped"),
             ("title", "一篇文章", "confirmed"), ("subject", "constitution", "confirmed")]
    session.add_all(PlanFact(plan_id=plan.id, position=place, field=name, value={"v": value}, confirmed={"v": value}, state=state)
                    for place, (name, value, state) in enumerate(facts))


def again(session: Session, exam: Exam, person_id: int) -> None:
    """Another attempt of this person, which does not count."""
    make_finished(session, exam, person_id, {1: TEN, 2: TEN}, number=2, counts=False)
