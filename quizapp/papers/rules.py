"""Filling a blueprint from a pool, as pure rules.

Rows may overlap ("any subject", "any difficulty"), so taking items row by row could fail although the
bank is rich enough. Slots and items are therefore matched (Kuhn's augmenting paths): a slot that finds
its items taken makes earlier slots move to others.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

TYPE_ORDER = ("single", "multiple", "true_false", "fill", "short", "case")
CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Cell:
    """One row of a blueprint: `count` items of `type`, each worth `marks`; None means any."""

    subject: str | None
    type: str
    difficulty: int | None
    count: int
    marks: Decimal


@dataclass(frozen=True, slots=True)
class Candidate:
    """An item that may be drawn. `parts` is the number of sub-questions of a case, 0 otherwise."""

    item_id: int
    version_id: int
    subject: str
    type: str
    difficulty: int
    topic: str
    parts: int = 0


@dataclass(frozen=True, slots=True)
class Drawn:
    """An item on a form with the marks of its row."""

    candidate: Candidate
    marks: Decimal


@dataclass(frozen=True, slots=True)
class Shortage:
    """A row that the bank cannot fill: `missing` items short of `cell.count`."""

    cell: Cell
    missing: int


def fits(cell: Cell, item: Candidate) -> bool:
    return (
        item.type == cell.type
        and cell.subject in (None, item.subject)
        and cell.difficulty in (None, item.difficulty)
    )


def total_marks(cells: Sequence[Cell]) -> Decimal:
    return sum((cell.marks * cell.count for cell in cells), Decimal(0))


def draw(
    cells: Sequence[Cell], pool: Sequence[Candidate], *, seed: int, used: Mapping[int, int] | None = None
) -> tuple[list[Drawn], list[Shortage]]:
    """Items for every row, least used first and otherwise at random, in the order in which they are printed.

    `used` counts how often an item (by item_id) is on earlier forms. With a shortage the drawn list is what
    could be filled; a caller that needs a form refuses it.
    """
    # not for secrecy: the same seed must give the same form
    chance = random.Random(seed)  # noqa: S311
    exposure = Counter(used or {})
    order = sorted(pool, key=lambda item: (exposure[item.item_id], chance.random()))
    slots = [index for index, cell in _most_specific_first(cells) for _ in range(cell.count)]
    taken = _match(slots, cells, order)
    drawn = [Drawn(order[item], cells[slots[slot]].marks) for item, slot in taken.items()]
    filled = Counter(slots[slot] for slot in taken.values())
    short = [Shortage(cell, cell.count - filled[i]) for i, cell in enumerate(cells) if filled[i] < cell.count]
    return _printed_order(drawn, chance), short


def _most_specific_first(cells: Sequence[Cell]) -> list[tuple[int, Cell]]:
    return sorted(enumerate(cells), key=lambda pair: (pair[1].subject is None) + (pair[1].difficulty is None))


def _match(slots: Sequence[int], cells: Sequence[Cell], items: Sequence[Candidate]) -> dict[int, int]:
    """Item index → slot index, as many slots as possible."""
    fitting = [[n for n, item in enumerate(items) if fits(cell, item)] for cell in cells]
    taken: dict[int, int] = {}

    def place(slot: int, tried: set[int]) -> bool:
        for item in fitting[slots[slot]]:
            if item in tried:
                continue
            tried.add(item)
            if item not in taken or place(taken[item], tried):
                taken[item] = slot
                return True
        return False

    for slot in range(len(slots)):
        place(slot, set())
    return taken


def _printed_order(drawn: Sequence[Drawn], chance: random.Random) -> list[Drawn]:
    """By type as exams are printed; within a type at random, so that subjects do not come in blocks."""
    shuffled = sorted(drawn, key=lambda d: d.candidate.item_id)
    chance.shuffle(shuffled)
    return sorted(shuffled, key=lambda d: TYPE_ORDER.index(d.candidate.type))


def part_marks(marks: Decimal, parts: int) -> list[Decimal]:
    """The marks of a case divided over its parts to the hundredth; the last part takes the rest."""
    each = (marks / parts).quantize(CENT, rounding=ROUND_DOWN)
    return [each] * (parts - 1) + [marks - each * (parts - 1)]


def form_hash(questions: Sequence[tuple[int, str, int, Decimal]]) -> str:
    """SHA-256 over (position, content hash of the version, part, marks) of every question in order."""
    plain = [[position, content, part, str(marks)] for position, content, part, marks in questions]
    return hashlib.sha256(json.dumps(plain, separators=(",", ":")).encode()).hexdigest()
