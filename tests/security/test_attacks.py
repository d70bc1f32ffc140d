"""Attacks that go over the whole platform: every page, every form, every list."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import lxml.html
import pytest
from sqlalchemy import update

from quizapp.approvals.models import Proposal
from quizapp.db import db
from quizapp.exams.models import Exam, RosterEntry, RosterUnit
from quizapp.filings.models import Filing
from quizapp.i18n import PACKAGE
from quizapp.marking.models import Challenge
from quizapp.people.models import Person, Unit
from quizapp.questions.rules.marking import RESPONSE_CHARS, mark
from quizapp.records.models import Certificate
from quizapp.rosters.models import ExcuseCase, ExcuseFile, ExcuseStep
from tests.permissions.bodies import HOT
from tests.permissions.matrix import NOBODY, Row, read
from tests.permissions.world import World

ROWS = read().rows
POSTS = [row for row in ROWS if row.method == "POST"]
PAGES = [row for row in ROWS if row.method == "GET" and row.route not in ("static", "ops.metrics")]
MARKUP = "<xssmark onload=alert(1)>\"'{{ 7*191 }}"
PUSHED = {"score": "100", "state": "released", "user_id": "1", "person_id": "1", "candidate_id": "1", "unit_id": "1", "roles": "system_admin",
          "role": "system_admin", "deadline": "2030-01-01", "deadline_at": "2030-01-01", "is_admin": "1", "active": "", "password_hash": "x",
          "created_at": "2000-01-01", "released_at": "2000-01-01", "first_by": "1", "id": "1"}


def who(row: Row) -> str:
    return next(iter(row.who))


def send(world: World, row: Row, role: str, **more: Any) -> Any:
    values = world.values(row, role)
    return world.ask(role, row.method, world.address(row, values), **(world.body(row, role, values) | more))


# ---------------------------------------------------------------- changes from elsewhere


def test_no_form_is_taken_from_another_site_or_without_its_token(world: World) -> None:
    before = world.digest()
    for row in POSTS:
        for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
            answer = send(world, row, who(row), headers=headers)
            assert answer.status_code == 403, f"{row}: {answer.status_code}"
    world.app.config["WTF_CSRF_ENABLED"] = True
    try:
        for row in POSTS:
            if row.route in HOT or row.route in ("attempts.ahead", "attempts.begin_post"):
                continue  # the ticket in the body is the token, see below
            answer = send(world, row, who(row))
            assert answer.status_code in (400, 404), f"{row}: {answer.status_code}"
    finally:
        world.app.config["WTF_CSRF_ENABLED"] = False
    assert world.digest() == before


def test_a_ticket_in_a_body_that_a_form_of_another_site_could_send_is_none(world: World) -> None:
    before = world.digest()
    for row in POSTS:
        if row.route in HOT:
            body = world.body(row, who(row), world.values(row, who(row)))["json"]
            answer = send(world, row, who(row), json=None, data=json.dumps(body | {"ticket": "x"}), content_type="text/plain")
            assert answer.status_code in (400, 404, 415, 422), f"{row}: {answer.status_code}"
    assert world.digest() == before


def test_looking_changes_nothing(world: World) -> None:
    """But for the moment of the last visit, a long export that is begun, and the record that somebody looked."""
    before = world.digest()
    for row in PAGES:
        send(world, row, who(row))
    after = world.digest()
    assert {table for table in before if before[table] != after[table]} <= {"sign_in", "job", "audit_event", "audit_head"}


# ---------------------------------------------------------------- fields that nobody asked for


@pytest.mark.parametrize("route", ["people.person_post", "people.new_person_post", "exams.edit_post", "attempts.notes_post", "sittings.extend",
                                   "people.language", "attempts.begin_post"])
def test_fields_that_a_form_does_not_have_do_nothing(world: World, route: str) -> None:
    row = next(row for row in POSTS if row.route == route)
    written = []
    with world.undone():
        pass  # both begin alike, whatever downloads have gone on record before
    for extra in ({}, {name: value for name, value in PUSHED.items() if name not in ("role", "state")}):
        with world.undone():
            values = world.values(row, who(row))
            body = world.body(row, who(row), values)["data"]
            answer = world.ask(who(row), "POST", world.address(row, values), data=extra | body)
            with world.app.app_context():
                people = sorted((p.login, p.name, p.active, len(p.password_hash or "")) for p in db.session.query(Person))
                exams = sorted((e.id, e.title, e.state, e.closes_at, str(e.released_at), e.minutes) for e in db.session.query(Exam))
            written.append((answer.status_code, {table: number for table, (number, _digest) in world.digest().items()}, people, exams))
    assert written[0] == written[1]


@pytest.mark.parametrize("change", [
    {"deadline": "2030-01-01T00:00:00Z"}, {"received_at": "2020-01-01T00:00:00Z"}, {"candidate_id": 1}, {"score": 100}, {"state": "in_progress"},
])
def test_a_save_says_nothing_but_answers(world: World, change: dict[str, Any]) -> None:
    row = next(row for row in POSTS if row.route == "attempts.save")
    with world.undone():
        body = world.body(row, "candidate", world.values(row, "candidate"))["json"]
        saves = [{**body["saves"][0], **change}]
        plain = send(world, row, "candidate").get_json()
        answer = send(world, row, "candidate", json=body | change | {"saves": saves}).get_json()
        assert answer["deadline"] == plain["deadline"]
        assert answer["acks"] == plain["acks"]


@pytest.mark.parametrize("raw", [b"[" * 60_000, b'{"a":' * 60_000, b'{"saves":' + b"[" * 5_000 + b"]" * 5_000 + b"}", b'{"saves": "x"}', b"[]",
                                 b'{"saves": [], "saves": [1]}', b"\xff\xfe", b'{"ticket": ["x"], "saves": []}', b'{"epoch": 1e999}'])
def test_whatever_json_comes_is_answered_in_words(world: World, raw: bytes) -> None:
    before = world.digest()
    for row in POSTS:
        if row.route in HOT | {"attempts.ahead"}:
            answer = send(world, row, "candidate", json=None, data=raw, content_type="application/json")
            assert 400 <= answer.status_code < 500, f"{row}: {answer.status_code}"
    assert world.digest() == before


# ---------------------------------------------------------------- markup and templates in what people type


def test_markup_that_somebody_typed_is_text_on_every_page_for_everybody(world: World) -> None:
    with world.undone():
        with world.app.app_context(), db.transaction() as session:
            session.execute(update(Person).values(name=MARKUP, rank=MARKUP[:40], post_type=MARKUP[:40]))
            session.execute(update(Unit).values(name=MARKUP))
            session.execute(update(RosterUnit).values(name=MARKUP))
            session.execute(update(RosterEntry).values(reason=MARKUP, rank=MARKUP[:40]))
            session.execute(update(Exam).values(title=MARKUP))
            # and what else people write to each other, or what is printed of them
            session.execute(update(Challenge).values(reason=MARKUP, words=MARKUP))
            session.execute(update(ExcuseCase).values(note=MARKUP, reason=MARKUP))
            session.execute(update(ExcuseStep).values(words=MARKUP, by_name=MARKUP))
            session.execute(update(ExcuseFile).values(name=MARKUP))
            session.execute(update(Proposal).values(title=MARKUP, reason=MARKUP, words=MARKUP))
            session.execute(update(Certificate).values(name=MARKUP, unit=MARKUP, exam=MARKUP, issuer=MARKUP))
            session.execute(update(Filing).values(title=MARKUP))
        seen = 0
        for row, role in [(one, role) for one in PAGES for role in list(one.who)[:2]]:
            answer = send(world, row, role)
            if answer.mimetype != "text/html" or answer.status_code != 200:
                continue
            text = answer.get_data(as_text=True)
            seen += "&lt;xssmark" in text
            page = lxml.html.document_fromstring(text)
            assert list(page.iter("xssmark")) == [], f"{row} as {role}"
            assert not page.xpath("//@onload"), f"{row} as {role}"
            assert "1337" not in text, f"{row} as {role} evaluates what was typed"
        assert seen > 60


# ---------------------------------------------------------------- what lists are asked for


INJECTED = ("'", "1' OR '1'='1", "name); drop table person --", "%", "_" * 50, "\\", "-1", "99999999999999999999", "a\r\nSet-Cookie: x=y", "\x00",
            "../../etc/passwd")
HUGE, TURNS = "99999999999999999999", 3


def parameters() -> list[str]:
    """Every name that the code looks for behind the question mark of an address."""
    wanted = re.compile(r"""(?:args|values)\.get(?:list)?\(\s*"(\w+)"|"(\w+)" in request\.args""")
    found = {one or other for path in PACKAGE.rglob("*.py") for one, other in wanted.findall(path.read_text(encoding="utf-8"))}
    return sorted(found | {"on", "kind", "sort", "page"})


def lists() -> Iterator[Row]:
    """What is read without naming an object of somebody's, the pages for everybody among them."""
    for row in PAGES:
        if not re.search("attempt_id|job_id|upload_id|token|filename", row.address):
            yield row


def test_no_parameter_of_a_list_reaches_the_database_as_words_of_its_own(either_world: World) -> None:
    """Nor as a number or a sign that no column holds."""
    world, names = either_world, parameters()
    assert {"q", "unit", "year", "code", "number", "version", "law", "rank"} <= set(names)
    before = world.digest()
    for row in lists():
        role = who(row)
        address = world.address(row, world.values(row, role))
        # each parameter gets another of them at each turn; and once more all of them a number beyond every column
        asked = [{name: INJECTED[(place + 4 * turn) % len(INJECTED)] for place, name in enumerate(names)} for turn in range(TURNS)]
        for query in (*asked, dict.fromkeys(names, HUGE)):
            answer = world.ask(role, "GET", address, query_string=query)
            assert answer.status_code < 500, f"{address} with {query}: {answer.status_code}"
            assert "x=y" not in str(answer.headers.get("Set-Cookie", ""))
    after = world.digest()
    assert {table for table in before if before[table] != after[table]} <= {"sign_in", "job", "audit_event", "audit_head"}


def test_a_name_makes_no_header_and_no_path_in_a_download(world: World) -> None:
    with world.undone():
        with world.app.app_context(), db.transaction() as session:
            session.execute(update(Exam).values(title="a\r\nX-Evil: 1\"; ../../etc"))
        answer = world.ask("exam_admin", "GET", f"/reports/exams/{world.exams['done']}/export.csv")
    said = answer.headers["Content-Disposition"]
    assert answer.status_code == 200
    assert said.startswith("attachment; filename*=UTF-8''")
    assert not re.search(r"[\r\n\"]|\.\./", said.removeprefix("attachment; "))
    assert "X-Evil" not in answer.headers


def test_marking_a_long_answer_takes_no_time() -> None:
    begun = time.process_time()
    for text in ("a" * RESPONSE_CHARS, "一" * RESPONSE_CHARS, "1.." * 600, "（" * RESPONSE_CHARS, " \t" * 1000):
        mark("fill", [["六十日", "60"]], [text], Decimal(10))
    assert time.process_time() - begun < 1


# ---------------------------------------------------------------- what addresses say


def test_no_address_names_a_person() -> None:
    for row in ROWS:
        assert not re.search("login|national|<name>", row.address) or row.route.startswith(("statutes.", "marking.")), row.address
        assert NOBODY in row.who or "token" not in row.address or row.route.startswith("people.set_password"), row.address


