"""Every row of the matrix against every role, on the application.

On SQLite alone: whether a role is let in is decided before the first statement about an object.
"""

from __future__ import annotations

import pytest
from werkzeug.test import TestResponse

from tests.permissions.matrix import CANDIDATE, NOBODY, Row, read
from tests.permissions.world import World

ROWS = read().rows
WORKLESS = ("security_admin",)
CLOSED = [row for row in ROWS if row.refused]


def asked(world: World, row: Row, role: str) -> TestResponse:
    values = world.values(row, role)
    return world.ask(role, row.method, world.address(row, values), **world.body(row, role, values))


@pytest.mark.parametrize("row", CLOSED, ids=str)
def test_who_is_not_named_is_refused_and_writes_nothing(world: World, row: Row) -> None:
    before = world.digest() if row.method == "POST" else {}
    world.forget_refusals()
    for role in row.refused:
        counted, events = world.refusals()
        answer = asked(world, row, role)
        # nobody signed in is shown the way to the sign-in page: that refuses nobody a right
        more = 0 if role == NOBODY else 1
        assert world.refusals() == (counted + more, events + more), f"{row} as {role} is not on record once"
        if role == NOBODY:
            by_script = "json" in world.body(row, role, world.values(row, role))
            assert answer.status_code == (401 if by_script else 303), f"{row} as {role}: {answer.status_code}"
            assert by_script or answer.location.startswith("/sign-in"), f"{row} as {role}: {answer.location}"
        else:
            assert answer.status_code == 403, f"{row} as {role}: {answer.status_code}"
    if row.method == "POST":
        assert world.digest() == before, f"{row} wrote something for who was refused"


@pytest.mark.parametrize("row", [row for row in CLOSED if NOBODY in row.refused], ids=str)
def test_a_program_without_a_sign_in_gets_401(world: World, row: Row) -> None:
    values = world.values(row, NOBODY)
    body = world.body(row, NOBODY, values)
    answer = world.ask(NOBODY, row.method, world.address(row, values), headers={"Accept": "application/json"}, **body)
    assert (answer.status_code, answer.get_json()["status"]) == (401, 401)


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_who_is_named_is_let_in(world: World, row: Row) -> None:
    for role in row.who:
        if role in WORKLESS and "still_entitled" in row.conditions:
            continue  # let in as everybody is, and turned away: no long work is theirs
        if role == CANDIDATE and {"still_entitled", "holds_role"} & set(row.conditions):
            continue  # let in by the rule and turned away by the condition: they have no role
        if row.method == "POST":
            with world.undone():
                answer = asked(world, row, role)
        else:
            answer = asked(world, row, role)
        assert answer.status_code not in (401, 403, 500), f"{row} as {role}: {answer.status_code}"
        assert not (answer.status_code == 303 and answer.location.startswith("/sign-in?")), f"{row} as {role}"
