"""From a plan to an exam that can be published: proposals, the typed blueprint, the list before publishing."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from quizapp import clock
from quizapp.exams import queries, service
from quizapp.exams.models import Exam
from quizapp.exams.rules import YEARS, CheckLine
from quizapp.i18n import N_, _
from quizapp.kernel.errors import ConflictError, InputError
from quizapp.kernel.rates import show_marks
from quizapp.papers import queries as papers
from quizapp.papers import service as assembling
from quizapp.papers.rules.blueprint import Cell, total_marks
from quizapp.papers.rules.comparison import FormLine, compare_forms
from quizapp.papers.rules.refusal import impossible
from quizapp.papers.rules.stock import Order
from quizapp.papers.sentences import refusal_words, shortage_words
from quizapp.papers.service import Prepared
from quizapp.people import queries as people
from quizapp.plans import queries as plans
from quizapp.questions import queries as questions
from quizapp.questions.rules.names import TYPE_NAMES

MAX_ROWS = 60
# 40 single × 1.5, 10 multiple × 2, 10 true/false × 2 = 100: the shape that most notices ask for
USUAL = (("single", 40, Decimal("1.5")), ("multiple", 10, Decimal(2)), ("true_false", 10, Decimal(2)))


def default_window(now: datetime) -> tuple[datetime, datetime]:
    """From nine o'clock tomorrow for a week, in local time."""
    day = clock.to_local(now).date() + timedelta(days=1)
    return datetime.combine(day, time(9)), datetime.combine(day + timedelta(days=7), time(18))


def default_title(session: Session, year: int) -> str:
    number = sum(exam.make_up_of_id is None for exam in queries.exams(session, year)) + 1
    return f"{year} 年学法用法考试（第 {number} 次）"


def campaigns(session: Session, year: int | None, exam: Exam | None = None) -> list[str]:
    """What an exam of this year may belong to: the campaigns of its confirmed plan, and the one that it has already."""
    kept = [exam.campaign] if exam and exam.campaign and exam.year == year else []
    return list(dict.fromkeys([*(plans.campaigns(session, year) if year and year in YEARS else []), *kept]))


def differences(exam: Exam, settings: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What these settings change, for the record: as it is, as it will be."""
    changed = {name: value for name, value in settings.items() if getattr(exam, name) != value}
    return {name: _marks_in_short(getattr(exam, name)) for name in changed}, {name: _marks_in_short(value) for name, value in changed.items()}


def _marks_in_short(value: Any) -> Any:
    return show_marks(value) if isinstance(value, Decimal) else value


def told(cells: Sequence[Cell]) -> dict[str, Any]:
    """A blueprint for the record: a line for each row, in the order of its table."""
    rows = [f"{cell.subject or '*'} {cell.type} {cell.difficulty or '*'}: {cell.count} × {show_marks(cell.marks)}" for cell in cells]
    return {"rows": rows, "total": show_marks(total_marks(cells))}


def proposed_cells(session: Session, year: int) -> list[Cell]:
    """The usual 100 marks spread evenly over the subjects of the year's plan, or over any subject."""
    subjects = plans.subjects(session, year)
    stocked = {(row.subject, row.type) for row in questions.coverage(session)}
    cells: list[Cell] = []
    for kind, count, marks in USUAL:
        having = [subject for subject in subjects if (subject, kind) in stocked][:count]
        if not having:
            cells.append(Cell(None, kind, None, count, marks))
            continue
        each, rest = divmod(count, len(having))
        cells += [Cell(code, kind, None, each + (n < rest), marks) for n, code in enumerate(having)]
    return cells


def typed_lines(form: MultiDict[str, str]) -> list[dict[str, str]]:
    """The rows of the blueprint form as typed, blank ones left out."""
    names = ("subject", "type", "difficulty", "count", "marks")
    columns = [form.getlist(name) for name in names]
    lines = [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=False)]
    return [line for line in lines if line["count"].strip() or line["marks"].strip()]


def typed_cells(form: MultiDict[str, str]) -> list[Cell]:
    """The blueprint as typed. Raises InputError naming the row (1-based) and what is wrong in it."""
    lines = typed_lines(form)
    if not lines:
        raise InputError("细目表至少要有一行")
    if len(lines) > MAX_ROWS:
        raise InputError("细目表最多 %(n)s 行", n=MAX_ROWS)
    return [_cell(number, line) for number, line in enumerate(lines, 1)]


def _cell(number: int, line: Mapping[str, str]) -> Cell:
    if line["type"] not in TYPE_NAMES:
        raise InputError("第 %(n)s 行没有选题型", n=number)
    if not re.fullmatch(r"[0-9]{1,3}", line["count"].strip()) or int(line["count"]) < 1:
        raise InputError("第 %(n)s 行的题数要是 1 至 999 的整数", n=number)
    try:
        marks = Decimal(line["marks"].strip())
    except InvalidOperation:
        marks = Decimal(0)
    if not (marks.is_finite() and 0 < marks <= 100 and marks == round(marks, 2)):
        raise InputError("第 %(n)s 行的每题分值要大于 0、不超过 100，最多两位小数", n=number)
    difficulty = int(line["difficulty"]) if line["difficulty"] in ("1", "2", "3") else None
    return Cell(line["subject"] or None, line["type"], difficulty, int(line["count"]), marks)


def check_subjects(session: Session, cells: Sequence[Cell]) -> None:
    """Raises InputError naming the row whose subject the bank does not have."""
    known = {subject.code for subject in questions.subjects(session)}
    for number, cell in enumerate(cells, 1):
        if cell.subject is not None and cell.subject not in known:
            raise InputError("第 %(n)s 行的科目题库里没有，请重新选择", n=number)


def shown_lines(cells: Sequence[Cell]) -> list[dict[str, str]]:
    return [
        {"subject": cell.subject or "", "type": cell.type, "difficulty": str(cell.difficulty or ""),
         "count": str(cell.count), "marks": show_marks(cell.marks)}
        for cell in cells
    ]


def shortage(session: Session, cells: Sequence[Cell], on: date) -> str:
    """What the bank lacks for one form, in words; "" when it can be filled."""
    refused = impossible(Order(cells, assembling.pool(session, on)))
    return shortage_words(session, refused.short) if refused else ""


def stock(session: Session) -> dict[str, int]:
    """Published items by `subject/type`, and by `/type` over all subjects."""
    found: dict[str, int] = {}
    for row in questions.coverage(session):
        for key in (f"{row.subject}/{row.type}", f"/{row.type}"):
            found[key] = found.get(key, 0) + row.count
    return found


def checks(session: Session, exam: Exam, on: date) -> list[CheckLine]:
    """What is gone through before publishing; empty once an exam is published."""
    if exam.state != "draft":
        return []
    people_count = len(eligible_members(session, exam, on))
    nobody = not people_count and not exam.meant_for.everybody
    lines = [CheckLine(people_count > 0, service.NOBODY_MEANT if nobody else N_("名单：%(n)s 人"), {"n": people_count})]
    if exam.kind == "paper":
        return lines
    cells = papers.cells(session, exam.blueprint_id) if exam.blueprint_id else []
    total = total_marks(cells)
    lines.append(CheckLine(bool(cells), N_("细目表：%(n)s 道题，共 %(total)s 分"),
                           {"n": sum(c.count for c in cells), "total": show_marks(total)}))
    if cells:
        lines.append(bank_line(session, exam, cells, on))
    lines.append(CheckLine(exam.pass_mark <= total, N_("合格线 %(passed)s 分不高于总分"), {"passed": show_marks(exam.pass_mark)}))
    return lines


def bank_line(session: Session, exam: Exam, cells: Sequence[Cell], on: date) -> CheckLine:
    """Whether the bank has enough, as far as counting tells; forms are made only on publishing."""
    order = Order(cells, assembling.pool(session, on), exam.form_count, max_shared=exam.max_shared, max_uses=exam.max_uses)
    refused = impossible(order)
    if refused is None:
        return CheckLine(True, N_("题库够组 %(n)s 份平行卷"), {"n": exam.form_count})
    if refused.reason == "rows":
        return CheckLine(False, N_("题库不够：%(rows)s"), {"rows": shortage_words(session, refused.short)})
    return CheckLine(False, *refusal_words(session, refused, order))


def form_lines(session: Session, exam: Exam) -> list[FormLine]:
    """The forms of an exam beside each other; none before it is published."""
    if exam.blueprint_id is None or exam.state == "draft":
        return []
    return compare_forms(papers.form_contents(session, exam.blueprint_id), papers.exposed_before(session, exam.blueprint_id))


def eligible_members(session: Session, exam: Exam, on: date) -> list[people.Member]:
    """Whom the roster would hold if it were taken on that day."""
    return queries.meant(session, exam.meant_for, on, make_up_candidates(session, exam))


def make_up_candidates(session: Session, exam: Exam) -> set[int] | None:
    """For a make-up those who still have to sit; None where everybody does."""
    if exam.make_up_of_id is None:
        return None
    return queries.still_to_sit(session, queries.get(session, exam.make_up_of_id))


CARRIED = ("kind", "minutes", "score_rule", "pass_mark", "excellence_mark", "multiple_rule", "markers", "marker_tolerance",
           "own_unit_barred", "open_book", "shuffle_questions", "shuffle_options", "release", "show_key", "form_count", "max_shared", "max_uses", "grace_seconds",
           "participation_target", "pass_target", "attempts_allowed", "campaign")


def may_make_up(exam: Exam, now: datetime) -> bool:
    """Whether a make-up can be drafted from this exam: a first sitting that nobody can be working on any more."""
    return exam.make_up_of_id is None and exam.state != "draft" and exam.paused_at is None and exam.settles_at <= now


def draft_make_up(session: Session, exam_id: int, *, now: datetime) -> Exam:
    """A draft for the absent, the failed and the deferred of an exam that is over: its rules, a blueprint with the
    same rows, a window as long as the first one from nine o'clock tomorrow. Its roster is taken when it is published.

    Raises ConflictError where it is too early, where there is a draft already, and where everybody has passed.
    """
    exam = queries.get(session, exam_id)
    if not may_make_up(exam, now):
        raise ConflictError("首考全部结束以后才能建补考；补考没有通过的，从首考再建一场")
    earlier = queries.make_ups_of(session, exam_id)
    if any(one.state == "draft" for one in earlier):
        raise ConflictError("已经有一份补考草稿，请先发布或者删除它")
    if any(one.moment(now) < one.settles_at for one in earlier):
        raise ConflictError("前一场补考还没有结束，等它结束以后再建")
    if queries.waits_for_marks(session, exam_id):
        raise ConflictError("还有答卷没有评完分，评完以后再建补考，名单才准")
    if not queries.still_to_sit(session, exam):
        raise ConflictError("没有要补考的人：应考的都已合格，也没有缓考")
    opens = clock.from_local(default_window(now)[0])
    title = _("%(title)s补考", title=exam.title) if not earlier else _("%(title)s补考（第 %(n)s 次）", title=exam.title, n=len(earlier) + 1)
    draft = service.create(
        session, title=title[:120], year=exam.year, opens_at=opens, closes_at=opens + (exam.closes_at - exam.opens_at), now=now,
        make_up_of_id=exam.id, **{name: getattr(exam, name) for name in CARRIED})
    if exam.blueprint_id is not None:
        service.set_blueprint(session, draft, papers.cells(session, exam.blueprint_id))
    return draft


def publish(session: Session, exam_id: int, *, now: datetime, on: date, forms: Prepared | None = None) -> Exam:
    exam = queries.fresh(session, exam_id, lock=True)  # nobody changes whom it is for while the roster is taken
    return service.publish(session, exam_id, now=now, on=on, eligible=make_up_candidates(session, exam), forms=forms)


