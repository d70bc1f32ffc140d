"""A question challenged, and what its taker has to show: certificate and study file."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.e2e.demo.site import CANDIDATE, DemoSite, acting, first_link, path_of


def doubt(site: DemoSite, page: Page) -> None:
    """A question of the candidate's paper is challenged, and its reviewer's desk known; the certificate comes by itself."""
    with acting(site, CANDIDATE) as own:
        own.goto(site.made["result"])
        own.locator(".reviewed-question").first.get_by_role("link", name="对这道题提出异议").click()
        site.made["challenge"] = path_of(own)
        own.get_by_label("理由").fill("条文写的不是这一项，请对照第一条再看一遍")
        own.get_by_role("button", name="提交异议").click()
        for _try in range(60):
            own.goto("/my/study-file")
            if own.locator("a[href^='/my/certificates/']").count():
                break
            own.wait_for_timeout(1000)
        site.made["certificate"] = first_link(own, "/my/certificates/")
        own.goto(site.made["certificate"])
        facts = own.locator(".certificate-facts dd").all_inner_texts()
        site.made["verify"] = f"/certificates?number={facts[0]}&code={facts[1].replace(' ', '')}"
        own.goto("/account")
    page.goto("/challenges")
    site.made["question"] = first_link(page, "/challenges/")
    site.made["regrade"] = f"{site.made['question']}/preview?treatment=full&basis=第一条"
    page.goto("/people")
    site.made["study_file"] = first_link(page, "/people/", lambda path: path.rsplit("/", 1)[1].isdigit()) + "/study-file"
