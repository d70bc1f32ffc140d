"""Parallel forms side by side: what an administrator looks at to see that they are alike and little exposed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class FormContent:
    """A form: number of questions by item id (a case asks several), and the level of each item."""

    number: int
    total: Decimal
    questions: Counter[int]
    levels: dict[int, int]


@dataclass(frozen=True)
class FormLine:
    """A form beside the others. `levels`: items of each level; `shared`: most items in common with one other form;
    `uses`: on how many of the forms its most used item is; `before`: items that earlier papers had."""

    number: int
    questions: int
    total: Decimal
    levels: Mapping[int, int]
    shared: int
    uses: int
    before: int


def compare_forms(forms: Sequence[FormContent], before: Collection[int]) -> list[FormLine]:
    uses = Counter(item for form in forms for item in form.questions)
    items = [set(form.questions) for form in forms]
    return [
        FormLine(
            form.number, form.questions.total(), form.total, Counter(form.levels.values()),
            max((len(own & other) for m, other in enumerate(items) if m != n), default=0),
            max(uses[item] for item in own), len(own & set(before)),
        )
        for n, (form, own) in enumerate(zip(forms, items, strict=True))
    ]
