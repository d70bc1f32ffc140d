"""Certificates say what results say: issued, revoked and issued anew with a regrade, on both databases."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal

from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from quizapp.approvals.rules import Said, unpacked
from quizapp.audit.verification import Finding, verify
from quizapp.db import db
from quizapp.exams.models import RosterEntry
from quizapp.marking import telling
from quizapp.records import queries, service
from quizapp.records.models import Certificate
from quizapp.records.rules import digest_of
from tests.builders.exams import CLOSES
from tests.builders.regrades import NOW, Room, make_room
from tests.builders.tampering import tamper
from tests.databases import both_databases

pytestmark = both_databases


def settle(session: Session, room: Room) -> service.Settled:
    return service.settle(session, room.exam_id, Said("试验"), now=NOW - timedelta(hours=1))


def certificates() -> list[Certificate]:
    return list(db.session().scalars(select(Certificate).order_by(Certificate.number).execution_options(populate_existing=True)))


def wrong() -> list[Finding]:
    db.session().rollback()
    return [finding for finding in verify(db.session(), []).findings if finding.kind == "certificate"]


def test_certificates_follow_the_results(app: Flask) -> None:
    with app.app_context():
        room = make_room()
        with db.transaction() as session:
            assert service.settle(session, room.exam_id, Said("试验"), now=CLOSES - timedelta(days=1)) == service.Settled(0, 0)
        with db.transaction() as session:  # the first with 35 marks and the third with 20 passed, the second did not
            assert queries.unsettled(session, room.exam())
            assert settle(session, room) == service.Settled(2, 0)
        with db.transaction() as session:
            assert not queries.unsettled(session, room.exam())
            assert settle(session, room) == service.Settled(0, 0)
        first, third = certificates()
        assert (first.person_id, first.score, first.grade, first.unit) == (room.people[0], Decimal(35), "passed", "清溪市机关事务管理局")
        names = ("number", "issuer", "name", "unit", "exam", "score", "grade", "sat_on")
        assert first.digest == digest_of({name: getattr(first, name) for name in names})
        assert queries.verified(db.session(), first.number, first.code) is not None
        assert queries.verified(db.session(), first.number, third.code) is None
        db.session().rollback()

        # the first keeps passing with other marks, the second passes now, the third fails
        room.both("single", "key", ("C",))
        before, failed, again, new = certificates()
        assert [(one.person_id, one.score, one.revoked_at is None) for one in (before, failed, again, new)] == [
            (room.people[0], Decimal(35), False), (room.people[2], Decimal(20), False),
            (room.people[0], Decimal(25), True), (room.people[1], Decimal(20), True)]
        assert (before.replaced_by, failed.replaced_by) == (again.number, None)
        why = unpacked(json.loads(failed.revoked_why))
        assert why.message % why.values == "考后试题更正，重新评分（第 1 次）"
        told = {unpacked(one.message).message for one in telling.unconfirmed(db.session(), room.people[2])}
        assert any("已撤销" in words for words in told)
        rows = queries.study_file(db.session(), room.people[2], NOW)
        assert [(row.score, row.grade, row.certificate) for row in rows] == [(Decimal(10), "failed", None)]

        assert wrong() == []
        tamper("update certificate set score = score + 100 where revoked_at is null")
        assert any("摘要不符" in finding.what for finding in wrong())
        tamper("update certificate set score = score - 100 where revoked_at is null", "update certificate set revoked_at = null where replaced_by is null and revoked_at is not null")
        assert any("撤销的与审计链" in finding.what for finding in wrong())
        db.session().rollback()

        # whoever is not expected any more has nothing to be certified; nor has whom somebody made valid past the platform
        with db.transaction() as session:
            session.execute(update(RosterEntry).where(RosterEntry.candidate_id == room.people[1]).values(status="excused"))
            assert settle(session, room) == service.Settled(0, 2)
