"""Acts on where a person belongs, on the page about them: transfer, secondment, leaving, coming back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from flask import Response
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from quizapp.access import allow, require
from quizapp.db import db
from quizapp.i18n import _, explain, show_date
from quizapp.kernel.errors import ConflictError, InputError
from quizapp.kernel.rights import Target
from quizapp.people import queries, service
from quizapp.people.forms import EndForm, LeaveForm, SecondForm, TransferForm
from quizapp.people.queries import Profile
from quizapp.people.rules.rights import CHANGE, LEAVE
from quizapp.people.views.blueprint import DESK, bp, note
from quizapp.people.views.persons import act_forms, back_to, person_page, reached

Act = Callable[[Session, Profile], str]


def done(person_id: int, name: str, form: FlaskForm | None, act: Act) -> Response | BaseResponse:
    """Do the act in one transaction and say so; a refusal brings the page back with what was typed."""
    try:
        if form is not None and not form.validate():
            raise InputError("请从列表里选择，并填写日期")
        with db.transaction() as writing:
            sentence = act(writing, reached(writing, person_id, CHANGE))
    except (InputError, ConflictError) as error:
        found = reached(db.session(), person_id, CHANGE)
        forms = act_forms(queries.units(db.session()), name)
        return person_page(found, problem=explain(error), acts=forms, status=error.status)
    return back_to(person_id, sentence)


def who(found: Profile) -> dict[str, object]:
    return {"login": found.person.login, "name": found.person.name}


@bp.post("/people/<int:person_id>/transfer")
@allow(*DESK)
def transfer(person_id: int) -> Response | BaseResponse:
    form = TransferForm()
    form.offer(queries.units(db.session()))

    def act(writing: Session, found: Profile) -> str:
        unit, on = queries.get_unit(writing, form.unit.data), day_of(form.on.data)
        if found.in_post:
            service.transfer(writing, person_id, unit.id, on)
            note(writing, "transfer_person", "person", person_id,
                 {**who(found), "from": found.unit_name, "to": unit.name, "on": on})
            return _("已登记调动：%(day)s起在“%(unit)s”", day=show_date(on), unit=unit.name)
        gone = service.come_back(writing, person_id, unit.id, on)
        note(writing, "return_person", "person", person_id, {**who(found), "to": unit.name, "on": on, "revoked": gone})
        return _("已登记任职：%(day)s起在“%(unit)s”", day=show_date(on), unit=unit.name)

    return done(person_id, "transfer", form, act)


@bp.post("/people/<int:person_id>/second")
@allow(*DESK)
def second(person_id: int) -> Response | BaseResponse:
    form = SecondForm()
    form.offer(queries.units(db.session()))

    def act(writing: Session, found: Profile) -> str:
        unit, since = queries.get_unit(writing, form.host.data), day_of(form.lent_since.data)
        until = form.lent_until.data
        service.second(writing, person_id, unit.id, since, until, form.counting.data)
        note(writing, "second_person", "person", person_id,
             {**who(found), "to": unit.name, "since": since, "until": until, "counting": form.counting.data})
        return _("已登记借调：%(day)s起在“%(unit)s”", day=show_date(since), unit=unit.name)

    return done(person_id, "second", form, act)


@bp.post("/people/<int:person_id>/second/<int:membership_id>/end")
@allow(*DESK)
def end_secondment(person_id: int, membership_id: int) -> Response | BaseResponse:
    form = EndForm()

    def act(writing: Session, found: Profile) -> str:
        on = day_of(form.back_on.data)
        ended = service.end_secondment(writing, person_id, membership_id, on)
        note(writing, "end_secondment", "person", person_id,
             {**who(found), "from": queries.get_unit(writing, ended.unit_id).name, "on": on})
        return _("已登记：借调到%(day)s结束", day=show_date(on))

    return done(person_id, "end", form, act)


@bp.post("/people/<int:person_id>/leave")
@allow(*DESK)
def leave(person_id: int) -> Response | BaseResponse:
    require(LEAVE, Target(people=[person_id]))
    form = LeaveForm()
    form.offer()

    def act(writing: Session, found: Profile) -> str:
        on = day_of(form.left_on.data)
        service.leave(writing, found.person, on, form.ending.data)
        note(writing, "leave_person", "person", person_id,
             {**who(found), "from": found.unit_name, "on": on, "reason": form.ending.data})
        return _("已登记：%(day)s起不在本机关，记录和成绩都保留", day=show_date(on))

    return done(person_id, "leave", form, act)


@bp.post("/people/<int:person_id>/undo-leave")
@allow(*DESK)
def undo_leave(person_id: int) -> Response | BaseResponse:
    def act(writing: Session, found: Profile) -> str:
        again = service.undo_leave(writing, person_id)
        unit = queries.get_unit(writing, again.unit_id)
        note(writing, "undo_leave", "person", person_id, {**who(found), "unit": unit.name, "since": again.since})
        return _("已撤销离开，仍在“%(unit)s”", unit=unit.name)

    return done(person_id, "undo", None, act)


def day_of(value: date | None) -> date:
    if value is None:
        raise InputError("请从列表里选择，并填写日期")
    return value
