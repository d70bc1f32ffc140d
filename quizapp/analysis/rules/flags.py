"""What the statistics of a question say that a person should look at. Every bound has its source beside it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import sqrt

from quizapp.analysis.rules.classical import Group, QuestionStatistics
from quizapp.analysis.rules.groups import EXTREME

ENOUGH = 30
"""People below which nothing is judged: the standard error of a facility is then up to 0.09, that of a correlation
0.18. Ours; textbooks ask for 30 to 100."""
EASY, HARD = 0.95, 0.30
"""Facility. 0.30: Crocker & Algina (1986), “Introduction to Classical and Modern Test Theory”, ch. 14, take 0.3 to 0.7 for
the most informative range; 0.95: ours, higher, since a test of what everybody has to know is meant to be easy."""
WEAK = 0.20
"""Discrimination index. Ebel & Frisbie (1991), “Essentials of Educational Measurement”, ch. 13: below 0.20 poor, to be
rejected or rewritten; 0.40 and above very good. Ours: said only where it is lower by a standard error."""
UNUSED, UNUSED_PEOPLE = 0.05, 100
"""A distractor works that at least 5 % choose: Haladyna & Downing (1993), “How many options is enough for a
multiple-choice test item?”. Ours: asked from 100 people on."""
SURE = 2.0
"""Standard errors by which something has to differ from chance before it is said."""
BEST = 10
"""People in the best third below which their choices are not judged. Ours."""
CHOICES = ("single", "multiple", "true_false")


class Code(StrEnum):
    """In the order in which a person should look."""

    KEY_WRONG = "key_wrong"
    KEY_TOO_MUCH = "key_too_much"
    NEGATIVE = "negative"
    HARD = "hard"
    WEAK = "weak"
    EASY = "easy"
    UNUSED = "unused"
    TOO_FEW = "too_few"


SERIOUS = (Code.KEY_WRONG, Code.KEY_TOO_MUCH, Code.NEGATIVE)


@dataclass(frozen=True, slots=True)
class Flag:
    """`option` and the shares (0 to 1) that its sentence names."""

    code: Code
    option: str = ""
    share: float | None = None
    other: float | None = None


def is_marked(codes: Iterable[str], notes: Sequence[object]) -> bool:
    """Whether a question has something for a person to look at, by the codes of its flags and its notes. That too few
    people answered is no reason."""
    return bool(notes) or any(code != Code.TOO_FEW for code in codes)


def flags(kind: str, options: Sequence[str], key: Collection[str], found: QuestionStatistics) -> list[Flag]:
    """In the order of `Code`. `options`: all ids in the bank's order, empty where nothing is chosen."""
    if found.people < ENOUGH:
        return [Flag(Code.TOO_FEW)]
    said = _of_key(kind, options, key, found)
    if found.item_rest is not None and found.item_rest < -SURE / sqrt(found.people):
        said.append(Flag(Code.NEGATIVE, share=found.item_rest))
    if found.facility < HARD:
        said.append(Flag(Code.HARD, share=found.facility))
    elif found.facility > EASY:
        said.append(Flag(Code.EASY, share=found.facility))
    elif found.discrimination is not None and not said and found.discrimination + _error(found) < WEAK:
        said.append(Flag(Code.WEAK, share=found.discrimination))
    if found.people >= UNUSED_PEOPLE and found.facility <= EASY:
        said += _unused(options, key, found)
    return sorted(said, key=lambda flag: list(Code).index(flag.code))


def _error(found: QuestionStatistics) -> float:
    """Standard error of the discrimination index, both groups being as small as they may be."""
    return sqrt(2 * found.facility * (1 - found.facility) / (EXTREME * found.people))


def _of_key(kind: str, options: Sequence[str], key: Collection[str], found: QuestionStatistics) -> list[Flag]:
    """Whether the best third hold another answer for right than the key does."""
    if kind not in CHOICES or not found.groups or found.groups[-1].people < BEST:
        return []
    worst, best = found.groups[0], found.groups[-1]
    if kind == "multiple":
        return _of_many(options, key, worst, best)
    right = sum(best.choices.get(one, 0.0) for one in key)
    for option in _wrong(options, key):
        share = best.choices.get(option, 0.0)
        # a sign test: of those who took one of the two, did more take this one than chance would bring
        difference, both = (share - right) * best.people, (share + right) * best.people
        if both and difference / sqrt(both) >= SURE:
            return [Flag(Code.KEY_WRONG, option, share, right)]
    return []


def _of_many(options: Sequence[str], key: Collection[str], worst: Group, best: Group) -> list[Flag]:
    """Each option for itself: one outside the key that most of the best choose, one of the key that they shun."""
    said = []
    half = SURE * sqrt(0.25 / best.people)
    for option in options:
        share, below = best.choices.get(option, 0.0), worst.choices.get(option, 0.0)
        if option not in key and share > 0.5 + half and share >= below:
            said.append(Flag(Code.KEY_WRONG, option, share))
        elif option in key and share < 0.5 - half and share <= below:
            said.append(Flag(Code.KEY_TOO_MUCH, option, share, below))
    return said


def _unused(options: Sequence[str], key: Collection[str], found: QuestionStatistics) -> list[Flag]:
    people = sum(group.people for group in found.groups)
    if not people:
        return []
    shares = {
        option: sum(group.choices.get(option, 0.0) * group.people for group in found.groups) / people
        for option in _wrong(options, key)
    }
    # the one wrong judgement of a statement is no distractor that could be replaced
    return [Flag(Code.UNUSED, option, share) for option, share in shares.items() if share < UNUSED and len(options) > 2]


def _wrong(options: Sequence[str], key: Collection[str]) -> list[str]:
    return [option for option in options if option not in key]
