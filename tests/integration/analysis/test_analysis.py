"""The analysis of whole exams on both databases: the published data through the tables, and what a person is told."""

from __future__ import annotations

import random
from datetime import timedelta

import mirt
import numpy as np
import pytest
from flask import Flask

from quizapp import clock
from quizapp.analysis import service
from quizapp.analysis.facility import analysed_facility
from quizapp.analysis.measuring import analyse
from quizapp.analysis.models import ExamAnalysis, ItemStatistic
from quizapp.analysis.queries import stored
from quizapp.analysis.tasks import analyse_what_is_over
from quizapp.attempts.models import Answer, Attempt
from quizapp.attempts.service.files import AT_TAKING_OVER
from quizapp.db import db
from quizapp.exams.models import Exam
from quizapp.jobs.models import Job
from quizapp.papers.facility import facility_of
from quizapp.papers.models import Form
from quizapp.questions.models import ItemVersion
from tests.builders.exams import CLOSES, OPENS, make_exam
from tests.builders.sat import Given, lsat6, sit
from tests.databases import both_databases

AFTER = CLOSES + timedelta(hours=1)


def right_or_wrong(paper, seconds=None):
    """Single choice with B for its key."""
    return {n: Given(["B"], 10, seconds) if one else Given(["C"], 0, seconds) for n, one in enumerate(paper, 1)}


def forms_of(session, exam):
    return [form.id for form in session.query(Form).filter_by(blueprint_id=exam.blueprint_id).order_by(Form.number)]


@both_databases
def test_published_data_through_the_tables(app: Flask) -> None:
    """LSAT section 6: classical statistics as mirt.traditional has them, to 1e-6; item response theory as the R package
    ltm prints it, which is another program of other people."""
    with app.app_context(), db.transaction() as session:
        exam = make_exam(session, ["single"] * 5)
        sit(session, exam, forms_of(session, exam)[0], [right_or_wrong(paper) for paper in lsat6()])
        found = analyse(session, exam)
    reference = mirt.traditional(np.array(lsat6()))
    assert (found.people, found.waiting, found.timed) == (1000, 0, 0)
    assert found.forms[0].alpha == pytest.approx(reference.alpha, abs=1e-6)
    assert found.forms[0].is_kr20
    assert found.forms[0].share == pytest.approx(0.7638)
    for n, one in enumerate(found.questions):
        assert one.statistics.facility == pytest.approx(reference.difficulty[n], abs=1e-6)
        assert one.statistics.item_rest == pytest.approx(reference.discrimination[n], abs=1e-6)
        assert one.timed.people == 0
        assert one.timed.seconds is None
    estimates = [one.estimate for one in found.questions]
    assert {one.model for one in estimates} == {"2pl"}
    # ltm(LSAT ~ z1), as published with the package
    assert [one.location for one in estimates] == pytest.approx([-3.3597, -1.3696, -0.2799, -1.8659, -3.1236], abs=0.02)
    assert [one.slope for one in estimates] == pytest.approx([0.8254, 0.7229, 0.8905, 0.6886, 0.6575], abs=0.01)
    for one in found.questions:
        assert one.estimate.expected == pytest.approx(one.statistics.facility, abs=0.01)


@both_databases
def test_options_are_counted_by_their_ids_over_all_forms(app: Flask) -> None:
    """Every kind of question, two forms, repeaters, papers without marks: counted by hand."""
    chance = random.Random(3)  # noqa: S311
    with app.app_context(), db.transaction() as session:
        exam = make_exam(session, ["single", "multiple", "true_false", "fill", "short", "case"], forms=2)
        rows = {1: [], 2: []}
        for form in (1, 2):
            for _n in range(40):
                rows[form].append({
                    1: Given([chance.choice("ABCD")], chance.choice([0, 10])),
                    2: Given(sorted(chance.sample("ABCD", 2)), chance.choice([0, 10])),
                    3: Given([chance.choice(["true", "false"])], chance.choice([0, 10])),
                    4: Given(["六十", "次日"], chance.choice([0, 5, 10])), 5: Given(["要听证"], chance.choice([0, 4, 7])),
                    6: Given([], 0), 7: Given([chance.choice(["true", "false"])], chance.choice([0, 10])),
                })
        first, second = forms_of(session, exam)
        sit(session, exam, first, rows[1])
        sit(session, exam, second, rows[2], first_person=101)
        # whoever sits again knows questions, and who has no marks yet has no score
        sit(session, exam, second, rows[1][:10], number=2)
        sit(session, exam, first, rows[1][:3], first_person=301, needs_marking=True, score=None)
        found = analyse(session, exam)
        versions = session.query(ItemVersion).order_by(ItemVersion.id).all()
    assert (found.people, found.waiting) == (80, 3)
    assert [(form.number, form.people, form.questions) for form in found.forms] == [(1, 40, 7), (2, 40, 7)]
    for form in (1, 2):
        x = np.array([[float(paper[n].score) for n in range(1, 8)] for paper in rows[form]])
        covariance = np.cov(x, rowvar=False)
        assert found.forms[form - 1].alpha == pytest.approx(7 / 6 * (1 - np.trace(covariance) / covariance.sum()), abs=1e-6)
        by_name = {one.name: one for one in found.questions}
        multiple = by_name[versions[6 * (form - 1) + 1].id, 0].statistics
        total = x.sum(axis=1)
        best = total >= np.sort(total)[::-1][13]  # the third of 40 people is complete with the 14th
        chosen = [set(paper[2].response) for paper, good in zip(rows[form], best, strict=True) if good]
        for option in "ABCD":
            share = sum(option in one for one in chosen) / len(chosen)
            assert multiple.groups[-1].choices.get(option, 0.0) == pytest.approx(share)
        assert multiple.item_rest == pytest.approx(np.corrcoef(x[:, 1], total - x[:, 1])[0, 1], abs=1e-6)
        assert by_name[versions[6 * (form - 1) + 5].id, 1].statistics.omitted == 1
        assert by_name[versions[6 * (form - 1) + 4].id, 0].statistics.groups[-1].choices == {}
        assert by_name[versions[6 * (form - 1) + 4].id, 0].statistics.omitted == 0


def taught(session, exam, people=120, *, seed=5):
    """People of different strength on single choices; the third question has a wrong key: the strong choose D."""
    chance = random.Random(seed)  # noqa: S311
    papers, started = [], []
    for n in range(people):
        strength = chance.gauss(0, 1)
        answers = [chance.random() < 1 / (1 + np.exp(-(1.5 * strength + 1))) for _q in range(8)]
        paper = right_or_wrong(answers, 40)
        paper[3] = Given(["D"], 0, 40) if answers[2] else Given(["B"], 10, 40)
        late = n >= people // 2
        paper[8] = Given(["B"], 10, 3) if late else Given(["C"], 0, 30)
        papers.append(paper)
        started.append(OPENS + timedelta(days=5 if late else 1))
    sit(session, exam, forms_of(session, exam)[0], papers, started=started)


@both_databases
def test_what_a_person_is_told(app: Flask) -> None:
    with app.app_context():
        with db.transaction() as session:
            exam = make_exam(session, ["single"] * 8)
            taught(session, exam)
            found = analyse(session, exam)
            service.keep(session, exam.id, found, began=AFTER, now=AFTER)
            exam_id = exam.id
        rows = {row.statistic.item_version_id: row.statistic for row in stored.questions(db.session(), exam_id)}
        third, last = list(rows)[2], list(rows)[7]
        assert [flag["code"] for flag in rows[third].flags][:2] == ["key_wrong", "negative"]
        assert rows[third].flags[0]["option"] == "D"
        assert rows[third].flags[0]["share"] > 0.6
        assert {note["sign"] for note in rows[last].notes} == {"rise", "quick"}
        assert rows[last].notes[0]["before"] == 0
        assert rows[last].notes[0]["after"] == 1
        assert all(not rows[version].notes for version in rows if version != last)
        assert {row.timed for row in rows.values()} == {120}
        assert rows[third].seconds == 40
        assert all(row.model == "" for row in rows.values())  # 120 answers are too few for item response theory


@both_databases
def test_it_is_made_when_the_exam_is_over_and_made_anew_when_wanted(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    with app.app_context():
        with db.transaction() as session:
            exam_id = make_exam(session, ["single"] * 3).id
            empty = make_exam(session, ["single"], title="没有人参加的考试").id
            exam = session.get_one(Exam, exam_id)
            form = forms_of(session, exam)[0]
            people = sit(session, exam, form, [right_or_wrong([n % 2, n % 3, 1]) for n in range(40)])
        monkeypatch.setattr(clock, "now", lambda: CLOSES - timedelta(hours=1))
        analyse_what_is_over()
        assert db.session().query(ExamAnalysis).count() == 0
        monkeypatch.setattr(clock, "now", lambda: AFTER)
        analyse_what_is_over()
        analyse_what_is_over()
        assert [job.state for job in db.session().query(Job)] == ["done"]
        assert (stored.analysis(db.session(), exam_id).state, stored.analysis(db.session(), empty)) == ("done", None)
        assert db.session().query(ItemStatistic).filter_by(exam_id=exam_id).count() == 3
        before = {row.item_version_id: row.facility for row in db.session().query(ItemStatistic)}

        # a regrade of one question: the mark that it writes is seen, and nothing is left of what was
        with db.transaction() as session:
            for attempt_id in people:
                session.query(Answer).filter_by(attempt_id=attempt_id, position=3).update({"score": 0})
                attempt = session.query(Attempt).filter_by(id=attempt_id).one()
                attempt.score -= 10
            service.want(session, exam_id, now=AFTER)
        analyse_what_is_over()
        after = {row.item_version_id: row.facility for row in db.session().query(ItemStatistic)}
        assert list(before.values())[2] == 1
        assert list(after.values()) == [*list(before.values())[:2], 0]


@both_databases
def test_the_making_of_forms_reads_it(app: Flask) -> None:
    with app.app_context(), db.transaction() as session:
        exam = make_exam(session, ["single"] * 5)
        sit(session, exam, forms_of(session, exam)[0], [right_or_wrong(paper) for paper in lsat6()])
        found = analyse(session, exam)
        service.keep(session, exam.id, found, began=AFTER, now=AFTER)
        items = [version.item_id for version in session.query(ItemVersion).order_by(ItemVersion.id)]
        known = analysed_facility(session, items)
        assert known == {item: pytest.approx(one.estimate.expected) for item, one in zip(items, found.questions, strict=True)}
        assert facility_of(session, items) == known  # it has the last word over plain counts
        assert analysed_facility(session, items[:1]).keys() == {items[0]}


def test_whoever_changes_something_meanwhile_is_not_overlooked(app: Flask) -> None:
    with app.app_context(), db.transaction() as session:
        exam = make_exam(session, ["single"])
        sit(session, exam, forms_of(session, exam)[0], [right_or_wrong([1])] * 5)
        service.take_up(session, exam.id, now=AFTER)
        assert service.take_up(session, exam.id, now=AFTER) is None  # somebody has it
        found = analyse(session, exam)
        service.want(session, exam.id, now=AFTER + timedelta(minutes=2))
        service.keep(session, exam.id, found, began=AFTER + timedelta(minutes=1), now=AFTER + timedelta(minutes=3))
        assert stored.analysis(session, exam.id).state == "wanted"

        service.keep(session, exam.id, found, began=AFTER + timedelta(minutes=4), now=AFTER + timedelta(minutes=5))
        assert stored.analysis(session, exam.id).state == "done"
        # answers out of a sealed file that two people take in later
        for act in AT_TAKING_OVER:
            act(session, session.query(Attempt).first(), [1])
        assert stored.analysis(session, exam.id).state == "wanted"
