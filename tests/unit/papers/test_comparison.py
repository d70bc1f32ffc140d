"""Forms side by side."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

from quizapp.papers.rules.comparison import FormContent, FormLine, compare_forms


def form(number, *items):
    return FormContent(number, Decimal(10), Counter(items), {item: 1 + item % 3 for item in items})


def test_each_form_says_what_it_shares_and_what_was_on_earlier_papers():
    # item 7 is a case with two questions
    lines = compare_forms([form(1, 1, 2, 7, 7), form(2, 2, 3, 7, 7), form(3, 4, 5, 6)], before={2, 6, 99})
    assert lines == [
        FormLine(1, 4, Decimal(10), {2: 2, 3: 1}, shared=2, uses=2, before=1),
        FormLine(2, 4, Decimal(10), {3: 1, 1: 1, 2: 1}, shared=2, uses=2, before=1),
        FormLine(3, 3, Decimal(10), {2: 1, 3: 1, 1: 1}, shared=0, uses=1, before=1),
    ]


def test_a_single_form_shares_nothing():
    assert compare_forms([form(1, 1, 2)], before=())[0].shared == 0
