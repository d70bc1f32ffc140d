"""`quizapp jobs …`."""

from __future__ import annotations

import json
import uuid

import click
from flask import current_app
from flask.cli import AppGroup

from quizapp.db import db
from quizapp.jobs import queries, worker
from quizapp.jobs.rules import STATE_NAMES, title_of
from quizapp.jobs.words import facts, problem_of, progress_of, summary_of, warnings_of

jobs = AppGroup("jobs", help="Long work: do it, look at it.")


@jobs.command()
@click.option("--threads", default=1, show_default=True, help="How many jobs at once.")
@click.option("--until-input-closes", is_flag=True, hidden=True)
def work(threads: int, until_input_closes: bool) -> None:
    """Do the jobs that people start, until stopped (Ctrl+C lets the job at hand end)."""
    click.echo("任务程序已启动，按 Ctrl+C 停止", err=True)
    worker.run(current_app._get_current_object(), threads, until_input_closes)  # type: ignore[attr-defined]


@jobs.command()
@click.argument("job_id", type=click.UUID)
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
def show(job_id: uuid.UUID, as_json: bool) -> None:
    """Say how far a job is."""
    job = queries.get(db.session(), job_id)
    if as_json:
        click.echo(json.dumps(facts(job), ensure_ascii=False, indent=2))
        return
    words = {"done": summary_of, "failed": problem_of}.get(job.state, progress_of)
    click.echo(f"{title_of(job.kind)}：{STATE_NAMES[job.state]}。{words(job)}")
    for warning in warnings_of(job):
        click.echo(f"提醒 {warning}")


COMMANDS = [jobs]
