"""How far somebody is: five states of a question, counts, and the slip strip."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

SLIP_STEP, SLIP_WIDTH = 8, 5
STRIP_LEAST = 40  # slips keep their slender shape on a short paper


class State(StrEnum):
    """The state of a question on the answer card. `BOTH` counts as answered."""

    UNSEEN = "unseen"
    OPEN = "open"
    DONE = "done"
    FLAG = "flag"
    BOTH = "both"


STATE_NAMES = {
    State.UNSEEN: "未看", State.OPEN: "未答", State.DONE: "已答", State.FLAG: "标记", State.BOTH: "已答并标记",
}


@dataclass(frozen=True, slots=True)
class Counts:
    """`open` includes what was never looked at; `flagged` includes what is answered and flagged."""

    total: int
    done: int
    open: int
    flagged: int


@dataclass(frozen=True, slots=True)
class Slip:
    """One slip of the strip, in units of its drawing. `cap`: y of the flag's cap, or None."""

    x: int
    y: int
    height: int
    kind: str
    cap: int | None
    here: bool


def state_of(*, seen: bool, answered: bool, flagged: bool) -> State:
    if answered:
        return State.BOTH if flagged else State.DONE
    if flagged:
        return State.FLAG
    return State.OPEN if seen else State.UNSEEN


def count(states: Iterable[State]) -> Counts:
    found = list(states)
    done = sum(state in (State.DONE, State.BOTH) for state in found)
    flagged = sum(state in (State.FLAG, State.BOTH) for state in found)
    return Counts(len(found), done, len(found) - done, flagged)


def slips(states: Sequence[State], here: int = 0) -> list[Slip]:
    """A slip to a question: full height answered, half seen, a foot unseen, a cap flagged. `here`: 1-based."""
    return [_slip(index, state, index + 1 == here) for index, state in enumerate(states)]


def strip_width(total: int) -> int:
    """Width of the drawing for so many questions."""
    return SLIP_STEP * max(total, STRIP_LEAST) - (SLIP_STEP - SLIP_WIDTH)


def _slip(index: int, state: State, here: bool) -> Slip:
    kind, y, height = {
        State.DONE: ("done", 4, 20), State.BOTH: ("done", 4, 20), State.OPEN: ("open", 14, 10),
        State.FLAG: ("open", 14, 10), State.UNSEEN: ("unseen", 20, 4),
    }[state]
    cap = {State.BOTH: 0, State.FLAG: 9}.get(state)
    return Slip(index * SLIP_STEP, y, height, kind, cap, here)
