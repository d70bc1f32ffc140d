"""`quizapp report …`."""

from __future__ import annotations

import json
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from quizapp.plans.intake import report_of
from quizapp.plans.rules import Report
from quizapp.plans.rules.fields import GROUPS, TITLE_KINDS

report = AppGroup("report", help="Yearly rule-of-law reports.")
UNKNOWN = "报告没有写明"
MEASURES = {"participation": "参考率", "pass_rate": "合格率", "excellence_rate": "优秀率", "study_participation": "参学率"}


@report.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
def read(file: Path, as_json: bool) -> None:
    """Read FILE (.txt, .docx, .pdf): exams, rates, study, campaigns, subjects, titles, shortcomings.

    Nothing is stored. Status 1 when the file cannot be read.
    """
    found = report_of(file, current_app.config["SETTINGS"].bank_path)
    click.echo(json.dumps(found.as_dict(), ensure_ascii=False, indent=2) if as_json else summary(found))


def summary(found: Report) -> str:
    """The report in a few lines."""
    exams = found.exams
    counts = f"线上 {_count(exams.online)}，线下 {_count(exams.offline)}，合计 {_count(exams.total)}"
    rates = "；".join(
        f"{MEASURES[rate.measure]} {rate.value:g}%" + (f"（按字面推断：{rate.literal}）" if rate.interpreted else "")
        for rate in found.rates
    )
    titles = [f"{TITLE_KINDS[title.kind]} 《{title.title}》 {title.count} 次" for title in found.titles]
    lines = [
        f"{found.agency or UNKNOWN}，{f'{found.year} 年' if found.year else UNKNOWN}",
        f"{GROUPS['exams']}：{counts}",
        f"{GROUPS['rates']}：{rates or UNKNOWN}",
        f"{GROUPS['study']}：{_count(found.study_sessions)}",
        f"{GROUPS['campaigns']}：{'、'.join(one.name for one in found.campaigns) or UNKNOWN}",
        f"{GROUPS['subjects']}：{'、'.join(found.subjects) or UNKNOWN}",
        f"{GROUPS['titles']}（{len(titles)}）：", *(f"  {title}" for title in titles),
        f"{GROUPS['shortcomings']}（{len(found.shortcomings)}）：", *(f"  {one}" for one in found.shortcomings),
    ]
    if found.notes:
        lines += ["请核对：", *(f"  {note}" for note in found.notes)]
    return "\n".join(lines)


def _count(value: int | None) -> str:
    return UNKNOWN if value is None else f"{value} 次"


COMMANDS = [report]
