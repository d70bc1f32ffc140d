"""What has to be so besides the role: every condition of the matrix, tried where it does not hold."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from quizapp import clock
from quizapp.approvals.models import Proposal
from quizapp.db import db
from quizapp.exams.models import Exam
from quizapp.jobs.models import Job
from quizapp.kernel.roles import Role
from quizapp.marking import queries as marking
from quizapp.marking.rules import blind_name
from quizapp.people.models import RoleGrant
from quizapp.questions.models import ItemVersion, Quarantine, Review
from quizapp.rosters.models import ExcuseCase
from tests.conftest import SECRET_KEY
from tests.permissions.matrix import LIAISON, Row, read
from tests.permissions.said import said_by
from tests.permissions.world import INSIDE, OUTSIDE, RETIRED, World

ROWS = read().rows
TESTS = Path(__file__).resolve().parents[1]
Values = dict[str, Any]


def exam(name: str) -> Callable[[World, Session, str], Values]:
    return lambda world, _session, _who: {"exam_id": world.exams[name]}


def _unfinished(world: World, _session: Session, who: str) -> Values:
    return {"attempt_id": world.opened[who]}


def _over(world: World, _session: Session, who: str) -> Values:
    return {"attempt_id": world.finished[who]}


def _not_released(world: World, session: Session, who: str) -> Values:
    session.execute(update(Exam).where(Exam.id == world.exams["done"]).values(release="manual", released_at=None))
    return {"attempt_id": world.finished[who]}


def _higher(world: World, session: Session, who: str) -> Values:
    """Somebody with one role more than the act may reach; for system administrators there is nobody."""
    if who == LIAISON:
        unit_id = world.units[INSIDE]
        session.add(RoleGrant(person_id=world.people[INSIDE], role=Role.LIAISON, unit_id=unit_id))
        return {"person_id": world.people[INSIDE]}
    return {"person_id": world.people["system_admin"]} if who != "system_admin" else {}


def _beyond(world: World, session: Session, who: str) -> Values:
    """Somebody with one role more than may be signed out or handed a link; whom a security administrator hands none holds
    no role."""
    if who == "security_admin":
        return {"person_id": world.people[OUTSIDE]}
    return _higher(world, session, who) if who == LIAISON else {"person_id": world.people["auditor"]}


def _own(world: World, session: Session, who: str) -> Values:
    """An attempt, an answer, an item of one's own."""
    me = world.people[who]
    session.execute(update(ItemVersion).values(author_id=me))
    session.execute(update(Review).values(opened_by=me))
    entry = next(one for one in marking.entries(session, world.exams["short"]) if one.candidate_id == me)
    return {"candidate_id": me, "attempt_id": world.finished[who], "name": blind_name(SECRET_KEY, entry)}


def _open_attempt_on_notes(world: World, _session: Session, _who: str) -> Values:
    return {"exam_id": world.exams["running"], "attempt_id": world.opened[OUTSIDE]}


def _open_short(world: World, _session: Session, _who: str) -> Values:
    """No answer is called so before its paper is handed in."""
    return {"exam_id": world.exams["running"]}


def _job(world: World, session: Session, who: str, **columns: Any) -> Values:
    job = Job(**{"kind": "reports.export", "person_id": world.people[who], "state": "done", "params": {"scope": []}, "result": {},
                 "created_at": clock.now(), **columns})
    session.add(job)
    session.flush()
    return {"job_id": job.id}


def _no_role(world: World, session: Session, who: str) -> Values:
    session.execute(delete(RoleGrant).where(RoleGrant.person_id == world.people[who]))
    return {}


def _agency_file(world: World, session: Session, who: str) -> Values:
    """A file on the whole agency, fetched by somebody who is down to one unit."""
    if who != LIAISON:
        session.execute(update(RoleGrant).where(RoleGrant.person_id == world.people[who])
                        .values(role=Role.LIAISON, unit_id=world.units[INSIDE]))
    found = _job(world, session, who, params={"scope": ["/"], "exam": world.exams["done"]}, result={"file_name": "a.xlsx"})
    folder = world.app.config["SETTINGS"].instance_path / "exports"
    folder.mkdir(exist_ok=True)
    (folder / f"{found['job_id']}.xlsx").write_bytes(b"PK")
    return found


def _decided(world: World, session: Session, _who: str) -> Values:
    session.execute(update(Review).values(state="accepted", decided_at=clock.now()))
    return {}


def _withdrawn(_world: World, session: Session, _who: str) -> Values:
    session.execute(update(Proposal).values(state="withdrawn"))
    return {}


def _proposed_by_me(world: World, session: Session, who: str) -> Values:
    session.execute(update(Proposal).where(Proposal.id == world.others["proposal"]).values(proposed_by=world.people[who]))
    return {}


def _still_sat(world: World, session: Session, _who: str) -> Values:
    session.execute(update(Exam).where(Exam.id == world.exams["running"]).values(release="manual"))
    return {"exam_id": world.exams["running"]}


def _not_marked(world: World, _session: Session, _who: str) -> Values:
    return {"name": world.others["answer"]}


def _resolved(world: World, session: Session, _who: str) -> Values:
    session.execute(update(Quarantine).values(resolved_at=clock.now(), resolution="retired"))
    return {}


def _closed_case(world: World, session: Session, who: str) -> Values:
    session.execute(update(ExcuseCase).values(state="withdrawn"))
    return {}


def _own_case(world: World, _session: Session, who: str) -> Values:
    return {"case_id": world.cases[who]}


def _unheard(world: World, _session: Session, _who: str) -> Values:
    """An application of somebody in the unit, whose liaison has not said anything."""
    return {"case_id": world.cases[INSIDE]}


# condition → what makes it untrue for this person, as values of the address
UNTRUE: dict[str, Callable[[World, Session, str], Values]] = {
    "draft": exam("running"), "published": exam("draft"), "published_online": exam("draft"),
    "report_published": exam("draft"), "coming": exam("running"), "running": exam("coming"), "paused": exam("running"),
    "not_over": exam("done"), "working": exam("done"), "manual_release": exam("running"), "window_open": exam("coming"),
    "paper_published": exam("running"), "paper_begun": exam("running"), "attempt_open": _over, "finished": _unfinished,
    "released": _not_released, "lower_roles": _higher, "account_in_reach": _beyond, "link_in_reach": _beyond, "not_own": _own, "handed_in": _open_attempt_on_notes,
    "handed_in_short": _open_short, "review_open": _decided, "change_open": _resolved,
    "left_for_good": lambda world, _session, _who: {"person_id": world.people[OUTSIDE]},
    "proposal_waiting": _withdrawn, "not_proposer": _proposed_by_me, "over": _still_sat, "marked": _not_marked,
    "not_self": lambda world, _session, who: {"person_id": world.people[who]},
    "plan_draft": lambda world, _session, _who: {"plan_id": world.others["confirmed_plan"]},
    "plan_confirmed": lambda world, _session, _who: {"plan_id": world.others["plan_id"]},
    "item_published": lambda world, _session, _who: {"code": RETIRED},
    "item_retired": lambda _world, _session, _who: {"code": "constitution-003"},
    "first_over": exam("coming"), "not_closed": exam("done"), "figures_open": exam("done"), "case_open": _closed_case,
    "not_own_case": _own_case, "unit_heard": _unheard, "failed": _job,
    "export_done": lambda world, session, who: _job(world, session, who, state="failed"),
    "still_entitled": lambda world, session, who: _job(world, session, who, state="failed", kind=NOBODYS.get(who, "bank.build")),
    "still_in_scope": _agency_file,
    "holds_role": _no_role,
}
# work to which this role has no right
NOBODYS = {"exam_admin": "bank.generate", "editor": "people.import"}

# condition → where it is tried: it takes more than an address
ELSEWHERE = {
    "undecided": "web/sittings/test_sealed_pages.py",
    "two_people": "web/sittings/test_sealed_pages.py",
    "second_person": "web/approvals/test_approval_pages.py",
    "second_person_if_many": "web/approvals/test_approval_pages.py",
    "opened": "web/sittings/test_commitments.py",
    "roles_apart": "web/people/test_three_administrators.py",
    "not_last": "web/people/test_three_administrators.py",
}
# one's own sealed file is tried there too, and a list of people in a test of its own below
APART = {("sittings.approve_sealed_file", "not_own"), ("sittings.refuse_sealed_file", "not_own"),
         ("people.make_links", "link_in_reach")}
UNBOUND = {("lower_roles", "system_admin"), ("account_in_reach", "security_admin")}  # they reach everybody
KEPT_AS_EVIDENCE = {"answer_event"}  # a save that comes too late counts for nothing, and is kept

CASES = [(row, condition) for row in ROWS for condition in (*row.conditions, *row.liaison_conditions)
         if condition in UNTRUE and (row.route, condition) not in APART]


def test_every_condition_is_tried() -> None:
    assert UNTRUE.keys() | ELSEWHERE.keys() == read().conditions.keys()
    for file in ELSEWHERE.values():
        tree = ast.parse((TESTS / file).read_text(encoding="utf-8"))
        assert any(isinstance(node, ast.FunctionDef) and node.name.startswith("test_") for node in tree.body)


@pytest.mark.parametrize(("row", "condition"), CASES, ids=lambda value: str(value))
def test_without_its_condition_nothing_is_done(world: World, row: Row, condition: str) -> None:
    for who in [LIAISON] if condition in row.liaison_conditions else row.who:
        if (condition, who) in UNBOUND:
            continue
        with world.undone():
            with world.app.app_context(), db.transaction() as session:
                values = world.values(row, who) | UNTRUE[condition](world, session, who)
            before = world.digest()
            answer = world.ask(who, row.method, world.address(row, values), **world.body(row, who, values))
            after = world.digest()
        wrote = {table for table in before if before[table] != after[table]}
        where = f"{row} as {who}: {answer.status_code} {answer.get_data(as_text=True)[:400]}"
        allowed = {403, 404, 409} if row.method == "POST" else {303, 403, 404, 409}
        if condition in ("review_open", "not_own", "attempt_open", "finished"):
            allowed |= {422, 303}  # back to the page with the reason, or on to the receipt or the paper
        if row.route == "attempts.submit":
            allowed |= {200}  # handing in twice brings the same receipt twice
        assert answer.status_code in allowed, where
        assert wrote <= KEPT_AS_EVIDENCE, f"{row} as {who} wrote to {wrote}"


def test_a_list_gives_no_link_to_whoever_holds_a_higher_role(world: World) -> None:
    higher = {role: f"名叫{role}" for role in Role if role is not Role.LIAISON}
    for who, reached in (("exam_admin", {"林望舒", "周景行", "顾南乔", "沈砚秋", "名叫liaison"}), (LIAISON, {"林望舒", "周景行", "沈砚秋"}),
                         ("system_admin", {"林望舒", "周景行", "顾南乔", "沈砚秋", "名叫liaison"})):
        with world.undone():
            answer = world.ask(who, "POST", "/people/links")
        listed = said_by(answer)
        assert {name for name in reached if name in listed} == reached, who
        assert not [name for name in higher.values() if name in listed], who
