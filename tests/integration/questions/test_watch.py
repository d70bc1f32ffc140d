"""Amendment watch: what a new version of a law, or its repeal, does to the items that rest on it."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from quizapp.db import db
from quizapp.questions import queries, watch
from quizapp.questions.models import ItemVersion, Quarantine
from quizapp.statutes.models import Law, LawArticle, LawVersion
from quizapp.statutes.rules.wording import fingerprint
from tests.builders.bank import make_item
from tests.databases import both_databases

OLD, NEW = date(2017, 9, 1), date(2023, 9, 1)
BEGINS = date(2024, 1, 1)
WORDS = {
    "1": "申请人可以自知道该行为之日起六十日内申请复核，逾期不再受理。",
    "2": "复核机关应当自收到申请之日起五日内审查完毕并告知申请人。",
    "3": "复核期间原决定不停止执行，复核机关认为需要停止的除外。",
    "4": "申请人口头申请的，由复核机关当场记录并由申请人签名。",
}
LATER = {
    "1": WORDS["1"],
    "2": "复核机关应当自收到申请之日起七日内审查完毕并告知申请人。",
    "5": WORDS["3"],
}


def make_version(session: Session, version: date, since: date, words: dict[str, str], ends: date | None = None) -> None:
    session.add(LawVersion(law="复核法", version=version, in_force_since=since, ends_on=ends, repeals=[], registered=True,
                           article_count=len(words)))
    session.flush()
    session.add_all(
        LawArticle(law="复核法", version=version, number=number, position=int(number), path=[], text=text,
                   fingerprint=fingerprint(text)) for number, text in words.items()
    )
    session.flush()


def make_cited(session: Session, article: str) -> ItemVersion:
    """An item proved by the first words of an article of the old version."""
    basis = [{"law": "复核法", "version": OLD.isoformat(), "article": article, "text": fingerprint(WORDS[article]), "span": [0, 6]}]
    return make_item(session, basis=basis)


@pytest.fixture
def library(app: Flask) -> Flask:
    with app.app_context(), db.transaction() as session:
        session.add(Law(name="复核法", title="中华人民共和国复核法", kind="law", aliases=[]))
        session.flush()
        make_version(session, OLD, date(2018, 1, 1), WORDS)
    return app


def amend(session: Session) -> None:
    old = session.get_one(LawVersion, ("复核法", OLD))
    old.ends_on = BEGINS
    make_version(session, NEW, BEGINS, LATER)
    watch.look_again(session)


def found(session: Session) -> dict[str, Quarantine]:
    return {row.article: row for row in session.scalars(select(Quarantine))}


@both_databases
def test_only_items_whose_article_did_not_stay_are_quarantined(library: Flask) -> None:
    with library.app_context(), db.transaction() as session:
        for article in WORDS:
            make_cited(session, article)
        watch.look_again(session)
        assert found(session) == {}
        amend(session)
        rows = found(session)
        assert {article: (row.change, row.new_article) for article, row in rows.items()} == {
            "2": ("changed", "2"), "3": ("moved", "5"), "4": ("gone", None)}
        assert {row.from_day for row in rows.values()} == {BEGINS}


@both_databases
def test_quarantine_begins_on_the_day_and_never_before(library: Flask) -> None:
    with library.app_context(), db.transaction() as session:
        versions = {article: make_cited(session, article).id for article in WORDS}
        amend(session)
        before = {item.version_id for item in queries.published_pool(session, date(2023, 12, 31))}
        after = {item.version_id for item in queries.published_pool(session, BEGINS)}
        assert before == set(versions.values())
        assert after == {versions["1"]}


@both_databases
def test_a_repeal_by_another_law_works_the_same(library: Flask) -> None:
    with library.app_context(), db.transaction() as session:
        version = make_cited(session, "1")
        law = session.get_one(LawVersion, ("复核法", OLD))
        law.ends_on, law.ended_by = BEGINS, "综合法典"
        watch.look_again(session)
        row = found(session)["1"]
        assert (row.change, row.ended_by, row.new_version) == ("repealed", "综合法典", None)
        assert [item.version_id for item in queries.published_pool(session, date(2023, 12, 31))] == [version.id]
        assert queries.published_pool(session, BEGINS) == []


def test_looking_again_changes_nothing(library: Flask) -> None:
    with library.app_context(), db.transaction() as session:
        make_cited(session, "2")
        amend(session)
        first = {row.id: row.opened_at for row in session.scalars(select(Quarantine))}
        watch.look_again(session)
        assert {row.id: row.opened_at for row in session.scalars(select(Quarantine))} == first


def test_corrected_dates_withdraw_a_quarantine_and_bring_it_back(library: Flask) -> None:
    with library.app_context(), db.transaction() as session:
        make_cited(session, "1")
        law = session.get_one(LawVersion, ("复核法", OLD))
        law.ends_on = BEGINS
        watch.look_again(session)
        law.ends_on = None
        watch.look_again(session)
        row = found(session)["1"]
        assert row.resolution == "withdrawn"
        law.ends_on = BEGINS
        watch.look_again(session)
        assert (row.resolution, row.resolved_at) == ("", None)


def test_an_article_known_by_fingerprint_alone_is_compared_all_the_same(library: Flask) -> None:
    with library.app_context(), db.transaction() as session:
        make_cited(session, "2")
        amend(session)
        session.execute(update(LawArticle).values(text=None))
        session.execute(update(LawVersion).values(imported_at=None))
        session.execute(delete(Quarantine))
        session.expire_all()
        watch.look_again(session)
        assert found(session)["2"].change == "changed"
