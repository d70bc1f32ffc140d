"""The database: one metadata, explicit transactions, the same promises on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from itertools import islice
from typing import Any

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import JSON, Connection, DateTime, Dialect, Engine, Integer, MetaData, event, insert
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Session, registry
from sqlalchemy.types import TypeDecorator

from quizapp.config import ROOT

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment. SQLite forgets the zone, so UTC is written and put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone must not reach the database")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Marks(TypeDecorator[Decimal]):
    """Marks with two decimals, kept as whole hundredths: exact sums on every database.

    Aggregates in SQL (avg, sum) therefore speak in hundredths.
    """

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: Decimal | int | None, dialect: Dialect) -> int | None:
        return None if value is None else int((Decimal(value) * 100).to_integral_value())

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value).scaleb(-2)


Json = JSON().with_variant(JSONB(), "postgresql")


class Model(DeclarativeBase):
    registry = registry(
        metadata=MetaData(naming_convention=NAMING),
        type_annotation_map={datetime: UtcDateTime, Decimal: Marks, dict[str, Any]: Json, list[Any]: Json},
    )


class Database(SQLAlchemy):
    """Flask-SQLAlchemy with one way to write: `with db.transaction() as session:`."""

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A write transaction: committed at the end of the block, rolled back by any error.

        What was read before is let go first, so that on SQLite the block begins IMMEDIATE:
        a read that turns into a write would otherwise fail under concurrency.
        """
        session: Session = self.session()
        session.commit()
        session.connection(execution_options={"quizapp_write": True})
        try:
            yield session
            session.commit()
        except BaseException:
            session.rollback()
            raise

    @contextmanager
    def snapshot(self) -> Iterator[Session]:
        """A session that sees the database as it is at one moment, however long the block reads."""
        session: Session = self.session()
        session.rollback()
        session.expire_all()  # nothing is remembered from an earlier moment
        if self.engine.dialect.name == "postgresql":
            session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        try:
            yield session
        finally:
            session.rollback()

    @contextmanager
    def hot(self, *, write: bool = True, engine: Engine | None = None) -> Iterator[Connection]:
        """A connection for statements written by hand, committed at the end of the block.

        On PostgreSQL each statement commits by itself, in one round trip; on SQLite the block is one transaction
        that, unless it only reads, writes from its start. `engine`: where no application is at work.
        """
        with (engine or self.engine).connect() as connection:
            if connection.dialect.name == "postgresql":
                yield connection.execution_options(isolation_level="AUTOCOMMIT")
            else:
                with connection.execution_options(quizapp_write=write).begin():
                    yield connection


db = Database(model_class=Model, session_options={"expire_on_commit": False})


WRITTEN = 5000  # rows in one statement


def insert_many(session: Session, model: type[Model], rows: Iterable[Mapping[str, Any]]) -> None:
    """Rows by the thousand, without an object for each; `rows` may be made while they are written."""
    left = iter(rows)
    while some := list(islice(left, WRITTEN)):
        session.connection().execute(insert(model.__table__), some)  # type: ignore[arg-type]


def init_app(app: Flask) -> None:
    db.init_app(app)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            _prepare_sqlite(db.engine)


_TOLD: list[str] = []


def told_to_sqlite(*texts: str) -> None:
    """Have SQLite told this, such as a temporary view, once on each connection that writes, before it begins."""
    _TOLD.extend(texts)


def _prepare_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _record: object) -> None:
        # the driver must not open transactions by itself: `begin` below does
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=10000"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def on_begin(connection: Any) -> None:
        write = connection.get_execution_options().get("quizapp_write")
        if write and not connection.info.get("told"):
            # outside any transaction: what is rolled back must not take it along
            for text in _TOLD:
                connection.connection.dbapi_connection.execute(text)
            connection.info["told"] = True
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def upgrade(app: Flask, to: str = "head") -> None:
    """Bring the schema to a migration, the newest unless named. Nothing of it stays where a step fails."""
    # imported here: only this one act needs Alembic, and importing it takes a tenth of the whole start
    from flask_migrate import Migrate
    from flask_migrate import upgrade as migrate_upgrade

    Migrate(app, db, directory=str(ROOT / "migrations"), render_as_batch=True, compare_type=True)
    with app.app_context():
        db.engine.dispose()  # a connection that wrote knows names of tables that may change now
        migrate_upgrade(directory=str(ROOT / "migrations"), revision=to)


# seconds, and milliseconds for the last: a database host that vanishes without a word must not hold every thread
LOST_AFTER = {"connect_timeout": 20, "keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3,
              "tcp_user_timeout": 20_000}


def engine_options(url: str) -> dict[str, Any]:
    if url.startswith("sqlite"):
        return {}
    # prepared statements would break behind a pooler in transaction mode. No ping before each use: it costs a
    # round trip a request, and what a dead connection breaks is answered with 503 and tried again
    return {"pool_size": 20, "max_overflow": 4, "connect_args": {"prepare_threshold": None, **LOST_AFTER}}
