from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.kernel.errors import InputError
from quizapp.kernel.numerals import half_width, to_chinese, to_float, to_int


@given(st.integers(min_value=0, max_value=99_999))
def test_a_number_written_in_chinese_reads_back(value: int) -> None:
    assert to_int(to_chinese(value)) == value


@given(st.integers(min_value=0, max_value=10**9))
def test_full_width_digits_read_as_half_width(value: int) -> None:
    full = str(value).translate({ord(str(digit)): chr(0xFF10 + digit) for digit in range(10)})
    assert half_width(full) == str(value)
    assert to_int(full) == value


@pytest.mark.parametrize(
    ("words", "value"),
    [("两", 2), ("十二", 12), ("一百零五", 105), ("廿三", 23), ("二〇二三", 2023), ("二○二四", 2024), (" 8 ", 8), ("〇", 0)],
)
def test_the_ways_in_which_documents_write_numbers(words: str, value: int) -> None:
    assert to_int(words) == value


@pytest.mark.parametrize(("words", "value"), [("99.5", 99.5), ("九十九点五", 99.5), ("９９．５", 99.5), ("九点五", 9.5)])
def test_decimals(words: str, value: float) -> None:
    assert to_float(words) == value


@pytest.mark.parametrize("words", ["", "十几", "若干", "次", "1,2", "--", "9" * 400, "十十"])
def test_what_is_no_number_is_refused(words: str) -> None:
    with pytest.raises(InputError):
        to_int(words)


def test_a_fraction_is_no_whole_number() -> None:
    with pytest.raises(InputError, match="不是整数"):
        to_int("3.5")


def test_negative_numbers_have_no_words_here() -> None:
    with pytest.raises(InputError):
        to_chinese(-1)


def test_chinese_punctuation_keeps_its_width() -> None:
    assert half_width("参考率９９．５％，（合格）；") == "参考率99.5%，（合格）；"
