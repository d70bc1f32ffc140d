"""A form as it is printed."""

from __future__ import annotations

import random
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from quizapp.papers.rules.printing import TYPE_ORDER, Drawn, form_hash, part_marks, printed_order
from tests.unit.papers.orders import pools


@given(pools(20), st.integers(0, 99), st.randoms(use_true_random=False))
def test_types_come_in_their_order_and_the_same_chance_gives_the_same_order(pool, seed, chance):
    drawn = [Drawn(item, Decimal(1)) for item in pool]
    first = printed_order(drawn, random.Random(seed))  # noqa: S311
    chance.shuffle(drawn)
    assert printed_order(drawn, random.Random(seed)) == first  # noqa: S311
    places = [TYPE_ORDER.index(d.candidate.type) for d in first]
    assert places == sorted(places)


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
