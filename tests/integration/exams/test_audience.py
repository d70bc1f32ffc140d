"""Exams for some units, ranks and post types: who is counted before publishing is who is on the roster after it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from quizapp.db import db
from quizapp.exams import audience as whom
from quizapp.exams import preparing, queries, service
from quizapp.exams.models import RosterUnit
from quizapp.exams.rules import Audience
from quizapp.kernel.errors import ConflictError, InputError
from quizapp.people import service as people
from tests.builders.exams import CLOSES, OPENS
from tests.builders.people import make_agency, make_person, make_unit
from tests.databases import both_databases

TODAY, NOW = date(2026, 11, 20), OPENS - timedelta(days=5)
LEADERS = Audience(ranks=("县处级副职", "县处级正职"), post_types=("综合管理类",))


def paper(session, **settings):
    return service.create(session, title="领导干部学法考试", year=2026, opens_at=OPENS, closes_at=CLOSES, now=NOW, kind="paper",
                          minutes=60, **settings)


def known(session):
    """An office with a section below it, and a bureau beside; people by name."""
    top = make_agency(session)
    office, bureau = make_unit(session, "办公室", top), make_unit(session, "执法局", top)
    section = make_unit(session, "文秘科", office)
    said = {"甲": (office, "县处级正职", "综合管理类"), "乙": (section, "县处级副职", "综合管理类"),
            "丙": (section, "县处级副职", "行政执法类"), "丁": (bureau, "县处级副职", "综合管理类"), "戊": (bureau, "", "综合管理类"),
            "己": (office, "县处级正职", "综合管理类")}
    made = {}
    for name, (unit, rank, post_type) in said.items():
        made[name] = person = make_person(session, name, unit)
        person.rank, person.post_type = rank, post_type
    made["己"].active = False
    session.flush()
    return office, bureau, section, made


def on_roster(session, exam):
    return {row.name for row in queries.roster(session, exam.id)}


@both_databases
def test_who_is_counted_before_publishing_is_on_the_roster_and_stays_there(app):
    with app.app_context(), db.transaction() as session:
        office, bureau, section, made = known(session)
        exam = paper(session)
        service.set_audience(session, exam.id, LEADERS)
        found = whom.look(session, exam, TODAY)
        assert (found.people, found.no_rank, found.no_post_type) == (3, 1, 0)
        assert {(row.name, row.own, row.total) for row in found.rows if row.depth} == {
            ("办公室", 1, 2), ("文秘科", 1, 1), ("执法局", 1, 1)}
        service.set_audience(session, exam.id, replace(LEADERS, units=(office.id,)))
        assert preparing.checks(session, exam, TODAY)[0].values == {"n": 2}
        preparing.publish(session, exam.id, now=NOW, on=TODAY)
        assert on_roster(session, exam) == {"甲", "乙"}
        entry = queries.roster_row(session, exam.id, made["乙"].id)
        assert (entry.rank, entry.post_type, exam.roster_as_of) == ("县处级副职", "综合管理类", TODAY)
        made["乙"].rank = "乡科级正职"
        people.change_unit(session, office, office.code, "综合办公室")
        session.flush()
        assert queries.roster_row(session, exam.id, made["乙"].id).rank == "县处级副职"
        assert queries.audience_units(session, exam, exam.meant_for.units) == ["办公室"]
        with pytest.raises(ConflictError, match="名单已经固定"):
            service.set_audience(session, exam.id, Audience())

        # the make-up is for those who have to sit it, whatever their rank has become; it can be narrowed in its turn
        exam.closes_at = exam.settles_at = NOW
        exam.opens_at = NOW - timedelta(days=1)
        session.flush()
        again = preparing.draft_make_up(session, exam.id, now=NOW)
        assert again.meant_for.everybody
        assert whom.look(session, again, TODAY).people == 2
        service.set_audience(session, again.id, Audience(units=(section.id, bureau.id)))
        preparing.publish(session, again.id, now=NOW, on=TODAY)
        assert on_roster(session, again) == {"乙"}


@both_databases
def test_an_audience_that_is_nobody_is_said_before_and_refused_at_publishing(app):
    with app.app_context(), db.transaction() as session:
        known(session)
        exam = paper(session)
        service.set_audience(session, exam.id, Audience(ranks=("县处级正职",), post_types=("行政执法类",)))
        line = preparing.checks(session, exam, TODAY)[0]
        assert (line.done, line.sentence) == (False, service.NOBODY_MEANT)
    with app.app_context(), pytest.raises(InputError, match="参加范围里今天一个人也没有"), db.transaction() as session:
        preparing.publish(session, exam.id, now=NOW, on=TODAY)
    with app.app_context():
        fresh = queries.get(db.session(), exam.id)
        assert (fresh.state, fresh.audience) == ("draft", {"ranks": ["县处级正职"], "post_types": ["行政执法类"]})
        assert queries.roster(db.session(), exam.id) == []


@both_databases
def test_units_and_party_branches_are_one_list_of_places_and_nobody_counts_twice(app):
    with app.app_context(), db.transaction() as session:
        office, _bureau, _section, made = known(session)
        committee = people.add_unit(session, "P0", "机关党委", None, kind="party")
        first = people.add_unit(session, "P1", "第一党支部", committee)
        for name in ("甲", "丁", "己"):
            people.join_branch(session, made[name].id, first.id, TODAY - timedelta(days=9))
        people.join_branch(session, made["戊"].id, first.id, TODAY + timedelta(days=1))
        exam = paper(session)
        wanted = Audience(units=(office.id,), party=(committee.id,))
        offered = whom.offer(session, exam, wanted, TODAY)
        assert [(one.name, one.people, one.depth, one.ticked) for one in offered.party] == [
            ("机关党委", 2, 0, True), ("第一党支部", 2, 1, False)]
        assert not {"P0", "P1"} & {one.name for one in offered.units}
        whom.check(offered, wanted)
        with pytest.raises(InputError):
            whom.check(offered, Audience(units=(first.id,)))  # not among the units
        service.set_audience(session, exam.id, wanted)
        found = whom.look(session, exam, TODAY)
        # 甲 is in the office and in the branch, 丁 of the bureau in the branch alone; they stand under their units
        assert (found.people, {row.name: row.own for row in found.rows if row.own}) == (4, {"办公室": 1, "文秘科": 2, "执法局": 1})
        preparing.publish(session, exam.id, now=NOW, on=TODAY)
        assert on_roster(session, exam) == {"甲", "乙", "丙", "丁"}
        names = {row.name: row.unit for row in queries.roster(session, exam.id)}
        assert names["丁"] == "执法局"
        units = set(session.scalars(select(RosterUnit.name).where(RosterUnit.exam_id == exam.id)))
        assert "第一党支部" not in units
        assert queries.audience_units(session, exam, exam.meant_for.party) == ["机关党委"]


def test_only_what_people_have_today_or_was_chosen_before_is_offered(app):
    with app.app_context(), db.transaction() as session:
        office, _bureau, _section, made = known(session)
        exam = paper(session)
        offered = whom.offer(session, exam, Audience(), TODAY)
        assert [(one.value, one.people) for one in offered.ranks] == [("县处级副职", 3), ("县处级正职", 1)]
        for wanted in (Audience(units=(9999,)), Audience(ranks=("省部级",)), Audience(post_types=("",))):
            with pytest.raises(InputError, match="请重新选择"):
                whom.check(offered, wanted)
        chosen = Audience(units=(office.id,), ranks=("县处级正职",))
        whom.check(offered, chosen)
        service.set_audience(session, exam.id, chosen)
        made["甲"].rank = "厅局级副职"
        session.flush()
        offered = whom.offer(session, exam, chosen, TODAY)
        assert [(one.value, one.people, one.ticked) for one in offered.ranks][-1] == ("县处级正职", 0, True)
        assert offered.idle == ["县处级正职"]
        whom.check(offered, chosen)
