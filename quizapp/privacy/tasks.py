"""What the worker does about retention without being asked, once a day."""

from __future__ import annotations

import logging
from datetime import date

from flask import current_app

from quizapp import clock
from quizapp.audit import queries as audit_queries
from quizapp.audit.signing import seal
from quizapp.db import db
from quizapp.jobs.rules import regularly
from quizapp.kernel.errors import ConflictError
from quizapp.kernel.periods import Periods
from quizapp.people.uploads import rosters_of
from quizapp.privacy import retention
from quizapp.rosters import queries as rosters
from quizapp.rosters.attachments import cabinet

log = logging.getLogger(__name__)
DONE: dict[str, date] = {}  # what this process knows to be done: the database is asked once a day


@regularly
def keep_periods() -> None:
    """Remove what is over time, at the first opportunity of each day in Shanghai."""
    place, today = current_app.instance_path, clock.today()
    if DONE.get(place) == today:
        return
    db.session().rollback()
    last = audit_queries.last_of(db.session(), retention.ACT)
    if last is None or clock.to_local(last).date() < today:
        run("system")
    DONE[place] = today


def run(actor: str) -> dict[str, int]:
    """Everything that is over time now; class → how many rows went. On record, also where nothing did."""
    periods: Periods = current_app.config["SETTINGS"].periods
    now, removed = clock.now(), {}
    for one in retention.CLASSES:
        removed[one.name] = 0
        while True:
            with db.transaction() as session:
                gone = retention.remove_some(session, one, periods, now)
            removed[one.name] += gone
            if gone < retention.BATCH:
                break
    removed["audit_events"] = _cut(periods)
    removed["uploads"] = rosters_of(0).sweep()  # everybody's go
    removed["excuse_files"] = cabinet().sweep(rosters.every_attachment(db.session()), now)
    db.session().rollback()
    with db.transaction() as session:
        retention.put_on_record(session, removed, actor)
    return removed


def _cut(periods: Periods) -> int:
    """A chain that does not hold is left as it is, for whoever looks into it."""
    try:
        with db.transaction() as session:
            return retention.cut_audit(session, periods, clock.now(), seal())
    except ConflictError:
        log.exception("the audit chain was not cut")
        return 0
