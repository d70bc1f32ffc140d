"""Counting on a real database: the same people counted by SQL and by hand."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.access import ALL_UNITS
from quizapp.clock import now
from quizapp.db import db
from quizapp.exams import queries as exams
from quizapp.exams.models import Exam, Result, RosterEntry
from quizapp.kernel.errors import NotFoundError
from quizapp.papers.models import Blueprint
from quizapp.people.models import Person, Unit
from quizapp.reports.queries import exam as queries
from quizapp.reports.queries import year as year_queries
from quizapp.reports.rules.charts import histogram
from quizapp.reports.rules.ledger import Asked
from quizapp.reports.rules.report import Choice, ExamReport, Measure
from tests.builders.bank import make_item, make_subject
from tests.builders.exams import make_form
from tests.builders.people import make_agency, make_person, make_unit
from tests.builders.results import OPENS, freeze_units, give_result, make_bureau, make_sitting, put_on_roster
from tests.databases import both_databases

ALL = (ALL_UNITS,)
FIRST = Choice(with_make_up=False)


class World:
    """A bureau with two divisions, one of which has a section; a first exam and its make-up."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.top = make_agency(session)
        self.left = make_unit(session, "办公室", self.top)
        self.section = make_unit(session, "一科", self.left)
        self.right = make_unit(session, "服务中心", self.top)
        self.exam = self._exam("首考")
        self.make_up = self._exam("补考", make_up_of_id=self.exam.id, opens_at=OPENS + timedelta(days=20),
                                  closes_at=OPENS + timedelta(days=21))

    def _exam(self, title: str, **settings: object) -> Exam:
        exam = make_sitting(self.session, title, **settings)
        freeze_units(self.session, exam, [self.top, self.left, self.section, self.right])
        return exam

    def person(self, unit: Unit, first: int | None, *, status: str = "expected", second: int | None = None,
               again: str = "") -> Person:
        """Somebody with a first score (None: absent) and, where `again` names a status, on the make-up's roster."""
        person = make_person(self.session, unit=unit)
        put_on_roster(self.session, self.exam, unit, person, status)
        if first is not None:
            give_result(self.session, self.exam, person, first)
        if again:
            put_on_roster(self.session, self.make_up, unit, person, again)
        if second is not None:
            give_result(self.session, self.make_up, person, second)
        return person

    def report(self, choice: Choice | None = None, scope: tuple[str, ...] = ALL) -> ExamReport:
        return queries.exam_report(self.session, self.exam.id, scope, choice or Choice(), now())


def counts(report: ExamReport) -> tuple[int, ...]:
    total = report.total
    return total.expected, total.excused, total.deferred, total.sat, total.passed, total.excellent


@both_databases
def test_a_make_up_counts_the_better_score_once_on_the_first_roster(app: Flask) -> None:
    with app.app_context(), db.transaction() as session:
        world = World(session)
        world.person(world.left, 95)
        world.person(world.left, 50, again="expected", second=70)
        world.person(world.left, 55, again="expected", second=40)
        world.person(world.section, None, again="expected", second=92)
        world.person(world.right, None, again="expected")
        world.person(world.right, None, status="excused")
        first, both = world.report(FIRST), world.report()
        assert counts(first) == (5, 1, 0, 3, 1, 1)
        assert counts(both) == (5, 1, 0, 4, 3, 2)
        assert both.total.scores == {9500: 1, 7000: 1, 5500: 1, 9200: 1}
        assert str(both.total.participation) == "80.00%"


@both_databases
def test_deferred_people_stay_out_of_the_first_sitting_and_count_in_the_make_up(app: Flask) -> None:
    with app.app_context(), db.transaction() as session:
        world = World(session)
        world.person(world.left, 80)
        world.person(world.left, None, status="deferred", again="expected", second=85)
        world.person(world.left, None, status="deferred", again="expected")
        world.person(world.left, None, status="deferred", again="excused")
        world.person(world.left, None, status="deferred")
        assert counts(world.report(FIRST)) == (1, 0, 4, 1, 1, 0)
        assert counts(world.report()) == (3, 1, 1, 2, 2, 0)


@both_databases
def test_an_unmarked_paper_is_sat_and_neither_passed_nor_failed(app: Flask) -> None:
    with app.app_context(), db.transaction() as session:
        world = World(session)
        waiting = make_person(session, unit=world.left)
        put_on_roster(session, world.exam, world.left, waiting)
        give_result(session, world.exam, waiting, None)
        total = world.report().total
        assert (total.sat, total.unmarked, total.passed, total.failed, total.mean) == (1, 1, 0, 0, None)


@both_databases
def test_every_figure_has_as_many_names_behind_it(app: Flask) -> None:
    with app.app_context(), db.transaction() as session:
        bureau = make_bureau(session)
        first = make_sitting(session)
        bureau.put_in_exam(first, mean=66, absence=0.1)
        make_up = make_sitting(session, "补考", make_up_of_id=first.id, opens_at=OPENS + timedelta(days=20),
                               closes_at=OPENS + timedelta(days=21))
        bureau.put_in_make_up(make_up, first, mean=62)
        for choice in (Choice(), FIRST, Choice(rank="科级"), Choice(post_type="行政执法")):
            report = queries.exam_report(session, first.id, ALL, choice, now())
            for measure in Measure:
                names = queries.people(session, first.id, ALL, choice, measure)
                assert len(names) == getattr(report.total, measure.value), (choice, measure)
                assert len({row.candidate_id for row in names}) == len(names)
        whole = queries.people(session, first.id, ALL, Choice())
        assert len(whole) == queries.exam_report(session, first.id, ALL, Choice(), now()).total.on_roster


@both_databases
def test_every_bar_and_every_total_of_the_year_has_its_names_behind_it(app: Flask) -> None:
    with app.app_context(), db.transaction() as session:
        bureau = make_bureau(session)
        first = make_sitting(session, pass_mark=Decimal("61.5"))
        bureau.put_in_exam(first, mean=70, absence=0.1)
        expected, excused, deferred = (session.scalars(select(RosterEntry).where(
            RosterEntry.exam_id == first.id, RosterEntry.status == status).limit(2)).all()
            for status in ("expected", "excused", "deferred"))
        make_up = make_sitting(session, "补考", make_up_of_id=first.id, opens_at=OPENS + timedelta(days=20),
                               closes_at=OPENS + timedelta(days=21))
        bureau.put_in_make_up(make_up, first, mean=62)
        # full marks, one to be marked, and two that are not counted
        for entry, score in ((expected[0], 100), (expected[1], None), (excused[0], 88), (deferred[0], 64)):
            session.merge(Result(candidate_id=entry.candidate_id, exam_id=first.id, source="online", sat_at=OPENS,
                                 score=None if score is None else Decimal(score)))
        second = make_sitting(session, "下半年考试", opens_at=OPENS + timedelta(days=30), closes_at=OPENS + timedelta(days=31))
        bureau.put_in_exam(second, mean=75)
        running = make_sitting(session, "还没有结束", opens_at=now() - timedelta(days=1), closes_at=now() + timedelta(days=5))
        bureau.put_in_exam(running, mean=75)
        some = str(next(unit.id for unit in bureau.units if unit.name == "公务用车服务中心"))
        for choice in (Choice(), FIRST, Choice(units=(some,), rank="科级")):
            total = queries.exam_report(session, first.id, ALL, choice, now()).total
            chart = histogram(total, queries.find(queries.published_exams(session), first.id).lines)
            seen: list[int] = []
            for bar in chart.bins:
                asked = Choice.of_names(choice.to_address() | dict(bar.asked))
                names = queries.people(session, first.id, ALL, asked, Measure.SAT)
                assert len(names) == bar.people, (choice, bar.asked)
                assert {bar.low <= (row.score or 0) < bar.high for row in names if row.score != 10000} <= {True}
                seen += [row.candidate_id for row in names]
            assert len(set(seen)) == len(seen) == chart.people > 0
        in_range = replace(Choice(), low=Decimal(0))
        assert queries.people(session, first.id, ALL, in_range, Measure.EXCUSED) == []
        assert queries.people(session, first.id, ALL, in_range, Measure.UNMARKED) == []
        for asked in (Asked(), Asked(unit=some, rank="科级"), Asked(until=(OPENS + timedelta(days=9)).date())):
            total = year_queries.ledger(session, 2026, ALL, asked=asked).total(now())
            for measure in (Measure.EXPECTED, Measure.EXCUSED, Measure.DEFERRED, Measure.SAT, Measure.PASSED, Measure.EXCELLENT):
                rows = year_queries.entries(session, 2026, ALL, asked, measure, now())
                assert sum(len(row.exams) for row in rows) == getattr(total, measure.value), (asked, measure)
                assert len({row.candidate_id for row in rows}) == len(rows)
            absent = year_queries.entries(session, 2026, ALL, asked, Measure.ABSENT, now())
            assert sum(len(row.exams) for row in absent) == total.expected - total.sat


@both_databases
def test_a_campaign_of_the_year_keeps_the_exams_that_name_it_and_not_titles_beside_it(app: Flask) -> None:
    with app.app_context(), db.transaction() as session:
        agency = make_agency(session)
        person = make_person(session, unit=agency)
        for title, campaign in (("下半年考试", "宪法宣传周"), ("宪法宣传周知识竞答", None), ("宪法宣传周前的民法典考试", "民法典宣传"), ("上半年考试", None)):
            exam = make_sitting(session, title, campaign=campaign)
            freeze_units(session, exam, [agency])
            put_on_roster(session, exam, agency, person)

        def titles(campaign: str) -> list[str]:
            return [row.exam.title for row in year_queries.ledger(session, 2026, ALL, asked=Asked(campaign=campaign)).rows]

        assert titles("宪法宣传周") == ["下半年考试", "宪法宣传周知识竞答"]
        assert titles("民法典宣传") == ["宪法宣传周前的民法典考试"]
        assert titles("世界水日") == []
        assert len(titles("")) == 4
        expected = year_queries.entries(session, 2026, ALL, Asked(campaign="民法典宣传"), Measure.EXPECTED, now())
        assert [row.exams for row in expected] == [("宪法宣传周前的民法典考试",)]


@both_databases
def test_a_year_keeps_to_one_exam_or_to_those_that_ask_a_subject(app: Flask) -> None:
    with app.app_context(), db.transaction() as session:
        agency = make_agency(session)
        person = make_person(session, unit=agency)
        ids = {}
        for title, subjects in (("上半年考试", ("civil", "constitution")), ("下半年考试", ("civil",)), ("纸笔考试", ())):
            exam = make_sitting(session, title)
            ids[title] = exam.id
            freeze_units(session, exam, [agency])
            put_on_roster(session, exam, agency, person)
            if subjects:
                blueprint = Blueprint(name=title)
                session.add(blueprint)
                session.flush()
                exam.blueprint_id = blueprint.id
                make_form(session, blueprint, 1, [make_item(session, subject=make_subject(session, code).code) for code in subjects])
        session.flush()

        def titles(**asked: str) -> set[str]:
            return {row.exam.title for row in year_queries.ledger(session, 2026, ALL, asked=Asked(**asked)).rows}

        assert titles(subject="civil") == {"上半年考试", "下半年考试"}
        assert titles(subject="constitution") == {"上半年考试"}
        assert titles(subject="nothing") == titles(exam="999") == titles(exam="x") == set()
        assert titles(exam=str(ids["纸笔考试"])) == {"纸笔考试"}
        assert titles(exam=str(ids["下半年考试"]), subject="constitution") == set()
        assert len(titles()) == 3


@both_databases
def test_units_add_up_and_agree_with_a_count_by_hand(app: Flask) -> None:
    with app.app_context(), db.transaction() as session:
        bureau = make_bureau(session, seed=3)
        exam = make_sitting(session)
        bureau.put_in_exam(exam)
        report = queries.exam_report(session, exam.id, ALL, Choice(), now())
        people = queries.people(session, exam.id, ALL, Choice())
        names = Counter(row.unit for row in people if row.status == "expected")
        assert {row.name: row.own.expected for row in report.rows if row.own.expected} == dict(names)
        for parent in report.rows:
            below = sum(row.all.sat for row in report.rows if row.parent_id == parent.unit_id)
            assert parent.all.sat == parent.own.sat + below


@both_databases
def test_a_liaison_counts_own_units_and_nothing_else(app: Flask) -> None:
    with app.app_context(), db.transaction() as session:
        world = World(session)
        world.person(world.left, 95)
        world.person(world.section, 70)
        world.person(world.right, 50)
        report = world.report(scope=(world.left.path,))
        assert [row.name for row in report.rows] == ["办公室", "一科"]
        assert counts(report) == (2, 0, 0, 2, 2, 1)
        assert report.rows[0].branch.names == (world.top.name, "办公室")
        names = queries.people(session, world.exam.id, (world.left.path,), Choice(), Measure.SAT)
        assert {row.unit for row in names} == {"办公室", "一科"}
        for unit in (world.right, world.top):
            hidden = Choice(units=(str(unit.id),))
            with pytest.raises(NotFoundError):
                world.report(hidden, (world.left.path,))
            with pytest.raises(NotFoundError):
                queries.people(session, world.exam.id, (world.left.path,), hidden)
        assert world.report(scope=()).rows == ()


@both_databases
def test_units_can_be_chosen_with_or_without_what_lies_below(app: Flask) -> None:
    with app.app_context(), db.transaction() as session:
        world = World(session)
        world.person(world.left, 95)
        world.person(world.section, 70)
        world.person(world.right, 50)

        def names(*units: str) -> int:
            return len(queries.people(session, world.exam.id, ALL, Choice(units=units)))

        left, right = str(world.left.id), str(world.right.id)
        assert (names(left), names(left, right), names(f"{left}-own"), names(f"{left}-own", right)) == (2, 3, 1, 2)


@both_databases
def test_the_ledger_merges_make_ups_and_counts_people_once(app: Flask) -> None:
    with app.app_context(), db.transaction() as session:
        world = World(session)
        second = make_sitting(session, "下半年", kind="paper", opens_at=OPENS + timedelta(days=90),
                              closes_at=OPENS + timedelta(days=91))
        freeze_units(session, second, [world.top, world.left, world.section, world.right])
        diligent = world.person(world.left, 95)
        put_on_roster(session, second, world.left, diligent)
        give_result(session, second, diligent, Decimal("88.5"))
        absent = world.person(world.right, None, again="expected")
        put_on_roster(session, second, world.right, absent)
        world.person(world.right, 40, again="expected", second=60)
        found = year_queries.ledger(session, 2026, ALL)
        assert [row.exam.title for row in found.rows] == ["首考", "下半年"]
        assert (found.people, found.taken_part, found.not_yet) == (3, 2, 1)
        first = found.rows[0]
        assert (first.figures.expected, first.figures.sat, first.figures.passed) == (3, 2, 2)
        assert [(exam.title, figures.expected) for exam, figures in first.make_ups] == [("补考", 2)]
        assert found.rows[1].figures.mean == Decimal("88.50")
        assert [row.login for row in year_queries.not_yet(session, 2026, ALL)] == [absent.login]
        own = year_queries.ledger(session, 2026, (world.left.path,))
        assert (own.people, own.rows[0].figures.expected) == (1, 1)
        assert year_queries.not_yet(session, 2026, (world.left.path,)) == []


@both_databases
def test_the_ledger_agrees_with_the_report_of_each_exam(app: Flask) -> None:
    with app.app_context(), db.transaction() as session:
        bureau = make_bureau(session, seed=5)
        exam = make_sitting(session)
        bureau.put_in_exam(exam, mean=65)
        total = queries.exam_report(session, exam.id, ALL, Choice(), now()).total
        figures = year_queries.ledger(session, 2026, ALL).rows[0].figures
        for name in ("expected", "excused", "deferred", "sat", "passed", "excellent", "mean", "on_roster"):
            assert getattr(figures, name) == getattr(total, name)


def test_a_draft_has_no_report(app: Flask) -> None:
    with app.app_context(), db.transaction() as session:
        draft = make_sitting(session, state="draft")
        with pytest.raises(NotFoundError):
            queries.exam_report(session, draft.id, ALL, Choice(), now())
        assert exams.years(session) == []
