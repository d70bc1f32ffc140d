"""The save protocol: what a browser sends, and what the server may do with it.

A save carries the whole state of one question (response, flag) and a sequence number that rises with every
change in one browser. The greater sequence wins, so saves may come twice, late or in any order.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from quizapp.kernel.errors import InputError

BATCH = 50
SEQ_MAX = 2_147_483_647  # the greatest whole number of the column
CLIENT_ID_CHARS = 40


class Refusal(StrEnum):
    """Why a save is kept as an event only and not counted."""

    NONE = ""
    LATE = "late"
    CLOSED = "closed"
    TAKEN = "taken"
    PAUSED = "paused"


SENTENCES = {
    Refusal.LATE: "考试时间已到，到时已保存的作答都已交卷；之后的改动没有计入",
    Refusal.CLOSED: "这份答卷已经交卷，不能再修改",
    Refusal.TAKEN: "这次作答已转到另一台设备或者窗口继续，这里只能查看",
    Refusal.PAUSED: "考试暂停，计时已停；恢复后接着作答，刚才的改动会自动保存",
}


@dataclass(frozen=True, slots=True)
class Save:
    """The state of question `number` (as shown) after change `seq`. `response` as the page names it."""

    number: int
    seq: int
    response: object
    flagged: bool
    seen: bool


@dataclass(frozen=True, slots=True)
class Batch:
    client_id: str
    epoch: int
    saves: tuple[Save, ...]


def read_batch(payload: Any) -> Batch:
    """JSON as it came in -> a batch. Raises InputError for another shape; answers are not judged here."""
    if not isinstance(payload, dict):
        raise InputError("保存请求的格式不对，请刷新页面后重试")
    saves = read_saves(payload.get("saves", []), BATCH)
    return Batch(read_client_id(payload.get("client_id")), _whole(payload.get("epoch"), 1), saves)


def read_saves(values: Any, limit: int) -> tuple[Save, ...]:
    """[{"q", "seq", "response", "flagged", "seen"}, …] -> saves."""
    if not isinstance(values, list):
        raise InputError("保存请求的格式不对，请刷新页面后重试")
    if len(values) > limit:
        raise InputError("一次最多保存 %(limit)s 题，请分批发送", limit=limit)
    return tuple(map(_save, values))


def read_client_id(value: object) -> str:
    if not isinstance(value, str) or not 8 <= len(value) <= CLIENT_ID_CHARS or not value.isascii():
        raise InputError("保存请求的格式不对，请刷新页面后重试")
    # names that begin like this are the server's own, for answers out of a sealed file
    if not value.replace("-", "").isalnum() or value.startswith("file-"):
        raise InputError("保存请求的格式不对，请刷新页面后重试")
    return value


def read_manifest(value: object) -> dict[int, int]:
    """{"3": 1700, …}: the last sequence of each question that the browser has -> by number."""
    if not isinstance(value, dict):
        raise InputError("保存请求的格式不对，请刷新页面后重试")
    try:
        return {int(number): _whole(seq, 0) for number, seq in value.items()}
    except ValueError:
        raise InputError("保存请求的格式不对，请刷新页面后重试") from None


def _save(value: Any) -> Save:
    if not isinstance(value, dict):
        raise InputError("保存请求的格式不对，请刷新页面后重试")
    return Save(_whole(value.get("q"), 1), _whole(value.get("seq"), 1), value.get("response"),
                value.get("flagged") is True, value.get("seen") is not False)


def _whole(value: object, least: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= SEQ_MAX:
        raise InputError("保存请求的格式不对，请刷新页面后重试")
    return value


def is_overdue(deadline_at: datetime, grace_seconds: int, at: datetime) -> bool:
    """Whether nothing that arrives at this moment can count any more."""
    return at > deadline_at + timedelta(seconds=grace_seconds)


def newest(saves: Iterable[Save]) -> list[Save]:
    """For each question the save with the greatest sequence; of equal ones the first."""
    found: dict[int, Save] = {}
    for save in saves:
        if save.number not in found or save.seq > found[save.number].seq:
            found[save.number] = save
    return list(found.values())


def missing(manifest: dict[int, int], stored: Sequence[tuple[int, int]]) -> list[int]:
    """Numbers of questions whose last change has not arrived. `stored`: (number, sequence)."""
    arrived = dict(stored)
    return sorted(number for number, seq in manifest.items() if arrived.get(number, 0) < seq)
