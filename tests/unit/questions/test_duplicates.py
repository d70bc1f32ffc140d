"""Near duplicates are found as surely as by comparing every pair, in a fraction of the time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz import fuzz

from quizapp.questions.rules.duplicates import near_duplicates

WORDS = st.text(alphabet="甲乙丙丁戊己庚辛", min_size=1, max_size=24)


def every_pair(texts: list[str], threshold: float) -> set[tuple[int, int]]:
    return {
        (first, second) for second in range(len(texts)) for first in range(second)
        if fuzz.ratio(texts[first], texts[second]) >= threshold
    }


@given(st.lists(WORDS, max_size=8), st.sampled_from([70.0, 85.0, 92.0, 100.0]))
def test_nothing_is_missed_and_nothing_made_up(texts: list[str], threshold: float) -> None:
    found = [(first, second) for first, second, _score in near_duplicates(texts, threshold)]
    assert len(found) == len(set(found))
    assert set(found) == every_pair(texts, threshold)


@given(WORDS.filter(lambda text: len(text) > 8), st.data())
def test_a_reworded_twin_is_found(text: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(text) - 1))
    twin = text[:place] + "新" + text[place + 1 :]
    assert [pair[:2] for pair in near_duplicates([text, twin], 80.0)] == [(0, 1)]


@pytest.mark.parametrize("texts", [[], [""], ["", ""], ["甲"], ["甲", "甲"], ["甲", "乙"]])
def test_texts_without_pairs(texts: list[str]) -> None:
    assert {pair[:2] for pair in near_duplicates(texts)} == every_pair(texts, 85.0)
