"""The receipt on its page, as a file and as text, and the command that proves each of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask

from quizapp.attempts import tasks
from quizapp.audit.cli import audit
from quizapp.db import db
from tests.web.attempts.conftest import Candidate, candidate_for

Verify = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def verify(app: Flask) -> Verify:
    def run(receipt: str) -> tuple[int, dict[str, Any]]:
        ran = app.test_cli_runner().invoke(audit, ["verify", "--json", "--receipt", receipt])
        return ran.exit_code, json.loads(ran.output)

    return run


def handed_in(candidate: Candidate) -> str:
    paper = candidate.begin()
    candidate.save(paper, {"q": 1, "seq": 1, "response": ["1"], "flagged": False, "seen": True})
    assert candidate.submit(paper).status_code == 200
    return paper


def seal(app: Flask) -> None:
    with app.app_context():
        tasks.seal_receipts()
        db.session.remove()


def said(answer: dict[str, Any]) -> str:
    return " ".join([*answer["remarks"], *(finding["what"] for finding in answer["findings"])])


def test_the_page_says_when_the_chain_holds_it(app: Flask, candidate: Candidate) -> None:
    paper = handed_in(candidate)
    before = candidate.get(f"{paper}/receipt").get_data(as_text=True)
    assert "正在写入审计链" in before
    seal(app)
    after = candidate.get(f"{paper}/receipt").get_data(as_text=True)
    assert "已入审计链，第 1 条" in after
    assert "quizapp-receipt-1" in after


def test_each_form_of_a_receipt_is_proved(app: Flask, candidate: Candidate, verify: Verify, tmp_path: Path) -> None:
    paper = handed_in(candidate)
    early = candidate.get(f"{paper}/receipt.json").get_data(as_text=True)
    assert json.loads(early)["seal"] is None
    assert "还没有写入审计链" in said(verify(early)[1])
    seal(app)
    whole = candidate.get(f"{paper}/receipt.json")
    file = tmp_path / "receipt.json"
    file.write_bytes(whole.get_data())
    text = candidate.get(f"{paper}/receipt.txt").get_data(as_text=True)
    document = json.loads(whole.get_data(as_text=True))
    for given in (str(file), whole.get_data(as_text=True), text, document["receipt"], early):
        status, answer = verify(given)
        assert status == 0, answer
        assert "在审计链第 1 条" in said(answer)


@pytest.mark.parametrize(("change", "sentence"), [
    ({"receipt": "0" * 64}, "签名不对"),
    ({"signature": "AAAA"}, "签名不对"),
    ({"attempt": "00000000-0000-7000-8000-000000000000"}, "平台里没有这份回执对应的作答"),
    ({"attempt": "no id"}, "平台里没有这份回执对应的作答"),
])
def test_an_altered_receipt_is_red(
    app: Flask, candidate: Candidate, verify: Verify, change: dict[str, str], sentence: str
) -> None:
    paper = handed_in(candidate)
    seal(app)
    document = json.loads(candidate.get(f"{paper}/receipt.json").get_data(as_text=True))
    status, answer = verify(json.dumps(document | change))
    assert status == 1
    assert sentence in said(answer)


@pytest.mark.parametrize("change", [{"index": 7}, {"record": "ab" * 32}, {"root": "cd" * 32}, {"path": ["ef" * 32]}, {"size": "x"}])
def test_another_way_to_the_root_is_red(app: Flask, candidate: Candidate, verify: Verify, change: dict[str, Any]) -> None:
    paper = handed_in(candidate)
    seal(app)
    document = json.loads(candidate.get(f"{paper}/receipt.json").get_data(as_text=True))
    document["seal"] |= change
    status, answer = verify(json.dumps(document))
    assert (status, "路径不成立" in said(answer)) == (1, True)


def test_a_receipt_of_another_platform_is_red(app: Flask, candidate: Candidate, verify: Verify) -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from quizapp.audit.signing import Seal

    paper = handed_in(candidate)
    document = json.loads(candidate.get(f"{paper}/receipt.json").get_data(as_text=True))
    stranger = Seal(Ed25519PrivateKey.generate())
    document |= {"signature": stranger.sign(document["receipt"]), "public_key": stranger.public_key}
    assert "签名是另一个平台的" in said(verify(json.dumps(document))[1])


def test_what_is_no_receipt_is_said(app: Flask) -> None:
    from quizapp.cli import main

    ran = app.test_cli_runner().invoke(audit, ["verify", "--receipt", "hello"])
    assert ran.exit_code != 0
    assert "没有回执" in str(ran.exception)
    assert main is not None


def test_nobody_gets_another_persons_receipt(
    app: Flask, candidate: Candidate, exam_morning: time_machine.Traveller
) -> None:
    paper = handed_in(candidate)
    stranger = candidate_for(app)
    for ending in ("receipt", "receipt.json", "receipt.txt", "notes"):
        assert stranger.get(f"{paper}/{ending}").status_code == 404
    own = stranger.begin()
    assert stranger.get(f"{own}/receipt.json").status_code == 404
