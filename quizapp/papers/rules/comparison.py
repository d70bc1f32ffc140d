"""Parallel forms side by side: what an administrator looks at to see that they are alike and little exposed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class FormContent:
    """A form: number of questions by item id (a case asks several), the level of each item, and the share of marks
    that it was expected to bring when it was made."""

    number: int
    total: Decimal
    questions: Counter[int]
    levels: dict[int, int]
    expected: float | None = None


@dataclass(frozen=True)
class FormLine:
    """A form beside the others. `levels`: items of each level; `shared`: most items in common with one other form;
    `uses`: on how many of the forms its most used item is; `before`: items that earlier papers had; `expected`: as in
    `FormContent`."""

    number: int
    questions: int
    total: Decimal
    levels: Mapping[int, int]
    shared: int
    uses: int
    before: int
    expected: float | None = None


def compare_forms(forms: Sequence[FormContent], before: Collection[int]) -> list[FormLine]:
    uses = Counter(item for form in forms for item in form.questions)
    items = [set(form.questions) for form in forms]
    return [
        FormLine(
            form.number, form.questions.total(), form.total, Counter(form.levels.values()),
            max((len(own & other) for m, other in enumerate(items) if m != n), default=0),
            max(uses[item] for item in own), len(own & set(before)), form.expected,
        )
        for n, (form, own) in enumerate(zip(forms, items, strict=True))
    ]


@dataclass(frozen=True)
class Apart:
    """How far the expected shares of forms lie apart: the easiest and the hardest, each with its share."""

    easy: int
    high: float
    hard: int
    low: float


def apart(lines: Sequence[FormLine]) -> Apart | None:
    """None where any form has no expected share. Of equal ones the first counts as the easiest and the hardest."""
    shares = [(line.expected, line.number) for line in lines if line.expected is not None]
    if not shares or len(shares) < len(lines):
        return None
    (high, first), (low, last) = max(shares, key=lambda one: (one[0], -one[1])), min(shares)
    return Apart(first, high, last, low)
