"""The pictures of the documentation, taken from the demo: `python -m tests.e2e.pictures`."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from dev import find_chromium
from quizapp.config import ROOT
from tests.e2e.demo.items import generate
from tests.e2e.demo.site import ADMIN, EDITOR, REVIEWER, YEAR, DemoSite, acting, demo_site, first_link
from tests.e2e.demo.story import play

IMAGES = ROOT / "docs" / "images"
LIMIT = 400_000
DESK = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}


def main() -> None:
    IMAGES.mkdir(parents=True, exist_ok=True)
    chromium = os.environ.get("QUIZAPP_CHROMIUM") or find_chromium()
    with tempfile.TemporaryDirectory() as place, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        with demo_site(Path(place) / "instance", browser) as site:
            play(site, Path(place))
            desk(site, f"/reports{site.made['second']}", "report-desk.png", 1500)
            desk(site, f"/reports/{YEAR}", "ledger-desk.png", 1400)
            desk(site, site.made["imported"], "law-import-desk.png", 1100)
            desk(site, f"{site.made['law']}/compare", "law-compare-desk.png", 1000, EDITOR)
            desk(site, site.made["change"], "law-change-desk.png", 1200, REVIEWER)
            desk(site, candidate(site), "review-desk.png", 1000, REVIEWER)
            exam_on_a_phone(site, "exam-phone.png")
        browser.close()


def desk(site: DemoSite, address: str, name: str, height: int, login: str = ADMIN) -> None:
    """The top of a page at a desk; lower where the page ends earlier."""
    with acting(site, login) as page:
        page.set_viewport_size(DESK)
        page.goto(address)
        page.wait_for_load_state("networkidle")
        ends = int(page.evaluate("document.documentElement.scrollHeight"))
        page.set_viewport_size({"width": DESK["width"], "height": min(height, ends)})
        keep(page, name)


def candidate(site: DemoSite) -> str:
    """A generated item that waits for a reviewer, its article beside it."""
    with acting(site, EDITOR) as page:
        generate(page)
        page.goto("/review")
        return first_link(page, "/review/", lambda path: path.rsplit("/", 1)[1].isdigit() and path != site.made["review"])


def exam_on_a_phone(site: DemoSite, name: str) -> None:
    context = site.context(site.made["sitter"], viewport=PHONE, device_scale_factor=2, is_mobile=True, has_touch=True)
    page = context.new_page()
    page.goto(site.made["take"])
    page.wait_for_load_state("networkidle")
    with page.expect_navigation():
        page.locator("#take-over").click()
    page.wait_for_load_state("networkidle")
    page.locator("fieldset:visible .option input").nth(1).click()
    page.locator("#save-state", has_text="已保存").wait_for()
    keep(page, name)
    context.close()


def keep(page: Page, name: str) -> None:
    page.screenshot(path=IMAGES / name)
    size = (IMAGES / name).stat().st_size
    if size > LIMIT:
        raise SystemExit(f"{name} takes {size} bytes, more than {LIMIT}")


if __name__ == "__main__":
    main()
