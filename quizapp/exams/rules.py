"""States and windows of an exam, as pure rules. The server's clock is the only one that counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Phase(StrEnum):
    """Where an exam stands at a moment."""

    DRAFT = "draft"
    COMING = "coming"
    OPEN = "open"
    CLOSED = "closed"
    ARCHIVED = "archived"


PHASE_NAMES = {
    Phase.DRAFT: "草稿", Phase.COMING: "未开始", Phase.OPEN: "正在进行", Phase.CLOSED: "已结束", Phase.ARCHIVED: "已归档",
}
PHASE_TAGS = {Phase.DRAFT: "", Phase.COMING: "brand", Phase.OPEN: "ok", Phase.CLOSED: "", Phase.ARCHIVED: ""}
KIND_NAMES = {"online": "线上", "paper": "线下纸质"}
STATUS_NAMES = {"expected": "应考", "excused": "免考", "deferred": "缓考"}
SCORE_RULE_NAMES = {"best": "取最高分", "last": "取最后一次", "first": "取第一次"}
MULTIPLE_RULE_NAMES = {
    "all_or_nothing": "全对得分，多选、少选、错选不得分",
    "partial_no_wrong": "少选按比例得分，错选不得分",
    "partial_balanced": "选对加分、选错抵扣，不倒扣",
}
RELEASE_NAMES = {"at_once": "交卷后立即公布", "after_close": "考试结束后公布", "manual": "由管理员公布"}


def phase(state: str, opens_at: datetime, closes_at: datetime, now: datetime) -> Phase:
    """The window includes its first moment and excludes its last."""
    if state == "draft":
        return Phase.DRAFT
    if state == "archived":
        return Phase.ARCHIVED
    if now < opens_at:
        return Phase.COMING
    return Phase.OPEN if now < closes_at else Phase.CLOSED


def deadline(started_at: datetime, minutes: int, closes_at: datetime) -> datetime:
    """Start plus working time, and never after the window closes."""
    return min(started_at + timedelta(minutes=minutes), closes_at)


def is_released(release: str, released_at: datetime | None, closes_at: datetime, now: datetime) -> bool:
    """Whether score and key may be shown at this moment."""
    if release == "at_once":
        return True
    if release == "after_close":
        return now >= closes_at
    return released_at is not None and released_at <= now


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One line of the list that is gone through before publishing."""

    done: bool
    sentence: str
    values: dict[str, object]
