"""Fixtures of every test. The work is done in the modules beside this one."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import time_machine
from flask import Flask

from quizapp.clock import SHANGHAI
from tests.databases import PostgresServer, Templates, make_server_folder
from tests.guards import close_network, forget_own_settings
from tests.page_lint import LintingClient
from tests.shared_texts import ABSENT, SHARED, shared_texts_present

EXAM_MORNING = datetime(2026, 11, 25, 9, 0, tzinfo=SHANGHAI)
SECRET_KEY = "a key that signs nothing outside the tests"

SERVER = pytest.StashKey[PostgresServer]()

# how long an example takes says more about the machine than about the code
# and a server that judges a change must not find by chance what others did not: there the examples stay the same
hypothesis.settings.register_profile("quizapp", deadline=None, print_blob=True, derandomize="CI" in os.environ)
hypothesis.settings.load_profile("quizapp")


# ---------------------------------------------------------------- the run as a whole


def pytest_configure(config: pytest.Config) -> None:
    worker = getattr(config, "workerinput", None)
    folder = Path(worker["postgresql_folder"]) if worker else make_server_folder()
    config.stash[SERVER] = PostgresServer(folder)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node) -> None:  # type: ignore[no-untyped-def]
    node.workerinput["postgresql_folder"] = str(node.config.stash[SERVER].folder)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    from tests.scheduling import InGroups

    return InGroups(config, log) if config.option.dist == "load" else None


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput") and SERVER in config.stash:
        config.stash[SERVER].stop()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if shared_texts_present():
        return
    for item in items:
        if item.get_closest_marker("shared"):
            item.add_marker(pytest.mark.skip(reason=ABSENT))


def pytest_collection_finish(session: pytest.Session) -> None:
    """What all tests share stays to the end: the collector need not look through it again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True, scope="session")
def _guards() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        close_network(patch)
        forget_own_settings(patch)
        yield


# ---------------------------------------------------------------- databases


@pytest.fixture(scope="session")
def postgresql_server(request: pytest.FixtureRequest) -> PostgresServer:
    return request.config.stash[SERVER]


@pytest.fixture(scope="session")
def templates(
    postgresql_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory, _guards: None
) -> Templates:
    folder = tmp_path_factory.mktemp("templates")

    def migrate(url: str) -> None:
        from quizapp.db import upgrade

        app = make_app(url, folder / "instance")
        upgrade(app)
        close_connections(app)

    return Templates(folder, postgresql_server, migrate)


@pytest.fixture
def database_url(request: pytest.FixtureRequest, templates: Templates, tmp_path: Path) -> Iterator[str]:
    """The address of a fresh, migrated database: SQLite, unless the test is marked `both_databases`."""
    with templates.copy(getattr(request, "param", "sqlite"), tmp_path) as url:
        yield url


@pytest.fixture
def postgresql_url(templates: Templates, tmp_path: Path) -> Iterator[str]:
    """The address of a fresh, migrated PostgreSQL database."""
    with templates.copy("postgresql", tmp_path) as url:
        yield url


# ---------------------------------------------------------------- the application


def make_app(database_url: str, instance: Path) -> Flask:
    # imported here: the tests of pure rules run without the application
    from quizapp.app import create_app
    from quizapp.config import Settings, normalised_url

    instance.mkdir(parents=True, exist_ok=True)
    url = normalised_url(database_url)
    return create_app(Settings(database_url=url, instance_path=instance, secret_key=SECRET_KEY, testing=True))


def close_connections(app: Flask) -> None:
    with app.app_context():
        for engine in app.extensions["sqlalchemy"].engines.values():
            engine.dispose()


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """The application on a fresh database."""
    app = make_app(database_url, tmp_path / "instance")
    app.test_client_class = LintingClient
    yield app
    close_connections(app)


@pytest.fixture
def client(app: Flask) -> LintingClient:
    """A browser without a screen, not signed in: every page that it fetches is read for faults."""
    made = app.test_client()
    assert isinstance(made, LintingClient)
    return made


# ---------------------------------------------------------------- time, texts, browser


@pytest.fixture
def exam_morning() -> Iterator[time_machine.Traveller]:
    """Time stands still at nine on an exam morning; `shift` and `move_to` move it."""
    with time_machine.travel(EXAM_MORNING, tick=False) as traveller:
        yield traveller


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real texts; mark the test `shared`, so that it is skipped where there is none."""
    return SHARED


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The browser that the test run found, or that this machine has."""
    from devscript.browser import find_chromium

    path = os.environ.get("QUIZAPP_CHROMIUM") or find_chromium()
    if path is None:
        pytest.fail("no Chromium was found: run `python3 dev.py test`, which installs one or says how")
    return path
