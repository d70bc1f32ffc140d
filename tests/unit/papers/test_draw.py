"""Filling a blueprint: exact where the bank allows it, honest where it does not."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from quizapp.papers.rules import TYPE_ORDER, Candidate, Cell, draw, fits, form_hash, part_marks, total_marks

SUBJECTS = ("constitution", "civil-code", "reconsideration")
TYPES = ("single", "multiple", "true_false")


def items(subjects: list[str], types: list[str], levels: list[int]) -> list[Candidate]:
    triples = zip(subjects, types, levels, strict=True)
    return [Candidate(n, n + 1000, s, t, d, "示例") for n, (s, t, d) in enumerate(triples)]


POOLS = st.integers(0, 40).flatmap(
    lambda n: st.builds(
        items, *(st.lists(st.sampled_from(values), min_size=n, max_size=n) for values in (SUBJECTS, TYPES, (1, 2, 3)))
    )
)
CELLS = st.lists(
    st.builds(Cell, st.sampled_from((None, *SUBJECTS)), st.sampled_from(TYPES), st.sampled_from((None, 1, 2, 3)),
              st.integers(1, 6), st.sampled_from((Decimal(1), Decimal("1.5"), Decimal(2)))),
    min_size=1, max_size=6,
)


@given(CELLS, POOLS, st.integers(0, 99))
def test_a_drawn_form_keeps_to_the_blueprint_or_says_what_is_short(cells, pool, seed):
    drawn, short = draw(cells, pool, seed=seed)
    assert len({d.candidate.item_id for d in drawn}) == len(drawn)
    assert len(drawn) + sum(s.missing for s in short) == sum(c.count for c in cells)
    if not short:
        assert sum(d.marks for d in drawn) == total_marks(cells)
        wanted = Counter((c.type, c.marks) for c in cells for _n in range(c.count))
        assert Counter((d.candidate.type, d.marks) for d in drawn) == wanted
    assert all(any(fits(c, d.candidate) and c.marks == d.marks for c in cells) for d in drawn)


@given(CELLS, POOLS, st.integers(0, 99))
def test_nothing_is_called_short_that_a_slower_search_can_fill(cells, pool, seed):
    """Hall's condition, tried on every set of rows: a shortage is real."""
    _drawn, short = draw(cells, pool, seed=seed)
    deficit = 0
    for mask in range(1, 2 ** len(cells)):
        chosen = [cell for n, cell in enumerate(cells) if mask >> n & 1]
        reachable = sum(any(fits(cell, item) for cell in chosen) for item in pool)
        deficit = max(deficit, sum(cell.count for cell in chosen) - reachable)
    assert sum(s.missing for s in short) == deficit


@given(CELLS, POOLS, st.integers(0, 99))
def test_the_same_seed_gives_the_same_form_in_the_order_of_printing(cells, pool, seed):
    first, _short = draw(cells, pool, seed=seed)
    again, _short = draw(cells, list(pool), seed=seed)
    assert first == again
    places = [TYPE_ORDER.index(d.candidate.type) for d in first]
    assert places == sorted(places)


def test_items_on_fewer_forms_are_taken_first():
    pool = items(["constitution"] * 10, ["single"] * 10, [1] * 10)
    cells = [Cell("constitution", "single", None, 5, Decimal(2))]
    first, _short = draw(cells, pool, seed=1)
    used = Counter(d.candidate.item_id for d in first)
    second, _short = draw(cells, pool, seed=2, used=used)
    assert not used.keys() & {d.candidate.item_id for d in second}


@given(st.decimals(Decimal("0.01"), Decimal(100), places=2), st.integers(1, 9))
def test_marks_of_a_case_are_divided_without_loss(marks, parts):
    shares = part_marks(marks, parts)
    assert len(shares) == parts
    assert sum(shares) == marks
    assert max(shares) - min(shares) < Decimal("0.10")


def test_a_form_hash_notices_every_change():
    questions = [(1, "a" * 64, 0, Decimal("1.5")), (2, "b" * 64, 0, Decimal("1.5"))]
    changed = [
        [(1, "c" * 64, 0, Decimal("1.5")), questions[1]],
        [(1, "a" * 64, 0, Decimal(2)), questions[1]],
        list(reversed(questions)),
        questions[:1],
    ]
    assert len({form_hash(version) for version in [questions, *changed]}) == 5
