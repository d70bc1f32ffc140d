"""Plans on both databases: read in, decided, confirmed, replaced."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from flask import Flask

from quizapp.db import db
from quizapp.kernel.errors import ConflictError, InputError
from quizapp.plans import queries, service
from quizapp.plans.intake import Intake, take
from quizapp.plans.models import Plan, PlanFact
from quizapp.plans.presenting import spans_of
from quizapp.plans.rules.decisions import Decision
from quizapp.questions.models import Subject
from tests.builders.bank import make_item
from tests.databases import both_databases

pytestmark = both_databases
REPORTS = Path(__file__).parents[2] / "fixtures" / "reports"
NOW = datetime(2026, 1, 20, 2, 0, tzinfo=UTC)
SUBJECTS = {"civil-code": "民法典", "constitution": "宪法与宪法宣誓"}


@pytest.fixture(autouse=True)
def within(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def intake(app: Flask, name: str) -> Intake:
    return take(name, (REPORTS / name).read_bytes(), app.config["SETTINGS"].bank_path)


def drafted(app: Flask, name: str = "finance-bureau.txt") -> int:
    with db.transaction() as session:
        report = service.keep_report(session, intake(app, name), person_id=None, now=NOW)
        return service.draft(session, report, report.reading["year"], report.reading["agency"], now=NOW).id


def by_field(plan_id: int, field: str) -> list[PlanFact]:
    return [fact for fact in queries.facts_of(db.session(), plan_id) if fact.field == field]


def test_every_fact_lies_where_it_says(app: Flask) -> None:
    plan_id = drafted(app)
    facts = queries.facts_of(db.session(), plan_id)
    text = queries.report(db.session(), 1).text
    assert len(facts) > 10
    for fact in facts:
        assert fact.start is not None
        assert text[fact.start:fact.end] == fact.sentence
        assert fact.literal in fact.sentence
    assert all(span.end > span.start for span in spans_of(facts, text))


def test_subjects_are_kept_by_their_codes(app: Flask) -> None:
    codes = {fact.value["v"] for fact in by_field(drafted(app, "no-exam.txt"), "subject")}
    assert {"xi-thought", "reconsideration", "national-security"} <= codes


def test_the_same_file_is_one_report_and_a_year_has_one_plan(app: Flask) -> None:
    drafted(app)
    with pytest.raises(ConflictError, match="2023 年已经有计划"):
        drafted(app)
    with db.transaction() as session:
        again = service.keep_report(session, intake(app, "finance-bureau.txt"), person_id=None, now=NOW)
        assert again.id == 1


def test_two_at_once_make_one_plan(app: Flask) -> None:
    drafted(app)
    with pytest.raises(ConflictError), db.transaction() as session:
        service._add(session, Plan(year=2023, agency="乙局", state="draft", created_at=NOW))
    assert len(queries.plans(db.session())) == 1


def test_a_report_without_a_plan_takes_the_new_reading(app: Flask) -> None:
    first = intake(app, "finance-bureau.txt")
    old = Intake(first.file_name, first.sha256, "旧", {**first.reading, "year": 1999})
    with db.transaction() as session:
        service.keep_report(session, old, person_id=None, now=NOW)
    with db.transaction() as session:
        assert service.keep_report(session, first, person_id=None, now=NOW).reading["year"] == 2023


def test_decisions_come_to_stand_once_the_plan_is_confirmed(app: Flask) -> None:
    plan_id = drafted(app)
    interpreted = [fact.id for fact in queries.facts_of(db.session(), plan_id) if fact.interpreted]
    (rate,) = by_field(plan_id, "pass_rate")
    with db.transaction() as session:
        plan = queries.get(session, plan_id)
        changes = service.decide(
            session, plan,
            {**{key: Decision("keep") for key in interpreted}, rate.id: Decision("correct", "98.5%")},
            {"subject": "civil-code", "campaign": "法律进社区\n\n世界水日"}, SUBJECTS,
        )
        assert queries.targets(session, 2023) == {}
        service.confirm(session, plan, person_id=None, now=NOW)
    assert changes[f"pass_rate {rate.id}"] == {"before": "proposed", "after": "corrected: 98.5"}
    session = db.session()
    assert queries.targets(session, 2023) == {"participation_target": Decimal("99.52"), "pass_target": Decimal("98.5")}
    assert "civil-code" in queries.subjects(session, 2023)
    facts = queries.facts_of(session, plan_id)
    assert queries.standing(facts, "study_sessions") == [18]
    assert {"法律进社区", "世界水日"} <= set(queries.standing(facts, "campaign"))


def test_nothing_is_written_when_one_decision_is_wrong(app: Flask) -> None:
    plan_id = drafted(app)
    (online,), (total,) = by_field(plan_id, "exams_online"), by_field(plan_id, "exams_total")
    with pytest.raises(service.DecisionError) as caught, db.transaction() as session:
        service.decide(session, queries.get(session, plan_id),
                       {online.id: Decision("keep"), total.id: Decision("correct", "-1")},
                       {"subject": ""}, SUBJECTS)
    assert set(caught.value.faults) == {total.id}
    assert {fact.state for fact in queries.facts_of(db.session(), plan_id)} == {"proposed"}


def test_a_figure_has_one_value(app: Flask) -> None:
    plan_id = drafted(app)
    (rate,) = by_field(plan_id, "pass_rate")
    with pytest.raises(service.DecisionError) as caught, db.transaction() as session:
        service.decide(session, queries.get(session, plan_id), {rate.id: Decision("keep")}, {"pass_rate": "90"}, SUBJECTS)
    assert set(caught.value.faults) == {"pass_rate"}


def test_an_unknown_subject_is_not_taken(app: Flask) -> None:
    plan_id = drafted(app, "no-exam.txt")
    subject = by_field(plan_id, "subject")[0]
    with pytest.raises(service.DecisionError), db.transaction() as session:
        service.decide(session, queries.get(session, plan_id), {subject.id: Decision("correct", "水利")}, {}, SUBJECTS)


def test_undo_leaves_what_was_entered_by_hand(app: Flask) -> None:
    plan_id = drafted(app, "no-law-study.txt")
    with db.transaction() as session:
        plan = queries.get(session, plan_id)
        service.decide(session, plan, {}, {"exams_online": "2"}, SUBJECTS)
        service.keep_literal(session, plan)
        service.undo(session, plan)
    assert queries.standing(queries.facts_of(db.session(), plan_id), "exams_online") == [2]


def test_a_confirmed_plan_is_closed(app: Flask) -> None:
    plan_id = drafted(app, "county-bureau.txt")
    with db.transaction() as session:
        service.confirm(session, queries.get(session, plan_id), person_id=None, now=NOW)
    for act in (service.keep_literal, service.undo, service.delete_draft):
        with pytest.raises(ConflictError), db.transaction() as session:
            act(session, queries.get(session, plan_id))
    with db.transaction() as session:
        service.reopen(session, queries.get(session, plan_id))
    assert queries.plan_for(db.session(), 2024) is None
    with pytest.raises(ConflictError), db.transaction() as session:
        service.reopen(session, queries.get(session, plan_id))


def test_contradicting_counts_wait_for_a_person(app: Flask) -> None:
    plan_id = drafted(app, "contradiction.txt")
    assert all(fact.interpreted for name in ("exams_online", "exams_offline", "exams_total")
               for fact in by_field(plan_id, name))
    with pytest.raises(InputError), db.transaction() as session:
        service.confirm(session, queries.get(session, plan_id), person_id=None, now=NOW)


def test_the_stock_of_the_plans_subjects(app: Flask) -> None:
    plan_id = drafted(app, "no-law-study.txt")
    with db.transaction() as session:
        item = make_item(session, "single")
        code = session.query(Subject).one().code
        plan = queries.get(session, plan_id)
        for subject in (code, "水利管理"):
            service.add_fact(session, plan, "subject", subject)
    known, unknown = queries.subject_stock(db.session(), queries.facts_of(db.session(), plan_id), {code: "甲科目"})
    assert item.type == "single"
    assert (known.name, known.total, known.missing, known.scarce) == ("甲科目", 1, ("multiple", "true_false"), (("single", 1),))
    assert (unknown.name, unknown.code, unknown.covered) == ("水利管理", None, False)
