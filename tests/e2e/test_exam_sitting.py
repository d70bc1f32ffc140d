"""The exam page and everything around the answers: other tabs, pauses, more time, wrong clocks, the sealed file."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Route, expect

from quizapp import clock
from quizapp.attempts.sealing import sealing_key
from tests.e2e.hall import (
    PHONE,
    Hall,
    Sitter,
    begin,
    choose,
    hand_in,
    number_of,
    ready,
    saved,
    show,
    singles,
    unsaved,
    until,
)

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]

# the device's own clock, moved by the test; the steady clock of the browser goes on as it is
OWN_CLOCK = "const real = Date.now; window.moved = %d * 3600000; Date.now = () => real() + window.moved;"


def look(page: Page) -> None:
    """What the page does when it comes back to the front: it asks the server how things stand."""
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


# ---------------------------------------------------------------- other tabs


def test_a_second_tab_takes_over_by_an_explicit_act(page: Page, sitter: Sitter) -> None:
    """The first one keeps what it has not saved on the device, turns read-only and says why."""
    asked = singles(sitter)
    choose(page, asked[0], 1)
    saved(page)
    page.route("**/answers", lambda route: route.abort())
    choose(page, asked[1], 1)
    unsaved(page, 1)

    second = page.context.new_page()
    second.goto(page.url)
    expect(second.locator("#taken")).to_contain_text("正在另一台设备或窗口进行")
    assert sitter.attempt().epoch == 1
    second.locator("#take-over").click()
    expect(second.locator("#taken")).to_be_hidden()
    saved(second)
    assert sitter.stored() == {asked[0]: ["1"], asked[1]: ["1"]}, "what the first tab had not sent is lost"
    assert sitter.attempt().epoch == 2
    choose(second, asked[2], 4)
    saved(second)

    page.unroute("**/answers")
    look(page)
    expect(page.locator("#banner")).to_contain_text("这里只能查看")
    expect(page.locator("#banner")).to_contain_text("已转到另一台设备或者窗口继续")
    show(page, asked[2])
    expect(page.locator(f"#q{asked[2]}o1")).to_be_disabled()
    assert sitter.stored()[asked[2]] == ["4"]
    assert hand_in(second) == "3"
    look(page)
    page.wait_for_timeout(300)
    assert sitter.attempt().state == "submitted"


def test_taking_over_again_from_the_banner(exam_hall: Hall, page: Page, sitter: Sitter) -> None:
    other = exam_hall.context(sitter).new_page()
    other.goto(page.url)
    other.locator("#take-over").click()
    ready(other)
    until(lambda: sitter.attempt().epoch == 2, "it was not taken over", page=other)
    choose(page, singles(sitter)[0], 3)
    expect(page.locator("#banner")).to_contain_text("这里只能查看")
    page.locator("#banner").get_by_role("button", name="在这台设备上继续").click()
    until(lambda: sitter.attempt().epoch == 3, "it was not taken back", page=page)
    saved(page)
    assert sitter.stored() == {singles(sitter)[0]: ["3"]}, "what was chosen before it knew is lost"


# ---------------------------------------------------------------- pauses and more time


def test_a_pause_locks_the_questions_and_stops_the_clock(exam_hall: Hall, sitter: Sitter) -> None:
    page = exam_hall.phone(sitter)
    page.clock.install()
    begin(page, sitter)
    asked = singles(sitter)

    def pause_before_the_answer(route: Route) -> None:
        # not earlier: the page asks how things stand by itself, and would lock before the answer is given
        if route.request.post_data_json["saves"]:
            sitter.change_exam(paused_at=clock.now() - timedelta(seconds=30), grace_seconds=0)
        route.continue_()

    page.route("**/answers", pause_before_the_answer)
    choose(page, asked[0], 2)
    banner = page.locator("#banner")
    expect(banner).to_contain_text("考试已暂停")
    page.unroute("**/answers")
    expect(banner).to_contain_text("题目暂不能作答")
    expect(page.locator("main")).to_contain_text("暂停期间不显示题目")
    expect(page.locator(".question:visible")).to_have_count(0)
    expect(page.locator(f"#q{asked[0]}o1")).to_be_disabled()
    expect(page.locator("#clock span")).to_have_text("暂停，不计时")
    unsaved(page, 1)
    assert sitter.stored() == {}
    frozen = page.locator("#clock b").inner_text()
    page.locator("nav [data-submit]").click()
    expect(page.locator("#submit-problem")).to_contain_text("考试已暂停")
    page.locator("#submit-sheet [data-close]").click()
    for _minute in range(5):
        page.clock.fast_forward("01:00")
    expect(page.locator("#clock b")).to_have_text(frozen)

    sitter.change(deadline_at=sitter.attempt().deadline_at + timedelta(minutes=5))
    sitter.change_exam(paused_at=None)
    page.clock.fast_forward("00:20")  # while it pauses, the page asks every fifteen seconds or so
    expect(banner).to_be_hidden(timeout=20_000)
    expect(page.locator("#note")).to_contain_text("考试继续")
    expect(page.locator("#note")).to_contain_text("暂停的时间已补足")
    saved(page)
    assert sitter.stored() == {asked[0]: ["2"]}
    choose(page, asked[1], 3)
    saved(page)
    assert hand_in(page) == "2"


def test_more_time_is_said_once(page: Page, sitter: Sitter) -> None:
    sitter.change(deadline_at=sitter.attempt().deadline_at + timedelta(minutes=10))
    look(page)
    note = page.locator("#note")
    expect(note).to_contain_text("监考人员已延长 10 分钟")
    expect(page.locator("#clock b")).to_have_text(re.compile("^(99|100) 分钟$"))
    expect(note).to_be_hidden(timeout=15_000)
    look(page)
    page.wait_for_timeout(500)
    expect(note).to_be_hidden()


def test_more_time_after_time_was_up_opens_the_paper_again(exam_hall: Hall) -> None:
    """The network failed, so the invigilator gave more time; the page had believed it over meanwhile."""
    (sitter,) = exam_hall.seat(grace_seconds=120)
    page = exam_hall.phone(sitter)
    begin(page, sitter)
    asked = singles(sitter)
    sitter.change(deadline_at=clock.now() + timedelta(seconds=10))
    choose(page, asked[0], 1)
    saved(page)
    page.context.set_offline(True)
    expect(page.locator("#banner")).to_contain_text("时间到", timeout=40_000)
    sitter.change(deadline_at=clock.now() + timedelta(minutes=30))
    page.context.set_offline(False)
    expect(page.locator("#note")).to_contain_text("已延长", timeout=20_000)
    choose(page, asked[1], 1)
    saved(page)
    assert sitter.attempt().state == "open"
    assert sitter.stored() == {asked[0]: ["1"], asked[1]: ["1"]}


# ---------------------------------------------------------------- clocks


def test_a_device_with_a_wrong_clock_shows_the_right_time(exam_hall: Hall, sitter: Sitter) -> None:
    page = exam_hall.phone(sitter)
    page.add_init_script(OWN_CLOCK % 5)
    begin(page, sitter)
    assert abs(page.evaluate("Date.now()") / 1000 - clock.now().timestamp() - 5 * 3600) < 60
    expect(page.locator("#clock b")).to_have_text(re.compile("^(89|90) 分钟$"))
    choose(page, singles(sitter)[0], 1)
    saved(page)
    seq = sitter.events()[-1].seq
    assert 0 < seq < 60_000, "numbered by the device's clock"


def test_setting_the_clock_in_the_middle_moves_nothing(exam_hall: Hall, sitter: Sitter) -> None:
    """The page notices, asks the server, and goes on; without a network it says that the time is to be checked."""
    page = exam_hall.phone(sitter)
    page.add_init_script(OWN_CLOCK % 0)
    begin(page, sitter)
    face, under = page.locator("#clock b"), page.locator("#clock span")
    with page.expect_response("**/answers"):
        page.evaluate("window.moved = 7200000")
    expect(face).to_have_text(re.compile("^(89|90) 分钟$"))
    expect(under).to_have_text(re.compile("到时交卷"))
    page.context.set_offline(True)
    expect(page.locator("#banner")).to_contain_text("网络已断开")
    page.evaluate("window.moved = -7200000")
    expect(under).to_have_text("联网后核对时间")
    expect(face).to_have_text(re.compile("^(89|90) 分钟$"))
    expect(page.locator("fieldset:visible input").first).to_be_enabled()
    choose(page, singles(sitter)[0], 1)
    page.context.set_offline(False)
    saved(page)
    expect(under).to_have_text(re.compile("到时交卷"))


# ---------------------------------------------------------------- the sealed file


def test_the_sealed_file_holds_every_answer_for_the_server_alone(exam_hall: Hall, sitter: Sitter) -> None:
    page = exam_hall.phone(sitter)
    page.clock.install()
    begin(page, sitter)
    asked, short = singles(sitter), number_of(sitter, "short")
    choose(page, asked[0], 1)
    saved(page)
    page.context.set_offline(True)
    choose(page, asked[1], 2)
    show(page, short)
    page.locator(f"#q{short} textarea").fill("先告知，再听证。")
    page.locator("#flag").click()
    unsaved(page, 2)
    quiet = page.locator("#card [data-seal] button")
    page.locator("#open-card").click()
    expect(quiet).to_be_visible()
    page.locator("#card .sheet-close").click()
    button = page.locator("#banner button", has_text="下载封存的作答文件")
    expect(button).to_be_hidden()
    page.clock.fast_forward("02:05")
    with page.expect_download() as waiting:
        button.click()
    file = waiting.value
    assert re.fullmatch(r"封存作答-\d{4}\.quizapp", file.suggested_filename)
    raw = Path(file.path()).read_bytes()
    assert "告知".encode() not in raw
    assert b"response" not in raw
    expect(page.locator("#note")).to_contain_text("已下载封存的作答文件")

    with exam_hall.app.app_context():
        inside = sealing_key().read(raw)
    attempt = sitter.attempt()
    assert (inside.attempt_id, inside.candidate_id) == (attempt.id, sitter.person_id)
    assert (inside.client_id, inside.epoch) == (attempt.client_id, attempt.epoch)
    saves = {save.number: save for save in inside.saves}
    assert saves[asked[0]].response == ["1"], "what was saved before belongs into the file as well"
    assert saves[asked[1]].response == ["2"]
    assert saves[short].response == ["先告知，再听证。"]
    assert saves[short].flagged
    assert sitter.stored() == {asked[0]: ["1"]}

    page.context.set_offline(False)  # it comes back after all
    page.clock.run_for(1_000)
    saved(page)
    assert set(sitter.stored()) == {asked[0], asked[1], short}


# ---------------------------------------------------------------- what is noted, and what is said about it


def test_what_is_noted_is_said_before_and_during(exam_hall: Hall, sitter: Sitter) -> None:
    page = exam_hall.context(sitter, **PHONE).new_page()
    page.goto(f"/my-exams/{sitter.exam_id}")
    expect(page.locator("main")).to_contain_text("作答时会记下什么")
    expect(page.locator("main")).to_contain_text("有没有问题由人判断")
    begin(page, sitter)
    page.locator("#open-help").click()
    expect(page.locator("#help")).to_contain_text("作答时会记下什么")
    expect(page.locator("#help")).to_contain_text("有没有问题由人判断")


def test_what_happens_beside_the_answers_is_noted(exam_hall: Hall, sitter: Sitter) -> None:
    """Out of sight for longer than a glance, without a network, on which device; no more than that."""
    page = exam_hall.phone(sitter)
    begin(page, sitter)
    hide, come_back = (f"""() => {{
      Object.defineProperty(document, "visibilityState", {{ value: "{state}", configurable: true }});
      document.dispatchEvent(new Event("visibilitychange"));
    }}""" for state in ("hidden", "visible"))
    page.evaluate(hide)
    page.wait_for_timeout(500)
    page.evaluate(come_back)  # a glance
    page.evaluate("window.dispatchEvent(new Event('blur'))")
    page.evaluate(hide)
    page.wait_for_timeout(3_600)
    page.evaluate(come_back)
    page.context.set_offline(True)
    expect(page.locator("#banner")).to_contain_text("网络已断开")
    page.wait_for_timeout(3_600)
    page.context.set_offline(False)
    until(lambda: {note.kind for note in sitter.notes()} == {"device", "hidden", "offline"}, "not all is noted", page=page)
    notes = {note.kind: note for note in sitter.notes()}
    assert len(sitter.notes()) == 3
    assert notes["hidden"].lasted in (3, 4, 5)
    assert (notes["offline"].lasted or 0) >= 3
    assert re.fullmatch(r"Chrome \d+ · Linux · 390×844", notes["device"].device)
    page.reload()
    ready(page)
    until(lambda: "resumed" in {note.kind for note in sitter.notes()}, "opening again is not noted", page=page)


# ---------------------------------------------------------------- for everybody


@pytest.mark.parametrize("width", [320, 390, 1440])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_state_is_accessible(exam_hall: Hall, sitter: Sitter, width: int, theme: str) -> None:
    """No violation of the rules of axe, and nothing that sticks out, in the states that other pages do not have."""
    page = exam_hall.context(sitter, viewport={"width": width, "height": 844}, color_scheme=theme).new_page()
    page.clock.install()
    begin(page, sitter)
    asked = singles(sitter)
    choose(page, asked[0], 1)
    saved(page)
    page.locator("#open-help").click()
    sound(page, "help")
    page.locator("#help [data-close]").click()
    page.context.set_offline(True)
    choose(page, asked[1], 1)
    unsaved(page, 1)
    page.clock.fast_forward("02:10")
    expect(page.locator("#banner button", has_text="下载封存的作答文件")).to_be_visible()
    sound(page, "offline")
    page.locator("nav [data-submit]").click()
    sound(page, "handing in without a network")
    page.locator("#submit-sheet [data-close]").click()
    page.context.set_offline(False)
    page.clock.run_for(1_000)
    saved(page)
    sitter.change_exam(paused_at=clock.now())
    look(page)
    expect(page.locator("#banner")).to_contain_text("考试已暂停")
    sound(page, "paused")
    sitter.change_exam(paused_at=None)
    page.clock.fast_forward("00:20")
    expect(page.locator("#note")).to_contain_text("考试继续")
    sitter.change(epoch=9, client_id="tab-somewhere-else")
    look(page)
    expect(page.locator("#banner")).to_contain_text("这里只能查看")
    sound(page, "taken")


def sound(page: Page, state: str) -> None:
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    assert not found, f"{state}: {[(one['id'], [node['html'][:90] for node in one['nodes']]) for one in found]}"
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), f"{state}: too wide"
