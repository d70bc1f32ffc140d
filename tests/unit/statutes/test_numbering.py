"""Numbers of articles in both numerals."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.kernel.errors import InputError
from quizapp.statutes.rules.numbering import SPECIAL, article_name, article_number, order_of

NUMBERS = st.tuples(st.integers(1, 1999), st.integers(0, 99))


def cited(number: tuple[int, int]) -> str:
    main, extra = number
    return f"{main}-{extra}" if extra else str(main)


def test_every_number_has_a_name_that_reads_back() -> None:
    names = {str(number): article_name(str(number)) for number in range(1, 2000)}
    assert len(set(names.values())) == 1999
    assert {number: article_number(name) for number, name in names.items()} == {number: number for number in names}


@given(NUMBERS)
def test_an_inserted_article_reads_back_from_its_name_and_from_either_numeral(number: tuple[int, int]) -> None:
    name = article_name(cited(number))
    assert article_number(name) == article_number(cited(number)) == cited(number)
    digits = f"第{number[0]}条" + (f"之{number[1]}" if number[1] else "")
    assert article_number(digits) == cited(number)


@pytest.mark.parametrize(
    ("typed", "number"),
    [("第一百三十三条之一", "133-1"), ("133-1", "133-1"), ("一千二百六十", "1260"), ("第１２条", "12"), (" 第十二条\u3000", "12"),
     ("第二百零三条", "203"), ("第二百〇三条", "203"), ("十", "10"), ("0012", "12"), ("序言", "preamble"), ("附件", "annex")],
)
def test_what_people_type(typed: str, number: str) -> None:
    assert article_number(typed) == number


@pytest.mark.parametrize("typed", ["", "第条", "第甲条", "甲", "十几", "第三条第二款", "1.5", "12-", "-1", "负三", "第十十条"])
def test_what_is_no_number_is_refused(typed: str) -> None:
    with pytest.raises(InputError):
        article_number(typed)


@pytest.mark.parametrize(("number", "name"), [*SPECIAL.items(), ("12", "第十二条"), ("133-1", "第一百三十三条之一")])
def test_names(number: str, name: str) -> None:
    assert article_name(number) == name


@pytest.mark.parametrize("number", ["", "第三条", "x", "-1"])
def test_what_has_no_name_is_refused(number: str) -> None:
    with pytest.raises(InputError):
        article_name(number)


@given(st.lists(NUMBERS))
def test_articles_are_ordered_by_number_with_the_preamble_first_and_the_annex_last(numbers: list[tuple[int, int]]) -> None:
    shuffled = ["annex", *map(cited, numbers), "preamble"]
    assert sorted(shuffled, key=order_of) == ["preamble", *map(cited, sorted(numbers)), "annex"]
