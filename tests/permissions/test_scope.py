"""How far a role reaches: a liaison's units against the others, a person's own things against somebody else's.

On both databases: here the statements decide.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp import clock
from quizapp.attempts.models import Note
from quizapp.db import db
from quizapp.exams.models import Exam, Result, RosterEntry, RosterUnit
from quizapp.jobs.models import Job
from quizapp.people.models import Person, Unit
from tests.builders.exams import enrol
from tests.builders.people import make_person, make_unit
from tests.permissions.bodies import HOT
from tests.permissions.matrix import CANDIDATE, LIAISON, Row, read
from tests.permissions.said import said_by
from tests.permissions.world import BELOW, INSIDE, OUTSIDE, World

ROWS = read().rows
OF_UNITS = [row for row in ROWS if row.who.get(LIAISON) == "unit"]
WITH_PERSON = [row for row in OF_UNITS if "person_id" in row.address]
LISTS = [row for row in OF_UNITS if row.method == "GET" and "person_id" not in row.address]
OWN = [row for row in ROWS if "own" in row.who.values()]
WITH_OBJECT = [row for row in OWN if re.search("attempt_id|job_id|sign_in_id|case_id|attachment_id|notice_id|certificates/<number>", row.address)]
# one's own data says that one has downloaded it before: what is in it is tried in tests/integration/privacy
OWN_PAGES = [row for row in OWN if row.method == "GET" and row.who.get(CANDIDATE) == "own" and row.area != "privacy"]

# pages on which another unit has nothing to change for anybody: a list of exams, addresses that only lead on, and what
# was handed in before (whose parts for liaisons are tried in tests/web/filings)
THE_SAME_FOR_ALL = {"exams.exams", "reports.index", "reports.choose", "rosters.attachment", "filings.filings", "filings.filing", "filings.file",
                    # without a law these lead on; with one they are tried in tests/web/coverage
                    "coverage.law", "coverage.article"}
# what some pages can be asked for besides
MORE = {
    "people.persons": ("download=xlsx", "q=顾", "rank=乙处独有的层次", "status=inactive"), "people.units": ("closed=1",),
    "sittings.board": ("state=all",), "rosters.cases": ("all=1",), "reports.people": ("measure=absent", "measure=passed", "measure=excused", "measure=sat&low=0"),
    "reports.not_yet": ("who=expected", "who=excused"),
    "reports.exam_report": ("show=low", "scope=first"),
}
NOWHERE = uuid.UUID("00000000-0000-7000-8000-000000000000")



# ---------------------------------------------------------------- units


@pytest.mark.parametrize("row", WITH_PERSON, ids=str)
def test_a_liaison_reaches_their_unit_and_below_and_nobody_else(own_world: World, row: Row) -> None:
    world = own_world
    before = world.digest()
    said = {}
    for whom in (OUTSIDE, NOWHERE):
        person_id = world.people[OUTSIDE] if whom is OUTSIDE else 999_999
        counted = world.refusals()[0]
        answer = world.ask(LIAISON, row.method, world.address(row, {"person_id": person_id}))
        assert answer.status_code == 404
        assert world.refusals()[0] == counted + 1, "out of reach, and not on record"
        said[whom] = said_by(answer)
    assert said[OUTSIDE] == said[NOWHERE], "another unit's person is told from nobody"
    assert world.digest() == before
    for whom in (INSIDE, BELOW):
        answer = world.ask(LIAISON, row.method, world.address(row, {"person_id": world.people[whom]}))
        assert answer.status_code in (200, 303), whom


def test_links_are_made_for_people_within_reach_alone(own_world: World) -> None:
    answer = own_world.ask(LIAISON, "POST", f"/people/links?unit={own_world.units[OUTSIDE]}")
    assert answer.status_code == 200
    listed = said_by(answer)
    assert {name in listed for name in ("林望舒", "周景行")} == {True}
    assert "顾南乔" not in listed


def test_no_list_shows_a_liaison_anything_of_another_unit(own_world: World) -> None:
    """Everything about the other unit is changed: names, numbers, ranks, results, units below it. What a liaison of
    the first unit is shown stays the same to the letter, while whoever sees the agency sees it change."""
    world, role = own_world, {LIAISON: LIAISON, "exam_admin": "exam_admin"}
    before = {who: {row: pages(world, row, who) for row in LISTS} for who in role}
    with world.app.app_context(), db.transaction() as session:
        change_the_other_unit(world, session)
    after = {who: {row: pages(world, row, who) for row in LISTS} for who in role}
    leaking = [f"{row}: {address}" for row in LISTS for address, said in before[LIAISON][row].items()
               if said != after[LIAISON][row][address]]
    assert leaking == []
    for row in LISTS:
        assert row.route in THE_SAME_FOR_ALL or before["exam_admin"][row] != after["exam_admin"][row], f"{row} proves nothing"


def test_no_page_of_a_persons_own_shows_anything_of_somebody_else(own_world: World) -> None:
    world = own_world
    before = {row: pages(world, row, CANDIDATE) for row in OWN_PAGES}
    with world.app.app_context(), db.transaction() as session:
        change_the_other_unit(world, session)
    assert {str(row) for row in OWN_PAGES if pages(world, row, CANDIDATE) != before[row]} == set()


def pages(world: World, row: Row, who: str) -> dict[str, str]:
    """Address → what it says, for every form of the page: filtered for the other unit, and as each kind of file."""
    found = {}
    for address in addresses(world, row, who):
        answer = world.ask(who, row.method, address)
        assert answer.status_code in (200, 303, 404, 409), f"{address}: {answer.status_code}"
        found[address] = f"{answer.status_code} {answer.location} {said_by(answer)}"
    return found


def addresses(world: World, row: Row, who: str) -> Iterator[str]:
    values, other = world.values(row, who), world.units[OUTSIDE]
    if "exam_id" in row.address and who != CANDIDATE:
        values["exam_id"] = world.exams["done"]
    if "kind" in row.address:
        yield from (world.address(row, values | {"kind": kind}) for kind in ("csv", "json", "xlsx"))
        return
    yield (plain := world.address(row, values))
    if who != CANDIDATE:
        asked = ("download=csv", f"unit={other}", *MORE.get(row.route, ()))
        yield from (f"{plain}?{one}" for one in asked)


def change_the_other_unit(world: World, session: Session) -> None:
    """In everything that a page could count or name."""
    unit = session.get_one(Unit, world.units[OUTSIDE])
    unit.name = "改了名的乙处"
    newer = make_unit(session, "乙处新设的科", unit)
    person = session.get_one(Person, world.people[OUTSIDE])
    person.name, person.rank, person.post_type, person.active = "改了名的人", "乙处独有的层次", "乙处独有的岗位", False
    for exam_id in world.exams.values():
        exam = session.get_one(Exam, exam_id)
        if exam.state == "draft":
            continue
        for place, frozen in enumerate(session.scalars(select(RosterUnit).where(RosterUnit.unit_id == unit.id))):
            frozen.name = f"改了名的乙处 {place}"
        _on_roster(session, exam, person.id)
        for number, status in enumerate(("expected", "excused", "deferred", "expected")):
            added = make_person(session, f"乙处新人{number}", newer if number % 2 else unit)
            added.rank, added.post_type = "乙处独有的层次", "乙处独有的岗位"
            entry = enrol(session, exam, added, status, "" if status == "expected" else "乙处的原因")
            entry.rank, entry.post_type = added.rank, added.post_type
            if number == 3:
                session.add(Result(candidate_id=added.id, exam_id=exam.id, source=exam.kind, attempts=1, score=Decimal(1),
                                   sat_at=exam.opens_at))
    session.add(Note(candidate_id=person.id, attempt_id=world.opened[OUTSIDE], kind="offline", at=clock.now(), lasted=70))
    session.add(Job(kind="reports.export", params={}, person_id=person.id, state="done", result={}, created_at=clock.now()))


def _on_roster(session: Session, exam: Exam, person_id: int) -> None:
    entry = session.get_one(RosterEntry, (exam.id, person_id))
    entry.rank, entry.post_type, entry.status, entry.reason = "乙处独有的层次", "乙处独有的岗位", "excused", "乙处的原因"


# ---------------------------------------------------------------- one's own


def foreign(world: World, row: Row, who: str) -> dict[str, Any]:
    """What the row is about, of the person in the other unit."""
    finished = {"finished", "released"} & set(row.conditions)
    attempt_id = (world.finished if finished else world.opened)[OUTSIDE]
    return world.values(row, who) | {"attempt_id": attempt_id, "job_id": world.jobs[OUTSIDE], "sign_in_id": world.sign_ins[OUTSIDE],
                                     "case_id": world.cases[OUTSIDE], "attachment_id": world.attachments[OUTSIDE],
                                     "notice_id": world.notices[OUTSIDE], **certificate(row, world.others["certificates"][world.people[OUTSIDE]])}


def certificate(row: Row, number: str) -> dict[str, str]:
    """What the address of a certificate names; elsewhere a number is that of a question."""
    return {"number": number} if row.route == "records.certificate" else {}


@pytest.mark.parametrize("row", WITH_OBJECT, ids=str)
def test_what_is_somebody_elses_is_not_there_whatever_the_role(either_world: World, row: Row) -> None:
    world = either_world
    before = world.digest() if row.method == "POST" else {}
    for who, reach in row.who.items():
        if reach != "own":
            continue
        values = foreign(world, row, who)
        bodies = stolen(world, row, who) if row.route in HOT else [world.body(row, who, values)]
        counted = world.refusals()[0]
        answers = [world.ask(who, row.method, world.address(row, values), **body) for body in bodies]
        assert world.refusals()[0] == counted + len(bodies), f"{row} as {who}: not on record"
        for answer in answers:
            assert answer.status_code == 404, f"{row} as {who}: {answer.status_code} {said_by(answer)[:300]}"
        if row.route not in HOT:
            nowhere = values | {"attempt_id": NOWHERE, "job_id": NOWHERE, "sign_in_id": NOWHERE, "case_id": 999_999,
                                "attachment_id": NOWHERE, "notice_id": NOWHERE, **certificate(row, "XF2026-1-99999")}
            unknown = world.ask(who, row.method, world.address(row, nowhere), **world.body(row, who, nowhere))
            assert said_by(unknown) == said_by(answers[0]), f"{row} as {who}: told from nothing"
    if row.method == "POST":
        assert world.digest() == before, row


def stolen(world: World, row: Row, who: str) -> list[dict[str, Any]]:
    """With the ticket of one's own attempt, and with the very ticket of the other."""
    return [world.body(row, who, {"attempt_id": world.opened[who]}),
            world.body(row, who, {"attempt_id": world.opened[OUTSIDE]}, ticket_of=OUTSIDE)]


@pytest.mark.parametrize("row", [row for row in OWN if row.route in ("attempts.begin_post", "attempts.ahead")], ids=str)
def test_nobody_begins_with_the_ticket_of_another(either_world: World, row: Row) -> None:
    world, before = either_world, either_world.digest()
    for who in row.who:
        values = world.values(row, who)
        answer = world.ask(who, row.method, world.address(row, values), **world.body(row, who, values, ticket_of=OUTSIDE))
        assert answer.status_code == 404, f"{who}: {answer.status_code}"
    assert world.digest() == before
