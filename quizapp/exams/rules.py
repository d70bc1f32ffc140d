"""States and windows of an exam, as pure rules. The server's clock is the only one that counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
    "negative": "选对加分、选错扣分，一题可以得负分，总分不低于 0",
}
MARKER_NAMES = {1: "一人评", 2: "两人各自评，相差大的由第三人评"}
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


def extra_time(minutes: int, extra_percent: int) -> timedelta:
    """What an accommodation adds to the working time."""
    return timedelta(minutes=minutes) * extra_percent / 100


def deadline(
    started_at: datetime, minutes: int, closes_at: datetime, extra_percent: int = 0, shift: timedelta = timedelta(0)
) -> datetime:
    """Start plus working time, and never after the window closes, which extra time passes and the place of this
    person in a spread start (`shift`) moves. The twin of what the statement of the start computes."""
    extra = extra_time(minutes, extra_percent)
    return min(started_at + timedelta(minutes=minutes) + extra, closes_at + extra + shift)


YEARS = range(2000, 2101)  # in which an exam may stand
SPREAD_MOST = timedelta(minutes=1)  # over which a start is spread at most


def is_tight(opens_at: datetime, closes_at: datetime, minutes: int) -> bool:
    """Whether a start that is spread over a minute would take working time from somebody."""
    return closes_at - opens_at < timedelta(minutes=minutes) + SPREAD_MOST


def last_end(
    opens_at: datetime, closes_at: datetime, minutes: int, extra_percent: int = 0, break_minutes: int = 0
) -> datetime:
    """The moment after which somebody with these accommodations cannot be working any more."""
    spread = SPREAD_MOST if is_tight(opens_at, closes_at, minutes) else timedelta(0)
    return closes_at + spread + extra_time(minutes, extra_percent) + timedelta(minutes=break_minutes)


def is_released(release: str, released_at: datetime | None, settles_at: datetime, now: datetime) -> bool:
    """Whether score and key may be shown at this moment: not while anybody may still be working."""
    if release == "at_once":
        return True
    if release == "after_close":
        return now >= settles_at
    return released_at is not None and released_at <= now


def has_settled(
    state: str, release: str, released_at: datetime | None, settles_at: datetime, paused_at: datetime | None,
    now: datetime,
) -> bool:
    """Whether nobody can be working any more and the results are out."""
    over = state != "draft" and paused_at is None and settles_at <= now
    return over and is_released(release, released_at, settles_at, now)


@dataclass(frozen=True, slots=True)
class Audience:
    """Who an exam is for: people who count in one of these units or below or stand in one of these Party branches or
    below, of one of these ranks, of one of these post types. Units and branches are one list of places: who is in
    either is in. A list that is empty asks for nothing, so that empty ones alone mean everybody."""

    units: tuple[int, ...] = ()
    party: tuple[int, ...] = ()
    ranks: tuple[str, ...] = ()
    post_types: tuple[str, ...] = ()

    @classmethod
    def kept(cls, lists: Mapping[str, Sequence[object]]) -> Audience:
        """From what `lists` gives."""
        return cls(**{name: tuple(values) for name, values in lists.items()})  # type: ignore[arg-type]

    def lists(self) -> dict[str, list[int] | list[str]]:
        """As a row of the database keeps it: what is empty is left out."""
        named: dict[str, list[int] | list[str]] = {
            "units": list(self.units), "party": list(self.party), "ranks": list(self.ranks), "post_types": list(self.post_types)}
        return {name: values for name, values in named.items() if values}

    @property
    def everybody(self) -> bool:
        return not (self.units or self.party or self.ranks or self.post_types)

    @property
    def places(self) -> Audience:
        """The same without what it says about ranks and post types."""
        return Audience(self.units, self.party)

    def takes(self, path: str, rank: str, post_type: str, branch: str = "") -> bool:
        """Whether somebody who counts in the unit at this path, such as `/1/4/`, and stands in the Party branch at that
        one (`branch`, "" in none), with this rank and post type, is meant."""
        there = any(f"/{unit}/" in path for unit in self.units) or any(f"/{unit}/" in branch for unit in self.party)
        return (
            (there or not (self.units or self.party))
            and (not self.ranks or rank in self.ranks)
            and (not self.post_types or post_type in self.post_types)
        )


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One line of the list that is gone through before publishing."""

    done: bool
    sentence: str
    values: dict[str, object]
