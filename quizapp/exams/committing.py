"""The commitment of an exam: before the window opens a salted hash of its forms, keys and marking rules is published,
so that everybody can check afterwards that they were fixed beforehand.

The hash is the SHA-256 of a file. The file is kept back until the exam has settled and its results are out, and so is
the salt in it, without which nobody could try guesses against the hash.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp import clock
from quizapp.audit import service as audit
from quizapp.exams.models import Commitment, Exam
from quizapp.exams.rules import has_settled
from quizapp.exams.service import at_publishing
from quizapp.kernel.errors import ConflictError
from quizapp.papers.models import Form, FormQuestion
from quizapp.questions.models import ItemVersion
from quizapp.questions.rules.view import opened

METHOD = "quizapp-commitment-1"
COMMITTED, OPENED = "commit_exam", "open_commitment"


def content(session: Session, exam: Exam, salt: str) -> bytes:
    """The file whose SHA-256 is the commitment, from the tables as they are now: JSON in UTF-8, names sorted, no
    spaces, no line break at the end.

    {"method", "salt", "exam": {"id", "title", "year"}, "rules": {"multiple_rule", "score_rule", "pass_mark",
    "excellence_mark", and where two people mark an answer "markers", "marker_tolerance"}, "forms": [{"number", "total",
    "questions": [{"position", "part", "type", "marks", "version"}]}], "items": {version: {"content_hash", "content"}}};
    marks are text with two decimals. The hash of an item is over all of it; its content is given as far as
    `questions.rules.view.OPENED` lets everybody read it.
    """
    forms, items = _forms(session, exam)
    whole = {
        "method": METHOD, "salt": salt, "exam": {"id": exam.id, "title": exam.title, "year": exam.year},
        "rules": {"multiple_rule": exam.multiple_rule, "score_rule": exam.score_rule,
                  "pass_mark": f"{exam.pass_mark:.2f}", "excellence_mark": f"{exam.excellence_mark:.2f}", **_second_marker(exam)},
        "forms": forms, "items": items,
    }
    return json.dumps(whole, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _second_marker(exam: Exam) -> dict[str, int]:
    """Left out where one person marks: commitments made before there was a choice have to prove as they were."""
    return {"markers": exam.markers, "marker_tolerance": exam.marker_tolerance} if exam.markers > 1 else {}


def _forms(session: Session, exam: Exam) -> tuple[list[Mapping[str, Any]], Mapping[str, Any]]:
    forms: dict[int, dict[str, Any]] = {}
    items: dict[str, Any] = {}
    rows = session.execute(
        select(Form.number, Form.total, FormQuestion.position, FormQuestion.part, FormQuestion.type, FormQuestion.marks,
               ItemVersion.id, ItemVersion.content_hash, ItemVersion.content)
        .join(FormQuestion, FormQuestion.form_id == Form.id)
        .join(ItemVersion, ItemVersion.id == FormQuestion.item_version_id)
        .where(Form.blueprint_id == exam.blueprint_id).order_by(Form.number, FormQuestion.position)
    )
    for number, total, position, part, kind, marks, version, digest, said in rows:
        form = forms.setdefault(number, {"number": number, "total": f"{total:.2f}", "questions": []})
        form["questions"].append({"position": position, "part": part, "type": kind, "marks": f"{marks:.2f}",
                                  "version": version})
        items[str(version)] = {"content_hash": digest, "content": opened(said)}
    return list(forms.values()), items


@at_publishing
def commit(session: Session, exam: Exam) -> None:
    """Write the commitment down, in the record of acts as well. Does nothing for an exam on paper, whose forms are
    not kept here, nor where there is one already."""
    if exam.kind != "online" or session.get(Commitment, exam.id) is not None:
        return
    salt = secrets.token_hex(32)
    digest = hashlib.sha256(content(session, exam, salt)).hexdigest()
    made = Commitment(exam_id=exam.id, digest=digest, salt=salt, committed_at=exam.published_at or clock.now())
    session.add(made)
    session.flush()
    audit.record(session, COMMITTED, "exam", exam.id,
                 detail={"digest": digest, "method": METHOD, "committed_at": made.committed_at})


def check_may_open(exam: Exam, now: datetime) -> None:
    """Raises ConflictError with the reason while salt and content have to stay secret."""
    if not has_settled(exam.state, exam.release, exam.released_at, exam.settles_at, exam.paused_at, now):
        raise ConflictError("考试全部结束、成绩公布以后，才能公开承诺的内容")


def is_for_everybody(exam: Exam, now: datetime) -> bool:
    """Whether the content is to be published: only where the exam shows its keys at all."""
    return exam.show_key and has_settled(exam.state, exam.release, exam.released_at, exam.settles_at, exam.paused_at, now)


def open_commitment(session: Session, exam: Exam, *, now: datetime) -> Commitment | None:
    """Publish salt and content; None where that has been done or there is nothing to open. Any number of workers
    may do it at once. Raises ConflictError where it is too early."""
    check_may_open(exam, now)
    audit.wait_for_turn(session)
    made = session.get(Commitment, exam.id, populate_existing=True)
    if made is None or made.opened_at is not None:
        return None
    made.opened_at = now
    session.flush()
    audit.record(session, OPENED, "exam", exam.id, detail={"digest": made.digest, "salt": made.salt, "opened_at": now})
    return made
