"""Numbers in the text of a law: their unit, their size, how they are written."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import log

from quizapp.kernel.errors import InputError
from quizapp.kernel.numerals import to_float

_N = "(?:[零〇一二三四五六七八九十百千万两亿]+|[0-9]+(?:[.][0-9]+)?)"
_UNIT = "个工作日|工作日|小时|个月|周岁|万元|亿元|日|天|年|元|人|名|倍"
_SHARE = f"(?:百|千|万|[二三四五六七八九十]|10)分之{_N}"
_AMOUNT = f"{_N}(?:{_UNIT})|{_SHARE}|{_N}%"
_RANGE = re.compile(
    f"({_AMOUNT})(?:以上)?(?:不满|至)({_AMOUNT})(?:以下)?|({_AMOUNT})以上(?:不满)?({_AMOUNT})以下"
)
_ABBREVIATED = re.compile(f"({_N})至({_N})({_UNIT})")
_MAJORITY = re.compile("[二三四五六七八九十]分之[一二三四五六七八九](?:以上)?|过半数")
_SINGLE = re.compile(_AMOUNT)
_PARTS = re.compile(f"({_N})({_UNIT}|%)|([百千万二三四五六七八九十]|10)分之({_N})")
_NOT_BEFORE = re.compile(
    "[第每同上下当本初月这那]$|[0-9]{1,2}月$|[0-9]年$|星期$|前一?$|后$|之$|若干$|任何$|[任另]$|同$|年$"
)
_NOT_AFTER = re.compile(
    "[度级底初终中末间来月期]|生|均|民|员|大|口|事|身|才|格|次|（[0-9]|以来|预算|决算|收入"
)

FAMILIES = {
    "个工作日": "period",
    "工作日": "period",
    "日": "period",
    "天": "period",
    "小时": "period",
    "个月": "period",
    "年": "period",
    "周岁": "age",
    "元": "money",
    "万元": "money",
    "亿元": "money",
    "人": "people",
    "名": "people",
    "倍": "times",
    "%": "share",
    "百": "share",
    "千": "share",
    "万": "share",
}

_DAYS = {"小时": 1 / 24, "日": 1, "天": 1, "个工作日": 1.4, "工作日": 1.4, "个月": 30, "年": 365}


@dataclass(frozen=True, slots=True)
class Value:
    """A number with its unit as it stands at `start` of some text. `group`: only values of one group may
    stand beside each other as options: unit, form (single, range, majority) and way of writing agree."""

    text: str
    start: int
    sizes: tuple[float, ...]
    group: str
    family: str

    @property
    def end(self) -> int:
        return self.start + len(self.text)

    @property
    def days(self) -> float | None:
        """How long a single period is, about; None for anything else."""
        unit, _, form = self.group.partition("/")
        single = self.family == "period" and form.startswith("single")
        return self.sizes[0] * _DAYS[unit] if single else None

    @property
    def style(self) -> str:
        """Whether it is written in Chinese or Arabic numerals."""
        return self.group.rpartition("/")[2]


def values_in(text: str) -> Iterator[Value]:
    """The numbers of `text` from left to right, a range (五日以上十五日以下) as one; dates and ordinals left out."""
    place = 0
    while place < len(text):
        found = _next(text, place)
        if found is None:
            return
        value, place = found
        if value is not None:
            yield value


def ends_of(value: Value) -> Iterator[Value]:
    """The two ends of a range as values of their own."""
    if len(value.sizes) < 2:
        return
    for match in _SINGLE.finditer(value.text):
        single = _value(match[0], value.start + match.start(), (match[0],), "single")
        if single is not None:
            yield single


def distance(one: Value, other: Value) -> float:
    """How far apart two values of a group are, in powers of e; the larger difference of a range counts."""
    return max(abs(log(a / b)) for a, b in zip(one.sizes, other.sizes, strict=True))


def _next(text: str, place: int) -> tuple[Value | None, int] | None:
    matches = [
        m for pattern in (_RANGE, _MAJORITY, _ABBREVIATED, _SINGLE) if (m := pattern.search(text, place))
    ]
    if not matches:
        return None
    match = min(matches, key=lambda m: (m.start(), -m.end()))
    before, after = text[max(0, match.start() - 3) : match.start()], text[match.end() : match.end() + 3]
    if _NOT_BEFORE.search(before) or (match[0][-1] in "年人日月名" and _NOT_AFTER.match(after)):
        return None, match.end()
    return _read(match), match.end()


def _read(match: re.Match[str]) -> Value | None:
    if match.re is _MAJORITY:
        return _majority(match)
    if match.re is _SINGLE:
        return _value(match[0], match.start(), (match[0],), "single")
    if match.re is _ABBREVIATED:
        parts: Sequence[str] = (match[1] + match[3], match[2] + match[3])
    else:
        parts = [part for part in match.groups() if part]
    form = "range" + "".join(sign for sign in ("至", "不满", "以上", "以下") if sign in match[0])
    return _value(match[0], match.start(), parts, form)


def _majority(match: re.Match[str]) -> Value | None:
    if match[0] == "过半数":
        return Value(match[0], match.start(), (0.51,), "majority", "majority")
    whole, _, part = match[0].removesuffix("以上").partition("分之")
    size = to_float(part) / to_float(whole)
    group = "majority" if match[0].endswith("以上") else "fraction"
    return Value(match[0], match.start(), (size,), group, group) if 0 < size < 1 else None


def _value(text: str, start: int, parts: Sequence[str], form: str) -> Value | None:
    """None where a part is no number, zero, or a year of the calendar."""
    sizes, units = [], []
    for part in parts:
        match = _PARTS.fullmatch(part)
        if match is None:
            return None
        try:
            sizes.append(to_float(match[1] or match[4]))
        except InputError:
            return None
        units.append(match[2] or match[3])
    if len(set(units)) != 1 or min(sizes) <= 0 or (units[0] == "年" and sizes[0] > 1000):
        return None
    if (len(sizes) > 1 and sizes[0] >= sizes[1]) or units[0] not in FAMILIES:
        return None
    style = "arabic" if re.search("[0-9]", text) else "chinese"
    return Value(text, start, tuple(sizes), f"{units[0]}/{form}/{style}", FAMILIES[units[0]])
