"""Bringing people and memberships to what a roster says, in few statements whatever its length."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from quizapp import clock
from quizapp.i18n import N_
from quizapp.jobs.rules import Progress, silent
from quizapp.kernel.errors import ConflictError
from quizapp.people import queries
from quizapp.people.models import Membership, Person
from quizapp.people.rules.roster import Difference, Entry, Placed, Problem, compare, read

# below the number of bound values that a statement may have on every database
CHUNK = 500
TOLD = 2_000  # rows read between two words about progress


READING = N_("核对名册")
WRITING = N_("写入人员")


def import_roster(
    session: Session, rows: Sequence[Sequence[str]], on: date, *, shown: str | None = None, dry_run: bool = False,
    progress: Progress = silent,
) -> Difference:
    """Compare the rows of a file with today and, unless it is a trial or has problems, write the difference.

    Nobody is ever removed. `shown` is the fingerprint of what the person confirmed: raises ConflictError when
    the people have changed since. Raises InputError when the file has no usable head.
    """
    difference = compare_roster(session, *read_roster(rows, progress))
    if difference.problems or dry_run:
        return difference
    write_roster(session, difference, on, shown=shown, progress=progress)
    return difference


def read_roster(rows: Sequence[Sequence[str]], progress: Progress = silent) -> tuple[list[Entry], list[Problem]]:
    """The part that needs no database. Raises InputError when the file has no usable head."""
    return read(_counted(rows, progress))


def _counted(rows: Sequence[Sequence[str]], progress: Progress) -> Iterator[Sequence[str]]:
    for number, row in enumerate(rows):
        if number % TOLD == 0:
            progress(number, len(rows), READING)
        yield row
    progress(len(rows), len(rows), READING)


def compare_roster(session: Session, entries: Sequence[Entry], problems: Sequence[Problem]) -> Difference:
    """What these entries would change against today."""
    return compare(entries, queries.known_people(session), queries.places(session), problems)


def write_roster(
    session: Session, difference: Difference, on: date, *, shown: str | None = None, progress: Progress = silent
) -> None:
    """Write a difference without problems, in batches. Raises ConflictError when it is not the one `shown`."""
    if shown is not None and shown != difference.fingerprint():
        raise ConflictError("从核对到确认之间，人员或者单位有了变化，没有写入；请重新核对后再确认")
    done = 0
    for act, rows in ((_add, difference.new), (_change, difference.changed), (_move, difference.moved)):
        for start in range(0, len(rows), CHUNK):
            batch = rows[start:start + CHUNK]
            act(session, batch, on)
            done += len(batch)
            progress(done, difference.writes, WRITING)
    # people that this session has read before are as stale as the rest of them
    session.expire_all()


def _add(session: Session, new: Sequence[Placed], on: date) -> None:
    session.execute(insert(Person), [
        {"login": p.entry.login, "name": p.entry.name, "rank": p.entry.rank, "post_type": p.entry.post_type,
         "active": True, "language": "zh", "created_at": clock.now()} for p in new
    ])
    logins = [p.entry.login for p in new]
    found = session.execute(select(Person.login, Person.id).where(Person.login.in_(logins))).all()
    ids = {row[0]: row[1] for row in found}
    session.execute(insert(Membership), [
        {"person_id": ids[p.entry.login], "unit_id": p.unit.unit_id, "since": on} for p in new
    ])


def _change(session: Session, rows: Sequence[Placed], on: date) -> None:
    """Facts about the person; they have no day of their own."""
    session.execute(update(Person), [
        {"id": p.known.person_id, "name": p.entry.name, "rank": p.entry.rank, "post_type": p.entry.post_type}
        for p in rows if p.known is not None
    ])


def _move(session: Session, rows: Sequence[Placed], on: date) -> None:
    """The open membership ends on that day, and the new one begins. One that has not begun by then gives its
    first day to the new one, so that nobody ever belongs to two units on one day.
    """
    _change(session, rows, on)
    ids = [p.known.person_id for p in rows if p.known is not None]
    found = session.execute(
        select(Membership.id, Membership.person_id, Membership.since)
        .where(Membership.person_id.in_(ids), Membership.until.is_(None))
    ).all()
    begins = {person_id: max(on, since) for _id, person_id, since in found}
    if found:
        session.execute(update(Membership), [{"id": row[0], "until": begins[row[1]]} for row in found])
    session.execute(insert(Membership), [
        {"person_id": p.known.person_id, "unit_id": p.unit.unit_id, "since": begins.get(p.known.person_id, on)}
        for p in rows if p.known is not None
    ])
