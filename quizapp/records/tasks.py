"""What the worker does about certificates without being asked."""

from __future__ import annotations

from datetime import datetime, timedelta

from quizapp import clock
from quizapp.approvals.rules import Said
from quizapp.db import db
from quizapp.jobs.rules import regularly
from quizapp.records import queries, service
from quizapp.records import verification as verification  # registers with `audit verify`

AGAIN, LONG_AGO = timedelta(minutes=5), timedelta(days=1)
_looked: dict[int, datetime] = {}


@regularly
def settle_certificates() -> None:
    """Issue what is due. Whether anything is costs a look at every result: every few minutes for an exam of the last
    year, as marks given by hand and results on paper may come late, and once a day for those before."""
    now = clock.now()
    for exam in queries.over(db.session(), now):
        again = AGAIN if service.is_recent(exam, now) else LONG_AGO
        if not service.may_issue(exam, now) or now - _looked.get(exam.id, now - again) < again:
            continue
        _looked[exam.id] = now
        if queries.unsettled(db.session(), exam):
            with db.transaction() as session:
                service.settle(session, exam.id, Said(service.CHANGED), now=now)
