"""The exam page on a bad network: nothing that was answered is lost, and nothing is stored twice."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.hall import (
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

SAVES = "**/answers"


def hold_answers(page: Page) -> list[Route]:
    """Requests that carry answers are held. What a page that has just been opened still asks, or tells of questions that
    were only looked at, passes."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        if any(save["response"] for save in (route.request.post_data_json or {}).get("saves", [])):
            held.append(route)
        else:
            route.continue_()

    page.route(SAVES, hold)
    return held


def test_ten_minutes_without_a_network(exam_hall: Hall, sitter: Sitter) -> None:
    """The network is really gone; the ten minutes are the browser's timers put forward, a minute at a time."""
    page = exam_hall.phone(sitter)
    page.clock.install()
    begin(page, sitter)
    asked = singles(sitter)
    for number in asked[:3]:
        choose(page, number, 1)
    saved(page)

    tries: list[str] = []
    page.on("request", lambda request: tries.append(request.url))
    page.context.set_offline(True)
    for number in asked[3:]:
        choose(page, number, 2)
    page.locator("#flag").click()
    expect(page.locator("#banner")).to_contain_text("网络已断开")
    expect(page.locator("#banner")).to_contain_text("可以继续作答")
    unsaved(page, len(asked) - 3)
    for minute in range(1, 11):
        before = len(tries)
        page.clock.fast_forward("01:00")
        until(lambda before=before: len(tries) > before, "no further try within a minute", 20, page)  # type: ignore[misc]
        if minute == 1:
            expect(page.locator("#banner button:visible")).to_have_count(0)
    expect(page.locator("#banner button", has_text="下载封存的作答文件")).to_be_visible()
    expect(page.locator("#clock b")).to_have_text(re.compile("^(79|80) 分钟$"))
    assert set(sitter.stored()) == set(asked[:3])

    page.context.set_offline(False)
    page.clock.run_for(1_000)
    saved(page)
    expect(page.locator("#banner")).to_contain_text("网络已恢复")
    # the ten minutes were never true, and the server's clock says so
    expect(page.locator("#clock b")).to_have_text(re.compile("^(89|90) 分钟$"))
    assert sitter.stored() == {n: ["1"] for n in asked[:3]} | {n: ["2"] for n in asked[3:]}
    assert hand_in(page) == str(len(asked))


def test_tries_again_less_and_less_often(page: Page, sitter: Sitter) -> None:
    """No server: waits double up to half a minute, each by chance between nothing and that much."""
    page.evaluate("""() => {
      window.waits = [];
      const real = window.setTimeout;
      window.setTimeout = (act, wait, ...rest) => { if (wait !== 15000) waits.push(wait); return real(act, Math.min(wait ?? 0, 5), ...rest); };
      Math.random = () => 1;
    }""")
    page.route(SAVES, lambda route: route.abort())
    choose(page, singles(sitter)[0], 1)
    until(lambda: page.evaluate("waits.filter((wait) => wait === 30000).length") >= 2, "the waits never grow", page=page)
    grown = page.evaluate("waits.filter((wait) => wait >= 1000 && wait <= 30000)")
    assert grown[:7] == [1000, 2000, 4000, 8000, 16000, 30000, 30000]


def test_errors_of_the_server_lose_nothing(page: Page, sitter: Sitter) -> None:
    """Half of the saves end in an error, before or after the server has stored them."""
    failures = iter([500, 503, 502, 500, 503, 500])

    def fail(route: Route) -> None:
        status = next(failures, None)
        if status is None:
            route.continue_()
            return
        if status == 500:
            route.fetch()  # stored, and then the answer goes wrong
        route.fulfill(status=status, body="<html>Bad gateway</html>", content_type="text/html")

    page.route(SAVES, fail)
    asked = singles(sitter)
    for place, number in enumerate(asked):
        choose(page, number, place % 4 + 1)
    saved(page, timeout=60_000)
    assert next(failures, None) is None, "not every failure was met"
    assert sitter.stored() == {number: [str(place % 4 + 1)] for place, number in enumerate(asked)}
    assert hand_in(page) == str(len(asked))


def test_a_page_that_lets_go_before_the_acknowledgement_is_found_out(exam_hall: Hall, sitter: Sitter) -> None:
    """The mistake of others, put into the script that is shipped: one failure of the server and the answer is gone.
    So the tests around this one can fail."""
    sent: list[int] = []

    def hasty(route: Route) -> None:
        whole = route.fetch()
        script, place = whole.text(), "  #post(batch, options) {\n"
        assert script.count(place) == 1
        route.fulfill(response=whole, body=script.replace(
            place, f"{place}    for (const {{ q, seq }} of batch) this.#outbox.acknowledge(q, seq);\n"))

    def fail_once(route: Route) -> None:
        answers = [save for save in (route.request.post_data_json or {}).get("saves", []) if save["response"]]
        sent.append(len(answers))
        if answers:
            route.fulfill(status=503, body="")
        else:
            route.continue_()

    page = exam_hall.phone(sitter)
    page.route("**/exam-sync.js*", hasty)
    begin(page, sitter)
    page.route(SAVES, fail_once)
    choose(page, singles(sitter)[0], 2)
    until(lambda: 1 in sent and sent[-1] == 0, "nothing was tried again", page=page)
    saved(page)
    assert sent.count(1) == 1
    assert sitter.stored() == {}


def test_the_server_is_named_when_it_is_the_server(page: Page, sitter: Sitter) -> None:
    page.route(SAVES, lambda route: route.fulfill(status=503, json={"error": "数据库暂时没有应答"}))
    choose(page, singles(sitter)[0], 1)
    unsaved(page, 1)
    expect(page.locator("#banner")).to_contain_text("服务器暂时没有应答", timeout=30_000)
    expect(page.locator("#banner")).to_contain_text("可以继续作答")
    page.unroute(SAVES)
    saved(page, timeout=60_000)


def test_dropped_answers_are_asked_for_again(page: Page, sitter: Sitter) -> None:
    """The server stores, the browser never hears of it: the same sequence goes again and changes nothing."""
    seen: list[tuple[int, int]] = []
    dropped = 0

    def drop(route: Route) -> None:
        nonlocal dropped
        sent = (route.request.post_data_json or {}).get("saves", [])
        seen.extend((save["q"], save["seq"]) for save in sent)
        if dropped < 4 and sent:
            dropped += 1
            assert route.fetch().status == 200
            route.abort()
        else:
            route.continue_()

    page.route(SAVES, drop)
    asked = singles(sitter)
    for number in asked[:6]:
        choose(page, number, 3)
    saved(page, timeout=60_000)
    assert dropped == 4
    assert len(seen) > len(set(seen)), "nothing was sent twice"
    written = [event.seq for event in sitter.events()]
    assert sorted(written) == sorted(set(written)), "a save that came twice was written down twice"
    assert {seq for _q, seq in seen} <= set(written)
    assert sitter.stored() == {number: ["3"] for number in asked[:6]}
    assert hand_in(page) == "6"


def test_somebody_elses_page_is_no_answer(page: Page, sitter: Sitter) -> None:
    """A hotel's network answers everything with its own page."""
    page.route(SAVES, lambda route: route.fulfill(status=200, body="<html>Welcome</html>", content_type="text/html"))
    choose(page, singles(sitter)[0], 2)
    expect(page.locator("#banner")).to_contain_text("网络已断开")
    unsaved(page, 1)
    page.unroute(SAVES)
    saved(page, timeout=60_000)
    assert list(sitter.stored().values()) == [["2"]]


def test_an_answer_from_before_is_no_sign_that_the_network_is_back(page: Page, sitter: Sitter) -> None:
    """The browser says that the network is gone while an answer is still on its way."""
    held = hold_answers(page)
    choose(page, singles(sitter)[0], 1)
    until(lambda: len(held) == 1, "nothing was sent", page=page)
    page.evaluate("window.dispatchEvent(new Event('offline'))")
    held[0].continue_()
    until(lambda: bool(sitter.stored()), "it did not arrive", page=page)
    expect(page.locator("#save-state")).to_have_text("网络已断开")
    expect(page.locator("#banner")).to_contain_text("网络已断开")
    page.unroute(SAVES)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    saved(page)


def test_a_change_during_a_save_waits_for_its_own_acknowledgement(page: Page, sitter: Sitter) -> None:
    """The acknowledgement of the first choice is not taken for one of the second."""
    held = hold_answers(page)
    number = singles(sitter)[0]
    choose(page, number, 1)
    until(lambda: len(held) == 1, "nothing was sent", page=page)
    page.locator(f"#q{number}o4").click(force=True)
    held[0].continue_()
    until(lambda: len(held) == 2, "the second choice was not sent", page=page)
    assert sitter.stored() == {number: ["1"]}
    assert [save["response"] for save in held[1].request.post_data_json["saves"]] == [["4"]]
    expect(page.locator("#save-state")).to_have_text("保存中")
    held[1].abort()
    unsaved(page, 1)
    until(lambda: len(held) == 3, "it was not tried again", page=page)
    held[2].continue_()
    saved(page)
    assert sitter.stored() == {number: ["4"]}


def test_words_being_typed_are_kept(page: Page, sitter: Sitter) -> None:
    number = number_of(sitter, "short")
    show(page, number)
    page.locator(f"#q{number} textarea").fill("先告知，再听证，最后决定。")
    page.locator("#previous").click()
    saved(page)
    assert sitter.stored()[number] == ["先告知，再听证，最后决定。"]


def test_signed_out_and_back_again(exam_hall: Hall, page: Page, sitter: Sitter) -> None:
    asked = singles(sitter)
    page.context.clear_cookies()
    choose(page, asked[0], 2)
    banner = page.locator("#banner")
    expect(banner).to_contain_text("登录已失效")
    choose(page, asked[1], 3)
    unsaved(page, 2)
    banner.get_by_role("button", name="重新登录").click()
    page.wait_for_url("**/sign-in?next=**")
    page.context.add_cookies([exam_hall.cookie(sitter)])  # type: ignore[list-item]
    page.reload()  # signed in: the sign-in page leads on to where one was
    ready(page)
    saved(page)
    assert sitter.stored() == {asked[0]: ["2"], asked[1]: ["3"]}


def test_time_runs_out_without_a_network(exam_hall: Hall) -> None:
    """What was answered in time but arrives too late is kept as evidence, not counted, and the candidate is told."""
    (sitter,) = exam_hall.seat(grace_seconds=0)
    page = exam_hall.phone(sitter)
    begin(page, sitter)
    asked = singles(sitter)
    choose(page, asked[0], 1)
    saved(page)
    _ends_in(sitter, 10)
    choose(page, asked[1], 1)
    saved(page)
    page.context.set_offline(True)
    choose(page, asked[2], 1)
    banner = page.locator("#banner")
    expect(banner).to_contain_text("时间到", timeout=40_000)
    expect(page.locator(f"#q{asked[2]}o2")).to_be_disabled()
    expect(banner).to_contain_text("联网后自动交卷", timeout=20_000)
    expect(banner).to_contain_text("还有 1 题没有保存")
    expect(banner.get_by_role("button", name="下载封存的作答文件")).to_be_visible()
    page.context.set_offline(False)
    expect(banner).to_contain_text("1 题的改动到得太晚，不计入成绩", timeout=30_000)
    banner.get_by_role("button", name="看交卷回执").click()
    page.wait_for_url("**/receipt")
    assert set(sitter.stored()) == set(asked[:2])
    late = [event for event in sitter.events() if event.refused == "late"]
    assert len(late) == 1
    assert sitter.attempt().state == "expired"


def test_time_runs_out_and_the_page_hands_in_by_itself(exam_hall: Hall, sitter: Sitter, page: Page) -> None:
    asked = singles(sitter)
    _ends_in(sitter, 12)
    choose(page, asked[0], 4)
    saved(page)
    expect(page.locator("#clock b")).to_have_text(re.compile(r"^0:[01]\d$"))
    choose(page, asked[1], 4)
    page.wait_for_url("**/receipt", timeout=60_000)
    assert sitter.stored() == {asked[0]: ["4"], asked[1]: ["4"]}
    assert sitter.attempt().state in ("submitted", "expired")


def _ends_in(sitter: Sitter, seconds: int) -> None:
    from datetime import timedelta

    from quizapp import clock

    sitter.change(deadline_at=clock.now() + timedelta(seconds=seconds))
    time.sleep(0.05)
