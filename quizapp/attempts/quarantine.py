"""Reading sealed files in quarantine, and what each would change."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from quizapp.attempts import queries
from quizapp.attempts.models import AnswerEvent, Attempt, SealedFile
from quizapp.attempts.rules.layout import slots
from quizapp.attempts.rules.sealed import Change, Held, changes, read_contents
from quizapp.kernel.errors import NotFoundError
from quizapp.people.models import Person

NOT_FOUND = "没有找到这份封存文件，请从考试的“封存文件”页面进入"


@dataclass(frozen=True)
class Filed:
    """A file with the names of whoever had to do with it; empty where nobody has yet."""

    file: SealedFile
    candidate: str
    login: str
    number: int
    uploaded_by: str
    first_by: str
    second_by: str


def file(session: Session, exam_id: int, file_id: uuid.UUID) -> SealedFile:
    """A file of this exam, as it stands now. Raises NotFoundError."""
    found = session.scalar(
        select(SealedFile).where(SealedFile.exam_id == exam_id, SealedFile.id == file_id)
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFoundError(NOT_FOUND)
    return found


def filed(session: Session, exam_id: int, file_id: uuid.UUID | None = None) -> list[Filed]:
    """Files of an exam, those that wait for somebody first, the latest first; or the one of them."""
    owner, sender, first, second = (aliased(Person) for _ in range(4))
    wanted = (
        select(SealedFile, owner.name, owner.login, Attempt.number, sender.name, first.name, second.name)
        .join(Attempt, (Attempt.candidate_id == SealedFile.candidate_id) & (Attempt.id == SealedFile.attempt_id))
        .join(owner, owner.id == SealedFile.candidate_id)
        .outerjoin(sender, sender.id == SealedFile.uploaded_by)
        .outerjoin(first, first.id == SealedFile.first_by)
        .outerjoin(second, second.id == SealedFile.second_by)
        .where(SealedFile.exam_id == exam_id)
        .order_by(SealedFile.state.in_(("accepted", "refused")), SealedFile.uploaded_at.desc(), SealedFile.id)
    )
    if file_id is not None:
        wanted = wanted.where(SealedFile.id == file_id)
    rows = session.execute(wanted.execution_options(populate_existing=True)).all()
    return [Filed(row[0], row[1], row[2], row[3], row[4] or "", row[5] or "", row[6] or "") for row in rows]


def of_attempt(session: Session, candidate_id: int, attempt_id: uuid.UUID) -> list[SealedFile]:
    """The files of one attempt, the latest first."""
    return list(session.scalars(
        select(SealedFile)
        .where(SealedFile.candidate_id == candidate_id, SealedFile.attempt_id == attempt_id)
        .order_by(SealedFile.uploaded_at.desc(), SealedFile.id).execution_options(populate_existing=True)
    ))


def compared(session: Session, attempt: Attempt, content: dict[str, object]) -> list[Change]:
    """Question by question: what the file has beside what is stored now."""
    kept = queries.answers(session, attempt.candidate_id, attempt.id)
    held = {position: Held(answer.seq, answer.response) for position, answer in kept.items()}
    return changes(slots(attempt.layout), read_contents(content).saves, held.get)


def last_heard(session: Session, candidate_id: int, attempt_id: uuid.UUID) -> datetime | None:
    """When the server last heard of the attempt from a browser, whether it counted or not."""
    return session.scalar(
        select(func.max(AnswerEvent.received_at))
        .where(AnswerEvent.candidate_id == candidate_id, AnswerEvent.attempt_id == attempt_id,
               AnswerEvent.client_id.not_like("file-%"))
    )


def unknown(found: Sequence[Change], content: dict[str, object]) -> int:
    """How many questions of the file the paper does not have."""
    numbers = {save.number for save in read_contents(content).saves}
    return len(numbers - {change.save.number for change in found})
