"""What the worker does about exams without being asked."""

from __future__ import annotations

from quizapp import clock
from quizapp.db import db
from quizapp.exams import committing, queries
from quizapp.exams import verification as verification  # registers with `audit verify`
from quizapp.jobs.rules import regularly


@regularly
def look_after_commitments() -> None:
    """Commit to exams that an earlier release published and that have not begun; open what may be opened."""
    now = clock.now()
    for exam in queries.to_commit(db.session(), now):
        with db.transaction() as session:
            committing.commit(session, queries.get(session, exam.id))
    for exam in queries.to_open(db.session()):
        if committing.is_for_everybody(exam, now):
            with db.transaction() as session:
                committing.open_commitment(session, queries.get(session, exam.id), now=now)
