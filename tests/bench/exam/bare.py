"""The yardstick: a Flask route that does one durable upsert and nothing else, on the same server.

`python -m tests.bench.exam.bare PORT WORKERS THREADS SERVER`, with DATABASE_URL.
"""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime

from flask import Flask, Response, jsonify, request
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import JSON, BigInteger, Boolean, Column, DateTime, Integer, MetaData, String, Table, event
from sqlalchemy.dialects import postgresql, sqlite

from quizapp.config import normalised_url

METADATA = MetaData()
ANSWER = Table(
    "bare_answer", METADATA,
    Column("candidate_id", BigInteger, primary_key=True, autoincrement=False),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("seq", Integer, nullable=False),
    Column("response", JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    Column("flagged", Boolean, nullable=False),
    Column("seen", Boolean, nullable=False),
    Column("client_id", String(40), nullable=False),
    Column("saved_at", DateTime(timezone=True), nullable=False),
)


def create_app() -> Flask:
    app = Flask(__name__)
    url = normalised_url(os.environ["DATABASE_URL"])
    on_sqlite = url.startswith("sqlite")
    # a pool as large as the product's; the driver as it comes, with plans that the database keeps
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {} if on_sqlite else {
        "pool_size": 20, "max_overflow": 4}
    db = SQLAlchemy(app)
    with app.app_context():
        if on_sqlite:
            _durable(db)
        METADATA.create_all(db.engine)
    statement = upsert(sqlite.insert if on_sqlite else postgresql.insert)

    @app.post("/answers")
    def save() -> Response:
        payload = request.get_json()
        change = payload["saves"][0]
        values = {
            "candidate_id": payload["candidate_id"], "position": change["q"], "seq": change["seq"],
            "response": change["response"], "flagged": change["flagged"], "seen": change["seen"],
            "client_id": payload["client_id"], "saved_at": datetime.now(UTC),
        }
        with db.engine.begin() as connection:
            connection.execute(statement, values)
        return jsonify(seq=change["seq"])

    return app


def upsert(insert):  # type: ignore[no-untyped-def]
    made = insert(ANSWER)
    return made.on_conflict_do_update(
        index_elements=[ANSWER.c.candidate_id, ANSWER.c.position],
        set_={name: made.excluded[name] for name in ("seq", "response", "flagged", "seen", "client_id", "saved_at")},
    )


def _durable(db: SQLAlchemy) -> None:
    """SQLite under the same promises as the product's."""

    @event.listens_for(db.engine, "connect")
    def on_connect(connection, _record):  # type: ignore[no-untyped-def]
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=10000"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(db.engine, "begin")
    def on_begin(connection):  # type: ignore[no-untyped-def]
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def main(port: int, workers: int, threads: int) -> None:
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    create_app()
    Granian("tests.bench.exam.bare:create_app", factory=True, interface=Interfaces.WSGI, address="127.0.0.1", port=port,
            workers=workers, blocking_threads=threads, websockets=False, log_level=LogLevels.warning).serve()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:4]))
