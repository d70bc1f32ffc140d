"""How articles are numbered: 第一百三十三条之一 is 133-1."""

from __future__ import annotations

import re

from quizapp.kernel.errors import InputError
from quizapp.kernel.numerals import half_width, to_chinese, to_int

_NUMBER = "[零〇一二三四五六七八九十百千两0-9]+"
ARTICLE_NUMBER = rf"第({_NUMBER})条(?:之({_NUMBER}))?"
"""Regular expression of 第X条 and 第X条之一, its numbers as groups."""

SPECIAL = {"preamble": "序言", "annex": "附件", "text": "全文"}
"""What stands beside the numbered articles; "text" is the whole of a text that has none."""

_ARTICLE = re.compile(ARTICLE_NUMBER)
_SHORT = re.compile(r"(\d{1,4})(?:-(\d{1,2}))?")


def article_number(text: str) -> str:
    """「第一百三十三条之一」「133-1」「一千二百六十」「序言」 → 「133-1」「1260」「preamble」. Raises InputError for anything else."""
    plain = half_width(text).strip()
    for number, name in SPECIAL.items():
        if plain in (number, name):
            return number
    match = _ARTICLE.fullmatch(plain) or _SHORT.fullmatch(plain)
    if match is not None:
        return joined(match[1], match[2])
    value = to_int(plain)
    if value < 0:  # 负三
        raise InputError("「%(text)s」不是条文序号。", text=text)
    return str(value)


def joined(number: str, extra: str | None) -> str:
    """The two groups of `ARTICLE_NUMBER` as one number. Raises InputError where a group is no number."""
    return str(to_int(number)) + (f"-{to_int(extra)}" if extra else "")


def article_name(number: str) -> str:
    """「133-1」 → 「第一百三十三条之一」; 「preamble」 → 「序言」."""
    if number in SPECIAL:
        return SPECIAL[number]
    main, _, extra = number.partition("-")
    if not main.isdigit():
        raise InputError("「%(text)s」不是条文序号。", text=number)
    return f"第{to_chinese(int(main))}条" + (f"之{to_chinese(int(extra))}" if extra else "")


def order_of(number: str) -> tuple[int, int]:
    """Sort key: the preamble first, 133 before 133-1 before 134, annexes last."""
    if number in SPECIAL:
        return (10**6, 0) if number == "annex" else (0, 0)
    main, _, extra = number.partition("-")
    return int(main), int(extra or 0)
