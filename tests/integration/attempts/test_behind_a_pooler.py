"""Taking a paper through a real pgbouncer that hands out connections transaction by transaction: more clients than
connections, so that one browser's requests travel over the connections of others."""

from __future__ import annotations

import configparser
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
import time_machine
from flask import Flask
from psycopg.conninfo import conninfo_to_dict

from quizapp.attempts import queries
from quizapp.attempts.service import prepare_papers
from quizapp.config import ROOT
from quizapp.db import db
from quizapp.people.models import Person
from tests.builders.exams import ALL_KINDS, make_exam
from tests.builders.people import make_person, sign_in
from tests.conftest import close_connections, make_app
from tests.databases import make_server_folder
from tests.faults.processes import free_port
from tests.web.attempts.conftest import Candidate

PGBOUNCER = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}{os.pathsep}/usr/sbin{os.pathsep}/usr/local/sbin")
pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.skipif(PGBOUNCER is None, reason="pgbouncer is not installed; test_pooler.py looks at the code alone"),
]
CONNECTIONS, BROWSERS = 3, 12


@dataclass(frozen=True)
class Pooler:
    port: int
    database: str

    @property
    def url(self) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/{self.database}"

    def tells(self, what: str) -> list[dict[str, Any]]:
        """One of pgbouncer's own tables."""
        with psycopg.connect(f"postgresql://postgres@127.0.0.1:{self.port}/pgbouncer", autocommit=True,
                             prepare_threshold=None, cursor_factory=psycopg.ClientCursor,
                             row_factory=psycopg.rows.dict_row) as console:
            return console.execute(f"SHOW {what}").fetchall()  # type: ignore[call-overload, no-any-return]


@pytest.fixture
def pooler(postgresql_url: str) -> Iterator[Pooler]:
    folder, port = make_server_folder(), free_port()
    given = conninfo_to_dict(postgresql_url)
    where = " ".join(f"{name}={given[name]}" for name in ("host", "port") if given.get(name))
    (folder / "users.txt").write_text('"postgres" ""\n')
    settings = configparser.ConfigParser()
    settings.read(ROOT / "deploy" / "pgbouncer.ini")  # as it is handed out, but for addresses, and a small pool
    settings["databases"] = {"*": f"{where} user=postgres"}
    settings["pgbouncer"].update({
        "listen_port": str(port), "unix_socket_dir": "", "auth_type": "any", "auth_file": f"{folder}/users.txt",
        "admin_users": "postgres", "default_pool_size": str(CONNECTIONS), "client_login_timeout": "10",
        "logfile": f"{folder}/pgbouncer.log",
    })
    with (folder / "pgbouncer.ini").open("w") as file:
        settings.write(file)
    # it refuses to run as root, and the folder of the server's socket is open to its owner alone
    user = Path(str(given["host"])).stat().st_uid if os.geteuid() == 0 else None
    folder.chmod(0o777)
    assert PGBOUNCER is not None
    process = subprocess.Popen([PGBOUNCER, "-q", str(folder / "pgbouncer.ini")], user=user)
    found = Pooler(port, str(given["dbname"]))
    try:
        await_answer(found)
        yield found
    finally:
        process.terminate()
        process.wait(10)
        shutil.rmtree(folder, ignore_errors=True)


def await_answer(pooler: Pooler) -> None:
    deadline = time.monotonic() + 15
    while True:
        try:
            psycopg.connect(pooler.url, prepare_threshold=None).close()
            return
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


@pytest.fixture
def app(pooler: Pooler, tmp_path: Path) -> Iterator[Flask]:
    from tests.page_lint import LintingClient

    made = make_app(pooler.url, tmp_path / "instance")
    made.test_client_class = LintingClient
    yield made
    close_connections(made)


def sit(candidate: Candidate) -> str:
    """Start, claim, save six times in batches, once twice, and hand in; the receipt."""
    paper = candidate.begin()
    for turn in range(1, 7):
        saves = [{"q": n, "seq": turn * 10, "response": [], "flagged": turn % 2 == 0, "seen": True} for n in (1, 2, 3)]
        for _repeat in range(1 + (turn == 3)):
            answer = candidate.save(paper, *saves)
            assert answer.status_code == 200, answer.get_data(as_text=True)
            assert [ack["seq"] for ack in answer.get_json()["acks"]] == [turn * 10] * 3
    done = candidate.submit(paper, manifest={"1": 60, "2": 60, "3": 60})
    assert done.status_code == 200, done.get_data(as_text=True)
    return str(done.get_json()["receipt"])


def test_whole_papers_through_three_connections(
    app: Flask, pooler: Pooler, exam_morning: time_machine.Traveller
) -> None:
    with app.app_context(), db.transaction() as session:
        people = [make_person(session) for _browser in range(BROWSERS)]
        exam = make_exam(session, ALL_KINDS, candidates=people)
        prepare_papers(session, exam)
        ids, exam_id = [person.id for person in people], exam.id
    browsers = [Candidate(app.test_client(), exam_id, person_id) for person_id in ids]  # type: ignore[arg-type]
    for browser in browsers:
        with app.app_context():
            sign_in(browser.client, db.session().get_one(Person, browser.person_id))
    with ThreadPoolExecutor(BROWSERS) as pool:
        receipts = list(pool.map(sit, browsers))
    assert len(set(receipts)) == BROWSERS
    with app.app_context():
        for browser, receipt in zip(browsers, receipts, strict=True):
            [attempt] = queries.attempts(db.session(), browser.person_id, exam_id)
            assert (attempt.state, attempt.receipt) == ("submitted", receipt)
            kept = queries.answers(db.session(), browser.person_id, attempt.id)
            assert sorted(answer.seq for answer in kept.values()) == [60, 60, 60]
            assert queries.receipt_of(db.session(), attempt) == receipt
    config = {row["key"]: row["value"] for row in pooler.tells("CONFIG")}
    assert config["pool_mode"] == "transaction"
    used = [row for row in pooler.tells("SERVERS") if row["database"] == pooler.database]
    clients = [row for row in pooler.tells("CLIENTS") if row["database"] == pooler.database]
    assert len(used) <= CONNECTIONS < len(clients)


def test_this_pooler_breaks_what_a_session_would_keep(pooler: Pooler) -> None:
    """Were the application to prepare statements, the test above would fail."""
    with (
        psycopg.connect(pooler.url, autocommit=True, prepare_threshold=0) as one,
        psycopg.connect(pooler.url, autocommit=True, prepare_threshold=0) as other,
    ):
        one.execute("select 1")
        with pytest.raises(psycopg.Error, match="prepared statement"):
            other.execute("select 2")  # travels over the same connection, where the name is taken
