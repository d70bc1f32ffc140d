"""The matrix names every route, agrees with what the routes say of themselves, and is the page that is read."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from quizapp.access import rule_of
from tests.permissions.matrix import CANDIDATE, LIAISON, NOBODY, PAGE, SIGNED_IN, SOURCE, page, read

MATRIX = read()


def test_every_route_has_a_row_and_every_row_a_route(app: Flask) -> None:
    routes = {
        (route.endpoint, method, route.rule)
        for route in app.url_map.iter_rules() for method in (route.methods or set()) - {"HEAD", "OPTIONS"}
    }
    rows = [(row.route, row.method, row.address) for row in MATRIX.rows]
    assert routes - set(rows) == set(), "a route without a row in docs/security/permissions.yaml"
    assert set(rows) - routes == set(), "a row of docs/security/permissions.yaml without a route"
    assert len(rows) == len(set(rows)), "a row twice"


def test_the_routes_say_the_same_of_themselves(app: Flask) -> None:
    """The rule at the view lets in exactly whom the matrix lets in."""
    for row in MATRIX.rows:
        rule = rule_of(app, row.route)
        assert rule is not None
        let_in = set(row.who)
        assert rule.public == (NOBODY in let_in), row
        if not rule.public:
            assert let_in == (set(rule.roles) or set(SIGNED_IN)), row


def test_a_reach_is_one_that_the_role_can_have() -> None:
    for row in MATRIX.rows:
        assert {role for role, reach in row.who.items() if reach == "unit"} <= {LIAISON}, row
        assert row.who.get(CANDIDATE) != "unit", row


def test_the_page_is_made_from_the_matrix() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(MATRIX), "run `python -m tests.permissions`"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("who: [exam_admin, system_admin, liaison=unit]", "who: [exam_admin, sysadmin]"),
        ("who: [exam_admin, system_admin, liaison=unit]", "who: [exam_admin=some]"),
        ("while: [draft]", "while: [drafted]"),
        ("  two_people:", "  three_people: 三个人\n  two_people:"),
        ("while: [draft]", "only: [draft]"),
    ],
)
def test_a_word_that_nothing_explains_is_refused(tmp_path: Path, before: str, after: str) -> None:
    written = SOURCE.read_text(encoding="utf-8")
    assert before in written
    wrong = tmp_path / "permissions.yaml"
    wrong.write_text(written.replace(before, after), encoding="utf-8")
    with pytest.raises(ValueError, match=r"sysadmin|some|drafted|three_people|only"):
        read(wrong)
