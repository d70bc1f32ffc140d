"""Two stories of who belongs where: a transfer in the middle of an exam, and a liaison who tries every door."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from itertools import cycle
from typing import Any
from urllib.parse import urldefrag
from uuid import UUID

import pytest
from playwright.sync_api import APIResponse, Page, expect
from sqlalchemy import func, select

from quizapp import clock
from quizapp.attempts import service as attempts
from quizapp.attempts.models import Attempt, Note, Result
from quizapp.db import db
from quizapp.exams.models import Exam
from quizapp.jobs.models import Job
from quizapp.kernel.roles import Role
from tests.builders.exams import make_exam
from tests.builders.people import grant, make_agency, make_person, make_unit
from tests.e2e.hall import Hall, Sitter, begin, choose, hand_in, saved, singles
from tests.permissions.matrix import read

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]
OWN, BELOW, FOREIGN, PARENT = "own", "below", "foreign", "parent"
NAMES = {OWN: "林望舒", BELOW: "周景行", FOREIGN: "顾南乔", PARENT: "上官云帆"}
COLLEAGUES = 11  # liaisons of the same unit: nobody gets more than so many files a minute, and there are more doors than that
SCORES = {OWN: Decimal("31.25"), BELOW: Decimal("32.25"), FOREIGN: Decimal("33.75"), PARENT: Decimal("34.75")}


@dataclass
class Agency:
    """Units beside and below each other, somebody in each, and those who look after them."""

    hall: Hall
    exam_id: int = 0
    units: dict[str, int] = field(default_factory=dict)
    people: dict[str, Sitter] = field(default_factory=dict)
    attempts: dict[str, UUID] = field(default_factory=dict)
    jobs: dict[str, UUID] = field(default_factory=dict)

    def desk(self, who: str) -> Page:
        return self.hall.context(self.people[who], viewport={"width": 1440, "height": 900}).new_page()


def settled(hall: Hall, **settings: Any) -> Agency:
    """An agency of this test alone in the hall, before an exam that opened an hour ago."""
    made, now = Agency(hall), clock.now()
    with hall.app.app_context(), db.transaction() as session:
        top = make_agency(session)
        own, foreign = make_unit(session, "督查一处", top), make_unit(session, "法规二处", top)
        units = {OWN: own, BELOW: make_unit(session, "督查一处三科", own), FOREIGN: foreign, PARENT: top}
        made.units = {place: unit.id for place, unit in units.items()}
        people = {place: make_person(session, NAMES[place], unit) for place, unit in units.items()}
        exam = make_exam(session, ["single"] * 4, candidates=list(people.values()), release="at_once",
                         **{"opens_at": now - timedelta(hours=1), "closes_at": now + timedelta(hours=5), **settings})
        made.exam_id = exam.id
        people["old liaison"] = grant(session, make_person(session, "方知许", own), Role.LIAISON, own)
        for n in range(COLLEAGUES):
            people[f"colleague {n}"] = grant(session, make_person(session, f"方知许{n}", own), Role.LIAISON, own)
        people["new liaison"] = grant(session, make_person(session, "梁静姝", foreign), Role.LIAISON, foreign)
        people["administrator"] = grant(session, make_person(session, "何静安", top), Role.EXAM_ADMIN)
        made.people = {who: Sitter(hall, person.id, exam.id, person.login) for who, person in people.items()}
    return made


# ---------------------------------------------------------------- a transfer in the middle of an exam


def test_a_transfer_in_the_middle_of_an_exam(exam_hall: Hall) -> None:
    agency = settled(exam_hall)
    candidate = agency.people[OWN]
    paper = exam_hall.phone(candidate)
    begin(paper, candidate)
    first, second, *_others = singles(candidate)
    choose(paper, first, 1)
    saved(paper)

    # meanwhile, in another window, the administrator registers the move
    transfer(agency.desk("administrator"), candidate, agency.units[FOREIGN])

    # the candidate goes on, on the same page, and hands in
    choose(paper, second, 2)
    saved(paper)
    assert hand_in(paper) == "2"
    counted_once(agency, candidate)
    the_line_stays_with_the_unit_of_the_day(agency, candidate)


def transfer(page: Page, who: Sitter, unit_id: int) -> None:
    page.goto(f"/people/{who.person_id}")
    page.get_by_text("调动到别的单位").click()
    form = page.locator("form[action$='/transfer']").first
    form.locator("[name=unit]").select_option(str(unit_id))
    form.locator("[name=on]").fill(f"{clock.today()}")
    form.get_by_role("button", name="登记调动").click()
    page.wait_for_url(f"**/people/{who.person_id}")
    expect(page.locator("section[aria-labelledby=stay-h]")).to_contain_text("法规二处")


def counted_once(agency: Agency, who: Sitter) -> None:
    with agency.hall.reading() as session:
        for table in (Attempt, Result):
            assert session.scalar(select(func.count()).select_from(table).where(table.candidate_id == who.person_id)) == 1
    lines = {line["unit"]: line for line in report(agency, "administrator")}
    assert (lines["督查一处"]["expected"], lines["督查一处"]["sat"]) == (2, 1)  # with the section below it
    assert (lines["法规二处"]["expected"], lines["法规二处"]["sat"]) == (1, 0)
    whole = next(iter(lines.values()))
    assert (whole["expected"], whole["sat"]) == (4, 1)


def report(agency: Agency, who: str) -> list[dict[str, Any]]:
    answer = agency.desk(who).request.get(f"/reports/exams/{agency.exam_id}/export.json")
    assert answer.ok
    found: list[dict[str, Any]] = answer.json()["rows"]
    return found


def the_line_stays_with_the_unit_of_the_day(agency: Agency, who: Sitter) -> None:
    """The exam goes by its roster; the list of people by where they are now."""
    old, new = agency.desk("old liaison"), agency.desk("new liaison")
    for address in (f"/exams/{agency.exam_id}/roster", f"/exams/{agency.exam_id}/board?state=all",
                    f"/reports/exams/{agency.exam_id}/people?measure=sat"):
        old.goto(address)
        expect(old.locator("main")).to_contain_text(who.login)
        new.goto(address)
        expect(new.locator("main")).not_to_contain_text(who.login)
    assert sum(line["sat"] for line in report(agency, "new liaison")) == 0
    for page, sees in ((old, False), (new, True)):
        page.goto("/people")
        assert (who.login in page.locator("main").inner_text()) is sees
        answer = page.goto(f"/people/{who.person_id}")
        assert answer is not None
        assert answer.status == (200 if sees else 404)


# ---------------------------------------------------------------- a liaison tries every door


def test_a_liaison_tries_every_door_of_another_unit(exam_hall: Hall) -> None:
    agency = settled(exam_hall, opens_at=clock.now() - timedelta(days=2), closes_at=clock.now() - timedelta(hours=1))
    leave_traces(agency)
    secrets = secrets_of(agency)
    page = agency.desk("old liaison")

    by_links(page, secrets)
    for place in (FOREIGN, PARENT):
        by_typed_addresses(agency, place, secrets)
        the_same_words_as_for_nobody(agency, page, place)
    by_search(page)
    the_numbers_are_those_of_the_own_units(agency, page)

    for place in (OWN, BELOW):
        answer = page.goto(f"/people/{agency.people[place].person_id}")
        assert answer is not None
        assert answer.ok
        expect(page.get_by_role("heading", level=1)).to_contain_text(NAMES[place])
        page.goto(f"/reports/exams/{agency.exam_id}/people?measure=sat")
        expect(page.locator("main table")).to_contain_text(agency.people[place].login)


def leave_traces(agency: Agency) -> None:
    """A finished attempt with a score of its own, a note and a job of everybody."""
    with agency.hall.app.app_context(), db.transaction() as session:
        for place in (OWN, BELOW, FOREIGN, PARENT):
            who, now = agency.people[place].person_id, clock.now()
            at = now - timedelta(days=1)
            exam = session.get_one(Exam, agency.exam_id)
            attempt = attempts.start(session, exam, who, now=at)
            attempts.submit(session, who, attempt.id, now=at + timedelta(minutes=9))
            result = session.scalars(select(Result).where(Result.candidate_id == who)).one()
            result.score = SCORES[place]
            session.add(Note(candidate_id=who, attempt_id=attempt.id, kind="hidden", at=at, lasted=77))
            job = Job(kind="reports.export", params={"scope": ["/"], "exam": agency.exam_id}, person_id=who, state="done",
                      result={}, created_at=now)
            session.add(job)
            session.flush()
            agency.attempts[place], agency.jobs[place] = attempt.id, job.id


def secrets_of(agency: Agency) -> list[str]:
    """What stands for the other unit and the one above: names, work numbers, the unit, scores."""
    found = ["法规二处"]
    for place in (FOREIGN, PARENT):
        found += [NAMES[place], agency.people[place].login, str(SCORES[place])]
    return [*found, "梁静姝", agency.people["new liaison"].login]


def text_of(answer: APIResponse) -> str:
    """What an answer says; of a workbook the texts in it."""
    body = answer.body()
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as book:
            return "\n".join(book.read(name).decode("utf-8", "replace") for name in book.namelist())
    return body.decode("utf-8", "replace")


def by_links(page: Page, secrets: list[str]) -> None:
    """From the first page along every link, as a curious person would."""
    # what stands in the frame of every page comes first: there are more links than there is time
    waiting, seen = ["/", "/people", "/units", "/exams", "/my-exams"], set[str]()
    while waiting and len(seen) < 60:
        address = waiting.pop(0)
        if address in seen:
            continue
        seen.add(address)
        page.goto(address)
        shown = page.content()
        assert [word for word in secrets if word in shown] == [], page.url
        for link in page.locator("a[href^='/']").evaluate_all("all => all.map((one) => one.getAttribute('href'))"):
            plain = urldefrag(link)[0]
            if not re.search(r"^/(static|laws|help|gallery)|download=|export\.|\.json", plain) and plain not in seen:
                waiting.append(plain)
    assert len(seen) > 20


def by_typed_addresses(agency: Agency, place: str, secrets: list[str]) -> None:
    """Every address of the permission matrix, with what belongs to the other unit."""
    tried, in_turn = 0, cycle([agency.desk(f"colleague {n}").request for n in range(COLLEAGUES)])
    for address in addresses(agency, place):
        answer = next(in_turn).get(address, headers={"Accept": "text/html"})
        assert answer.status < 500, address
        assert answer.status != 429, address
        said = text_of(answer)
        assert [word for word in secrets if word in said] == [], address
        tried += 1
    assert tried > len([row for row in read().rows if row.method == "GET"])


def addresses(agency: Agency, place: str) -> Iterator[str]:
    nobody, who = UUID(int=7), agency.people[place].person_id
    values: dict[str, Any] = {
        "person_id": who, "candidate_id": who, "unit_id": agency.units[place], "exam_id": agency.exam_id,
        "attempt_id": agency.attempts[place], "job_id": agency.jobs[place], "year": clock.today().year, "kind": "csv",
        "code": "constitution-001", "version": "2021-01-01", "name": "nothing", "filename": "css/tokens.css", "token": "nothing",
        "upload_id": nobody, "file_id": nobody, "sign_in_id": nobody, "number": 1, "review_id": 1, "change_id": 1, "plan_id": 1,
        "report_id": 1, "version_id": 1, "part": 0, "filing_id": 1, "notice_id": nobody, "proposal_id": nobody, "case_id": 1, "attachment_id": nobody, "reason_id": 1,
    }
    routes = agency.hall.app.url_map
    for row in read().rows:
        if row.method != "GET":
            continue
        (rule, *_more) = routes.iter_rules(row.route)
        kinds = ("csv", "json", "xlsx") if "kind" in rule.arguments else ("",)
        for kind in kinds:
            given = {name: kind if name == "kind" else values[name] for name in rule.arguments}
            if row.route == "filings.file":
                given["version"] = 1
            with agency.hall.app.test_request_context():
                plain = routes.bind("localhost").build(row.route, given)
            yield plain
            if "liaison" in row.who and row.who["liaison"] == "unit":
                yield from (f"{plain}?{asked}" for asked in (
                    f"unit={agency.units[place]}", "download=csv", "download=xlsx", "state=all", "measure=sat", "show=low", "closed=1"))


def the_same_words_as_for_nobody(agency: Agency, page: Page, place: str) -> None:
    """An error says no more than that there is nothing."""
    said = set()
    for person_id in (agency.people[place].person_id, 2_000_000):
        answer = page.goto(f"/people/{person_id}")
        assert answer is not None
        assert answer.status == 404
        said.add(page.locator("main").inner_text())
    assert len(said) == 1


def by_search(page: Page) -> None:
    """The words that were typed stay in their field; the list beside it stays empty."""
    for place in (FOREIGN, PARENT):
        page.goto(f"/people?q={NAMES[place]}")
        assert page.locator("main tbody tr", has_text=NAMES[place]).count() == 0
        page.goto(f"/people?q={NAMES[place][:2]}")
        expect(page.locator("main")).not_to_contain_text(NAMES[place])
    page.goto(f"/people?q={NAMES[BELOW]}")
    expect(page.locator("main table")).to_contain_text(NAMES[BELOW])


def the_numbers_are_those_of_the_own_units(agency: Agency, page: Page) -> None:
    lines = report(agency, "old liaison")
    assert {line["unit"]: (line["expected"], line["sat"]) for line in lines if line["unit"].startswith("督查")} == {
        "督查一处": (2, 2), "督查一处三科": (1, 1)}
    assert max(line["expected"] for line in lines) == 2
    page.goto(f"/exams/{agency.exam_id}/roster")
    assert page.locator("main tbody tr").count() == 2
