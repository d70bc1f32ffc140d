"""Giving time: when it is asked twice, and the words under which it is kept."""

from __future__ import annotations

from quizapp.kernel.rights import Right

PERCENT_NAMES = {0: "不延长", 30: "延长 30%", 50: "延长 50%", 100: "延长 100%"}
PERCENTS = tuple(PERCENT_NAMES)
BREAK_MOST = 120
MINUTES_MOST = 240
REASON_CHARS = 200
MASS_ABOVE = 5  # people, above which an extension takes two persons
ASKED_TWICE = 30  # minutes for everybody, from which on nobody does it by a slip of the hand

# words that name no illness: what is known about a person's health stays with who knows it
GROUNDS = {"papers": "已核对证明材料", "unit": "所在单位书面申请", "urgent": "考场临时情况", "other": "其他合理需要"}

# more time, or an accommodation: whose attempt it is
GIVE = Right(own="不能给自己延时或者登记便利措施，请另一位考试管理员办理")


def needs_second_look(minutes: int, given_before: int) -> bool:
    """Whether an extension for everybody is shown with its numbers before it counts. `given_before`: how many such
    extensions this exam has had."""
    return minutes > ASKED_TWICE or given_before > 0


def is_mass(people: int) -> bool:
    """Whether an extension that touches so many takes two persons."""
    return people > MASS_ABOVE


def kept_reason(ground: str, detail: str) -> str:
    """A ground with what was typed beside it, as one text."""
    return GROUNDS[ground] + (f"：{detail.strip()}" if detail.strip() else "")


def shown_reason(kept: str) -> tuple[str, str]:
    """The text apart again: the ground (`other` where none is named) and what was typed."""
    for ground, name in GROUNDS.items():
        if kept == name or kept.startswith(f"{name}："):
            return ground, kept[len(name) + 1 :]
    return "other", kept


DETAIL_CHARS = REASON_CHARS - max(map(len, GROUNDS.values())) - 1
