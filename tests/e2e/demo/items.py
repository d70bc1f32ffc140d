"""Items of the bank: built in, generated from a law, changed, reviewed, without their ground."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page

from tests.builders.statutes import OLD, SAMPLE, TEXTS, write_texts
from tests.e2e.demo.laws import bring_in
from tests.e2e.demo.site import ADMIN, EDITOR, REVIEWER, DemoSite, acting, first_link, path_behind, path_of


def follow(site: DemoSite, page: Page) -> None:
    """An item, and the job that builds the bank."""
    page.goto("/bank")
    site.made["item"] = first_link(page, "/bank/items/")
    page.get_by_role("button", name="装入题库").first.click()
    page.wait_for_url("**/jobs/*")
    site.made["job"] = path_of(page)
    page.get_by_text(re.compile(r"新增 \d+ 道|已完成")).first.wait_for(timeout=60_000)


def rest_on_the_old_law(site: DemoSite, folder: Path) -> None:
    """Items generated from the older version of the invented law, and accepted while it is the law."""
    with acting(site, ADMIN) as page:
        old = {name: text for name, text in TEXTS.items() if SAMPLE in name and OLD.isoformat() in name}
        bring_in(page, write_texts(folder / "old-law", old))
    with acting(site, EDITOR) as page:
        generate(page)
    with acting(site, REVIEWER) as page:
        page.goto("/review")
        page.locator("main tbody a").first.click()
        while page.get_by_role("button", name="通过").count():
            page.get_by_role("button", name="通过").click()
            page.get_by_text("已通过").wait_for()


def generate(page: Page) -> None:
    """Candidates from the invented law, in whichever version is the law."""
    page.goto("/bank/generate")
    page.select_option("#law", SAMPLE)
    page.select_option("#subject", "office-affairs")
    page.get_by_role("button", name="开始生成").click()
    page.get_by_text(re.compile(r"生成 \d+ 道候选试题")).wait_for(timeout=60_000)


def review_items(site: DemoSite) -> None:
    """An item that lost its ground, one that waits for a reviewer, one that was sent back."""
    with acting(site, EDITOR) as page:
        for number, words in ((1, "改写过的解析，说明为什么这样答。"), (2, "另一处改写过的解析，同样说明理由。")):
            page.goto(f"/bank/items/office-affairs-{number:03}/edit")
            page.fill("#explanation", words)
            page.get_by_role("button", name="提交审题").click()
            page.wait_for_url(re.compile(r"/review/\d+$"))
            site.made["review"] = path_of(page)
        site.made["edit"] = "/bank/items/office-affairs-003/edit"
    with acting(site, REVIEWER) as page:
        page.goto("/review")
        page.locator("main tbody a").first.click()
        page.locator("#reject summary").click()
        page.fill("#reason", "解析没有点到条文，请写明是哪一条。")
        page.get_by_role("button", name="确认退回").click()
        page.get_by_text("已退回").wait_for()
        page.goto("/review?tab=changes")
        amended = page.locator("main tbody tr", has_text="条文改动").first.get_by_role("link").first
        site.made["change"] = path_behind(amended)
