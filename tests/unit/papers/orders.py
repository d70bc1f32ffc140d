"""Pools, blueprints and whole orders for hypothesis."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import strategies as st

from quizapp.papers.rules.blueprint import Candidate, Cell
from quizapp.papers.rules.stock import Order

SUBJECTS = ("constitution", "civil-code", "reconsideration")
TYPES = ("single", "multiple", "true_false")


def items(subjects: list[str], types: list[str], levels: list[int]) -> list[Candidate]:
    triples = zip(subjects, types, levels, strict=True)
    return [Candidate(n, n + 1000, s, t, d, "示例") for n, (s, t, d) in enumerate(triples)]


def pools(most: int, types: tuple[str, ...] = TYPES) -> st.SearchStrategy[list[Candidate]]:
    return st.integers(0, most).flatmap(
        lambda n: st.builds(
            items, *(st.lists(st.sampled_from(values), min_size=n, max_size=n) for values in (SUBJECTS, types, (1, 2, 3)))
        )
    )


def blueprints(most_rows: int, most_items: int, types: tuple[str, ...] = TYPES) -> st.SearchStrategy[list[Cell]]:
    marks = st.sampled_from((Decimal(1), Decimal("1.5"), Decimal(2)))
    row = st.builds(Cell, st.sampled_from((None, *SUBJECTS)), st.sampled_from(types), st.sampled_from((None, 1, 2, 3)),
                    st.integers(1, most_items), marks)
    return st.lists(row, min_size=1, max_size=most_rows)


@st.composite
def orders(draw: st.DrawFn, *, most_pool: int, most_rows: int, most_items: int, most_forms: int) -> Order:
    """Any order, often one that cannot be had."""
    pool = draw(pools(most_pool, TYPES[:2]))
    ids = st.sampled_from([item.item_id for item in pool]) if pool else st.nothing()
    pairs = st.sets(st.tuples(ids, ids).filter(lambda pair: pair[0] < pair[1]), max_size=6) if len(pool) > 1 else st.just(set())
    known = draw(st.sets(ids)) if pool else set()
    return Order(
        cells=draw(blueprints(most_rows, most_items, TYPES[:2])), pool=pool, forms=draw(st.integers(1, most_forms)),
        seed=draw(st.integers(0, 9)), enemies=draw(pairs),
        facility={item: draw(st.sampled_from((0.3, 0.55, 0.7, 0.71, 0.9))) for item in sorted(known)},
        used=draw(st.dictionaries(ids, st.integers(1, 3))) if pool else {},
        max_shared=draw(st.none() | st.integers(0, 4)), max_uses=draw(st.none() | st.integers(1, 3)),
    )
