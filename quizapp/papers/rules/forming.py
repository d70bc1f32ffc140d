"""One form, or several at once, as an integer program."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from quizapp.papers.rules.plan import Plan
from quizapp.papers.rules.program import Program
from quizapp.papers.rules.stock import Stock, Stratum

Chosen = dict[int, Decimal]
"""A form: number of the item to its marks."""
AGAIN = 100.0
"""What it costs to take an item that another form of the order has; a random cost is below 1."""


@dataclass
class FormColumns:
    """The columns of one form in a program: by item and marks."""

    by_item: dict[tuple[int, Decimal], int]

    def of(self, number: int, stock: Stock) -> list[tuple[int, float]]:
        found = ((number, marks) for marks in stock.worths(number))
        return [(self.by_item[key], 1.0) for key in found if key in self.by_item]

    def read(self, values: Sequence[float]) -> Chosen:
        return {number: marks for (number, marks), column in self.by_item.items() if values[column] > 0.5}


def add_form(
    program: Program, stock: Stock, plan: Plan, *, among: Iterable[int], costs: Mapping[int, float],
    band: tuple[float, float] | None, lack: Mapping[int, int] | None = None,
) -> FormColumns:
    """Columns and rows for one form out of the items `among`. `band`: least and greatest share of the marks
    expected. `lack`: a column for each row of the blueprint that says how many items it may go without."""
    form = FormColumns({
        (number, marks): program.column(costs.get(number, 0.0), 1, whole=True)
        for number in among for marks in stock.worths(number)
    })
    _fill_rows(program, stock, form, lack or {})
    for number in {number for number, _marks in form.by_item}:
        if len(stock.worths(number)) > 1:
            program.row(form.of(number, stock), high=1)
    for clique in stock.cliques:
        terms = [term for number in clique for term in form.of(number, stock)]
        if len(terms) > 1:
            program.row(terms, high=1)
    if plan.levels is not None:
        _hold_levels(program, stock, plan, form)
    if band is not None and stock.expected is not None:
        program.row([
            (column, float(marks) * stock.expected[number] / stock.total)
            for (number, marks), column in form.by_item.items()
        ], *band)
    return form


def _fill_rows(program: Program, stock: Stock, form: FormColumns, lack: Mapping[int, int]) -> None:
    """Every row gets its count; strata that fit several rows are divided among them."""
    given: dict[tuple[tuple[int, ...], int], int] = {}
    by_worth: dict[tuple[tuple[int, ...], Decimal], list[int]] = {}
    for (number, marks), column in form.by_item.items():
        by_worth.setdefault((stock.rows[number], marks), []).append(column)
    for (rows, marks), columns in by_worth.items():
        worth = [row for row in rows if stock.cells[row].marks == marks]
        for row in worth:
            given[rows, row] = program.column()
        program.row([*((column, 1.0) for column in columns), *((given[rows, row], -1.0) for row in worth)], 0, 0)
    for row, cell in enumerate(stock.cells):
        terms = [(column, 1.0) for (_rows, one), column in given.items() if one == row]
        if row in lack:
            terms.append((lack[row], 1.0))
        program.row(terms or [(program.column(), 0.0)], cell.count, cell.count)


def _hold_levels(program: Program, stock: Stock, plan: Plan, form: FormColumns) -> None:
    columns: dict[tuple[str, Decimal, int], list[tuple[int, float]]] = {}
    for (number, marks), column in form.by_item.items():
        item = stock.items[number]
        columns.setdefault((item.type, marks, item.difficulty), []).append((column, 1.0))
    for (kind, marks, level), terms in columns.items():
        program.row(terms, *plan.band((kind, marks), level))
    for group, level in plan.levels or {}:
        if (*group, level) not in columns and plan.band(group, level)[0] > 0:
            program.row([(program.column(high=0), 1.0)], 1)  # none to choose from: nothing can hold


def leave_enough(program: Program, stock: Stock, plan: Plan, form: FormColumns, forms: int,
                 uses: Mapping[int, int]) -> None:
    """What this form leaves must fill `forms` more: items not yet used if it can be, and used ones up to the cap.

    The later forms stand in the program as one, and by strata instead of items (a shadow test, van der Linden).
    """
    later = {(stratum, row): program.column() for stratum in stock.strata for row in stratum[0]}
    for stratum, numbers in stock.strata.items():
        given = [(later[stratum, row], 1.0) for row in stratum[0]]
        fresh = [number for number in numbers if not uses.get(number)]
        now = [term for number in fresh for term in form.of(number, stock)]
        program.row([*given, *now, (program.column(AGAIN), -1.0)], high=len(fresh))
        if stock.order.cap < stock.order.forms:
            now = [term for number in numbers for term in form.of(number, stock)]
            program.row([*given, *now], high=sum(stock.order.cap - uses.get(number, 0) for number in numbers))
    for row, cell in enumerate(stock.cells):
        program.row([(later[s, row], 1.0) for s in stock.strata if row in s[0]], forms * cell.count, forms * cell.count)
    if plan.levels is not None:
        _leave_levels(program, stock, plan, later, forms)


def _leave_levels(program: Program, stock: Stock, plan: Plan, later: Mapping[tuple[Stratum, int], int],
                  forms: int) -> None:
    for (group, level), strata in stock.by_level.items():
        rows = stock.groups[group]
        terms = [(later[stratum, row], 1.0) for stratum in strata for row in rows if row in stratum[0]]
        program.row(terms, *plan.band(group, level, forms))
