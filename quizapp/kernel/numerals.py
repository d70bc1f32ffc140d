"""Numbers as Chinese documents write them: 3, ３, 三, 两, 一百零五, 二〇二三, 百分之九十九点五."""

from __future__ import annotations

import re
from typing import Any

from quizapp.kernel.errors import InputError

CHINESE_DIGITS = "零〇○一二两三四五六七八九十百千万廿卅"
NUMBER = rf"(?:\d+(?:\.\d+)?|[{CHINESE_DIGITS}]+)"
"""Regular expression of a number without unit; apply `half_width` to the text first."""

_LONGEST = 24  # characters; longer runs are serial numbers or noise
_PLACE_VALUES = re.compile("[十百千万廿卅]")
_DIGIT_BY_DIGIT = str.maketrans("零〇○一二两三四五六七八九", "0001223456789")
_HALF_WIDTH = {code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))}
_HALF_WIDTH |= {ord("％"): ord("%"), ord("．"): ord("."), 0x3000: ord(" "), 0xA0: ord(" ")}


def half_width(text: str) -> str:
    """Full-width digits, letters, percent signs, points and spaces as half-width; other punctuation stays."""
    return text.translate(_HALF_WIDTH)


def to_int(text: str) -> int:
    """The whole number that `text` writes: 「１２」「十二」「两」「二〇二三」.

    Raises InputError when it is not one whole number (「十几」「3.5」「」).
    """
    value = to_float(text)
    if value != int(value):
        raise InputError("「%(text)s」不是整数。", text=text)
    return int(value)


def to_float(text: str) -> float:
    """The number that `text` writes: 「99.5」「九十九点五」. Raises InputError when it is none."""
    plain = half_width(text).strip()
    if len(plain) > _LONGEST:
        raise InputError("「%(text)s」不是数字。", text=plain[:_LONGEST])
    if re.fullmatch(r"[0-9]+(\.[0-9]+)?", plain):
        return float(plain)
    if plain and not _PLACE_VALUES.search(plain):
        digits = plain.translate(_DIGIT_BY_DIGIT).replace("点", ".", 1)
        if re.fullmatch(r"[0-9]+(\.[0-9]+)?", digits):
            return float(digits)
    try:
        return float(_cn2an().cn2an(plain.replace("○", "〇"), "smart"))
    except (ValueError, KeyError) as error:
        raise InputError("「%(text)s」不是数字。", text=text) from error


def to_chinese(value: int) -> str:
    """12 → 「十二」, 2 → 「二」. `value` is 0 or more."""
    if value < 0:
        raise InputError("「%(text)s」不是数字。", text=str(value))
    words: str = _cn2an().an2cn(value, "low")
    return words.removeprefix("一") if 10 <= value < 20 else words


def _cn2an() -> Any:
    # imported here: it takes a tenth of the whole start, and few commands meet a Chinese number
    import cn2an

    return cn2an
