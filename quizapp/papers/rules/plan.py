"""What all forms of an order have in common: how many items of each level, and the share of marks expected.

Decided over all forms together before the first is made, so that early forms do not take what late ones need.
"""

from __future__ import annotations

from dataclasses import dataclass

from quizapp.papers.rules.program import Effort, Program
from quizapp.papers.rules.stock import Group, Stock, Stratum

REUSE, LEVEL, SPREAD = 1000.0, 1.0, 0.01
"""An item taken again costs more than levels out of proportion, these more than strata out of proportion."""


@dataclass(frozen=True)
class Plan:
    """`levels`: items of each level in each group of rows on a form, None where levels need not be alike; a form
    may have `tolerance` more or fewer. `target`: the share of marks that every form is expected to bring, None
    without statistics. `reuse`: how often items have to be taken again over all forms."""

    levels: dict[tuple[Group, int], int] | None
    tolerance: int
    target: float | None
    reuse: float

    def band(self, group: Group, level: int, forms: int = 1) -> tuple[float, float]:
        """Fewest and most items of that level on so many forms."""
        middle = (self.levels or {}).get((group, level), 0)
        return forms * max(0, middle - self.tolerance), forms * (middle + self.tolerance)


def plan(stock: Stock, tolerance: int | None, effort: Effort) -> Plan | None:
    """The plan that takes the fewest items again; None where the levels cannot be held. `tolerance` None: the
    levels need not be alike."""
    order, program = stock.order, Program()
    taken = _taken(program, stock)
    for stratum, numbers in stock.strata.items():
        again = program.column(REUSE, (order.cap - 1) * len(numbers))
        program.row([*((taken[stratum, row], 1.0) for row in stratum[0]), (again, -1.0)], high=len(numbers))
    for row, cell in enumerate(stock.cells):
        full = order.forms * cell.count
        program.row([(taken[s, row], 1.0) for s in stock.strata if row in s[0]], full, full)
    middles = {} if tolerance is None else _levels(program, stock, taken, tolerance)
    values = program.solve(effort, nodes=500, gap=0.0).values
    if values is None:
        return None
    reuse = sum(value for value, cost in zip(values, program.costs, strict=True) if cost == REUSE)
    levels = None if tolerance is None else {key: round(values[column]) for key, column in middles.items()}
    return Plan(levels, tolerance or 0, _target(stock, {key: values[column] for key, column in taken.items()}), reuse)


def _taken(program: Program, stock: Stock) -> dict[tuple[Stratum, int], int]:
    """A column for the items that each stratum gives to each row over all forms, drawn to their share of the
    stock: forms filled like that are alike in what nobody asked for, too."""
    taken = {(stratum, row): program.column() for stratum in stock.strata for row in stratum[0]}
    for row, cell in enumerate(stock.cells):
        fitting = {stratum: len(numbers) for stratum, numbers in stock.strata.items() if row in stratum[0]}
        everything = sum(fitting.values())
        for stratum, number in fitting.items():
            share = stock.order.forms * cell.count * number / everything
            more, less = program.column(SPREAD), program.column(SPREAD)
            program.row([(taken[stratum, row], 1.0), (more, -1.0), (less, 1.0)], share, share)
    return taken


def _levels(
    program: Program, stock: Stock, taken: dict[tuple[Stratum, int], int], tolerance: int
) -> dict[tuple[Group, int], int]:
    """A column for the items of each level in each group on one form, near their share of the stock."""
    middles: dict[tuple[Group, int], int] = {}
    for (group, level), strata in stock.by_level.items():
        middle, more, less = program.column(whole=True), program.column(LEVEL), program.column(LEVEL)
        rows = stock.groups[group]
        share = sum(stock.cells[row].count * _level_share(stock, row, level) for row in rows)
        program.row([(middle, 1.0), (more, -1.0), (less, 1.0)], share, share)
        given = [(taken[stratum, row], 1.0) for stratum in strata for row in rows if row in stratum[0]]
        forms = stock.order.forms
        program.row([*given, (middle, -float(forms))], -forms * tolerance, forms * tolerance)
        middles[group, level] = middle
    return middles


def _level_share(stock: Stock, row: int, level: int) -> float:
    fitting = {stratum: len(numbers) for stratum, numbers in stock.strata.items() if row in stratum[0]}
    return sum(number for stratum, number in fitting.items() if stratum[1] == level) / sum(fitting.values())


def _target(stock: Stock, taken: dict[tuple[Stratum, int], float]) -> float | None:
    """The share of marks that items taken like that bring on average."""
    if stock.expected is None:
        return None
    means = {s: sum(stock.expected[n] for n in numbers) / len(numbers) for s, numbers in stock.strata.items()}
    marks = sum(value * float(stock.cells[row].marks) * means[s] for (s, row), value in taken.items())
    return marks / (stock.order.forms * stock.total)
