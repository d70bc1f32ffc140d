"""One installation with somebody of every role, two units beside each other, and everything that a route may name."""

from __future__ import annotations

import dataclasses
import hashlib
import html
import io
import re
import shutil
import uuid
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from quizapp import clock
from quizapp.analysis import service as analysis
from quizapp.analysis.measuring import analyse
from quizapp.analysis.models import ItemStatistic
from quizapp.approvals import service as approvals
from quizapp.approvals.rules import Kind, Said
from quizapp.approvals.service import By as Proposer
from quizapp.attempts import queries as attempt_queries
from quizapp.attempts import service as attempts
from quizapp.attempts.models import Attempt, Note
from quizapp.attempts.rules.ticket import Entry, Press
from quizapp.audit import service as audit
from quizapp.audit.bounds import Tally
from quizapp.db import Model, db
from quizapp.exams import service as exams
from quizapp.exams.models import Exam, Result
from quizapp.filings import service as filings
from quizapp.jobs.models import Job
from quizapp.kernel.ids import new_id
from quizapp.kernel.roles import Role
from quizapp.marking import challenging
from quizapp.marking import queries as marking
from quizapp.marking import service as markings
from quizapp.marking.approving import params_of
from quizapp.marking.rules import Given, blind_name
from quizapp.marking.telling import tell, unconfirmed
from quizapp.papers.rules.blueprint import Cell
from quizapp.people import service as people
from quizapp.people.models import Person, RoleGrant, SignIn, Unit
from quizapp.plans.models import Plan
from quizapp.questions import queries as questions
from quizapp.questions import reviewing
from quizapp.questions import service as bank
from quizapp.questions.models import Quarantine
from quizapp.questions.rules.content import from_content
from quizapp.records import service as records
from quizapp.records.models import Certificate
from quizapp.rosters import service as rosters
from quizapp.rosters.attachments import Attached, Cabinet
from quizapp.rosters.models import ExcuseFile
from quizapp.rosters.service import Asked, By
from tests.builders.bank_files import amend, bring_texts, make_bank, text_of
from tests.builders.exams import CLOSES, OPENS, enrol, make_exam
from tests.builders.marking import TAB, hand_in
from tests.builders.people import grant, make_agency, make_person, make_unit, sign_in
from tests.conftest import SECRET_KEY, close_connections, make_app
from tests.permissions.matrix import CANDIDATE, NOBODY, SIGNED_IN, Row

INSIDE, BELOW, OUTSIDE = "inside", "below", "outside"
CODE, RETIRED = "constitution-001", "constitution-002"
DRAFT = "还没有发布的补考"
BEFORE = timedelta(days=30)


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
                return {"data": {"login": db.session.get_one(Person, values["person_id"]).login}}
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


# whose failed job is not an export: work that this role may start
WORK = {"editor": "bank.build", "reviewer": "bank.generate", "system_admin": "statutes.import"}
CHALLENGES = frozenset(f"marking.{name}" for name in ("challenge", "challenge_post", "confirm_notice", "question", "stands", "regrade", "regrade_post"))
HOT = frozenset(f"attempts.{name}" for name in ("save", "claim", "take_over", "submit", "note", "standing"))
SETTINGS = {
    "title": "改过的名称", "year": "2026", "kind": "online", "opens_at": "2026-12-01T09:00", "closes_at": "2026-12-05T18:00",
    "minutes": "60", "attempts_allowed": "3", "score_rule": "best", "pass_mark": "1", "excellence_mark": "2",
    "multiple_rule": "all_or_nothing", "release": "after_close", "form_count": "1", "participation_target": "100",
    "pass_target": "100", "make_up_of_id": "0",
}
FORMS: dict[str, dict[str, Any]] = {
    "people.new_person_post": {"login": "new-one", "name": "新来的人", "since": "2026-11-01", "unit": "1"},
    "people.person_post": {"name": "改过的名字", "rank": "科级", "post_type": "综合管理"},
    "people.transfer": {"unit": "1", "on": "2026-11-01"},
    "people.leave_branch": {"out_on": "2026-11-02"},
    "people.grant_role": {"role": "editor", "role_unit": "0"},
    "people.new_unit_post": {"code": "NEW", "name": "新单位", "parent": "1"},
    "people.unit_post": {"code": "OTHER", "name": "改过的单位"},
    "people.move_unit": {"step": "up"},
    "people.language": {"language": "en"},
    "people.sign_in_post": {"login": "nobody-has-this", "password": "wrong"},
    "people.set_password_post": {"password": "一个足够长的新密码 2026", "again": "一个足够长的新密码 2026"},
    "questions.generate_post": {"law": "示例法", "subject": "constitution", "limit": "1"},
    "questions.reject": {"reason": "解析没有点到条文"},
    "plans.plan_post": {"then": "literal"},
    "plans.delete": {"why": "读错了报告"}, "exams.release": {"why": "阅卷完成"}, "exams.delete": {"why": "建重了"},
    "approvals.refuse": {"words": "还有申诉没有处理"},
    "marking.override_post": {"p1": "4", "why": "复核"},
    "exams.new_post": SETTINGS, "exams.edit_post": SETTINGS,
    "exams.blueprint_post": {"subject": "", "type": "single", "difficulty": "", "count": "1", "marks": "2"},
    "rosters.own_post": {"reason": "1", "note": "住院"}, "rosters.register": {"reason": "1"}, "rosters.ask_for": {"reason": "1"},
    "rosters.consent": {"then": "yes"}, "rosters.decide": {"then": "yes"}, "rosters.restore": {"why": "登记错了"},
    "rosters.remove": {"why": "登记错了"}, "rosters.late_post": {"people": "p00001", "why": "新任职"},
    "rosters.add_reason": {"kind": "excused", "name": "新的理由"},
    "sittings.extend": {"minutes": "5", "why": "设备故障"},
    "sittings.accommodate": {"extra_percent": "30", "break_minutes": "0", "ground": "papers", "detail": ""},
    "sittings.extension_post": {"minutes": "5", "why": "设备故障"},
    "sittings.pause_post": {"why": "停电"},
    "sittings.postponement_post": {"minutes": "5", "why": "停电"},
    "sittings.notes_of_post": {"decision": "no_concern", "reason": "考生已经说明"},
    "sittings.refuse_sealed_file": {"reason": "与监考记录不符"},
    "marking.answer_post": {"p1": "5"},
    "marking.challenge_post": {"reason": "条文写的是另一项"}, "marking.stands": {"words": "条文写的就是这一项", "basis": "示例法第十二条"},
    "marking.regrade_post": {"treatment": "full", "basis": "示例法第十二条", "why": "题干有歧义", "after": "0"},
    "attempts.notes_post": {"reply": "去接了一个电话"},
    "filings.again": {"reason": "改过名单"}, "filings.year_post": {"then": "save"},
    "filings.new_post": {"exam": "6", "kind": "notice", "scope": "all", "mode": "plain", "threshold": "95"},
}


# new each time: tokens against forged requests, tickets
NONCE = re.compile(r"(?<=nonce=\")[^\"]+|[\w-]{40,}\.[\w-]{5,8}\.[\w-]{20,}|[\w=-]{100,}")


def said_by(answer: TestResponse) -> str:
    """What an answer says; of a workbook the texts in it."""
    if answer.data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(answer.data)) as book:
            return html.unescape("\n".join(book.read(name).decode() for name in sorted(book.namelist())))
    # a page repeats its own address, which whoever asked knew before
    return NONCE.sub("…", answer.get_data(as_text=True)).replace(answer.request.path, "{address}")


@contextmanager
def made_world(url: str, folder: Path) -> Iterator[World]:
    """The installation at this address of an empty, migrated database."""
    app = make_app(url, folder / "instance")
    app.config["WTF_CSRF_ENABLED"] = False  # so that it is the right which refuses
    app.config["SETTINGS"] = dataclasses.replace(app.config["SETTINGS"], bank_path=make_bank(folder))
    world = World(app, folder)
    try:
        with app.app_context():
            _fill(world)
        for role in (*SIGNED_IN, OUTSIDE, NOBODY):
            _enter(world, role)
        yield world
    finally:
        close_connections(app)


def _fill(world: World) -> None:
    with db.transaction() as session:
        _library(world, session)
        _agency(world, session)
        _exams(world, session)
    with db.transaction() as session:
        _attempts(world, session)
        _odds(world, session)
        _cases(world, session)


def _enter(world: World, who: str) -> None:
    """A browser, in which this person is signed in."""
    client = world.clients[who] = world.app.test_client()
    if who == NOBODY:
        return
    with world.app.app_context():
        person = db.session.get_one(Person, world.people[who])
    sign_in(client, person)
    with world.app.app_context():
        world.sign_ins[who] = db.session.scalars(select(SignIn.id).where(SignIn.person_id == world.people[who])).one()
    cookie = client.get_cookie(world.app.config["SESSION_COOKIE_NAME"])
    assert cookie is not None
    world.cookies[who] = cookie.value


def _library(world: World, session: Session) -> None:
    """Three items on one law, of which one lost its ground and one waits for a reviewer."""
    bank.build_bank(session, world.app.config["SETTINGS"].bank_path)
    bring_texts(session)
    item = questions.item_by_code(session, CODE)
    content = from_content(questions.version_of(session, item.id, 1).content)
    content = content.model_copy(update={"explanation": "第二条写明了管辖机关，其他机关一律不得办理。"})
    bank.retire(session, RETIRED)
    world.others["review_id"] = reviewing.propose_change(session, item, content, "edit", None).id
    amend(session, 4, text_of(4).replace("其他机关不得办理", "其他机关可以协助"), clock.today() - timedelta(days=60))
    world.others["change_id"] = session.scalars(select(Quarantine.id)).one()


def _agency(world: World, session: Session) -> None:
    top = make_agency(session)
    inside, outside = make_unit(session, "甲处", top), make_unit(session, "乙处", top)
    below = make_unit(session, "甲处一科", inside)
    places: dict[str, Unit] = {INSIDE: inside, BELOW: below, OUTSIDE: outside}
    world.units = {place: unit.id for place, unit in places.items()}
    for place, (name, unit) in zip(places, (("林望舒", inside), ("周景行", below), ("顾南乔", outside)), strict=True):
        world.people[place] = make_person(session, name, unit).id
    world.people[CANDIDATE] = make_person(session, "沈砚秋", inside).id
    for role in Role:
        person = make_person(session, f"名叫{role}", inside if role is Role.LIAISON else top)
        world.people[role.value] = grant(session, person, role, inside if role is Role.LIAISON else None).id
    lent = people.second(session, world.people[OUTSIDE], top.id, date(2025, 1, 6), date(2035, 1, 6))
    world.others["membership_id"] = lent.id
    branches = [people.add_unit(session, f"P{n}", f"第{n}党支部", None, kind="party") for n in (1, 2)]
    for person_id in world.people.values():
        people.join_branch(session, person_id, branches[0].id, date(2026, 11, 1))
    world.others["branch"] = branches[1].id
    world.others["grant_id"] = session.scalars(select(RoleGrant.id).where(RoleGrant.role == Role.EDITOR)).one()


def _exams(world: World, session: Session) -> None:
    everybody = [session.get_one(Person, person_id) for person_id in world.people.values()]
    past = {"opens_at": OPENS - BEFORE, "closes_at": OPENS - BEFORE + timedelta(days=3)}
    kinds: dict[str, tuple[tuple[str, ...], dict[str, Any]]] = {
        "running": (("single", "multiple"), {}), "open_again": (("single",), {}),
        "coming": (("single",), {"opens_at": OPENS + timedelta(days=1)}),
        "paused": (("single",), {"paused_at": OPENS - timedelta(minutes=1), "opens_at": OPENS - timedelta(hours=1)}),
        "by_hand": (("single",), {"release": "manual", **past}), "done": (("single",), past),
        "short": (("single", "short"), past), "paper": (("single",), {"kind": "paper"}),
        "paper_coming": (("single",), {"kind": "paper", "opens_at": OPENS + timedelta(days=2)}),
    }
    for name, (asked, settings) in kinds.items():
        settings = {"closes_at": CLOSES, "pass_mark": Decimal(1), "excellence_mark": Decimal(2), **settings}
        exam = make_exam(session, asked, candidates=everybody, title=f"考试 {name}", **settings)
        world.exams[name] = exam.id
    draft = exams.create(session, title=DRAFT, year=2026, opens_at=CLOSES, closes_at=CLOSES + timedelta(days=1), now=OPENS,
                         make_up_of_id=world.exams["running"], pass_mark=Decimal(1), excellence_mark=Decimal(2), form_count=1)
    exams.set_blueprint(session, draft, [Cell(None, "single", None, 1, Decimal(2))])
    world.exams["draft"] = draft.id


def _attempts(world: World, session: Session) -> None:
    running, short = (session.get_one(Exam, world.exams[name]) for name in ("running", "short"))
    for who, person_id in world.people.items():
        person = session.get_one(Person, person_id)
        opened = attempts.start(session, running, person_id, now=clock.now())
        opened.client_id, opened.break_left = TAB, 600
        world.opened[who] = opened.id
        for name in ("done", "by_hand"):
            exam = session.get_one(Exam, world.exams[name])
            handed = hand_in(session, exam, person, "", exam.opens_at)
            if name == "done":
                world.finished[who] = handed.id
        handed = hand_in(session, short, person, "应当先告知，再举行听证。", short.opens_at)
        session.add(Note(candidate_id=person_id, attempt_id=world.finished[who], kind="hidden", at=clock.now(), lasted=9))
    session.flush()
    entry = next(one for one in marking.entries(session, short.id) if one.candidate_id == world.people[OUTSIDE])
    world.others["answer"] = blind_name(SECRET_KEY, entry)
    again = next(one for one in marking.entries(session, short.id) if one.candidate_id == world.people[BELOW])
    markings.mark(session, short.id, again, world.people["reviewer"], Given(Decimal(3), (Decimal(3),)), now=clock.now())
    world.others["marked"] = blind_name(SECRET_KEY, again)
    by_hand = session.get_one(Exam, world.exams["by_hand"])
    analysis.keep(session, by_hand.id, analyse(session, by_hand), began=clock.now(), now=clock.now())
    world.others["analysed"] = session.scalars(select(ItemStatistic.item_version_id)).one()
    _doubts(world, session)
    _certificates(world, session)
    _proposals(world, session)


def _doubts(world: World, session: Session) -> None:
    """Somebody who is nobody else here doubts a key; and everybody has a notice."""
    done, somebody = session.get_one(Exam, world.exams["done"]), make_person(session, "秦维桢")
    enrol(session, done, somebody)
    attempt = hand_in(session, done, somebody, "", done.opens_at)
    doubted = challenging.own_question(session, somebody.id, attempt.id, 1, now=clock.now())
    world.others["disputed"] = challenging.challenge(session, doubted, "条文写的是另一项", now=clock.now()).item_version_id
    for who, person_id in world.people.items():
        tell(session, done.id, [(person_id, Said("《%(title)s》已出成绩", {"title": done.title}), None)], now=clock.now())
        world.notices[who] = unconfirmed(session, person_id)[0].id


def _certificates(world: World, session: Session) -> None:
    """Everybody who handed in passed the exam that was done."""
    done = session.get_one(Exam, world.exams["done"])
    session.execute(update(Result).where(Result.exam_id == done.id).values(score=Decimal(2)))
    records.settle(session, done.id, Said("试验"), now=clock.now())
    world.others["certificates"] = {one.person_id: one.number for one in session.scalars(select(Certificate))}


def _proposals(world: World, session: Session) -> None:
    """One that waits, of somebody who is nobody else here; and, for whoever may, one of their own."""
    somebody = grant(session, make_person(session, "许明远"), Role.EXAM_ADMIN)
    grant(session, somebody, Role.REVIEWER)
    now = clock.now()

    def propose(kind: Kind, params: dict[str, Any], person_id: int) -> uuid.UUID:
        return approvals.propose(session, kind, params, "试验", Proposer(person_id, "试验"), now=now).id

    world.others["proposal"] = propose(Kind.DELETE_EXAM, {"exam": _another_draft(session, world)}, somebody.id)
    again = next(one for one in marking.entries(session, world.exams["short"]) if one.candidate_id == world.people[BELOW])
    world.others["proposal_of"] = {
        "exam_admin": propose(Kind.DELETE_EXAM, {"exam": _another_draft(session, world)}, world.people["exam_admin"]),
        "reviewer": propose(Kind.OVERRIDE_MARK, params_of(world.exams["short"], again, Given(Decimal(2))), world.people["reviewer"]),
    }


def _another_draft(session: Session, world: World) -> int:
    return exams.create(session, title="要删除的草稿", year=2025, opens_at=CLOSES, closes_at=CLOSES + timedelta(days=1),
                        now=OPENS, kind="paper").id


def _cases(world: World, session: Session) -> None:
    """Everybody applies to be excused from an exam that is to come, with an attachment."""
    cabinet = Cabinet(world.app.config["SETTINGS"].instance_path / "excuses")
    for who, person_id in world.people.items():
        asked = Asked(1, "住院", [Attached("证明.pdf", "application/pdf", b"%PDF-1.7 " + who.encode())])
        by = By(person_id, session.get_one(Person, person_id).name, "self")
        case = rosters.ask(session, world.exams["paper_coming"], person_id, asked, by, cabinet, now=clock.now())
        world.cases[who] = case.id
        world.attachments[who] = session.scalars(select(ExcuseFile.id).where(ExcuseFile.case_id == case.id)).one()


def _odds(world: World, session: Session) -> None:
    """A plan of each state, a failed job of everybody, an act on record, a one-time link."""
    now = clock.now()
    plans = [Plan(year=year, agency="清溪市机关事务管理局", state=state, created_at=now)
             for year, state in ((2026, "draft"), (2025, "confirmed"))]
    session.add_all(plans)
    for who in (*SIGNED_IN, OUTSIDE):
        world.jobs[who] = new_id()
        session.add(Job(id=world.jobs[who], kind=WORK.get(who, "reports.export"), person_id=world.people[who], state="failed", result={},
                        params={"exam": world.exams["done"], "person": world.people[who], "scope": [], "filters": {},
                                "language": "zh", "kind": "xlsx", "laws": ["示例法"], "subject": "constitution",
                                "upload": str(uuid.uuid4()), "address": ""}, problem="试验", created_at=now))
    audit.record(session, "try", "person", world.people[OUTSIDE], actor="cli")
    session.flush()
    world.others |= {
        "plan_id": plans[0].id, "confirmed_plan": plans[1].id, "report_id": 1, "number": 1,
        "token": people.make_link(session, world.people[BELOW]),
        "filing_id": filings.hand_in_exam(session, world.exams["done"], True, by=world.people["exam_admin"], now=now).id,
    }
