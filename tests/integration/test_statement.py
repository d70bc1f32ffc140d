"""Statements written by hand: what they give, who hears of them, and how a lost database is reported."""

from __future__ import annotations

import pytest
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError, OperationalError

from quizapp.db import db
from quizapp.statement import Statement
from tests.databases import both_databases, on_postgresql

ADD = Statement("select cast(:one as integer) + cast(:two as integer) as total, :word as word")


@both_databases
def test_rows_are_read_by_name_and_by_place(app) -> None:
    with app.app_context(), db.hot() as connection:
        (row,) = ADD.rows(connection, one=2, two=3, word="五")
    assert (row.total, row.word) == (5, "五") == tuple(row)


@both_databases
def test_whoever_listens_to_statements_hears_of_them_and_may_change_them(app) -> None:
    heard = []

    def note(_connection, _cursor, statement, parameters, *_rest):
        heard.append(dict(parameters))
        return statement.replace("+", "-"), parameters

    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", note, retval=True)
        with db.hot(write=False) as connection:
            (row,) = ADD.rows(connection, one=2, two=3, word="x")
        event.remove(db.engine, "before_cursor_execute", note)
    assert row.total == -1
    assert heard[-1] == {"one": 2, "two": 3, "word": "x"}


@both_databases
def test_errors_are_those_of_the_library(app) -> None:
    twice = Statement("insert into unit (code, name, path, position) values ('a', 'a', '/', 1), ('a', 'b', '/', 2) returning id")
    with app.app_context(), pytest.raises(IntegrityError), db.hot() as connection:
        twice.rows(connection)


@on_postgresql
def test_a_connection_that_the_database_cut_is_reported_and_not_used_again(app) -> None:
    def cut_and_go_on() -> None:
        with db.hot() as connection:
            (row,) = Statement("select pg_backend_pid() as own").rows(connection)
            with db.engine.connect() as other:
                other.exec_driver_sql(f"select pg_terminate_backend({int(row.own)})")
            for _try in range(50):  # the signal may take a moment
                ADD.rows(connection, one=1, two=1, word="")

    with app.app_context():
        with pytest.raises(OperationalError) as caught:
            cut_and_go_on()
        assert caught.value.connection_invalidated
        with db.hot() as connection:
            assert ADD.rows(connection, one=1, two=1, word="")[0].total == 2
