"""Who has a long file written."""

from __future__ import annotations

from sqlalchemy.orm import Session

from quizapp import clock
from quizapp.access import Actor
from quizapp.kernel.errors import ForbiddenError
from quizapp.kernel.roles import REPORT_READERS
from quizapp.people import queries as people
from quizapp.people.models import Person


def reader(session: Session, person_id: int) -> Actor:
    """Whoever started it, with the rights of this moment: work may wait, or be done once more days later.

    Raises ForbiddenError where they may not read reports any more.
    """
    person = session.get(Person, person_id)
    me = person and people.actor_of(session, person, clock.today())
    if me is None or not me.has(*REPORT_READERS):
        raise ForbiddenError("开始这项任务的人已经没有查看报表的权限，没有导出")
    return me
