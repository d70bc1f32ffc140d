"""`quizapp results …`."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from quizapp import clock
from quizapp.access import ALL_UNITS
from quizapp.db import db
from quizapp.jobs import terminal
from quizapp.jobs.rules import silent
from quizapp.kernel.errors import InputError
from quizapp.reports import exports
from quizapp.reports.queries import exam as queries
from quizapp.reports.rules.report import Choice

results = AppGroup("results", help="Participation and pass rates of an exam.")


@results.command()
@click.argument("exam")
@click.option("--format", "file_format", type=click.Choice(["json", "csv", "xlsx"]), default="json", show_default=True)
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file.")
@click.option("--first-only", is_flag=True, help="Leave the make-up exams out.")
def export(exam: str, file_format: str, output: Path | None, first_only: bool) -> None:
    """Every unit with its counts and rates, parents before children. EXAM is the exam's id or title."""
    if file_format == "xlsx" and output is None:
        raise click.UsageError("xlsx needs --output FILE")
    content = _content(db.session(), exam, file_format, Choice(with_make_up=not first_only))
    if output is None:
        click.echo(content, nl=False)
        return
    output.write_bytes(content)
    click.echo(f"已写入 {output}", err=True)


def _content(session: Session, exam: str, file_format: str, choice: Choice) -> bytes:
    exam_id = find_exam(session, exam)
    report = queries.exam_report(session, exam_id, (ALL_UNITS,), choice, clock.now())
    if file_format == "json":
        return exports.json_text(report).encode() + b"\n"
    if file_format == "csv":
        return exports.csv_bytes(report)
    progress = terminal.Counter() if exports.is_long(report) else silent
    return exports.xlsx_bytes(report, queries.people(session, exam_id, (ALL_UNITS,), choice), progress)


def find_exam(session: Session, words: str) -> int:
    """The published exam with this id or title. Raises InputError when there is none, or several of a title."""
    exams = queries.published_exams(session)
    found = [e.id for e in exams if words.isascii() and words.isdigit() and e.id == int(words)]
    found = found or [e.id for e in exams if e.title == words.strip()]
    if not found:
        raise InputError("没有已发布的考试叫“%(exam)s”；可以用 quizapp exam list 查看编号和名称", exam=words)
    if len(found) > 1:
        numbers = "、".join(str(one) for one in sorted(found))
        raise InputError("有几场考试都叫“%(exam)s”，请改用编号：%(numbers)s", exam=words, numbers=numbers)
    return found[0]


COMMANDS = [results]
