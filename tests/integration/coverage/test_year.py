"""A year read from the tables, on both databases: every answer once, within the reader's units, by rank."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import event

from quizapp.access import ALL_UNITS
from quizapp.coverage import queries
from quizapp.coverage.queries import Choice
from quizapp.coverage.rules import Count, lines
from quizapp.db import db
from quizapp.exams import queries as exams
from quizapp.exams.models import RosterEntry
from quizapp.kernel.errors import NotFoundError
from quizapp.people.models import Unit
from tests.builders.coverage import CIVIL, ENERGY, FORMULA, OVER, Covered, again, make_covered, make_plan
from tests.builders.exams import make_exam
from tests.databases import both_databases

pytestmark = both_databases
NOW = datetime(2026, 4, 1, tzinfo=UTC)


def counts(choice: Choice, exam_ids: list[int], scope: tuple[str, ...] = (ALL_UNITS,)) -> dict[tuple[str, str], Count]:
    session = db.session()
    wanted = queries.who(session, choice, exam_ids, scope, queries.units(session, exam_ids, scope))
    year = queries.year_of(session, choice, exam_ids, wanted)
    return {(line.law, line.article): line.count for line in lines(year, articles=True)}


def test_a_year(app: Flask) -> None:
    with app.app_context():
        with db.transaction() as session:
            place = make_covered(session)
            make_plan(session)
            again(session, exams.get(session, place.exam_id), place.people[0])
            running = make_exam(session, ["single"], year=2026, opens_at=OVER, closes_at=NOW.replace(month=12), settles_at=NOW.replace(month=12))
            draft = make_exam(session, ["single"], year=2026, state="draft")
            assert {running.id, draft.id}.isdisjoint(queries.settled_exams(session, 2026, NOW)[0])
            assert queries.settled_exams(session, 2026, NOW) == ([place.exam_id], 1)
            assert exams.years(session) == [2026]
        by_article(place)
        by_unit_and_rank(place)
        as_a_liaison(place)
        apart_and_beside_the_plan(place)
        in_few_statements(place)


def by_article(place: Covered) -> None:
    """14 people met form 1; of question 1 five were right, of 2 eleven; 3 waits for a marker."""
    whole = counts(Choice(2026), [place.exam_id])
    assert whole[CIVIL, "1198"] == Count(14, 14, 5)
    assert whole[CIVIL, "1165"] == Count(14, 28, 16)
    assert whole[ENERGY, "7"] == Count(14, 0, 0)
    assert whole[ENERGY, "12"] == Count(6, 6, 4), "half the marks are not right"
    assert whole[FORMULA, "1"] == Count(), "in the bank and never asked"


def by_unit_and_rank(place: Covered) -> None:
    """A unit with what is below it, a rank, both."""
    one = [place.exam_id]
    assert counts(Choice(2026, unit=place.office), one)[CIVIL, "1198"] == Count(12, 12, 3)
    assert counts(Choice(2026, unit=place.section), one)[CIVIL, "1198"] == Count()
    assert counts(Choice(2026, unit=place.section), one)[ENERGY, "12"] == Count(6, 6, 4)
    assert counts(Choice(2026, rank="处级"), one)[CIVIL, "1198"] == Count(6, 6, 2)
    assert counts(Choice(2026, unit=place.elsewhere, rank="处级"), one)[CIVIL, "1198"] == Count()
    assert counts(Choice(2026, post_type="行政执法"), one)[CIVIL, "1198"] == Count(12, 12, 3)
    assert counts(Choice(2026, post_type="综合管理"), one)[CIVIL, "1198"] == Count(2, 2, 2)
    assert counts(Choice(2026, rank="处级", post_type="行政执法"), one)[CIVIL, "1198"] == Count(6, 6, 2)
    assert counts(Choice(2026, post_type="没有的类别"), one)[CIVIL, "1198"] == Count()
    assert queries.ranks_and_posts(db.session(), one, (ALL_UNITS,)) == (["处级", "科级"], ["综合管理", "行政执法"])


def as_a_liaison(place: Covered) -> None:
    """Own unit and below, nothing of others, whatever the address says and wherever the unit stands today."""
    session, one = db.session(), [place.exam_id]
    office = session.get_one(Unit, place.office).path
    for path in (office, f"/777/{place.office}/"):
        assert counts(Choice(2026), one, (path,))[CIVIL, "1198"] == Count(12, 12, 3)
        assert [unit.name for unit in queries.units(session, one, (path,))] == ["办公室", "文秘科"]
        assert queries.ranks_and_posts(session, one, (path,)) == (["处级", "科级"], ["综合管理", "行政执法"])
    for unit in (place.elsewhere, 99999):
        with pytest.raises(NotFoundError):
            counts(Choice(2026, unit=unit), one, (office,))
    section = session.get_one(Unit, place.section).path
    assert queries.ranks_and_posts(session, one, (section,)) == (["科级"], ["综合管理"]), "of the own units alone"
    assert counts(Choice(2026), one, ())[CIVIL, "1198"] == Count(), "no unit, no answers"


def apart_and_beside_the_plan(place: Covered) -> None:
    """Apart by unit the parts make the whole; the plan names two laws that the library knows, and one subject."""
    session, one = db.session(), [place.exam_id]
    wanted = queries.who(session, Choice(2026), one, (ALL_UNITS,), [])
    by_path = queries.answered(session, one, wanted, RosterEntry.path)
    asked = [question for questions in by_path.values() for question in questions]
    assert (sum(q.marked for q in asked), sum(q.right for q in asked)) == (34, 20)
    assert len(by_path) == 3
    year = queries.year_of(session, Choice(2026), one, wanted)
    assert (year.taught_laws, year.taught_subjects, year.has_plan) == (frozenset({CIVIL, "行政处罚法"}), frozenset({"constitution"}), True)
    assert {line.law: line.taught for line in lines(year)}["行政处罚法"] == "law"
    assert not queries.year_of(session, Choice(2025), [], wanted).has_plan


def in_few_statements(place: Covered) -> None:
    """The answers are read by one statement, and the number of statements does not grow with people."""
    statements: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda _c, _cu, said, *_rest: statements.append(said))
    counts(Choice(2026), [place.exam_id])
    assert sum("JOIN answer" in said for said in statements) == 1
    assert len(statements) <= 12, statements


def test_a_year_without_exams_has_the_bank_alone(app: Flask) -> None:
    with app.app_context():
        with db.transaction() as session:
            make_covered(session)
        found = counts(Choice(2024), [])
        assert found[CIVIL, "1165"] == Count()
        assert queries.units(db.session(), [], (ALL_UNITS,)) == []
