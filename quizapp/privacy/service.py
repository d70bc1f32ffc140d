"""Forgetting who somebody was."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, event, update
from sqlalchemy.orm import Session, SessionTransaction

from quizapp import clock
from quizapp.audit import refusals
from quizapp.db import Model
from quizapp.kernel.errors import ConflictError, InputError
from quizapp.people.models import Person
from quizapp.privacy import queries
from quizapp.privacy.register import DELETE, REGISTER
from quizapp.rosters.attachments import Cabinet, cabinet

ACT = "erase_person"
NAME, LOGIN = "已注销人员 %(n)s", "erased-%(n)s"


def fingerprint(person_id: int, login: str) -> str:
    """Tells whether a work number in the record was this person's, without saying it."""
    return hashlib.sha256(f"{person_id}\n{login}".encode()).hexdigest()


def why_not(session: Session, person: Person) -> str:
    """A sentence on what stands in the way of erasing this person; "" where nothing does."""
    if person.erased_at is not None:
        return "这个人的信息已经注销"
    if not queries.has_left(session, person.id, clock.today()):
        return "这个人还在任职，请先登记离开或者退休"
    if queries.sits_or_will(session, person.id):
        return "这个人还在没有结束的考试名单里，请等考试全部结束"
    if any(job.state in ("queued", "running") for job in queries.jobs_naming(session, [person.login])):
        return "有一项没有做完的任务写着这个人，请等它做完"
    if any(found.waits(clock.now()) for found in queries.proposals_naming(session, person)):
        return "有一件等另一人同意的事写着这个人，请先办完或者撤回"
    return ""


def check_reason(person: Person, reason: str) -> None:
    """The reason stays on record after the erasure. Raises InputError where it says whom it is about."""
    if any(word and word in reason for word in (person.name, person.login)):
        raise InputError("原因会一直留在审计记录里，不要写这个人的姓名和工号；同意的人看得到是谁")


def erase(session: Session, person: Person) -> dict[str, object]:
    """Remove or empty everything by which the person could be known; what has to stay keeps a number alone.
    Two persons' act: see `approving`; one person's only at the command line, by whoever holds the database anyway.

    Returns what the record of acts is to say. Raises ConflictError where something stands in the way.
    """
    reason = why_not(session, person)
    if reason:
        raise ConflictError(reason)
    known = {"fingerprint": fingerprint(person.id, person.login)}
    words = [person.login, person.name]
    # what is counted and not yet in the chain goes there now, or it would be lost
    refusals.settle(session, clock.now() + timedelta(minutes=1))
    done: dict[str, int] = {}
    Leaving(cabinet(), queries.files_of(session, person.id)).with_(session)
    # rows that hang on others go before them
    for table in reversed(Model.metadata.sorted_tables):
        entry = REGISTER[table.name]
        for column, owner in entry.signed.items():
            session.execute(update(table).where(table.c[owner] == person.id).values({column: NAME % {"n": person.id}}))
        if not entry.of or table.name == "person":
            continue
        mine = queries.own_rows(table.name, entry, person)
        if entry.then == DELETE:
            done[table.name] = session.execute(delete(table).where(mine)).rowcount  # type: ignore[attr-defined]
        elif entry.cleared:
            done[table.name] = session.execute(update(table).where(mine).values(**entry.cleared)).rowcount  # type: ignore[attr-defined]
    for named in (*queries.jobs_naming(session, words), *queries.proposals_naming(session, person)):
        session.delete(named)
        done[named.__tablename__] = done.get(named.__tablename__, 0) + 1
    for name, value in REGISTER["person"].cleared.items():
        setattr(person, name, value)
    person.name, person.login = NAME % {"n": person.id}, LOGIN % {"n": person.id}
    person.erased_at = clock.now()
    session.flush()
    return known | {"tables": {name: number for name, number in done.items() if number}}


class Leaving:
    """Files that go once it is certain that their rows have gone: with the outermost commit, not with that of a
    savepoint around the act, and not at all where either is taken back."""

    def __init__(self, place: Cabinet, files: Sequence[UUID]) -> None:
        self.place, self.files = place, files
        self.within: list[SessionTransaction] = []

    def with_(self, session: Session) -> None:
        inner = session.get_nested_transaction() or session.get_transaction()
        while inner is not None:
            self.within.append(inner)
            inner = inner.parent
        event.listen(session, "after_commit", self._committed)
        event.listen(session, "after_soft_rollback", self._undone)

    def _committed(self, session: Session) -> None:
        if not session.in_nested_transaction():
            self.place.drop(self.files)
            self.files = ()

    def _undone(self, _session: Session, previous: SessionTransaction) -> None:
        if previous in self.within:
            self.files = ()
