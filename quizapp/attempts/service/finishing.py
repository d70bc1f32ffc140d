"""Handing in, running out of time, marking.

Two statements: one reads everything that counts, one writes it all, if nothing has moved in between. A save that
arrives meanwhile raises the revision of the attempt; then it is read again. On SQLite the write lock is held from
the start.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, select, update
from sqlalchemy.orm import Session

from quizapp.attempts import correcting, queries
from quizapp.attempts.models import Answer, Attempt
from quizapp.attempts.rules.counting import Finished, counting
from quizapp.attempts.rules.receipt import receipt
from quizapp.attempts.rules.saves import SENTENCES, Refusal, missing
from quizapp.attempts.rules.standing import Standing
from quizapp.attempts.rules.ticket import Ticket
from quizapp.attempts.service.results import recount
from quizapp.attempts.service.statements import CLAIM_OVERDUE, READ, WRITE
from quizapp.audit.signing import seal
from quizapp.kernel.errors import ConflictError, InputError, NotFoundError, UnavailableError
from quizapp.papers import queries as papers
from quizapp.questions.rules.content import marking_key
from quizapp.questions.rules.marking import is_answered, mark
from quizapp.statement import as_json, certain, moment, parsed

FINISHED = ("submitted", "expired")
TRIES = 8  # each is lost only to a save that was stored in that very moment


class StandsStillError(ConflictError):
    """The sitting is paused, or this person has a break: what a page hands in because it believes that time is up
    must not end the attempt."""


class MissingAnswersError(ConflictError):
    """The browser holds changes that have not arrived. `numbers`: the questions, as shown."""

    def __init__(self, numbers: list[int]) -> None:
        super().__init__("还有 %(count)s 题的改动没有保存，保存后会继续交卷", count=len(numbers))
        self.numbers = numbers


@dataclass(frozen=True, slots=True)
class HandedIn:
    """An attempt that is over: how it ended (submitted or expired), when, and its receipt."""

    state: str
    finished_at: datetime
    receipt: str


def hand_in(
    connection: Connection, ticket: Ticket, *, now: datetime, client_id: str | None = None,
    manifest: Mapping[int, int] | None = None, sign_in: str | None = None,
) -> HandedIn:
    """Hand in and mark. Handing in twice gives the same receipt; after time is up it counts as run out.

    `manifest`: number → last sequence of the browser; `sign_in` as for saving. Raises MissingAnswersError when
    something has not arrived and still could, StandsStillError in a pause, ConflictError when another browser
    (`client_id`) holds the attempt.
    """
    for _try in range(TRIES):
        standing = _read(connection, ticket.candidate_id, ticket.attempt_id, now, sign_in)
        if standing.state in FINISHED:
            return HandedIn(standing.state, certain(standing.finished_at), standing.receipt)
        if standing.state == "void":
            raise ConflictError("这次作答已作废，不能交卷；有疑问请联系考试管理员")
        deadline = certain(standing.deadline_at)
        time = _time(standing)
        if time.is_over(standing.grace_seconds, now):
            done = _close(connection, standing, "expired", deadline)
        else:
            if client_id is not None and standing.client_id not in ("", client_id):
                raise ConflictError(SENTENCES[Refusal.TAKEN])
            if time.since(now) is not None:
                raise StandsStillError("计时已停，现在不能交卷；恢复计时后再交")
            _check_arrived(ticket, standing, manifest or {})
            done = _close(connection, standing, "submitted", min(now, deadline))
        if done is not None:
            return done
    raise UnavailableError("交卷时还有作答正在保存，请再交一次")


def submit(
    session: Session, candidate_id: int, attempt_id: uuid.UUID, *, now: datetime,
    manifest: Mapping[int, int] | None = None, client_id: str | None = None,
) -> Attempt:
    """The same for a caller that holds no ticket."""
    ticket = queries.ticket(session, candidate_id, attempt_id)
    hand_in(session.connection(), ticket, now=now, client_id=client_id, manifest=manifest)
    return queries.own(session, candidate_id, attempt_id)


def finish_overdue(
    session: Session, *, now: datetime, candidate_id: int | None = None, exam_id: int | None = None,
    limit: int | None = None,
) -> int:
    """Finish what ran out of time, as of its deadline, with what was saved. Returns how many, `limit` at most.

    Any number of workers may do this at once: each attempt is finished by whoever locks it first, and the others
    go on to the next.
    """
    connection, finished = session.connection(), 0
    for owner, attempt_id in queries.overdue(session, now, candidate_id=candidate_id, exam_id=exam_id):
        if finished == limit:
            break
        if not CLAIM_OVERDUE.rows(connection, candidate=owner, attempt=attempt_id):
            continue
        standing = _read(connection, owner, attempt_id, now, None)
        deadline = certain(standing.deadline_at)
        # read again under the lock: time may have been given meanwhile
        if standing.state == "open" and _time(standing).is_over(standing.grace_seconds, now):
            finished += _close(connection, standing, "expired", deadline) is not None
    return finished


def _read(connection: Connection, candidate_id: int, attempt_id: uuid.UUID, now: datetime, sign_in: str | None) -> Any:
    rows = READ.rows(connection, candidate=candidate_id, attempt=attempt_id, received=now, sign_in=sign_in)
    if not rows:
        raise NotFoundError(queries.NOT_FOUND)
    return rows[0]


def _time(standing: Any) -> Standing:
    """How the time of the attempt stands that was read."""
    return Standing(certain(standing.deadline_at), moment(standing.paused_at), moment(standing.break_started_at),
                    standing.break_left)


def _check_arrived(ticket: Ticket, standing: Any, manifest: Mapping[int, int]) -> None:
    if not manifest:
        return
    held = {position: seq for position, seq, _response in parsed(standing.answers) or []}
    places = {ticket.slot(number).position: number for number in range(1, len(ticket) + 1)}
    numbers = missing(dict(manifest), [(places[position], seq) for position, seq in held.items()])
    if numbers:
        raise MissingAnswersError(numbers)


def _close(connection: Connection, standing: Any, state: str, at: datetime) -> HandedIn | None:
    """Mark, count and write; None where something was saved or changed since `standing` was read."""
    answers = parsed(standing.answers) or []
    scores = marks_of(
        papers.questions_of(connection, standing.form_id, standing.content_hash),
        {position: response for position, _seq, response in answers}, standing.multiple_rule,
    )
    score, needs_marking = total(scores.values())
    attempt_id = _uuid(standing.id)
    digest = receipt(attempt_id, standing.candidate_id, at, [tuple(answer) for answer in answers],
                     [(digest, certain(moment)) for digest, moment in parsed(standing.events) or []])
    finished = {_finished(row): certain(row[3]) for row in parsed(standing.others) or []}
    finished[Finished(attempt_id, standing.number, score)] = at
    chosen = counting(list(finished), standing.score_rule)
    assert chosen is not None  # noqa: S101 - this very attempt is among them
    written = WRITE.rows(
        connection, candidate=standing.candidate_id, attempt=attempt_id, exam=standing.exam_id, state=state,
        finished=at, score=hundredths(score), needs_marking=needs_marking, receipt=digest,
        signature=seal().sign(digest), revision=standing.revision, epoch=standing.epoch,
        deadline=certain(standing.deadline_at), counting=chosen.id, attempts=len(finished),
        counted=hundredths(chosen.score), sat_at=finished[chosen],
        scores=as_json([{"position": p, "score": hundredths(s)} for p, s in scores.items()]),
    )
    return HandedIn(state, at, digest) if written else None


def _finished(row: Sequence[Any]) -> Finished:
    score = None if row[2] is None else Decimal(row[2]).scaleb(-2)
    return Finished(_uuid(row[0]), row[1], score)


def _uuid(value: Any) -> uuid.UUID:
    return value if isinstance(value, uuid.UUID) else uuid.UUID(value)


def hundredths(marks: Decimal | None) -> int | None:
    """Marks as the tables keep them."""
    return None if marks is None else int((marks * 100).to_integral_value())


def marks_of(
    questions: Sequence[papers.PaperQuestion], answers: Mapping[int, Sequence[str]], multiple_rule: str
) -> dict[int, Decimal | None]:
    """Position → marks, None where a person has to give them. A question without an answer scores nothing."""
    return {
        asked.position: mark(asked.question.type, marking_key(asked.question), tuple(answers[asked.position]),
                             asked.marks, multiple_rule).score
        for asked in questions if asked.position in answers
    }


def total(scores: Any) -> tuple[Decimal | None, bool]:
    """The sum of the marks, never below 0, None while one is open; and whether one is."""
    found = list(scores)
    known = [score for score in found if score is not None]
    return (None, True) if len(known) < len(found) else (max(sum(known, Decimal(0)), Decimal(0)), False)


def mark_answer(
    session: Session, candidate_id: int, attempt_id: uuid.UUID, position: int, score: Decimal
) -> Attempt:
    """Give a short answer its marks (0 to the question's, two decimals); the last one settles the attempt.

    `position` is the form's. Raises ConflictError before the paper is handed in, NotFoundError where nothing
    was answered, InputError for marks that the question does not have.
    """
    attempt = locked(session, candidate_id, attempt_id)
    if attempt.state not in FINISHED:
        raise ConflictError("这份答卷还没有交卷，不能评分")
    answers = queries.answers(session, candidate_id, attempt_id)
    question = next((q for q in papers.form_questions(session, attempt.form_id) if q.position == position), None)
    answer = answers.get(position)
    if question is None or answer is None or question.type != "short" or not is_answered(answer.response):
        raise NotFoundError("这道题没有需要人工评分的作答")
    counted = correcting.sheet(session, attempt.exam_id, attempt.form_id)
    if position in counted.treated:
        raise ConflictError("这道题已经作废，不用评分；每份答卷按作废的办法计分")
    if not score.is_finite() or not 0 <= score <= question.marks or score != round(score, 2):
        raise InputError("得分应当在 0 到 %(marks)s 之间，最多两位小数", marks=question.marks)
    session.execute(
        update(Answer).values(score=score).execution_options(synchronize_session=False)
        .where(Answer.candidate_id == candidate_id, Answer.attempt_id == attempt_id, Answer.position == position)
    )
    scores = {kept.position: kept.score for kept in answers.values()} | {position: score}
    attempt.score, attempt.needs_marking = counted.total(scores)
    session.flush()
    recount(session, attempt.exam_id, candidate_id)
    return attempt


def locked(session: Session, candidate_id: int, attempt_id: uuid.UUID) -> Attempt:
    """The attempt as it stands now, kept from every other writer until the transaction ends."""
    attempt = session.scalar(
        select(Attempt).where(Attempt.candidate_id == candidate_id, Attempt.id == attempt_id)
        .with_for_update(key_share=True).execution_options(populate_existing=True)
    )
    if attempt is None:
        raise NotFoundError(queries.NOT_FOUND)
    return attempt
