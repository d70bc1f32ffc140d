"""Long work: done once, failed in words, found again when its worker is gone."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from quizapp.db import db
from quizapp.jobs import queries, service
from quizapp.jobs.models import Job
from quizapp.jobs.queue import queue_of
from quizapp.jobs.rules import REGISTRY, SILENT, Progress, work
from quizapp.jobs.words import facts, problem_of, summary_of
from quizapp.jobs.worker import take_up
from quizapp.kernel.errors import ConflictError, InputError, NotFoundError
from tests.databases import both_databases

Does = Callable[[dict[str, Any], Progress], dict[str, Any]]


@pytest.fixture
def register() -> Iterator[Callable[[Does], str]]:
    """Registers a function as work for one test."""
    kinds: list[str] = []

    def as_kind(function: Does) -> str:
        kinds.append(f"test.{len(kinds)}")
        work(kinds[-1], "试一试")(function)
        return kinds[-1]

    yield as_kind
    for kind in kinds:
        del REGISTRY[kind]


def queued(kind: str, **params: Any) -> uuid.UUID:
    with db.transaction() as session:
        return service.enqueue(session, kind, params).id


def now_of(job_id: uuid.UUID) -> Job:
    return queries.get(db.session(), job_id)


@both_databases
def test_work_is_done_with_its_parameters_and_its_result_is_kept(app: Flask, register: Callable[[Does], str]) -> None:
    kind = register(lambda params, progress: {"summary": "共 %(n)s 道", "values": {"n": params["n"]}})
    with app.app_context():
        job_id = queued(kind, n=3)
        assert now_of(job_id).state == "queued"
        service.perform(job_id)
        job = now_of(job_id)
        assert (job.state, summary_of(job)) == ("done", "共 3 道")
        assert job.finished_at is not None


@both_databases
def test_a_job_is_done_once_however_often_it_is_handed_over(app: Flask, register: Callable[[Does], str]) -> None:
    calls: list[int] = []

    def once(_params: dict[str, Any], _progress: Progress) -> dict[str, Any]:
        calls.append(1)
        service.perform(job_id)  # a second worker gets the same message while the first is at it
        return {"summary": "完成"}

    kind = register(once)
    with app.app_context():
        job_id = queued(kind)
        service.perform(job_id)
        service.perform(job_id)
        assert calls == [1]
        assert now_of(job_id).state == "done"


@both_databases
def test_progress_is_seen_while_the_work_goes_on(app: Flask, register: Callable[[Does], str]) -> None:
    seen: list[tuple[int, int, str]] = []

    def counts(_params: dict[str, Any], progress: Progress) -> dict[str, Any]:
        progress(2, 5, "第二步")
        with app.app_context():
            seen.append((now_of(job_id).done, now_of(job_id).total, now_of(job_id).step))
        return {"summary": "完成"}

    kind = register(counts)
    with app.app_context():
        job_id = queued(kind)
        service.perform(job_id)
    assert seen == [(2, 5, "第二步")]


@both_databases
def test_progress_never_ends_the_transaction_of_the_work(app: Flask, register: Callable[[Does], str]) -> None:
    def half(_params: dict[str, Any], progress: Progress) -> dict[str, Any]:
        with db.transaction() as session:
            session.execute(update(Job).where(Job.id == witness).values(step="写了一半"))
            progress(1, 2, "中途")
            raise InputError("第二行不对")

    kind = register(half)
    with app.app_context():
        witness = queued(kind)
        job_id = queued(kind)
        service.perform(job_id)
        assert now_of(witness).step == ""
        assert now_of(job_id).state == "failed"


def test_what_is_wrong_is_said_and_nothing_else(app: Flask, register: Callable[[Does], str]) -> None:
    def refuses(_params: dict[str, Any], _progress: Progress) -> dict[str, Any]:
        raise InputError("第 %(row)s 行没有姓名", row=7)

    kind = register(refuses)
    with app.app_context():
        job_id = queued(kind)
        service.perform(job_id)
        job = now_of(job_id)
        assert (job.state, problem_of(job)) == ("failed", "第 7 行没有姓名")
        assert facts(job)["problem"] == "第 7 行没有姓名"


def test_a_fault_of_the_program_is_recorded_and_raised(app: Flask, register: Callable[[Does], str]) -> None:
    def breaks(_params: dict[str, Any], _progress: Progress) -> dict[str, Any]:
        raise ZeroDivisionError

    kind = register(breaks)
    with app.app_context():
        job_id = queued(kind)
        with pytest.raises(ZeroDivisionError):
            service.perform(job_id)
        assert now_of(job_id).problem == service.BROKEN


def test_unknown_work_is_refused_at_the_door(app: Flask) -> None:
    with app.app_context(), pytest.raises(NotFoundError, match="no such"), db.transaction() as session:
        service.enqueue(session, "no such", {})


def test_only_failed_work_is_done_again(app: Flask, register: Callable[[Does], str]) -> None:
    kind = register(lambda params, progress: {"summary": "完成"})
    with app.app_context():
        job_id = queued(kind)
        with pytest.raises(ConflictError), db.transaction() as session:
            service.enqueue_again(session, queries.get(session, job_id), 1)


@both_databases
def test_a_job_without_a_sign_of_life_has_failed(app: Flask, register: Callable[[Does], str]) -> None:
    kind = register(lambda params, progress: {"summary": "完成"})
    now = datetime(2026, 11, 25, 1, tzinfo=UTC)
    with app.app_context():
        ids = [queued(kind) for _ in range(3)]
        with db.transaction() as session:
            for job_id, beat in zip(ids[:2], (now - SILENT - timedelta(seconds=1), now - SILENT), strict=True):
                session.execute(update(Job).where(Job.id == job_id).values(state="running", heartbeat_at=beat))
        with db.transaction() as session:
            assert service.fail_abandoned(session, now) == 1
        assert [now_of(job_id).state for job_id in ids] == ["failed", "running", "queued"]
        assert now_of(ids[0]).problem == service.INTERRUPTED


def test_a_heartbeat_keeps_a_long_job_alive(app: Flask, register: Callable[[Does], str]) -> None:
    kind = register(lambda params, progress: {"summary": "完成"})
    now = datetime(2026, 11, 25, 1, tzinfo=UTC)
    with app.app_context():
        job_id = queued(kind)
        with db.transaction() as session:
            session.execute(update(Job).where(Job.id == job_id).values(state="running"))
            service.beat(session, {job_id}, now)
            assert service.fail_abandoned(session, now + SILENT) == 0


@both_databases
def test_a_worker_takes_up_what_was_written_down_but_never_sent(app: Flask, register: Callable[[Does], str]) -> None:
    """The message queue itself, on SQLite and on PostgreSQL: sent by one, carried out by another."""
    kind = register(lambda params, progress: {"summary": "完成"})
    with app.app_context():
        job_id = queued(kind)
    take_up(app)
    huey = queue_of(app, service.perform).huey
    message = huey.dequeue()
    assert message is not None
    huey.execute(message)
    assert huey.dequeue() is None
    with app.app_context():
        assert now_of(job_id).state == "done"
    huey.storage.close()
