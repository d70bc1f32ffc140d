"""Personal data over all tables: everything is classed, everything is handed out, and everything goes."""

# ruff: noqa: S608 - the statements are put together from names of our own tables

from __future__ import annotations

import io
import json
import uuid
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import JSON, delete, insert, select, text, update
from sqlalchemy.orm import Session

from quizapp import clock
from quizapp.approvals import service as approvals
from quizapp.approvals.models import Proposal
from quizapp.approvals.rules import Kind
from quizapp.attempts.models import Note, NoteReview, Regrade, SealedFile
from quizapp.audit import service as audit
from quizapp.audit.models import AuditEvent, Refusal
from quizapp.db import Model, db
from quizapp.exams.models import Accommodation, Exam, Extension
from quizapp.jobs.models import Job
from quizapp.kernel.errors import ConflictError, ForbiddenError
from quizapp.kernel.ids import new_id
from quizapp.kernel.roles import Role
from quizapp.marking.models import Challenge, PersonalNotice, RegradedAttempt, RegradedResult
from quizapp.marking.regrading import digest_of
from quizapp.people.models import (
    ExternalIdentity,
    FailedSignIn,
    Membership,
    OneTimeLink,
    Person,
    RecoveryCode,
    RoleGrant,
    SecondFactor,
    SignIn,
)
from quizapp.privacy import approving as approving
from quizapp.privacy import documents, queries, service
from quizapp.privacy.cli import person as command
from quizapp.privacy.register import DELETE, DIRECT, LINKED, NONE, REGISTER, SECRET
from quizapp.questions.models import ItemVersion
from quizapp.records.models import Certificate
from quizapp.records.rules import digest_of as certified
from quizapp.rosters.attachments import cabinet
from quizapp.rosters.models import ExcuseCase, ExcuseFile, ExcuseReason, ExcuseStep, RosterChange
from tests.builders.approvals import make_pair
from tests.builders.evidence import Place, make_place
from tests.builders.people import make_left, make_unit
from tests.databases import both_databases

SECRETS = {("person", "password_hash"), ("sign_in", "token_hash"), ("one_time_link", "token_hash"), ("recovery_code", "code_hash")}


def marker(table: str, column: str) -> str:
    return f"标记{list(REGISTER).index(table)}-{column}"


# ---------------------------------------------------------------- the register


def test_every_column_is_classed_and_no_other(app: Flask) -> None:
    tables = {table.name: {column.name for column in table.columns} for table in Model.metadata.sorted_tables}
    classed = {table: set(entry.columns) for table, entry in REGISTER.items()}
    assert classed == tables, "a table or column that quizapp/privacy/register.py does not class, or no longer there"
    for table, entry in REGISTER.items():
        assert set(entry.columns.values()) <= {DIRECT, LINKED, SECRET, NONE}
        assert {*entry.cleared, *entry.stays, *entry.withheld} <= set(entry.columns), table
        if entry.named(DIRECT, SECRET):
            assert entry.of in entry.columns, f"{table}: nobody knows whose this is"
        if entry.then != DELETE and table != "person":
            left = set(entry.named(DIRECT, SECRET)) - set(entry.cleared) - set(entry.stays) - set(entry.signed)
            assert left == set(), f"{table}: stays after erasure, and no reason is given"


def test_every_column_that_leads_to_a_person_is_known_as_such(app: Flask) -> None:
    """A foreign key to `person` is never classed as being about nobody."""
    for table in Model.metadata.sorted_tables:
        for column in table.columns:
            if any(key.column.table.name == "person" for key in column.foreign_keys):
                assert REGISTER[table.name].columns[column.name] == LINKED, f"{table.name}.{column.name}"


# ---------------------------------------------------------------- planted and found


@pytest.fixture
def place(app: Flask) -> Iterator[Place]:
    with app.app_context():
        made = make_place(app)
        with db.transaction() as session:
            fill(session, made)
        yield made


def fill(session: Session, place: Place) -> None:
    """A row of this person in every table that can hold one."""
    me, attempt_id, now = place.people[0], place.attempts[0], clock.now()
    key = {"candidate_id": me, "attempt_id": attempt_id}
    person = session.get_one(Person, me)
    session.add_all([
        SignIn(token_hash="t1", person_id=me, created_at=now, last_seen_at=now, expires_at=now, address="", device=""),
        FailedSignIn(login=person.login, address="", at=now),
        OneTimeLink(token_hash="t2", person_id=me, created_at=now, expires_at=now),
        SecondFactor(person_id=me, secret=b"s", salt=b"s", created_at=now), RoleGrant(person_id=me, role="editor"),
        Note(**key, kind="hidden", at=now), NoteReview(**key, reply="", reason=""),
        SealedFile(**key, exam_id=place.exam_id, digest="d", content={}, uploaded_by=me, uploaded_at=now, reason=""),
        Accommodation(exam_id=place.exam_id, candidate_id=me, extra_percent=30, reason="", granted_at=now),
        Extension(exam_id=place.exam_id, candidate_id=me, minutes=5, reason="", granted_at=now),
        Job(kind="people.import", person_id=me, params={}, state="done", result={}, created_at=now, finished_at=now),
        Refusal(key="k", minute=now - timedelta(minutes=5), actor_id=me, actor="", address="", action="refuse_right",
                object_type="person", object_id=str(me), detail={}, count=2, written=1),
    ])
    session.flush()
    reason = session.scalars(select(ExcuseReason)).first() or ExcuseReason(kind="excused", name="长期病假")
    session.add_all([reason, ExternalIdentity(issuer="https://sso.example", subject="", person_id=me, linked_at=now)])
    session.flush()
    case = ExcuseCase(exam_id=place.exam_id, candidate_id=me, unit_id=1, path="/1/", kind="excused", reason_id=reason.id,
                      reason="", state="granted", capacity="self", asked_by=me, asked_at=now)
    session.add(case)
    session.flush()
    session.add_all([
        ExcuseStep(case_id=case.id, act="asked", capacity="self", by_id=me, by_name="", words="", at=now),
        ExcuseFile(case_id=case.id, name="", media_type="application/pdf", size=4, digest="d", by_id=me, at=now),
        RosterChange(exam_id=place.exam_id, candidate_id=me, unit="", act="added", reason="", by_id=me, by_name="", at=now),
        Proposal(kind="delete_plan", object_id="1", title="", params={}, seen={}, shown=[], reason="", state="withdrawn",
                 proposed_by=me, proposed_at=now, expires_at=now),
        RecoveryCode(person_id=me, code_hash="c"),
    ])
    _regraded(session, place, key)
    session.flush()
    review = _review(session)
    session.execute(insert(Model.metadata.tables["review_vote"]).values(
        review_id=review, person_id=me, verdict="accept", reason="", at=now))
    session.execute(insert(Model.metadata.tables["prepared_paper"]).values(
        candidate_id=me, exam_id=place.exam_id, number=9, attempt_id=uuid.uuid4(), form_id=1, layout=[]))
    audit.record(session, "change_person", "person", me, actor_id=me, actor="", detail={})
    session.execute(update(Exam).where(Exam.id == place.exam_id).values(release="manual", released_at=now))


def _regraded(session: Session, place: Place, key: dict[str, Any]) -> None:
    """A challenge, and what a regrade changed: to the key that there was, so that no mark is another one."""
    version, now = session.scalars(select(ItemVersion.id).where(ItemVersion.type == "single")).first(), clock.now()
    session.add(Regrade(exam_id=place.exam_id, number=1, item_version_id=version, part=0, treatment="key", key=["B"], reason="",
                        proposed_by=9999, at=now))
    line = key["candidate_id"], key["attempt_id"], 1, None, None, None, None
    audit.record(session, "change_key", "exam", place.exam_id, actor="试验", detail={
        "number": 1, "version": version, "part": 0, "treatment": "key", "key": ["B"], "at": now, "digest": digest_of([line])})
    session.flush()
    audit.record(session, "issue_certificates", "exam", place.exam_id, actor="试验", detail={
        "at": now, "digest": certified({"XF2026-1-00001": ""})})
    session.add_all([
        Challenge(**key, exam_id=place.exam_id, position=1, item_version_id=version, part=0, reason="", asked_at=now),
        RegradedAttempt(**key, exam_id=place.exam_id, number=1, position=1),
        RegradedResult(candidate_id=key["candidate_id"], exam_id=place.exam_id, number=1),
        Certificate(number="XF2026-1-00001", code="ABCDEFGH", person_id=key["candidate_id"], exam_id=place.exam_id, issuer="", name="",
                    unit="", exam="", score=Decimal(60), grade="passed", sat_on=now.date(), issued_at=now, digest=""),
        PersonalNotice(person_id=key["candidate_id"], exam_id=place.exam_id, message={}, link={}, at=now),
    ])


def _review(session: Session) -> int:
    tables = Model.metadata.tables
    version = session.execute(select(tables["item_version"].c.id, tables["item_version"].c.item_id)).first()
    assert version is not None
    found = session.execute(insert(tables["review"]).values(
        item_id=version.item_id, item_version_id=version.id, kind="edit", state="open", needed=1, opened_at=clock.now(),
    ).returning(tables["review"].c.id))
    return int(found.scalar_one())


def plant(session: Session, person: Person) -> set[tuple[str, str]]:
    """Put a marker into every column that is about the person by itself; which columns."""
    planted = set()
    for table, entry in REGISTER.items():
        made, mine = Model.metadata.tables[table], queries.own_rows(table, entry, person) if entry.of else None
        for column in entry.named(DIRECT, SECRET):
            if (table, column) in {("failed_sign_in", "login"), ("second_factor", "secret"), ("second_factor", "salt")} | {
                ("audit_event", "object_id"), ("refusal", "object_id")
            }:
                continue  # the number of the person or the work number itself, or bytes
            value: Any = marker(table, column)
            if isinstance(made.c[column].type, JSON):
                value = [value] if column in ("response", "shown") else {"v": value}
            assert mine is not None
            done = session.execute(update(made).where(mine).values({column: value}))
            assert done.rowcount > 0, f"nothing of this person in {table}"  # type: ignore[attr-defined]
            planted.add((table, column))
            if (table, column) == ("person", "login"):
                session.execute(update(Model.metadata.tables["failed_sign_in"]).values(login=value))
                session.refresh(person)
    return planted


def dump() -> dict[str, str]:
    """table.column → everything that stands in it."""
    found: dict[str, str] = {}
    with db.engine.connect() as connection:
        for table in Model.metadata.sorted_tables:
            for row in connection.execute(text(f'SELECT * FROM "{table.name}"')).mappings():
                for column, value in row.items():
                    said = json.dumps(value, ensure_ascii=False, default=str) if not isinstance(value, str) else value
                    # SQLite keeps JSON as text with escapes
                    found[f"{table.name}.{column}"] = found.get(f"{table.name}.{column}", "") + "\n" + said + _unescaped(said)
    return found


def _unescaped(said: str) -> str:
    try:
        return json.dumps(json.loads(said), ensure_ascii=False)
    except ValueError:
        return ""


def gone(session: Session, person_id: int) -> None:
    """The person has left since yesterday."""
    session.execute(delete(Membership).where(Membership.person_id == person_id))
    unit = make_unit(session, f"原单位{person_id}")
    session.add(Membership(person_id=person_id, unit_id=unit.id, since=clock.today() - timedelta(days=900),
                           until=clock.today() - timedelta(days=1), ending="left"))


def leave(session: Session, person_id: int, place: Place) -> None:
    gone(session, person_id)
    past = clock.now() - timedelta(days=400)
    session.execute(update(Exam).values(opens_at=past, closes_at=past + timedelta(hours=9), settles_at=past + timedelta(hours=9)))


@both_databases
def test_a_marker_in_every_column_is_handed_out_and_then_gone(app: Flask, place: Place) -> None:
    me = place.people[0]
    with db.transaction() as session:
        leave(session, me, place)
        person = session.get_one(Person, me)
        planted = plant(session, person)
        # work of somebody else that names the person
        session.add(Job(id=new_id(), kind="people.import", params={"login": marker("person", "login")}, state="done", result={},
                        created_at=clock.now()))
    person = db.session.get_one(Person, me, populate_existing=True)
    [attachment] = queries.files_of(db.session(), me)
    cabinet().keep(attachment, b"%PDF-1.7")

    content, rows = documents.archive(db.session(), person)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in ("personal-data.json", "personal-data.html"):
            taken = archive.read(name).decode()
            for table, column in planted:
                there = marker(table, column) in taken
                handed = column not in REGISTER[table].named(SECRET) and table not in ("refusal", "prepared_paper")
                assert there == handed, f"{table}.{column} in {name}"
    assert rows > 20

    with db.transaction() as session:
        detail = service.erase(session, session.get_one(Person, me))
        audit.record(session, service.ACT, "person", me, actor="cli", detail=detail)
    assert not list(cabinet().folder.iterdir()), "the attachment stays behind"
    held = dump()
    for table, column in planted:
        where = {place for place, said in held.items() if marker(table, column) in said}
        entry = REGISTER[table]
        allowed = {f"{table}.{column}"} if column in entry.stays else set()
        if table == "refusal":  # on its way into the chain
            allowed = {"audit_event.actor", "audit_event.address", "audit_event.detail"}
        assert where <= allowed, f"{table}.{column} is found in {where - allowed}"
    assert not any(marker("person", column) in said for column in ("login", "name") for said in held.values())
    erased = db.session.get_one(Person, me, populate_existing=True)
    assert (erased.name, erased.login, erased.active) == (f"已注销人员 {me}", f"erased-{me}", False)


@both_databases
def test_the_record_still_proves_everything_after_an_erasure(app: Flask, place: Place) -> None:
    assert place.found()["holds"]
    with db.transaction() as session:
        gone(session, place.people[0])
        session.execute(text("delete from roster_entry where candidate_id = :n"), {"n": place.people[0]})
    login = db.session.get_one(Person, place.people[0]).login
    run = app.test_cli_runner()
    assert "可以注销" in run.invoke(command, ["erase", login, "--dry-run"]).output
    done = run.invoke(command, ["erase", login, "--yes"])
    assert (done.exit_code, "已注销" in done.output) == (0, True), done.output
    answer = place.found()
    assert (answer["holds"], answer["findings"]) == (True, [])
    assert answer["looked_at"]["paper_results"] == 1, "its work number has changed, and it is still proved"


def test_who_is_in_office_or_sits_an_exam_is_not_erased(app: Flask, place: Place) -> None:
    me = place.people[1]
    with db.transaction() as session:
        session.execute(delete(Membership).where(Membership.person_id == me))
        session.add(Membership(person_id=me, unit_id=make_unit(session, "在任的处").id, since=clock.today()))
    with db.transaction() as session, pytest.raises(ConflictError, match="还在任职"):
        service.erase(session, session.get_one(Person, me))
    with db.transaction() as session:
        gone(session, me)
        session.execute(update(Exam).where(Exam.id == place.exam_id).values(
            closes_at=clock.now() + timedelta(days=9), settles_at=clock.now() + timedelta(days=9)))
    with db.transaction() as session, pytest.raises(ConflictError, match="没有结束的考试"):
        service.erase(session, session.get_one(Person, me))
    assert db.session.get_one(Person, me, populate_existing=True).erased_at is None


# ---------------------------------------------------------------- by two persons


@both_databases
def test_nothing_that_is_kept_of_the_proposal_says_who_it_was(app: Flask) -> None:
    name, login = "褚云归", "40917"
    with app.app_context():
        with db.transaction() as session:
            pair, person = make_pair(session, Role.SYSTEM_ADMIN), make_left(session, name, login=login)
            params, number = {"person": person.id}, person.id
        with db.transaction() as session:
            pair.propose(session, Kind.ERASE_PERSON, params, now=clock.now(), why="本人书面申请")
        said = {place for place, text in dump().items() if name in text or login in text}
        assert said == {"person.name", "person.login"}, "the proposal names them while it waits"
        with db.transaction() as session:
            [waiting] = session.scalars(select(Proposal))
            assert approvals.agree(session, waiting.id, pair.second, now=clock.now()).state == "done"
        assert not [place for place, text in dump().items() if name in text or login in text]
        [event] = [one for one in audit_events("erase_person") if one.object_id == str(number)]
        assert (event.detail["proposer"], event.detail["second"]) == ("何静安", "许明远")
        assert event.detail["fingerprint"] == service.fingerprint(number, login)


@both_databases
def test_a_work_number_may_look_like_the_number_that_the_proposal_holds(app: Flask) -> None:
    with app.app_context():
        with db.transaction() as session:
            pair, person = make_pair(session, Role.SYSTEM_ADMIN), make_left(session, "褚云归")
            person.login = str(person.id)
            params = {"person": person.id}
        with db.transaction() as session:
            assert pair.both(session, Kind.ERASE_PERSON, params, now=clock.now()).state == "done"
        assert db.session().scalars(select(Proposal)).one().title == f"编号 {params['person']}"


def test_the_second_person_is_asked_everything_again(app: Flask) -> None:
    with app.app_context():
        with db.transaction() as session:
            pair, person = make_pair(session, Role.SYSTEM_ADMIN), make_left(session, "褚云归")
            params = {"person": person.id}
            asked = pair.propose(session, Kind.ERASE_PERSON, params, now=clock.now())
        with db.transaction() as session:  # back in office
            session.add(Membership(person_id=params["person"], unit_id=make_unit(session, "新的处").id, since=clock.today()))
        with db.transaction() as session:
            found = approvals.agree(session, asked.id, pair.second, now=clock.now())
            assert (found.state, found.outcome["message"]) == ("lapsed", "这个人还在任职，请先登记离开或者退休")
        with db.transaction() as session, pytest.raises(ConflictError, match="还在任职"):
            pair.propose(session, Kind.ERASE_PERSON, params, now=clock.now())
        with db.transaction() as session, pytest.raises(ForbiddenError, match="不能注销自己"):
            pair.propose(session, Kind.ERASE_PERSON, {"person": pair.first.id}, now=clock.now())
        with db.transaction() as session:
            session.execute(delete(Membership).where(Membership.until.is_(None), Membership.person_id == params["person"]))
            by_name = pair.propose(session, Kind.ERASE_PERSON, params, now=clock.now(), why="褚云归申请")
            assert approvals.agree(session, by_name.id, pair.second, now=clock.now()).state == "lapsed"
        assert db.session.get_one(Person, params["person"], populate_existing=True).erased_at is None


def test_attachments_go_with_the_whole_act_and_stay_where_it_is_taken_back(app: Flask, place: Place) -> None:
    me = place.people[0]
    with db.transaction() as session:
        leave(session, me, place)
        session.execute(delete(Proposal))
        pair = make_pair(session, Role.SYSTEM_ADMIN)
    [attachment] = queries.files_of(db.session(), me)
    cabinet().keep(attachment, b"%PDF-1.7")
    session = db.session()
    assert pair.both(session, Kind.ERASE_PERSON, {"person": me}, now=clock.now()).state == "done"
    assert list(cabinet().folder.iterdir()), "gone before it is certain"
    session.rollback()
    with db.transaction() as session:  # something else, in the same session
        session.get_one(Person, me).language = "en"
    assert list(cabinet().folder.iterdir()), "gone, and its row is still there"
    with db.transaction() as session:
        pair.both(session, Kind.ERASE_PERSON, {"person": me}, now=clock.now())
    assert not list(cabinet().folder.iterdir())


def audit_events(action: str) -> list[AuditEvent]:
    return list(db.session().scalars(select(AuditEvent).where(AuditEvent.action == action)))


def test_marks_are_handed_out_once_they_are_released(app: Flask, place: Place) -> None:
    person = db.session.get_one(Person, place.people[0])
    for released, withheld in ((clock.now(), False), (None, True)):
        with db.transaction() as session:
            session.execute(update(Exam).values(release="manual", released_at=released))
        held = {one.table: one.rows for one in queries.holdings(db.session(), person)}
        for table, column in (("attempt", "score"), ("attempt", "layout"), ("answer", "score"), ("result", "score")):
            said = {str(row[column]) for row in held[table]}
            assert (said == {queries.WITHHELD}) == withheld, f"{table}.{column}"
    content, _rows = documents.archive(db.session(), person)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        taken = "".join(archive.read(name).decode() for name in archive.namelist())
    others = [db.session.get_one(Person, number) for number in place.people[1:]]
    assert not [one.name for one in others if one.name in taken or one.login in taken], "somebody else's"
