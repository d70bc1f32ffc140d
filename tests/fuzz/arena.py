"""An installation that can be put back as it was, on either database, and what was written to it told exactly."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple
from pathlib import Path
from typing import Any

import lxml.html
import time_machine
from lxml.html import HtmlElement
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from quizapp import clock
from quizapp.attempts.models import SealedFile
from quizapp.db import Model, db
from quizapp.exams import committing
from quizapp.exams.models import Commitment, Exam
from quizapp.people import service as people
from quizapp.people.models import Person, SecondFactor
from quizapp.people.queries import token_hash
from quizapp.people.rules.second_factor import Vault
from quizapp.people.uploads import Shelf, rosters_of
from quizapp.people.views.entry import OWN_PASSWORD, WAITING
from quizapp.plans.models import SourceReport
from tests.builders.sealed import contents
from tests.conftest import EXAM_MORNING, SECRET_KEY
from tests.databases import Templates
from tests.permissions.making import made_world
from tests.permissions.matrix import NOBODY, SIGNED_IN, Row
from tests.permissions.world import OUTSIDE, World

KEPT = "kept"  # the schema in which PostgreSQL keeps every table as it was
LEAKS = re.compile(r"Traceback \(most recent|sqlalchemy|psycopg|sqlite3|werkzeug|OperationalError|IntegrityError", re.I)
Digest = dict[str, str]


class Arena:
    """A world of the permission matrix with forged requests refused, as in an installation."""

    def __init__(self, world: World, kind: str) -> None:
        self.world, self.kind = world, kind
        self.tokens: dict[str, str] = {}
        # (route, role or "" for all) → what there is of the kind that its address names
        self.things: dict[tuple[str, str], dict[str, Any]] = {}
        self._furnish()
        world.app.config["WTF_CSRF_ENABLED"] = True
        self._tables = [table.name for table in Model.metadata.sorted_tables]
        for role in (*SIGNED_IN, OUTSIDE, NOBODY):
            self._hold_token(role)
        uploads = world.app.config["SETTINGS"].instance_path / "uploads"
        self.files = {path: path.read_bytes() for path in uploads.rglob("*") if path.is_file()}
        self._keep()
        self.before = self.digest()
        self._written: set[str] | None = set()

    def _furnish(self) -> None:
        """What the permission tests can do without: files on their way, and second factors."""
        with self.world.app.app_context(), db.transaction() as session:
            self._uploads(session)
            self._sealed_file(session)
            self._second_factors(session)
            exam = session.get_one(Exam, self.world.exams["done"])
            committing.commit(session, exam)
            session.get_one(Commitment, exam.id).opened_at = clock.now()

    def _uploads(self, session: Session) -> None:
        for role in ("exam_admin", "system_admin"):
            shelf = rosters_of(self.world.people[role])
            good, odd = (shelf.keep(f"{head}\nq1,新来的人,U1\n".encode()) for head in ("工号,姓名,单位编码", "号码,称呼,处室"))
            for route in ("import_trial", "import_trial_post", "import_problems", "drop_import"):
                self.things[f"people.{route}", role] = {"upload_id": good}
            for route in ("import_columns", "import_columns_post"):
                self.things[f"people.{route}", role] = {"upload_id": odd}
        exam = session.get_one(Exam, self.world.exams["paper"])
        folder = self.world.app.config["SETTINGS"].instance_path / "uploads" / "paper-results" / str(exam.id)
        login = session.get_one(Person, self.world.people[OUTSIDE]).login
        sheet = Shelf(folder, self.world.people["exam_admin"]).keep(f"工号,成绩\n{login},1\n".encode())
        self.things["paper_exams.confirm", ""] = {"exam_id": exam.id, "upload_id": sheet}
        report = SourceReport(file_name="a.txt", sha256="0" * 64, text="报告", created_at=clock.now(),
                              reading={"year": 2024, "agency": "清溪市机关事务管理局", "proposals": [], "notes": [], "law_study": {}})
        session.add(report)
        session.flush()
        for route in ("plans.adopt", "plans.adopt_post"):
            self.things[route, ""] = {"report_id": report.id}

    def _sealed_file(self, session: Session) -> None:
        attempt_id, exam_id = self.world.finished[OUTSIDE], self.world.exams["done"]
        file = SealedFile(
            candidate_id=self.world.people[OUTSIDE], attempt_id=attempt_id, exam_id=exam_id, digest="0" * 64,
            content=contents(attempt=str(attempt_id), candidate=self.world.people[OUTSIDE]), uploaded_at=clock.now(),
            uploaded_by=self.world.people[OUTSIDE])
        session.add(file)
        session.flush()
        for route in ("sealed_file", "approve_sealed_file", "refuse_sealed_file"):
            self.things[f"sittings.{route}", ""] = {"exam_id": exam_id, "file_id": file.id}

    def _second_factors(self, session: Session) -> None:
        """One on its way, and one in use by somebody of whom nobody knows more than the password yet."""
        press = Vault(SECRET_KEY)
        people.begin_second_factor(session, press, self.world.people["exam_admin"])
        people.begin_second_factor(session, press, self.world.people[OUTSIDE])
        factor = session.get_one(SecondFactor, self.world.people[OUTSIDE])
        factor.confirmed_at = clock.now()
        self.waiting = [factor.person_id, token_hash("")[:16], clock.now().timestamp(), "/", *astuple(OWN_PASSWORD)]

    def _hold_token(self, role: str) -> None:
        """What a browser needs so that its forms are taken for its own: the token, and the cookie that goes with it."""
        if role == NOBODY:
            with self.world.clients[role].session_transaction() as cookie:
                cookie[WAITING] = self.waiting
        answer = self.world.clients[role].get("/sign-in" if role == NOBODY else "/account")
        page = lxml.html.document_fromstring(answer.get_data(as_text=True))
        self.tokens[role] = page.xpath("//meta[@name='csrf-token']/@content")[0]
        cookie = self.world.clients[role].get_cookie(self.world.app.config["SESSION_COOKIE_NAME"])
        assert cookie is not None, role
        self.world.cookies[role] = cookie.value

    def ask(self, role: str, method: str, address: str, **more: object) -> TestResponse:
        """As that role's browser, whose cookie is as it was at the beginning."""
        self._written = None
        client = self.world.clients[role]
        client.set_cookie(self.world.app.config["SESSION_COOKIE_NAME"], self.world.cookies[role])
        return client.open(address, method=method, **more)  # type: ignore[arg-type]

    # ------------------------------------------------------------ what is stored

    def digest(self) -> Digest:
        """Table → digest of everything in it, but for what says that something was refused: as in the permission tests."""
        if self.kind == "sqlite":
            return {name: found for name, (_count, found) in self.world.digest().items()}
        which = {"audit_event": " WHERE outcome IS NULL OR outcome <> 'refused'"}
        parts = [f"SELECT '{name}', md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {_quoted(name)} t{which.get(name, '')}"  # noqa: S608
                 for name in self._tables if name not in ("refusal", "audit_head")]
        with self._connection() as connection:
            return {row[0]: row[1] or "" for row in connection.execute(text(" UNION ALL ".join(parts)))}

    def written(self) -> set[str]:
        """Names of the tables that are not as they were at the beginning; counted again after each request only."""
        if self._written is None:
            now = self.digest()
            self._written = {name for name in now if now[name] != self.before[name]}
        return self._written

    def mentions(self, word: str) -> set[str]:
        """Names of the tables in which this word stands anywhere."""
        with self._connection() as connection:
            return {name for name in self.written()
                    if any(word in repr(tuple(row)) for row in connection.execute(text(f"SELECT * FROM {_quoted(name)}")))}  # noqa: S608

    def restore(self) -> None:
        """As if nothing had been written since the beginning."""
        for path, content in self.files.items():
            if not path.exists():
                path.write_bytes(content)
        changed, self._written = self.written(), set()
        if not changed:
            return
        if self.kind == "sqlite":
            with self.world.undone():
                pass
            return
        with self._connection() as connection:
            connection.execute(text("SET LOCAL session_replication_role = replica"))  # rows go in any order
            for name in changed:
                connection.execute(text(f"DELETE FROM {_quoted(name)}"))  # noqa: S608 - names of our own tables
                connection.execute(text(f"INSERT INTO {_quoted(name)} SELECT * FROM {KEPT}.{_quoted(name)}"))  # noqa: S608
            connection.commit()

    def _keep(self) -> None:
        if self.kind == "sqlite":
            with self.world.undone():
                pass
            return
        with self._connection() as connection:
            connection.execute(text(f"CREATE SCHEMA {KEPT}"))
            for name in self._tables:
                connection.execute(text(f"CREATE TABLE {KEPT}.{_quoted(name)} AS TABLE {_quoted(name)}"))
            connection.commit()

    @contextmanager
    def _connection(self) -> Iterator[Connection]:
        with self.world.app.app_context(), db.engine.connect() as connection:
            yield connection

    # ------------------------------------------------------------ routes

    def posts(self) -> list[tuple[str, str]]:
        """(route, rule) of everything that can be posted to, as the application knows it."""
        rules = self.world.app.url_map.iter_rules()
        return sorted((rule.endpoint, rule.rule) for rule in rules if "POST" in (rule.methods or ()))

    def values(self, row: Row, role: str) -> dict[str, Any]:
        """What the address of a row names, and nothing else."""
        (rule, *_more) = self.world.app.url_map.iter_rules(row.route)
        whole = self.world.values(row, role) | self.things.get((row.route, role), {}) | self.things.get((row.route, ""), {})
        return {name: whole[name] for name in rule.arguments}

    def address(self, row: Row, role: str) -> str:
        return self.world.address(row, self.values(row, role))


def _quoted(name: str) -> str:
    return f'"{name}"'


@contextmanager
def made_arena(kind: str, templates: Templates, folder: Path) -> Iterator[Arena]:
    """At nine on an exam morning, where time stands still."""
    with time_machine.travel(EXAM_MORNING, tick=False), templates.copy(kind, folder) as url, made_world(url, folder) as world:
        yield Arena(world, kind)


# ---------------------------------------------------------------- what an answer says

SAID = "//*[contains(concat(' ', @class, ' '), ' notice ') or contains(@class, 'error') or contains(@class, 'problem')]"


def sentence_of(answer: TestResponse) -> str:
    """What a refusal says to whoever asked; "" where it says nothing."""
    if answer.is_json:
        return str((answer.get_json() or {}).get("error", ""))
    page: HtmlElement = lxml.html.document_fromstring(answer.get_data(as_text=True))
    where = [*page.xpath(SAID), *page.xpath("//form[contains(@action, '/continue-here')]/preceding-sibling::p")]
    spoken = [element.text_content().strip() for element in where]
    if page.xpath("//div[@class='page-head']/p[@class='hint' and number(.) >= 400]"):
        spoken += [element.text_content().strip() for element in page.xpath("//div[@class='page-head']/h1/following-sibling::p")]
    return " ".join(filter(None, spoken))
