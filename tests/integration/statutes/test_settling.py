"""Where versions end: with the next one, or by a law that repeals them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from quizapp.db import db
from quizapp.kernel.errors import NotFoundError
from quizapp.statutes import queries, service
from quizapp.statutes.models import LawVersion
from quizapp.statutes.register_files import Register
from quizapp.statutes.rules.register import RegisteredLaw, RegisteredVersion
from tests.builders.library import law_text, make_law
from tests.databases import both_databases
from tests.integration.statutes.conftest import Bring

FIRST, SECOND, THIRD = date(2015, 3, 1), date(2019, 4, 23), date(2023, 9, 1)
FIRST_BEGINS, SECOND_BEGINS, THIRD_BEGINS = date(2015, 6, 1), date(2019, 9, 1), date(2024, 1, 1)


def ends(session: Session, name: str = "示例法") -> dict[str, tuple[date | None, str]]:
    session.expire_all()
    return {one.version.isoformat(): (one.ends_on, one.ended_by) for one in queries.versions_of(session, name)}


def edition(version: date, begins: date, *more: str, title: str = "示例法") -> dict[str, str | bytes]:
    """A file with one version of a law that is in force from a day on."""
    head = f"{version.year}年{version.month}月{version.day}日 示例会议通过"
    closing = f"本法自{begins.year}年{begins.month}月{begins.day}日起施行。" + "".join(more)
    return {f"{title}({version}).md": law_text("甲。", closing, title=title, head=head)}


EDITIONS = {
    FIRST: edition(FIRST, FIRST_BEGINS), SECOND: edition(SECOND, SECOND_BEGINS), THIRD: edition(THIRD, THIRD_BEGINS),
}
SETTLED = {"2015-03-01": (SECOND_BEGINS, "示例法"), "2019-04-23": (THIRD_BEGINS, "示例法"), "2023-09-01": (None, "")}


@both_databases
def test_a_version_ends_when_the_next_one_begins(library: Session, bring: Bring) -> None:
    bring({**EDITIONS[FIRST], **EDITIONS[SECOND], **EDITIONS[THIRD]})
    assert ends(library) == SETTLED
    for day, version in ((FIRST_BEGINS, FIRST), (date(2019, 8, 31), FIRST), (SECOND_BEGINS, SECOND), (THIRD_BEGINS, THIRD)):
        assert queries.version_on(library, "示例法", day).version == version
    with pytest.raises(NotFoundError, match="2015-05-31 没有施行中的《示例法》"):
        queries.version_on(library, "示例法", date(2015, 5, 31))


@pytest.mark.parametrize("order", [(THIRD, SECOND, FIRST), (FIRST, THIRD, SECOND), (SECOND, FIRST, THIRD)])
def test_the_order_in_which_versions_come_makes_no_difference(library: Session, bring: Bring, order: tuple[date, ...]) -> None:
    for version in order:
        bring(EDITIONS[version])
    assert ends(library) == SETTLED


def test_a_corrected_beginning_moves_the_end_of_the_version_before(library: Session, bring: Bring) -> None:
    bring({**EDITIONS[FIRST], **EDITIONS[SECOND]})
    bring(edition(SECOND, date(2020, 1, 1)))
    assert ends(library)["2015-03-01"] == (date(2020, 1, 1), "示例法")
    assert queries.version_on(library, "示例法", date(2019, 12, 31)).version == FIRST


def test_a_version_that_does_not_say_since_when_ends_nothing(library: Session, bring: Bring) -> None:
    bring({**EDITIONS[FIRST], "b.md": law_text("甲。", title="示例法", head="2019年4月23日 修正")})
    assert ends(library) == {"2015-03-01": (None, ""), "2019-04-23": (None, "")}
    assert queries.version_on(library, "示例法", date(2019, 4, 22)).version == FIRST
    assert queries.version_on(library, "示例法", SECOND).version == SECOND


@both_databases
def test_a_law_ends_by_another_that_repeals_it_from_the_day_that_one_begins(library: Session, bring: Bring) -> None:
    bring({**EDITIONS[FIRST], **edition(THIRD, THIRD_BEGINS, "《中华人民共和国示例法》同时废止。", title="示例法典")})
    assert ends(library) == {"2015-03-01": (THIRD_BEGINS, "示例法典")}
    assert queries.version_on(library, "示例法", date(2023, 12, 31)).version == FIRST
    with pytest.raises(NotFoundError):
        queries.version_on(library, "示例法", THIRD_BEGINS)


def test_the_repealed_law_may_come_after_the_repealing_one(library: Session, bring: Bring) -> None:
    bring(edition(THIRD, THIRD_BEGINS, "《示例法》、《样本法》同时废止。", title="示例法典"))
    bring(EDITIONS[FIRST])
    assert ends(library) == {"2015-03-01": (THIRD_BEGINS, "示例法典")}


def test_only_versions_before_the_repealing_law_end(library: Session, bring: Bring) -> None:
    bring({**EDITIONS[FIRST], **EDITIONS[THIRD], **edition(SECOND, SECOND_BEGINS, "《示例法》同时废止。", title="样本法")})
    assert ends(library) == {"2015-03-01": (SECOND_BEGINS, "样本法"), "2023-09-01": (None, "")}
    assert queries.version_on(library, "示例法", THIRD_BEGINS).version == THIRD


def test_the_earlier_of_two_ends_counts(library: Session, bring: Bring) -> None:
    bring({**EDITIONS[FIRST], **EDITIONS[SECOND],
           **edition(date(2018, 1, 1), date(2018, 7, 1), "《示例法》同时废止。", title="样本法"),
           **edition(THIRD, THIRD_BEGINS, "《示例法》同时废止。", title="样品法")})
    assert ends(library) == {"2015-03-01": (date(2018, 7, 1), "样本法"), "2019-04-23": (THIRD_BEGINS, "样品法")}


def test_a_repeal_that_a_corrected_text_no_longer_has_is_taken_back(library: Session, bring: Bring) -> None:
    bring({**EDITIONS[FIRST], **edition(SECOND, SECOND_BEGINS, "《示例法》同时废止。", title="样本法")})
    bring(edition(SECOND, SECOND_BEGINS, "《示例法》有关收费的规定同时废止。", title="样本法"))
    assert ends(library) == {"2015-03-01": (None, "")}


def test_a_law_that_does_not_say_since_when_repeals_nothing(library: Session, bring: Bring) -> None:
    bring({**EDITIONS[FIRST], "b.md": law_text("《示例法》同时废止。", title="样本法", head="2019年4月23日 通过")})
    assert ends(library) == {"2015-03-01": (None, "")}


def test_a_law_does_not_repeal_its_own_earlier_version_as_another_law(library: Session, bring: Bring) -> None:
    bring({**EDITIONS[FIRST], **edition(SECOND, SECOND_BEGINS, "2015年3月1日通过的《示例法》同时废止。")})
    assert ends(library) == {"2015-03-01": (SECOND_BEGINS, "示例法"), "2019-04-23": (None, "")}


@both_databases
def test_an_end_that_the_register_knows_counts_and_stays(library: Session, bring: Bring) -> None:
    facts: dict[str, Any] = {"adopted": None, "published": None, "articles": None, "note": ""}
    versions = (RegisteredVersion(FIRST, in_force_since=FIRST_BEGINS, ends_on=date(2019, 8, 1), **facts),)
    with db.transaction() as session:
        service.take_register(session, Register([RegisteredLaw("示例法", "示例法", "", "law", (), versions)], {}, "a"))
    bring(EDITIONS[SECOND])
    bring(EDITIONS[THIRD])
    assert ends(library) == {"2015-03-01": (date(2019, 8, 1), ""), "2019-04-23": (THIRD_BEGINS, "示例法"), "2023-09-01": (None, "")}


@both_databases
def test_settling_again_changes_nothing(library: Session) -> None:
    with db.transaction() as session:
        make_law(session, "示例法", {"2015-03-01": {"1": "甲。"}, "2019-04-23": {"1": "乙。"}, "2023-09-01": {"1": "丙。"}})
        make_law(session, "样本法", {"2024-01-01": {"1": "甲。"}}, {"2024-01-01": {"repeals": ["中华人民共和国示例法"]}})
        service.settle(session)
    first = ends(library)
    assert first["2023-09-01"] == (date(2024, 1, 1), "样本法")
    statements: list[str] = []
    listen = lambda *args: statements.append(args[2].split()[0])  # noqa: E731 - must be taken off again
    event.listen(db.engine, "before_cursor_execute", listen)
    with db.transaction() as session:
        service.settle(session)
    event.remove(db.engine, "before_cursor_execute", listen)
    assert (ends(library), "SELECT" in statements, "UPDATE" in statements) == (first, True, False)


def test_whoever_depends_on_dates_is_told_once_at_the_end(
    library: Session, bring: Bring, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[dict[date, date | None]] = []

    def listener(session: Session) -> None:
        heard.append({row.version: row.ends_on for row in session.scalars(select(LawVersion))})

    monkeypatch.setattr(service, "LISTENERS", [*service.LISTENERS, listener])
    monkeypatch.setattr(service, "BATCH", 1)
    bring({**EDITIONS[FIRST], **EDITIONS[SECOND]})
    bring()
    assert heard == [{FIRST: SECOND_BEGINS, SECOND: None}]
