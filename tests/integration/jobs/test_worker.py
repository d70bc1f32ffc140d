"""The worker as a process of its own: started by the server, fed through the queue, gone with its parent."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Collection
from pathlib import Path

import psutil
import pytest
from flask import Flask

from quizapp.db import db
from quizapp.jobs import beside, queries, service
from quizapp.jobs.models import Job
from quizapp.jobs.queue import queue_of
from tests.builders.bank_files import make_bank
from tests.databases import both_databases

PATIENCE = 60.0  # seconds; only a worker that never answers takes so long


def ended(app: Flask, job_id: uuid.UUID) -> Job:
    """The job once a worker has ended it."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with app.app_context():
            job = queries.get(db.session(), job_id)
        if job.state in ("done", "failed"):
            return job
        time.sleep(0.1)
    pytest.fail("the worker did not end the job")


def own_environment(app: Flask) -> dict[str, str]:
    settings = app.config["SETTINGS"]
    return {**os.environ, "DATABASE_URL": settings.database_url, "QUIZAPP_INSTANCE": str(settings.instance_path),
            "QUIZAPP_BANK": str(settings.bank_path)}


@both_databases
def test_a_child_process_does_the_work_and_stops(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUIZAPP_SECRET_KEY", "a key that signs nothing outside the tests")
    app.config["SETTINGS"] = dataclasses.replace(app.config["SETTINGS"], bank_path=make_bank(tmp_path))
    with app.app_context(), db.transaction() as session:
        job_id = service.enqueue(session, "bank.build", {}).id
    child = beside.start(own_environment(app))
    try:
        queue_of(app, service.perform).send(job_id)
        job = ended(app, job_id)
        assert (job.state, job.result["values"]["added"]) == ("done", 3)
        assert child.alive
    finally:
        child.stop()
    assert not child.alive
    show = [sys.executable, "-m", "quizapp", "jobs", "show", str(job_id), "--json"]
    done = subprocess.run(show, capture_output=True, text=True, encoding="utf-8", env=own_environment(app), check=True)
    shown = json.loads(done.stdout)
    assert (shown["state"], shown["summary"]) == ("done", "新增 3 道，更新 0 道，停用 0 道，未变 0 道")
    queue_of(app, service.perform).huey.storage.close()


@both_databases
def test_a_worker_that_was_killed_is_started_again(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUIZAPP_SECRET_KEY", "a key that signs nothing outside the tests")
    app.config["SETTINGS"] = dataclasses.replace(app.config["SETTINGS"], bank_path=make_bank(tmp_path))
    keeper = beside.start(own_environment(app))
    try:
        first = worker_of(keeper, [])
        first.kill()
        second = worker_of(keeper, [first.pid])
        with app.app_context(), db.transaction() as session:
            job_id = service.enqueue(session, "bank.build", {}).id
        queue_of(app, service.perform).send(job_id)
        assert ended(app, job_id).state == "done"
        assert second.is_running()
    finally:
        keeper.stop()
    second.wait(PATIENCE)
    queue_of(app, service.perform).huey.storage.close()


@pytest.mark.skipif(os.name != "posix", reason="processes are killed")
def test_a_worker_ends_when_everybody_above_it_is_gone(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUIZAPP_SECRET_KEY", "a key that signs nothing outside the tests")
    keeper = beside.start(own_environment(app))
    worker = worker_of(keeper, [])
    keeper.process.kill()
    keeper.stop()
    worker.wait(PATIENCE)


def test_a_worker_whose_input_is_closed_before_it_stands_ends_as_well(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever started it was gone before it could look."""
    monkeypatch.setenv("QUIZAPP_SECRET_KEY", "a key that signs nothing outside the tests")
    done = subprocess.run(beside.WORK, stdin=subprocess.DEVNULL, capture_output=True, text=True, encoding="utf-8",
                          env=own_environment(app), timeout=PATIENCE, check=False)
    assert done.returncode == 0, done.stderr


def worker_of(keeper: beside.Child, before: Collection[int]) -> psutil.Process:
    """The process that works, once there is another than those `before`."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        for process in psutil.Process(keeper.process.pid).children():
            if process.pid not in before:
                return process
        time.sleep(0.1)
    pytest.fail("no worker was started")


def test_an_unknown_job_ends_the_command_with_one(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUIZAPP_SECRET_KEY", "a key that signs nothing outside the tests")
    show = [sys.executable, "-m", "quizapp", "jobs", "show", str(uuid.uuid4())]
    done = subprocess.run(
        show, capture_output=True, text=True, encoding="utf-8", env=own_environment(app), check=False)
    assert (done.returncode, done.stderr.strip()) == (1, "没有找到这项任务")
