"""The figures of a report as columns: what each is called and divided by, and how it comes out of a tally."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from quizapp.i18n import N_, _
from quizapp.kernel.rates import Rate
from quizapp.reports.rules.tally import Tally


@dataclass(frozen=True, slots=True)
class Measured:
    """A column of figures: its name, what it is divided by, and how it comes out of a tally."""

    name: str
    base: str
    of: Callable[[Tally], int | Rate | Decimal | None]

    @property
    def head(self) -> str:
        return f"{_(self.name)}（{_(self.base)}）" if self.base else _(self.name)


FIGURES: tuple[Measured, ...] = (
    Measured(N_("应考"), "", lambda t: t.expected),
    Measured(N_("免考"), "", lambda t: t.excused),
    Measured(N_("缓考"), "", lambda t: t.deferred),
    Measured(N_("实考"), "", lambda t: t.sat),
    Measured(N_("未考"), "", lambda t: t.absent),
    Measured(N_("合格"), "", lambda t: t.passed),
    Measured(N_("优秀"), "", lambda t: t.excellent),
    Measured(N_("参考率"), N_("实考 ÷ 应考"), lambda t: t.participation),
    Measured(N_("合格率"), N_("合格 ÷ 应考"), lambda t: t.pass_of_expected),
    Measured(N_("合格率"), N_("合格 ÷ 实考"), lambda t: t.pass_of_sat),
    Measured(N_("优秀率"), N_("优秀 ÷ 实考"), lambda t: t.excellence_of_sat),
    Measured(N_("平均分"), N_("实考人员"), lambda t: t.mean),
    Measured(N_("中位数"), N_("实考人员"), lambda t: t.median),
)
