"""Notes of what happened beside the answers. Facts for a person to weigh: nothing follows from them by itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from quizapp.kernel.rights import Right

KINDS = ("hidden", "offline", "device", "resumed", "taken_over")
SENT = ("hidden", "offline", "device", "resumed")  # what a browser may say; a take-over is what the server saw
NAMES = {
    "hidden": "离开作答页面", "offline": "网络断开", "device": "设备", "resumed": "重新打开", "taken_over": "换设备或者窗口继续",
}
AT_ONCE = 20
PER_ATTEMPT = 500
DEVICE_CHARS = 200
LONGEST = 86_400  # seconds: nothing lasts longer than a day
REPLY_CHARS = 500
KEPT = timedelta(days=90)  # after the results are final
JUDGE = Right(own="不能判断自己的作答备注，请由别的考试管理员判断", states={"open": "这个人还在作答，交卷以后才能判断"})
DECISIONS = {"no_concern": "没有问题", "follow_up": "需要进一步了解"}


@dataclass(frozen=True, slots=True)
class Sent:
    """A note as a browser sent it, with what cannot be kept left out."""

    kind: str
    lasted: int | None
    device: str


@dataclass(frozen=True, slots=True)
class Noted:
    """A note as it is kept. `lasted` in seconds, where it is a span: it ended at `at`."""

    kind: str
    at: datetime
    lasted: int | None
    device: str


@dataclass(frozen=True, slots=True)
class Sum:
    """How often something happened, and in seconds how long: in all, and at the longest."""

    kind: str
    times: int
    lasted: int
    longest: int


def read_notes(value: object, user_agent: str) -> list[Sent]:
    """What came in, as far as it is of use: notes are never an error. Of a device without a name, what it calls
    itself to every site."""
    if not isinstance(value, list):
        return []
    return [note for entry in value[:AT_ONCE] if (note := _read(entry, user_agent)) is not None]


def _read(entry: Any, user_agent: str) -> Sent | None:
    kind = entry.get("kind") if isinstance(entry, dict) else None
    if kind not in SENT:
        return None
    lasted = entry.get("lasted")
    whole = isinstance(lasted, int) and not isinstance(lasted, bool) and 0 <= lasted <= LONGEST
    said = entry.get("device")
    device = (said if isinstance(said, str) and said.strip() else user_agent) if kind == "device" else ""
    return Sent(kind, lasted if whole and kind in ("hidden", "offline") else None, _clean(device))


def _clean(text: str) -> str:
    """One line that every database can keep."""
    return "".join(letter for letter in text if letter.isprintable()).strip()[:DEVICE_CHARS]


def sums(notes: Iterable[Noted]) -> list[Sum]:
    """By kind, in a fixed order: the worst is not put first."""
    found: dict[str, list[int]] = {}
    for note in notes:
        found.setdefault(note.kind, []).append(note.lasted or 0)
    return [Sum(kind, len(found[kind]), sum(found[kind]), max(found[kind])) for kind in KINDS if kind in found]
