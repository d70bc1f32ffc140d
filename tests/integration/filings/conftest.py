"""About 300 people whose exam and make-up are over: one world for all tests of filings, left by each as it was."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pypdfium2
import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.audit.queries import chain
from quizapp.db import db
from quizapp.exams.models import Exam, Result
from quizapp.filings import checking, queries, service
from quizapp.filings.models import Filing, FilingVersion
from quizapp.filings.rules.content import Content, from_json
from tests.builders.results import OPENS, Agency, make_bureau, make_sitting
from tests.conftest import close_connections, make_app
from tests.databases import Templates

AFTER = OPENS + timedelta(days=40)


class World:
    """About 300 people, an exam and its make-up, both over."""

    def __init__(self, session: Session) -> None:
        self.bureau: Agency = make_bureau(session)
        exam = make_sitting(session)
        self.bureau.put_in_exam(exam)
        make_up = make_sitting(session, "2026 年上半年学法用法补考", make_up_of_id=exam.id,
                               opens_at=OPENS + timedelta(days=20), closes_at=OPENS + timedelta(days=21))
        self.bureau.put_in_make_up(make_up, exam)
        self.exam, self.make_up, self.by = exam.id, make_up.id, self.bureau.members[self.bureau.units[0].id][0].id
        session.flush()
        session.expunge_all()

    def hand_in(self, session: Session) -> Filing:
        return service.hand_in_exam(session, self.exam, True, by=self.by, now=AFTER)

    def hand_in_year(self, session: Session) -> Filing:
        return service.hand_in_year(session, 2026, (), by=self.by, now=AFTER, keep_blanks=True)


@pytest.fixture(scope="module")
def made(templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Flask, World]]:
    folder = tmp_path_factory.mktemp("filings")
    with templates.copy("sqlite", folder) as url:
        app = make_app(url, folder / "instance")
        with app.app_context(), db.transaction() as session:
            world = World(session)
        yield app, world
        close_connections(app)


@pytest.fixture
def session(made: tuple[Flask, World]) -> Iterator[Session]:
    """On the one world, which every test leaves as it was."""
    with made[0].app_context():
        session = db.session()
        session.rollback()
        session.connection(execution_options={"quizapp_write": True})
        yield session
        session.rollback()


@pytest.fixture
def world(made: tuple[Flask, World]) -> World:
    return made[1]


def regraded(session: Session, exam_id: int) -> list[int]:
    """As a regrade does: a few who had passed have not; their numbers."""
    exam = session.get_one(Exam, exam_id)
    results = session.scalars(select(Result).where(Result.exam_id == exam_id, Result.score >= exam.pass_mark)
                              .order_by(Result.score, Result.candidate_id).limit(3)).all()
    for result in results:
        result.score = exam.pass_mark - 1
    return [result.candidate_id for result in results]


def kept(session: Session, filing: Filing, version: int) -> tuple[FilingVersion, Content]:
    found = queries.version_of(session, filing.id, version)
    return found, from_json(found.content)


def findings(session: Session) -> list[tuple[str, str]]:
    """What the check of filings says, having heard the whole chain."""
    check = checking.Filings()
    for link in chain(session):
        if link.fields["action"] in check.actions:
            check.hear(link)
    return [(one.where, one.what) for one in check.findings(session)]


def pdf_text(data: bytes) -> str:
    document = pypdfium2.PdfDocument(data)
    try:
        texts = []
        for page in document:
            words = page.get_textpage()
            texts.append(words.get_text_bounded())
            words.close()
            page.close()
        return "\n".join(texts)
    finally:
        document.close()
