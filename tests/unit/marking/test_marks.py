"""Reading marks, sharing them out over a rubric, and the order of the answers."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.kernel.errors import InputError
from quizapp.marking.rules import Entry, Given, blind_name, named, point_marks, queue_for, read_marks

MOST = (Decimal("3.3"), Decimal("3.3"), Decimal("3.4"))
SECRET = "a secret of the tests"
MARKS = st.decimals(min_value=0, max_value=200, places=2)


def an_entry(candidate: int = 1, position: int = 5, version: int = 7, marker: int | None = None) -> Entry:
    return Entry(candidate, UUID(int=candidate), position, 1, version, 0, marker)


@given(MARKS, st.lists(st.integers(1, 100), min_size=1, max_size=9))
def test_points_share_all_the_marks_out(marks: Decimal, shares: list[int]) -> None:
    most = point_marks(marks, shares)
    assert sum(most) == marks
    assert all(abs(point - marks * share / sum(shares)) < Decimal("0.01")
               for point, share in zip(most, shares, strict=True))


def test_equal_points_of_an_odd_total() -> None:
    assert point_marks(Decimal(5), [33, 33, 34]) == (Decimal("1.65"), Decimal("1.65"), Decimal("1.70"))
    assert point_marks(Decimal(1), [50, 25, 25]) == (Decimal("0.5"), Decimal("0.25"), Decimal("0.25"))


@given(st.lists(st.tuples(MARKS, MARKS).map(sorted), min_size=1, max_size=6))
def test_what_was_typed_adds_up_exactly(pairs: list[list[Decimal]]) -> None:
    read = read_marks([most for _score, most in pairs], [str(score) for score, _most in pairs], "")
    assert isinstance(read, Given)
    assert read.score == sum(score for score, _most in pairs)
    assert read.points == tuple(score for score, _most in pairs)


@pytest.mark.parametrize(("typed", "score"), [
    ("2.5", "2.5"), (" 2 ", "2"), ("２．５", "2.5"), ("2。5", "2.5"), (".5", "0.5"), ("2.", "2"), ("2.500", "2.5"),
    ("0", "0"), ("-0", "0"), ("+1", "1"), ("3.3", "3.3"),
])
def test_marks_as_people_type_them(typed: str, score: str) -> None:
    read = read_marks(MOST, [typed, "0", "0"], "")
    assert isinstance(read, Given)
    assert str(read.score.normalize()) == score


@pytest.mark.parametrize(("typed", "word"), [
    ("", "请填写"), ("  ", "请填写"), ("好", "数字"), ("1e1", "数字"), ("NaN", "数字"), ("Infinity", "数字"),
    ("1 2", "数字"), (".", "数字"), ("9999999", "数字"), ("²", "数字"), ("3.31", "0 到 3.3"), ("-1", "0 到 3.3"),
    ("1.005", "两位小数"),
])
def test_what_is_no_mark_is_said_at_its_field(typed: str, word: str) -> None:
    read = read_marks(MOST, ["1", typed, "1"], "")
    assert not isinstance(read, Given)
    assert list(read) == ["p2"]
    assert word in str(read["p2"])


def test_a_total_stands_for_the_points() -> None:
    assert read_marks(MOST, ["", "", ""], "7.25") == Given(Decimal("7.25"))
    for total, points in (("10.01", ["", "", ""]), ("x", ["", "", ""]), ("7", ["1", "", ""])):
        read = read_marks(MOST, points, total)
        assert not isinstance(read, Given)
        assert list(read) == ["total"]
        assert isinstance(read["total"], InputError)


def test_the_name_of_an_answer_depends_on_the_secret_and_holds_nothing_readable() -> None:
    entry = an_entry(candidate=20417)
    name = blind_name(SECRET, entry)
    assert name != blind_name("another secret", entry)
    assert len({name, *(blind_name(SECRET, an_entry(c, p)) for c in range(1, 9) for p in range(5))}) == 41
    assert set(name) <= set("0123456789abcdef")
    assert named([an_entry(2), entry], name, SECRET) == entry
    assert named([an_entry(2)], name, SECRET) is None
    assert named([entry], "é", SECRET) is None


def test_one_question_after_the_other_as_on_the_form() -> None:
    entries = [an_entry(person, position, version) for person in range(1, 20) for position, version in ((9, 3), (4, 8))]
    queue = queue_for(entries, 99, SECRET)
    assert [entry.version_id for entry in queue.waiting] == [8] * 19 + [3] * 19
    assert queue.left_of((8, 0)) == 19


def test_a_question_that_stands_elsewhere_on_another_form_stays_together() -> None:
    entries = [an_entry(1, 4, 8), an_entry(2, 5, 3), an_entry(3, 6, 8), an_entry(4, 5, 3)]
    assert [entry.version_id for entry in queue_for(entries, 99, SECRET).waiting] == [8, 8, 3, 3]


def test_neither_person_nor_time_of_handing_in_is_the_order() -> None:
    entries = [an_entry(person) for person in range(1, 40)]
    first, second = (queue_for(entries, marker, SECRET).waiting for marker in (98, 99))
    ids = [entry.candidate_id for entry in first]
    assert ids not in (sorted(ids), sorted(ids, reverse=True))
    assert first != second, "two markers meet at the same answer"
    assert set(first) == set(second)
    assert queue_for(list(reversed(entries)), 98, SECRET).waiting == first, "the order of reading shows"


def test_marked_and_own_answers_do_not_wait() -> None:
    entries = [an_entry(1), an_entry(2), an_entry(3), an_entry(4, marker=3)]
    queue = queue_for(entries, 3, SECRET)
    assert {entry.candidate_id for entry in queue.waiting} == {1, 2}
    assert (queue.marked, queue.own, queue.total) == (1, 1, 3)
    assert queue_for([replace(entry, marker_id=9) for entry in entries], 3, SECRET).waiting == ()
