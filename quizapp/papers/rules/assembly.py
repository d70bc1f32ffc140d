"""Parallel forms: form by form, all at once where that does not work, or the reason why it cannot be done."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from quizapp.papers.rules.forming import AGAIN, Chosen, FormColumns, add_form, leave_enough
from quizapp.papers.rules.plan import Plan, plan
from quizapp.papers.rules.printing import Drawn, printed_order
from quizapp.papers.rules.program import Effort, Program
from quizapp.papers.rules.refusal import Reason, Refusal, impossible, lacking_for_enemies
from quizapp.papers.rules.stock import Order, Stock

APART = 0.02
"""Most by which the expected shares of marks of two forms differ."""
HALF = APART / 2 - 1e-5
NARROW = 0.003
TOLERANCES = (0, 1, 2, None)
"""By how many items of a level forms may differ from the plan, tried in this order; at last by any number."""
EXPOSED = 3.0
"""What an earlier form with the item on it costs: more than chance, less than another use in this order."""
NODES, FORM_NODES = 6000, 300
SMALL = 2000
"""So many columns (forms x items) are quickly solved together, at every tolerance."""


@dataclass(frozen=True)
class Assembled:
    """The forms in the order of printing. `shares`: the share of marks each is expected to bring, empty without
    statistics. `tolerance`: by how many items of a level a form may be off the plan, None: levels are free."""

    forms: tuple[tuple[Drawn, ...], ...]
    shares: tuple[float, ...]
    tolerance: int | None


def assemble(order: Order) -> Assembled | Refusal:
    """The forms that are ordered; the same order gives the same forms.

    Always held: every row exactly, enemies apart, `max_shared`, `max_uses`, and with statistics the shares of
    marks within `APART`. While items without statistics are among them, all forms have equally many items of each
    level in each group of rows of one type and worth; where the bank cannot give that they differ by as few as
    can be. Raises nothing: what cannot be made is answered with the reason.
    """
    refused = impossible(order)
    if refused is not None:
        return refused
    stock, effort = Stock(order), Effort(NODES)
    tolerances = TOLERANCES if stock.counts_levels else (None,)
    for tolerance in tolerances:
        planned = plan(stock, tolerance, Effort(NODES))
        found = FormByForm(stock, planned, effort).forms() if planned else None
        if planned and found is None and order.is_bounded and order.forms * len(stock.items) <= SMALL:
            found = all_at_once(stock, planned)
        if found is not None:
            return _printed(stock, found, tolerance)
    return _last_way(stock)


class FormByForm:
    """Makes one form after the other, the later ones kept in mind."""

    def __init__(self, stock: Stock, planned: Plan, effort: Effort) -> None:
        self.stock, self.order, self.plan, self.effort = stock, stock.order, planned, effort
        self.target = planned.target
        self.made: list[Chosen] = []
        self._uses: Counter[int] = Counter()

    def forms(self) -> list[Chosen] | None:
        while len(self.made) < self.order.forms:
            chosen = self._next()
            if chosen is None:
                return None
            self.made.append(chosen)
            self._uses.update(chosen.keys())
        return self.made

    def _next(self) -> Chosen | None:
        costs = self._costs()
        chosen = self._form(self._cheapest(costs), costs, self._narrow()) or self._form(costs, costs, self._wide(HALF))
        if chosen is None and not self.made and self.target is not None:
            # no form at the mean of the bank: the first one that there is says what the others have to be like
            chosen = self._form(costs, costs, self._wide(0.05)) or self._form(costs, costs, None)
            self.target = self.stock.share(chosen) if chosen else self.target
        return chosen

    def _costs(self) -> dict[int, float]:
        """By item that may still be used: first chance, then how often it was used, here above all."""
        # not for secrecy: the same seed must give the same forms
        chance = random.Random(f"{self.order.seed}/{len(self.made)}")  # noqa: S311
        return {
            number: chance.random() + EXPOSED * min(self.order.used.get(item.item_id, 0), 9) + AGAIN * self._uses[number]
            for number, item in enumerate(self.stock.items) if self._uses[number] < self.order.cap
        }

    def _cheapest(self, costs: Mapping[int, float]) -> list[int]:
        """Enough of each stratum for a choice; the solver is quicker with fewer."""
        found: list[int] = []
        for (rows, _level), numbers in self.stock.strata.items():
            enough = 6 + 3 * sum(self.stock.cells[row].count for row in rows)
            found += sorted((n for n in numbers if n in costs), key=lambda n: costs[n])[:enough]
        return sorted(found)

    def _wide(self, half: float) -> tuple[float, float] | None:
        return None if self.target is None else (self.target - half, self.target + half)

    def _narrow(self) -> tuple[float, float] | None:
        """Close to the target, and on the other side of it than the forms so far: else the last would have to make
        up for all of them."""
        if self.target is None:
            return None
        off = sum((self.stock.share(form) or 0.0) - self.target for form in self.made)
        middle = self.target - max(NARROW - HALF, min(HALF - NARROW, off))
        return middle - NARROW, middle + NARROW

    def _form(
        self, among: Sequence[int] | Mapping[int, float], costs: Mapping[int, float], band: tuple[float, float] | None
    ) -> Chosen | None:
        program = Program()
        form = add_form(program, self.stock, self.plan, among=among, costs=costs, band=band)
        self._bound_shared(program, form)
        later = self.order.forms - len(self.made) - 1
        if later:
            leave_enough(program, self.stock, self.plan, form, later, self._uses)
        # within the cost of one use
        gap = 1 / (AGAIN * self.plan.reuse + self.stock.size)
        values = program.solve(self.effort, nodes=FORM_NODES, gap=gap).values
        return form.read(values) if values else None

    def _bound_shared(self, program: Program, form: FormColumns) -> None:
        """No more than `max_shared` of any earlier form; without a bound as few of the one with most as can be."""
        most = None
        for earlier in self.made:
            terms = [term for number in earlier for term in form.of(number, self.stock)]
            if terms and self.order.max_shared is not None:
                program.row(terms, high=self.order.max_shared)
            elif terms:
                most = program.column(AGAIN) if most is None else most
                program.row([*terms, (most, -1.0)], high=0)


def all_at_once(stock: Stock, planned: Plan, nodes: int = 500) -> list[Chosen] | None:
    """All forms in one program: slow, but no form is made at the cost of another."""
    order, program = stock.order, Program()
    forms = []
    for number in range(order.forms):
        chance = random.Random(f"{order.seed}/{number}")  # noqa: S311
        costs = {item: chance.random() for item in range(len(stock.items))}
        band = None if planned.target is None else (planned.target - HALF, planned.target + HALF)
        forms.append(add_form(program, stock, planned, among=costs, costs=costs, band=band))
    if order.cap < order.forms:
        for item in range(len(stock.items)):
            program.row([term for form in forms for term in form.of(item, stock)], high=order.cap)
    if order.max_shared is not None and order.cap > 1:
        for one, other in combinations(forms, 2):
            both = [program.column(high=1) for _item in stock.items]
            for item, column in enumerate(both):
                program.row([*one.of(item, stock), *other.of(item, stock), (column, -1.0)], high=1)
            program.row([(column, 1.0) for column in both], high=order.max_shared)
    values = program.solve(Effort(nodes), nodes=nodes, gap=0.5).values
    return [form.read(values) for form in forms] if values else None


def _last_way(stock: Stock) -> Assembled | Refusal:
    order = stock.order
    planned = plan(stock, None, Effort(NODES))
    if planned and order.is_bounded:
        found = all_at_once(stock, planned)
        if found is not None:
            return _printed(stock, found, None)
    short = lacking_for_enemies(stock, Effort(NODES))
    if short:
        return Refusal("enemies", tuple(short))
    without: tuple[tuple[Reason, bool, Order], ...] = (
        ("too_hard", stock.expected is not None, replace(order, facility={})),
        ("too_shared", order.max_shared is not None, replace(order, max_shared=None)),
        ("too_used", order.max_uses is not None, replace(order, max_uses=None)),
    )
    for reason, applies, easier in without:
        if applies and _can_be_made(Stock(easier)):
            return Refusal(reason)
    return Refusal("too_much")


def _can_be_made(stock: Stock) -> bool:
    planned = plan(stock, None, Effort(NODES))
    return planned is not None and FormByForm(stock, planned, Effort(NODES)).forms() is not None


def _printed(stock: Stock, forms: Sequence[Chosen], tolerance: int | None) -> Assembled:
    printed = []
    for number, form in enumerate(forms):
        chance = random.Random(f"{stock.order.seed}/{number}/order")  # noqa: S311
        printed.append(printed_order((Drawn(stock.items[item], marks) for item, marks in form.items()), chance))
    shares = [share for form in forms if (share := stock.share(form)) is not None]
    return Assembled(tuple(printed), tuple(shares), tolerance)
