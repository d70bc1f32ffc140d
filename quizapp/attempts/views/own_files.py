"""What the receipt page shows of a person's own sealed files."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from quizapp.attempts import quarantine
from quizapp.attempts.models import Attempt
from quizapp.attempts.pages.handing_in import SealedFiles
from quizapp.attempts.service import files
from quizapp.i18n import explain
from quizapp.kernel.errors import ConflictError


def own_files(session: Session, attempt: Attempt, now: datetime, problem: str = "") -> SealedFiles:
    found = quarantine.of_attempt(session, attempt.candidate_id, attempt.id)
    closed = ""
    try:
        files.check_may_hand_in(session, attempt, now)
    except ConflictError as error:
        closed = explain(error)
    return SealedFiles.of(found, closed, problem)
