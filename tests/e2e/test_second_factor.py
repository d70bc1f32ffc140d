"""Two steps at the sign-in, in a real browser: set up, signed in by code, by recovery code, and not twice by either."""

from __future__ import annotations

import re
import time

import pyotp
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.databases import both_databases
from tests.e2e.conftest import Installation, desk, phone

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]

PASSWORD = "松间明月照，石上清泉流"
LOGIN = "qx10001"


@both_databases
def test_enrolled_by_keyboard_and_signed_in_on_a_phone(installation: Installation, browser: Browser) -> None:
    office = desk(browser, base_url=installation.address)
    page = office.new_page()
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    totp, codes = enrolled(page, installation.link)
    page.get_by_role("button", name="退出").click()
    page.wait_for_url("**/sign-in")

    pocket = phone(browser, base_url=installation.address)
    mobile = pocket.new_page()
    after_password(mobile)
    used = totp.at(time.time() + totp.interval)  # the step after the one that confirmed: a clock that is a little fast
    mobile.fill("#code", used)
    mobile.get_by_role("button", name="登录").click()
    expect(mobile.get_by_role("button", name="退出")).to_be_attached()

    after_password(page)
    answer(page, used)
    expect(page.locator(".errors")).to_contain_text("刚刚用过")
    page.get_by_role("link", name="用恢复码登录").click()
    answer(page, codes[0].lower())
    expect(page.get_by_role("button", name="退出")).to_be_attached()

    mobile.goto("/account")
    expect(mobile.locator(".sign-ins").first.locator("li")).to_have_count(2)
    mobile.get_by_role("button", name="结束其他全部登录").click()
    expect(mobile.locator(".sign-ins").first.locator("li")).to_have_count(1)
    page.goto("/account")
    page.wait_for_url("**/sign-in?**")
    after_password(page)
    page.get_by_role("link", name="用恢复码登录").click()
    answer(page, codes[0])
    expect(page.locator(".errors")).to_contain_text("已经用过")
    # the browser itself reports each answer that refuses
    assert [text for text in faults if not re.search(r"status of 422\b", text)] == []
    pocket.close()
    office.close()


def enrolled(page: Page, link: str) -> tuple[pyotp.TOTP, list[str]]:
    """By keyboard alone, from the link of the first administrator on: authenticator and recovery codes."""
    page.goto(link)
    for field in ("#password", "#again"):
        page.fill(field, PASSWORD)
    page.locator("#again").press("Enter")
    page.wait_for_url("**/account/second-factor?next=**")
    page.focus("#password")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    key = page.locator("#scan-key").inner_text().replace(" ", "")
    expect(page.get_by_role("img", name=re.compile("二维码"))).to_be_visible()
    assert page.locator(".scan-code svg").evaluate("drawing => drawing.getBoundingClientRect().width") > 150
    totp = pyotp.TOTP(key)
    page.focus("#code")
    page.keyboard.type(totp.now())
    page.keyboard.press("Enter")
    codes = page.locator(".recovery-codes code")
    expect(codes).to_have_count(10)
    assert Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"] == []
    found = codes.all_inner_texts()
    page.reload()
    expect(codes).to_have_count(0)
    return totp, found


def after_password(page: Page) -> None:
    page.goto("/sign-in")
    page.fill("#login", LOGIN)
    page.fill("#password", PASSWORD)
    page.locator("form[action*='sign-in'] [type=submit]").click()
    page.wait_for_url("**/sign-in/code")


def answer(page: Page, code: str) -> None:
    page.fill("#code", code)
    page.locator("#code").press("Enter")
    page.wait_for_load_state()
