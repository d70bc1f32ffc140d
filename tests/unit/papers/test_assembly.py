"""Parallel forms: everything that is promised holds on every form, and a refusal is true."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from decimal import Decimal
from itertools import combinations, product

import pytest
from hypothesis import HealthCheck, given, settings

from quizapp.papers.rules.assembly import APART, Assembled, assemble
from quizapp.papers.rules.blueprint import Candidate, Cell, shortages, total_marks
from quizapp.papers.rules.printing import TYPE_ORDER
from quizapp.papers.rules.refusal import Refusal
from quizapp.papers.rules.stock import Order, Stock
from tests.unit.papers.orders import items, orders

FEW = settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])


def ids(form):
    return {drawn.candidate.item_id for drawn in form}


def fills(cells, form):
    """Whether the items, with the marks they were given, fill every row exactly."""
    total = sum(drawn.marks for drawn in form)
    if len(form) != sum(cell.count for cell in cells) or len(ids(form)) != len(form) or total != total_marks(cells):
        return False
    for marks in {cell.marks for cell in cells}:
        rows = [cell for cell in cells if cell.marks == marks]
        given_items = [drawn.candidate for drawn in form if drawn.marks == marks]
        if len(given_items) != sum(cell.count for cell in rows) or shortages(rows, given_items):
            return False
    return True


def level_counts(form):
    return Counter((drawn.candidate.type, drawn.marks, drawn.candidate.difficulty) for drawn in form)


@FEW
@given(orders(most_pool=24, most_rows=4, most_items=4, most_forms=4))
def test_what_is_made_keeps_every_promise(order):
    made = assemble(order)
    if isinstance(made, Refusal):
        assert made.reason in ("rows", "enemies") or order.max_shared is not None or order.max_uses is not None
        return
    assert len(made.forms) == order.forms
    for form in made.forms:
        assert fills(order.cells, form)
        assert not any({one, other} <= ids(form) for one, other in order.enemies)
        places = [TYPE_ORDER.index(drawn.candidate.type) for drawn in form]
        assert places == sorted(places)
    shared = [len(ids(one) & ids(other)) for one, other in combinations(made.forms, 2)]
    assert order.max_shared is None or max(shared, default=0) <= order.max_shared
    uses = Counter(item for form in made.forms for item in ids(form))
    assert order.max_uses is None or max(uses.values()) <= order.max_uses
    if made.shares:
        assert max(made.shares) - min(made.shares) <= APART
    elif made.tolerance is not None:
        counts = [level_counts(form) for form in made.forms]
        assert all(abs(one[key] - other[key]) <= 2 * made.tolerance
                   for one, other in combinations(counts, 2) for key in one.keys() | other.keys())


@FEW
@given(orders(most_pool=24, most_rows=4, most_items=4, most_forms=3))
def test_the_same_order_gives_the_same_forms_in_whatever_order_the_pool_comes(order):
    assert assemble(replace(order, pool=order.pool[::-1])) == assemble(order)


@FEW
@given(orders(most_pool=12, most_rows=3, most_items=3, most_forms=3))
def test_without_bounds_whatever_can_fill_one_form_can_fill_all(order):
    order = replace(order, max_shared=None, max_uses=None)
    made = assemble(order)
    assert isinstance(made, Assembled) == bool(possible_forms(order))


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(orders(most_pool=7, most_rows=2, most_items=2, most_forms=3))
def test_a_refusal_is_true_by_trying_everything(order):
    """On banks so small that every set of forms can be looked at; levels may give way, the rest may not."""
    made = assemble(order)
    assert isinstance(made, Assembled) == any_way(order)


def possible_forms(order):
    """Every form as item to marks, enemies apart."""
    stock = Stock(order)
    found = []
    for chosen in combinations(range(len(stock.items)), stock.size):
        for worth in product(*(stock.worths(number) for number in chosen)):
            form = dict(zip(chosen, worth, strict=True))
            names = {stock.items[number].item_id for number in chosen}
            if any({one, other} <= names for one, other in order.enemies):
                continue
            if all(_rows_filled(order, stock, form, marks) for marks in {cell.marks for cell in order.cells}):
                found.append(form)
    return found


def _rows_filled(order, stock, form, marks):
    rows = [cell for cell in order.cells if cell.marks == marks]
    chosen = [stock.items[number] for number, worth in form.items() if worth == marks]
    return len(chosen) == sum(cell.count for cell in rows) and not shortages(rows, chosen)


def any_way(order):
    """Whether some forms keep the bounds, and the expected shares together."""
    stock = Stock(order)
    forms = possible_forms(order)

    def fits_with(form, others):
        uses = Counter(number for other in others for number in other)
        share = stock.share(form)
        return (
            all(order.max_shared is None or len(form.keys() & other.keys()) <= order.max_shared for other in others)
            and all(order.max_uses is None or uses[number] < order.max_uses for number in form)
            # a hair's breadth inside the promise, as the assembly keeps it
            and all(share is None or abs(share - stock.share(other)) <= APART - 2e-5 for other in others)
        )

    def grow(chosen):
        return len(chosen) == order.forms or any(grow([*chosen, form]) for form in forms if fits_with(form, chosen))

    return grow([])


def stocked(singles, multiples=0):
    return [Candidate(n, n, "constitution", "single" if n < singles else "multiple", 1 + n % 3, "示例")
            for n in range(singles + multiples)]


ROW = Cell("constitution", "single", None, 5, Decimal(2))


def test_items_are_not_shared_while_the_bank_has_others():
    made = assemble(Order([replace(ROW, count=6)], stocked(18), forms=3, seed=1))
    assert set.union(*map(ids, made.forms)) == set(range(18))


def test_equal_levels_come_before_items_used_once():
    """Five of each level for three forms: two levels cannot be the same on all without an item taken again."""
    made = assemble(Order([ROW], stocked(15), forms=3, seed=1))
    assert len({frozenset(level_counts(form).items()) for form in made.forms}) == 1
    assert len(set.union(*map(ids, made.forms))) < 15


def test_where_items_must_be_shared_the_burden_is_divided():
    made = assemble(Order([ROW], stocked(9), forms=3, seed=1))
    uses = Counter(item for form in made.forms for item in ids(form))
    assert sum(uses.values()) == 15
    assert max(len(ids(one) & ids(other)) for one, other in combinations(made.forms, 2)) <= 3


def test_items_on_fewer_earlier_papers_are_taken_first():
    used = dict.fromkeys(range(0, 18, 2), 1)
    made = assemble(Order([replace(ROW, count=3)], stocked(18), forms=3, seed=4, used=used))
    assert not set.union(*map(ids, made.forms)) & used.keys()


def test_different_seeds_give_different_forms():
    forms = {frozenset(ids(assemble(Order([ROW], stocked(40), seed=seed)).forms[0])) for seed in range(5)}
    assert len(forms) == 5


def test_an_early_form_leaves_what_a_late_one_needs():
    """Everything fits the open row, but the row of its own has just enough for all forms."""
    pool = items(["civil-code"] * 6 + ["constitution"] * 6, ["single"] * 12, [1] * 12)
    cells = [Cell(None, "single", None, 2, Decimal(2)), Cell("civil-code", "single", None, 2, Decimal(2))]
    for seed in range(5):
        made = assemble(Order(cells, pool, forms=3, seed=seed, max_shared=0))
        assert set.union(*map(ids, made.forms)) == set(range(12))


def test_levels_are_the_same_on_every_form_before_there_are_statistics():
    pool = items(["constitution"] * 60, ["single"] * 60, [1, 1, 2, 2, 2, 3] * 10)
    made = assemble(Order([replace(ROW, count=6)], pool, forms=5, seed=2))
    assert [level_counts(form) for form in made.forms] == [
        {("single", Decimal(2), 1): 2, ("single", Decimal(2), 2): 3, ("single", Decimal(2), 3): 1}
    ] * 5
    assert made.tolerance == 0


def test_levels_that_cannot_be_equal_differ_by_as_few_as_can_be():
    """Five of each of two levels on two forms without a common item: three and two, two and three."""
    pool = items(["constitution"] * 10, ["single"] * 10, [1] * 5 + [2] * 5)
    made = assemble(Order([ROW], pool, forms=2, max_shared=0))
    assert made.tolerance == 1


def test_items_without_statistics_count_as_the_mean_of_their_level():
    pool = items(["constitution"] * 4, ["single"] * 4, [1, 1, 1, 2])
    assert Stock(Order([ROW], pool, facility={0: 0.8, 1: 0.6})).expected == pytest.approx([0.8, 0.6, 0.7, 0.7])
    assert Stock(Order([ROW], pool)).expected is None


def test_expected_shares_stay_together_where_chance_alone_would_scatter_them():
    pool = stocked(200)
    facility = {item.item_id: (0.15, 0.95)[item.item_id // 3 % 2] for item in pool}
    made = assemble(Order([replace(ROW, count=10)], pool, forms=10, facility=facility, max_shared=0))
    assert max(made.shares) - min(made.shares) <= APART


@pytest.mark.parametrize(
    ("order", "reason", "missing", "least"),
    [
        (Order([ROW], stocked(3)), "rows", 2, 0),
        (Order([ROW], stocked(6), enemies=set(combinations(range(4), 2))), "enemies", 2, 0),
        (Order([ROW], stocked(8), forms=4, max_uses=2), "uses", 2, 0),
        (Order([ROW], stocked(18), forms=4, max_shared=0), "none_shared", 2, 0),
        # 20 places for 10 items: ten pairs of forms that share one, over six pairs
        (Order([ROW], stocked(10), forms=4, max_shared=1), "shared", 0, 2),
    ],
)
def test_what_cannot_be_made_is_answered_with_the_row_and_the_number(order, reason, missing, least):
    refused = assemble(order)
    assert (refused.reason, sum(s.missing for s in refused.short), refused.least) == (reason, missing, least)
    assert all(s.cell == ROW for s in refused.short)


def test_shares_that_cannot_be_brought_together_are_said_to_be_the_reason():
    """Two forms without a common item, one of which must have the item that nobody gets right."""
    facility = {0: 0.0} | dict.fromkeys(range(1, 10), 0.9)
    refused = assemble(Order([ROW], stocked(10), forms=2, facility=facility, max_shared=0))
    assert refused.reason == "too_hard"


def test_enemies_that_only_together_could_fill_two_forms_are_not_hidden_by_a_bound():
    """Three enemies of each other on two forms with every item used once: one of them has no place."""
    order = Order([replace(ROW, count=3)], stocked(6), forms=2, enemies=set(combinations(range(3), 2)), max_uses=1)
    assert assemble(order).reason == "too_used"
