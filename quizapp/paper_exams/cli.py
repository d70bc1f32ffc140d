"""`quizapp exam import-results …`, within the group of exams."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click
from flask.cli import with_appcontext

from quizapp import clock
from quizapp.audit import service as audit
from quizapp.db import db
from quizapp.exams import queries as exams
from quizapp.exams.cli import exam as exam_group
from quizapp.kernel.errors import FileError
from quizapp.paper_exams import service
from quizapp.paper_exams.rules import Trial
from quizapp.paper_exams.sheets import read_rows


@exam_group.command("import-results")
@click.argument("exam_id", metavar="EXAM", type=int)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would change, change nothing.")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
@with_appcontext
def import_results(exam_id: int, file: Path, dry_run: bool, as_json: bool) -> None:
    """Register the results in FILE (.xlsx, .xls, .csv) for the paper exam EXAM. Status 1 when any row is wrong."""
    rows = read_rows(_content(file), file.name)
    session = db.session()
    exam = exams.get(session, exam_id)
    service.check_open(exam, clock.now())
    trial = service.trial(session, exam, rows)
    if not trial.problems and not dry_run:
        with db.transaction() as writing:
            exam = exams.get(writing, exam_id)
            changes = service.import_results(writing, exam, rows, now=clock.now())
            audit.record(writing, "import_paper_results", "exam", exam.id, actor="cli",
                         detail={"file": file.name, "changes": changes, "sat_at": exam.opens_at})
    click.echo(_as_json(trial, dry_run) if as_json else _as_text(trial, dry_run))
    sys.exit(1 if trial.problems else 0)


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise FileError("打不开文件 %(file)s，请检查路径和权限。", file=file.name) from error


def _counts(trial: Trial) -> dict[str, int]:
    kinds = ("new", "changed", "withdrawn", "same", "absent")
    return {kind: len(trial.of(kind)) for kind in kinds} | {"unlisted": len(trial.unlisted)}  # type: ignore[arg-type]


def _as_json(trial: Trial, dry_run: bool) -> str:
    problems = [{"row": p.row, "column": p.column, "cell": p.cell, "message": str(p)} for p in trial.problems]
    return json.dumps({**_counts(trial), "problems": problems, "dry_run": dry_run}, ensure_ascii=False, indent=2)


def _as_text(trial: Trial, dry_run: bool) -> str:
    lines = [f"第 {p.row} 行“{p.column}”：{p}（{p.cell}）" for p in trial.problems]
    counts = _counts(trial)
    done = "没有写入，请改正以后再导入：" if trial.problems else "（试运行，没有写入）" if dry_run else ""
    lines.append(f"{done}新增 {counts['new']} 人，更正 {counts['changed']} 人，撤回 {counts['withdrawn']} 人，"
                 f"未变 {counts['same']} 人，缺考 {counts['absent']} 人，表里没有的 {counts['unlisted']} 人")
    return "\n".join(lines)


COMMANDS: list[click.Command] = []  # the group is collected where it begins
