"""What brings a page into another state before it is looked at."""

from __future__ import annotations

import re

from playwright.sync_api import Page

from tests.e2e.demo.second_factor import give_code, sign_in_carefully
from tests.e2e.demo.site import sign_in
from tests.e2e.looks.watch import WIDE

MARKS = "工号,姓名,单位,成绩\nqx20417,沈砚秋,综合调度科,88\nqx10003,宋嘉禾,政策法规处,120\nqx99999,无此人,办公室,60\n"


def stay(_page: Page) -> None:
    """The page as it opens."""


def continue_here(page: Page) -> None:
    """Every tab is a device of its own to an attempt: take it over from the one before."""
    if page.locator("#taken[open]").count():
        with page.expect_navigation():
            page.locator("#take-over").click()
        page.wait_for_load_state("networkidle")


def open_card(page: Page) -> None:
    continue_here(page)
    if page.viewport_size and page.viewport_size["width"] < WIDE:
        page.locator("#open-card").click()


def open_submit(page: Page) -> None:
    continue_here(page)
    page.locator("[data-submit]:visible").first.click()
    page.locator("#submit-sheet[open]").wait_for()


def open_export(page: Page) -> None:
    page.locator("details.menu > summary").first.click()


def first_person(page: Page) -> None:
    """From a name on a list to the page of the person."""
    page.locator("main table tbody th a").first.click()
    page.wait_for_load_state()


def open_contents(page: Page) -> None:
    """The table of contents, which is a menu where the page is narrow."""
    page.locator(".toc-phone").evaluate("menu => { menu.open = true }")


def sign_in_wrongly(page: Page) -> None:
    sign_in(page, "qx00000", "not it")
    page.locator(".errors").wait_for()


def wrong_code(page: Page) -> None:
    sign_in_carefully(page)
    give_code(page, "not a code")
    page.locator(".errors").wait_for()


def with_recovery_code(page: Page) -> None:
    sign_in_carefully(page)
    page.goto("/sign-in/code?recovery=1")


def new_recovery_codes_refused(page: Page) -> None:
    page.fill("#password", "not it")
    page.fill("#code", "000000")
    page.locator("button[value=renew]").click()
    page.locator(".errors").wait_for()


def reset_wrongly(page: Page) -> None:
    page.fill("#login", "qx00000")
    page.fill("#code", "ZZZZ-ZZZZ")
    for field in ("#password", "#again"):
        page.fill(field, "答过的每一题都有据可查呢")
    page.locator("form[action*='reset-password'] [type=submit]").click()
    page.locator(".errors").wait_for()


def make_code(page: Page) -> None:
    page.locator("form[action$='/code'] button").click()
    page.locator("#new-code").wait_for()


def open_receipt(page: Page) -> None:
    page.locator(".proof-all").evaluate("part => { part.open = true }")


def open_acts(page: Page) -> None:
    """The forms of transfer, secondment and departure."""
    page.locator(".act-form").evaluate_all("parts => parts.forEach(part => { part.open = true })")


def answer_nothing(page: Page) -> None:
    if not page.locator("#reply-error").count():
        page.fill("#reply", " ")
        page.locator("main form [type=submit], main form button").first.click()
        page.locator("#reply-error").wait_for()


def decide_nothing(page: Page) -> None:
    if not page.locator(".errors").count():
        page.locator(".notes-choice label").first.click()
        page.fill("#reason", " ")
        page.get_by_role("button", name=re.compile("保存判断|Save the decision")).click()
        page.locator(".errors").wait_for()


def add_nobody(page: Page) -> None:
    """Late additions with a line that fits nobody."""
    if not page.locator(".errors").count():
        page.fill("#people", "qx99999\n无此人")
        page.fill("#why", "新任职")
        page.locator("main form .btn-primary").click()
        page.locator(".errors").wait_for()


def open_rejection(page: Page) -> None:
    if not page.locator("#reject[open]").count():
        page.locator("#reject summary").click()
    page.locator("#reason").wait_for()


def extend_long(page: Page) -> None:
    """An extension that is shown with its numbers before it counts."""
    if page.locator("input#minutes").count():
        page.fill("#minutes", "60")
        page.fill("#why", "停电一小时")
        page.locator("main form .btn-primary").click()
        page.locator("input[name=sure]").wait_for(state="attached")


def try_results(page: Page) -> None:
    """A sheet of marks with one good line and three faults, tried and not written."""
    if page.locator("input#file").count():
        page.set_input_files("#file", {"name": "marks.csv", "mimeType": "text/csv", "buffer": MARKS.encode("utf-8-sig")})
        page.locator("main form .btn-primary").click()
        page.locator("main table").first.wait_for()


def refuse_nothing(page: Page) -> None:
    """Sent back without a reason: the form again, with its fault."""
    if page.locator("#reason").get_attribute("aria-invalid") is None:
        page.locator("#reason").evaluate("field => { field.form.noValidate = true }")
        page.get_by_role("button", name=re.compile("退回这份文件|Send the file back")).click()
        page.locator(".errors").wait_for()
