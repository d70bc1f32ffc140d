"""`quizapp exam …`: the group to which later features add their own commands."""

from __future__ import annotations

import json

import click
from flask.cli import AppGroup

from quizapp import clock
from quizapp.db import db
from quizapp.exams import queries
from quizapp.exams.rules import KIND_NAMES, PHASE_NAMES, phase

exam = AppGroup("exam", help="Exams: list them, settle them, bring in results.")


@exam.command("list")
@click.option("--year", type=int, default=None, help="Only this year.")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
def list_exams(year: int | None, as_json: bool) -> None:
    """Every exam, the latest first."""
    now = clock.now()
    found = queries.exams(db.session(), year)
    if as_json:
        click.echo(json.dumps(
            [{"id": e.id, "title": e.title, "year": e.year, "kind": e.kind, "state": e.state} for e in found],
            ensure_ascii=False, indent=2,
        ))
        return
    for e in found:
        state = PHASE_NAMES[phase(e.state, e.opens_at, e.closes_at, now)]
        click.echo(f"{e.id}\t{e.year}\t{KIND_NAMES[e.kind]}\t{state}\t{e.title}")
    if not found:
        click.echo("还没有考试")


COMMANDS = [exam]
