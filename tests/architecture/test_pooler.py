"""Nothing on the way to the database lives longer than a transaction: a pooler that hands out connections
transaction by transaction (pgbouncer) may stand between."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from quizapp.db import LOST_AFTER, engine_options
from tests.conftest import make_app

ROOT = Path(__file__).resolve().parents[2] / "quizapp"
STATE = re.compile(
    r"pg_(try_)?advisory_(?!xact)\w*|\bLISTEN\s+\w+|\bNOTIFY\s+\w+|\bPREPARE\s+\w+(\s*\([^)]*\))?\s+AS\b|\bDEALLOCATE\b"
    r"|\bCREATE\s+(LOCAL\s+|GLOBAL\s+)?TEMP(ORARY)?\b|\bSET\s+(SESSION\s+)?(search_path|timezone|role|\w+_timeout)\b"
    r"|set_config\([^)]*,\s*false|\bWITH\s+HOLD\b|\bDISCARD\s+\w+", re.IGNORECASE)


@pytest.mark.parametrize("text", [
    "select pg_advisory_lock(1)", "LISTEN saves", "create temp table x (a int)", "SET search_path = a", "set_config('a', 'b', false)",
    "PREPARE plan AS select 1", "SET statement_timeout = 5",
])
def test_the_search_finds(text: str) -> None:
    assert STATE.search(text)


def test_no_state_of_a_session_is_asked_for() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in ROOT.rglob("*.py")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if STATE.search(line) and "/* SQLite alone */" not in line
    ]
    assert found == []


def test_the_driver_prepares_nothing(tmp_path: Path) -> None:
    url = "postgresql+psycopg://nobody@127.0.0.1:1/none"
    assert engine_options(url)["connect_args"]["prepare_threshold"] is None
    app = make_app(url, tmp_path)
    assert app.config["SQLALCHEMY_ENGINE_OPTIONS"]["connect_args"] == {"prepare_threshold": None, **LOST_AFTER}
