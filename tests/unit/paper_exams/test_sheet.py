"""A sheet of results against a roster."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.kernel.errors import InputError
from quizapp.paper_exams.rules import COLUMNS, Candidate, check_sheet, read_score

FULL = Decimal(100)
ROSTER = [
    Candidate(1, "0017", "沈砚秋", "办公室", "expected"),
    Candidate(2, "0018", "陆明远", "办公室", "expected", Decimal(80)),
    Candidate(3, "0019", "顾怀宁", "财务处", "excused"),
    Candidate(4, "0020", "许文博", "财务处", "deferred"),
    Candidate(5, "0021", "何静安", "财务处", "expected", None, True),
]
HEAD = list(COLUMNS)


def rows(*lines: tuple[str, str, str]) -> list[list[str]]:
    return [HEAD, *([login, name, "", score, ""] for login, name, score in lines)]


@pytest.mark.parametrize(("line", "column", "said"), [
    (("", "沈砚秋", "80"), "工号", "请填写工号"),
    (("9999", "沈砚秋", "80"), "工号", "名单里没有这个工号"),
    (("0017", "陆明远", "80"), "姓名", "名单上这个工号是沈砚秋"),
    (("0017", "沈砚秋", "优"), "成绩", "要写数字"),
    (("0017", "沈砚秋", "NaN"), "成绩", "要写数字"),
    (("0017", "沈砚秋", "inf"), "成绩", "要写数字"),
    (("0017", "沈砚秋", "-1"), "成绩", "0 到 100 之间"),
    (("0017", "沈砚秋", "100.01"), "成绩", "0 到 100 之间"),
    (("0017", "沈砚秋", "87.255"), "成绩", "最多两位小数"),
    (("0019", "顾怀宁", "80"), "成绩", "是免考，不能有成绩"),
    (("0020", "许文博", "80"), "成绩", "是缓考，不能有成绩"),
    (("0021", "何静安", "80"), "成绩", "已经在线作答"),
])
def test_a_wrong_cell_is_named_by_row_and_column(line: tuple[str, str, str], column: str, said: str) -> None:
    found = check_sheet(rows(line), ROSTER, FULL)
    assert [(one.row, one.column) for one in found.problems] == [(2, column)]
    assert said in str(found.problems[0])
    assert found.writes == []


def test_a_second_row_of_the_same_person() -> None:
    found = check_sheet(rows(("0017", "", "80"), ("0017", "", "90")), ROSTER, FULL)
    assert [(one.row, one.column, str(one)) for one in found.problems] == [(3, "工号", "与第 2 行重复，请删去一行")]


@pytest.mark.parametrize(("login", "score", "kind"), [
    ("0017", "87.25", "new"), ("0017", "", "absent"), ("0017", "缺考", "absent"), ("0018", "８０", "same"),
    ("0018", "80.00", "same"), ("0018", "", "same"), ("0018", "缺考", "withdrawn"), ("0018", "81分", "changed"),
    ("'0018", "0", "changed"), ("0019", "", "absent"),
])
def test_what_a_row_does(login: str, score: str, kind: str) -> None:
    found = check_sheet(rows((login, "", score)), ROSTER, FULL)
    assert [str(one) for one in found.problems] == []
    assert [line.kind for line in found.lines] == [kind]


def test_who_is_not_in_the_sheet_is_counted() -> None:
    found = check_sheet(rows(("0017", "沈 砚秋", "缺考")), ROSTER, FULL)
    assert [one.login for one in found.unlisted] == ["0018", "0021"]
    assert found.without == 2


@pytest.mark.parametrize(("sheet", "said"), [
    ([], "前 10 行里没有“工号”"),
    ([["姓名", "成绩"], ["沈砚秋", "80"]], "前 10 行里没有“工号”"),
    ([["工号", "姓名"], ["0017", "沈砚秋"]], "没有“成绩”一列"),
    ([["工号", "成绩", "成绩"], ["0017", "80", "90"]], "出现了两次"),
    ([HEAD], "没有成绩"),
    ([HEAD, ["", " ", ""]], "没有成绩"),
])
def test_a_sheet_that_is_none(sheet: list[list[str]], said: str) -> None:
    with pytest.raises(InputError) as caught:
        check_sheet(sheet, ROSTER, FULL)
    assert said in str(caught.value)


def test_the_head_may_stand_below_a_title_and_in_any_order() -> None:
    found = check_sheet([["2026 年成绩"], ["成绩", "工号"], ["90", "0017"], ["80"]], ROSTER, FULL)
    assert found.lines[0].after == Decimal(90)
    assert [one.row for one in found.problems] == [4]


@given(st.decimals(min_value=0, max_value=100, places=2))
def test_every_possible_mark_is_read_as_typed(score: Decimal) -> None:
    assert read_score(f" {score} ", FULL) == score


@given(st.text(max_size=12))
def test_any_text_gives_marks_in_range_or_a_sentence(text: str) -> None:
    try:
        score = read_score(text, FULL)
    except InputError:
        return
    assert score is None or 0 <= score <= 100
