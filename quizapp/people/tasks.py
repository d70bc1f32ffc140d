"""Long work on people."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from quizapp import clock
from quizapp.access import Actor
from quizapp.audit import service as audit
from quizapp.audit import units as audit_units
from quizapp.db import db
from quizapp.i18n import N_, _
from quizapp.jobs.rules import Progress, work
from quizapp.kernel.errors import ForbiddenError, InputError, NotFoundError
from quizapp.people import queries, service
from quizapp.people.forms import unit_choices
from quizapp.people.models import Person
from quizapp.people.roster_files import read_rows
from quizapp.people.rules.headings import find_head
from quizapp.people.rules.rights import DESKS
from quizapp.people.uploads import rosters_of

audit_units.told_by(audit_units.Source(lambda session: unit_choices(queries.units(session)), queries.ever_in))
SUMMARY = N_("已导入：新增 %(new)s 人，调动 %(moved)s 人，更新 %(changed)s 人，离开 %(left)s 人")


@work("people.import", N_("导入名册"), DESKS)
def import_roster(params: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Write an uploaded roster that somebody has confirmed: `upload`, `person`, `on` (the day from which it
    holds), `shown` (fingerprint of what was confirmed), `leaving` (who leaves), `address` (where that came from)."""
    upload_id, shelf = UUID(params["upload"]), rosters_of(params["person"])
    # reading is the long part; the database is locked only while people are written
    rows = read_rows(shelf.read(upload_id), _("名册"))
    with db.transaction() as session:
        head = find_head(rows, queries.headings(session))
    entries, problems = service.read_roster(rows, head, progress)
    progress(0, len(entries), N_("写入人员"))
    with db.transaction() as session:
        me = _who(params["person"])
        on = date.fromisoformat(params["on"])
        done = service.compare_roster(session, entries, problems, on)
        if done.problems:
            raise InputError("名册有 %(n)s 处需要改正，没有写入；请改好以后重新上传", n=len(done.problems))
        leaving = params["leaving"]
        left = done.leavers(leaving, me.id)
        service.write_roster(session, done, on, shown=params["shown"], leaving=leaving, by=me.id)
        audit.record(session, "import_roster", "roster", upload_id, actor_id=me.id, actor=me.name,
                     address=params["address"], detail=done.summary(left))
    shelf.drop(upload_id)
    values = {"new": len(done.new), "moved": len(done.moved), "changed": len(done.changed),
              "left": len(left)}
    return {"summary": SUMMARY, "values": values, "address": "/people"}


def _who(person_id: int) -> Actor:
    """Whoever confirmed it, with the rights of this moment: work may wait, or be done once more days later."""
    session = db.session()
    person = session.get(Person, person_id)
    if person is None:
        raise NotFoundError("没有找到这个人")
    me = queries.actor_of(session, person, clock.today())
    if not me.has(*DESKS):
        raise ForbiddenError("开始这项任务的人已经没有导入名册的权限，没有写入")
    return me
