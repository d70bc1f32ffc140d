"""Item statistics: what counts, what is left out, and that versions of one question count together."""

from __future__ import annotations

from itertools import count

import pytest

from quizapp.attempts.facility import ENOUGH, answered_facility
from quizapp.db import db
from quizapp.papers import queries as papers
from quizapp.papers.facility import facility_of
from quizapp.questions.models import Item, ItemVersion
from tests.builders.answers import make_finished
from tests.builders.bank import make_item
from tests.builders.exams import make_exam, make_form
from tests.databases import both_databases

_people = count(1)


def sat(session, exam, people, scores, **more):
    """So many people with the same marks by position (10 to a question)."""
    for _n in range(people):
        make_finished(session, exam, next(_people), scores, **more)


def items_of(session):
    return [item.id for item in session.query(Item).order_by(Item.id)]


@both_databases
def test_the_share_of_marks_over_everybody_who_was_asked(app):
    with app.app_context(), db.transaction() as session:
        exam = make_exam(session, ["single", "true_false"])
        first, second = items_of(session)
        sat(session, exam, 20, {1: 10, 2: 0})
        sat(session, exam, 10, {1: 4})  # the second question was left empty
        assert answered_facility(session, [first, second]) == {first: pytest.approx(0.8), second: 0.0}
        assert answered_facility(session, [first]) == {first: pytest.approx(0.8)}
        # the making of forms learns of it
        assert facility_of(session, [first])[first] == pytest.approx(0.8)


@both_databases
def test_fewer_answers_than_enough_are_no_statistics(app):
    with app.app_context(), db.transaction() as session:
        exam = make_exam(session, ["single"])
        items = items_of(session)
        sat(session, exam, ENOUGH - 1, {1: 10})
        assert answered_facility(session, items) == {}
        sat(session, exam, 1, {1: 10})
        assert answered_facility(session, items) == {items[0]: 1.0}


@both_databases
def test_what_does_not_count_is_left_out(app):
    with app.app_context(), db.transaction() as session:
        exam = make_exam(session, ["single"])
        items = items_of(session)
        sat(session, exam, ENOUGH, {1: 10})
        sat(session, exam, 9, {1: 0}, counts=False)  # another attempt of theirs is the one that counts
        sat(session, exam, 9, {1: 0}, state="void")
        sat(session, exam, 9, {1: None}, needs_marking=True, score=None)
        assert answered_facility(session, items) == {items[0]: 1.0}


@both_databases
def test_the_parts_of_a_case_are_one_item_seen_once(app):
    with app.app_context(), db.transaction() as session:
        exam = make_exam(session, ["case"])
        items = items_of(session)
        sat(session, exam, ENOUGH // 2, {1: 10, 2: 5})
        assert answered_facility(session, items) == {}
        sat(session, exam, ENOUGH // 2, {1: 10, 2: 5})
        assert answered_facility(session, items) == {items[0]: 0.75}


@both_databases
def test_versions_that_ask_the_same_count_together_and_others_do_not(app):
    with app.app_context(), db.transaction() as session:
        exam = make_exam(session, ["single", "single"])
        kept, reworded = items_of(session)
        sat(session, exam, 20, {1: 10, 2: 10})
        forms = [next_version(session, kept, explanation="别的解析"), next_version(session, reworded, stem="另一个问题？")]
        second = make_form(session, papers.blueprint(session, exam.blueprint_id), 2, forms)
        sat(session, exam, 20, {1: 0, 2: 5}, form=second)
        assert answered_facility(session, [kept, reworded]) == {kept: 0.5}
        sat(session, exam, 10, {1: 0, 2: 5}, form=second)
        assert answered_facility(session, [kept, reworded]) == {kept: pytest.approx(0.4), reworded: 0.5}


def next_version(session, item_id, **changes):
    """The current version with something said otherwise, as the new current version."""
    item = session.get_one(Item, item_id)
    old = session.query(ItemVersion).filter_by(item_id=item_id, number=item.current_version).one()
    new = ItemVersion(item_id=item_id, number=old.number + 1, type=old.type, difficulty=old.difficulty, applied=old.applied,
                      topic=old.topic, stem=old.stem, content=old.content | changes, content_hash="f" * 64,
                      created_at=old.created_at)
    item.current_version = new.number
    session.add(new)
    session.flush()
    return new


def test_an_item_that_nobody_asked_has_no_statistics(app):
    with app.app_context(), db.transaction() as session:
        version = make_item(session)
        assert answered_facility(session, [version.item_id]) == {}
