"""A report handed in, and an exam analysed."""

from __future__ import annotations

import re

from playwright.sync_api import Page

from tests.e2e.demo.site import DemoSite, first_link, path_of


def hand_in_report(site: DemoSite, page: Page) -> None:
    """A report of the latest exam that is over, and the draft of a year."""
    page.goto("/filings/new")
    page.select_option("#exam", index=1)
    page.get_by_role("button", name="生成第 1 版").click()
    page.wait_for_url(re.compile(r"/filings/\d+$"))
    site.made["filing"] = path_of(page)


def analyse_an_exam(site: DemoSite, page: Page) -> None:
    """The worker may have done so already: then it is done anew."""
    site.made["analysis"] = site.made["second"].replace("/exams/", "/analysis/exams/")
    page.goto(site.made["analysis"])
    page.get_by_role("button", name=re.compile("重新分析|现在分析")).click()
    page.get_by_role("link", name="看结果").click()
    page.wait_for_url(f"**{site.made['analysis']}")
    site.made["analysed"] = first_link(page, f"{site.made['analysis']}/questions/")
    page.goto(site.made["analysed"])
    site.made["analysed_item"] = first_link(page, "/bank/items/").replace("/bank/", "/analysis/")
