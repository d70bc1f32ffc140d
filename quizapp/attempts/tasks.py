"""What the worker does about attempts without being asked."""

from __future__ import annotations

from quizapp import clock
from quizapp.attempts import queries, service
from quizapp.db import db
from quizapp.jobs.rules import regularly


@regularly
def hand_in_overdue() -> None:
    """Hand in what ran out of time; the transaction is opened only when there is something."""
    now = clock.now()
    if queries.overdue(db.session(), now):
        with db.transaction() as session:
            service.finish_overdue(session, now=now)
