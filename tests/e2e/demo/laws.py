"""Invented laws brought in through the page."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

from tests.builders.statutes import BROKEN_TEXT, SAMPLE, TEXTS, write_texts
from tests.e2e.demo.site import DemoSite, path_of


def import_laws(site: DemoSite, page: Page, folder: Path) -> None:
    """The newer invented laws brought in through the page, one of them broken off: what cites the older is quarantined."""
    site.made["imported"] = bring_in(page, write_texts(folder / "laws", {**TEXTS, "清溪市半截条例(2022-02-02).md": BROKEN_TEXT}))
    site.made["law"] = f"/laws/{SAMPLE}"


def bring_in(page: Page, files: list[Path]) -> str:
    page.goto("/laws/import")
    page.set_input_files("#files", files)
    page.get_by_role("button", name="上传并导入").click()
    page.wait_for_url("**/jobs/*")
    page.get_by_role("link", name="看结果").click(timeout=60_000)
    page.wait_for_url("**/laws/imports/*")
    return path_of(page)
