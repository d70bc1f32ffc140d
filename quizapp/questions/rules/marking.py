"""Marking one response against its key, and what a response may look like."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import TypeAlias

from quizapp.kernel.errors import InputError
from quizapp.kernel.text import fold

RESPONSE_CHARS = 2000
TRUE_FALSE = ("true", "false")

# option ids, or ("true",), or the accepted variants of each blank, or nothing (short answer)
Key: TypeAlias = Sequence[str] | Sequence[Sequence[str]]


class MarkingRule(StrEnum):
    """How a multiple-choice item is marked; the exam chooses. NEGATIVE alone can cost marks, at most what the item
    has; the sum of a paper is never below 0 (`attempts.service.finishing.total`)."""

    ALL_OR_NOTHING = "all_or_nothing"
    PARTIAL_NO_WRONG = "partial_no_wrong"
    PARTIAL_BALANCED = "partial_balanced"
    NEGATIVE = "negative"


@dataclass(frozen=True, slots=True)
class Mark:
    """`score` in marks, to 0.01; None where a person has to mark. `correct`: whether all of it is right."""

    score: Decimal | None
    correct: bool | None


def mark(
    kind: str,
    key: Key,
    response: Sequence[str],
    marks: Decimal,
    rule: MarkingRule | str = MarkingRule.ALL_OR_NOTHING,
) -> Mark:
    """The mark of a valid response; nothing answered scores 0. A short answer that says something: None.

    `marks`: the item's full marks, at least 0, at most two decimals. `rule` concerns `multiple` alone.
    Scores round half up to 0.01. Raises ValueError for an unknown kind or rule or for impossible marks.
    """
    if not marks.is_finite() or marks < 0 or marks != round(marks, 2):
        raise ValueError("marks must be at least 0 with at most two decimals")
    share = _share(kind, key, response, MarkingRule(rule))
    if share is None:
        return Mark(None, None)
    return Mark(_to_cents(Fraction(marks) * share), share == 1)


def is_answered(response: Sequence[str]) -> bool:
    """Whether a response says anything at all; spaces say nothing."""
    return any(text.strip() for text in response)


def validate_response(
    kind: str, option_ids: Collection[str], blanks: int, response: object
) -> tuple[str, ...]:
    """A response as it came in -> its text values; () is "not answered".

    `single`, `multiple`: ids out of `option_ids`; `true_false`: "true" or "false"; `fill`: one text per
    blank, "" where left empty; `short`: one text. Raises InputError for anything else.
    """
    if not isinstance(response, list | tuple) or not all(isinstance(text, str) for text in response):
        raise InputError("作答应当是文字的列表。")
    values = tuple(str(text) for text in response)
    if any(len(text) > RESPONSE_CHARS for text in values):
        raise InputError("作答过长，最多 %(limit)s 个字。", limit=RESPONSE_CHARS)
    if any(_unstorable(text) for text in values):
        raise InputError("作答里有无法保存的字符，请删去后重新输入。")
    match kind:
        case "single" | "multiple":
            _validate_choice(option_ids, values, most=1 if kind == "single" else len(option_ids))
        case "true_false":
            _validate_choice(TRUE_FALSE, values, most=1)
        case "fill":
            if values and len(values) != blanks:
                raise InputError(
                    "这道题有 %(blanks)s 个空，收到 %(count)s 个答案。", blanks=blanks, count=len(values)
                )
        case "short":
            if len(values) > 1:
                raise InputError("这道题只收一份答案，收到 %(count)s 份。", count=len(values))
        case _:
            raise ValueError(f"nothing is answered in an item of kind {kind!r}")
    return values


def _validate_choice(option_ids: Collection[str], values: tuple[str, ...], most: int) -> None:
    for value in values:
        if value not in option_ids:
            raise InputError("这道题没有选项“%(option)s”。", option=value[:20])
    if len(set(values)) != len(values):
        raise InputError("同一个选项选了两次。")
    if len(values) > most:
        raise InputError("这道题最多选 %(most)s 项，收到 %(count)s 项。", most=most, count=len(values))


def _unstorable(text: str) -> bool:
    """NUL and lone surrogates: no database keeps them as text."""
    return "\0" in text or any("\ud800" <= character <= "\udfff" for character in text)


def _share(kind: str, key: Key, response: Sequence[str], rule: MarkingRule) -> Fraction | None:
    """The share of the marks earned, 0 to 1, from -1 under NEGATIVE; None where a person has to judge."""
    match kind:
        case "single" | "true_false":
            return Fraction(set(response) == set(key))
        case "multiple":
            return _multiple_share({str(option) for option in key}, set(response), rule)
        case "fill":
            return _fill_share(key, response)
        case "short":
            return None if is_answered(response) else Fraction(0)
        case _:
            raise ValueError(f"no rule marks an item of kind {kind!r}")


def _multiple_share(key: set[str], chosen: set[str], rule: MarkingRule) -> Fraction:
    right, wrong = len(chosen & key), len(chosen - key)
    match rule:
        case MarkingRule.ALL_OR_NOTHING:
            return Fraction(chosen == key)
        case MarkingRule.PARTIAL_NO_WRONG:
            return Fraction(0) if wrong else Fraction(right, len(key))
        case MarkingRule.PARTIAL_BALANCED:
            return Fraction(max(0, right - wrong), len(key))
        case MarkingRule.NEGATIVE:
            return max(Fraction(right - wrong, len(key)), Fraction(-1))


def _fill_share(key: Key, response: Sequence[str]) -> Fraction:
    right = sum(
        bool(given := fold(text)) and given in {fold(variant) for variant in variants}
        for variants, text in zip(key, response, strict=False)
    )
    return Fraction(right, len(key))


def _to_cents(amount: Fraction) -> Decimal:
    """Half up to 0.01; exact, whatever the context of decimal arithmetic is."""
    cents = (amount * 100 + Fraction(1, 2)).__floor__()
    return Decimal(cents).scaleb(-2)
