"""The description says what is so: no route is missing, and the file in the repository is the one that is made."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator

import pytest
from flask import Flask

from tests.api.description import FILE, OPERATIONS, written
from tests.conftest import close_connections, make_app
from tests.databases import Templates
from tests.fuzz.arena import Arena, made_arena
from tests.permissions.matrix import LIAISON, Row, read

ENDPOINTS = {one.endpoint for one in OPERATIONS}
WRITES_JSON = ("jsonify", "application/json")


@pytest.fixture(scope="module")
def arena(templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Arena]:
    with made_arena("sqlite", templates, tmp_path_factory.mktemp("described")) as made:
        yield made


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    folder = tmp_path_factory.mktemp("product")
    app = make_app(f"sqlite:///{folder}/none.sqlite3", folder)
    yield app
    close_connections(app)


def test_the_file_is_made_from_the_shapes() -> None:
    assert FILE.read_text(encoding="utf-8") == written(), "run `python -m tests.api`"


def test_every_view_that_writes_json_is_described(product: Flask) -> None:
    """From the text of the views: what they do themselves, whatever they are asked."""
    found = set()
    for endpoint, view in product.view_functions.items():
        if endpoint != "static":
            tree = ast.parse(inspect.getsource(inspect.unwrap(view)))
            words = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
            words |= {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
            if words & set(WRITES_JSON):
                found.add(endpoint)
    assert found
    assert found <= ENDPOINTS


def test_every_route_that_answers_with_json_is_described(arena: Arena) -> None:
    """From the answers: every row of the permission matrix is asked, as somebody who may, with what it is about."""
    found = {row.route for row in read().rows if answers_json(arena, row)}
    assert found == ENDPOINTS, "describe it in tests/api/description.py"


def answers_json(arena: Arena, row: Row) -> bool:
    # the liaison here looks after a unit of four, which is no line of a filing
    role = LIAISON if LIAISON in row.who and row.area != "filings" else next(iter(row.who))
    for values in _alternatives(arena, row, role):
        address = arena.world.address(row, values)
        body = arena.world.body(row, role, arena.world.values(row, role))
        if "json" not in body and row.method == "POST":
            body.setdefault("data", {})["csrf_token"] = arena.tokens[role]
        answer = arena.ask(role, row.method, address, headers={"Accept": "application/json"}, **body)
        arena.restore()
        if answer.status_code < 400 and answer.mimetype == "application/json":
            return True
    return False


def _alternatives(arena: Arena, row: Row, role: str) -> Iterator[dict[str, object]]:
    """The values of the address; where it is one of several words, each of them."""
    values = arena.values(row, role)
    (rule, *_more) = arena.world.app.url_map.iter_rules(row.route)
    for name, converter in rule._converters.items():
        if type(converter).__name__ == "AnyConverter":
            yield from (values | {name: word} for word in sorted(converter.regex[3:-1].split("|")))
            return
    yield values
