"""The words of reports: names of measures, definitions, and the paragraph for the yearly report."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from quizapp.i18n import N_, _, language
from quizapp.kernel.rates import Rate, show_marks
from quizapp.reports.figures import NOT_RECORDED, Measured
from quizapp.reports.queries.exam import PersonRow
from quizapp.reports.rules.ledger import Figures, Ledger, LedgerRow
from quizapp.reports.rules.report import Choice, ExamFacts, ExamReport, Measure, standing_of
from quizapp.reports.rules.tally import Tally

MEASURE_NAMES = {
    Measure.ON_ROSTER: N_("名单内"),
    Measure.EXPECTED: N_("应考"), Measure.EXCUSED: N_("免考"), Measure.DEFERRED: N_("缓考"), Measure.SAT: N_("实考"),
    Measure.ABSENT: N_("未考"), Measure.PASSED: N_("合格"), Measure.FAILED: N_("未合格"),
    Measure.EXCELLENT: N_("优秀"), Measure.UNMARKED: N_("待评分"),
}
KINDS = {"online": N_("线上"), "paper": N_("线下")}
OF_EXPECTED, OF_SAT = N_("÷ 应考"), N_("÷ 实考")


def cell_words() -> dict[str, str]:
    """What the cells of a unit's line are called where the table is not drawn as one (phones, screen readers)."""
    return {
        "expected": _("应考"), "excused": _("免考"), "deferred": _("缓考"), "sat": _("实考"), "absent": _("未考"),
        "participation": _("参考率"), "passed": _("合格"), "pass_of_expected": _("合格率（应考）"),
        "pass_of_sat": _("合格率（实考）"), "excellence": _("优秀率（实考）"), "mean": _("平均分"),
        "show_failed": _("看未合格的人"), "show_excellent": _("看优秀的人"),
        "below": _("%(unit)s的下属单位", unit="{}"), "own": _("%(unit)s本级", unit="{}"),
        "folded": _("下属 %(n)s 个单位，点名称看", n="{}"),
    }


def value_of(measure: Measured, tally: Tally) -> str:
    """A figure as it is printed; an empty base and what is not recorded in words, never as 0."""
    value = measure.of(tally)
    return in_words(measure, tally) or (str(value) if isinstance(value, Rate) else f"{value:,}")


def in_words(measure: Measured, tally: Tally) -> str:
    """Why there is no figure; empty where there is one."""
    if not measure.recorded:
        return _(NOT_RECORDED)
    value = measure.of(tally)
    if isinstance(value, Rate):
        return "" if value.denominator else _("没有基数，不计算")
    return _("没有成绩") if value is None else ""


def division_of(measure: Measured, tally: Tally) -> str:
    value = measure.of(tally)
    return f"{value.numerator:,} ÷ {value.denominator:,}" if isinstance(value, Rate) else ""


def definitions(exam: ExamFacts) -> list[tuple[str, str]]:
    """Every term of the report with how it is counted."""
    passed, excellent = show_marks(exam.pass_mark), show_marks(exam.excellence_mark)
    return [
        (_("应考"), _("名单人数减去批准免考和缓考的人数。调动人员只在名单日期所在的单位计一次。")),
        (_("缓考"), _("首考时批准缓考的人不计入首考的应考；列入补考名单以后，含补考的统计把他们计入应考。")),
        (_("实考"), _("至少有一次有效交卷的人数，同一人多次作答只计一次。免考和缓考人员即使有成绩也不计入。")),
        (_("参考率"), _("实考 ÷ 应考。")),
        (_("合格率"), _("%(mark)s 分以上的人数 ÷ 应考，或者 ÷ 实考。两个都列出，引用时写明基数。", mark=passed)),
        (_("优秀率"), _("%(mark)s 分以上的人数 ÷ 实考。", mark=excellent)),
        (_("平均分"), _("实考人员成绩的平均，未考人员不按 0 分计入。中位数由全部成绩直接排出，不由各单位中位数推算。")),
        (_("参学率"), _("平台不设考前学习门槛，也不记学习时长和积分，所以没有这项数字，报表里写“没有记录”，不用别的数代替。")),
        (_("置信区间"), _("应考名单是全体，不是抽样，参考率、合格率和优秀率不算置信区间。各学科的得分率是用抽到的题目估计整个学科，才给出 95% 区间（威尔逊法）。")),
        (_("不足 5 人"), _("应考不足 5 人的单位，在上级的表里不单独列出，也不能用减法算出来；有名单权限的人可以在筛选里选这个单位。")),
        (_("含补考"), _("每人取首考和补考中较高的一次，只计一次，合格线和优秀线按首考，基数是首考的名单。")),
    ]


def view_of(report: ExamReport) -> str:
    """Which sittings the figures hold."""
    if not report.make_ups:
        return _("没有补考")
    return _("含补考") if report.combines_make_ups else _("只看首考")


def marks_of(choice: Choice) -> str:
    """The range of marks that a list of names keeps to; empty where it holds any."""
    low, high = ("" if mark is None else show_marks(mark) for mark in (choice.low, choice.high))
    if low and high:
        return _("%(low)s 分以上、不到 %(high)s 分", low=low, high=high)
    if low:
        return _("%(low)s 分以上", low=low)
    return _("不到 %(high)s 分", high=high) if high else ""


def standing(row: PersonRow, exam: ExamFacts) -> Measure:
    """The one word for where a person stands."""
    return standing_of(row.status, row.has_sat, row.score, exam.lines)


def annual_text(ledger: Ledger, now: datetime) -> str:
    """A paragraph that can be quoted: every rate with its base. Empty while no exam has ended."""
    rows, total = ledger.ended(now), ledger.total(now)
    if not rows or not total.expected:
        return ""
    sentences = [
        _("%(year)s 年组织学法用法考试 %(n)s 次，其中线上 %(online)s 次、线下 %(offline)s 次。", year=ledger.year,
          n=len(rows), online=ledger.held("online", now), offline=ledger.held("paper", now)),
        _counts(total),
    ]
    if len(rows) > 1:
        sentences.append(_("其中，%(exams)s。", exams=_("；").join(_one_exam(row) for row in rows)))
    running = len(ledger.rows) - len(rows)
    if running:
        sentences.append(_("还没有结束的 %(n)s 次考试没有计入。", n=running))
    return ("" if language() == "zh" else " ").join(sentences)


def _one_exam(row: LedgerRow) -> str:
    return _("《%(title)s》应考 %(expected)s 人，参考率 %(part)s（实考 ÷ 应考），合格率 %(passed)s（合格 ÷ 应考）",
             title=row.exam.title, expected=f"{row.figures.expected:,}", part=row.figures.participation,
             passed=row.figures.pass_of_expected)


def _counts(total: Figures) -> str:
    return _(
        "应考 %(expected)s 人次，实考 %(sat)s 人次，参考率 %(part)s（实考 ÷ 应考）；合格 %(passed)s 人次，"
        "合格率 %(of_expected)s（以应考人次为基数）、%(of_sat)s（以实考人次为基数）；优秀率 %(excellent)s（以实考人次为基数）。",
        expected=f"{total.expected:,}", sat=f"{total.sat:,}", part=total.participation, passed=f"{total.passed:,}",
        of_expected=total.pass_of_expected, of_sat=total.pass_of_sat, excellent=total.excellence_of_sat,
    )


def verdict(rate: Rate, target: Decimal | None) -> str:
    """reached, short, or none while there is nothing to compare."""
    if target is None or rate.percent is None:
        return "none"
    return "reached" if rate.percent >= target else "short"
