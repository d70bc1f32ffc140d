"""Papers answered: one that is under way, one handed in at length, what the page notes meanwhile."""

from __future__ import annotations

import json
from typing import Any

from playwright.sync_api import Page

from tests.e2e.demo.site import (
    AUDITOR,
    CANDIDATE,
    EDITOR,
    LIAISON,
    REVIEWER,
    SYSTEM,
    DemoSite,
    acting,
    first_link,
    path_of,
)


def take_exams(site: DemoSite) -> None:
    """What the candidate has behind them; an exam under way for the first who may still start one."""
    with acting(site, CANDIDATE) as page:
        page.goto("/my-exams")
        site.made["result"] = first_link(page, "/my/attempts/", lambda path: path.endswith("/result"))
        site.made["receipt"] = site.made["result"].replace("/result", "/receipt")
        site.made["begin"] = site.made["running"].replace("/exams/", "/my-exams/")
    for login in (REVIEWER, EDITOR, SYSTEM, AUDITOR, LIAISON):
        with acting(site, login) as page:
            page.goto(site.made["begin"])
            if page.locator("#understood").count() == 0:
                continue
            site.made["take"], site.made["sitter"] = start(page), login
            answer_some(page)
            return
    raise AssertionError("nobody of the named accounts may start the running exam")


def begin(page: Page, exam: str) -> str:
    """Start an exam; the path of the paper."""
    page.goto(exam.replace("/exams/", "/my-exams/"))
    return start(page)


def start(page: Page) -> str:
    """From the rules, which are open, to the first question; the path of the paper."""
    page.locator("label[for=understood]").click()
    page.get_by_role("button", name="开始作答").click()
    page.wait_for_url("**/my/attempts/*")
    page.locator("body.live").wait_for()
    return path_of(page)


def answer_some(page: Page) -> None:
    """The first questions: some answered, one flagged, one seen and left open; the last of them stays open to view."""
    for number in range(1, 7):
        if number != 4:
            page.locator("fieldset:visible .option input").nth(number % 3).click()
        if number == 3:
            page.locator("#flag").click()
        if number < 6:
            page.locator("#next").click()
    page.locator("#save-state", has_text="已保存").wait_for()


def answer_at_length(site: DemoSite) -> None:
    with acting(site, CANDIDATE) as page:
        begin(page, site.made["short"])
        note_something(page)
        for number in (1, 2):
            page.locator(f"#q{number} textarea").fill("应当先查明权属和用途，再按规定的程序报批，并把依据和理由写进记录。")
            if number == 1:
                page.locator("#next").click()
        page.locator("#save-state", has_text="已保存").wait_for()
        page.locator("nav [data-submit]").click()
        page.locator("#confirm-submit").click()
        page.wait_for_url("**/receipt")
        site.made["kept"] = path_of(page)
        site.made["promised"] = site.made["short"].replace("/exams/", "/commitments/")
        site.made["noted"] = site.made["kept"].replace("/receipt", "/notes")
        site.made["note"] = f"{site.made['short']}/notes/{site.made['kept'].split('/')[3]}"


def note_something(page: Page) -> None:
    """What the page sends by itself when it has been out of sight and without a network for a while."""
    data = exam_data(page)
    notes = [{"kind": "hidden", "lasted": 12}, {"kind": "hidden", "lasted": 185}, {"kind": "offline", "lasted": 64},
             {"kind": "device", "device": "Firefox 128 · Windows · 1920×1080"}, {"kind": "resumed"}]
    assert page.request.post(data["urls"]["notes"], data={"ticket": data["ticket"], "notes": notes}).ok


def exam_data(page: Page) -> dict[str, Any]:
    """What the page of an exam was given to work with."""
    given: dict[str, Any] = json.loads(page.locator("#exam-data").text_content() or "")
    return given
