"""The unit tree as the roster froze it, and sums over it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from quizapp.kernel.rights import ALL_UNITS, unit_at
from quizapp.reports.rules.tally import Tally, combined


@dataclass(frozen=True, slots=True)
class UnitPlace:
    """A unit in the frozen tree. `path` is `/1/4/`: a subtree is a prefix. `closed`: it has been dissolved since."""

    unit_id: int
    parent_id: int | None
    name: str
    path: str
    position: int
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Branch:
    """A unit with its depth (0 for a root of what is shown) and the names from the top of the whole tree."""

    unit: UnitPlace
    level: int
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UnitRates:
    """One unit: `own` counts its own members, `all` these and everybody below.

    `folded` is how many units below it are not shown; their people are among its own then.
    """

    branch: Branch
    own: Tally
    all: Tally
    has_children: bool
    folded: int = 0

    @property
    def unit_id(self) -> int:
        return self.branch.unit.unit_id

    @property
    def parent_id(self) -> int | None:
        return self.branch.unit.parent_id

    @property
    def name(self) -> str:
        return self.branch.unit.name

    @property
    def level(self) -> int:
        return self.branch.level


def within(units: Iterable[UnitPlace], scope: Sequence[str]) -> list[UnitPlace]:
    """The units that a reader with this scope may see.

    A scope path is of today's tree and the roster's may be older: the unit is found by its number, and what
    stood below it when the roster was taken is below it still.
    """
    known = {unit.unit_id: unit for unit in units}
    roots = tuple(path if path == ALL_UNITS else _frozen_path(known, path) for path in scope)
    allowed = tuple(root for root in roots if root)
    return [unit for unit in known.values() if unit.path.startswith(allowed)] if allowed else []


def _frozen_path(known: Mapping[int, UnitPlace], path: str) -> str:
    unit = known.get(unit_at(path))
    return unit.path if unit else ""


def top_paths(units: Iterable[UnitPlace]) -> tuple[str, ...]:
    """The fewest paths whose subtrees hold all these units."""
    tops: list[str] = []
    for path in sorted(unit.path for unit in units):
        if not tops or not path.startswith(tops[-1]):
            tops.append(path)
    return tuple(tops)


def in_order(shown: Sequence[UnitPlace], whole: Sequence[UnitPlace]) -> list[Branch]:
    """Parents before children, brothers in roster order; names come from the whole tree."""
    known = {unit.unit_id: unit for unit in whole}
    ids = {unit.unit_id for unit in shown}
    children: dict[int | None, list[UnitPlace]] = {}
    for unit in sorted(shown, key=lambda unit: (unit.position, unit.unit_id)):
        children.setdefault(unit.parent_id if unit.parent_id in ids else None, []).append(unit)
    ordered: list[Branch] = []

    def visit(parent: int | None, level: int, names: tuple[str, ...]) -> None:
        for unit in children.get(parent, []):
            above = names if level else _names_above(known, unit)
            branch = Branch(unit, level, (*above, unit.name))
            ordered.append(branch)
            visit(unit.unit_id, level + 1, branch.names)

    visit(None, 0, ())
    return ordered


def _names_above(known: Mapping[int, UnitPlace], unit: UnitPlace) -> tuple[str, ...]:
    names: list[str] = []
    above = known.get(unit.parent_id) if unit.parent_id is not None else None
    while above is not None:
        names.insert(0, above.name)
        above = known.get(above.parent_id) if above.parent_id is not None else None
    return tuple(names)


@dataclass(frozen=True, slots=True)
class Folding:
    """The upper levels of a tree that is too wide for a page; `into` maps every unit that is left out to the one
    above it that stands for it. It is empty where the whole tree is shown."""

    shown: list[Branch]
    into: Mapping[int, int]

    @property
    def folded(self) -> Counter[int]:
        return Counter(self.into.values())


def folding(branches: Sequence[Branch], most: int | None) -> Folding:
    """As many whole levels as have no more than `most` units together, but the first two always."""
    if most is None or len(branches) <= most:
        return Folding(list(branches), {})
    levels = Counter(branch.level for branch in branches)
    deepest, room = 1, most - levels[0] - levels[1]
    while levels[deepest + 1] and levels[deepest + 1] <= room:
        deepest += 1
        room -= levels[deepest]
    into: dict[int, int] = {}
    above = 0
    for branch in branches:
        if branch.level <= deepest:
            above = branch.unit.unit_id
        else:
            into[branch.unit.unit_id] = above
    return Folding([branch for branch in branches if branch.level <= deepest], into)


def rolled_up(branches: Sequence[Branch], own: Mapping[int, Tally], folded: Mapping[int, int] | None = None) -> list[UnitRates]:
    """Every unit with the sum of its own members and of its children, in the order of `branches`."""
    below: dict[int, list[Tally]] = {}
    rates: list[UnitRates] = []
    for branch in reversed(branches):
        unit = branch.unit
        mine = own.get(unit.unit_id, Tally())
        children = below.pop(unit.unit_id, [])
        total = combined([mine, *children])
        if unit.parent_id is not None:
            below.setdefault(unit.parent_id, []).append(total)
        rates.append(UnitRates(branch, mine, total, bool(children), (folded or {}).get(unit.unit_id, 0)))
    rates.reverse()
    return rates


def reconciled(rows: Sequence[UnitRates]) -> bool:
    """Whether own members over the whole tree add up to what the roots say: the check printed on the page."""
    members = combined(row.own for row in rows)
    return members == combined(row.all for row in rows if row.level == 0)
