"""What a measurement gives, and how it is taken."""

from __future__ import annotations

import gc
import platform
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask

from quizapp import db
from quizapp.app import create_app
from quizapp.config import Settings


@dataclass(frozen=True)
class Figure:
    """One figure with the goal it should stay below. `unit` is s, ms, or a plain word."""

    name: str
    value: float
    goal: float
    unit: str

    @property
    def shown(self) -> str:
        return self._with_unit(self.value)

    @property
    def goal_shown(self) -> str:
        return f"≤ {self._with_unit(self.goal)}"

    @property
    def verdict(self) -> str:
        return "holds" if self.value <= self.goal else "falls short"

    def _with_unit(self, value: float) -> str:
        return f"{value:.2f} {self.unit}" if self.unit == "s" else f"{value:.0f} {self.unit}"


def median_seconds(act: Callable[[], object], runs: int = 5) -> float:
    """Median wall time of several runs, the first one not counted."""
    act()
    return statistics.median(_once(act) for _run in range(runs))


def seconds(act: Callable[[], object]) -> float:
    """Wall time of an act that can be done only once."""
    return _once(act)


def _once(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


@contextmanager
def application(url: str = "") -> Iterator[Flask]:
    """An application on an empty database, brought to the newest schema: the one at `url`, else a SQLite file in a
    folder that goes away."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        app = create_app(Settings(database_url=url or f"sqlite:///{path / 'bench.sqlite3'}", instance_path=path,
                                  secret_key="bench", testing=True))
        db.upgrade(app)
        gc.collect()
        gc.freeze()  # as `quizapp serve` does: what the application itself holds is not searched for waste again
        with app.app_context():
            yield app
            db.db.session.remove()
            db.db.engine.dispose()
        gc.unfreeze()


def processor() -> str:
    """The processor's name as the system tells it."""
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
