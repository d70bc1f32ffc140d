"""Taking a paper through pages and the save protocol."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from quizapp.db import db
from tests.builders.bank import SECRET
from tests.builders.exams import enrol, make_exam
from tests.builders.people import make_person, sign_in
from tests.web.attempts.conftest import TAB, Candidate, candidate_for, data_of


def test_the_home_shows_the_open_exam_with_its_rules(candidate: Candidate) -> None:
    page = candidate.get("/my-exams").get_data(as_text=True)
    for words in ("正在开放", "7 题，70 分", "90 分钟，一次答完", "30 分；优秀 50 分", "3 次，取最高分", "还没有成绩"):
        assert words in page


def test_starting_needs_one_tick(candidate: Candidate) -> None:
    refused = candidate.start(understood="")
    assert refused.status_code == 422
    assert "请先勾选" in refused.get_data(as_text=True)
    first = candidate.begin()
    assert candidate.begin() == first
    page = candidate.get("/my-exams").get_data(as_text=True)
    assert "继续作答" in page
    assert "7 题中已答 0 题" in page
    assert "继续作答" in candidate.get(f"/my-exams/{candidate.exam_id}").get_data(as_text=True)


def test_who_may_not_start_reads_why(app: Flask, exam_morning: time_machine.Traveller) -> None:
    candidate = candidate_for(app, ("single",))
    with app.app_context(), db.transaction() as session:
        excused = make_exam(session, ["single"])
        from quizapp.people.models import Person

        enrol(session, excused, session.get_one(Person, candidate.person_id), "excused", "产假")
        foreign = make_exam(session, ["single"], candidates=[make_person(session)]).id
        excused_id = excused.id
    page = candidate.get(f"/my-exams/{excused_id}")
    assert "免考" in page.get_data(as_text=True)
    assert "开始作答" not in page.get_data(as_text=True)
    assert candidate.start(excused_id, ticket=candidate.entry(excused_id)).status_code == 409
    assert "不需要参加" in candidate.get("/my-exams").get_data(as_text=True)
    assert candidate.get(f"/my-exams/{foreign}").status_code == 404
    assert candidate.start(foreign, ticket=candidate.entry(foreign)).status_code == 404


def test_the_paper_holds_every_type_and_no_secret(candidate: Candidate) -> None:
    page = candidate.get(candidate.begin()).get_data(as_text=True)
    for kind in ("single", "multiple", "true_false", "fill", "short"):
        assert f'data-kind="{kind}"' in page
    assert SECRET not in page
    assert "constitution-" not in page
    assert "示例法" not in page
    assert not re.search(r'name="a\d+"[^>]*value="[A-F]"', page)
    assert data_of(page)["answers"] == {}


def test_nothing_before_release_holds_a_secret(candidate: Candidate) -> None:
    paper = candidate.begin()
    pages = [
        candidate.get(paper), candidate.post_json(f"{paper}/claim", {"client_id": TAB}),
        candidate.save(paper, {"q": 1, "seq": 1, "response": ["1"]}, {"q": 2, "seq": 2, "response": ["99"]}),
        candidate.post_json(f"{paper}/take-over", {"client_id": "tab-two-0002"}),
        candidate.submit(paper, client_id="tab-two-0002"), candidate.get(f"{paper}/receipt"),
        candidate.get(f"{paper}/result"), candidate.get("/my-exams"),
        candidate.get(f"/my-exams/{candidate.exam_id}"),
    ]
    for answer in pages:
        text = answer.get_data(as_text=True)
        assert SECRET not in text
        assert "score" not in text.replace('class="score"', "")
    assert pages[6].status_code == 303
    assert "待公布" in pages[7].get_data(as_text=True)


def test_saves_come_back_with_the_page(candidate: Candidate) -> None:
    paper = candidate.begin()
    answer = candidate.save(paper, {"q": 1, "seq": 5, "response": ["2"], "flagged": True, "seen": True})
    body = answer.get_json()
    assert answer.status_code == 200
    assert [(ack["q"], ack["seq"], len(ack["hash"])) for ack in body["acks"]] == [(1, 5, 64)]
    assert {"server_time", "deadline", "saved_at"} <= body.keys()
    page = candidate.get(paper).get_data(as_text=True)
    assert data_of(page)["answers"]["1"] == {"seq": 5, "response": ["2"], "flagged": True, "seen": True}
    assert re.search(r'id="q1o2" value="2" checked', page)
    assert "已保存 09:00" in candidate.get("/my-exams").get_data(as_text=True)
    assert candidate.save(paper).get_json()["acks"] == []


def test_what_can_never_be_stored_is_said_in_words(candidate: Candidate) -> None:
    body = candidate.save(candidate.begin(), {"q": 1, "seq": 1, "response": ["99"]}).get_json()
    assert body["acks"] == []
    assert body["rejected"][0]["q"] == 1
    assert "没有选项" in body["rejected"][0]["error"]


@pytest.mark.parametrize("payload", ["text", [], {"client_id": TAB}, {"client_id": TAB, "epoch": 1, "saves": [{}]}])
def test_another_shape_is_refused(candidate: Candidate, payload: object) -> None:
    paper = candidate.begin()
    answer = candidate.post_json(f"{paper}/answers", payload)
    assert answer.status_code == 422
    assert answer.get_json()["error"]
    assert candidate.post_json(f"{paper}/claim", []).status_code == 422
    assert candidate.post_json(f"{paper}/submit", {"client_id": TAB, "manifest": []}).status_code == 422


@pytest.mark.parametrize("part", ["/answers", "/claim", "/take-over", "/submit"])
def test_every_post_needs_the_ticket_of_this_very_attempt(candidate: Candidate, part: str) -> None:
    paper, sent = candidate.begin(), {"client_id": TAB, "epoch": 1}
    other = candidate_for(candidate.client.application)
    foreign = other.ticket(other.begin())
    own = candidate.ticket(paper)
    for ticket, status in ((None, 422), ("", 422), (own[:-8] + "AAAAAAA=", 422), (own.swapcase(), 422), (foreign, 404)):
        assert candidate.client.post(paper + part, json=sent | {"ticket": ticket}).status_code == status
    assert other.client.post(paper + part, json=sent | {"ticket": own}).status_code == 404
    candidate.client.delete_cookie("quizapp")
    assert candidate.client.post(paper + part, json=sent | {"ticket": own}).status_code == 401


def test_the_button_of_the_start_needs_the_ticket_of_this_exam(candidate: Candidate) -> None:
    other = candidate_for(candidate.client.application)
    assert candidate.start(ticket="").status_code == 422
    assert candidate.start(ticket=candidate.entry(other.exam_id)).status_code == 422
    assert candidate.start(ticket=other.entry(candidate.exam_id)).status_code == 404


def test_another_tab_is_asked_to_take_over(candidate: Candidate) -> None:
    paper = candidate.begin()
    assert candidate.post_json(f"{paper}/claim", {"client_id": TAB}).get_json()["epoch"] == 1
    second = candidate.post_json(f"{paper}/claim", {"client_id": "tab-two-0002"})
    assert (second.status_code, second.get_json()["reason"]) == (409, "taken")
    taken = candidate.post_json(f"{paper}/take-over", {"client_id": "tab-two-0002"})
    assert taken.get_json()["epoch"] == 2
    old = candidate.save(paper, {"q": 1, "seq": 9, "response": ["1"]})
    assert (old.status_code, old.get_json()["reason"]) == (409, "taken")
    assert "另一台设备" in old.get_json()["error"]


def test_somebody_elses_attempt_is_not_there(app: Flask, candidate: Candidate) -> None:
    paper = candidate.begin()
    with app.app_context(), db.transaction() as session:
        stranger = make_person(session)
    with app.app_context():
        sign_in(candidate.client, stranger)
    assert candidate.get(paper).status_code == 404
    assert candidate.get(f"{paper}/receipt").status_code == 404
    assert candidate.get(f"{paper}/result").status_code == 404
    assert candidate.post_form(paper, save="1").status_code == 404
    assert candidate.save(paper, {"q": 1, "seq": 1, "response": ["1"]}).status_code == 404
    for part in ("/claim", "/take-over", "/submit"):
        assert candidate.post_json(paper + part, {"client_id": TAB}).status_code == 404


def test_handing_in_waits_for_missing_answers_and_gives_a_receipt(candidate: Candidate) -> None:
    paper = candidate.begin()
    candidate.save(paper, {"q": 1, "seq": 5, "response": ["1"]})
    early = candidate.submit(paper, manifest={"1": 5, "2": 6})
    assert (early.status_code, early.get_json()["missing"]) == (409, [2])
    done = candidate.submit(paper, manifest={"1": 5})
    assert done.status_code == 200
    assert candidate.submit(paper, manifest={"1": 5, "2": 6}).get_json() == done.get_json()
    page = candidate.get(done.get_json()["address"]).get_data(as_text=True)
    assert "7 题中答了 1 题" in page
    assert done.get_json()["receipt"][:4].upper() in page
    assert "考试结束后" in page
    assert candidate.get(paper).status_code == 303
    closed = candidate.save(paper, {"q": 1, "seq": 9, "response": ["2"]})
    assert (closed.status_code, closed.get_json()["reason"]) == (409, "closed")
    assert candidate.post_json(f"{paper}/claim", {"client_id": TAB}).get_json()["reason"] == "closed"


def test_opening_the_home_settles_what_ran_out_of_time(
    candidate: Candidate, exam_morning: time_machine.Traveller
) -> None:
    paper = candidate.begin()
    candidate.save(paper, {"q": 1, "seq": 5, "response": ["1"]})
    exam_morning.shift(timedelta(minutes=91))
    late = candidate.save(paper, {"q": 1, "seq": 6, "response": ["2"]})
    assert (late.status_code, late.get_json()["reason"]) == (409, "late")
    assert "待公布" in candidate.get("/my-exams").get_data(as_text=True)
    page = candidate.get(f"{paper}/receipt").get_data(as_text=True)
    assert "时间到，已自动交卷" in page
    assert "10:30" in page


def test_the_paper_works_as_a_plain_form(candidate: Candidate) -> None:
    paper = candidate.begin()
    page = candidate.get(paper).get_data(as_text=True)
    kinds = re.findall(r'data-number="(\d)" data-kind="(\w+)"', page)
    values = {"single": ["1"], "multiple": ["1", "3"], "true_false": ["true"], "fill": ["六十", "次日"], "short": ["听证"]}
    fields = {f"a{number}": values[kind] for number, kind in kinds}
    assert candidate.post_form(paper, save="1", **fields).status_code == 303
    answers = data_of(candidate.get(paper).get_data(as_text=True))["answers"]
    assert {n: a["response"] for n, a in answers.items()} == {n: values[k] for n, k in kinds}
    again = candidate.post_form(paper, submit="1", **fields)
    assert again.location.endswith("/receipt")
    assert "7 题中答了 7 题" in candidate.get(again.location).get_data(as_text=True)


def test_a_plain_form_that_does_not_fit_is_shown_again(candidate: Candidate) -> None:
    paper = candidate.begin()
    page = candidate.get(paper).get_data(as_text=True)
    number = re.search(r'data-number="(\d)" data-kind="single"', page)
    assert number is not None
    blanks = re.search(r'data-number="(\d)" data-kind="fill"', page)
    assert blanks is not None
    answer = candidate.post_form(paper, save="1", **{f"a{number[1]}": "9", f"a{blanks[1]}": ["", ""]})
    assert answer.status_code == 422
    assert "没有选项" in answer.get_data(as_text=True)


def test_a_plain_form_cannot_write_beside_another_tab(candidate: Candidate) -> None:
    paper = candidate.begin()
    page = candidate.get(paper).get_data(as_text=True)
    blanks = re.search(r'data-number="(\d)" data-kind="fill"', page)
    assert blanks is not None
    fields = {f"a{blanks[1]}": ["一", "二"]}
    candidate.post_json(f"{paper}/claim", {"client_id": TAB})
    refused = candidate.post_form(paper, save="1", **fields)
    assert refused.status_code == 409
    assert "在这台设备上继续" in refused.get_data(as_text=True)
    assert candidate.post_form(f"{paper}/continue-here").status_code == 303
    assert candidate.post_form(paper, save="1", **fields).status_code == 303


def test_pages_are_for_people_who_signed_in(app: Flask, candidate: Candidate) -> None:
    stranger = app.test_client()
    paper = candidate.begin()
    for address in ("/my-exams", f"/my-exams/{candidate.exam_id}", paper, f"{paper}/receipt", f"{paper}/result"):
        assert stranger.get(address).status_code == 303


def test_every_page_speaks_english_as_well(candidate: Candidate, after_close: Callable[[Candidate], None]) -> None:
    candidate.post_form("/language", language="en", next="/")
    paper = candidate.begin()
    shown = [candidate.get(a) for a in ("/my-exams", f"/my-exams/{candidate.exam_id}", paper)]
    candidate.submit(paper)
    shown.append(candidate.get(f"{paper}/receipt"))
    after_close(candidate)
    shown += [candidate.get("/my-exams"), candidate.get(f"{paper}/result")]
    for answer in shown:
        page = answer.get_data(as_text=True)
        assert answer.status_code == 200
        visible = re.sub(r"<script.*?</script>|<[^>]+>", " ", page, flags=re.S)
        for content in ("2026 年下半年学法用法线上考试", "中文", "沈砚秋", "清溪市机关事务管理局", "示例法", "第十二条第一款", SECRET):
            visible = visible.replace(content, "")
        left = set(re.findall(r"[\u4e00-\u9fff]+", visible))
        assert left <= CONTENT_WORDS, left - CONTENT_WORDS


CONTENT_WORDS = {
    "第", "号试题", "下列说法", "正确", "的是", "说法", "期限为", "日", "从", "起算", "简述听证的程序", "案例第一问",
    "案例第二问", "某局拟作出一项决定", "解析", "理由", "参考答案", "六十", "次日", "学法用法", "考试平台", "学法用法考试平台",
}
