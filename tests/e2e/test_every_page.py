"""Every page in a real browser: narrow and wide, light and dark, in both languages."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from tests.e2e.demo.site import DemoSite, demo_site
from tests.e2e.demo.story import play
from tests.e2e.looks.acts import continue_here, open_card, open_submit
from tests.e2e.looks.places import NOT_A_PAGE, PLACES, SITTER, Place
from tests.e2e.looks.watch import NARROW, PHONE, WIDE, Watch

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

# In every run: wide and light, narrow and dark, so that each width and each theme is seen; English is laid out anew, its
# roles and colours are those of the Chinese page. `make looks` looks at every page in both themes at both widths and
# in both languages, which takes three times as long.
EVERY_LOOK = bool(os.environ.get("QUIZAPP_EVERY_LOOK"))


def test_no_page_is_forgotten(app: Flask) -> None:
    """Whoever adds a page says in the list of places who looks at it, or why nobody does."""
    opened = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    assert opened - {place.endpoint for place in PLACES} - NOT_A_PAGE.keys() == set()
    assert {place.endpoint for place in PLACES} | NOT_A_PAGE.keys() <= opened


@pytest.fixture(scope="session")
def site(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoSite]:
    folder = tmp_path_factory.mktemp("demo")
    with demo_site(folder / "instance", browser) as found:
        play(found, folder)
        yield found


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_page_in_chinese(site: DemoSite, place: Place) -> None:
    with_faults = Watch()
    page = opened(site, place, "zh", with_faults)
    with_faults.look(page, WIDE, "light")
    if EVERY_LOOK:
        with_faults.look(page, WIDE, "dark")
    page = reopened(page, place, PHONE)
    with_faults.look(page, PHONE, "dark")
    if EVERY_LOOK:
        with_faults.look(page, PHONE, "light")
    with_faults.fits(page, NARROW)
    page.close()
    assert not with_faults.found, "\n".join(with_faults.found)


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_page_in_english(site: DemoSite, place: Place) -> None:
    with_faults = Watch()
    page = opened(site, place, "en", with_faults)
    if EVERY_LOOK:
        with_faults.look(page, WIDE, "light")
    with_faults.fits(page, WIDE)
    with_faults.fits(page, PHONE)
    with_faults.fits(page, NARROW)
    page.close()
    assert not with_faults.found, "\n".join(with_faults.found)


def opened(site: DemoSite, place: Place, language: str, watch: Watch) -> Page:
    who = site.made["sitter"] if place.who == SITTER else place.who
    page = site.door(who, language).new_page()
    page.on("console", watch.hear)
    page.on("pageerror", lambda error: watch.found.append(f"script: {error}"))
    answer = page.goto(place.address.format_map(site.made))
    assert answer is not None
    assert answer.status < 400, f"{page.url} answers {answer.status}"
    settle(page, place)
    place.act(page)
    return page


def settle(page: Page, place: Place) -> None:
    """A paper asks the server whether this tab may answer; other pages are ready when they are loaded."""
    if place.endpoint == "attempts.take":
        page.wait_for_load_state("networkidle")


def reopened(page: Page, place: Place, width: int) -> Page:
    """The same at another width, loaded anew where scripts or acts look at the width."""
    page.set_viewport_size({"width": width, "height": 844})
    if place.act in (continue_here, open_card, open_submit):
        page.reload()
        settle(page, place)
        place.act(page)
    return page
