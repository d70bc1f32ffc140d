"""An exam administrator at the browser, and the reports that they hand in."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from quizapp.db import db
from quizapp.kernel.roles import Role
from tests.builders.people import grant, make_person, sign_in
from tests.page_lint import LintingClient

REPORTS = Path(__file__).parents[2] / "fixtures" / "reports"


@pytest.fixture
def admin(app: Flask, client: LintingClient) -> LintingClient:
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context(), db.transaction() as session:
        person = grant(session, make_person(session, "何静安"), Role.EXAM_ADMIN)
    sign_in(client, person)
    return client


@pytest.fixture
def upload(admin: LintingClient) -> Callable[..., TestResponse]:
    def send(name: str, data: bytes | None = None) -> TestResponse:
        content = (REPORTS / name).read_bytes() if data is None else data
        return admin.post("/plans", data={"file": (io.BytesIO(content), name)}, follow_redirects=True)

    return send
