"""Putting refusals on record, each in transactions of its own: whatever was refused has written nothing else."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from quizapp.audit import service
from quizapp.audit.bounds import AT_ONCE, ROWS, SAMPLE, SETTLED, Tally
from quizapp.audit.models import Refusal
from quizapp.audit.rules import REFUSED, plain, storable
from quizapp.db import db

NOBODY = "nobody"
REST = "refuse_many"  # what is summed up over many people and addresses
PATIENCE = "500ms"  # for the lock of the chain; after that the worker writes the event


@dataclass(frozen=True)
class Refused:
    """What was refused: an act with a name of its own, by whom, on what. `actor_id` is empty where nobody has signed
    in. `asked`: the object as the address names it, for the sample of a minute."""

    action: str
    route: str
    address: str
    actor_id: int | None = None
    actor: str = NOBODY
    object_type: str = ""
    object_id: str = ""
    asked: str = ""
    detail: dict[str, Any] = field(default_factory=dict)

    def key(self, minute: datetime) -> str:
        who = self.address if self.actor_id is None else self.actor_id
        return hashlib.sha256(repr((minute.isoformat(), who, self.route, self.action)).encode()).hexdigest()


def note(refused: Refused, now: datetime, tally: Tally, *, at_once: bool = True) -> None:
    """Count it, and put the first of its kind in this minute into the chain, unless that can wait (`at_once`)."""
    minute = _this_minute(now)
    key = refused.key(minute)
    due = tally.due(key, minute)
    if due == 0:
        return
    with db.transaction() as session:
        first = _counted(session, refused, key, minute, due)
        at_once = at_once and first is not None and _written(session, minute) < AT_ONCE
    if at_once and first is not None:
        _write_first(refused, first)


def _counted(session: Session, refused: Refused, key: str, minute: datetime, due: int) -> str | None:
    """The key of the counter where this is its first, else None."""
    known = session.scalar(select(Refusal.key).where(Refusal.key == key))
    if known is None and _rows(session, minute) >= ROWS:
        refused = Refused(REST, "", "")
        key = refused.key(minute)
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    count = session.scalar(
        insert(Refusal).values(
            key=key, minute=minute, actor_id=refused.actor_id, actor=storable(refused.actor, 80),
            address=storable(refused.address, 64), action=storable(refused.action, 60),
            object_type=storable(refused.object_type, 40), object_id=storable(refused.object_id, 80),
            detail=plain(refused.detail), count=due, written=0,
        ).on_conflict_do_update(index_elements=["key"], set_={"count": Refusal.count + due}).returning(Refusal.count)
    )
    if count == due and refused.action != REST:
        return key
    if refused.asked and count is not None and count <= SAMPLE:
        row = session.get_one(Refusal, key, populate_existing=True)
        row.detail = {**row.detail, "others": [*row.detail.get("others", []), storable(refused.asked, 200)]}
    return None


def _rows(session: Session, minute: datetime) -> int:
    return session.scalar(select(func.count()).select_from(Refusal).where(Refusal.minute == minute)) or 0


def _written(session: Session, minute: datetime) -> int:
    found = select(func.count()).select_from(Refusal).where(Refusal.minute == minute, Refusal.written > 0)
    return session.scalar(found) or 0


def _write_first(refused: Refused, key: str) -> None:
    """Where somebody else holds the chain for long, the worker writes it: nobody waits who was refused."""
    try:
        with db.transaction() as session:
            if session.get_bind().dialect.name == "postgresql":
                session.execute(text(f"set local lock_timeout = '{PATIENCE}'"))
            service.record(session, refused.action, refused.object_type, refused.object_id, actor_id=refused.actor_id,
                           actor=refused.actor, address=refused.address, detail=refused.detail, outcome=REFUSED)
            session.execute(update(Refusal).where(Refusal.key == key).values(written=1))
    except OperationalError:
        return


def unsettled(session: Session, now: datetime) -> bool:
    """Whether counters of minutes that are over wait."""
    return session.scalar(select(Refusal.key).where(Refusal.minute < _this_minute(now)).limit(1)) is not None


def settle(session: Session, now: datetime) -> int:
    """Put into the chain what the counters of minutes that are over hold beyond it; the number of events."""
    service.wait_for_turn(session)  # of several workers one does it
    over = select(Refusal).where(Refusal.minute < _this_minute(now)).order_by(Refusal.minute, Refusal.count.desc(), Refusal.key)
    rows = list(session.scalars(over))
    events = 0
    for minute in dict.fromkeys(row.minute for row in rows):
        events += _settle_minute(session, [row for row in rows if row.minute == minute and row.count > row.written])
    session.execute(delete(Refusal).where(Refusal.key.in_([row.key for row in rows])))
    return events


def _settle_minute(session: Session, rows: list[Refusal]) -> int:
    for row in rows[:SETTLED]:
        more = {"more": row.count - row.written, "minute": row.minute}
        service.record(session, row.action, row.object_type, row.object_id, actor_id=row.actor_id, actor=row.actor,
                       address=row.address, detail={**row.detail, **more}, outcome=REFUSED)
    rest = rows[SETTLED:]
    if rest:
        service.record(session, REST, "", "", actor=NOBODY, outcome=REFUSED, detail={
            "more": sum(row.count - row.written for row in rest), "kinds": len(rest), "minute": rest[0].minute,
        })
    return min(len(rows), SETTLED) + bool(rest)


def _this_minute(now: datetime) -> datetime:
    return now.replace(second=0, microsecond=0)
