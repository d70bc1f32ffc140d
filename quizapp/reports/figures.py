"""The figures of a report: one register of what each is called, how it is formed, on what base and by which source.

Pages, files and the documentation speak from it. A figure is either a count that adds up over the units (`adds`), or is
formed anew from added counts: rates and means are never averaged.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from quizapp.i18n import N_, _
from quizapp.kernel.rates import Rate
from quizapp.reports.rules.tally import Tally

Value = int | Rate | Decimal | None
CUSTOM = N_("通行做法")


@dataclass(frozen=True, slots=True)
class Measured:
    """A figure: `code`, name, what it is divided by (`base`), how it is formed, where that comes from.

    `of` gives its value for a group of people; None stands for an empty base, and for what is not recorded at all.
    """

    code: str
    name: str
    base: str
    formula: str
    source: str
    of: Callable[[Tally], Value]
    adds: bool = False
    recorded: bool = True

    @property
    def head(self) -> str:
        return f"{_(self.name)}（{_(self.base)}）" if self.base else _(self.name)


def count(code: str, name: str, formula: str, of: Callable[[Tally], Value], source: str = CUSTOM) -> Measured:
    return Measured(code, name, "", formula, source, of, adds=True)


CSUFT, ZHUHAI = N_("长沙一所大学 2017 年公布的数字"), N_("珠海 2025 年公布的数字")

FIGURES: tuple[Measured, ...] = (
    count("expected", N_("应考"), N_("名单 − 免考 − 缓考"), lambda t: t.expected, CSUFT),
    count("excused", N_("免考"), N_("批准免考的人"), lambda t: t.excused, CSUFT),
    count("deferred", N_("缓考"), N_("批准缓考的人"), lambda t: t.deferred),
    count("sat", N_("实考"), N_("应考的人里至少有一次有效交卷的，一人多次只计一次"), lambda t: t.sat, CSUFT),
    count("absent", N_("未考"), N_("应考 − 实考"), lambda t: t.absent),
    count("passed", N_("合格"), N_("计入的成绩达到合格线的人"), lambda t: t.passed, CSUFT),
    count("excellent", N_("优秀"), N_("计入的成绩达到优秀线的人"), lambda t: t.excellent, ZHUHAI),
    Measured("participation", N_("参考率"), N_("实考 ÷ 应考"), N_("实考 ÷ 应考"), CSUFT, lambda t: t.participation),
    Measured("pass_of_expected", N_("合格率"), N_("合格 ÷ 应考"), N_("合格 ÷ 应考"), CSUFT, lambda t: t.pass_of_expected),
    Measured("pass_of_sat", N_("合格率"), N_("合格 ÷ 实考"), N_("合格 ÷ 实考"), ZHUHAI, lambda t: t.pass_of_sat),
    Measured("excellence_of_sat", N_("优秀率"), N_("优秀 ÷ 实考"), N_("优秀 ÷ 实考"), ZHUHAI,
             lambda t: t.excellence_of_sat),
    Measured("mean", N_("平均分"), N_("实考人员"), N_("已评出的成绩之和 ÷ 这些人，未考的人不按 0 分计入"), CUSTOM, lambda t: t.mean),
    Measured("median", N_("中位数"), N_("实考人员"), N_("已评出的成绩从低到高排在正中的，人数为双数时取中间两个的平均"), CUSTOM,
             lambda t: t.median),
)
"""What stands in the files, in the order of their columns."""

MEASURES: tuple[Measured, ...] = (
    *FIGURES[:7],
    count("failed", N_("未合格"), N_("实考 − 待评分 − 合格"), lambda t: t.failed),
    count("unmarked", N_("待评分"), N_("已交卷、还有题目等人评分的人"), lambda t: t.unmarked),
    *FIGURES[7:11],
    Measured("excellence_of_expected", N_("优秀率"), N_("优秀 ÷ 应考"), N_("优秀 ÷ 应考"), CUSTOM,
             lambda t: t.excellence_of_expected),
    Measured("completion", N_("完成率"), N_("已出成绩 ÷ 应考"), N_("已交卷并评出成绩的人 ÷ 应考"), N_("重庆的说法：完成 ÷ 应完成"),
             lambda t: t.completion),
    Measured("study", N_("参学率"), N_("达到学习要求 ÷ 应学"), N_("达到考前学习要求的人 ÷ 应学的人"), N_("湖南 2020 年公布的数字"),
             lambda t: None, recorded=False),
    *FIGURES[11:],
)
"""Every figure that the platform knows, in the order of the page."""
