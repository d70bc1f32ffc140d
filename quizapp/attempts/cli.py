"""`quizapp exam finish-overdue`: what an operator or a timer does about attempts."""

from __future__ import annotations

import json

import click

from quizapp import clock
from quizapp.attempts import queries, sweeping
from quizapp.db import db
from quizapp.exams.cli import exam


@exam.command("finish-overdue")
@click.option("--exam", "exam_id", type=int, default=None, help="Only this exam.")
@click.option("--dry-run", is_flag=True, help="Say how many there are and change nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def finish_overdue(exam_id: int | None, dry_run: bool, as_json: bool) -> None:
    """Hand in what ran out of time, as of its deadline. Safe to run at any time, by any number of workers."""
    now = clock.now()
    if dry_run:
        finished = len(queries.overdue(db.session(), now, exam_id=exam_id))
    else:
        finished, more = 0, sweeping.finish_all(exam_id)
        while more:
            finished, more = finished + more, sweeping.finish_all(exam_id)
    click.echo(json.dumps({"finished": finished, "dry_run": dry_run}) if as_json else str(finished))


COMMANDS: list[click.Command] = []  # joined the group `exam`
