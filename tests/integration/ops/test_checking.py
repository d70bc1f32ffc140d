"""The check of the database, on real ones: as they should be, and as somebody may have tuned them."""

from __future__ import annotations

import json
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import create_engine, event

from quizapp.cli import main
from quizapp.config import Settings, normalised_url
from quizapp.db import db
from quizapp.kernel.errors import InputError, UnavailableError
from quizapp.ops import checking, queries
from quizapp.ops.cli import db as commands
from quizapp.ops.rules.durability import Finding, unsafe
from tests.conftest import SECRET_KEY, close_connections
from tests.databases import make_server_folder, on_postgresql
from tests.faults.postgres import Postgres


@pytest.fixture(scope="module")
def durable() -> Iterator[Postgres]:
    """A PostgreSQL with its promises on."""
    folder = make_server_folder()
    server = Postgres(folder, folder)
    try:
        server.start()
        server.await_recovery()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def test_a_host_that_nobody_knows_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_asked: object, **_named: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(InputError, match=r"不能在 nowhere 的端口 8000 上提供服务：.*not known"):
        checking.check_port("nowhere", 8000)


def test_a_port_that_is_taken_is_named_before_anything_begins() -> None:
    with socket.create_server(("127.0.0.1", 0), reuse_port=hasattr(socket, "SO_REUSEPORT")) as taken:
        port = taken.getsockname()[1]
        for command in ("serve", "demo"):
            done = CliRunner().invoke(main, [command, "--port", str(port)])
            assert done.exit_code == 1
            assert f"端口 {port} 上已经有程序在运行" in done.output
    checking.check_port("127.0.0.1", port)
    assert CliRunner().invoke(main, ["serve", "--port", "70000"]).exit_code == 2


def findings_on(url: str) -> list[Finding]:
    engine = create_engine(normalised_url(url))
    try:
        with engine.connect() as connection:
            return queries.durability(connection)
    finally:
        engine.dispose()


def found_on(url: str) -> list[str]:
    return [finding.setting for finding in unsafe(findings_on(url))]


def test_what_this_application_sets_on_sqlite_is_safe(app: Flask) -> None:
    with app.app_context():
        assert unsafe(checking.findings()) == []


def test_sqlite_with_less_is_not(app: Flask) -> None:
    with app.app_context():
        db.engine.dispose()

        @event.listens_for(db.engine, "connect")
        def faster(connection, _record) -> None:  # type: ignore[no-untyped-def]
            connection.execute("PRAGMA synchronous=NORMAL")

        assert [finding.setting for finding in unsafe(checking.findings())] == ["synchronous"]


def test_a_plain_connection_to_sqlite_is_not(tmp_path: Path) -> None:
    """Python's own defaults: a rollback journal, and a file made for this."""
    assert found_on(f"sqlite:///{tmp_path / 'plain.sqlite3'}") == ["journal_mode"]
    assert "path" in found_on("sqlite://")


@pytest.mark.postgresql
def test_a_real_postgresql_with_its_promises_on_is_safe(durable: Postgres) -> None:
    assert found_on(durable.uri()) == []


@pytest.mark.postgresql
@pytest.mark.parametrize("value", ["off", "local", "remote_write"])
def test_what_is_turned_off_for_one_role_or_database_is_seen(durable: Postgres, value: str) -> None:
    durable.execute(f"alter database postgres set synchronous_commit = {value}")
    try:
        assert found_on(durable.uri()) == ["synchronous_commit"]
    finally:
        durable.execute("alter database postgres reset synchronous_commit")


@pytest.mark.postgresql
def test_a_connection_that_only_reads_is_told(durable: Postgres) -> None:
    durable.execute("create database reading")
    durable.execute("alter database reading set default_transaction_read_only = on")
    assert found_on(durable.uri("reading")) == ["primary"]


@pytest.fixture
def hasty(app: Flask) -> Flask:
    """On a database that acknowledges before it has written. The tests' server as a whole is hasty as well, but at times
    made durable for tests of an installation."""
    with app.app_context():
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql(f'ALTER DATABASE "{db.engine.url.database}" SET synchronous_commit = off')
        db.engine.dispose()
    return app


@on_postgresql
def test_a_hasty_database_is_refused(hasty: Flask) -> None:
    with hasty.app_context():
        assert "synchronous_commit" in {finding.setting for finding in unsafe(checking.findings())}


@on_postgresql
def test_the_command_says_what_is_wrong_and_ends_with_1(hasty: Flask) -> None:
    done = hasty.test_cli_runner().invoke(commands, ["check"])
    assert done.exit_code == 1
    assert "synchronous_commit 是 off" in done.stderr
    told = hasty.test_cli_runner().invoke(commands, ["check", "--json"])
    assert told.exit_code == 1
    answer = json.loads(told.stdout)
    assert (answer["database"], answer["safe"]) == ("postgresql", False)
    wanted = {"setting": "synchronous_commit", "value": "off", "severity": "unsafe"}
    assert any(wanted.items() <= finding.items() for finding in answer["findings"])


def test_the_command_is_content_with_a_safe_one(app: Flask) -> None:
    done = app.test_cli_runner().invoke(commands, ["check"])
    assert done.exit_code == 0, done.output
    assert "已保存的作答不丢" in done.stdout


@on_postgresql
def test_the_server_does_not_start_on_it(hasty: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        checking.check_before_serving(hasty, without_exams=False)
    said = capsys.readouterr().err
    assert ended.value.code == 1
    assert "synchronous_commit 是 off" in said
    assert "--without-exams" in said
    checking.check_before_serving(hasty, without_exams=True)
    assert "不办考试" in capsys.readouterr().err


def test_a_safe_database_is_not_talked_about(app: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    checking.check_before_serving(app, without_exams=False)
    assert capsys.readouterr().err == ""


def test_a_database_that_does_not_answer_stops_the_start(tmp_path: Path) -> None:
    from quizapp.app import create_app

    nobody = Settings(database_url="postgresql+psycopg://nobody@127.0.0.1:1/none", instance_path=tmp_path,
                      secret_key=SECRET_KEY, testing=True)
    lonely = create_app(nobody)
    with pytest.raises(UnavailableError, match="没有应答"):
        checking.check_before_serving(lonely, without_exams=False, patience=0)
    close_connections(lonely)
