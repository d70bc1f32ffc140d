"""Who does the jobs: a worker in the foreground. As a child process of the server: see beside.py."""

from __future__ import annotations

import logging
import signal
import sys
import threading

from flask import Flask
from sqlalchemy.exc import OperationalError

from quizapp import clock
from quizapp.db import db
from quizapp.jobs import queries, service
from quizapp.jobs.queue import queue_of
from quizapp.jobs.rules import CHORES

log = logging.getLogger(__name__)
BEAT_SECONDS = 15.0
STOP_SECONDS = 10.0


def run(app: Flask, threads: int = 1, until_input_closes: bool = False) -> None:
    """Work until a signal comes (INT ends the job at hand first, TERM does not)."""
    # imported here: see queue.py; the server and most commands never come by
    from huey.consumer import Consumer

    ready = threading.Event()

    class Worker(Consumer):
        """Says when its signal handlers stand: before that a signal would leave its threads behind, working for nobody."""

        def start(self) -> None:
            super().start()
            ready.set()

    take_up(app)
    consumer = Worker(queue_of(app, service.perform).huey, workers=threads, periodic=False, max_delay=1.0,
                      check_worker_health=True)
    keeper = Keeper(app)
    keeper.start()
    if until_input_closes:
        threading.Thread(target=_stop_at_end_of_input, args=(ready,), daemon=True).start()
    consumer.run()
    keeper.stop()


def _stop_at_end_of_input(ready: threading.Event) -> None:
    while sys.stdin.buffer.read(1024):
        pass
    ready.wait()
    signal.raise_signal(signal.SIGINT)


def take_up(app: Flask) -> None:
    """At the start: what was abandoned has failed; what nobody began is sent once more, since a message may
    have been lost between the table and the queue."""
    queue = queue_of(app, service.perform)
    with app.app_context():
        with db.transaction() as session:
            failed = service.fail_abandoned(session, clock.now())
        if failed:
            log.warning("%d abandoned jobs marked as failed", failed)
        for job_id in queries.waiting(db.session()):
            queue.send(job_id)


class Keeper(threading.Thread):
    """Gives signs of life for the jobs of this process, and notices those whose worker is gone."""

    def __init__(self, app: Flask, every: float = BEAT_SECONDS) -> None:
        super().__init__(name="keeper", daemon=True)
        self.app = app
        self.every = every
        self._ended = threading.Event()

    def run(self) -> None:
        while not self._ended.wait(self.every):
            try:
                self.keep()
            except OperationalError:
                log.warning("no sign of life could be written; trying again", exc_info=True)

    def keep(self) -> None:
        with self.app.app_context():
            with db.transaction() as session:
                service.beat(session, set(service.RUNNING), clock.now())
                service.fail_abandoned(session, clock.now())
            for chore in CHORES:
                chore()

    def stop(self) -> None:
        self._ended.set()
        self.join(STOP_SECONDS)
