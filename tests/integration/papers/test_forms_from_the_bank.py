"""Forms made from a real bank: enemies apart, equally hard, written only while what they were made for still holds."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import combinations

import pytest
from sqlalchemy import func, select

from quizapp.db import db
from quizapp.i18n import explain, speaking
from quizapp.kernel.errors import ConflictError, InputError
from quizapp.papers import queries, service
from quizapp.papers.models import Form, FormQuestion
from quizapp.papers.rules.blueprint import Cell
from quizapp.papers.rules.comparison import compare_forms
from quizapp.questions.drawing import enemies
from quizapp.questions.models import Item
from tests.builders.answers import make_finished
from tests.builders.bank import LAW, make_item
from tests.builders.exams import make_exam
from tests.databases import both_databases

DAY = date(2026, 11, 20)
SINGLES = [Cell(None, "single", None, 3, Decimal(2))]


def blueprint(session, cells=SINGLES):
    return service.save_blueprint(session, "示例", cells).id


def make_forms(session, blueprint_id, count, max_shared=None, max_uses=None, seed=1):
    bounds = count, max_shared, max_uses
    prepared = service.prepare_forms(session, blueprint_id, *bounds, seed=seed, on=DAY)
    return service.write_forms(session, blueprint_id, prepared, bounds=bounds, on=DAY)


def enemy_stems(number):
    """Two items on an article of their own, of which the second has the key of the first in its stem."""
    key = f"示例登记办公室之{number}号"
    options = {"A": key, "B": f"样本局{number}", "C": f"图样科{number}", "D": f"标本室{number}"}
    basis = [LAW | {"article": str(20 + number)}]
    return ({"stem": f"第 {number} 类示例由谁登记？", "options": options, "key": ["A"], "distractors": {}, "basis": basis},
            {"stem": f"{key}收到材料以后，应当在几日内给申请人一个书面的答复？", "basis": basis})


@both_databases
def test_enemies_are_found_and_never_share_a_form(app):
    with app.app_context(), db.transaction() as session:
        pairs = [tuple(make_item(session, "single", **content).item_id for content in enemy_stems(n)) for n in range(4)]
        found = enemies(session, {c.version_id: c.item_id for c in service.pool(session, DAY)})
        assert found == set(pairs)
        blueprint_id = blueprint(session)
        make_forms(session, blueprint_id, 4)
        for items in queries.items_on_forms(session, blueprint_id).values():
            assert not any(set(pair) <= items for pair in pairs)


@both_databases
def test_items_on_different_articles_are_no_enemies(app):
    with app.app_context(), db.transaction() as session:
        first, second = enemy_stems(1)
        make_item(session, "single", **first)
        make_item(session, "single", **(second | {"basis": [LAW | {"article": "13"}]}))
        assert enemies(session, {c.version_id: c.item_id for c in service.pool(session, DAY)}) == set()


@both_databases
@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("zh", "题库不够组卷：互相泄露答案的题不能放在同一份卷上，这样算来任意科目单选题要 3 道，少 1 道。请减少题数，或者补充题目后再发布"),
        ("en", "The bank cannot fill the forms. Items that give each other's answers away are never put on one form, "
               "and so: Any subject, Single choice: 3 wanted, 1 short. Ask for fewer items, or add items and publish again"),
    ],
)
def test_a_bank_whose_items_are_enemies_says_how_many_are_missing(app, language, sentence):
    with app.app_context(), db.transaction() as session:
        for n in range(2):
            for content in enemy_stems(n):
                make_item(session, "single", **content)
        blueprint_id = blueprint(session)
        with speaking(language), pytest.raises(InputError) as refused:
            make_forms(session, blueprint_id, 1)
        with speaking(language):
            assert explain(refused.value) == sentence
        assert session.scalar(select(func.count()).select_from(Form)) == 0


@pytest.mark.parametrize(
    ("bounds", "chinese", "english"),
    [
        ((4, None, 2), "一道题最多用在 2 份卷上，题库不够组 4 份卷：任意科目单选题每份要 3 道，题库少 1 道",
         "With an item on at most 2 forms, the bank cannot fill 4 forms: Any subject, Single choice: 3 on each form, the bank is 1 short"),
        ((2, 0, None), "任意两份卷都不共用题目，题库不够组 2 份卷：任意科目单选题每份要 3 道，题库少 1 道",
         "With no item on two forms, the bank cannot fill 2 forms: Any subject, Single choice: 3 on each form, the bank is 1 short"),
        ((5, 1, None), "任意两份卷最多共用 1 题，现有题库做不到：5 份卷里总有两份至少要共用 2 题",
         "The bank does not allow that any two forms share at most 1 items: of 5 forms some two always share at least 2"),
    ],
)
def test_bounds_that_the_bank_cannot_keep_are_named_in_both_languages(app, bounds, chinese, english):
    with app.app_context(), db.transaction() as session:
        for _n in range(5):
            make_item(session, "single")
        blueprint_id = blueprint(session)
        for language, sentence in (("zh", chinese), ("en", english)):
            with speaking(language), pytest.raises(InputError) as refused:
                make_forms(session, blueprint_id, *bounds)
            with speaking(language):
                assert explain(refused.value).startswith(sentence)


@both_databases
def test_forms_are_equally_hard_once_items_have_statistics(app):
    """Of thirty items half were answered right by everybody and half by nobody."""
    with app.app_context(), db.transaction() as session:
        earlier = make_exam(session, ["single"] * 30)
        for person in range(1, 31):
            make_finished(session, earlier, person, dict.fromkeys(range(1, 31, 2), 10))
        blueprint_id = blueprint(session, [Cell(None, "single", None, 6, Decimal(2))])
        prepared = service.prepare_forms(session, blueprint_id, 5, 0, seed=3, on=DAY)
        assert prepared.made.shares == pytest.approx([0.5] * 5)
        made = service.write_forms(session, blueprint_id, prepared, bounds=(5, 0, None), on=DAY)
        assert [form.expected for form in made] == list(prepared.made.shares)
        assert queries.expected_shares(session, blueprint_id) == {form.number: form.expected for form in made}
        lines = compare_forms(queries.form_contents(session, blueprint_id), ())
        assert [line.expected for line in lines] == pytest.approx([0.5] * 5)
        easy = {question.item_version_id for question in queries.form_questions(session, 1) if question.position % 2}
        assert [sum(d.candidate.version_id in easy for d in form) for form in prepared.made.forms] == [3] * 5


@both_databases
def test_items_of_earlier_papers_are_taken_last_and_the_table_says_so(app):
    with app.app_context(), db.transaction() as session:
        make_exam(session, ["single"] * 4)
        for _n in range(6):
            make_item(session, "single")
        fresh, mixed = blueprint(session), blueprint(session, [Cell(None, "single", None, 8, Decimal(1))])
        make_forms(session, fresh, 2)
        lines = compare_forms(queries.form_contents(session, fresh), queries.exposed_before(session, fresh))
        assert [(line.number, line.questions, line.total, line.shared, line.uses, line.before) for line in lines] == [
            (1, 3, Decimal(6), 0, 1, 0), (2, 3, Decimal(6), 0, 1, 0)]
        assert [line.expected for line in lines] == [None, None]  # nobody has answered these items yet
        make_forms(session, mixed, 2)
        lines = compare_forms(queries.form_contents(session, mixed), queries.exposed_before(session, mixed))
        assert [(line.shared, line.uses, line.before) for line in lines] == [(6, 2, 8), (6, 2, 8)]


@both_databases
def test_the_same_seed_gives_the_same_forms(app):
    with app.app_context(), db.transaction() as session:
        for _n in range(30):
            make_item(session, "single")
        blueprint_id = blueprint(session)
        first, again, other = (service.prepare_forms(session, blueprint_id, 3, seed=seed, on=DAY) for seed in (1, 1, 2))
        assert first == again
        assert first.made.forms != other.made.forms


@both_databases
def test_forms_are_not_written_once_bank_or_blueprint_have_changed(app):
    with app.app_context(), db.transaction() as session:
        for _n in range(6):
            make_item(session, "single")
        blueprint_id = blueprint(session)
        prepared = service.prepare_forms(session, blueprint_id, 2, seed=1, on=DAY)
        drawn = next(iter(prepared.made.forms[0])).candidate.item_id
        session.get_one(Item, drawn).status = "quarantined"
        session.flush()
        with pytest.raises(ConflictError, match="再发布一次"):
            service.write_forms(session, blueprint_id, prepared, bounds=(2, None, None), on=DAY)
        session.get_one(Item, drawn).status = "published"
        session.flush()
        with pytest.raises(ConflictError, match="再发布一次"):
            service.write_forms(session, blueprint_id, prepared, bounds=(3, None, None), on=DAY)
        service.save_blueprint(session, "示例", [Cell(None, "single", None, 2, Decimal(3))], blueprint_id)
        with pytest.raises(ConflictError, match="再发布一次"):
            service.write_forms(session, blueprint_id, prepared, bounds=(2, None, None), on=DAY)
        assert session.scalar(select(func.count()).select_from(FormQuestion)) == 0


@both_databases
def test_items_on_forms_are_those_of_one_blueprint(app):
    with app.app_context(), db.transaction() as session:
        for kind in ("single", "single", "single", "case"):
            make_item(session, kind)
        first = blueprint(session, [Cell(None, "single", None, 2, Decimal(2)), Cell(None, "case", None, 1, Decimal(4))])
        second = blueprint(session, [Cell(None, "single", None, 1, Decimal(2))])
        forms = make_forms(session, first, 2)
        make_forms(session, second, 1)
        found = queries.items_on_forms(session, first)
        assert found.keys() == {form.id for form in forms}
        assert all(len(items) == 3 for items in found.values())
        assert len(next(iter(queries.items_on_forms(session, second).values()))) == 1
        assert all(len(one & other) == 2 for one, other in combinations(found.values(), 2))
