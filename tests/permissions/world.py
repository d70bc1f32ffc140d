"""A made installation: what is in it, how it is asked as somebody of a role, and what is stored in it."""

from __future__ import annotations

import hashlib
import io
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from werkzeug.test import TestResponse

from quizapp.attempts import queries as attempt_queries
from quizapp.attempts.models import Attempt
from quizapp.attempts.rules.ticket import Entry, Press
from quizapp.audit.bounds import Tally
from quizapp.db import Model, db
from quizapp.people.models import Person
from tests.builders.marking import TAB
from tests.conftest import SECRET_KEY, close_connections
from tests.permissions.bodies import FORMS, HOT
from tests.permissions.matrix import CANDIDATE, NOBODY, Row

INSIDE, BELOW, OUTSIDE = "inside", "below", "outside"
CHALLENGES = frozenset(f"marking.{name}" for name in (
    "challenge", "challenge_post", "confirm_notice", "question", "stands", "regrade", "regrade_post",
))
CODE, RETIRED = "constitution-001", "constitution-002"


@dataclass
class World:
    """Ids of what was made. `people`: role → person, and somebody in each of three places: inside the liaison's unit,
    below it, outside. `opened`, `finished`: person → an attempt at work, one handed in with its result released."""

    app: Flask
    folder: Path
    people: dict[str, int] = field(default_factory=dict)
    units: dict[str, int] = field(default_factory=dict)
    exams: dict[str, int] = field(default_factory=dict)
    opened: dict[str, uuid.UUID] = field(default_factory=dict)
    finished: dict[str, uuid.UUID] = field(default_factory=dict)
    cases: dict[str, int] = field(default_factory=dict)
    attachments: dict[str, uuid.UUID] = field(default_factory=dict)
    jobs: dict[str, uuid.UUID] = field(default_factory=dict)
    notices: dict[str, uuid.UUID] = field(default_factory=dict)
    sign_ins: dict[str, uuid.UUID] = field(default_factory=dict)
    others: dict[str, Any] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)
    clients: dict[str, FlaskClient] = field(default_factory=dict)

    # ------------------------------------------------------------ asking

    def ask(self, role: str, method: str, address: str, **more: Any) -> TestResponse:
        """As somebody of this role, whose sign-in is as it was at the beginning."""
        client = self.clients[role]
        if role != NOBODY:
            client.set_cookie(self.app.config["SESSION_COOKIE_NAME"], self.cookies[role])
        else:
            client.delete_cookie(self.app.config["SESSION_COOKIE_NAME"])
        return client.open(address, method=method, **more)

    def address(self, row: Row, values: dict[str, Any]) -> str:
        (wanted, *_more) = self.app.url_map.iter_rules(row.route)
        needed = {name: values[name] for name in wanted.arguments}
        with self.app.test_request_context():
            return self.app.url_map.bind("localhost").build(row.route, needed, method=row.method)

    def values(self, row: Row, who: str) -> dict[str, Any]:
        """What the address of a row names where everything is in order for this person."""
        own = who if who in self.opened else CANDIDATE
        found: dict[str, Any] = {
            "exam_id": self.exams["running"], "candidate_id": self.people[OUTSIDE], "person_id": self.people[OUTSIDE],
            "unit_id": self.units[OUTSIDE], "attempt_id": self.opened[own], "job_id": self.jobs[own], "code": CODE,
            "upload_id": uuid.uuid4(), "file_id": uuid.uuid4(), "kind": "csv", "year": 2026, "version": "2021-01-01",
            "filename": "app.css", "name": "示例法", **self.others,
        }
        for condition in row.conditions:
            found |= self._in_order(condition, own)
        if row.route.startswith("sittings.notes_of"):
            found |= {"exam_id": self.exams["done"], "attempt_id": self.finished[OUTSIDE]}
        if row.route.startswith("marking."):
            name = self.others["marked" if "override" in row.route else "answer"]
            found |= {"exam_id": self.exams["short"], "name": name}
        if row.route == "analysis.question":
            found |= {"exam_id": self.exams["by_hand"], "version_id": self.others["analysed"], "part": 0}
        if row.route in CHALLENGES:
            found |= {"exam_id": self.exams["done"], "version_id": self.others["disputed"], "part": 0, "number": 1,
                      "attempt_id": self.finished[own], "notice_id": self.notices[own]}
        if row.route == "records.certificate":
            found["number"] = self.others["certificates"].get(self.people[own], "")
        if row.route.startswith("approvals."):
            found["proposal_id"] = self.others["proposal_of"].get(who, self.others["proposal"]) if "withdraw" in row.route else self.others["proposal"]
        if row.route == "people.end_sign_in":
            found["sign_in_id"] = self.sign_ins[own]
        if row.route == "people.revoke_role":
            found["person_id"] = self.people["editor"]
        if who == "security_admin" and row.route in ("people.make_link", "people.make_code"):
            found["person_id"] = self.people["editor"]
        if row.route.startswith("filings."):
            found |= {"version": 1}
        if row.route == "attempts.ahead":
            found["exam_id"] = self.exams["coming"]
        if row.route.startswith("rosters."):
            found |= {"exam_id": self.exams["coming"], "case_id": self.cases[own], "reason_id": 1,
                      "attachment_id": self.attachments[own]}
        if row.route in ("rosters.case", "rosters.consent", "rosters.decide"):
            found["case_id"] = self.cases[INSIDE if row.route == "rosters.consent" else OUTSIDE]
        if row.route == "rosters.ask_for":
            found["candidate_id"] = self.people[BELOW]
        return found

    def _in_order(self, condition: str, own: str) -> dict[str, Any]:
        exam = {"draft": "draft", "coming": "coming", "paused": "paused", "manual_release": "by_hand", "over": "by_hand", "first_over": "done", "opened": "done",
                "paper_published": "paper", "paper_begun": "paper", "window_open": "open_again"}
        if condition in exam:
            return {"exam_id": self.exams[exam[condition]]}
        if condition in ("finished", "released"):
            return {"attempt_id": self.finished[own]}
        if condition == "plan_confirmed":
            return {"plan_id": self.others["confirmed_plan"]}
        if condition == "item_retired":
            return {"code": RETIRED}
        return {}

    def body(self, row: Row, who: str, values: dict[str, Any], ticket_of: str = "") -> dict[str, Any]:
        """What is sent with a POST, so that nothing but a right can stop it: the fields of the form, or the JSON of
        the exam page with the ticket of this person (`ticket_of`: of somebody else)."""
        if row.method != "POST":
            return {}
        owner = ticket_of or (who if who in self.people else CANDIDATE)
        if row.route in ("attempts.begin_post", "attempts.ahead"):
            entry = Press(SECRET_KEY).entry(Entry(self.people[owner], values["exam_id"]))
            given = {"ticket": entry, "understood": "y"}
            return {"data": given} if row.route == "attempts.begin_post" else {"json": given}
        if row.route in HOT:
            return {"json": {"ticket": self._ticket(owner, values["attempt_id"]), "client_id": TAB, "epoch": 1,
                             "manifest": {}, "notes": [{"kind": "hidden", "lasted": 9}],
                             "saves": [{"q": 1, "seq": 9, "response": ["1"], "flagged": True, "seen": True}]}}
        if row.route == "attempts.hand_in_file":
            return {"data": {"file": (io.BytesIO(b"{}"), "a.quizapp")}}
        if row.route == "privacy.erase":
            with self.app.app_context():
                return {"data": {"login": db.session.get_one(Person, values["person_id"]).login, "why": "本人申请"}}
        if row.route == "people.join_branch":
            return {"data": {"branch": str(self.others["branch"]), "joined_on": "2026-11-02"}}
        return {"data": FORMS.get(row.route, {})}

    def _ticket(self, owner: str, attempt_id: uuid.UUID) -> str:
        """The ticket of a person for an attempt of theirs, as the exam page holds it."""
        with self.app.app_context():
            attempt = db.session.scalars(select(Attempt).where(Attempt.id == attempt_id)).one()
            made = attempt_queries.ticket(db.session(), attempt.candidate_id, attempt_id)
        assert made.candidate_id == self.people[owner]
        return Press(SECRET_KEY).ticket(made)

    # ------------------------------------------------------------ what is stored

    def digest(self) -> dict[str, tuple[int, str]]:
        """Table → number of rows, and a digest of all that stands in them; but for what says that something was
        refused."""
        with self.app.app_context(), db.engine.connect() as connection:
            found = {}
            for table in Model.metadata.sorted_tables:
                if table.name in ("refusal", "audit_head"):
                    continue
                which = " WHERE outcome IS NULL OR outcome <> 'refused'" if table.name == "audit_event" else ""
                rows = sorted(repr(tuple(row)) for row in connection.execute(text(f'SELECT * FROM "{table.name}"{which}')))  # noqa: S608 - names of our own tables
                found[table.name] = len(rows), hashlib.sha256("\n".join(rows).encode()).hexdigest()
            return found

    def refusals(self) -> tuple[int, int]:
        """How many refusals were counted since the last `forget_refusals`, and how many events in the record say so."""
        with self.app.app_context(), db.engine.connect() as connection:
            counted = connection.scalar(text("SELECT coalesce(sum(count), 0) FROM refusal"))
            return int(counted), int(connection.scalar(text("SELECT count(*) FROM audit_event WHERE outcome = 'refused'")) or 0)

    def forget_refusals(self) -> None:
        """Begin to count afresh, as in another minute."""
        with self.app.app_context(), db.transaction() as session:
            session.execute(text("DELETE FROM refusal"))
        self.app.extensions["refused"] = Tally()

    @contextmanager
    def undone(self) -> Iterator[None]:
        """Whatever is written inside is as if it had never been. SQLite only."""
        kept = self.folder / "kept.sqlite3"
        if not kept.exists():
            self._copy(self.folder / "test.sqlite3", kept)
        try:
            yield
        finally:
            self._copy(kept, self.folder / "test.sqlite3")

    def _copy(self, source: Path, target: Path) -> None:
        close_connections(self.app)
        for path in (source, target):
            for beside in ("-wal", "-shm"):
                path.with_name(path.name + beside).unlink(missing_ok=True)
        shutil.copyfile(source, target)
