"""What the texts of the library tell about the bank: proofs that hold, proofs that do not, words copied."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from quizapp.db import db
from quizapp.questions import gate, service
from quizapp.questions.files import BankFiles, read_bank
from quizapp.statutes.models import LawArticle
from tests.builders.bank_files import bring_texts, make_bank, proof, single, text_of, write_topic

DAY = date(2026, 11, 25)


@pytest.fixture
def bank(app: Flask, tmp_path: Path) -> Path:
    """Three items, built; the texts are not in the library yet."""
    path = make_bank(tmp_path)
    with app.app_context(), db.transaction() as session:
        service.build_bank(session, path)
    return path


def tally(files: BankFiles) -> dict[str, int]:
    return {name: count for name, count in gate.tally(db.session(), (entry.item for entry in files.entries)).items() if count}


def test_proofs_hold_by_the_register_and_after_an_import_by_the_text(app: Flask, bank: Path) -> None:
    with app.app_context():
        files = read_bank(bank)
        assert tally(files) == {"fingerprint": 3}
        assert {name: n for name, n in gate.tally_by_register((e.item for e in files.entries), files.laws).items() if n} == {"fingerprint": 3}
        with db.transaction() as session:
            bring_texts(session)
        assert tally(files) == {"text": 3}
        assert gate.library_problems(db.session(), files.entries) == []


def test_a_span_beyond_the_article_is_found_by_its_text_alone(app: Flask, bank: Path) -> None:
    """The fingerprint is right, so only the text can tell."""
    write_topic(bank, [single(1, basis=[proof(2) | {"span": [300, 310]}])])
    with app.app_context():
        files = read_bank(bank)
        assert files.errors == []
        with db.transaction() as session:
            bring_texts(session)
        (problem,) = gate.library_problems(db.session(), files.entries)
        assert (problem.code, problem.item_id, problem.place) == ("proof_wrong", "constitution-001", "constitution/topic.yaml:4")


@pytest.mark.parametrize(("length", "copied"), [(30, False), (31, True)])
def test_no_more_than_thirty_characters_may_be_those_of_the_article(app: Flask, bank: Path, length: int, copied: bool) -> None:
    words = "".join(chr(0x4E00 + 37 * place) for place in range(60))
    with app.app_context(), db.transaction() as session:
        bring_texts(session)
        session.scalars(select(LawArticle).where(LawArticle.number == "2")).one().text = words
        write_topic(bank, [single(1, explanation=f"前言{words[10 : 10 + length]}，后语。")])
        problems = [p for p in gate.library_problems(session, read_bank(bank).entries) if p.code == "copied_run"]
        assert [p.values["count"] for p in problems] == ([length] if copied else [])


def test_each_citation_says_how_it_stands_today(app: Flask, bank: Path) -> None:
    with app.app_context(), db.transaction() as session:
        (entry,) = read_bank(bank).entries[:1]
        (before,) = gate.proofs_of(session, entry.item, DAY)
        bring_texts(session)
        (after,) = gate.proofs_of(session, entry.item, DAY)
        (early,) = gate.proofs_of(session, entry.item, date(2021, 2, 28))
        assert (before.verdict, before.fault) == ("fingerprint", "")
        assert (after.verdict, after.fault) == ("text", "")
        assert early.fault == gate.NOT_THE_LAW  # in force since March
        assert text_of(2).startswith("第2号")
