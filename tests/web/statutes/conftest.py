"""A library of invented laws, and somebody signed in who may see it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from quizapp.db import db
from quizapp.kernel.roles import Role
from tests.builders.people import grant, make_agency, make_person, sign_in
from tests.builders.statutes import bring, register
from tests.page_lint import LintingClient

Enter = Callable[..., LintingClient]


@pytest.fixture
def enter(app: Flask, client: LintingClient) -> Enter:
    """Signs somebody in who holds these roles; a plain candidate without any."""
    app.config["WTF_CSRF_ENABLED"] = False

    def as_role(*roles: Role, language: str = "zh") -> LintingClient:
        with app.app_context(), db.transaction() as session:
            person = make_person(session, "何静安")
            for role in roles:
                grant(session, person, role, make_agency(session) if role is Role.LIAISON else None)
        sign_in(client, person)
        with client.session_transaction() as cookie:
            cookie["language"] = language
        return client

    return as_role


@pytest.fixture
def library(app: Flask, tmp_path: Path, exam_morning: object) -> Flask:
    """Two versions of 《清溪市示例管理条例》 and 《清溪示例法》, on a day on which the newer version is in force.

    The register knows one more law by its fingerprints alone, and an alias of it.
    """
    with app.app_context():
        with db.transaction() as session:
            register(session, "清溪市登记条例", {"1": "只有登记的第一条。", "2": "只有登记的第二条。"})
        bring(tmp_path / "texts")
    return app
