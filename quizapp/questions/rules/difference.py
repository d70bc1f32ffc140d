"""What changed between two versions of an item, field by field and word by word."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from quizapp.questions.rules.names import TYPE_NAMES
from quizapp.questions.rules.schema import (
    Case,
    Fill,
    Item,
    LawCitation,
    Multiple,
    Question,
    Short,
    Single,
    TrueFalse,
)
from quizapp.questions.rules.sheet import JUDGEMENTS

Change = Literal["same", "deleted", "inserted"]

_WORD = re.compile(r"[A-Za-z0-9]+(?:[.:-][A-Za-z0-9]+)*|\s+|.", re.DOTALL)
_ISLAND = 2  # so few unchanged characters between two changes only make the reader hop


@dataclass(frozen=True, slots=True)
class Run:
    text: str
    change: Change = "same"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field: `part` is the number of the question in a case (0 is the item); `label` a Chinese name, for
    options and reasons with the letter in `mark`."""

    part: int
    label: str
    mark: str
    runs: tuple[Run, ...]


Place = tuple[int, str, str]


def differences(old: Item, new: Item) -> list[FieldChange]:
    """The fields that are not the same, in reading order; those that only one version has are whole runs."""
    before, after = _fields(old), _fields(new)
    places = [*after, *(place for place in before if place not in after)]
    order = {place: number for number, place in enumerate(places)}
    changed = [place for place in places if before.get(place, "") != after.get(place, "")]
    return [
        FieldChange(*place, runs=compare(before.get(place, ""), after.get(place, "")))
        for place in sorted(changed, key=lambda place: (place[0], order[place]))
    ]


def compare(old: str, new: str) -> tuple[Run, ...]:
    """`old` turned into `new`: joining all but the inserted runs gives `old`, all but the deleted ones `new`."""
    before, after = _WORD.findall(old), _WORD.findall(new)
    steps = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    runs: list[Run] = []
    deleted = inserted = ""
    for number, (step, i1, i2, j1, j2) in enumerate(steps):
        kept = "".join(before[i1:i2])
        inside = 0 < number < len(steps) - 1
        if step == "equal" and not (inside and len(kept) <= _ISLAND):
            runs += [*_changed(deleted, inserted), Run(kept)]
            deleted = inserted = ""
        else:
            deleted += kept
            inserted += "".join(after[j1:j2])
    return (*runs, *_changed(deleted, inserted))


def _changed(deleted: str, inserted: str) -> list[Run]:
    found = (Run(deleted, "deleted"), Run(inserted, "inserted"))
    return [run for run in found if run.text]


def _fields(item: Item) -> dict[Place, str]:
    if not isinstance(item, Case):
        return {(0, *name): text for name, text in _question_fields(item).items()}
    fields: dict[Place, str] = {
        (0, "专题", ""): item.topic, (0, "材料", ""): item.material, (0, "题干", ""): item.stem,
        (0, "解析", ""): item.explanation,
    }
    for number, part in enumerate(item.parts, 1):
        fields |= {(number, *name): text for name, text in _question_fields(part).items()}
    return fields


def _question_fields(item: Question) -> Mapping[tuple[str, str], str]:
    fields = {("题型", ""): TYPE_NAMES[item.type], ("专题", ""): item.topic, ("难度", ""): str(item.difficulty),
              ("题干", ""): item.stem}
    reasons: Mapping[str, str] = {} if isinstance(item, Short) else item.distractors
    match item:
        case Single() | Multiple():
            fields |= {("选项", mark): text for mark, text in item.options.items()}
            fields["答案", ""] = "、".join(item.key)
        case TrueFalse():
            fields["答案", ""] = JUDGEMENTS[str(item.key).lower()]
            reasons = {JUDGEMENTS.get(mark, mark): text for mark, text in item.distractors.items()}
        case Fill():
            fields["答案", ""] = "；".join(" / ".join(variants) for variants in item.key)
        case Short():
            fields["答案", ""] = item.key
            fields["得分点", ""] = "；".join(f"{point.point}（{point.share}%）" for point in item.rubric)
    fields |= {("为什么不对", mark): text for mark, text in reasons.items()}
    fields["解析", ""] = item.explanation
    fields["依据", ""] = "；".join(
        " ".join(str(value) for value in (c.model_dump(exclude_none=True)).values())
        if not isinstance(c, LawCitation)
        else f"{c.law} {c.version} 第 {c.article} 条" + (f"第 {c.paragraph} 款" if c.paragraph else "")
        + (f"第 {c.item} 项" if c.item else "")
        for c in item.basis
    )
    return fields
