"""Cutting the old end of the chain: what is left is proved, and a cut that nobody signed turns it red."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask

from quizapp import clock
from quizapp.audit import cutting, heads, queries, service
from quizapp.audit.cli import audit as command
from quizapp.audit.signing import Seal, seal
from quizapp.audit.verification import needed_acts
from quizapp.config import ROOT
from quizapp.db import db
from quizapp.kernel.errors import ConflictError
from tests.builders.evidence import Place, keep_head, make_place
from tests.builders.tampering import tamper
from tests.databases import both_databases

pytestmark = both_databases
VERIFIER = ROOT / "docs" / "verify_chain.py"


@pytest.fixture
def place(app: Flask) -> Iterator[Place]:
    """A place with exams held and proved, and acts that prove nothing any more."""
    with app.app_context():
        made = make_place(app)
        with db.transaction() as session:
            for number in range(5):
                service.record(session, "rename_unit", "unit", number, actor="何静安", detail={"name": f"第{number}处"})
        keep_head(app)
        yield made


def cut() -> int:
    with db.transaction() as session:
        return cutting.cut(session, clock.now() + timedelta(seconds=1), needed_acts(), seal())


def exported(place: Place, folder: Path) -> tuple[int, str]:
    chain = folder / "chain.jsonl"
    chain.write_text(place.app.test_cli_runner().invoke(command, ["export"]).output, encoding="utf-8")
    ran = subprocess.run([sys.executable, str(VERIFIER), str(chain), "--heads", str(place.folder / heads.NAME)],
                         capture_output=True, text=True, timeout=60, check=False)
    return ran.returncode, ran.stdout + ran.stderr


def test_a_cut_is_proved_and_every_way_around_it_turns_red(place: Place, tmp_path: Path) -> None:
    before = queries.head(db.session()).number
    removed = cut()
    assert removed >= 4
    made = queries.cut(db.session())
    assert made is not None
    assert made.kept > 0, "what proves the exams stays"
    with db.transaction() as session:
        service.record(session, "rename_unit", "unit", 9)
    answer = place.found()
    assert (answer["holds"], answer["findings"]) == (True, [])
    assert answer["looked_at"] == {"attempts": 3, "results": 4, "marks": 1, "readings": 0, "commitments": 1, "paper_results": 1}
    assert answer["events"] == before + 2
    assert exported(place, tmp_path)[0] == 0, exported(place, tmp_path)[1]
    assert cut() == 2, "a second one: the last act before the first, and what came meanwhile"
    keep_head(place.app)
    assert place.found()["holds"]
    assert exported(place, tmp_path)[0] == 0, exported(place, tmp_path)[1]


@pytest.mark.parametrize(("statement", "kind"), [
    ("delete from audit_cut", "chain"),
    ("update audit_cut set number = number - 1", "cut"),
    ("update audit_cut set hash = 'f' || substr(hash, 2, 62) || 'g'", "cut"),
    ("update audit_cut set kept = kept - 1", "cut"),
    ("update audit_cut set signature = ''", "cut"),
    ("delete from audit_event where number = (select min(number) from audit_event)", "chain"),
    ("delete from audit_event where number = (select number + 1 from audit_cut)", "chain"),
    ("update audit_event set actor = 'x' where number = (select min(number) from audit_event)", "chain"),
])
def test_tampering_with_a_cut(place: Place, tmp_path: Path, statement: str, kind: str) -> None:
    cut()
    with db.transaction() as session:
        service.record(session, "rename_unit", "unit", 9)
    assert place.found()["holds"]
    tamper(statement)
    assert kind in place.kinds()
    assert exported(place, tmp_path)[0] == 1


def test_somebody_who_cuts_without_the_key_is_found_out(place: Place) -> None:
    with db.transaction() as session:
        cutting.cut(session, clock.now() + timedelta(seconds=1), needed_acts(), Seal(Ed25519PrivateKey.generate()))
    assert "cut" in place.kinds()


def test_a_chain_that_does_not_hold_is_not_cut(place: Place) -> None:
    tamper("update audit_event set actor = 'x' where number = 2")
    with pytest.raises(ConflictError, match="第 2 条"):
        cut()
    assert queries.cut(db.session()) is None


def test_the_outcome_is_under_the_hash_and_old_events_hold_without_it(place: Place, tmp_path: Path) -> None:
    assert all("outcome" in link.fields for link in queries.chain(db.session()))
    assert exported(place, tmp_path)[0] == 0
    tamper("update audit_event set outcome = 'refused' where number = 2")
    assert place.found()["first_broken"] == 2
    assert exported(place, tmp_path)[0] == 1
    tamper("update audit_event set outcome = null where number = 2")
    assert place.found()["first_broken"] == 2


def test_events_from_before_the_outcome_was_kept_hold(place: Place, tmp_path: Path) -> None:
    """The chain as an earlier release wrote it: no outcome, and hashes that know of none."""
    from quizapp.audit.rules import START, chained

    previous = START
    for link in list(queries.chain(db.session())):
        facts = {name: value for name, value in link.fields.items() if name != "outcome"}
        digest = chained(previous, facts)
        tamper("update audit_event set outcome = null, previous = :previous, hash = :digest where number = :number",
               previous=previous, digest=digest, number=link.number)
        previous = digest
    tamper("update audit_head set hash = :digest", digest=previous)
    db.session().expire_all()
    with db.transaction() as session:
        service.record(session, "rename_unit", "unit", 9)
    (place.folder / heads.NAME).unlink()
    keep_head(place.app)
    assert "chain" not in place.kinds()
    assert json.loads((place.folder / heads.NAME).read_text())["number"] == queries.head(db.session()).number
    assert exported(place, tmp_path)[0] == 0
    tamper("update audit_event set outcome = 'allowed' where number = 2")
    assert place.found()["first_broken"] == 2, "an outcome put in afterwards is a change like any other"
