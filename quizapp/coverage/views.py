"""The laws of a year: taught, asked, answered wrongly; down to one article. The filter is in the address."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from flask import Blueprint, Response, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from quizapp import clock
from quizapp.access import actor, allow
from quizapp.audit import service as audit
from quizapp.coverage import queries, wording
from quizapp.coverage.pages import (
    ArticlePage,
    EmptyPage,
    Filters,
    ItemRow,
    LawPage,
    MapPage,
    Part,
    SubjectRow,
)
from quizapp.coverage.queries import Choice, Unit
from quizapp.coverage.rules import Asked, Line, Year, by_subject, count, hidden, lines, suggestions
from quizapp.db import db
from quizapp.exams import queries as exams
from quizapp.exams.models import RosterEntry
from quizapp.i18n import N_, _, pick
from quizapp.incoming import whole
from quizapp.kernel.errors import NotFoundError
from quizapp.kernel.roles import BANK_READERS, REPORT_READERS, Role
from quizapp.people.names import scope_words
from quizapp.questions import queries as questions
from quizapp.statutes import queries as statutes
from quizapp.statutes.rules.addressing import article_address
from quizapp.statutes.wording import article_words, numbers_words
from quizapp.ui.pages import render
from quizapp.ui.tables import Column, Table, build_table, download

MOST_UNITS = 300  # to choose from; of larger trees the upper levels
bp = Blueprint("coverage", __name__, template_folder="templates")
NAV = [
    {"endpoint": "coverage.index", "label": N_("法律覆盖"), "section": "coverage", "under": "reports", "icon": "law", "roles": REPORT_READERS,
     "order": 62},
]


class Reading:
    """What one request reads: the choice of its address, the exams that count, the year within the reader's units."""

    def __init__(self, session: Session) -> None:
        values = request.args
        self.session, self.scope = session, actor().scope
        self.years = exams.years(session)
        year = values.get("year", self.years[0] if self.years else 0, whole)
        self.choice = Choice(year, values.get("subject", ""), values.get("unit", 0, whole), values.get("rank", "")[:40],
                             values.get("post_type", "")[:40])
        self.exams, self.running = queries.settled_exams(session, year, clock.now())
        self.units = queries.units(session, self.exams, self.scope)
        self.wanted = queries.who(session, self.choice, self.exams, self.scope, self.units)
        self.subjects = [(one.code, pick(one.name, one.name_en)) for one in questions.subjects(session)]
        self.year = queries.year_of(session, self.choice, self.exams, self.wanted)

    def filters(self) -> Filters:
        ranks, post_types = queries.ranks_and_posts(self.session, self.exams, self.scope)
        return Filters(self.choice, sorted({self.choice.year, *self.years}, reverse=True), self.subjects, _upper(self.units),
                       ranks, post_types, len(self.exams), self.running, scope_words(self.scope))

    def line(self, law: str, article: str = "") -> Line:
        found = next((one for one in lines(self.year, self.choice.subject, law if article else "")
                      if (one.law, one.article) == (law, article)), None)
        if found is None:
            raise NotFoundError("今年的试卷、题库和学习计划里都没有这部法律或者这一条")
        return found


def _upper(units: Sequence[Unit]) -> list[Unit]:
    level = max((unit.level for unit in units), default=0)
    while level and sum(unit.level <= level for unit in units) > MOST_UNITS:
        level -= 1
    return [unit for unit in units if unit.level <= level]


@bp.get("/coverage")
@allow(*REPORT_READERS)
def index() -> Response | BaseResponse:
    reading = Reading(db.session())
    if not reading.years:
        return render(EmptyPage(actor().has(Role.EXAM_ADMIN)))
    choice, year = reading.choice, reading.year
    laws = lines(year, choice.subject)
    title = _("%(year)s 年法律覆盖情况", year=choice.year)
    columns: list[Column[Line]] = [
        Column("law", _("法律"), lambda line: line.law, link=lambda line: url_for(
            "coverage.law", law=line.law, **choice.to_address())),
        Column("articles", _("法条数"), lambda line: f"{line.articles_asked} / {line.articles}", "short", base=_("考到 / 题库涉及"),
               sortable=False),
        *wording.number_columns(taught=True),
    ]
    shown = sorted(laws if request.args.get("show") == "all" else [line for line in laws if line.concerns_the_year], key=_weakest_first)
    table = build_table(title, title, columns, shown)
    articles = lines(year, choice.subject, articles=True)
    names = dict(reading.subjects)
    rows = [SubjectRow(names[code], taught, bank, asked, counted, url_for("coverage.index", **choice.to_address(subject=code)))
            for code, taught, bank, asked, counted in by_subject(year, list(names)) if not choice.subject or code == choice.subject]
    return _file(table) or render(MapPage(
        reading.filters(), count(_of_subject(year, choice.subject)), sum(bool(line.asked) for line in laws),
        sum(bool(line.asked) for line in articles), year.has_plan,
        [wording.suggestion_words(one, choice.year) for one in suggestions(laws, articles, has_plan=year.has_plan)],
        rows, table, len(laws) - len(shown), url_for("coverage.index", show="all", **choice.to_address())))


def _weakest_first(line: Line) -> tuple[Decimal, int, str]:
    wrong = line.count.wrong
    return -((wrong.percent if wrong else None) or Decimal(0)), -line.asked, line.law


def _of_subject(year: Year, subject: str) -> list[Asked]:
    return [one for one in year.asked if not subject or year.subjects.get(one.version_id) == subject]


@bp.get("/coverage/law")
@allow(*REPORT_READERS)
def law() -> Response | BaseResponse:
    name = request.args.get("law", "")
    if not name:
        return redirect(url_for("coverage.index"), 303)
    reading = Reading(db.session())
    line, choice = reading.line(name), reading.choice
    title = _("《%(law)s》%(year)s 年覆盖情况", law=name, year=choice.year)
    columns: list[Column[Line]] = [
        Column("article", _("条"), lambda one: article_words(one.article), link=lambda one: url_for(
            "coverage.article", law=name, article=one.article, **choice.to_address()), sortable=False),
        *wording.number_columns(taught=False),
    ]
    articles = sorted(lines(reading.year, choice.subject, name), key=lambda one: _numeric(one.article))
    table = build_table(title, title, columns, articles)
    return _file(table) or render(LawPage(reading.filters(), line, _without(reading, name, {one.article for one in articles if one.bank}), table))


def _numeric(article: str) -> tuple[int, int]:
    number, _dash, extra = article.partition("-")
    return (int(number), int(extra or 0)) if number.isdigit() else (0, 0)


def _without(reading: Reading, law: str, covered: set[str]) -> str:
    """Articles of the text in use on which no published item rests; "" where the library has no such text."""
    try:
        version = statutes.version_on(reading.session, law, clock.today())
    except NotFoundError:
        return ""
    missing = [number for number in statutes.numbers_of(reading.session, law, version.version) if number not in covered]
    return numbers_words(missing) if missing else ""


@bp.get("/coverage/article")
@allow(*REPORT_READERS)
def article() -> Response | BaseResponse:
    session, values = db.session(), request.args
    name, number = values.get("law", ""), values.get("article", "")
    if not name or not number:
        return redirect(url_for("coverage.law", law=name or None), 303)
    reading = Reading(session)
    line = reading.line(name, number)
    mine = [one for one in _of_subject(reading.year, reading.choice.subject) if (name, number) in reading.year.citations.get(one.version_id, ())]
    places = {(one.form_id, one.position) for one in mine}
    parts = queries.answered(session, reading.exams, reading.wanted, RosterEntry.path, RosterEntry.rank, places=places)
    text, address = _in_library(session, name, number)
    return render(ArticlePage(
        reading.filters(), line, article_words(number), text, address,
        _parts(_below(parts, reading), str), _parts(_of_ranks(parts), _rank_words),
        _items(reading, name, number, mine) if actor().has(*BANK_READERS) else None))


def _rank_words(rank: str) -> str:
    return rank or _("未填职级")


def _of_ranks(parts: Mapping[tuple[Any, ...], Sequence[Asked]]) -> dict[str, list[Asked]]:
    found: dict[str, list[Asked]] = {}
    for (_path, rank), asked in parts.items():
        found.setdefault(rank, []).extend(asked)
    return {rank: _together(asked) for rank, asked in found.items()}


def _below(parts: Mapping[tuple[Any, ...], Sequence[Asked]], reading: Reading) -> dict[str, list[Asked]]:
    """By the units just below the one chosen, or below what the reader may see; who counts in that unit itself apart."""
    names = {unit.id: unit.name for unit in reading.units}
    chosen = reading.choice.unit
    tops = [chosen] if chosen else [unit.id for unit in reading.units if unit.level == 0]
    found: dict[str, list[Asked]] = {}
    for (path, _rank), asked in parts.items():
        ids = [int(step) for step in path.strip("/").split("/") if step]
        top = next((one for one in tops if one in ids), None)
        if top is None:
            continue
        below = ids[ids.index(top) + 1:]
        own = _("%(unit)s（本级）", unit=names.get(top, str(top)))
        name = names.get(top, str(top)) if len(tops) > 1 else names.get(below[0], str(below[0])) if below else own
        found.setdefault(name, []).extend(asked)
    return {name: _together(found[name]) for name in found}


def _together(asked: Sequence[Asked]) -> list[Asked]:
    """The same question of several units as one."""
    sums: dict[tuple[int, int, int, int], tuple[int, int, int]] = {}
    for one in asked:
        key = one.exam_id, one.form_id, one.position, one.version_id
        people, marked, right = sums.get(key, (0, 0, 0))
        sums[key] = people + one.people, marked + one.marked, right + one.right
    return [Asked(*key, *values) for key, values in sums.items()]


def _parts(found: Mapping[str, Sequence[Asked]], words: Callable[[str], str]) -> list[Part]:
    counts = {name: count(asked) for name, asked in sorted(found.items())}
    withheld = hidden(list(counts.values()))
    return [Part(words(name), one, away) for (name, one), away in zip(counts.items(), withheld, strict=True)]


def _items(reading: Reading, law: str, number: str, mine: Sequence[Asked]) -> list[ItemRow]:
    by_item: dict[int, list[Asked]] = {}
    for one in mine:
        by_item.setdefault(reading.year.items.get(one.version_id, 0), []).append(one)
    return [ItemRow(item, count(by_item[item.item_id]) if item.item_id in by_item else None)
            for item in queries.items_on(reading.session, law, number)]


def _in_library(session: Session, law: str, number: str) -> tuple[str, str]:
    """Text and address of the article as it is in force today."""
    try:
        version = statutes.version_on(session, law, clock.today())
        found = statutes.article_of(session, law, version.version, number)
    except NotFoundError:
        return "", ""
    return found.text or "", article_address(law, version.version.isoformat(), number)


def _file(table: Table[Line]) -> Response | None:
    """The table as a file where the address asks for one, on record."""
    answer = download(table)
    if answer is not None:
        me, filters = actor(), {name: value for name, value in request.args.items() if value}
        with db.transaction() as session:
            audit.record(session, "export_coverage", "year", request.args.get("year", ""), actor_id=me.id, actor=me.name,
                         address=request.remote_addr or "", detail={"table": table.name, "rows": table.total, "filters": filters})
    return answer
