"""The demo agency served for the tests of single pages and for the pictures of the documentation."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Dialog, Locator, Page

from tests.e2e.conftest import ROOT, free_port, run, wait_for

YEAR = 2023
ADMIN, LIAISON, EDITOR, REVIEWER, SYSTEM, AUDITOR, CANDIDATE = (
    "qx10001", "qx10002", "qx10003", "qx10004", "qx10005", "qx10006", "qx20417",
)
SECOND = "qx30007"  # the other exam administrator
SECURITY = "qx30008"  # who grants roles
SIGN_IN = re.compile(r"^ {2}(qx\d+) .* (\S+)$", re.M)


@dataclass
class DemoSite:
    """A served demo: its address, fresh passwords by login, and addresses by name that the story made."""

    address: str
    browser: Browser
    passwords: dict[str, str]
    made: dict[str, str] = field(default_factory=dict)
    doors: dict[tuple[str, str], BrowserContext] = field(default_factory=dict)

    def context(self, login: str, language: str = "zh", **settings: object) -> BrowserContext:
        """A browser of its own in that language, signed in as that person; nobody for an empty login."""
        given = {"viewport": {"width": 1440, "height": 900}, "locale": "zh-CN", "reduced_motion": "reduce", **settings}
        context = self.browser.new_context(base_url=self.address, **given)  # type: ignore[arg-type]
        page = context.new_page()
        page.goto("/sign-in")
        if login:
            sign_in(page, login, self.passwords[login])
            page.wait_for_url(lambda address: "/sign-in" not in address)
        token = page.locator("meta[name=csrf-token]").get_attribute("content") or ""
        # chosen in the session, so that another browser of the same person does not change it
        done = page.request.post("/language", form={"language": language, "csrf_token": token})
        assert done.ok
        page.close()
        return context

    def door(self, login: str, language: str = "zh") -> BrowserContext:
        """The context of that person and language, opened once and kept."""
        if (login, language) not in self.doors:
            self.doors[login, language] = self.context(login, language)
        return self.doors[login, language]


@contextmanager
def demo_site(folder: Path, browser: Browser) -> Iterator[DemoSite]:
    """`quizapp demo --no-serve` and `quizapp serve` in a folder of their own, stopped at the end."""
    environment = {
        **os.environ, "QUIZAPP_INSTANCE": str(folder), "QUIZAPP_SECRET_KEY": "a key for the demo", "QUIZAPP_DEMO": "1",
        "PYTHONWARNINGS": "default",
    }
    environment.pop("DATABASE_URL", None)
    passwords = dict(SIGN_IN.findall(run(environment, "demo", "--no-serve")))
    assert {ADMIN, CANDIDATE} <= passwords.keys()
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "quizapp", "serve", "--port", str(port), "--workers", "1"], cwd=ROOT, env=environment,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )
    try:
        wait_for(f"http://127.0.0.1:{port}", server)
        site = DemoSite(f"http://127.0.0.1:{port}", browser, passwords)
        yield site
        for context in site.doors.values():
            context.close()
    finally:
        server.send_signal(signal.SIGTERM)
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait(10)


@contextmanager
def acting(site: DemoSite, login: str) -> Iterator[Page]:
    """A page of that person, whose questions are all answered with yes."""
    page = site.door(login).new_page()
    page.on("dialog", Dialog.accept)
    yield page
    page.close()


def sign_in(page: Page, login: str, password: str) -> None:
    """Fill in the sign-in page, which is open, and send it."""
    page.fill("#login", login)
    page.fill("#password", password)
    page.locator("form[action*='sign-in'] [type=submit]").click()


def path_of(page: Page) -> str:
    return urlsplit(page.url).path


def path_behind(link: Locator) -> str:
    return urlsplit(link.get_attribute("href") or "").path


def first_link(page: Page, beginning: str, wanted: Callable[[str], bool] = lambda _path: True) -> str:
    """The path of the first link of the page that begins so; fails where there is none."""
    found = [path_behind(link) for link in page.locator(f"main a[href^='{beginning}']").all()]
    assert any(map(wanted, found)), f"{page.url}: no link to {beginning} among {found}"
    return next(path for path in found if wanted(path))
