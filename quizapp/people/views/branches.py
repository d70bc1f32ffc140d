"""Acts on where a person belongs in the Party, on the page about them."""

from __future__ import annotations

from flask import Response
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from quizapp.access import allow
from quizapp.db import db
from quizapp.i18n import _, show_date
from quizapp.people import queries, service
from quizapp.people.forms import JoinForm, OutForm
from quizapp.people.queries import Profile
from quizapp.people.rules.memberships import PARTY
from quizapp.people.views.blueprint import DESK, bp, note
from quizapp.people.views.memberships import day_of, done, who


@bp.post("/people/<int:person_id>/party-branch")
@allow(*DESK)
def join_branch(person_id: int) -> Response | BaseResponse:
    form = JoinForm()
    form.offer(queries.units(db.session(), PARTY))

    def act(writing: Session, found: Profile) -> str:
        unit, on = queries.get_unit(writing, form.branch.data), day_of(form.joined_on.data)
        if not service.join_branch(writing, person_id, unit.id, on):
            return _("已经在“%(unit)s”", unit=unit.name)
        note(writing, "join_branch", "person", person_id, {**who(found), "to": unit.name, "on": on})
        return _("已登记党支部：%(day)s起在“%(unit)s”", day=show_date(on), unit=unit.name)

    return done(person_id, "join", form, act)


@bp.post("/people/<int:person_id>/party-branch/leave")
@allow(*DESK)
def leave_branch(person_id: int) -> Response | BaseResponse:
    form = OutForm()

    def act(writing: Session, found: Profile) -> str:
        on = day_of(form.out_on.data)
        ended = service.leave_branch(writing, person_id, on)
        unit = queries.get_unit(writing, ended.unit_id)
        note(writing, "leave_branch", "person", person_id, {**who(found), "from": unit.name, "on": on})
        return _("已登记：%(day)s起不在“%(unit)s”", day=show_date(on), unit=unit.name)

    return done(person_id, "out", form, act)
