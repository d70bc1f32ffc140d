"""The receipt as a candidate keeps it: on the page, as a document for programs, as text for people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from quizapp.access import Actor
from quizapp.attempts import noted, queries
from quizapp.attempts.models import Attempt
from quizapp.attempts.rules.seals import from_detail
from quizapp.audit import queries as audit
from quizapp.audit.models import AuditEvent
from quizapp.audit.receipts import DOCUMENT, receipt_line
from quizapp.audit.rules import moment
from quizapp.audit.signing import seal
from quizapp.clock import to_local
from quizapp.exams import queries as exams
from quizapp.exams.models import Exam
from quizapp.i18n import _, show_date
from quizapp.kernel import merkle
from quizapp.questions.rules.marking import is_answered


@dataclass(frozen=True)
class Proof:
    """What the page says about the seal. `event` and `event_hash`: where the chain holds the receipt, None and empty
    while it is under way; `text`: the whole receipt to copy; `committed`: whether the exam has a commitment; `notes`:
    how many there are."""

    signed: bool
    event: int | None
    event_hash: str
    text: str
    committed: bool
    notes: int


def proof(session: Session, attempt: Attempt, exam: Exam, person: Actor) -> Proof:
    whole = document(session, attempt, exam, person)
    sealed = whole["seal"] or {"event": None, "hash": ""}
    return Proof(bool(attempt.signature), sealed["event"], sealed["hash"], as_text(whole),
                 exams.commitment(session, exam.id) is not None, noted.count(session, attempt.candidate_id, attempt.id))


def document(session: Session, attempt: Attempt, exam: Exam, person: Actor) -> dict[str, Any]:
    """What `quizapp audit verify --receipt` reads. Times are moments in UTC; `seal` is None until the chain holds it."""
    assert attempt.finished_at is not None  # noqa: S101 - it has a receipt
    kept = queries.answers(session, attempt.candidate_id, attempt.id)
    return {
        "document": DOCUMENT,
        "exam": {"id": exam.id, "title": exam.title},
        "candidate": {"id": person.id, "login": person.login, "name": person.name},
        "attempt": str(attempt.id), "number": attempt.number, "state": attempt.state,
        "started_at": moment(attempt.started_at), "finished_at": moment(attempt.finished_at),
        "answered": sum(is_answered(answer.response) for answer in kept.values()), "questions": len(attempt.layout),
        "receipt": attempt.receipt, "signature": attempt.signature, "public_key": seal().public_key,
        "seal": _seal(audit.by_number(session, attempt.sealed_by) if attempt.sealed_by else None, attempt),
    }


def _seal(event: AuditEvent | None, attempt: Attempt) -> dict[str, Any] | None:
    """The event with the way from this receipt to its root (RFC 9162), so that nobody else's is needed."""
    if event is None:
        return None
    try:
        leaves = from_detail(event.detail)
        index = next(place for place, leaf in enumerate(leaves) if leaf.attempt_id == attempt.id)
    except (StopIteration, ValueError, TypeError, LookupError, AttributeError):
        return None  # edited past the platform: `audit verify` says so
    entries = [leaf.entry() for leaf in leaves]
    return {
        "event": event.number, "at": moment(event.at), "hash": event.hash, "root": merkle.root(entries).hex(),
        "record": leaves[index].record, "index": index, "size": len(leaves),
        "path": [step.hex() for step in merkle.path(entries, index)],
    }


def as_text(whole: dict[str, Any]) -> str:
    """The same in the reader's words; its last line is for programs."""
    sealed = whole["seal"]
    lines = [
        _("交卷回执"),
        _("考试：%(title)s", title=whole["exam"]["title"]),
        _("应考人：%(name)s（工号 %(login)s）", name=whole["candidate"]["name"], login=whole["candidate"]["login"]),
        _("第 %(n)s 次作答，编号 %(id)s", n=whole["number"], id=whole["attempt"]),
        _("开始：%(time)s", time=_time(whole["started_at"])),
        _("交卷：%(time)s", time=_time(whole["finished_at"])),
        _("%(total)s 题中答了 %(n)s 题", total=whole["questions"], n=whole["answered"]),
        _("审计链：第 %(n)s 条，哈希 %(hash)s", n=sealed["event"], hash=sealed["hash"]) if sealed else _("审计链：尚未写入"),
        receipt_line(whole["attempt"], whole["receipt"], whole["signature"], whole["public_key"]),
    ]
    return "\n".join(lines)


def _time(text: str) -> str:
    local = to_local(datetime.fromisoformat(text))
    return f"{show_date(local.date())} {local:%H:%M:%S}"
