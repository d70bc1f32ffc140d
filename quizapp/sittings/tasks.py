"""What the worker does about sittings without being asked."""

from __future__ import annotations

from quizapp import clock
from quizapp.attempts import noted, service
from quizapp.db import db
from quizapp.jobs.rules import regularly


@regularly
def forget_notes() -> None:
    """Delete notes 90 days after the results of their exam became final."""
    now = clock.now()
    for exam in noted.exams_to_forget(db.session(), now):
        with db.transaction() as session:
            service.forget_notes(session, exam, now=now)
