import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.kernel.text import fold, to_half_width

ANSWERS = st.text(
    alphabet=st.sampled_from("一二三十百千万亿零两〇六日天元分之%0159０６.,，。 　()（）《》“”aＡÅßﬁ①½…-"),
    max_size=14,
)


@pytest.mark.parametrize(
    "group",
    [
        ["六十日", "60日", "６０日", " 六十 日。", "60\u200b日"],
        ["三万元", "3万元", "30000元", "30,000元", "３０，０００元"],
        ["百分之十", "10%", "１０％", "百分之10", "100分之10"],
        ["1.5亿", "150000000"],
        ["《民法典》", "民法典", "“民法典”", "民法典。"],
        ["二〇二六年", "2026年"],
        ["DNA鉴定", "dna 鉴定", "ＤＮＡ鉴定"],
        ["", "。", "　", "（）"],
    ],
)
def test_what_people_type_alike_folds_alike(group: list[str]) -> None:
    assert len({fold(text) for text in group}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("六十日", "六日"),
        ("60日", "60天"),
        ("10", "10%"),
        ("百分之十", "千分之十"),
        ("1.5", "15"),
        ("1,2", "12"),
        ("应当", "不应当"),
    ],
)
def test_different_answers_stay_different(one: str, other: str) -> None:
    assert fold(one) != fold(other)


def test_numbers_that_are_none_stay_as_they_are() -> None:
    assert fold("百千万") == "百千万"


@given(ANSWERS | st.text(max_size=30))
def test_fold_is_idempotent(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(max_size=30))
def test_half_width_keeps_length_and_leaves_no_full_width_sign(text: str) -> None:
    half = to_half_width(text)
    assert len(half) == len(text)
    assert not any("\uff01" <= character <= "\uff5e" or character == "\u3000" for character in half)


def test_half_width_leaves_ideographs_and_their_punctuation() -> None:
    assert to_half_width("第１条　（甲）：Ａ、Ｂ。") == "第1条 (甲):A、B。"


@given(st.integers(min_value=0, max_value=9999))
def test_width_of_digits_does_not_count(number: int) -> None:
    full = "".join(chr(ord(digit) + 0xFEE0) for digit in str(number))
    assert fold(f"{full} 日") == fold(f"{number}日")
