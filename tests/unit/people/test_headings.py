"""Headings of roster files: recognised by name, by other usual names, by what somebody chose before."""

from __future__ import annotations

import pytest

from quizapp.kernel.errors import InputError
from quizapp.people.rules.headings import (
    COLUMNS,
    LOGIN,
    NAME,
    POST_TYPE,
    RANK,
    UNIT_CODE,
    UNIT_NAME,
    check_choice,
    find_head,
    key,
    lessons,
    letter,
)
from quizapp.people.rules.roster import Place, compare, read

OWN = ["工号", "姓名", "单位编码"]


@pytest.mark.parametrize(("texts", "where"), [
    (list(COLUMNS), {name: index for index, name in enumerate(COLUMNS)}),
    (["序号", "所在部门", "人员编号", "职工姓名", "职级", "岗位类型"],
     {UNIT_NAME: 1, LOGIN: 2, NAME: 3, RANK: 4, POST_TYPE: 5}),
    (["Employee ID", "Full Name", "DEPARTMENT", "Grade"], {LOGIN: 0, NAME: 1, UNIT_NAME: 2, RANK: 3}),
    (["*工号", "姓 名＊", "单位代码："], {LOGIN: 0, NAME: 1, UNIT_CODE: 2}),
])
def test_usual_names_are_recognised(texts: list[str], where: dict[str, int]) -> None:
    head = find_head([texts])
    assert head.where == where
    assert not head.missing


def test_the_name_of_the_roster_goes_before_other_names() -> None:
    head = find_head([["部门", "单位名称", "账号", "工号", "姓名"]])
    assert head.where == {UNIT_NAME: 1, LOGIN: 3, NAME: 4}
    assert not head.doubtful


def test_two_columns_that_could_be_meant_are_asked_about() -> None:
    head = find_head([["工号", "姓名", "处室", "科室"]])
    assert head.missing == [UNIT_CODE]
    assert head.doubtful == (UNIT_NAME,)


def test_a_title_may_stand_above() -> None:
    rows = [["清溪市机关事务管理局在职人员名册"], [], ["制表：人事处", "", "2026 年 11 月"], OWN, ["1", "甲", "01"]]
    head = find_head(rows)
    assert head.row == 4
    entries, problems = read(rows)
    assert (entries[0].row, entries[0].login, problems) == (5, "1", [])


def test_where_nothing_is_known_the_fullest_row_is_asked_about() -> None:
    head = find_head([["名册"], ["代号", "称呼", "归口"], ["1", "甲", "办公室"]])
    assert (head.row, head.missing) == (2, [LOGIN, NAME, UNIT_CODE])
    made = check_choice(head, {LOGIN: 0, NAME: 1, UNIT_NAME: 2})
    again = find_head([["名册"], ["代号", "称呼", "归口"]], lessons(made))
    assert again.where == {LOGIN: 0, NAME: 1, UNIT_NAME: 2}


def test_a_choice_goes_before_every_name() -> None:
    remembered = {key("旧工号"): "", key("员工号"): LOGIN, key("工号"): ""}
    assert find_head([["工号", "员工号", "姓名", "单位"]], remembered).where == {LOGIN: 1, NAME: 2, UNIT_NAME: 3}


@pytest.mark.parametrize(("chosen", "part"), [
    ({LOGIN: 0, NAME: 0, UNIT_CODE: 1}, "选了同一列"), ({LOGIN: 0, NAME: 1}, "还没有选：单位编码"),
    ({NAME: 1, UNIT_CODE: 2}, "还没有选：工号"), ({LOGIN: 3, NAME: 1, UNIT_CODE: 2}, "只能选有表头"),
    ({LOGIN: 4, NAME: 1, UNIT_CODE: 2}, "只能选有表头"), ({LOGIN: 99, NAME: 1, UNIT_CODE: 2}, "只能选有表头"),
])
def test_a_choice_that_makes_no_roster(chosen: dict[str, int], part: str) -> None:
    head = find_head([["代号", "称呼", "归口", "", "备注", "备注"]])
    with pytest.raises(InputError, match=part):
        check_choice(head, chosen)


def test_a_fault_is_told_by_the_place_in_the_file() -> None:
    rows = [["部门", "人员编号", "姓名"], ["没有这个处", "1", "甲"]]
    head = find_head(rows)
    entries, problems = read(rows, head)
    [problem] = compare(entries, [], [Place(1, "01", "办公室")], problems).problems
    assert (problem.row, head.shown(problem.column)) == (2, "单位名称（A 列“部门”）")
    assert head.shown("姓名") == "姓名（C 列）"
    assert head.shown("岗位类别") == "岗位类别"


def test_letters_of_columns() -> None:
    assert [letter(index) for index in (0, 25, 26, 51, 52, 701, 702)] == ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]
