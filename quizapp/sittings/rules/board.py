"""What an invigilator sees of people: in which state each is, and how many are in each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from enum import StrEnum

from quizapp.attempts.rules.standing import Standing

SILENT_AFTER = timedelta(minutes=2)


class Stage(StrEnum):
    """Where one person is. SILENT is at work without a save for two minutes; OVER is out of time, handed in within
    moments; EXCUSED and DEFERRED are not expected."""

    ABSENT = "absent"
    WORKING = "working"
    SILENT = "silent"
    BREAK = "break"
    OVER = "over"
    SUBMITTED = "submitted"
    EXPIRED = "expired"
    EXCUSED = "excused"
    DEFERRED = "deferred"


STAGE_NAMES = {
    Stage.ABSENT: "未进入", Stage.WORKING: "正在作答", Stage.SILENT: "静默", Stage.BREAK: "休息", Stage.OVER: "时间到，待收卷",
    Stage.SUBMITTED: "已交卷", Stage.EXPIRED: "到时交卷", Stage.EXCUSED: "免考", Stage.DEFERRED: "缓考",
}
STAGE_TAGS = {
    Stage.ABSENT: "", Stage.WORKING: "brand", Stage.SILENT: "warn", Stage.BREAK: "brand", Stage.OVER: "warn",
    Stage.SUBMITTED: "ok", Stage.EXPIRED: "ok", Stage.EXCUSED: "", Stage.DEFERRED: "",
}
COUNT_NAMES = {
    "expected": "应考", "entered": "已进入", "working": "正在作答", "silent": "静默", "submitted": "已交卷", "expired": "到时交卷",
    "absent": "未进入",
}
AT_WORK = frozenset({Stage.WORKING, Stage.SILENT, Stage.BREAK, Stage.OVER})
NOT_EXPECTED = frozenset({Stage.EXCUSED, Stage.DEFERRED})
# what a tile of the board lets through; the tile of 静默 is a part of 正在作答
FILTERS: Mapping[str, frozenset[Stage]] = {
    "expected": frozenset(Stage) - NOT_EXPECTED,
    "entered": AT_WORK | {Stage.SUBMITTED, Stage.EXPIRED},
    "working": AT_WORK,
    "silent": frozenset({Stage.SILENT}),
    "submitted": frozenset({Stage.SUBMITTED}),
    "expired": frozenset({Stage.EXPIRED}),
    "absent": frozenset({Stage.ABSENT}),
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of the attempt that counts for the board: the open one, or the last. `active_at`: the last save,
    or the start."""

    state: str
    time: Standing
    active_at: datetime


def stage_of(status: str, attempt: Facts | None, grace_seconds: int, now: datetime) -> Stage:
    """`status`: of the roster. In a pause nobody is silent who was not when it began."""
    if attempt is None:
        return {"excused": Stage.EXCUSED, "deferred": Stage.DEFERRED}.get(status, Stage.ABSENT)
    if attempt.state != "open":
        return Stage.EXPIRED if attempt.state == "expired" else Stage.SUBMITTED
    if attempt.time.is_over(grace_seconds, now):
        return Stage.OVER
    if attempt.time.on_break(now):
        return Stage.BREAK
    ended = attempt.time.break_ends_at
    active_at = attempt.active_at if ended is None else max(attempt.active_at, ended)
    silent = attempt.time.moment(now) - active_at > SILENT_AFTER
    return Stage.SILENT if silent else Stage.WORKING


@dataclass(frozen=True, slots=True)
class Counts:
    """expected = entered + absent; entered = working + submitted + expired; silent is a part of working."""

    expected: int = 0
    entered: int = 0
    working: int = 0
    silent: int = 0
    submitted: int = 0
    expired: int = 0
    absent: int = 0


def count(stages: Iterable[Stage]) -> Counts:
    found = list(stages)
    return Counts(**{field.name: sum(stage in FILTERS[field.name] for stage in found) for field in fields(Counts)})


@dataclass(frozen=True, slots=True)
class UnitLine:
    """A unit with everybody in it and below it. `level`: 0 for the unit one stands in; `below`: whether it has
    units of its own."""

    unit_id: int
    name: str
    level: int
    below: bool
    counts: Counts


@dataclass(frozen=True, slots=True)
class Unit:
    unit_id: int
    parent_id: int | None
    name: str
    path: str
    position: int


def unit_lines(units: Sequence[Unit], people: Iterable[tuple[str, Stage]], chosen: int | None) -> list[UnitLine]:
    """The unit one stands in and those right below it; without a choice the topmost of these units. Units that are
    not among `units` do not exist for the reader. `people`: (path, stage)."""
    known = {unit.unit_id: unit for unit in units}
    tops = [unit for unit in units if unit.parent_id not in known]
    if chosen in known:
        tops = [known[chosen]]
    below: dict[int | None, list[Unit]] = {}
    for unit in sorted(units, key=lambda unit: (unit.position, unit.unit_id)):
        below.setdefault(unit.parent_id, []).append(unit)
    stages: dict[int, list[Stage]] = {unit_id: [] for unit_id in known}
    for path, stage in people:
        for unit_id in map(int, path.strip("/").split("/")):
            if unit_id in stages:
                stages[unit_id].append(stage)

    def line(unit: Unit, level: int) -> UnitLine:
        return UnitLine(unit.unit_id, unit.name, level, unit.unit_id in below, count(stages[unit.unit_id]))

    shown = [(unit, 0) for unit in tops]
    if len(tops) == 1:
        shown += [(unit, 1) for unit in below.get(tops[0].unit_id, [])]
    return [line(unit, level) for unit, level in shown]
