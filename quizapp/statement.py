"""Statements written by hand, for the few places where every microsecond counts: one text, both databases.

What SQLAlchemy does for models (types in and out, SQL composed anew) is done here once, when the module is
imported. A text names its parameters `:name`; `{name}` is a word that the two databases spell differently.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

WORDS: Mapping[str, Mapping[str, str]] = {
    "postgresql": {"json": "jsonb", "array": "jsonb_build_array", "collect": "jsonb_agg", "embedded": ""},
    "sqlite": {"json": "text", "array": "json_array", "collect": "json_group_array",
               "embedded": "json"},
}
_PARAMETER = re.compile(r"(?<![:\w]):(\w+)")


class Driven:
    """As much of a connection to PostgreSQL as a Statement needs: the pool's, without the library's own around it.

    Each statement commits by itself.
    """

    def __init__(self, engine: Engine) -> None:
        self.dialect, self.dispatch = engine.dialect, engine.dispatch
        self.connection = engine.raw_connection()
        self.invalidate = self.connection.invalidate


@contextmanager
def driven(engine: Engine) -> Iterator[Driven]:
    """Raises the driver's own errors where no connection is to be had."""
    made = Driven(engine)
    held = made.connection.driver_connection
    try:
        held.autocommit = True  # type: ignore[union-attr]
        yield made
    finally:
        try:
            if made.connection.is_valid:
                held.autocommit = False  # type: ignore[union-attr]
        except BaseException:
            made.invalidate()
            raise
        finally:
            made.connection.close()


class Statement:
    """One statement. Give a text for each database where they differ by more than a word, or for one alone."""

    def __init__(self, text: str = "", *, postgresql: str = "", sqlite: str = "") -> None:
        self.texts = {
            "postgresql": _PARAMETER.sub(r"%(\1)s", _spelled("postgresql", postgresql or text)),
            "sqlite": _spelled("sqlite", sqlite or text),
        }

    def rows(self, connection: Connection | Driven, **parameters: object) -> Sequence[Any]:
        """Run it; every row that it returns. Moments come back as `moment` reads them."""
        if connection.dialect.name == "postgresql":
            return _through_the_driver(connection, self.texts["postgresql"], parameters)
        assert isinstance(connection, Connection)  # noqa: S101 - only PostgreSQL is driven
        found: Sequence[Any] = self._run(connection, parameters).all()
        return found

    def count(self, connection: Connection, **parameters: object) -> int:
        """Run it; the number of rows that it changed."""
        return int(self._run(connection, parameters).rowcount)

    def _run(self, connection: Connection, parameters: Mapping[str, object]) -> Any:
        dialect = connection.dialect.name
        put = _PUT[dialect]
        given = {name: put(value) for name, value in parameters.items()}
        return connection.exec_driver_sql(self.texts[dialect], given)


def _through_the_driver(connection: Connection | Driven, text: str, given: Any) -> Sequence[Any]:
    """What `exec_driver_sql` does, without the library's own result, which costs a save a tenth of all its CPU.

    Whoever listens to statements hears of this one too, and a lost connection is reported and given up alike.
    """
    # imported here: an installation on SQLite never loads the driver
    import psycopg
    from psycopg.rows import namedtuple_row

    held = connection.connection
    cursor = held.cursor(row_factory=namedtuple_row)
    for listener in connection.dispatch.before_cursor_execute:
        text, given = listener(connection, cursor, text, given, None, False)
    try:
        cursor.execute(text, given)
        found: Sequence[Any] = cursor.fetchall()
        return found
    except psycopg.Error as error:
        lost = connection.dialect.is_disconnect(error, held.dbapi_connection, cursor)  # type: ignore[arg-type]
        if lost:
            connection.invalidate(error)
        raise DBAPIError.instance(text, given, error, psycopg.Error, hide_parameters=True, connection_invalidated=lost,
                                  dialect=connection.dialect) from error
    finally:
        cursor.close()


def _spelled(dialect: str, text: str) -> str:
    for name, word in WORDS[dialect].items():
        text = text.replace("{" + name + "}", word)
    return text


def as_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _to_sqlite(value: object) -> object:
    """As SQLAlchemy's own types keep them there: moments as text in UTC, UUIDs as 32 digits."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    return value.hex if isinstance(value, uuid.UUID) else value


def _to_postgresql(value: object) -> object:
    return value


_PUT = {"sqlite": _to_sqlite, "postgresql": _to_postgresql}


def moment(value: Any) -> datetime | None:
    """A moment as a row has it -> aware, in UTC."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    if value is None:
        return None
    found: datetime = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    return found


def certain(value: Any) -> datetime:
    """A moment that is never missing."""
    found = moment(value)
    if found is None:
        raise ValueError("the row has no moment here")
    return found


def parsed(value: Any) -> Any:
    """A JSON value as a row has it: PostgreSQL's driver has read it already."""
    return json.loads(value) if isinstance(value, str) else value
