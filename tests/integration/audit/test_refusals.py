"""Refusals on record: bounded, in transactions of their own, never in the way of an exam."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from quizapp import clock
from quizapp.audit import bounds, queries, refusals
from quizapp.audit.bounds import EXACT, Tally
from quizapp.audit.models import AuditEvent, Refusal
from quizapp.audit.queries import Filters
from quizapp.audit.refusals import Refused
from quizapp.audit.verification import verify
from quizapp.db import Model, db
from quizapp.kernel.roles import Role
from quizapp.ops import tasks
from quizapp.refusals import named_in
from tests.builders.people import grant, make_agency, make_person, make_unit, sign_in
from tests.databases import both_databases
from tests.page_lint import LintingClient

ONE = Refused("refuse_right", "people.persons", "10.0.0.7", 5, "何静安", detail={"route": "people.persons"})


def events(**filters: str) -> list[AuditEvent]:
    return list(reversed(queries.page(db.session(), Filters(outcome="refused", **filters), limit=200)))


def test_a_process_counts_exactly_at_first_and_by_doublings_later() -> None:
    tally, minute = Tally(), datetime(2026, 11, 25, tzinfo=UTC)
    rises = [tally.due("a", minute) for _try in range(1000)]
    assert rises[:EXACT] == [1] * EXACT
    assert sum(rises) == 512, "as many as the last doubling says, never more than there were"
    assert sum(1 for rise in rises if rise) == EXACT + 5, "a thousand refusals cost two dozen writes"
    assert tally.due("a", minute + timedelta(minutes=1)) == 1


@both_databases
def test_a_flood_becomes_two_events_and_the_chain_holds(app: Flask, exam_morning: time_machine.Traveller) -> None:
    with app.app_context():
        tally = Tally()
        for number in range(100):
            refusals.note(ONE, clock.now(), tally)
            if number == 0:
                assert [event.detail for event in events()] == [{"route": "people.persons"}]
        assert len(events()) == 1, "in its own minute the first is written and the rest counted"
        tasks.settle_refusals()
        assert len(events()) == 1, "the minute is not over"
        exam_morning.shift(timedelta(minutes=1))
        tasks.settle_refusals()
        tasks.settle_refusals()
        assert [event.detail.get("more") for event in events()] == [None, 63]
        assert {(event.actor_id, event.outcome) for event in events()} == {(5, "refused")}
        assert db.session.scalar(select(func.count()).select_from(Refusal)) == 0
        assert verify(db.session(), []).holds


@both_databases
def test_what_an_exam_refuses_waits_for_the_worker(app: Flask, exam_morning: time_machine.Traveller) -> None:
    with app.app_context():
        for _try in range(3):
            refusals.note(ONE, clock.now(), Tally(), at_once=False)
        assert events() == [], "the hot path never touches the chain"
        exam_morning.shift(timedelta(minutes=1))
        tasks.settle_refusals()
        assert [event.detail["more"] for event in events()] == [3]


@both_databases
def test_many_addresses_share_a_bound(
    app: Flask, exam_morning: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (bounds, refusals):
        for name, value in (("ROWS", 12), ("AT_ONCE", 4), ("SETTLED", 6)):
            monkeypatch.setattr(module, name, value)
    with app.app_context():
        tally = Tally()
        for number in range(30):
            refusals.note(Refused("refuse_sign_in", "people.sign_in_post", f"10.0.1.{number}"), clock.now(), tally)
        assert len(events()) == 4
        assert db.session.scalar(select(func.count()).select_from(Refusal)) == 13
        exam_morning.shift(timedelta(minutes=1))
        tasks.settle_refusals()
        found = events()
        assert len(found) == 4 + 6 + 1
        told = sum(event.detail.get("more", 1) for event in found)
        assert told == 30, "nothing is lost of the number"


# ---------------------------------------------------------------- through the door


def test_what_an_address_names_is_looked_up_as_what_it_is(app: Flask) -> None:
    """PostgreSQL compares no text with a number: a refusal would end as an error of the server."""
    for rule in app.url_map.iter_rules():
        found = [(name, *named) for name, named in named_in(rule.endpoint).items() if name in rule.arguments]
        for name, _kind, table, column in found[:1]:
            kept = Model.metadata.tables[table].c[column].type.python_type
            sent = {"Number": int, "UUIDConverter": uuid.UUID}.get(type(rule._converters[name]).__name__, str)
            assert sent is kept, f"{rule.rule}: {name}"


def test_each_kind_of_refusal_is_on_record_and_writes_nothing_else(app: Flask, client: LintingClient) -> None:
    with app.app_context(), db.transaction() as session:
        top = make_agency(session)
        inside, outside = make_unit(session, "甲处", top), make_unit(session, "乙处", top)
        person = grant(session, make_person(session, "何静安", inside), Role.LIAISON, inside)
        other = make_person(session, "沈砚秋", outside)
        login, other_id = person.login, other.id
    app.config["WTF_CSRF_ENABLED"] = False
    client.post("/sign-in", data={"login": login, "password": "不是这个"})
    client.post("/sign-in", data={"login": "my password, typed in the wrong box", "password": "x"})
    client.get("/set-password/no-such-token")
    client.post("/reset-password", data={"login": login, "code": "ZZZZ-ZZZZ", "password": "答过的每一题都有据可查呢",
                                         "again": "答过的每一题都有据可查呢"})
    sign_in(client, person)
    assert client.get("/audit").status_code == 403
    assert client.get(f"/people/{other_id}").status_code == 404
    assert client.get("/people/999999").status_code == 404
    assert client.get("/no/such/page").status_code == 404
    with app.app_context():
        found = events()
        assert [(event.action, event.actor, event.object_type, event.object_id) for event in found] == [
            ("refuse_sign_in", "nobody", "person", str(person.id)),
            ("refuse_link", "nobody", "", ""),
            ("refuse_code", "nobody", "person", str(person.id)),
            ("refuse_right", "何静安", "", ""),
            ("refuse_object", "何静安", "person", str(other_id)),
        ]
        assert found[-1].detail == {"route": "people.person", "method": "GET", "asked": {"person_id": str(other_id)},
                                    "exists": True}
        row = db.session.scalars(select(Refusal).where(Refusal.action == "refuse_object")).one()
        assert (row.count, row.detail["others"]) == (2, ["999999"]), "the second of the minute is counted, with its object"
        everything = str([(event.detail, event.object_id) for event in found])
        assert "typed in the wrong box" not in everything
        assert "no-such-token" not in everything
        assert queries.count(db.session(), Filters(outcome="allowed")) == 0


def test_a_forged_post_is_on_record_with_whoever_was_signed_in(app: Flask, client: LintingClient) -> None:
    with app.app_context(), db.transaction() as session:
        person = make_person(session, "何静安")
    sign_in(client, person)
    app.config["WTF_CSRF_ENABLED"] = True
    assert client.open("/account/sign-ins/end-others", method="POST", data={}).status_code == 400
    with app.app_context():
        assert [(event.action, event.actor_id, event.detail["route"]) for event in events()] == [
            ("refuse_forgery", person.id, "people.end_other_sign_ins")]


def test_every_file_of_the_desk_is_on_record_with_filter_and_rows(app: Flask, client: LintingClient) -> None:
    with app.app_context(), db.transaction() as session:
        person = grant(session, make_person(session, "何静安"), Role.EXAM_ADMIN)
    sign_in(client, person)
    for address, action in (("/exams?download=csv&q=没有", "download_file"), ("/people?download=csv&q=何", "export_people")):
        assert client.get(address).status_code == 200
        with app.app_context():
            (event,) = queries.page(db.session(), Filters(), limit=1)
            assert event.action == action
            if action == "download_file":
                assert (event.object_id, event.detail["filters"], event.detail["rows"]) == (
                    "exams.exams", {"download": "csv", "q": "没有"}, 0)
