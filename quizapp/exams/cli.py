"""`quizapp exam …`: the group to which later features add their own commands."""

from __future__ import annotations

import json
from pathlib import Path

import click
from flask.cli import AppGroup

from quizapp import clock
from quizapp.audit.rules import moment
from quizapp.db import db
from quizapp.exams import committing, queries
from quizapp.exams.rules import KIND_NAMES, PHASE_NAMES
from quizapp.kernel.errors import NotFoundError

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
        state = PHASE_NAMES[e.phase(now)]
        click.echo(f"{e.id}\t{e.year}\t{KIND_NAMES[e.kind]}\t{state}\t{e.title}")
    if not found:
        click.echo("还没有考试")


@exam.command()
@click.argument("exam_id", metavar="EXAM", type=int)
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
@click.option("--content", "file", type=click.Path(dir_okay=False, path_type=Path), default=None,
              help="Write the file whose SHA-256 the commitment is; once the exam has settled and results are out.")
def commitment(exam_id: int, as_json: bool, file: Path | None) -> None:
    """The hash of forms, keys and marking rules that was published before the window of EXAM opened."""
    session = db.session()
    found = queries.get(session, exam_id)
    made = queries.commitment(session, exam_id)
    if made is None:
        raise NotFoundError("这场考试没有登记承诺：草稿、纸质考试和以前的版本发布的考试没有")
    if file is not None:
        committing.check_may_open(found, clock.now())
        file.write_bytes(committing.content(session, found, made.salt))
    facts = {"exam": exam_id, "title": found.title, "method": committing.METHOD, "digest": made.digest,
             "committed_at": moment(made.committed_at), "opened_at": moment(made.opened_at) if made.opened_at else None,
             "salt": made.salt if made.opened_at else None}
    if as_json:
        click.echo(json.dumps(facts, ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(f"{name}\t{'—' if value is None else value}" for name, value in facts.items()))


COMMANDS = [exam]
