"""The text of an article with the proving words marked."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from quizapp.questions.rules.passage import Stretch, passage
from quizapp.statutes.rules.wording import normal_form

TEXTS = st.text(st.sampled_from("示例应当真实，。 　\n\u200b"), max_size=40)
SPANS = st.lists(st.tuples(st.integers(-2, 40), st.integers(-2, 40)), max_size=4)


def test_the_words_are_marked_paragraph_by_paragraph() -> None:
    assert passage("示例应当真实，\n并且公开。", [(4, 9)]) == (
        (Stretch("示例应当"), Stretch("真实，", True)), (Stretch("并且", True), Stretch("公开。")))


def test_spans_that_touch_or_overlap_are_one_stretch() -> None:
    assert passage("示例应当真实。", [(0, 2), (2, 4), (1, 5)]) == ((Stretch("示例应当真", True), Stretch("实。")),)


def test_an_empty_paragraph_has_no_stretches_and_no_span_marks_nothing() -> None:
    assert passage("甲\n\n乙", []) == ((Stretch("甲"),), (), (Stretch("乙"),))
    assert passage("", [(0, 1)]) == ((),)


@given(TEXTS, SPANS)
def test_no_word_is_lost_and_exactly_the_fitting_spans_are_marked(text: str, spans: list[tuple[int, int]]) -> None:
    found = passage(text, spans)
    assert "\n".join("".join(stretch.text for stretch in paragraph) for paragraph in found) == text
    words = normal_form(text)
    fitting = {place for start, end in spans if 0 <= start < end <= len(words) for place in range(start, end)}
    flags = [stretch.proof for paragraph in found for stretch in paragraph for _sign in normal_form(stretch.text)]
    assert flags == [place in fitting for place in range(len(words))]


@given(TEXTS, SPANS)
def test_neighbouring_stretches_differ(text: str, spans: list[tuple[int, int]]) -> None:
    for paragraph in passage(text, spans):
        assert all(stretch.text for stretch in paragraph)
        assert all(one.proof != other.proof for one, other in itertools.pairwise(paragraph))
