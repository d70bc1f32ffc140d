"""What a machine that watches is told: requests, saves, jobs, the queue, the pool of connections.

Requests are counted by endpoint, never by address: an address names people and attempts. Each server process counts
for itself, and a scrape hears one of them: `process` says which. The library that writes the format is loaded by the
first scrape, not by every process.
"""

from __future__ import annotations

import hmac
import os
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, current_app, request
from sqlalchemy.orm import Session
from sqlalchemy.pool import QueuePool

from quizapp import __version__, clock
from quizapp.db import db
from quizapp.jobs import queries as jobs

if TYPE_CHECKING:
    from prometheus_client import Metric

METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS"})
NOWHERE = "none"  # an address that leads nowhere


def init_app(app: Flask) -> None:
    counts: Counter[tuple[str, str, int]] = Counter()
    app.extensions["requests"] = counts

    @app.after_request
    def count(response: Response) -> Response:
        method = request.method if request.method in METHODS else "other"
        # two threads at once may lose one: a lock for a statistic costs more than it is worth
        counts[request.endpoint or NOWHERE, method, response.status_code] += 1
        return response


def may_scrape(header: str | None, token: str) -> bool:
    """Whether this Authorization header carries the token of the settings; without one nobody may."""
    return bool(token) and hmac.compare_digest((header or "").encode(), f"Bearer {token}".encode())


def scraped(session: Session) -> tuple[bytes, str]:
    """The figures of this process and of the database, and the type of their format."""
    from prometheus_client import CollectorRegistry
    from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest

    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Collector(session))
    return generate_latest(registry), CONTENT_TYPE_PLAIN_0_0_4


class _Collector:
    def __init__(self, session: Session) -> None:
        self.session = session

    def collect(self) -> Iterator[Metric]:
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

        process = str(os.getpid())
        info = GaugeMetricFamily("quizapp_info", "The version that answers", labels=["version", "process"])
        info.add_metric([__version__, process], 1)
        yield info
        counts: Counter[tuple[str, str, int]] = current_app.extensions["requests"]
        asked = CounterMetricFamily("quizapp_requests", "Requests answered", labels=["endpoint", "method", "status", "process"])
        for (endpoint, method, status), number in sorted(counts.items()):
            asked.add_metric([endpoint, method, str(status), process], number)
        yield asked
        saves = CounterMetricFamily("quizapp_saves", "Saves answered by the short way", labels=["process"])
        saves.add_metric([process], getattr(current_app.extensions.get("short_way"), "saves", 0))
        yield saves
        by_state, oldest = jobs.standing(self.session)
        gauge = GaugeMetricFamily("quizapp_jobs", "Jobs by state", labels=["state"])
        for state, number in sorted(by_state.items()):
            gauge.add_metric([state], number)
        yield gauge
        yield GaugeMetricFamily("quizapp_queue_age_seconds", "How long the oldest waiting job has waited",
                                value=(clock.now() - oldest).total_seconds() if oldest else 0)
        yield from _pool(process)


def _pool(process: str) -> Iterator[Any]:
    from prometheus_client.core import GaugeMetricFamily

    pool = db.engine.pool
    if isinstance(pool, QueuePool):
        gauge = GaugeMetricFamily("quizapp_database_connections", "Connections of the pool", labels=["state", "process"])
        gauge.add_metric(["used", process], pool.checkedout())
        gauge.add_metric(["idle", process], pool.checkedin())
        yield gauge
