"""An exam draws only what is valid on its day."""

from __future__ import annotations

from datetime import date

import pytest

from quizapp.db import db
from quizapp.questions import queries
from quizapp.statutes.models import Law, LawVersion
from tests.builders.bank import make_item
from tests.databases import both_databases

VERSION = date(2021, 1, 1)  # the version that made items cite
DAY = date(2026, 11, 25)


@both_databases
@pytest.mark.parametrize(
    ("since", "ends", "drawn"),
    [
        (date(2022, 1, 1), None, True),
        (DAY, None, True),
        (date(2026, 11, 26), None, False),
        (date(2022, 1, 1), DAY, False),
        (date(2022, 1, 1), date(2026, 11, 26), True),
        (None, None, True),
    ],
)
def test_an_item_is_drawn_only_while_the_law_that_proves_its_key_is_in_force(app, since, ends, drawn):
    with app.app_context(), db.transaction() as session:
        version = make_item(session)
        session.add(Law(name="示例法", title="示例法", kind="law", aliases=[]))
        session.flush()
        session.add(LawVersion(law="示例法", version=VERSION, in_force_since=since, ends_on=ends, repeals=[]))
        session.flush()
        pool = queries.published_pool(session, DAY)
        assert [item.version_id for item in pool] == ([version.id] if drawn else [])


def test_an_item_whose_law_nobody_registered_is_drawn(app):
    with app.app_context(), db.transaction() as session:
        make_item(session)
        assert len(queries.published_pool(session, DAY)) == 1


def test_the_real_bank_has_no_key_from_a_law_of_later_years(app):
    from quizapp.questions import service

    with app.app_context(), db.transaction() as session:
        service.build_bank(session, app.config["SETTINGS"].bank_path)
        now, before = queries.published_pool(session, DAY), queries.published_pool(session, date(2023, 6, 1))
        gone = {item.code for item in now} - {item.code for item in before}
        # 行政复议法 of 2023, 保守国家秘密法 of 2024 and 反间谍法 of July 2023 were not in force in June 2023
        assert {"reconsideration-001", "national-security-030", "national-security-015"} <= gone
        assert not any(code.startswith("civil-code") for code in gone)
