"""Writing to the database past the platform."""

from __future__ import annotations

import sqlite3
from contextlib import ExitStack, closing
from typing import Any

from sqlalchemy import text

from quizapp.db import db


def tamper(*statements: str, **values: object) -> None:
    """Written to the database directly, past everything that the platform and the foreign keys look after."""
    engine = db.engine
    with ExitStack() as stack:
        if engine.dialect.name == "sqlite":
            connection: Any = stack.enter_context(closing(sqlite3.connect(engine.url.database or "")))
        else:
            connection = stack.enter_context(engine.connect())
            connection.execute(text("set session_replication_role = replica"))
        for statement in statements:
            wanted = {name: value for name, value in values.items() if f":{name}" in statement}
            done = connection.execute(statement if engine.dialect.name == "sqlite" else text(statement), wanted)
            assert done.rowcount != 0, f"nothing was changed by {statement}"
        connection.commit()
        if engine.dialect.name == "postgresql":
            connection.execute(text("reset session_replication_role"))
            connection.commit()
