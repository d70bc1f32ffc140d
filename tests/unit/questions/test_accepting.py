"""Other ways to type an answer, as the item page lists them: each is really marked as right."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.kernel.numerals import to_chinese
from quizapp.questions.rules.accepting import spellings
from quizapp.questions.rules.marking import mark

TWO = Decimal(2)
NOISE = st.sampled_from(["", " ", "　", "\u200b"])
EDGE = st.sampled_from(["", "。", "，", "、", "．", "（", "）", "“", "”", "《", "》", " "])


@pytest.mark.parametrize(
    ("variant", "others"),
    [
        ("60日", ("六十日", "６０日")),
        ("六十日", ("60日", "６０日")),
        ("次日", ()),
        ("3%", ("三%", "３％")),
        ("DNA", ("ＤＮＡ",)),
        ("1.5倍", ("１．５倍",)),
    ],
)
def test_the_other_spellings(variant: str, others: tuple[str, ...]) -> None:
    assert spellings(variant) == others


@given(st.text(alphabet="一二三十百千万零两〇日元个月以上不得%0159．Aa 第条", min_size=1, max_size=12))
def test_whatever_is_listed_is_marked_as_right(variant: str) -> None:
    for other in spellings(variant):
        assert mark("fill", [[variant]], [other], TWO).correct


@given(st.integers(1, 99_999_999), st.lists(NOISE, min_size=1, max_size=4), EDGE, EDGE)
def test_a_number_is_right_however_it_is_typed(number: int, noise: list[str], before: str, after: str) -> None:
    full_width = "".join(chr(ord(digit) + 0xFEE0) for digit in str(number))
    for written in (str(number), full_width, to_chinese(number), f"{number:,}"):
        typed = before + noise[0].join(written) + noise[-1] + "日" + after
        assert mark("fill", [[f"{number}日", "另一说法"]], [typed], TWO).correct, typed


@given(st.integers(0, 9999), st.integers(0, 9999))
def test_another_number_is_never_right(key: int, typed: int) -> None:
    for written in (str(typed), to_chinese(typed)):
        assert mark("fill", [[f"{key}日"]], [f"{written}日"], TWO).correct == (key == typed)


@given(st.lists(st.sampled_from(["备案", "登记", "60日", "公开", "DNA"]), min_size=1, max_size=4, unique=True), st.data())
def test_every_synonym_of_the_item_counts_and_nothing_else(variants: list[str], data: st.DataObject) -> None:
    typed = data.draw(st.sampled_from(["备案", "登记", "六十日", "公开", "dna", "审批"]))
    right = {"备案": "备案", "登记": "登记", "六十日": "60日", "公开": "公开", "dna": "DNA"}.get(typed)
    assert mark("fill", [variants], [typed], TWO).correct == (right in variants)
