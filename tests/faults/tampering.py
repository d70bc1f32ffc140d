"""What is done to the product under test, inside its own processes (see site/sitecustomize.py)."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from quizapp import clock

GUARD = re.compile(r"\s*where answer\.seq < excluded\.seq", re.IGNORECASE)


def install(offset: str, mistake: str) -> None:
    move_clock(Path(offset))
    if mistake:
        MISTAKES[mistake]()


def move_clock(offset: Path) -> None:
    """From now on the product's clock is off by as many seconds as the file says."""
    real = clock.now

    def moved() -> datetime:
        return real() + timedelta(seconds=float(offset.read_text() or 0))

    clock.now = moved


def take_the_guard_away() -> None:
    """Save whatever arrives, also what is older than what is stored."""
    from sqlalchemy import Engine, event

    @event.listens_for(Engine, "before_cursor_execute", retval=True)
    def without(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> tuple[str, Any]:
        return GUARD.sub("", statement), parameters


def start_on_any_database() -> None:
    """The server would not start on settings that lose answers."""
    from quizapp.ops import checking

    checking.check_before_serving = lambda *_app, **_wishes: None


MISTAKES = {"no-guard": take_the_guard_away, "no-check": start_on_any_database}
