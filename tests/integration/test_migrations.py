"""The migrations on a database with data in it, and the schema that they end with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from quizapp.db import db, upgrade
from tests.conftest import close_connections, make_app
from tests.databases import Templates, both_databases

FIRST = "0001"
# an item that cites a law, is in the form of no exam yet, and was read from the files
ROWS = (
    "insert into subject (code, name, name_en, position, terms) values ('sample', '示例', 'Sample', 1, '[]')",
    "insert into law_version (law, version) values ('示例法', '2021-01-01')",
    "insert into item (id, code, subject_code, status, origin, current_version, listed)"
    " values (7, 'sample-001', 'sample', 'published', 'authored', 1, true)",
    "insert into item_version (id, item_id, number, type, difficulty, applied, topic, part_count, stem, content,"
    " content_hash, created_at) values (70, 7, 1, 'true_false', 1, false, '示例', 1, '示例。', '{}', 'abc', '2026-01-05 01:00:00')",
    "insert into citation (id, item_version_id, law, law_version, article, position)"
    " values (700, 70, '示例法', '2021-01-01', '1', 0)",
)
# an exam that is being sat: an attempt with an answer, and the save that brought it
SAT = (
    "insert into exam (id, title, year, kind, state, opens_at, closes_at, minutes, attempts_allowed, score_rule, pass_mark,"
    " excellence_mark, multiple_rule, open_book, shuffle_questions, shuffle_options, release, show_key, form_count,"
    " grace_seconds, participation_target, pass_target, created_at) values (3, '示例考试', 2026, 'online', 'published',"
    " '2026-11-25 01:00:00.000000', '2026-11-25 10:00:00.000000', 90, 3, 'best', 6000, 9000, 'all_or_nothing', false, true,"
    " true, 'after_close', true, 4, 10, 10000, 10000, '2026-11-01 01:00:00.000000')",
    "insert into attempt (candidate_id, id, exam_id, number, form_id, layout, state, epoch, client_id, started_at,"
    " deadline_at, saved_at, needs_marking, receipt) values (5, '0192a000000070008000000000000001', 3, 1, 1,"
    " '[{\"q\": 1}]', 'open', 2, 'tab-one-0001', '2026-11-25 01:00:00.000000', '2026-11-25 02:30:00.000000',"
    " '2026-11-25 01:05:00.000000', false, '')",
    "insert into answer (candidate_id, attempt_id, position, seq, response, flagged, seen, saved_at) values (5,"
    " '0192a000000070008000000000000001', 1, 7, '[\"B\"]', true, true, '2026-11-25 01:05:00.000000')",
    "insert into answer_event (candidate_id, attempt_id, client_id, seq, position, response, flagged, received_at, refused)"
    " values (5, '0192a000000070008000000000000001', 'tab-one-0001', 7, 1, '[\"B\"]', true,"
    " '2026-11-25 01:05:00.000000', '')",
)
SECOND_OPEN_ATTEMPT = SAT[1].replace("000001'", "000002'").replace(" 3, 1, 1,", " 3, 2, 1,").replace(" saved_at,", "").replace(
    " '2026-11-25 01:05:00.000000', false", " false")
ORPHAN = "insert into citation (id, item_version_id, law, law_version, article, position) values (701, 999, '示例法', '2021-01-01', '2', 0)"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def first_release(request: pytest.FixtureRequest, templates: Templates, tmp_path: Path) -> Iterator[Flask]:
    """The application on a database as the first release left it."""
    with templates.empty(request.param, tmp_path) as url:
        app = make_app(url, tmp_path / "instance")
        upgrade(app, FIRST)
        with app.app_context(), db.engine.begin() as connection:
            for row in ROWS + SAT:
                connection.exec_driver_sql(row)
        yield app
        close_connections(app)


def asked(app: Flask, query: str) -> list[tuple[object, ...]]:
    with app.app_context(), db.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def test_what_the_first_release_held_is_there_after_the_upgrade(first_release: Flask) -> None:
    upgrade(first_release)
    assert asked(first_release, "select item_version.id, law, article, fingerprint, author_id from item_version"
                                " join citation on item_version_id = item_version.id") == [(70, "示例法", "1", None, None)]
    assert asked(first_release, "select code, status, file_hash from item") == [("sample-001", "published", "abc")]
    assert asked(first_release, "select name, title from law") == [("示例法", "示例法")]
    assert asked(first_release, "select law, ended_by, registered from law_version") == [("示例法", "", True)]


def test_an_exam_that_is_being_sat_goes_on_after_the_upgrade(first_release: Flask) -> None:
    upgrade(first_release)
    assert asked(first_release, "select id from exam where settles_at = closes_at and paused_at is null") == [(3,)]
    assert asked(first_release, "select id from exam where cast(audience as varchar(9)) = '{}'") == [(3,)]  # for everybody, as it was
    assert asked(first_release, "select id from exam where campaign is null") == [(3,)]
    assert asked(first_release, "select state, epoch, client_id, revision, break_left, signature from attempt") == [
        ("open", 2, "tab-one-0001", 0, 0, "")]
    assert asked(first_release, "select seq, flagged, digest, refused from answer join answer_event"
                                " using (candidate_id, attempt_id, seq, flagged)") == [(7, True, "", "")]
    with (
        first_release.app_context(), db.engine.connect() as connection,
        pytest.raises(IntegrityError, match=r"uq_attempt_open|attempt\.candidate_id"),
    ):
        connection.exec_driver_sql(SECOND_OPEN_ATTEMPT.replace("needs_marking,", "needs_marking, revision, break_left, signature,")
                                   .replace("false, '')", "false, 0, 0, '', '')"))


def test_reasons_to_choose_from_come_with_the_upgrade(first_release: Flask) -> None:
    """And an exam that was published before keeps whom it had, with nothing under way about them."""
    upgrade(first_release)
    assert asked(first_release, "select kind, count(*) from excuse_reason where retired_at is null group by kind order by kind") == [
        ("deferred", 5), ("excused", 7)]
    assert asked(first_release, "select count(*) from excuse_case") == asked(first_release, "select count(*) from roster_change") == [(0,)]


def test_units_and_memberships_of_before_are_of_the_administrative_tree(first_release: Flask) -> None:
    """And beside the open main membership one in a Party branch may stand, but no second one."""
    with first_release.app_context(), db.engine.begin() as connection:
        connection.exec_driver_sql("insert into unit (id, code, name, path, position) values (1, '1', '示例局', '/1/', 0)")
        connection.exec_driver_sql("insert into person (id, login, name, rank, post_type, active, language, created_at)"
                                   " values (5, 'p5', '甲', '', '', true, 'zh', '2026-01-05 01:00:00')")
        connection.exec_driver_sql("insert into membership (id, person_id, unit_id, since) values (50, 5, 1, '2020-01-01')")
    upgrade(first_release)
    assert asked(first_release, "select unit.kind, membership.kind, until from unit join membership on unit_id = unit.id") == [
        ("administrative", "main", None)]
    joined = "insert into membership (id, person_id, unit_id, since, kind, counting, ending) values ({n}, 5, 1, '2021-01-01', 'party', 'home', '')"
    with first_release.app_context(), db.engine.begin() as connection:
        connection.exec_driver_sql(joined.format(n=51))
    for row in (joined.format(n=52), joined.format(n=53).replace("'party'", "'main'"), joined.format(n=54).replace("'party'", "'guest'")):
        with first_release.app_context(), db.engine.connect() as connection, pytest.raises(IntegrityError):
            connection.exec_driver_sql(row)
    with first_release.app_context(), db.engine.connect() as connection, pytest.raises(IntegrityError):
        connection.exec_driver_sql("update unit set kind = 'club'")


def test_who_administered_the_platform_keeps_every_right_after_the_upgrade(first_release: Flask) -> None:
    """System administrators become security administrators too; nobody else does."""
    with first_release.app_context(), db.engine.begin() as connection:
        for number, role in ((1, "system_admin"), (2, "exam_admin"), (3, "auditor"), (4, "system_admin")):
            connection.execute(text("insert into person (id, login, name, rank, post_type, language, active, created_at)"
                                    " values (:id, :login, '某人', '', '', 'zh', true, '2026-01-05 01:00:00')"),
                               {"id": number, "login": f"p{number}"})
            connection.execute(text("insert into role_grant (person_id, role) values (:id, :role)"), {"id": number, "role": role})
        connection.exec_driver_sql("insert into role_grant (person_id, role) values (1, 'editor')")
    upgrade(first_release)
    upgrade(first_release)
    assert asked(first_release, "select person_id, role from role_grant where unit_id is null order by person_id, role") == [
        (1, "editor"), (1, "security_admin"), (1, "system_admin"), (2, "exam_admin"), (3, "auditor"),
        (4, "security_admin"), (4, "system_admin")]


def test_a_second_upgrade_changes_nothing(first_release: Flask) -> None:
    upgrade(first_release)
    upgrade(first_release)
    assert asked(first_release, "select count(*) from item") == [(1,)]


@pytest.mark.parametrize("first_release", ["sqlite"], indirect=True)
def test_an_upgrade_that_fails_leaves_the_database_as_it_was(
    first_release: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    """A row that points to nothing, as a damaged file may hold one, is found after the last step."""
    with first_release.app_context(), db.engine.connect() as connection:
        connection.connection.dbapi_connection.execute("PRAGMA foreign_keys=OFF")  # type: ignore[union-attr]
        connection.execute(text(ORPHAN))
        connection.commit()
    close_connections(first_release)
    with pytest.raises(SystemExit):
        upgrade(first_release)
    assert "数据库保持原样：[('citation', 701" in caplog.text
    assert asked(first_release, "select version_num from alembic_version") == [(FIRST,)]
    assert asked(first_release, "select name from sqlite_master where name in ('law', 'review')") == []


def test_no_connection_forgets_foreign_keys_after_an_upgrade(app: Flask) -> None:
    upgrade(app)
    assert asked(app, "pragma foreign_keys") == [(1,)]


@both_databases
def test_the_migrations_end_with_the_schema_of_the_models(app: Flask) -> None:
    def ours(_object: object, _name: str | None, kind: str, reflected: bool, compared: object) -> bool:
        return not (kind == "table" and reflected and compared is None)

    with app.app_context(), db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_object": ours})
        assert compare_metadata(context, db.metadata) == []
