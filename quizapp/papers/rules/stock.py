"""What is ordered, and the bank seen with the eyes of that order."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from quizapp.papers.rules.blueprint import Candidate, Cell, fitting_rows, total_marks

Stratum = tuple[tuple[int, ...], int]
"""Items that fit the same rows and have the same level of difficulty: (rows by index, level)."""
Group = tuple[str, Decimal]
"""Rows of one type and worth: (type, marks)."""


@dataclass(frozen=True)
class Order:
    """Parallel forms to be made: `forms` of them from `pool`, each as `cells` say.

    `enemies`: pairs of item ids never on one form. `facility`: expected share of the marks by item id, for the
    items that have statistics. `used`: how many earlier forms each item is on. `max_shared`: most items that two
    forms have in common; `max_uses`: most forms that one item is on; None: as few as the bank allows.
    """

    cells: Sequence[Cell]
    pool: Sequence[Candidate]
    forms: int = 1
    seed: int = 0
    enemies: Collection[tuple[int, int]] = ()
    facility: Mapping[int, float] = field(default_factory=dict)
    used: Mapping[int, int] = field(default_factory=dict)
    max_shared: int | None = None
    max_uses: int | None = None

    @property
    def cap(self) -> int:
        """On how many of the forms an item may be. Forms that share nothing use every item once."""
        if self.max_shared == 0:
            return 1
        return self.forms if self.max_uses is None else min(self.max_uses, self.forms)

    @property
    def is_bounded(self) -> bool:
        return self.forms > 1 and (self.max_shared is not None or self.max_uses is not None)


class Stock:
    """The items that fit some row, by number, in the order of their ids."""

    def __init__(self, order: Order) -> None:
        self.order = order
        self.cells = order.cells
        pool = sorted(order.pool, key=lambda item: item.item_id)
        rows = fitting_rows(order.cells, pool)
        self.items = [item for item, fitting in zip(pool, rows, strict=True) if fitting]
        self.rows = [fitting for fitting in rows if fitting]
        self.strata: dict[Stratum, list[int]] = defaultdict(list)
        for number, item in enumerate(self.items):
            self.strata[self.rows[number], item.difficulty].append(number)
        self.size = sum(cell.count for cell in order.cells)
        self.total = float(total_marks(order.cells))

    @cached_property
    def groups(self) -> dict[Group, list[int]]:
        """The rows of each group."""
        found: dict[Group, list[int]] = defaultdict(list)
        for row, cell in enumerate(self.cells):
            found[cell.type, cell.marks].append(row)
        return found

    @cached_property
    def by_level(self) -> dict[tuple[Group, int], list[Stratum]]:
        """The strata of each level from which rows of a group can be filled."""
        found: dict[tuple[Group, int], list[Stratum]] = defaultdict(list)
        for group, rows in self.groups.items():
            for stratum in self.strata:
                if set(rows) & set(stratum[0]):
                    found[group, stratum[1]].append(stratum)
        return found

    def worths(self, number: int) -> list[Decimal]:
        """The marks that an item can be worth."""
        return sorted({self.cells[row].marks for row in self.rows[number]})

    @cached_property
    def expected(self) -> list[float] | None:
        """The share of its marks that each item is expected to bring; None before there are statistics.

        An item without its own has the mean of its level, or of everything where its level has none.
        """
        own = [self.order.facility.get(item.item_id) for item in self.items]
        known: dict[int, list[float]] = defaultdict(list)
        for item, value in zip(self.items, own, strict=True):
            if value is not None:
                known[item.difficulty].append(value)
        if not known:
            return None
        means = {level: sum(values) / len(values) for level, values in known.items()}
        overall = sum(map(sum, known.values())) / sum(map(len, known.values()))
        return [
            means.get(item.difficulty, overall) if value is None else value
            for item, value in zip(self.items, own, strict=True)
        ]

    @cached_property
    def counts_levels(self) -> bool:
        """Whether the levels of difficulty have to be alike: until every item has statistics of its own."""
        return any(item.item_id not in self.order.facility for item in self.items)

    @cached_property
    def cliques(self) -> list[tuple[int, ...]]:
        """Sets of items of which any two are enemies; together they hold every pair. One row of the program for
        each of them is a tighter bound than one for each pair."""
        number = {item.item_id: n for n, item in enumerate(self.items)}
        hostile: dict[int, set[int]] = defaultdict(set)
        for one, other in self.order.enemies:
            if one in number and other in number and one != other:
                hostile[number[one]].add(number[other])
                hostile[number[other]].add(number[one])
        left = {(one, other) for one in hostile for other in hostile[one] if one < other}
        found = []
        for pair in sorted(left):
            if pair in left:
                clique = _grown(pair, hostile)
                left -= {(a, b) for a in clique for b in clique if a < b}
                found.append(clique)
        return found

    def share(self, chosen: Mapping[int, Decimal]) -> float | None:
        """The share of its marks that a form (item number to marks) is expected to bring."""
        if self.expected is None:
            return None
        return sum(float(marks) * self.expected[n] for n, marks in chosen.items()) / self.total

    def uses(self, forms: Sequence[Mapping[int, Decimal]]) -> Counter[int]:
        return Counter(number for form in forms for number in form)


def _grown(pair: tuple[int, int], hostile: Mapping[int, set[int]]) -> tuple[int, ...]:
    clique = list(pair)
    for other in sorted(hostile[pair[0]] & hostile[pair[1]]):
        if hostile[other].issuperset(clique):
            clique.append(other)
    return tuple(clique)
