"""What becomes of marks when a question is put right after its exam. Pure; marks in hundredths where it says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from quizapp.questions.rules.marking import Key

KEY, FULL, REMOVED = "key", "full", "removed"
VOID = (FULL, REMOVED)
Asked = tuple[int, int]  # item version, part: the same question on whichever form


@dataclass(frozen=True, slots=True)
class Correction:
    """What was decided about a question: `treatment` KEY with another `key`; FULL, everybody who was asked it gets its
    marks; or REMOVED, the rest of the paper stands for the whole. `number`: of the regrade in the exam."""

    version_id: int
    part: int
    treatment: str
    key: Key = ()
    number: int = 0
    reason: str = ""

    @property
    def asked(self) -> Asked:
        return self.version_id, self.part


def rescaled(points: int, total: int, removed: int) -> int:
    """What `points` of the marks that are left are of the whole paper, half up to a hundredth; all in hundredths.

    Raises ValueError where nothing is left."""
    left = total - removed
    if left <= 0:
        raise ValueError("no question is left on the form")
    return (2 * points * total + left) // (2 * left)


def total_of(
    marks: Mapping[int, Decimal], scores: Mapping[int, Decimal | None], treated: Mapping[int, str]
) -> tuple[Decimal | None, bool]:
    """The sum of a paper, None while an answer waits for its marks; and whether one does.

    `marks`: what each position of the form can bring; `scores`: what each answer brought; `treated`: the positions
    that were put right. Who left a question empty that brings everybody its marks gets them too.
    """
    if None in scores.values():
        return None, True
    points = sum((score for score in scores.values() if score is not None), Decimal(0))
    points += sum((marks[at] for at, how in treated.items() if how == FULL and at not in scores), Decimal(0))
    points = max(points, Decimal(0))  # single answers may have cost marks, a paper never does
    removed = sum((marks[at] for at, how in treated.items() if how == REMOVED), Decimal(0))
    if not removed:
        return points, False
    cents = rescaled(hundredths(points), hundredths(sum(marks.values(), Decimal(0))), hundredths(removed))
    return Decimal(cents).scaleb(-2), False


def hundredths(marks: Decimal) -> int:
    return int((marks * 100).to_integral_value())
