"""Forms side by side."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import pytest

from quizapp.i18n import speaking
from quizapp.papers.rules.comparison import Apart, FormContent, FormLine, apart, compare_forms
from quizapp.papers.sentences import expected_words


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


def expecting(*shares):
    return [FormLine(number, 1, Decimal(1), {}, 0, 1, 0, share) for number, share in enumerate(shares, 1)]


def test_expected_shares_lie_apart_by_the_easiest_and_the_hardest():
    assert apart(expecting(0.8, 0.82, 0.79, 0.82)) == Apart(easy=2, high=0.82, hard=3, low=0.79)
    assert apart(expecting(0.8, 0.8)) == Apart(1, 0.8, 1, 0.8)
    assert apart([]) is apart(expecting(None, None)) is apart(expecting(0.8, None)) is None


@pytest.mark.parametrize(("shares", "said"), [
    ((0.8126, 0.8014), "最多相差 0.012：第 1 份 0.813，第 2 份 0.801"), ((0.8, 0.8001), "都是 0.800"), ((0.8,), "预计得分率 0.800"),
    ((None, None), "没有预计得分率"),
])
def test_how_alike_forms_are_expected_to_be_is_said_in_words(shares, said):
    with speaking("zh"):
        assert said in expected_words(expecting(*shares))
