"""What the database says of itself."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text

from quizapp.ops.rules.durability import (
    Finding,
    PostgresqlFacts,
    SqliteFacts,
    filesystem_of,
    of_postgresql,
    of_sqlite,
)

SETTINGS = ("fsync", "full_page_writes", "synchronous_commit", "synchronous_standby_names", "wal_level",
            "transaction_read_only")
MOUNTS = Path("/proc/self/mountinfo")


def durability(connection: Connection) -> list[Finding]:
    """What the settings of this database promise. One statement on PostgreSQL, so that it may pass a pooler."""
    if connection.dialect.name == "postgresql":
        return of_postgresql(postgresql_facts(connection))
    return of_sqlite(sqlite_facts(connection))


def postgresql_facts(connection: Connection) -> PostgresqlFacts:
    asked = ", ".join(f"current_setting('{name}') as {name}" for name in SETTINGS)
    row: Any = connection.execute(text(
        f"select current_setting('server_version_num')::int as version, pg_is_in_recovery() as in_recovery, {asked}"
    )).mappings().one()
    return PostgresqlFacts(row["version"], row["in_recovery"], {name: row[name] for name in SETTINGS})


def sqlite_facts(connection: Connection) -> SqliteFacts:
    version = str(connection.scalar(text("select sqlite_version()")))
    path = str(connection.execute(text("pragma database_list")).all()[0][2] or "")
    return SqliteFacts(
        tuple(int(part) for part in version.split(".")), str(connection.scalar(text("pragma journal_mode"))),
        int(connection.scalar(text("pragma synchronous")) or 0), path, _filesystem(path),
    )


def _filesystem(path: str) -> str:
    if not path or not sys.platform.startswith("linux"):
        return ""
    try:
        return filesystem_of(str(Path(path).resolve()), MOUNTS.read_text(encoding="utf-8"))
    except OSError:
        return ""
