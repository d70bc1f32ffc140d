"""Chinese text as people type it: width folding, and the form in which two answers are compared."""

import re
import unicodedata

from quizapp.kernel.errors import InputError
from quizapp.kernel.numerals import CHINESE_DIGITS, to_int

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "‘": "'", "’": "'"})
# Signs that may stand around an answer without changing it. "%" and "-" are absent: they carry meaning.
_EDGE = " .,;:?!。、·…'\"()[]{}<>《》〈〉「」『』【】〔〕"
_ZH_NUMBER = re.compile(f"[{CHINESE_DIGITS}亿]+")
_MIXED_NUMBER = re.compile(r"(?<![0-9.])([0-9]{1,12})(?:\.([0-9]{1,6}))?([百千万亿]{1,2})")
_GROUPED_NUMBER = re.compile(r"(?<![0-9,.])[0-9]{1,3}(?:,[0-9]{3})+(?![0-9,])")
_FRACTION = re.compile(r"(?<![0-9])(百|100|千|1000)分之([0-9]+(?:\.[0-9]+)?)")
_UNIT = {"百": 10**2, "千": 10**3, "万": 10**4, "亿": 10**8}


def to_half_width(text: str) -> str:
    """Full-width Latin letters, digits and signs (and the ideographic space) as their half-width forms."""
    return text.translate(_FULL_WIDTH)


def fold(text: str) -> str:
    """The form in which two typed answers are compared; idempotent, never shown to anybody.

    Width, case, spaces, invisible characters, quotation marks and the punctuation around the answer do not
    count, and numbers are Arabic: 「六十日」, 「60日」 and 「６０ 日。」 fold to the same text, as do 「3万元」 and
    「三万元」, 「百分之十」 and 「10%」. An answer of nothing but spaces and punctuation folds to "".
    """
    while (folded := _fold_once(text)) != text:
        text = folded
    return text


def _fold_once(text: str) -> str:
    text = unicodedata.normalize("NFKC", to_half_width(text)).casefold().translate(_QUOTES)
    text = "".join(c for c in text if not c.isspace() and unicodedata.category(c) not in {"Cf", "Cc"})
    text = _GROUPED_NUMBER.sub(lambda match: match[0].replace(",", ""), text)
    text = _MIXED_NUMBER.sub(_arabic_mixed, text)
    text = _ZH_NUMBER.sub(_arabic, text)
    text = _FRACTION.sub(lambda match: match[2] + ("%" if match[1] in ("百", "100") else "‰"), text)
    return text.strip(_EDGE)


def _arabic(match: re.Match[str]) -> str:
    try:
        return str(to_int(match[0]))
    except InputError:  # 「万」 「百千」: characters of numbers that make no number
        return match[0]


def _arabic_mixed(match: re.Match[str]) -> str:
    """「3万」 or 「1.5亿」 written out, where that is a whole number."""
    whole, decimals, units = match[1], match[2] or "", match[3]
    factor = 1
    for unit in units:
        factor *= _UNIT[unit]
    number, rest = divmod(int(whole + decimals) * factor, 10 ** len(decimals))
    return match[0] if rest else str(number)
