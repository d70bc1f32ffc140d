"""One installation for a whole module: what is tried here is refused, or undone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from quizapp.app import create_app
from quizapp.config import Settings
from quizapp.db import db
from quizapp.kernel.roles import Role
from tests.builders.people import grant, make_person, sign_in
from tests.conftest import EXAM_MORNING, SECRET_KEY, close_connections
from tests.databases import Templates
from tests.page_lint import LintingClient
from tests.permissions.conftest import BOTH, world_on
from tests.permissions.world import World


@pytest.fixture(scope="module")
def world(templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world_on("sqlite", templates, tmp_path_factory.mktemp("attacks")) as made:
        yield made


@pytest.fixture(scope="module", params=BOTH)
def either_world(
    request: pytest.FixtureRequest, templates: Templates, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """On each database, for what only reads: they fail by different numbers and signs."""
    with world_on(request.param, templates, tmp_path_factory.mktemp("attacks")) as made:
        yield made


@pytest.fixture(scope="module")
def settings(templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Of an installation with an empty, migrated database."""
    folder = tmp_path_factory.mktemp("security")
    (folder / "instance").mkdir()
    with templates.copy("sqlite", folder) as url, time_machine.travel(EXAM_MORNING, tick=False):
        yield Settings(database_url=url, instance_path=folder / "instance", secret_key=SECRET_KEY, testing=True)


@contextmanager
def running(settings: Settings, **changes: object) -> Iterator[Flask]:
    """The application under these settings; limits of rate are on, as they are outside of tests."""
    app = create_app(replace(settings, **changes))  # type: ignore[arg-type]
    app.config["RATE_LIMITS"] = True
    app.test_client_class = LintingClient
    try:
        yield app
    finally:
        close_connections(app)


@pytest.fixture(scope="module")
def site(settings: Settings) -> Iterator[Flask]:
    with running(settings) as app:
        yield app


def browser_of(app: Flask, *roles: Role) -> FlaskClient:
    """A browser in which somebody with these roles is signed in."""
    with app.app_context(), db.transaction() as session:
        person = make_person(session)
        for role in roles:
            grant(session, person, role)
    client = app.test_client()
    sign_in(client, person)
    return client
