"""How many law-study sessions (学法, 法治讲座, 会前学法) the agency held in its year."""

from __future__ import annotations

import re

from quizapp.plans.rules.counting import EventCount
from quizapp.plans.rules.facts import Fact, Note

_KINDS = ("会前学法", "中心组", "讲座", "培训", "授课", "学法", "学习")


def read_study(counts: list[EventCount]) -> tuple[int | None, list[Fact], list[Note]]:
    """Sessions of different kinds add up and are marked as interpreted; a part of a stated total does not."""
    notes: list[Note] = []
    distinct: dict[tuple[str, str, str, int], EventCount] = {}
    for count in counts:
        if count.kind != "study" or count.subset:
            continue
        if count.value is None:
            notes.append(Note("「%(words)s」没有写明次数，未计入学法。", (("words", count.literal),)))
        else:
            distinct.setdefault((_kind(count.literal), count.period, count.topic, count.value), count)
    if not distinct:
        return None, [], notes
    several = len(distinct) > 1
    if several:
        notes.append(Note("学法次数由 %(number)s 处相加得出，请核对是否重复。", (("number", len(distinct)),)))
    facts = [
        Fact(
            "study_sessions",
            count.value or 0,
            count.literal,
            count.sentence.text,
            count.sentence.start,
            count.sentence.end,
            interpreted=several or count.interpreted,
        )
        for count in distinct.values()
    ]
    return sum(int(fact.value) for fact in facts), facts, notes


def _kind(literal: str) -> str:
    return next((kind for kind in _KINDS if re.search(kind, literal)), "")
