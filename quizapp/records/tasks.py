"""What the worker does about certificates without being asked."""

from __future__ import annotations

from datetime import datetime, timedelta

from quizapp import clock
from quizapp.approvals.rules import Said
from quizapp.db import db
from quizapp.jobs.rules import regularly
from quizapp.records import queries, service

LOOKED_BACK = timedelta(days=400)  # marks given by hand, or results on paper, may come late
AGAIN = timedelta(minutes=5)
_looked: dict[int, datetime] = {}


@regularly
def settle_certificates() -> None:
    """Issue what is due. Whether anything is costs a look at every result: at most every few minutes for each exam."""
    now = clock.now()
    for exam in queries.recent(db.session(), now - LOOKED_BACK):
        if not service.may_issue(exam, now) or now - _looked.get(exam.id, now - AGAIN) < AGAIN:
            continue
        _looked[exam.id] = now
        if queries.unsettled(db.session(), exam):
            with db.transaction() as session:
                service.settle(session, exam.id, Said(service.CHANGED), now=now)
