"""Reports of the rule of law read in, and one that waits for a decision."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

from tests.e2e.conftest import ROOT
from tests.e2e.demo.site import DemoSite, first_link, path_of

REPORTS = ROOT / "quizapp/ops/demo/reports"


def read_reports(site: DemoSite, page: Page, folder: Path) -> None:
    """A draft of 2025 from the demo's report, and a second report of the same year that waits for a decision."""
    page.goto("/plans")
    site.made["overview"] = first_link(page, "/plans/", lambda path: path.endswith("/overview"))
    page.get_by_role("button", name="读入演示报告").click()
    page.wait_for_url("**/plans/*")
    site.made["plan"] = path_of(page)
    other = folder / "另一份报告.txt"
    first = next(REPORTS.glob("*2025*")).read_text(encoding="utf-8")
    other.write_text(first + "\n\n本报告向社会公布。\n", encoding="utf-8")
    page.goto("/plans")
    page.set_input_files("#file", other)
    page.get_by_role("button", name="读入报告").click()
    page.wait_for_url("**/plans/reports/*")
    site.made["adopt"] = path_of(page)
