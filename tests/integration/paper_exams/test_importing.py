"""Registering results of an exam on paper, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from quizapp.db import db
from quizapp.exams import queries as exams
from quizapp.exams.models import Result
from quizapp.kernel.errors import ConflictError, InputError
from quizapp.paper_exams import queries, service
from quizapp.paper_exams.rules import COLUMNS
from quizapp.paper_exams.sheets import read_rows, template
from quizapp.reports.queries import exam as reports
from quizapp.reports.rules.report import Choice
from tests.builders.exams import OPENS, enrol
from tests.builders.people import make_person
from tests.builders.results import make_sitting
from tests.databases import both_databases

pytestmark = both_databases
AFTER = OPENS + timedelta(days=30)


@dataclass
class Sitting:
    """A paper exam with three people expected and one excused, and what an administrator does."""

    exam_id: int

    def write(self, *lines: tuple[str, str], now: datetime = AFTER) -> dict[str, Any]:
        rows = [list(COLUMNS), *([login, "", "", score, ""] for login, score in lines)]
        with db.transaction() as session:
            return service.import_results(session, exams.get(session, self.exam_id), rows, now=now)

    def scores(self) -> dict[str, Decimal | None]:
        return {one.login: one.score for one in queries.candidates(db.session(), self.exam_id)}


@pytest.fixture
def sitting(app: Flask) -> Iterator[Sitting]:
    with app.app_context():
        with db.transaction() as session:
            exam = make_sitting(session, "2026 年部门集中考法", kind="paper", opens_at=OPENS,
                                closes_at=OPENS + timedelta(hours=2))
            for login in ("0017", "0018", "=1+1"):
                enrol(session, exam, make_person(session, f"考生{login[-1]}", login=login))
            enrol(session, exam, make_person(session, "免考人", login="0020"), "excused", "长期病假")
        yield Sitting(exam.id)


def test_results_are_written_once(sitting: Sitting) -> None:
    assert sitting.write(("0017", "87.25"), ("0018", "缺考")) == {"0017": {"before": None, "after": Decimal("87.25")}}
    assert sitting.write(("0017", "87.25"), ("0018", "缺考")) == {}
    assert sitting.scores()["0017"] == Decimal("87.25")
    assert sitting.scores()["0018"] is None


def test_a_result_is_corrected_and_taken_back(sitting: Sitting) -> None:
    sitting.write(("0017", "50"), ("0018", "60"))
    changes = sitting.write(("0017", "55.5"), ("0018", "缺考"))
    assert changes == {"0017": {"before": Decimal(50), "after": Decimal("55.5")},
                       "0018": {"before": Decimal(60), "after": None}}
    assert sitting.scores()["0018"] is None


def test_one_wrong_row_and_nothing_is_written(sitting: Sitting) -> None:
    with pytest.raises(InputError, match="1 处错误"):
        sitting.write(("0017", "80"), ("0020", "80"))
    assert set(sitting.scores().values()) == {None}


def test_the_roster_is_checked_anew_when_it_is_written(sitting: Sitting) -> None:
    from quizapp.exams import service as setting_up

    with db.transaction() as session:
        person = next(row for row in exams.roster(session, sitting.exam_id) if row.login == "0017")
        setting_up.set_status(session, sitting.exam_id, person.candidate_id, "excused", "长期病假")
    with pytest.raises(InputError):
        sitting.write(("0017", "80"))


@pytest.mark.parametrize(("settings", "said"), [
    ({"kind": "online"}, "线上考试"), ({"state": "draft"}, "还没有发布"),
    (dict.fromkeys(("closes_at", "settles_at"), AFTER + timedelta(days=2)) | {"opens_at": AFTER + timedelta(days=1)}, "还没有开始"),
])
def test_when_nothing_can_be_registered(sitting: Sitting, settings: dict[str, Any], said: str) -> None:
    with db.transaction() as session:
        exam = exams.get(session, sitting.exam_id)
        for name, value in settings.items():
            setattr(exam, name, value)
    with pytest.raises(ConflictError) as caught:
        sitting.write(("0017", "80"))
    assert said in str(caught.value)


def test_the_template_comes_back_as_it_went_out(sitting: Sitting) -> None:
    sitting.write(("0017", "80"))
    rows = read_rows(template(queries.candidates(db.session(), sitting.exam_id)), "成绩表.xlsx")
    assert rows[0] == list(COLUMNS)
    assert {row[0] for row in rows[1:]} == {"0017", "0018", "'=1+1"}
    trial = service.trial(db.session(), exams.get(db.session(), sitting.exam_id), rows)
    assert trial.problems == ()
    assert trial.writes == []
    assert trial.without == 2


def test_an_exam_on_paper_enters_the_same_report(sitting: Sitting) -> None:
    sitting.write(("0017", "80"), ("0018", "59.99"))
    session = db.session()
    assert {row.source for row in session.query(Result)} == {"paper"}
    found = reports.exam_report(session, sitting.exam_id, ("/",), Choice(), AFTER, reports.published_exams(session))
    assert (found.total.expected, found.total.excused, found.total.sat, found.total.passed) == (3, 1, 2, 1)
