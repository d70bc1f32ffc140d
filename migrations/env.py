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
        arguments = current_app.extensions["migrate"].configure_args
        context.configure(connection=connection, target_metadata=target, include_object=include,
                          render_item=render, **arguments)
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


run()
