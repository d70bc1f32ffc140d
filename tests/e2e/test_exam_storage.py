"""What the exam page keeps in the browser: through reloads and crashes, for one person only, and not for long."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Error, Page, expect

from quizapp import clock
from tests.e2e.hall import (
    CUTTING,
    PHONE,
    Hall,
    Sitter,
    begin,
    choose,
    cut,
    hand_in,
    kept_on_device,
    mend,
    ready,
    rows,
    saved,
    show,
    singles,
    unsaved,
    until,
)

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]


@pytest.fixture
def page(exam_hall: Hall, sitter: Sitter) -> Page:
    made = exam_hall.phone(sitter)
    made.add_init_script(CUTTING)
    begin(made, sitter)
    return made


def test_a_reload_while_unsaved_sends_again_untouched(page: Page, sitter: Sitter) -> None:
    asked = singles(sitter)
    cut(page)
    for number in asked[:3]:
        choose(page, number, 2)
    unsaved(page, 3)
    page.reload()
    ready(page)
    expect(page.locator("#note")).to_contain_text("找回了 3 题上次没有保存的改动")
    expect(page.locator(f"#q{asked[0]}o2")).to_be_checked()
    unsaved(page, 3)
    assert sitter.stored() == {}
    mend(page)
    # nothing is touched from here on
    saved(page, timeout=60_000)
    assert sitter.stored() == {number: ["2"] for number in asked[:3]}
    until(lambda: not rows(page), "what was acknowledged stays on the device", page=page)


def test_a_reload_in_the_same_instant_loses_nothing(page: Page, sitter: Sitter) -> None:
    """The choice and the reload in one task of the browser, again and again, and no save ever gets through."""
    cut(page)
    asked = singles(sitter)
    for number in asked:
        show(page, number)
        with page.expect_navigation():
            page.evaluate("number => { document.getElementById(`q${number}o3`).click(); location.reload(); }", number)
        ready(page)
    checked = [number for number in asked if page.locator(f"#q{number}o3").is_checked()]
    assert checked == asked
    mend(page)
    saved(page, timeout=60_000)
    assert sitter.stored() == {number: ["3"] for number in asked}


def test_a_tab_that_crashes_is_picked_up_by_the_next(exam_hall: Hall, page: Page, sitter: Sitter) -> None:
    """The process of the tab dies right after a choice; a new tab of the browser goes on without being asked."""
    asked = singles(sitter)
    address = page.url
    cut(page)
    for number in asked[:4]:
        choose(page, number, 1)
    unsaved(page, 4)
    show(page, asked[4])
    page.evaluate("number => document.getElementById(`q${number}o1`).click()", asked[4])
    crash(page)  # a few milliseconds later
    again = page.context.new_page()
    again.goto(address)
    ready(again)
    saved(again, timeout=60_000)
    expect(again.locator("#taken")).to_be_hidden()
    assert sitter.stored() == {number: ["1"] for number in asked[:5]}
    assert hand_in(again) == "5"


def crash(page: Page) -> None:
    """The process of the tab dies; the command is never answered."""
    with page.expect_event("crash"), contextlib.suppress(Error):
        page.context.new_cdp_session(page).send("Page.crash", timeout=400)


@pytest.fixture
def own_browser(exam_hall: Hall, sitter: Sitter, tmp_path: Path) -> Iterator[OwnBrowser]:
    made = OwnBrowser(exam_hall, sitter, tmp_path / "profile")
    yield made
    made.kill()


class OwnBrowser:
    """A browser with a profile on disk, which can be killed and opened again."""

    def __init__(self, hall: Hall, sitter: Sitter, profile: Path) -> None:
        self.hall, self.sitter, self.profile = hall, sitter, profile
        self.context: BrowserContext | None = None

    def open(self) -> Page:
        self.context = self.hall.browser.browser_type.launch_persistent_context(
            str(self.profile), executable_path=self.hall.chromium, args=["--no-sandbox", "--disable-gpu"],
            base_url=self.hall.address, locale="zh-CN", reduced_motion="reduce", **PHONE,  # type: ignore[arg-type]
        )
        self.context.set_default_timeout(15_000)
        self.context.add_cookies([self.hall.cookie(self.sitter)])  # type: ignore[list-item]
        return self.context.pages[0]

    def kill(self) -> None:
        """Every process of this browser at once, with nothing said to it."""
        for pid in self._processes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        end = time.monotonic() + 10
        while self._processes() and time.monotonic() < end:
            time.sleep(0.05)

    def _processes(self) -> list[int]:
        mark = f"--user-data-dir={self.profile}".encode()
        found = []
        for entry in Path("/proc").iterdir():
            try:
                if entry.name.isdigit() and mark in (entry / "cmdline").read_bytes().split(b"\0"):
                    found.append(int(entry.name))
            except OSError:
                pass
        return found


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="finds the browser's processes in /proc")
def test_a_browser_that_is_killed_has_kept_everything(own_browser: OwnBrowser, sitter: Sitter) -> None:
    page = own_browser.open()
    address = begin(page, sitter)
    asked = singles(sitter)
    choose(page, asked[0], 4)
    saved(page)
    page.context.set_offline(True)
    for number in asked[1:5]:
        choose(page, number, 2)
    unsaved(page, 4)
    until(lambda: len(rows(page)) >= 4, "not on the device", page=page)
    own_browser.kill()

    page = own_browser.open()
    page.goto(f"{own_browser.hall.address}{address}")
    ready(page)
    saved(page, timeout=60_000)
    assert sitter.stored() == {asked[0]: ["4"]} | {number: ["2"] for number in asked[1:5]}
    assert hand_in(page) == "5"
    assert kept_on_device(page) == []


def test_two_people_in_one_browser_never_mix(exam_hall: Hall) -> None:
    """A library's computer: one leaves with unsaved answers, the next sits the same exam in the same profile."""
    first, second = exam_hall.seat(2)
    context = exam_hall.context(first)
    context.add_init_script(CUTTING)
    page = context.new_page()
    address = begin(page, first)
    cut(page)
    asked = singles(first)
    for number in asked[:3]:
        choose(page, number, 1)
    unsaved(page, 3)
    left = rows(page)
    assert {row["person"] for row in left} == {str(first.person_id)}
    assert not any("response" in str(row["text"]) for row in left), "an answer lies on the device in the clear"
    page.close()

    context.clear_cookies()
    context.add_cookies([exam_hall.cookie(second)])  # type: ignore[list-item]
    page = context.new_page()
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.post_data or "") if "/my/attempts/" in request.url else None)
    begin(page, second)
    expect(page.locator("#note")).to_be_hidden()
    choose(page, singles(second)[4], 2)
    saved(page)
    assert hand_in(page) == "1"
    told = [save for body in sent if body.startswith("{") for save in json.loads(body).get("saves", [])]
    assert {tuple(save["response"]) for save in told} <= {(), ("2",)}
    assert {one.get("person") for one in kept_on_device(page)} == {str(first.person_id)}
    assert second.stored() == {singles(second)[4]: ["2"]}
    assert first.stored() == {}
    page.close()

    context.clear_cookies()
    context.add_cookies([exam_hall.cookie(first)])  # type: ignore[list-item]
    page = context.new_page()
    page.goto(address)
    ready(page)
    saved(page, timeout=60_000)
    assert first.stored() == {number: ["1"] for number in asked[:3]}
    assert hand_in(page) == "3"
    assert kept_on_device(page) == []


def test_a_record_moved_to_another_question_does_not_open(page: Page, sitter: Sitter) -> None:
    """Somebody at the computer copies a sealed answer to another place: it is named, and not sent."""
    asked = singles(sitter)
    cut(page)
    choose(page, asked[0], 1)
    unsaved(page, 1)
    until(lambda: len(rows(page)) == 1, "not on the device", page=page)
    page.evaluate("""async (to) => {
      const database = await new Promise((resolve) => {
        const request = indexedDB.open("quizapp-outbox");
        request.onsuccess = () => resolve(request.result);
      });
      const store = database.transaction("sealed", "readwrite").objectStore("sealed");
      const [row] = await new Promise((resolve) => {
        const request = store.getAll();
        request.onsuccess = () => resolve(request.result);
      });
      await new Promise((resolve) => {
        store.put({ ...row, q: to }).onsuccess = resolve;
      });
      database.close();
    }""", asked[5])
    page.reload()
    ready(page)
    expect(page.locator("#note")).to_contain_text(f"请检查第 {asked[5]} 题")
    mend(page)
    saved(page, timeout=60_000)
    assert sitter.stored() == {asked[0]: ["1"]}


def test_leaving_with_unsaved_answers_asks_first(page: Page, sitter: Sitter) -> None:
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    cut(page)
    choose(page, singles(sitter)[0], 1)
    unsaved(page, 1)
    page.locator("#next").click()  # a browser asks only where somebody has done something
    page.close(run_before_unload=True)
    until(lambda: asked == ["beforeunload"], "the page went without a word", page=page)
    assert not page.is_closed()


def test_signing_out_sends_what_is_unsaved_and_leaves_nothing(page: Page, sitter: Sitter) -> None:
    asked = singles(sitter)
    cut(page)
    for number in asked[:2]:
        choose(page, number, 2)
    unsaved(page, 2)
    page.goto("/my-exams")
    assert len(rows(page)) == 2
    assert sitter.stored() == {}
    mend(page)
    page.get_by_role("button", name="退出").click()
    page.wait_for_url("**/sign-in")
    assert sitter.stored() == {number: ["2"] for number in asked[:2]}
    assert kept_on_device(page) == []


def test_signing_out_asks_before_something_is_lost(page: Page, sitter: Sitter) -> None:
    cut(page)
    choose(page, singles(sitter)[0], 2)
    unsaved(page, 1)
    page.goto("/my-exams")
    said: list[str] = []
    page.once("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
    page.get_by_role("button", name="退出").click()
    until(lambda: len(said) == 1, "nobody was asked", page=page)
    assert "还有 1 题没有送到服务器" in said[0]
    page.wait_for_timeout(300)
    assert page.url.endswith("/my-exams")
    assert len(rows(page)) == 1
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="退出").click()
    page.wait_for_url("**/sign-in")
    assert kept_on_device(page) == []


def test_what_comes_back_after_the_end_is_kept_as_evidence(page: Page, sitter: Sitter) -> None:
    """The telephone died in the middle and comes back when the exam is over."""
    asked = singles(sitter)
    choose(page, asked[0], 1)
    saved(page)
    address = page.url
    cut(page)
    choose(page, asked[1], 1)
    unsaved(page, 1)
    page.goto("about:blank")
    sitter.change(deadline_at=clock.now() - timedelta(minutes=5))
    mend(page)
    page.goto(address)
    page.wait_for_url("**/receipt")
    expect(page.locator("#leftover")).to_contain_text("1 题的改动到得太晚，不计入成绩")
    assert sitter.stored() == {asked[0]: ["1"]}
    assert [event.refused for event in sitter.events()].count("late") >= 1
    until(lambda: kept_on_device(page) == [], "something stays on the device", page=page)
