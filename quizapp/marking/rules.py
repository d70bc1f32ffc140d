"""Marks for one short answer, and an order of the answers that gives nobody away."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from quizapp.kernel.errors import InputError
from quizapp.kernel.rates import show_marks
from quizapp.kernel.rights import Right
from quizapp.kernel.text import to_half_width

NUMBER = re.compile(r"[+-]?[0-9]{1,6}(\.[0-9]*)?|\.[0-9]+")
DECIMALS = 2
# whose answer it is
MARK = Right(own="不能给自己的作答评分，请由别人评")


@dataclass(frozen=True, slots=True)
class Entry:
    """A short answer that a person has to mark, or has marked: `marker_id`, `marked_at`.

    `version_id`, `part`: the question, the same on whichever form and at whichever `position` it stands.
    """

    candidate_id: int
    attempt_id: UUID
    position: int
    form_id: int
    version_id: int
    part: int
    marker_id: int | None = None
    marked_at: datetime | None = None

    @property
    def question(self) -> tuple[int, int]:
        return self.version_id, self.part


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits for one marker, in order; how many have been marked by anybody; how many are the marker's own."""

    waiting: tuple[Entry, ...]
    marked: int
    own: int

    @property
    def total(self) -> int:
        return self.marked + len(self.waiting)

    def left_of(self, question: tuple[int, int]) -> int:
        return sum(entry.question == question for entry in self.waiting)


@dataclass(frozen=True, slots=True)
class Given:
    """Marks as they were given: `points` in the rubric's order, or () where only the total was."""

    score: Decimal
    points: tuple[Decimal, ...] = ()


def blind_name(secret: str, entry: Entry) -> str:
    """What an answer is called in addresses: 32 hexadecimal digits, signed with the secret of the platform.

    A digest and nothing else, because a signed value can be read by anybody: neither the person nor the
    attempt (whose id holds the time of its start) can be found from it without the secret.
    """
    return _digest(secret, f"answer:{entry.candidate_id}:{entry.attempt_id}:{entry.position}")


def queue_for(entries: Sequence[Entry], marker_id: int, secret: str) -> Queue:
    """The order for one marker: question by question as on the form, within a question by chance.

    Every marker meets the answers in an order of their own, so that two of them seldom meet at one answer.
    Nobody marks an own answer.
    """
    first: dict[tuple[int, int], int] = {}
    for entry in entries:
        first[entry.question] = min(entry.position, first.get(entry.question, entry.position))
    waiting = [entry for entry in entries if entry.marker_id is None]
    others = [entry for entry in waiting if entry.candidate_id != marker_id]

    def place(entry: Entry) -> tuple[int, tuple[int, int], str]:
        name = blind_name(secret, entry)
        return first[entry.question], entry.question, _digest(secret, f"order:{marker_id}:{name}")

    return Queue(tuple(sorted(others, key=place)), len(entries) - len(waiting), len(waiting) - len(others))


def named(entries: Iterable[Entry], name: str, secret: str) -> Entry | None:
    """The answer that is called so, if there is one."""
    asked = name.encode(errors="replace")
    return next((one for one in entries if hmac.compare_digest(blind_name(secret, one).encode(), asked)), None)


def _digest(secret: str, text: str) -> str:
    return hmac.digest(secret.encode(), f"marking:{text}".encode(), hashlib.sha256).hex()[:32]


def point_marks(marks: Decimal, shares: Sequence[int]) -> tuple[Decimal, ...]:
    """The most that each point of a rubric can earn, in hundredths, together exactly `marks`.

    `shares` in per cent. What rounding leaves over goes to the points that lost most by it.
    """
    cents, whole = int(marks * 100), sum(shares)
    floors = [cents * share // whole for share in shares]
    lost = sorted(range(len(shares)), key=lambda index: (-(cents * shares[index] % whole), index))
    for index in lost[:cents - sum(floors)]:
        floors[index] += 1
    return tuple(Decimal(floor).scaleb(-2) for floor in floors)


def read_marks(most: Sequence[Decimal], points: Sequence[str], total: str) -> Given | Mapping[str, InputError]:
    """What was typed for each point, or for all of them together -> the marks given.

    `most`: the most of each point. In place of marks the errors, by field: p1, p2 … and total.
    """
    if total.strip():
        if any(text.strip() for text in points):
            return {"total": InputError("各点得分和总分只填一处，请清空另一处")}
        given = _read(total, sum(most, Decimal(0)))
        return {"total": given} if isinstance(given, InputError) else Given(given)
    read = [_read(text, limit) for text, limit in zip(points, most, strict=True)]
    errors = {f"p{number}": one for number, one in enumerate(read, 1) if isinstance(one, InputError)}
    if errors:
        return errors
    scores = tuple(one for one in read if isinstance(one, Decimal))
    return Given(sum(scores, Decimal(0)), scores)


def _read(text: str, most: Decimal) -> Decimal | InputError:
    typed = to_half_width(text).strip().replace("。", ".")
    if not typed:
        return InputError("请填写得分，没有得分填 0")
    if not NUMBER.fullmatch(typed):
        return InputError("得分应当是数字，例如 2 或者 2.5")
    value = Decimal(typed)
    if not 0 <= value <= most or value != round(value, DECIMALS):
        return InputError("得分应当在 0 到 %(marks)s 之间，最多两位小数", marks=show_marks(most))
    return abs(round(value, DECIMALS))  # -0 is 0
