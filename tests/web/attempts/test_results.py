"""What a candidate reads after release, and nothing before."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from flask import Flask

from quizapp.attempts import queries, service
from quizapp.attempts.rules.layout import slots
from quizapp.attempts.rules.responses import shown
from quizapp.db import db
from quizapp.exams.models import Exam
from quizapp.papers import queries as papers
from quizapp.questions.rules.content import marking_key
from tests.builders.bank import SECRET
from tests.builders.exams import MARKED_BY_MACHINE
from tests.web.attempts.conftest import Candidate, attempt_id, candidate_for


def right_answers(app: Flask, candidate: Candidate, paper: str) -> list[dict[str, object]]:
    with app.app_context():
        attempt = queries.own(db.session(), candidate.person_id, attempt_id(paper))
        asked = {q.position: q.question for q in papers.questions_with_content(db.session(), attempt.form_id)}
        saves = []
        for slot in slots(attempt.layout):
            key = [k if isinstance(k, str) else k[0] for k in marking_key(asked[slot.position])]
            saves.append({"q": slot.number, "seq": slot.number, "response": shown(slot, key or ["听证"])})
        return saves


def sat(app: Flask, kinds: tuple[str, ...] = MARKED_BY_MACHINE, **settings: object) -> tuple[Candidate, str]:
    candidate = candidate_for(app, kinds, **settings)
    paper = candidate.begin()
    candidate.save(paper, *right_answers(app, candidate, paper))
    assert candidate.submit(paper).status_code == 200
    return candidate, paper


def test_after_close_the_marked_paper_gives_every_reason(
    app: Flask, exam_morning: time_machine.Traveller, after_close: Callable[[Candidate], None]
) -> None:
    candidate, paper = sat(app)
    assert candidate.get(f"{paper}/result").status_code == 303
    after_close(candidate)
    page = candidate.get(f"{paper}/result").get_data(as_text=True)
    for words in (SECRET, "示例法 第十二条第一款", "2021-01-01 版本", "优秀", "答案，你选了", "满分 60 分", "计入统计"):
        assert words in page
    assert 'href="/laws/示例法/2021-01-01/12"' in page
    home = candidate.get("/my-exams").get_data(as_text=True)
    assert "答卷与依据" in home
    assert "优秀" in home


def test_released_at_once_shows_at_once(app: Flask, exam_morning: time_machine.Traveller) -> None:
    candidate, paper = sat(app, release="at_once")
    assert "看成绩和答卷" in candidate.get(f"{paper}/receipt").get_data(as_text=True)
    assert "60" in candidate.get(f"{paper}/result").get_data(as_text=True)


def test_released_by_hand_waits_for_the_hand(
    app: Flask, exam_morning: time_machine.Traveller, after_close: Callable[[Candidate], None]
) -> None:
    candidate, paper = sat(app, release="manual")
    after_close(candidate)
    assert candidate.get(f"{paper}/result").status_code == 303
    assert "由考试管理员公布" in candidate.get("/my-exams").get_data(as_text=True)
    with app.app_context(), db.transaction() as session:
        exam = session.get_one(Exam, candidate.exam_id)
        exam.released_at = exam.closes_at
    assert candidate.get(f"{paper}/result").status_code == 200


def test_an_exam_may_keep_its_key(
    app: Flask, exam_morning: time_machine.Traveller, after_close: Callable[[Candidate], None]
) -> None:
    candidate, paper = sat(app, show_key=False)
    after_close(candidate)
    page = candidate.get(f"{paper}/result").get_data(as_text=True)
    assert "不公布答案" in page
    assert "满分 60 分" in page
    assert SECRET not in page


def test_short_answers_are_pending_until_marked(
    app: Flask, exam_morning: time_machine.Traveller, after_close: Callable[[Candidate], None]
) -> None:
    candidate, paper = sat(app, ("single", "short"))
    after_close(candidate)
    page = candidate.get(f"{paper}/result").get_data(as_text=True)
    assert "待评分" in page
    assert "待评分" in candidate.get("/my-exams").get_data(as_text=True)
    assert "总分还没有出来" in candidate.get(f"{paper}/receipt").get_data(as_text=True)
    with app.app_context(), db.transaction() as session:
        service.mark_answer(session, candidate.person_id, attempt_id(paper), 2, Decimal("8.5"))
    page = candidate.get(f"{paper}/result").get_data(as_text=True)
    assert "18.5" in page
    assert "部分得分" in page


@pytest.mark.parametrize(("rule", "counts"), [("best", "另一次"), ("last", "这次")])
def test_it_is_said_which_attempt_counts(
    app: Flask, exam_morning: time_machine.Traveller, after_close: Callable[[Candidate], None], rule: str, counts: str
) -> None:
    candidate, _first = sat(app, score_rule=rule)
    exam_morning.shift(timedelta(minutes=10))
    second = candidate.begin()
    candidate.submit(second)
    after_close(candidate)
    page = candidate.get(f"{second}/result").get_data(as_text=True)
    assert "未合格" in page
    assert counts in page


def test_who_stayed_away_reads_so(
    app: Flask, exam_morning: time_machine.Traveller, after_close: Callable[[Candidate], None]
) -> None:
    candidate = candidate_for(app, ("single",))
    after_close(candidate)
    page = candidate.get("/my-exams").get_data(as_text=True)
    assert "未参加" in page
    assert "没有正在开放的考试" in page


def test_a_command_settles_what_ran_out(app: Flask, exam_morning: time_machine.Traveller) -> None:
    candidate = candidate_for(app, ("single",))
    candidate.begin()
    exam_morning.shift(timedelta(minutes=91))
    run = app.test_cli_runner().invoke
    from quizapp.attempts.cli import exam

    assert run(exam, ["finish-overdue", "--dry-run"]).output.strip() == "1"
    assert run(exam, ["finish-overdue", "--json"]).output.strip() == '{"finished": 1, "dry_run": false}'
    assert run(exam, ["finish-overdue", "--exam", str(candidate.exam_id)]).output.strip() == "0"
