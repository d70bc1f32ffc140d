"""The paper on somebody's desk, read for the exam page: who it is, the attempt, the exam and the answers in one
statement. At nine o'clock everybody asks for it at once."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from quizapp.attempts.queries import Kept
from quizapp.attempts.rules.layout import Slot, slots
from quizapp.attempts.rules.standing import Standing
from quizapp.attempts.rules.ticket import Ticket
from quizapp.statement import Statement, certain, moment, parsed

READ = Statement("""
select s.id as sign_in_id, p.language, a.candidate_id, a.id, a.exam_id, a.number, a.form_id, a.layout, a.state, a.epoch,
       a.started_at, a.deadline_at, a.break_started_at, a.break_left, e.title, e.attempts_allowed, e.score_rule,
       e.grace_seconds, e.paused_at, f.content_hash,
       (select {collect}({array}(position, seq, {embedded}(response), flagged, seen, saved_at)) from answer
         where candidate_id = a.candidate_id and attempt_id = :attempt) as answers
  from sign_in s
  join person p on p.id = s.person_id
  left join attempt a on a.candidate_id = s.person_id and a.id = :attempt
  left join exam e on e.id = a.exam_id
  left join form f on f.id = a.form_id
 where s.token_hash = :sign_in and s.ended_at is null and s.expires_at > :received and s.last_seen_at > :idle
   and p.active""")


@dataclass(frozen=True, slots=True)
class OpenPaper:
    """An attempt with what its page shows of the exam. `layout` as stored; `kept`: current answers by position."""

    candidate_id: int
    id: uuid.UUID
    exam_id: int
    number: int
    form_id: int
    layout: list[dict[str, Any]]
    state: str
    epoch: int
    started_at: datetime
    deadline_at: datetime
    break_started_at: datetime | None
    break_left: int
    title: str
    attempts_allowed: int
    score_rule: str
    grace_seconds: int
    paused_at: datetime | None
    content_hash: str
    kept: dict[int, Kept]

    @property
    def slots(self) -> list[Slot]:
        return slots(self.layout)

    @property
    def ticket(self) -> Ticket:
        return Ticket.for_layout(self.candidate_id, self.exam_id, self.id, self.grace_seconds, self.layout)

    def is_over(self, now: datetime) -> bool:
        """Handed in, or out of time though nobody has said so yet."""
        return self.state != "open" or self.time.is_over(self.grace_seconds, now)

    @property
    def time(self) -> Standing:
        return Standing(self.deadline_at, self.paused_at, self.break_started_at, self.break_left)


@dataclass(frozen=True, slots=True)
class AtTheDesk:
    """Who asks: the sign-in, the language of the account, and the paper, None where it is not theirs."""

    sign_in_id: uuid.UUID
    language: str | None
    paper: OpenPaper | None


def read(
    connection: Connection, attempt_id: uuid.UUID, sign_in: str, *, now: datetime, idle_since: datetime
) -> AtTheDesk | None:
    """None where this browser is not signed in. `sign_in`: hash of its token; `idle_since`: a sign-in that was used
    last before this moment no longer counts."""
    rows = READ.rows(connection, attempt=attempt_id, sign_in=sign_in, received=now, idle=idle_since)
    if not rows:
        return None
    row = rows[0]
    return AtTheDesk(_uuid(row.sign_in_id), row.language, None if row.id is None else _paper(row))


def _paper(row: Any) -> OpenPaper:
    kept = {answer[0]: _kept(answer) for answer in parsed(row.answers) or []}
    return OpenPaper(
        row.candidate_id, _uuid(row.id), row.exam_id, row.number, row.form_id, parsed(row.layout), row.state, row.epoch,
        certain(row.started_at), certain(row.deadline_at), moment(row.break_started_at), row.break_left, row.title,
        row.attempts_allowed, row.score_rule, row.grace_seconds, moment(row.paused_at), row.content_hash, kept,
    )


def _kept(answer: Sequence[Any]) -> Kept:
    position, seq, response, flagged, seen, saved_at = answer
    score: Decimal | None = None  # nothing is marked before the paper is handed in
    return Kept(position, seq, tuple(response), bool(flagged), bool(seen), score, certain(saved_at))


def _uuid(value: Any) -> uuid.UUID:
    return value if isinstance(value, uuid.UUID) else uuid.UUID(value)
