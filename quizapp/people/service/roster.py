"""Bringing people and memberships to what a roster says, in few statements whatever its length."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from quizapp import clock
from quizapp.kernel.errors import ConflictError
from quizapp.people import queries
from quizapp.people.models import Membership, Person
from quizapp.people.rules.roster import Difference, Placed, compare, read

# below the number of bound values that a statement may have on every database
CHUNK = 500


def import_roster(
    session: Session, rows: Sequence[Sequence[str]], on: date, *, shown: str | None = None, dry_run: bool = False
) -> Difference:
    """Compare the rows of a file with today and, unless it is a trial or has problems, write the difference.

    Nobody is ever removed. `shown` is the fingerprint of what the person confirmed: raises ConflictError when
    the people have changed since. Raises InputError when the file has no usable head.
    """
    entries, problems = read(rows)
    difference = compare(entries, queries.known_people(session), queries.places(session), problems)
    if difference.problems or dry_run:
        return difference
    if shown is not None and shown != difference.fingerprint():
        raise ConflictError("从核对到确认之间，人员或者单位有了变化，没有写入；请重新核对后再确认")
    _add(session, difference.new, on)
    _change(session, [*difference.changed, *difference.moved])
    _move(session, difference.moved, on)
    # people that this session has read before are as stale as the rest of them
    session.expire_all()
    return difference


def _add(session: Session, new: Sequence[Placed], on: date) -> None:
    if not new:
        return
    session.execute(insert(Person), [
        {"login": p.entry.login, "name": p.entry.name, "rank": p.entry.rank, "post_type": p.entry.post_type,
         "active": True, "language": "zh", "created_at": clock.now()} for p in new
    ])
    ids: dict[str, int] = {}
    for start in range(0, len(new), CHUNK):
        logins = [p.entry.login for p in new[start:start + CHUNK]]
        found = session.execute(select(Person.login, Person.id).where(Person.login.in_(logins))).all()
        ids.update((row[0], row[1]) for row in found)
    session.execute(insert(Membership), [
        {"person_id": ids[p.entry.login], "unit_id": p.unit.unit_id, "since": on} for p in new
    ])


def _change(session: Session, rows: Sequence[Placed]) -> None:
    changes = [
        {"id": p.known.person_id, "name": p.entry.name, "rank": p.entry.rank, "post_type": p.entry.post_type}
        for p in rows if p.known is not None
    ]
    if changes:
        session.execute(update(Person), changes)


def _move(session: Session, rows: Sequence[Placed], on: date) -> None:
    """The open membership ends on that day, and the new one begins. One that has not begun by then gives its
    first day to the new one, so that nobody ever belongs to two units on one day.
    """
    ids = [p.known.person_id for p in rows if p.known is not None]
    ended: list[dict[str, object]] = []
    begins: dict[int, date] = {}
    for start in range(0, len(ids), CHUNK):
        found = session.execute(
            select(Membership.id, Membership.person_id, Membership.since)
            .where(Membership.person_id.in_(ids[start:start + CHUNK]), Membership.until.is_(None))
        ).all()
        for membership_id, person_id, since in found:
            begins[person_id] = max(on, since)
            ended.append({"id": membership_id, "until": begins[person_id]})
    if ended:
        session.execute(update(Membership), ended)
    if rows:
        session.execute(insert(Membership), [
            {"person_id": p.known.person_id, "unit_id": p.unit.unit_id, "since": begins.get(p.known.person_id, on)}
            for p in rows if p.known is not None
        ])
