"""An examination hall for browsers: one server, and for each test people and an exam of their own."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from sqlalchemy import select

from quizapp import clock
from quizapp.attempts import queries
from quizapp.attempts.models import AnswerEvent, Attempt, Note
from quizapp.attempts.rules.layout import slots
from quizapp.attempts.rules.responses import shown
from quizapp.db import db
from quizapp.exams.models import Exam
from quizapp.people import service as people
from quizapp.people.models import Person
from tests.builders.exams import make_exam
from tests.builders.people import make_person
from tests.conftest import SECRET_KEY, close_connections, make_app
from tests.databases import Templates
from tests.e2e.conftest import ROOT, free_port, wait_for

KINDS = (*["single"] * 9, "multiple", "fill", "short")
PATIENCE = 15_000  # milliseconds; the machine may have other things to do
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}


@dataclass
class Sitter:
    """A person before an exam, and what the database holds of them."""

    hall: Hall
    person_id: int
    exam_id: int
    login: str

    def attempt(self) -> Attempt:
        with self.hall.reading() as session:
            return session.scalars(select(Attempt).where(Attempt.candidate_id == self.person_id)).one()

    def stored(self) -> dict[int, list[str]]:
        """Number as shown → what is stored, in the words of the page; questions with an answer only."""
        attempt = self.attempt()
        with self.hall.reading() as session:
            kept = queries.answers(session, self.person_id, attempt.id)
            return {slot.number: shown(slot, kept[slot.position].response) for slot in slots(attempt.layout)
                    if slot.position in kept and kept[slot.position].response}

    def events(self) -> list[AnswerEvent]:
        with self.hall.reading() as session:
            return list(session.scalars(select(AnswerEvent).where(AnswerEvent.candidate_id == self.person_id)
                                        .order_by(AnswerEvent.seq)))

    def notes(self) -> list[Note]:
        with self.hall.reading() as session:
            return list(session.scalars(select(Note).where(Note.candidate_id == self.person_id)))

    def change(self, **values: Any) -> None:
        """What an invigilator's act leaves in the row of the attempt."""
        with self.hall.app.app_context(), db.transaction() as session:
            attempt = session.get_one(Attempt, (self.person_id, self.attempt().id))
            for name, value in values.items():
                setattr(attempt, name, value)

    def change_exam(self, **values: Any) -> None:
        with self.hall.app.app_context(), db.transaction() as session:
            exam = session.get_one(Exam, self.exam_id)
            for name, value in values.items():
                setattr(exam, name, value)


@dataclass
class Hall:
    """A served installation, seen from outside by browsers and from inside through its database."""

    address: str
    app: Flask
    browser: Browser
    chromium: str
    contexts: list[BrowserContext] = field(default_factory=list)

    @contextmanager
    def reading(self) -> Iterator[Any]:
        with self.app.app_context():
            yield db.session()

    def seat(self, count: int = 1, kinds: Sequence[str] = KINDS, **settings: Any) -> list[Sitter]:
        """People before an exam that opened an hour ago."""
        now = clock.now()
        given = {"opens_at": now - timedelta(hours=1), "closes_at": now + timedelta(hours=5), "minutes": 90,
                 "title": "2026 年下半年学法用法线上考试", "release": "at_once", **settings}
        with self.app.app_context(), db.transaction() as session:
            sat = [make_person(session, name) for name in ("沈砚秋", "陆知远")[:count]]
            exam = make_exam(session, kinds, candidates=sat, **given)
            return [Sitter(self, person.id, exam.id, person.login) for person in sat]

    def cookie(self, sitter: Sitter, address: str = "") -> dict[str, Any]:
        """A sign-in of this person, as the sign-in page would leave it in the browser."""
        with self.app.app_context(), db.transaction() as session:
            token = people.open_session(session, session.get_one(Person, sitter.person_id), "127.0.0.1", "test")
            signer = SecureCookieSessionInterface().get_signing_serializer(self.app)
            assert signer is not None
            value = signer.dumps({"_user_id": token, "_fresh": True, "language": "zh"})
        return {"name": self.app.config["SESSION_COOKIE_NAME"], "value": value, "url": address or self.address}

    def context(self, sitter: Sitter | None = None, **settings: Any) -> BrowserContext:
        given = {"base_url": self.address, "locale": "zh-CN", "reduced_motion": "reduce", "accept_downloads": True, **settings}
        context = self.browser.new_context(**given)
        context.set_default_timeout(PATIENCE)
        if sitter is not None:
            context.add_cookies([self.cookie(sitter)])  # type: ignore[list-item]
        self.contexts.append(context)
        return context

    def leave(self) -> None:
        """Close every page of this hall."""
        while self.contexts:
            self.contexts.pop().close()

    def phone(self, sitter: Sitter) -> Page:
        return self.context(sitter, **PHONE).new_page()


@contextmanager
def hall(templates: Templates, folder: Path, browser: Browser, chromium: str) -> Iterator[Hall]:
    """`quizapp serve` on a database of its own, stopped at the end."""
    expect.set_options(timeout=PATIENCE)
    with templates.copy("sqlite", folder) as url:
        instance = folder / "instance"
        environment = {**os.environ, "DATABASE_URL": url, "QUIZAPP_INSTANCE": str(instance), "QUIZAPP_SECRET_KEY": SECRET_KEY}
        app = make_app(url, instance)
        port = free_port()
        server = subprocess.Popen(
            [sys.executable, "-m", "quizapp", "serve", "--port", str(port), "--workers", "1"], cwd=ROOT, env=environment,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )
        made = Hall(f"http://127.0.0.1:{port}", app, browser, chromium)
        try:
            wait_for(made.address, server)
            yield made
        finally:
            made.leave()
            server.send_signal(signal.SIGTERM)
            try:
                server.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(server.pid, signal.SIGKILL)
                server.wait(10)
            close_connections(app)


# ---------------------------------------------------------------- what a candidate does


def begin(page: Page, sitter: Sitter) -> str:
    """From the rules to the first question; the path of the paper."""
    page.goto(f"/my-exams/{sitter.exam_id}")
    page.locator("label[for=understood]").click()
    page.get_by_role("button", name="开始作答").click()
    ready(page)
    return urlsplit(page.url).path


def ready(page: Page) -> None:
    """The page listens. What it asks of the server first may still be on its way."""
    page.locator("body.live").wait_for()


def choose(page: Page, number: int, option: int) -> None:
    """Go to a question by the answer card's own address and choose one of its options, counted from 1."""
    show(page, number)
    page.locator(f"#q{number}o{option}").click()  # it lies over its label, and is what a finger meets


def show(page: Page, number: int) -> Locator:
    page.evaluate("number => document.querySelector(`[data-cell='${number}']`).click()", number)
    question = page.locator("fieldset:visible").first
    expect(question.locator(".exam-legend b")).to_have_text(str(number))
    return question


def saved(page: Page, *, timeout: float = 30_000) -> None:
    expect(page.locator("#save-state")).to_contain_text("已保存", timeout=timeout)


def unsaved(page: Page, count: int) -> None:
    expect(page.locator("#save-state")).to_contain_text(f"未保存 {count} 题")


def hand_in(page: Page) -> str:
    """Through the sheet to the receipt; what the receipt says was answered."""
    page.locator("nav [data-submit]").click()
    page.locator("#confirm-submit").click()
    page.wait_for_url("**/receipt")
    return receipt(page)


def receipt(page: Page) -> str:
    line = page.locator("dl.receipt div", has_text="已作答").locator("dd").inner_text()
    found = re.search(r"(\d+) 题中答了 (\d+) 题", line)
    assert found, line
    return found[2]


def singles(sitter: Sitter) -> list[int]:
    """The numbers of the single choices, as this person sees them."""
    return [slot.number for slot in slots(sitter.attempt().layout) if slot.kind == "single"]


def number_of(sitter: Sitter, kind: str) -> int:
    return next(slot.number for slot in slots(sitter.attempt().layout) if slot.kind == kind)


def kept_on_device(page: Page) -> list[dict[str, Any]]:
    """Everything of the outbox that lies in this browser, whosever it is, without its sealed part."""
    found: list[dict[str, Any]] = page.evaluate("""async () => {
      const names = (await indexedDB.databases()).map((one) => one.name);
      const local = Object.keys(localStorage).map((key) => ({ local: key }));
      const session = Object.keys(sessionStorage).map((key) => ({ session: key }));
      if (!names.includes("quizapp-outbox")) return [...local, ...session];
      const database = await new Promise((resolve, reject) => {
        const request = indexedDB.open("quizapp-outbox");
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
      const all = (store) => new Promise((resolve) => {
        const request = database.transaction(store).objectStore(store).getAll();
        request.onsuccess = () => resolve(request.result);
      });
      const [rows, tabs] = [await all("sealed"), await all("tabs")];
      database.close();
      return [...local, ...session, ...tabs, ...rows.map(({ person, attempt, q, seq, data }) =>
        ({ person, attempt, q, seq, text: new TextDecoder("latin1").decode(data) }))];
    }""")
    return found


def until(check: Callable[[], bool], message: str, seconds: float = 15, page: Page | None = None) -> None:
    """Waits for something that only the database or a handler of the test knows; the page goes on meanwhile."""
    end = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < end, message
        if page is None:
            time.sleep(0.1)
        else:
            page.wait_for_timeout(100)


CUTTING = """{
  const real = window.fetch;
  window.fetch = (address, ...rest) => window.name === "cut" && String(address).endsWith("/answers")
    ? Promise.reject(new TypeError("cut")) : real(address, ...rest);
}"""


def cut(page: Page) -> None:
    """Saves get nowhere, not even the last one of a page that goes; the page itself can still be loaded."""
    page.evaluate("window.name = 'cut'")  # stays with the tab


def mend(page: Page) -> None:
    page.evaluate("window.name = ''")


def rows(page: Page) -> list[dict[str, object]]:
    return [row for row in kept_on_device(page) if "q" in row]
