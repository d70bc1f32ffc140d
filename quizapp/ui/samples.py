"""Made-up values that show the components on the gallery page; nothing else uses them."""

from __future__ import annotations

from dataclasses import dataclass, field

from wtforms import BooleanField, Form, IntegerField, StringField

from quizapp.i18n import _, lazy
from quizapp.kernel.rates import Rate
from quizapp.ui.tables import Column, Table, build_table

THEMES = ("light", "dark")
ANSWERED = 31
SLIPS = (
    ["done"] * 6 + ["both"] + ["done"] * 4 + ["flag"] + ["done"] * 2 + ["open"] + ["done"] * 10 + ["open"]
    + ["done"] * 5 + ["both"] + ["done"] * 2 + ["open"] + ["unseen"] * 15
)


@dataclass(frozen=True, slots=True)
class UnitRow:
    name: str
    expected: int
    sat: int

    @property
    def rate(self) -> Rate:
        return Rate(self.sat, self.expected)


UNITS = (UnitRow("局机关", 168, 168), UnitRow("公务用车服务中心", 231, 219))


@dataclass(frozen=True, slots=True)
class TextRun:
    """A run of text with what happened to it: same, deleted or inserted."""

    text: str
    change: str = "same"


@dataclass(frozen=True, slots=True)
class StemRun:
    text: str
    emphasised: bool = False
    blank: int | None = None


# samples of content: Chinese in both languages, as content is
STEM = (StemRun("下列关于诉讼时效的说法，"), StemRun("错误", emphasised=True), StemRun("的是（　　）。"))
CHANGED = (
    TextRun("可以自知道"), TextRun("或者应当知道", "inserted"), TextRun("该"), TextRun("具体", "deleted"),
    TextRun("行政行为之日起六十日内提出行政复议申请。"),
)


class SampleForm(Form):
    title = StringField(lazy("考试名称"))
    closes = StringField(lazy("结束时间"))
    pass_mark = IntegerField(lazy("合格线"))
    understood = BooleanField(lazy("我已阅读考试规则，本人独立作答"))


@dataclass(frozen=True)
class Side:
    """One half of the gallery: the same components in one theme; ids carry the theme's name."""

    theme: str
    form: SampleForm
    table: Table[UnitRow]
    empty_table: Table[UnitRow]
    rates: tuple[Rate, ...] = (Rate(168, 168), Rate(219, 231), Rate(0, 0))
    total: UnitRow = field(default_factory=lambda: UnitRow("", 399, 387))
    slips: tuple[str, ...] = tuple(SLIPS)


def side(theme: str) -> Side:
    form = SampleForm(prefix=f"{theme}-", data={"closes": "2026-11-15 18:00", "pass_mark": 60, "understood": True})
    form.title.errors = [_("没有填写")]
    form.closes.errors = [_("早于开始时间，请改到 11 月 16 日 09:00 以后")]
    columns: list[Column[UnitRow]] = [
        Column("unit", _("单位"), lambda row: row.name),
        Column("expected", _("应考"), lambda row: row.expected, kind="number"),
        Column("sat", _("实考"), lambda row: row.sat, kind="number"),
        Column("state", _("状态"), lambda row: _("没有到齐") if row.sat < row.expected else _("到齐"), kind="tag",
               tag=lambda row: "warn" if row.sat < row.expected else "ok"),
    ]
    caption = _("示例表格，%(theme)s", theme=theme_name(theme))
    return Side(theme, form, build_table(f"sample-{theme}", caption, columns, UNITS),
                build_table(f"sample-empty-{theme}", f"{caption} 2", columns, [], filterable=False))


def theme_name(theme: str) -> str:
    return _("浅色") if theme == "light" else _("深色")
