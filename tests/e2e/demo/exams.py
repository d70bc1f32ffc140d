"""Exams made, published and asked to be changed, beside those that the demo brings."""

from __future__ import annotations

import re
from datetime import timedelta

from playwright.sync_api import Page

from quizapp import clock
from tests.e2e.demo.site import DemoSite, first_link, path_behind, path_of


def make_exams(site: DemoSite, page: Page) -> None:
    """A draft; and the addresses of the exams that the demo brings, by their kind."""
    site.made["draft"] = draft(page, days=20)
    page.goto("/exams")
    this_year = clock.today().year
    for name, title in (("running", f"{this_year} 年下半年学法用法线上考试"), ("paper", "2023 年部门集中考法（纸质闭卷）"),
                        ("second", "2023 年下半年学法用法线上考试")):
        site.made[name] = path_behind(page.get_by_role("link", name=title, exact=True))
    page.goto(f"{site.made['running']}/roster")
    site.made["roster_entry"] = first_link(page, f"{site.made['running']}/roster/", lambda path: path[-1].isdigit())


def draft(page: Page, days: int) -> str:
    """A new exam that opens an hour ago and as many days from now, with its proposed name; its path."""
    page.goto("/exams/new")
    opens = clock.to_local(clock.now()) + timedelta(days=days, hours=-1)
    page.fill("#opens_at", f"{opens:%Y-%m-%dT%H:%M}")
    page.fill("#closes_at", f"{opens + timedelta(days=4):%Y-%m-%dT%H:%M}")
    page.select_option("#release", "at_once")
    page.select_option("#markers", "1")  # one of the pages shows an answer with its marks
    page.get_by_role("button", name="建为草稿").click()
    page.wait_for_url(re.compile(r"/exams/\d+$"))
    return path_of(page)


def publish_short_answers(site: DemoSite, page: Page) -> None:
    """An exam of two short answers, open now: something to mark."""
    site.made["short"] = published(page, days=0)


def published(page: Page, days: int) -> str:
    """An exam of two short answers that everybody may sit; its path."""
    made = draft(page, days)
    page.goto(f"{made}/blueprint")
    rows = page.locator("#bp-rows tr")
    for number in range(rows.count()):
        rows.nth(number).locator("[name=count]").fill("2" if number == 0 else "")
        rows.nth(number).locator("[name=marks]").fill("50" if number == 0 else "")
    rows.first.locator("[name=subject]").select_option("")
    rows.first.locator("[name=type]").select_option("short")
    page.get_by_role("button", name="保存细目表").click()
    page.get_by_role("button", name="发布考试").click()
    page.get_by_text("已发布。名单和试卷从现在起固定").wait_for()
    return made


def propose(site: DemoSite, page: Page) -> None:
    """A draft to be deleted and more time for everybody: both wait for the other exam administrator."""
    site.made["unwanted"] = draft(page, days=30)
    page.locator(".ask > summary").click()
    page.fill("#why", "建重了，同名的考试已经有一场")
    page.get_by_role("button", name="提出：删除草稿").click()
    page.get_by_text("等待另一人同意：删除草稿").wait_for()
    site.made["proposal"] = first_link(page, "/approvals/")
    page.goto(f"{site.made['held']}/extension")
    page.fill("#minutes", "15")
    page.fill("#why", "停电一刻钟")
    page.get_by_role("button", name="提出：全场延时").click()
    page.get_by_text("等待另一人同意：全场延时 15 分钟").wait_for()
