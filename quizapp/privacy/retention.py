"""Removing what is over time: once a day by the worker, or by `quizapp retention run`.

Exam evidence (attempts, answers, saves, marks, results) is in no class here: it stays. Notes on attempts, rosters on
trial and written exports have shorter periods of their own, kept by the features that own them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, or_, select
from sqlalchemy.orm import Session

from quizapp.audit import cutting
from quizapp.audit import service as audit
from quizapp.audit.signing import Seal
from quizapp.audit.verification import needed_acts
from quizapp.jobs.models import Job
from quizapp.kernel.periods import LINKS, Periods
from quizapp.people.models import FailedSignIn, OneTimeLink, SignIn

ACT = "run_retention"
BATCH = 5000


@dataclass(frozen=True)
class Class:
    """Rows of `table` that are over time."""

    name: str
    table: Any
    over: Callable[[Periods, datetime], ColumnElement[bool]]


CLASSES = (
    Class("sign_ins", SignIn, lambda kept, now: or_(
        SignIn.ended_at < kept.limit(kept.logs, now), SignIn.expires_at < kept.limit(kept.logs, now))),
    Class("failed_sign_ins", FailedSignIn, lambda kept, now: FailedSignIn.at < kept.limit(kept.logs, now)),
    Class("links", OneTimeLink, lambda kept, now: or_(
        OneTimeLink.used_at < now - LINKS, OneTimeLink.expires_at < now - LINKS)),
    Class("jobs", Job, lambda kept, now: and_(
        Job.state.in_(("done", "failed")), Job.finished_at < kept.limit(kept.jobs, now))),
)


def due(session: Session, periods: Periods, now: datetime) -> dict[str, int]:
    """Class → number of rows that are over time. Writes nothing."""
    found = {one.name: session.scalar(select(func.count()).select_from(one.table).where(one.over(periods, now))) or 0
             for one in CLASSES}
    plan = cutting.planned(session, periods.limit(periods.audit, now), needed_acts())
    return found | {"audit_events": plan.removed if plan else 0}


def remove_some(session: Session, one: Class, periods: Periods, now: datetime) -> int:
    """Remove a batch of what is over time in this class; how many rows. Small transactions: an exam may be on."""
    (key,) = one.table.__table__.primary_key.columns
    chosen = select(key).where(one.over(periods, now)).limit(BATCH)
    done = session.execute(delete(one.table).where(key.in_(chosen)).execution_options(synchronize_session=False))
    return int(done.rowcount)  # type: ignore[attr-defined]


def cut_audit(session: Session, periods: Periods, now: datetime, seal: Seal) -> int:
    """Cut the audit chain at its old end. Raises ConflictError where it does not hold: then it stays whole."""
    return cutting.cut(session, periods.limit(periods.audit, now), needed_acts(), seal)


def put_on_record(session: Session, removed: dict[str, int], actor: str = "system") -> None:
    audit.record(session, ACT, "retention", "", actor=actor, detail={"classes": removed})
