"""What is proved without the product: the exported chain, the heads kept elsewhere, a candidate's receipt."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from quizapp.access import Actor
from quizapp.attempts import queries
from quizapp.attempts.pages.receipt import document
from quizapp.audit import heads
from quizapp.audit.cli import audit as command
from quizapp.config import ROOT
from quizapp.db import db
from quizapp.exams import queries as exams
from quizapp.ops import tasks
from tests.builders.evidence import Place, make_place

VERIFIER = ROOT / "docs" / "verify_chain.py"


@pytest.fixture
def place(app: Flask) -> Iterator[Place]:
    with app.app_context():
        yield make_place(app)


@pytest.fixture
def files(app: Flask, place: Place, tmp_path: Path) -> tuple[Path, Path, Path]:
    """The chain as exported, the heads, and the receipt of the first candidate."""
    chain, receipt = tmp_path / "chain.jsonl", tmp_path / "receipt.json"
    ran = app.test_cli_runner().invoke(command, ["export"])
    assert ran.exit_code == 0
    chain.write_text(ran.output, encoding="utf-8")
    attempt = queries.own(db.session(), place.people[0], place.attempts[0])
    person = Actor(place.people[0], "p00001", "沈砚秋", "", frozenset(), ())
    whole = document(db.session(), attempt, exams.get(db.session(), place.exam_id), person)
    receipt.write_text(json.dumps(whole), encoding="utf-8")
    return chain, place.folder / heads.NAME, receipt


def proved(chain: Path, kept: Path, receipt: Path) -> tuple[int, str]:
    ran = subprocess.run([sys.executable, str(VERIFIER), str(chain), "--heads", str(kept), "--receipt", str(receipt)],
                         capture_output=True, text=True, timeout=60, check=False)
    assert ran.stderr == ""
    return ran.returncode, ran.stdout


def test_all_three_hold(files: tuple[Path, Path, Path]) -> None:
    status, said = proved(*files)
    assert (status, "events hold" in said) == (0, True)


def test_a_chain_cut_short_does_not_satisfy_the_heads(files: tuple[Path, Path, Path]) -> None:
    lines = files[0].read_text(encoding="utf-8").splitlines()
    files[0].write_text("\n".join(lines[:-1]) + "\n", encoding="utf-8")
    status, said = proved(*files)
    assert (status, "the chain does not have event" in said) == (1, True)


@pytest.mark.parametrize(("old", "new", "sentence"), [
    ("seal_receipts", "seal_receiptz", "does not follow"), ('"actor": "system"', '"actor": "other"', "does not follow"),
])
def test_an_edited_event_does_not_follow(files: tuple[Path, Path, Path], old: str, new: str, sentence: str) -> None:
    text = files[0].read_text(encoding="utf-8")
    assert old in text
    files[0].write_text(text.replace(old, new), encoding="utf-8")
    status, said = proved(*files)
    assert (status, sentence in said) == (1, True)


@pytest.mark.parametrize(("change", "sentence"), [
    ({"receipt": "0" * 64}, "signature is wrong"), ({"seal": None}, "before the chain held it"),
])
def test_another_receipt_is_not_in_it(files: tuple[Path, Path, Path], change: dict[str, object], sentence: str) -> None:
    whole = json.loads(files[2].read_text(encoding="utf-8")) | change
    files[2].write_text(json.dumps(whole), encoding="utf-8")
    status, said = proved(*files)
    assert (status, sentence in said) == (1, True)


def test_the_worker_keeps_a_head_whenever_the_chain_has_grown(app: Flask, place: Place) -> None:
    file = place.folder / heads.NAME
    before = file.read_text(encoding="utf-8").splitlines()
    tasks.write_head()
    assert file.read_text(encoding="utf-8").splitlines() == before
    ran = app.test_cli_runner().invoke(command, ["head", "--json"])
    entry = json.loads(ran.output)
    assert heads.is_signed(entry)
    assert not heads.is_signed(entry | {"number": entry["number"] + 1})
    assert place.found()["holds"]


def test_a_line_cut_off_by_a_power_cut_does_not_swallow_the_next(place: Place) -> None:
    file = place.folder / heads.NAME
    file.write_text(file.read_text(encoding="utf-8")[:-20], encoding="utf-8")
    tasks.write_head()
    lines = file.read_text(encoding="utf-8").splitlines()
    assert json.loads(lines[-1])["number"] == place.found()["events"]
    assert [finding["what"] for finding in place.found()["findings"]] == ["读不出来"]


def test_a_full_disk_does_not_end_the_worker(place: Place, caplog: pytest.LogCaptureFixture) -> None:
    file = place.folder / heads.NAME
    file.unlink()
    file.mkdir()  # nothing can be appended to it, whoever runs the test
    tasks.write_head()
    assert "could not be kept" in caplog.text
