"""One installation with somebody of every role, two units beside each other, and everything that a route may name."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from quizapp import clock
from quizapp.analysis import service as analysis
from quizapp.analysis.measuring import analyse
from quizapp.analysis.models import ItemStatistic
from quizapp.approvals import service as approvals
from quizapp.approvals.rules import Kind, Said
from quizapp.approvals.service import By as Proposer
from quizapp.attempts import service as attempts
from quizapp.attempts.models import Note
from quizapp.audit import service as audit
from quizapp.db import db
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
from quizapp.marking.rules import Entry, Given, blind_name
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
from tests.builders.people import grant, make_agency, make_left, make_person, make_unit, sign_in
from tests.conftest import SECRET_KEY, close_connections, make_app
from tests.permissions.matrix import CANDIDATE, NOBODY, SIGNED_IN
from tests.permissions.world import BELOW, CODE, INSIDE, OUTSIDE, RETIRED, World

BEFORE = timedelta(days=30)
# whose failed job is not an export: work that this role may start
WORK = {"editor": "bank.build", "reviewer": "bank.generate", "system_admin": "statutes.import"}


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
    draft = exams.create(session, title="还没有发布的补考", year=2026, opens_at=CLOSES, closes_at=CLOSES + timedelta(days=1), now=OPENS,
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
    world.others["answer"] = blind_name(SECRET_KEY, _answer_of(session, world, OUTSIDE))
    again = _answer_of(session, world, BELOW)
    markings.mark(session, short.id, again, world.people["reviewer"], Given(Decimal(3), (Decimal(3),)), now=clock.now())
    world.others["marked"] = blind_name(SECRET_KEY, again)
    by_hand = session.get_one(Exam, world.exams["by_hand"])
    analysis.keep(session, by_hand.id, analyse(session, by_hand), began=clock.now(), now=clock.now())
    world.others["analysed"] = session.scalars(select(ItemStatistic.item_version_id)).one()
    _doubts(world, session)
    _certificates(world, session)
    _proposals(world, session)


def _answer_of(session: Session, world: World, who: str) -> Entry:
    """The answer in words of this person, as whoever marks it finds it."""
    return next(one for one in marking.entries(session, world.exams["short"]) if one.candidate_id == world.people[who])


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
    again = _answer_of(session, world, BELOW)
    world.others["proposal_of"] = {
        "exam_admin": propose(Kind.DELETE_EXAM, {"exam": _another_draft(session, world)}, world.people["exam_admin"]),
        "reviewer": propose(Kind.OVERRIDE_MARK, params_of(world.exams["short"], again, Given(Decimal(2))), world.people["reviewer"]),
        "system_admin": propose(Kind.ERASE_PERSON, {"person": make_left(session, "褚云归").id}, world.people["system_admin"]),
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
