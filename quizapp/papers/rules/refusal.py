"""Why forms cannot be made: what is missing, and by how much."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb
from typing import Literal

from quizapp.papers.rules.blueprint import Shortage, fitting_rows, shortages
from quizapp.papers.rules.forming import add_form
from quizapp.papers.rules.plan import Plan
from quizapp.papers.rules.program import Effort, Program
from quizapp.papers.rules.stock import Order, Stock

FREE = Plan(levels=None, tolerance=0, target=None, reuse=0.0)

Reason = Literal[
    "rows",         # `short`: the bank has not enough for one form
    "enemies",      # `short`: nor has it, since enemies may not be together
    "uses",         # `short`: not enough for all forms, an item being on at most so many
    "none_shared",  # `short`: not enough for all forms, none sharing an item
    "shared",       # `least`: some two forms have to share at least so many items
    "too_hard",     # nothing found that keeps the expected shares together
    "too_shared",   # nothing found under `max_shared`
    "too_used",     # nothing found under `max_uses`
    "too_much",     # nothing found that keeps all of them, nor all but one
]


@dataclass(frozen=True)
class Refusal:
    """No forms. The first five reasons are certain; the others say which condition, left out, lets forms be made."""

    reason: Reason
    short: tuple[Shortage, ...] = ()
    least: int = 0


def impossible(order: Order) -> Refusal | None:
    """What can be said at once and for certain, without a program."""
    short = shortages(order.cells, order.pool)
    if short:
        return Refusal("rows", tuple(short))
    if order.cap < order.forms:
        short = shortages(order.cells, order.pool, forms=order.forms, uses=order.cap)
        if short:
            return Refusal("none_shared" if order.max_shared == 0 else "uses", tuple(short))
    if order.max_shared is not None and order.forms > 1:
        least = least_shared(order)
        if least > order.max_shared:
            return Refusal("shared", least=least)
    return None


def least_shared(order: Order) -> int:
    """So many items at least are on both of some two forms: a bound from counting.

    An item that is on u forms is shared by u (u - 1) / 2 pairs of forms. That sum is least when all items are used
    equally often; divided by the number of pairs of forms it is the mean of what two forms share.
    """
    shared = 0
    for rows, items in _families([rows for rows in fitting_rows(order.cells, order.pool) if rows]):
        wanted = order.forms * sum(order.cells[row].count for row in rows)
        each, more = divmod(wanted, items)
        shared += items * comb(each, 2) + more * each
    return -(-shared // comb(order.forms, 2))


def _families(fitting: Sequence[tuple[int, ...]]) -> list[tuple[set[int], int]]:
    """Rows that compete for items, with how many items there are for them."""
    found: list[tuple[set[int], int]] = []
    for rows in fitting:
        touching = [family for family in found if family[0] & set(rows)]
        found = [family for family in found if not family[0] & set(rows)]
        found.append((set(rows).union(*(family[0] for family in touching)), 1 + sum(family[1] for family in touching)))
    return found


def lacking_for_enemies(stock: Stock, effort: Effort) -> list[Shortage]:
    """What one form lacks because enemies are not put together: the fewest items that can be missing."""
    program = Program()
    lack = {row: program.column(1.0, cell.count, whole=True) for row, cell in enumerate(stock.cells)}
    add_form(program, stock, FREE, among=range(len(stock.items)), costs={}, band=None, lack=lack)
    values = program.solve(effort, nodes=2000).values
    if values is None:
        return []
    return [Shortage(stock.cells[row], round(values[column])) for row, column in lack.items() if values[column] > 0.5]
