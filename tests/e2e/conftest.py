"""The product as an installation runs it: real commands, the production server, a real browser."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.databases import PostgresServer, Templates

if TYPE_CHECKING:
    from tests.e2e.hall import Hall, Sitter

ROOT = Path(__file__).resolve().parent.parent.parent
START_LIMIT = 60
ROSTER = """工号,姓名,单位编码,单位名称,职务层次,岗位类别
qx20417,沈砚秋,{code},,科级,综合管理
qx20418,陆知远,{code},,科级,综合管理
qx20419,顾景明,{code},,处级,综合管理
qx20420,秦若宁,{code},,科员及以下,工勤保障
"""


@dataclass(frozen=True)
class Installation:
    """A running platform of its own: address, environment of its commands, first administrator's link."""

    address: str
    environment: dict[str, str]
    link: str

    def command(self, *arguments: str) -> str:
        return run(self.environment, *arguments)


def run(environment: dict[str, str], *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "quizapp", *arguments], cwd=ROOT, env=environment, capture_output=True, text=True,
        timeout=120, check=False,
    )
    assert done.returncode == 0, f"quizapp {' '.join(arguments)}: {done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture
def installation(request: pytest.FixtureRequest, database_url: str, tmp_path: Path) -> Iterator[Installation]:
    """`quizapp init` and `quizapp serve` on a fresh database, stopped at the end."""
    on_postgresql = database_url.startswith("postgresql")
    server: PostgresServer | None = request.getfixturevalue("postgresql_server") if on_postgresql else None
    with server.durable() if server else nullcontext():
        yield from installed(database_url, tmp_path)


def installed(database_url: str, tmp_path: Path) -> Iterator[Installation]:
    port = free_port()
    environment = {
        **os.environ, "DATABASE_URL": database_url, "QUIZAPP_INSTANCE": str(tmp_path / "instance"),
        "QUIZAPP_SECRET_KEY": "a key that signs nothing outside the tests", "PYTHONWARNINGS": "default",
    }
    address = f"http://127.0.0.1:{port}"
    told = run(environment, "init", "--agency", "清溪市机关事务管理局", "--login", "qx10001", "--name", "何静安", "--url", address)
    link = re.search(r"http://\S+/set-password/\S+", told)
    assert link, told
    server = subprocess.Popen(
        [sys.executable, "-m", "quizapp", "serve", "--port", str(port), "--workers", "1"], cwd=ROOT, env=environment,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )
    try:
        wait_for(address, server)
        yield Installation(address, environment, link.group())
    finally:
        server.send_signal(signal.SIGTERM)
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait(10)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + START_LIMIT
    while time.monotonic() < end:
        assert server.poll() is None, f"the server ended with {server.returncode}"
        try:
            with urllib.request.urlopen(f"{address}/readyz", timeout=2):  # noqa: S310 - our own server
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    pytest.fail("the server did not answer in time")


@pytest.fixture(scope="session")
def browser(chromium_path: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=chromium_path, args=["--no-sandbox", "--disable-gpu"])
        yield found
        found.close()


@pytest.fixture(scope="session")
def open_hall(
    templates: Templates, tmp_path_factory: pytest.TempPathFactory, browser: Browser, chromium_path: str
) -> Iterator[Hall]:
    """One server for the tests of the exam page."""
    from tests.e2e.hall import hall  # it needs what stands above

    with hall(templates, tmp_path_factory.mktemp("hall"), browser, chromium_path) as made:
        yield made


@pytest.fixture
def exam_hall(open_hall: Hall) -> Iterator[Hall]:
    """Each test seats people of its own, and leaves no page behind that goes on trying."""
    yield open_hall
    open_hall.leave()


@pytest.fixture
def sitter(exam_hall: Hall) -> Sitter:
    (only,) = exam_hall.seat()
    return only


@pytest.fixture
def page(exam_hall: Hall, sitter: Sitter) -> Page:
    """A phone with the exam open."""
    from tests.e2e.hall import begin

    made = exam_hall.phone(sitter)
    begin(made, sitter)
    return made


def desk(browser: Browser, **settings: object) -> BrowserContext:
    return browser.new_context(viewport={"width": 1440, "height": 900}, accept_downloads=True, **settings)  # type: ignore[arg-type]


def phone(browser: Browser, **settings: object) -> BrowserContext:
    return browser.new_context(viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True, **settings)  # type: ignore[arg-type]
