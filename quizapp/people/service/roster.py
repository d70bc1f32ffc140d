"""Bringing people and memberships to what a roster says, in few statements whatever its length."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from sqlalchemy import case, delete, func, insert, select, update
from sqlalchemy.orm import Session

from quizapp import clock
from quizapp.i18n import N_
from quizapp.jobs.rules import Progress, silent
from quizapp.kernel.errors import ConflictError
from quizapp.people import queries
from quizapp.people.models import Membership, OneTimeLink, Person, RoleGrant, RosterHeading
from quizapp.people.rules.headings import Head, find_head
from quizapp.people.rules.memberships import DEPARTURES, LEFT, MAIN, PARTY, SECONDED, TRANSFER
from quizapp.people.rules.roster import Difference, Entry, Leaving, Placed, Problem, compare, read_below
from quizapp.people.service.memberships import end_secondments_of, leave

# below the number of bound values that a statement may have on every database
CHUNK = 500
TOLD = 2_000  # rows read between two words about progress

READING = N_("核对名册")
WRITING = N_("写入人员")


def import_roster(
    session: Session, rows: Sequence[Sequence[str]], on: date, *, head: Head | None = None, shown: str | None = None,
    leaving: Leaving = (), by: int | None = None, dry_run: bool = False, progress: Progress = silent,
) -> Difference:
    """Compare the rows of a file with today and, unless it is a trial or has problems, write the difference.

    Of those whom the file does not name, `leaving` leave on that day, nobody else, and never `by`. `shown` is the fingerprint of what
    the person confirmed: raises ConflictError when the people have changed since. Raises InputError when the file has
    no usable head.
    """
    head = head or find_head(rows, queries.headings(session))
    difference = compare_roster(session, *read_roster(rows, head, progress), on)
    if difference.problems or dry_run:
        return difference
    write_roster(session, difference, on, shown=shown, leaving=leaving, by=by, progress=progress)
    return difference


def read_roster(
    rows: Sequence[Sequence[str]], head: Head, progress: Progress = silent
) -> tuple[list[Entry], list[Problem]]:
    """The part that needs no database. Raises InputError when the file has no usable head."""
    return read_below(_counted(rows, progress), head)


def remember_headings(session: Session, lessons: Mapping[str, str], by: int | None) -> None:
    """What headings mean, for the next file: the newest choice counts."""
    now = clock.now()
    for heading, column in lessons.items():
        session.merge(RosterHeading(heading=heading, column_name=column, chosen_by=by, chosen_at=now))
    session.flush()


def _counted(rows: Sequence[Sequence[str]], progress: Progress) -> Iterator[Sequence[str]]:
    for number, row in enumerate(rows):
        if number % TOLD == 0:
            progress(number, len(rows), READING)
        yield row
    progress(len(rows), len(rows), READING)


def compare_roster(session: Session, entries: Sequence[Entry], problems: Sequence[Problem], on: date) -> Difference:
    """What these entries would change against that day."""
    return compare(entries, queries.known_people(session, on), queries.places(session), problems,
                   queries.places(session, PARTY))


def write_roster(
    session: Session, difference: Difference, on: date, *, shown: str | None = None, leaving: Leaving = (),
    by: int | None = None, progress: Progress = silent,
) -> None:
    """Write a difference without problems, in batches. Raises ConflictError when it is not the one `shown`, or when
    nobody could administer the platform after it."""
    if shown is not None and shown != difference.fingerprint():
        raise ConflictError("从核对到确认之间，人员或者单位有了变化，没有写入；请重新核对后再确认")
    done = 0
    for act, rows in ((_add, difference.new), (_change, difference.changed), (_move, difference.moved)):
        for start in range(0, len(rows), CHUNK):
            batch = rows[start:start + CHUNK]
            act(session, batch, on)
            _join(session, batch, on)
            done += len(batch)
            progress(done, difference.writes, WRITING)
    _leave(session, [known.person_id for known in difference.leavers(leaving, by)], on)
    # people that this session has read before are as stale as the rest of them
    session.expire_all()


def _leave(session: Session, ids: Sequence[int], on: date) -> None:
    """These people belong nowhere from that day; who has not begun by then, from their first day. Holders of a role
    leave one by one: they lose their sign-ins, and one administrator has to stay.
    """
    held = queries.roles_of(session, ids)
    begun = (Membership.until.is_(None), Membership.kind == MAIN)
    for person_id in held:
        since = session.scalars(select(Membership.since).where(Membership.person_id == person_id, *begun)).one()
        leave(session, session.get_one(Person, person_id), max(on, since), LEFT)
    plain = [person_id for person_id in ids if person_id not in held]
    for start in range(0, len(plain), CHUNK):
        batch = plain[start:start + CHUNK]
        found = session.execute(select(Membership.id, Membership.since).where(Membership.person_id.in_(batch), *begun)).all()
        _end(session, {row[0]: max(on, row[1]) for row in found}, LEFT)
        end_secondments_of(session, batch, on)
        session.execute(update(OneTimeLink).where(OneTimeLink.person_id.in_(batch), OneTimeLink.used_at.is_(None))
                        .values(used_at=clock.now()))


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
    changed = [
        {"id": p.known.person_id, "name": p.entry.name, "rank": p.entry.rank, "post_type": p.entry.post_type}
        for p in rows if p.known is not None and p.changes_facts
    ]
    if changed:
        session.execute(update(Person), changed)


def _move(session: Session, rows: Sequence[Placed], on: date) -> None:
    """The membership of today ends on that day, and the new one begins; a departure that is entered stays entered.
    One that has not begun by then gives its first day to the new one, so that nobody ever belongs to two units on one
    day.
    """
    _change(session, rows, on)
    units = {p.known.person_id: p.unit.unit_id for p in rows if p.known is not None}
    found = session.execute(
        select(Membership.id, Membership.person_id, Membership.since, Membership.until, Membership.ending)
        .where(Membership.person_id.in_(units), queries.current_main(on))
    ).all()
    made = {row.person_id: {"since": max(on, row.since), "until": row.until, "ending": row.ending} for row in found}
    _end(session, {row.id: made[row.person_id]["since"] for row in found}, TRANSFER)
    anew = [person_id for person_id in units if person_id not in made]
    made |= {person_id: {"since": since} for person_id, since in _appoint_anew(session, anew, on).items()}
    _end_overtaken(session, units, {person_id: values["since"] for person_id, values in made.items()})
    session.execute(insert(Membership), [
        {"person_id": person_id, "unit_id": units[person_id], "until": None, "ending": "", **values}
        for person_id, values in made.items()
    ])


def _join(session: Session, rows: Sequence[Placed], on: date) -> None:
    """Whom the file puts into another Party branch: the old membership ends where the new one begins, as with units."""
    placed = {p.entry.login.lower(): p.branch.unit_id for p in rows if p.branch is not None and p.changes_branch}
    if not placed:
        return
    people = session.execute(select(Person.id, func.lower(Person.login)).where(func.lower(Person.login).in_(placed))).all()
    units = {row[0]: placed[row[1]] for row in people}
    own = (Membership.person_id.in_(units), Membership.kind == PARTY)
    known = session.execute(select(Membership.id, Membership.person_id, Membership.since, Membership.until).where(*own)).all()
    since = dict.fromkeys(units, on)
    for row in known:
        since[row.person_id] = max(since[row.person_id], row.until or row.since)
    _end(session, {row.id: since[row.person_id] for row in known if row.until is None}, TRANSFER)
    session.execute(insert(Membership), [
        {"person_id": person_id, "unit_id": unit_id, "since": since[person_id], "kind": PARTY} for person_id, unit_id in units.items()
    ])


def _end(session: Session, days: Mapping[int, date], ending: str) -> None:
    """These memberships end, each on its day: one statement for a day, and most share one."""
    by_day: dict[date, list[int]] = {}
    for membership_id, day in days.items():
        by_day.setdefault(day, []).append(membership_id)
    for day, ids in by_day.items():
        session.execute(update(Membership).where(Membership.id.in_(ids)).values(until=day, ending=ending))


def _appoint_anew(session: Session, ids: Sequence[int], on: date) -> dict[int, date]:
    """From which day people without a post have one again. Roles from before a departure do not come back."""
    rows = session.execute(
        select(Membership.person_id, func.max(Membership.until), func.max(case((Membership.ending.in_(DEPARTURES), 1), else_=0)))
        .where(Membership.person_id.in_(ids), Membership.kind == MAIN).group_by(Membership.person_id)
    ).all()
    departed = [row[0] for row in rows if row[2]]
    session.execute(delete(RoleGrant).where(RoleGrant.person_id.in_(departed)))
    return dict.fromkeys(ids, on) | {row[0]: max(on, row[1]) for row in rows}


def _end_overtaken(session: Session, units: Mapping[int, int], begins: Mapping[int, date]) -> None:
    """Who was lent to the unit that they now move to is lent no longer."""
    lent = session.execute(select(Membership.person_id, Membership.unit_id).where(
        Membership.person_id.in_(begins), Membership.kind == SECONDED)).all()
    for person_id, unit_id in lent:
        if unit_id == units[person_id]:
            end_secondments_of(session, [person_id], begins[person_id], unit_id)
