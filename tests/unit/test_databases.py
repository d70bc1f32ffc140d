"""The copies that other tests get: migrated, fresh, and gone afterwards."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from tests.databases import PostgresServer, Templates


def make_table(url: str) -> None:
    run(url, "CREATE TABLE items (id integer)")


def run(url: str, statement: str) -> list[int]:
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"), poolclass=NullPool)
    with engine.begin() as connection:
        result = connection.execute(text(statement))
        return [row[0] for row in result] if result.returns_rows else []


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def test_each_copy_has_the_schema_and_nothing_of_the_last_test(
    kind: str, postgresql_server: PostgresServer, tmp_path: Path
) -> None:
    templates = Templates(tmp_path, postgresql_server, make_table)
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        with templates.copy(kind, tmp_path / name) as url:
            assert run(url, "SELECT id FROM items") == []
            run(url, "INSERT INTO items VALUES (1)")
            assert run(url, "SELECT id FROM items") == [1]


@pytest.mark.postgresql
def test_a_postgresql_copy_is_gone_afterwards(postgresql_server: PostgresServer, tmp_path: Path) -> None:
    templates = Templates(tmp_path, postgresql_server, make_table)
    with templates.copy("postgresql", tmp_path) as url:
        pass
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(url)
