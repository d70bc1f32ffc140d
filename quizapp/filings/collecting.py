"""Making the content of a filing from what the reports count today."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from quizapp import clock
from quizapp.access import ALL_UNITS
from quizapp.coverage import queries as coverage
from quizapp.coverage.rules import lines, suggestions
from quizapp.coverage.wording import place_words
from quizapp.filings import queries
from quizapp.filings.queries import PersonLine
from quizapp.filings.rules import writing
from quizapp.filings.rules.content import Column, Content, Row, Section, Value
from quizapp.filings.rules.withholding import Group, groups_of
from quizapp.i18n import speaking
from quizapp.kernel.errors import InputError
from quizapp.kernel.rates import Rate
from quizapp.reports import wording
from quizapp.reports.figures import FIGURES, Measured
from quizapp.reports.queries import exam as reports
from quizapp.reports.queries import subjects
from quizapp.reports.queries import year as years
from quizapp.reports.rules.ledger import Figures, LedgerRow
from quizapp.reports.rules.report import Choice, ExamFacts, ExamReport
from quizapp.reports.rules.tally import Tally

OF_YEAR = ("expected", "excused", "deferred", "sat", "passed", "excellent", "participation", "pass_of_expected",
           "pass_of_sat", "excellence_of_sat", "mean")
PLAIN, ORGANISERS, RANK = "plain", "organisers", "rank"
TOP_LEVELS = 1  # a notice names the units directly below the agency


@dataclass(frozen=True)
class Made:
    content: Content
    people: Sequence[PersonLine] = ()


def columns_of(figures: Sequence[Measured]) -> tuple[Column, ...]:
    empty = Tally()
    return tuple(Column(f.code, f.name, f.base, _kind(f.of(empty))) for f in figures)


def _kind(value: object) -> str:
    return "rate" if isinstance(value, Rate) else "count" if isinstance(value, int) else "mark"


def values_of(figures: Sequence[Measured], of: Any) -> tuple[Value, ...]:
    """The figures of a tally, or of anything that has its properties."""
    found = (figure.of(of) for figure in figures)
    return tuple(str(value) if isinstance(value, Decimal) else value for value in found)


def exam(session: Session, exam_id: int, with_make_up: bool, now: datetime, *, first: bool = True) -> Made:
    """One exam by unit, with everybody counted. `first`: raises InputError while it goes on, or with nobody on its
    roster; what was handed in already is counted again whatever has become of the exam. Raises NotFoundError."""
    with speaking("zh"):
        report = _report(session, exam_id, with_make_up, now, first)
        agency = _agency(session, report)
        people = queries.people_of(session, exam_id, _exams(report)[1:])
        sections, facts = writing.exam_text(report.exam, report.total, wording.view_of(report), _closed(report))
        content = Content(
            "exam", f"{report.exam.title}参考和合格情况报告", agency, report.exam.year, _moment(now), wording.view_of(report),
            _exams(report), columns_of(FIGURES), tuple(_row(group) for group in groups_of(report.rows, agency)), sections,
            facts, tuple(wording.definitions(report.exam)), "单位", len(people), queries.people_digest(people),
        )
    return Made(content, people)


def notice(session: Session, exam_id: int, with_make_up: bool, mode: str, threshold: Decimal, now: datetime, *,
           first: bool = True) -> Made:
    """The notice of an exam's results: the units below the agency in roster order, ranked only where that was chosen."""
    with speaking("zh"):
        report = _report(session, exam_id, with_make_up, now, first)
        agency = _agency(session, report)
        columns = columns_of(FIGURES)
        at = {column.key: place for place, column in enumerate(columns)}
        rows = tuple(_row(group) for group in groups_of(report.rows, agency) if group.level <= TOP_LEVELS)
        sections, facts = writing.notice_text(report.exam, report.total, wording.view_of(report), _closed(report), rows, at, mode, threshold)
        if mode == RANK:
            columns, rows = (Column("rank", "位次", "", "count"), *columns), _ranked(rows, at["pass_of_expected"])
        elif mode == ORGANISERS:
            rows = rows[:1]  # whoever is not named is not shown either
        content = Content(
            "notice", f"关于{report.exam.title}结果的通报", agency, report.exam.year, _moment(now), wording.view_of(report),
            _exams(report), columns, rows, sections, facts, tuple(wording.definitions(report.exam)),
        )
    return Made(content)


def _ranked(rows: Sequence[Row], at: int) -> tuple[Row, ...]:
    """Units from the highest rate to the lowest, equal rates on the same place; what is no unit keeps its end."""
    def percent(row: Row) -> Decimal:
        rate = row.values[at]
        return rate.percent if isinstance(rate, Rate) and rate.percent is not None else Decimal(-1)

    units = sorted((row for row in rows if row.kind == "unit"), key=percent, reverse=True)
    places = {row.key: 1 + sum(percent(other) > percent(row) for other in units) for row in units}
    others = [row for row in rows if row.kind not in ("unit", "total")]
    ordered = [row for row in rows if row.kind == "total"] + units + others
    return tuple(replace(row, values=(places.get(row.key), *row.values)) for row in ordered)


def year(session: Session, number: int, now: datetime, sections: Sequence[Section] = ()) -> Made:
    """The year by exam. `sections` are the paragraphs as edited; without any they are written anew."""
    with speaking("zh"):
        ledger = years.ledger(session, number, (ALL_UNITS,))
        held = ledger.ended(now)
        ids = tuple(one for row in ledger.rows for one in row.exam_ids)
        shares = subjects.of_exams(session, [row.exam.id for row in held])  # make-ups apart, as the reports do
        advice = _advice(session, number, now)
        closed = queries.closed_units(session, [one for row in held for one in row.exam_ids])
        written, facts = writing.year_text(ledger, queries.planned(session, number), shares, advice, closed, now)
        figures = [figure for figure in FIGURES if figure.code in OF_YEAR]
        rows = [_year_row("total", "total", f"{number} 年合计（人次）", 0, figures, ledger.total(now)), *_exam_rows(held, figures)]
        definitions = [one for row in held[:1] for one in wording.definitions(row.exam)]
        definitions.append(("人次", "各次考试的人数相加；同一人参加几次考试，按几次计。"))
        content = Content(
            "year", f"{number}年度学法用法考试工作情况报告", queries.agency(session), number, _moment(now),
            "含补考，只计已经结束的考试", ids, columns_of(figures), tuple(rows), tuple(sections) or written, facts,
            tuple(definitions), "考试",
        )
    return Made(content)


def _advice(session: Session, number: int, now: datetime) -> list[writing.Advice]:
    """What the law coverage of the year suggests for the next one, over everybody; nothing before an exam's results are
    out, and nothing without a bank."""
    exam_ids, _running = coverage.settled_exams(session, number, now)
    if not exam_ids:
        return []
    choice = coverage.Choice(number)
    found = coverage.year_of(session, choice, exam_ids, coverage.who(session, choice, exam_ids, (ALL_UNITS,), ()))
    if not found.bank:
        return []
    return [writing.Advice(one, place_words(one.line))
            for one in suggestions(lines(found), lines(found, articles=True), has_plan=found.has_plan)]


def _exam_rows(held: Sequence[LedgerRow], figures: Sequence[Measured]) -> list[Row]:
    rows = []
    for row in held:
        rows.append(_year_row("exam", f"e{row.exam.id}", row.exam.title, 1, figures, row.figures))
        rows += [_year_row("make_up", f"e{one.id}", f"{one.title}（已并入首考）", 2, figures, own) for one, own in row.make_ups]
    return rows


def _year_row(kind: str, key: str, name: str, level: int, figures: Sequence[Measured], of: Figures) -> Row:
    return Row(kind, key, name, "", (name,), level, values_of(figures, of))


def _report(session: Session, exam_id: int, with_make_up: bool, now: datetime, first: bool) -> ExamReport:
    report = reports.exam_report(session, exam_id, (ALL_UNITS,), Choice(with_make_up=with_make_up), now)
    if first and not report.total.on_roster:
        raise InputError("这场考试的名单里没有人，没有可以上报的数字")
    if first and not report.exam.is_over(now):
        raise InputError("考试还没有结束，数字还会变；结束以后再生成上报件")
    return report


def _closed(report: ExamReport) -> list[tuple[int, str]]:
    return [(row.unit_id, row.name) for row in report.closed]


def _agency(session: Session, report: ExamReport) -> str:
    roots = [row for row in report.rows if row.level == 0]
    return queries.agency(session) or (roots[0].name if roots else "")


def _exams(report: ExamReport) -> tuple[int, ...]:
    """The exam, then the make-ups that are merged in."""
    more = [one.id for one in report.make_ups] if report.combines_make_ups else []
    return (report.exam.id, *more)


def _row(group: Group) -> Row:
    return Row(group.kind, group.key, group.name, group.place, group.path, group.level, values_of(FIGURES, group.tally),
               group.merged)


def _moment(now: datetime) -> str:
    return clock.to_local(now).isoformat(timespec="seconds")


def again(session: Session, kind: str, exam_id: int | None, number: int, settings: Mapping[str, Any], now: datetime) -> Made:
    """The same filing counted once more, as it was asked for."""
    if kind == "year" or exam_id is None:
        return year(session, number, now)
    if kind == "notice":
        return notice(session, exam_id, settings["make_up"], settings["mode"], Decimal(settings["threshold"]), now, first=False)
    return exam(session, exam_id, settings["make_up"], now, first=False)


def first_of(exams: Sequence[ExamFacts], exam_id: int) -> ExamFacts:
    """The exam itself, or the one that it makes up for: reports of that one hold its results."""
    known = {one.id: one for one in exams}
    found = reports.find(exams, exam_id)
    return known.get(found.make_up_of_id or 0, found)
