"""What a blueprint asks for, and whether the bank has it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal


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
class Shortage:
    """A row that the bank cannot fill: the bank lacks `missing` items that fit it."""

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


def fitting_rows(cells: Sequence[Cell], items: Iterable[Candidate]) -> list[tuple[int, ...]]:
    """For each item the rows, by index, that it fits."""
    known: dict[tuple[str, str, int], tuple[int, ...]] = {}
    found = []
    for item in items:
        kind = (item.subject, item.type, item.difficulty)
        if kind not in known:
            known[kind] = tuple(row for row, cell in enumerate(cells) if fits(cell, item))
        found.append(known[kind])
    return found


def shortages(
    cells: Sequence[Cell], pool: Sequence[Candidate], *, forms: int = 1, uses: int | None = None
) -> list[Shortage]:
    """What the bank lacks for `forms` forms when one item is on at most `uses` of them; exact and quick.

    Rows may overlap ("any subject", "any difficulty"), so counting row by row would call things short that are
    not: a greatest flow from the items to the rows decides, items that fit the same rows counting together.
    A flow over the totals is enough for several forms as well: it can always be divided into equal ones.
    """
    each = forms if uses is None else min(uses, forms)
    stock = Counter(rows for rows in fitting_rows(cells, pool) if rows)
    flow = _Flow({rows: number * each for rows, number in stock.items()})
    short: dict[int, int] = {}
    # the most particular rows first, so that what is short is said of the row that could take anything
    for row in sorted(range(len(cells)), key=lambda n: (cells[n].subject is None) + (cells[n].difficulty is None)):
        lacking = flow.fill(row, cells[row].count * forms)
        if lacking:
            short[row] = -(-lacking // each)
    return [Shortage(cells[row], short[row]) for row in sorted(short)]


class _Flow:
    """From strata (the rows that their items fit, with how many there are) to rows."""

    def __init__(self, stock: dict[tuple[int, ...], int]) -> None:
        self._spare = dict(stock)
        self._given: Counter[tuple[tuple[int, ...], int]] = Counter()

    def fill(self, row: int, wanted: int) -> int:
        """Give a row what it wants; returns how many it lacks in the end."""
        while wanted:
            path = self._path(row)
            if path is None:
                return wanted
            wanted -= self._push(path, wanted)
        return 0

    def _path(self, row: int) -> list[tuple[tuple[int, ...], int]] | None:
        """Steps (stratum, row) from this row to a stratum with something to spare: each stratum but the last
        makes room by taking from the row of the next step."""
        came: dict[tuple[int, ...], tuple[int, tuple[int, ...] | None]] = {}
        queue: list[tuple[int, tuple[int, ...] | None]] = [(row, None)]
        seen = {row}
        while queue:
            at, before = queue.pop(0)
            for stratum in self._spare:
                if at not in stratum or stratum in came:
                    continue
                came[stratum] = (at, before)
                if self._spare[stratum]:
                    return self._back(came, stratum)
                for other in stratum:
                    if other not in seen and self._given[stratum, other]:
                        seen.add(other)
                        queue.append((other, stratum))
        return None

    @staticmethod
    def _back(
        came: dict[tuple[int, ...], tuple[int, tuple[int, ...] | None]], last: tuple[int, ...]
    ) -> list[tuple[tuple[int, ...], int]]:
        path = []
        step: tuple[int, ...] | None = last
        while step is not None:
            row, before = came[step]
            path.append((step, row))
            step = before
        return path[::-1]

    def _push(self, path: list[tuple[tuple[int, ...], int]], wanted: int) -> int:
        moved = [(stratum, path[n + 1][1]) for n, (stratum, _row) in enumerate(path[:-1])]
        amount = min([wanted, self._spare[path[-1][0]], *(self._given[step] for step in moved)])
        self._spare[path[-1][0]] -= amount
        for step in path:
            self._given[step] += amount
        for step in moved:
            self._given[step] -= amount
        return amount
