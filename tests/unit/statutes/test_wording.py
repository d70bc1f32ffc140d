"""The normal form: what tells two copies of a text apart, and what does not."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from quizapp.statutes.rules.wording import fingerprint, normal_form, span_in_copy, span_of

GAPS = ("", "", "", " ", "\u3000", "\n", "\t", "\u00a0", "\u200b", "\ufeff", "\r\n ")
SHAPES = ("(（", ")）", ",，", ";；", ":：", "%％", "1１", "AＡ", '"“”「」', "'‘’『』", "〇○", "·・•", "甲", "乙", "。", "、")


@dataclass(frozen=True)
class Copies:
    """Two copies of one text that differ in spaces and in the shape of signs, and a part of the first."""

    one: str
    other: str
    part: str


@st.composite
def copies(draw: st.DrawFn) -> Copies:
    signs = draw(st.lists(st.sampled_from(SHAPES), min_size=1, max_size=30))

    def written() -> list[str]:
        return [draw(st.sampled_from(GAPS)) + draw(st.sampled_from(shapes)) for shapes in signs]

    one, other = written(), written()
    start = draw(st.integers(0, len(one) - 1))
    end = draw(st.integers(start + 1, len(one)))
    return Copies("".join(one), "".join(other), "".join(one[start:end]))


@given(st.text())
def test_the_normal_form_of_a_normal_form_is_itself(text: str) -> None:
    assert normal_form(normal_form(text)) == normal_form(text)


@given(copies())
def test_spaces_widths_and_quotation_marks_make_no_difference(drawn: Copies) -> None:
    assert normal_form(drawn.one) == normal_form(drawn.other)
    assert fingerprint(drawn.one) == fingerprint(drawn.other)


@given(copies())
def test_a_span_found_in_one_copy_shows_the_same_words_in_the_other(drawn: Copies) -> None:
    span = span_of(drawn.one, drawn.part)
    assert span is not None
    place = span_in_copy(drawn.other, span)
    assert place is not None
    shown = drawn.other[place[0] : place[1]]
    assert normal_form(shown) == normal_form(drawn.part) == normal_form(drawn.one)[span[0] : span[1]]
    # no more than the words: it begins and ends with one of their signs
    assert normal_form(shown[0]) == normal_form(drawn.part)[0]
    assert normal_form(shown[-1]) == normal_form(drawn.part)[-1]


@given(st.text(), st.text())
def test_other_words_have_another_fingerprint(one: str, other: str) -> None:
    assume(normal_form(one) != normal_form(other))
    assert fingerprint(one) != fingerprint(other)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("第一款　申请 应当\n书面提出。", "第一款申请应当书面提出。"),
        ("“甲”、‘乙’、「丙」、『丁』", "\"甲\"、'乙'、\"丙\"、'丁'"),
        ("（一）１０％；ＡＢ", "(一)10%;AB"),
        ("二○二一年", "二〇二一年"),
        ("甲\u200b乙\ufeff丙\u00ad丁\u2060", "甲乙丙丁"),
        ("甲──乙━━丙——丁", "甲——乙——丙——丁"),
        (" \u3000\n", ""),
    ],
)
def test_the_normal_form_of_what_copies_write(text: str, form: str) -> None:
    assert normal_form(text) == form


def test_the_fingerprint_is_that_of_the_register() -> None:
    # sha256 of "示例一条。", as any other program computes it
    assert fingerprint("示例 一条。") == "7fb86a45857bdea1"


@pytest.mark.parametrize("part", ["", " \u3000", "丙", "甲丙"])
def test_what_is_not_there_has_no_span(part: str) -> None:
    assert span_of("甲乙", part) is None


@pytest.mark.parametrize("span", [(0, 3), (1, 1), (2, 1), (-1, 1), (5, 9)])
def test_a_span_that_does_not_fit_the_copy_shows_nothing(span: tuple[int, int]) -> None:
    assert span_in_copy("甲 乙", span) is None
