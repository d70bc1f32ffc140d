"""Building the real bank, and building it again."""

from __future__ import annotations

from flask import Flask

from quizapp.db import db
from quizapp.questions import service
from tests.bench.figures import Figure, application, median_seconds, seconds


def measure() -> list[Figure]:
    with application() as app:
        first = seconds(lambda: build(app))
        again = median_seconds(lambda: build(app))
    return [Figure("build of the whole bank", first, 3, "s"), Figure("rebuild without a change", again, 0.5, "s")]


def build(app: Flask) -> None:
    with db.transaction() as session:
        service.build_bank(session, app.config["SETTINGS"].bank_path)
