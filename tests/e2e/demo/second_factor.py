"""A person with a second factor, and one who is about to have it."""

from __future__ import annotations

import pyotp
from playwright.sync_api import Page, expect

from tests.e2e.demo.people import one_time_link
from tests.e2e.demo.site import EDITOR, SECURITY, SYSTEM, DemoSite, acting, path_of, sign_in

# a person with a role, whom the story makes
CAREFUL, CAREFUL_PASSWORD = "qx39001", "抄在纸上的恢复码要放好"


def set_up_second_factor(site: DemoSite) -> None:
    """A person with a role sets a password and an authenticator; the editor has only a key to scan yet."""
    with acting(site, SYSTEM) as page:
        page.goto("/people/new")
        page.fill("#login", CAREFUL)
        page.fill("#name", "许慎言")
        page.get_by_role("button", name="登记", exact=True).click()
        site.made["careful"] = path_of(page)
    with acting(site, SECURITY) as page:
        page.goto(site.made["careful"])
        page.select_option("#role", "auditor")
        page.get_by_role("button", name="授予角色").click()
        link = one_time_link(page)
    codes: list[str] = []
    for language in ("zh", "en"):
        context = site.doors[CAREFUL, language] = site.context("", language)
        page = context.new_page()
        if codes:  # the code of this moment is used up
            sign_in_carefully(page)
            page.goto("/sign-in/code?recovery=1")
            give_code(page, codes[0])
        else:
            page.goto(link)
            page.fill("#password", CAREFUL_PASSWORD)
            page.fill("#again", CAREFUL_PASSWORD)
            page.get_by_role("button", name="设好并登录").click()
            codes = enrol(page, CAREFUL_PASSWORD)
        page.goto("/account")
        assert page.url.endswith("/account")
        page.close()
    with acting(site, EDITOR) as page:
        begin_enrolling(page, site.passwords[EDITOR])


def sign_in_carefully(page: Page) -> None:
    """With the password, as far as the second step."""
    page.goto("/sign-in")
    sign_in(page, CAREFUL, CAREFUL_PASSWORD)
    page.wait_for_url("**/sign-in/code")


def give_code(page: Page, code: str) -> None:
    page.fill("#code", code)
    page.locator("form[action*='code'] [type=submit]").click()


def begin_enrolling(page: Page, password: str) -> str:
    """Ask for a key; the key as an authenticator knows it."""
    page.goto("/account/second-factor")
    page.fill("#password", password)
    page.get_by_role("button", name="开始设置").click()
    return page.locator("#scan-key").inner_text().replace(" ", "")


def enrol(page: Page, password: str) -> list[str]:
    """Set up an authenticator; the recovery codes."""
    key = begin_enrolling(page, password)
    page.fill("#code", pyotp.TOTP(key).now())
    page.get_by_role("button", name="开启两步验证").click()
    codes = page.locator(".recovery-codes code")
    expect(codes).to_have_count(10)
    return codes.all_inner_texts()
