"""The session cookie: read once, never shared between two requests, never believed when it was changed."""

from __future__ import annotations

import pytest
from flask import Flask, flash, get_flashed_messages, session

from quizapp.session_cookie import Sessions


@pytest.fixture
def site() -> Flask:
    app = Flask("site")
    app.secret_key = "a key of this test"
    app.session_interface = Sessions()

    @app.get("/say/<word>")
    def say(word: str) -> str:
        flash(word)
        return ""

    @app.get("/look")
    def look() -> dict[str, object]:
        # looking takes the messages out of this request's session, without a cookie that says so
        found = {"messages": get_flashed_messages()}
        session.modified = False
        return found

    return app


def test_what_one_request_changes_is_not_there_for_the_next_with_the_same_cookie(site: Flask) -> None:
    client = site.test_client()
    client.get("/say/first")
    for _time in range(3):
        assert client.get("/look").json == {"messages": ["first"]}
    before = client.get_cookie("session")
    assert before is not None
    client.get("/say/second")
    assert client.get("/look").json == {"messages": ["first", "second"]}
    client.set_cookie("session", before.value)
    assert client.get("/look").json == {"messages": ["first"]}


def test_a_changed_cookie_is_a_new_session_however_often_the_right_one_was_seen(site: Flask) -> None:
    client = site.test_client()
    client.get("/say/first")
    cookie = client.get_cookie("session")
    assert cookie is not None
    assert client.get("/look").json == {"messages": ["first"]}
    for changed in (cookie.value[:-1] + ("A" if cookie.value[-1] != "A" else "B"), "x" + cookie.value, "nonsense"):
        client.set_cookie("session", changed)
        for _time in range(2):
            assert client.get("/look").json == {"messages": []}


def test_another_installation_reads_none_of_it(site: Flask) -> None:
    first, other = site.test_client(), Flask("other")
    other.secret_key, other.session_interface = "another key", Sessions()
    other.add_url_rule("/look", view_func=site.view_functions["look"])
    first.get("/say/first")
    cookie = first.get_cookie("session")
    assert cookie is not None
    second = other.test_client()
    second.set_cookie("session", cookie.value)
    assert second.get("/look").json == {"messages": []}
