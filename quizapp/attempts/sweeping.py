"""Handing in what ran out of time, in batches that keep nobody waiting."""

from __future__ import annotations

from quizapp import clock
from quizapp.attempts import queries, service
from quizapp.db import db

AT_ONCE = 50
BATCHES = 40  # in one go; what is left comes a few seconds later


def finish_all(exam_id: int | None = None) -> int:
    """Finish what is overdue, in one exam or all; returns how many, 2,000 at most. Any number of workers may.

    A short transaction for each batch: candidates of other exams go on saving in between, and what is done stays.
    """
    finished = 0
    for _batch in range(BATCHES):
        now = clock.now()
        db.session().rollback()  # what was read before is let go: another worker may have been here
        if not queries.overdue(db.session(), now, exam_id=exam_id):
            break
        with db.transaction() as session:
            done = service.finish_overdue(session, now=now, exam_id=exam_id, limit=AT_ONCE)
        finished += done
        if not done:
            break  # another worker has them
    return finished
