"""Every form, sent by every role with what no form should be sent: a clear sentence, never an error of the server,
and nothing written without a right.

The forms are found, not listed: the routes from the application, the fields from its pages. A route that takes a POST
and is not tried fails the build.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from tests.fuzz.arena import LEAKS, Arena, sentence_of
from tests.fuzz.conftest import SEED, TIMES
from tests.fuzz.forms import Form
from tests.fuzz.hostile import BODIES, MARK, MARK_DAY, MARK_NUMBER, PRODUCT, SCRIPT, Sent, hostile, overfull
from tests.permissions.bodies import HOT
from tests.permissions.matrix import NOBODY, Row, read
from tests.permissions.said import said_by

POSTS = [row for row in read().rows if row.method == "POST"]
CLOSED = [row for row in POSTS if row.refused]
BY_TICKET = {*HOT, "attempts.ahead", "attempts.begin_post"}
# what may be written although the answer is no: tries are counted, late saves are kept as evidence
COUNTED = {"failed_sign_in", "one_time_link", "answer_event"}
# whose refusal is said on the page with everything else saved, as its docstring says
SAVED_ALL_THE_SAME = {"plans.plan_post"}


def fuzzed(times: int) -> Any:
    """So many examples from the seed, without those of earlier runs; shrunk where one fails."""
    def decorate(test: Any) -> Any:
        return seed(SEED)(settings(
            max_examples=times * TIMES, database=None, deadline=None, phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck), derandomize=False,
        )(test))
    return decorate


def send(arena: Arena, row: Row, role: str, sent: Sent, forged: bool = False) -> TestResponse:
    address = arena.world.address(row, dict(sent.values))
    data = sent.data("" if forged else arena.tokens[role])
    return arena.ask(role, "POST", f"{address}?{sent.query}" if sent.query else address, data=data)


def form_of(forms: dict[str, Form], arena: Arena, row: Row, role: str) -> tuple[dict[str, list[str]], frozenset[str]]:
    """The fields of the form, and the ticket where there is one."""
    form = forms[row.route]
    fields = dict(form.fields)
    if row.route in BY_TICKET:
        body = arena.world.body(row, role, arena.world.values(row, role))
        whole: dict[str, Any] = body.get("data") or body["json"]
        fields |= {name: [str(value)] for name, value in whole.items()}
    return fields, frozenset(form.files)


# ---------------------------------------------------------------- who has no right


@pytest.mark.parametrize("row", CLOSED, ids=str)
def test_who_has_no_right_writes_nothing_whatever_is_sent(arena: Arena, forms: dict[str, Form], row: Row) -> None:
    @fuzzed(1)
    @given(st.data())
    def run(data: st.DataObject) -> None:
        for role in row.refused:
            fields, files = form_of(forms, arena, row, role)
            sent = data.draw(hostile(fields, files, arena.values(row, role)), label=role)
            answer = send(arena, row, role, sent)
            expected = (303, 401, 404) if role == NOBODY else (403, 404)
            assert answer.status_code in expected, f"{row} as {role}: {answer.status_code}"
            assert answer.status_code == 303 or sentence_of(answer), f"{row} as {role} is told nothing"
        assert arena.written() == set(), f"{row} wrote for who is refused"

    run()


@pytest.mark.parametrize("row", [row for row in POSTS if row.route not in BY_TICKET], ids=str)
def test_a_forged_form_is_refused(arena: Arena, forms: dict[str, Form], row: Row) -> None:
    role = next(iter(row.who))
    fields, _files = form_of(forms, arena, row, role)
    plain = Sent(tuple((name, values[0]) for name, values in fields.items() if values), (), "", arena.values(row, role))
    answer = send(arena, row, role, plain, forged=True)
    assert (answer.status_code, bool(sentence_of(answer))) == (400, True)
    assert arena.written() == set()


# ---------------------------------------------------------------- who has one


@pytest.mark.parametrize("row", POSTS, ids=str)
def test_bad_input_gets_a_sentence(either_arena: Arena, forms: dict[str, Form], row: Row) -> None:
    arena = either_arena
    size = len(forms[row.route].fields) + 4 * len(forms[row.route].files)

    for sent in overfull(*form_of(forms, arena, row, next(iter(row.who))), arena.values(row, next(iter(row.who)))):
        try:
            check(arena, row, send(arena, row, next(iter(row.who)), sent))
        finally:
            arena.restore()

    @fuzzed(1 + min(size, 8) // 2)
    @given(st.data())
    def run(data: st.DataObject) -> None:
        role = data.draw(st.sampled_from(sorted(row.who)), label="role")
        fields, files = form_of(forms, arena, row, role)
        sent = data.draw(hostile(fields, files, arena.values(row, role)), label="sent")
        try:
            check(arena, row, send(arena, row, role, sent))
        finally:
            arena.restore()

    run()


def check(arena: Arena, row: Row, answer: TestResponse) -> None:
    """No error of the server, a sentence with every refusal, nothing of the inside shown, nothing slipped in."""
    status, said = answer.status_code, said_by(answer)
    assert status in (200, 303, 400, 401, 403, 404, 409, 413, 422, 429), f"{status}: {said[:500]}"
    if status == 303:
        assert re.match(r"/(?![/\\])", answer.location), f"led away to {answer.location}"
    written = arena.written()
    if status >= 400:
        assert sentence_of(answer), f"{status} without a sentence: {said[:1500]}"
        assert written <= COUNTED or row.route in SAVED_ALL_THE_SAME, f"{status}, and yet it wrote to {written}"
    assert not LEAKS.search(said), LEAKS.search(said)
    assert PRODUCT not in said, "a template was run"
    assert SCRIPT not in said, "a script stands in the page"
    for mark in (MARK, MARK_NUMBER, MARK_DAY) if written else ():
        assert not arena.mentions(mark), f"a field that no form has went into {arena.mentions(mark)}"


@pytest.mark.parametrize("row", POSTS, ids=str)
def test_a_body_that_is_no_form_gets_a_sentence(arena: Arena, row: Row) -> None:
    place, role = POSTS.index(row), next(iter(row.who))
    for body in BODIES if TIMES > 1 else (BODIES[place % len(BODIES)],):
        headers = {"X-CSRFToken": arena.tokens[role], "Content-Type": "application/x-www-form-urlencoded"}
        try:
            check(arena, row, arena.ask(role, "POST", arena.address(row, role), data=body, headers=headers))
        finally:
            arena.restore()


# ---------------------------------------------------------------- nothing is forgotten


def test_every_route_that_takes_a_post_is_tried(arena: Arena) -> None:
    assert {endpoint for endpoint, _rule in arena.posts()} == {row.route for row in POSTS}
