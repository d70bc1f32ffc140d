"""Somebody who changes unit in the middle of the year counts once in every exam, where they were on its day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import lxml.html
import pytest
from flask import Flask

from quizapp.db import db
from quizapp.exams import preparing
from quizapp.exams import service as exams
from quizapp.exams.models import Exam
from quizapp.kernel.roles import Role
from quizapp.people import service
from quizapp.reports.queries.year import ledger
from tests.builders.people import grant, make_agency, make_person, make_unit, sign_in
from tests.builders.results import give_result
from tests.databases import both_databases
from tests.page_lint import LintingClient

FIRST, MAKE_UP, SECOND = date(2026, 4, 1), date(2026, 6, 1), date(2026, 10, 1)
MOVES = date(2026, 5, 1)


def sitting(session, day: date, title: str, make_up_of: int | None = None) -> Exam:  # type: ignore[no-untyped-def]
    """An exam on paper, its roster frozen on that day by the same act as always."""
    opens = datetime(day.year, day.month, day.day, 1, tzinfo=UTC)
    made = exams.create(session, title=title, year=2026, opens_at=opens, closes_at=opens + timedelta(hours=4), now=opens,
                        kind="paper", make_up_of_id=make_up_of)
    return preparing.publish(session, made.id, now=opens, on=day)


class Year:
    """Two units of eight and six people. After the first exam one moves, one is lent and counts there, one is lent and
    counts at home; the one who moves was absent and sits the make-up from the new unit."""

    def __init__(self, app: Flask) -> None:
        with app.app_context(), db.transaction() as session:
            self.top = make_agency(session)
            self.office, self.cars = make_unit(session, "办公室", self.top), make_unit(session, "车队", self.top)
            self.reader = grant(session, make_person(session, "何静安", self.office), Role.EXAM_ADMIN)
            moved, lent, lent_not, *more = [make_person(session, name, self.office) for name in "甲乙丙丁戊己庚"]
            others = [make_person(session, name, self.cars) for name in "子丑寅卯辰巳"]
            first = sitting(session, FIRST, "第一次")
            for person in (self.reader, lent, lent_not, *more, *others):
                give_result(session, first, person, 80)
            service.transfer(session, moved.id, self.cars.id, MOVES)
            service.second(session, lent.id, self.cars.id, MOVES, None, "host")
            service.second(session, lent_not.id, self.cars.id, MOVES, None, "home")
            make_up = sitting(session, MAKE_UP, "补考", first.id)
            give_result(session, make_up, moved, 70)
            second = sitting(session, SECOND, "第二次")
            for person in (self.reader, moved, lent, lent_not, *more, *others):
                give_result(session, second, person, 90)
            self.first, self.make_up, self.second = first.id, make_up.id, second.id


@pytest.fixture
def year(app: Flask, client: LintingClient) -> Year:
    made = Year(app)
    sign_in(client, made.reader)
    return made


def rows_of(client: LintingClient, exam_id: int) -> dict[str, tuple[str, ...]]:
    """Of every unit of the pass-rate page: expected and sat."""
    page = lxml.html.fromstring(client.get(f"/reports/exams/{exam_id}").get_data(as_text=True))
    found = {}
    for row in page.xpath("//table[contains(@class,'unit-table')]//tbody/tr"):
        cells = {cell.get("data-label"): cell.text_content().split() for cell in row.findall("td")}
        name = row.findall("th")[0].text_content().strip()
        found[name.split()[0]] = tuple(cells[label][0] for label in ("应考", "实考"))
    return found


@both_databases
def test_the_pass_rate_page_counts_everybody_once(client: LintingClient, year: Year) -> None:
    first, second = rows_of(client, year.first), rows_of(client, year.second)
    # of the day of the first exam: nobody had moved; the make-up, sat from the new unit, counts on that roster
    assert (first["办公室"], first["车队"]) == (("8", "8"), ("6", "6"))
    # of the day of the second: one moved, one is lent and counts there, one is lent and counts at home
    assert (second["办公室"], second["车队"]) == (("6", "6"), ("8", "8"))
    for rows in (first, second):
        total = next(iter(rows.values()))
        assert total == ("14", "14")


@both_databases
def test_the_ledger_counts_fourteen_people_in_the_year(app: Flask, client: LintingClient, year: Year) -> None:
    with app.app_context():
        found = ledger(db.session(), 2026, ("/",))
        assert (found.people, found.taken_part) == (14, 14)
        for unit, people in ((year.office, 8), (year.cars, 8)):
            assert ledger(db.session(), 2026, (unit.path,)).people == people
    assert client.get("/reports/2026").status_code == 200

