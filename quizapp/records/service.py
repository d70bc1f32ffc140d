"""Issuing, revoking and re-issuing certificates: for a whole exam at once, so that they say what its results say."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from quizapp import clock
from quizapp.approvals.rules import Said, packed
from quizapp.attempts.rules.counting import grade
from quizapp.audit import service as audit
from quizapp.db import insert_many
from quizapp.exams import queries as exams
from quizapp.exams.models import Exam
from quizapp.i18n import N_
from quizapp.marking.regrading import Regraded, after_regrade
from quizapp.marking.telling import Link, tell
from quizapp.records import queries
from quizapp.records.models import Certificate
from quizapp.records.rules import ALPHABET, CODE_CHARS, digest_of, number_of

RECENT = timedelta(days=400)
CORRECTED = N_("考后试题更正，重新评分（第 %(n)s 次）")
CHANGED = N_("成绩更正")


@dataclass(frozen=True)
class Settled:
    """How many were issued, how many revoked."""

    issued: int
    revoked: int


def may_issue(exam: Exam, now: datetime) -> bool:
    """Results are out, and nobody's can become better any more."""
    return exam.state != "draft" and exam.is_over(now) and (exam.kind == "paper" or exam.is_released(now))


def is_recent(exam: Exam, now: datetime) -> bool:
    """Of the last year or so: people are told about these alone, so that an upgrade is no flood of old news."""
    return now - exam.settles_at < RECENT


def settle(session: Session, exam_id: int, why: Said, *, now: datetime) -> Settled:
    """Bring the certificates of an exam to what its results say: issue where somebody passed, revoke (with `why`) where
    somebody passed no more or has another score, and issue those anew. Done twice it changes nothing."""
    exam = exams.fresh(session, exam_id, lock=True)
    if not may_issue(exam, now):
        return Settled(0, 0)
    passed, valid = queries.passes(session, exam), queries.valid_of(session, exam_id)
    revoked = {person: old[0] for person, old in valid.items() if person not in passed or passed[person][0] != old[1]}
    due = [person for person in passed if person not in valid or person in revoked]
    if not revoked and not due:
        return Settled(0, 0)
    serial = session.scalar(select(func.count()).select_from(Certificate).where(Certificate.exam_id == exam_id)) or 0
    issuer = queries.issuer_of(session, exam_id)
    made = {person: _certificate(exam, issuer, person, passed[person], serial + place, now) for place, person in enumerate(due, 1)}
    _revoke(session, revoked, made, why, now)
    insert_many(session, Certificate, made.values())
    if is_recent(exam, now):
        _tell(session, exam, revoked, made, now)
    _record(session, exam, revoked, made, why, now)
    return Settled(len(made), len(revoked))


def _certificate(exam: Exam, issuer: str, person_id: int, found: Any, serial: int, now: datetime) -> dict[str, Any]:
    score, sat_at, name, unit = found
    facts = {
        "number": number_of(exam.year, exam.id, serial), "issuer": issuer, "name": name, "unit": unit, "exam": exam.title,
        "score": score, "grade": grade(score, exam.pass_mark, exam.excellence_mark), "sat_on": clock.to_local(sat_at).date(),
    }
    code = "".join(secrets.choice(ALPHABET) for _ in range(CODE_CHARS))
    return {**facts, "person_id": person_id, "exam_id": exam.id, "code": code, "issued_at": now, "digest": digest_of(facts),
            "revoked_why": ""}


def _revoke(
    session: Session, revoked: Mapping[int, str], made: Mapping[int, Mapping[str, Any]], why: Said, now: datetime
) -> None:
    said = json.dumps(packed(why), ensure_ascii=False)[:300]
    rows = [{"number": number, "revoked_at": now, "revoked_why": said,
             "replaced_by": made[person]["number"] if person in made else None} for person, number in revoked.items()]
    if rows:
        session.execute(update(Certificate), rows)


def _tell(session: Session, exam: Exam, revoked: Mapping[int, str], made: Mapping[int, Mapping[str, Any]], now: datetime) -> None:
    told: list[tuple[int, Said, Link | None]] = []
    for person, row in made.items():
        message = N_("《%(title)s》的合格证书已换发，原证作废") if person in revoked else N_("《%(title)s》的合格证书已签发，可以自己打印")
        told.append((person, Said(message, {"title": exam.title}), Link("records.certificate", {"number": row["number"]}, N_("看证书"))))
    told += [(person, Said(N_("《%(title)s》的合格证书 %(number)s 已撤销"), {"title": exam.title, "number": number}),
              Link("records.mine", {}, N_("看学法档案"))) for person, number in revoked.items() if person not in made]
    tell(session, exam.id, told, now=now)


def _record(
    session: Session, exam: Exam, revoked: Mapping[int, str], made: Mapping[int, Mapping[str, Any]], why: Said, now: datetime
) -> None:
    if revoked:
        numbers = {number: str(made[person]["number"]) if person in made else "" for person, number in revoked.items()}
        audit.record(session, "revoke_certificates", "exam", exam.id, detail={
            "count": len(revoked), "why": why.message % why.values if why.values else why.message, "at": now,
            "digest": digest_of(numbers)})
    if made:
        audit.record(session, "issue_certificates", "exam", exam.id, detail={
            "count": len(made), "first": next(iter(made.values()))["number"], "at": now,
            "digest": digest_of({str(row["number"]): row["digest"] for row in made.values()})})


@after_regrade
def follow_regrade(session: Session, done: Regraded) -> None:
    """Certificates follow in the transaction of the regrade."""
    settle(session, done.exam_id, Said(CORRECTED, {"n": done.number}), now=done.now)
