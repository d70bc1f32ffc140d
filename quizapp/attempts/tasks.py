"""What the worker does about attempts without being asked."""

from __future__ import annotations

from quizapp.attempts import evidence, service, sweeping
from quizapp.attempts import verification as verification  # registers with `audit verify`
from quizapp.attempts.rules.seals import BATCH
from quizapp.db import db
from quizapp.jobs.rules import regularly

BATCHES = 200  # in one go; what is left comes a few seconds later


@regularly
def hand_in_overdue() -> None:
    """Hand in what ran out of time."""
    sweeping.finish_all()


@regularly
def seal_receipts() -> None:
    """Put receipts into the audit chain, until none waits. They are read and hashed before the transaction."""
    for _batch in range(BATCHES):
        db.session().rollback()  # what was read before is let go: another worker may have been here
        waiting = evidence.unsealed(db.session(), BATCH)
        if not waiting:
            return
        with db.transaction() as session:
            sealed = service.seal_receipts(session, waiting)
        if not sealed:
            return  # somebody else is at work on them
