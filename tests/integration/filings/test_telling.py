"""Who hears that a regrade has made another version of what was handed in."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from flask import Flask
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from quizapp.approvals.rules import unpacked
from quizapp.attempts.models import Result
from quizapp.db import db
from quizapp.exams.models import Exam
from quizapp.filings import queries, service
from quizapp.kernel.roles import Role
from quizapp.marking.models import PersonalNotice
from quizapp.marking.regrading import Outcome, Regraded
from quizapp.people.models import Person
from tests.builders.people import grant, make_person
from tests.databases import both_databases
from tests.integration.filings.conftest import AFTER, World

LATER = AFTER + timedelta(days=1)
CENTRE, MEETINGS, CARS, UNION = "机关服务中心", "会议服务科", "公务用车服务中心", "机关工会"


def corrected(session: Session, world: World) -> None:
    """One of the meeting office passes no longer; in its sister office two exchange their marks, so that no figure differs."""
    units = {unit.name: unit.id for unit in world.bureau.units}
    exam = session.get_one(Exam, world.exam)

    def passed(name: str) -> list[Result]:
        people = [person.id for person in world.bureau.members[units[name]]]
        return list(session.scalars(select(Result).where(Result.exam_id == world.exam, Result.candidate_id.in_(people), Result.score >= exam.pass_mark)
                                    .order_by(Result.score, Result.candidate_id)))

    passed(MEETINGS)[0].score = exam.pass_mark - 1
    first, *_others, last = passed("运行保障一队")
    assert first.score != last.score
    first.score, last.score = last.score, first.score
    session.flush()


def heard(session: Session) -> dict[int, tuple[str, dict[str, str]]]:
    notices = session.scalars(select(PersonalNotice)).all()
    assert len({one.person_id for one in notices}) == len(notices), "one each"
    said = {one.person_id: unpacked(one.message) for one in notices}
    return {one.person_id: (said[one.person_id].message % said[one.person_id].values, one.link) for one in notices}


@both_databases
def test_whoever_answers_for_a_changed_unit_and_whoever_handed_it_in_hear_once(app: Flask) -> None:
    with app.app_context(), db.transaction() as session:
        world = World(session)
        units = {unit.name: unit for unit in world.bureau.units}
        places = {"above": CENTRE, "meetings": MEETINGS, "own people": "运行保障一队", "cars": CARS, "top": world.bureau.units[0].name,
                  "neighbour": "运行保障二队", "elsewhere": "机关幼儿园", "too small": UNION}
        liaisons = {key: grant(session, make_person(session, key), Role.LIAISON, units[name]).id for key, name in places.items()}
        gone = grant(session, make_person(session, "停用"), Role.LIAISON, units[MEETINGS])
        gone.active = False
        grant(session, session.get_one(Person, world.by), Role.EXAM_ADMIN)
        grant(session, make_person(session, "没有上报过"), Role.EXAM_ADMIN)
        report, year = world.hand_in(session), world.hand_in_year(session)
        notice = service.hand_in_notice(session, world.exam, True, "plain", Decimal(95), by=world.by, now=AFTER)
        done = Regraded(world.exam, 1, "第 12 题答案更正", world.by, LATER, Outcome([], [], 0))
        corrected(session, world)
        statements: list[str] = []
        event.listen(session.get_bind(), "before_cursor_execute", lambda _c, _cu, said, *_rest: statements.append(said))
        service.restate_after_regrade(session, done)
        assert {one.id: queries.latest(session, one.id).version for one in (report, year, notice)} == {report.id: 2, year.id: 2, notice.id: 2}
        assert sum("role_grant" in said for said in statements) == 1
        assert sum("INTO personal_notice" in said for said in statements) == 1
        found = heard(session)
        told = {key: found.get(person) for key, person in liaisons.items()}
        assert {key for key, said in told.items() if said} == {"above", "meetings", "own people", "cars", "top"}
        said, link = told["above"] or ("", {})
        assert report.number in said
        assert notice.number not in said, "a notice is not theirs to open"
        assert (link["endpoint"], link["values"]) == ("filings.filing", {"filing_id": str(report.id)})
        said, link = found[world.by]
        assert said.endswith(f"你上报过的 {report.number}、{year.number}、{notice.number} 有了新版")
        assert (link["endpoint"], len(found)) == ("filings.filings", 6)
        service.restate_after_regrade(session, done)
        assert len(heard(session)) == 6, "of one regrade once"


@both_databases
def test_a_regrade_that_changes_no_figure_tells_nobody(app: Flask) -> None:
    with app.app_context(), db.transaction() as session:
        world = World(session)
        grant(session, make_person(session), Role.LIAISON, world.bureau.units[0])
        world.hand_in(session)
        service.restate_after_regrade(session, Regraded(world.exam, 1, "复核", world.by, LATER, Outcome([], [], 0)))
        assert heard(session) == {}
