"""One year beside the others."""

from __future__ import annotations

from flask import Response

from quizapp import clock
from quizapp.access import actor, allow
from quizapp.db import db
from quizapp.exams import queries as exams
from quizapp.i18n import _
from quizapp.kernel.roles import REPORT_READERS
from quizapp.people.names import scope_words
from quizapp.reports.pages import YearRow, YearsPage
from quizapp.reports.queries import year as queries
from quizapp.reports.rules.charts import line_chart
from quizapp.reports.rules.ledger import points
from quizapp.reports.views.blueprint import bp
from quizapp.ui.pages import render

MOST_YEARS = 6


@bp.get("/reports/years")
@allow(*REPORT_READERS)
def years() -> Response:
    session, now = db.session(), clock.now()
    lines = queries.by_year(session, exams.years(session)[:MOST_YEARS], actor().scope, now)
    rows = []
    for line, before in zip(lines, [None, *lines], strict=False):
        then = before.figures if before and before.year == line.year - 1 else None
        rows.append(YearRow(line, points(line.figures.participation, then.participation if then else None),
                            points(line.figures.pass_of_expected, then.pass_of_expected if then else None)))
    drawn = [line for line in lines if line.figures.expected]
    chart = line_chart([str(line.year) for line in drawn], [
        (_("参考率"), [line.figures.participation.percent for line in drawn]),
        (_("合格率（应考）"), [line.figures.pass_of_expected.percent for line in drawn]),
        (_("优秀率（实考）"), [line.figures.excellence_of_sat.percent for line in drawn]),
    ])
    return render(YearsPage(rows, drawn, chart if len(drawn) > 1 else None, scope_words(actor().scope), now))
