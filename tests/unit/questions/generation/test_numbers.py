"""Numbers: how they are read, and the questions made of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.kernel.numerals import to_chinese
from quizapp.questions.rules.generation.phrases import BLANK
from quizapp.questions.rules.generation.values import distance, ends_of, values_in
from tests.unit.questions.generation.statutes import key_texts, of_article, of_kind


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("应当自收到申请之日起三十日内答复", ["三十日"]),
        ("公示期不少于5个工作日", ["5个工作日"]),
        ("处五日以上十五日以下拘留", ["五日以上十五日以下"]),
        ("由委员一至二人陪同", ["一至二人"]),
        ("已满十四周岁不满十八周岁的", ["十四周岁不满十八周岁"]),
        ("以全体成员三分之二以上的多数通过", ["三分之二以上"]),
        ("经全体成员过半数同意", ["过半数"]),
        ("按百分之十加收，每日万分之五", ["百分之十", "万分之五"]),
        ("处二万元以上10万元以下罚款", []),  # a range in two ways of writing is no range
        ("由第三人承担", []),
        ("自2030年9月1日起施行", []),
        ("下一年度的计划", []),
        ("十二月三十一日前报送", []),
        ("这一天", []),
    ],
)
def test_values_are_read_with_their_unit(text, read):
    assert [value.text for value in values_in(text)] == read


def test_a_range_has_its_ends_as_values_of_their_own():
    (value,) = values_in("处五日以上十五日以下拘留")
    assert [(each.text, each.sizes) for each in ends_of(value)] == [("五日", (5.0,)), ("十五日", (15.0,))]


def test_only_numbers_written_alike_are_of_one_group():
    groups = {value.group for value in values_in("三十日，30日，三十个工作日，三个月，三年")}
    assert len(groups) == 5


@given(st.integers(2, 400), st.integers(2, 400))
def test_a_number_is_where_it_says_and_as_far_from_another_as_another_from_it(one, other):
    text = f"甲馆保存{to_chinese(one)}日，乙馆保存{to_chinese(other)}日。"
    first, second = values_in(text)
    assert text[first.start : first.end] == first.text == f"{to_chinese(one)}日"
    assert (first.sizes, second.sizes) == ((one,), (other,))
    assert distance(first, second) == pytest.approx(distance(second, first))
    assert (distance(first, second) == 0) == (one == other)


def test_a_number_is_asked_among_others_of_the_same_kind():
    (candidate,) = of_article(5, "number")
    assert BLANK in candidate.stem
    assert key_texts(candidate) == ["十日"]
    assert set(candidate.options.values()) <= {"十日", "十五日", "三十日", "九十日"}
    assert set(candidate.distractors) == set(candidate.options) - set(candidate.key)


@pytest.mark.parametrize(
    "paragraph",
    [
        "馆员在二十日内核对一次目录，节假日顺延至三十日。",  # the other number of the article may be right too
        "读者应当在三十日内归还所借图书。",
    ],
)
def test_no_number_of_the_article_itself_is_a_wrong_answer(paragraph):
    rows = [
        ("借阅", paragraph),
        *[("借阅", f"第{n}号书库的图书应当每次晾晒{n}日。") for n in ("十", "四十", "五十")],
    ]
    found = [each for each in of_kind("number", rows) if each.article == "1"]
    for candidate in found:
        wrong = {candidate.options[letter] for letter in candidate.distractors}
        assert not wrong & {value.text for value in values_in(paragraph)}
    assert found


def test_a_number_said_of_the_same_matter_elsewhere_is_no_wrong_answer():
    rows = [
        ("借阅", "迟还图书的读者应当在三十日内补交费用。"),
        ("借阅", "迟还期刊的读者应当在二十日内补交费用。"),
        ("借阅", "古籍阅览室的预约保留十五日。"),
        ("借阅", "新书上架前消毒晾放四十日。"),
    ]
    (candidate,) = [each for each in of_kind("number", rows) if each.article == "1"]
    assert "二十日" not in candidate.options.values()


def test_a_law_with_one_number_asks_none():
    assert of_kind("number", [("借阅", "读者应当在三十日内归还所借图书。")]) == []
