"""What the bank lacks: exact where rows overlap, for one form and for many."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from quizapp.papers.rules.blueprint import Cell, fits, shortages
from tests.unit.papers.orders import blueprints, items, pools


def deficit(cells, pool, forms, each):
    """Hall's condition, tried on every set of rows."""
    worst = 0
    for mask in range(1, 2 ** len(cells)):
        chosen = [cell for n, cell in enumerate(cells) if mask >> n & 1]
        reachable = sum(any(fits(cell, item) for cell in chosen) for item in pool)
        worst = max(worst, forms * sum(cell.count for cell in chosen) - each * reachable)
    return worst


@given(blueprints(6, 6), pools(40))
def test_one_form_lacks_what_a_slower_search_says(cells, pool):
    assert sum(s.missing for s in shortages(cells, pool)) == deficit(cells, pool, 1, 1)


@given(blueprints(5, 5), pools(40), st.integers(2, 6), st.integers(1, 4))
def test_so_do_several_forms_under_a_bound_on_uses(cells, pool, forms, uses):
    each = min(uses, forms)
    short = shortages(cells, pool, forms=forms, uses=uses)
    lacking = deficit(cells, pool, forms, each)
    assert bool(short) == (lacking > 0)
    # rounded up row by row to whole items
    assert lacking <= each * sum(s.missing for s in short) < lacking + each * max(1, len(short))


@given(blueprints(5, 5), pools(30), st.integers(1, 5), st.integers(1, 3))
def test_what_is_said_to_be_missing_is_enough(cells, pool, forms, uses):
    short = shortages(cells, pool, forms=forms, uses=uses)
    more = [(s.cell.subject or "added", s.cell.type, s.cell.difficulty or 1) for s in short for _n in range(s.missing)]
    found = [(item.subject, item.type, item.difficulty) for item in pool] + more
    grown = items(*(list(part) for part in zip(*found, strict=True))) if found else []
    assert not shortages(cells, grown, forms=forms, uses=uses)


def test_the_row_that_could_take_anything_is_the_one_that_is_short():
    cells = [Cell(None, "single", None, 2, Decimal(1)), Cell("civil-code", "single", None, 2, Decimal(1))]
    pool = items(["civil-code"] * 3, ["single"] * 3, [1, 2, 3])
    assert [(s.cell, s.missing) for s in shortages(cells, pool)] == [(cells[0], 1)]
