"""The fields of a plan: what each is called, in which group it stands, and what may be typed into it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from quizapp.kernel.errors import InputError
from quizapp.kernel.text import to_half_width

Kind = Literal["count", "percent", "subject", "text"]

MOST = 9999
LONGEST = 300


@dataclass(frozen=True, slots=True)
class Field:
    """`single`: at most one value of it may stand. `asked`: said to be unknown where the report is silent."""

    name: str
    label: str
    group: str
    kind: Kind
    single: bool = False
    asked: bool = False


GROUPS = {
    "exams": "考试",
    "rates": "参考率与合格率",
    "study": "学习",
    "campaigns": "宣传活动",
    "subjects": "科目",
    "titles": "文件",
    "shortcomings": "不足",
}
FIELDS = {
    field.name: field
    for field in (
        Field("exams_online", "线上考试", "exams", "count", single=True, asked=True),
        Field("exams_offline", "线下考试", "exams", "count", single=True, asked=True),
        Field("exams_total", "考试合计", "exams", "count", single=True, asked=True),
        Field("participation_rate", "参考率", "rates", "percent", single=True, asked=True),
        Field("pass_rate", "合格率", "rates", "percent", single=True, asked=True),
        Field("excellence_rate", "优秀率", "rates", "percent", single=True),
        Field("study_participation_rate", "参学率", "rates", "percent", single=True),
        Field("people_expected", "应考人数", "rates", "count"),
        Field("people_sat", "实考人数", "rates", "count"),
        Field("people_passed", "合格人数", "rates", "count"),
        Field("study_sessions", "集体学法", "study", "count", single=True, asked=True),
        Field("campaign", "宣传活动", "campaigns", "text"),
        Field("subject", "科目", "subjects", "subject"),
        Field("title", "文件", "titles", "text"),
        Field("shortcoming", "不足", "shortcomings", "text"),
    )
}
TITLE_KINDS = {
    "law": "法律",
    "regulation": "法规规章",
    "party_rule": "党内法规",
    "policy": "政策文件",
    "article": "文章",
    "book": "书籍",
    "own_report": "本单位报告",
}
UNITS = {"exams_online": "次", "exams_offline": "次", "exams_total": "次", "study_sessions": "次",
         "people_expected": "人", "people_sat": "人", "people_passed": "人"}


def typed_value(field: Field, text: str) -> int | float | str:
    """What somebody typed for a field, as the plan keeps it. Raises InputError saying what to type."""
    plain = to_half_width(text).strip() if field.kind in ("count", "percent") else " ".join(text.split())
    if not plain:
        raise InputError("请填写%(label)s", label=field.label)
    if field.kind == "count":
        return _count(field, plain)
    if field.kind == "percent":
        return _percent(field, plain.removesuffix("%").strip())
    if len(plain) > LONGEST:
        raise InputError("%(label)s不要超过 %(n)s 字", label=field.label, n=LONGEST)
    return plain


def _count(field: Field, plain: str) -> int:
    if not (plain.isascii() and plain.isdigit()) or int(plain[:9]) > MOST:
        raise InputError("%(label)s请填写 0 至 %(n)s 的整数", label=field.label, n=MOST)
    return int(plain)


def _percent(field: Field, plain: str) -> int | float:
    try:
        value = Decimal(plain)
    except InvalidOperation:
        value = Decimal(-1)
    if not value.is_finite() or not 0 <= value <= 100 or value != round(value, 2):
        raise InputError("%(label)s请填写 0 至 100 的数，最多两位小数", label=field.label)
    return int(value) if value == int(value) else float(value)


def shown(field: str, value: Any) -> str:
    """A value as people read it: 3, 99.52%, a text."""
    return f"{value:g}%" if FIELDS[field].kind == "percent" and isinstance(value, int | float) else str(value)
