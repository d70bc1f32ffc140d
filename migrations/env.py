"""Alembic's environment: the engine and metadata of the application that called it."""

from alembic import context
from flask import current_app
from sqlalchemy import JSON

from quizapp.db import Marks, UtcDateTime, db

target = db.metadata


def include(obj, name, type_, reflected, compare_to):
    # tables of the job queue live beside ours on PostgreSQL and are not ours to migrate
    return not (type_ == "table" and reflected and compare_to is None)


def render(kind, obj, autogen):
    """Our own column types as plain ones, so that a migration never changes when the code does."""
    if kind == "type" and isinstance(obj, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(obj, Marks):
        return "sa.Integer()"
    if kind == "type" and isinstance(obj, JSON):
        autogen.imports.add("from sqlalchemy.dialects import postgresql")
        return "sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')"
    return False


def run() -> None:
    with db.engine.connect() as connection:
        on_sqlite = connection.dialect.name == "sqlite"
        if on_sqlite:
            # SQLite changes a table by building it anew under its name, and would take the rows that point to it for
            # orphans meanwhile: they are checked at the end instead. No later user gets this connection.
            connection.detach()
            connection.connection.dbapi_connection.execute("PRAGMA foreign_keys=OFF")
        arguments = current_app.extensions["migrate"].configure_args
        # on both databases the upgrade is one transaction: it goes through, or nothing of it stays
        context.configure(connection=connection, target_metadata=target, include_object=include,
                          render_item=render, transactional_ddl=True, **arguments)
        with context.begin_transaction():
            context.run_migrations()
            if on_sqlite and (orphans := connection.exec_driver_sql("PRAGMA foreign_key_check").all()):
                raise RuntimeError(f"有的行指向不存在的记录，升级没有进行，数据库保持原样：{orphans[:5]}")
        connection.commit()


run()
