"""An answer in words, marked by hand."""

from __future__ import annotations

import re

from playwright.sync_api import Page

from tests.e2e.demo.site import DemoSite, path_behind


def mark_one(site: DemoSite, page: Page) -> None:
    site.made["marking"] = site.made["short"].replace("/exams/", "/marking/")
    page.goto(site.made["marking"])
    for one in page.locator(".mark-point input:visible").all():
        one.fill("1")
    page.get_by_role("button", name="保存，下一份").click()
    again = page.get_by_role("link", name=re.compile("改上一份"))
    site.made["marked"] = path_behind(again)
