"""Applications to be excused or deferred: asked, consented to, decided, left open."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.e2e.demo.site import ADMIN, CANDIDATE, LIAISON, DemoSite, acting, first_link, path_of


def apply_for_deferral(site: DemoSite) -> None:
    """The candidate asks with a file, the liaison consents and asks for somebody else, the administrator decides;
    another application stays open, and somebody comes to the roster late."""
    site.made["excuse"] = own_excuse(site.made["coming"])
    with acting(site, CANDIDATE) as page:
        ask(page, site.made["excuse"], "缓考 · 因公出差")
        ask(page, own_excuse(site.made["held"]), "免考 · 长期病假")
    with acting(site, LIAISON) as page:
        consent(site, page)
    with acting(site, ADMIN) as page:
        page.goto(site.made["case"])
        page.get_by_role("button", name="同意缓考", exact=True).click()
        page.get_by_text("已同意，名单状态已改").wait_for()
        page.goto(f"{site.made['coming']}/roster/late")
        page.fill("#people", "qx99999")
        page.fill("#why", "新任职")
        page.get_by_role("button", name="补进名单").click()
        page.get_by_text("第 1 行 qx99999").wait_for()
    with acting(site, CANDIDATE) as page:
        page.goto("/my-exams")
        page.get_by_text("缓考：已同意").wait_for()


def own_excuse(exam: str) -> str:
    return exam.replace("/exams/", "/my/exams/") + "/excuse"


def ask(page: Page, own: str, reason: str) -> None:
    page.goto("/my-exams")
    page.locator(f"a[href='{own}']").click()
    page.select_option("#reason", label=reason)
    page.fill("#note", "12 月 1 日至 9 日参加外地的业务交流。")
    page.set_input_files("#files", {"name": "出差审批单.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 form"})
    page.get_by_role("button", name="提出申请").click()
    page.get_by_text("申请已提出").wait_for()


def consent(site: DemoSite, page: Page) -> None:
    """To the journey; the other application waits for its unit."""
    page.goto(f"{site.made['running']}/roster")
    site.made["unit_entry"] = first_link(page, f"{site.made['running']}/roster/", lambda path: path[-1].isdigit())
    page.goto("/excuses")
    site.made["case_open"] = first_link(page, "/excuses/", lambda path: path != "/excuses/reasons")
    row = page.locator("tr", has_text="因公出差").first
    row.get_by_role("link").first.click()
    site.made["case"] = path_of(page)
    page.get_by_role("button", name="单位同意", exact=True).click()
    page.get_by_text("已同意，等考试管理员决定").wait_for()
