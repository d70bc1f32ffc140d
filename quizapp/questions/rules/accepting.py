"""What else counts as right in a blank: other ways to type a variant, for whoever reviews the item to see."""

from __future__ import annotations

import re
from collections.abc import Iterator

from quizapp.kernel.errors import InputError
from quizapp.kernel.numerals import CHINESE_DIGITS, to_chinese, to_int
from quizapp.kernel.text import fold

_ARABIC = re.compile(r"(?<![0-9.,])[0-9]{1,8}(?![0-9.,])")
_CHINESE = re.compile(f"[{CHINESE_DIGITS}]+")
_FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}


def spellings(variant: str) -> tuple[str, ...]:
    """Ways to type `variant` that are marked as right although they look different: 「60日」 as 「六十日」 and 「６０日」.

    Examples, not all of them: spaces and the punctuation around an answer do not count either. Each folds to the same
    text as the variant (`kernel.text.fold`), which is what marking compares.
    """
    wanted = fold(variant)
    return tuple(dict.fromkeys(
        other for other in _others(variant) if other != variant and fold(other) == wanted))


def _others(variant: str) -> Iterator[str]:
    in_chinese = _ARABIC.sub(lambda match: to_chinese(int(match[0])), variant)
    in_arabic = _CHINESE.sub(_arabic, variant)
    yield in_chinese
    yield in_arabic
    yield in_arabic.translate(_FULL_WIDTH)


def _arabic(match: re.Match[str]) -> str:
    try:
        return str(to_int(match[0]))
    except InputError:
        return match[0]
