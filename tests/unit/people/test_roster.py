"""Reading rosters: every fault has its row and column, and the difference adds up."""

from __future__ import annotations

import csv
import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from quizapp.kernel import handed_in
from quizapp.kernel.errors import FileError, InputError
from quizapp.people import roster_files
from quizapp.people.rules.roster import COLUMNS, Difference, Known, Place, compare, read

HEAD = list(COLUMNS)
PLACES = [Place(1, "01", "办公室"), Place(2, "02", "车队"), Place(3, "03", "车队")]


def known(login: str, name: str = "沈砚秋", unit: int | None = 1, active: bool = True) -> Known:
    return Known(7, login, name, "", "", unit, "办公室", active)


def difference(*rows: list[str], people: tuple[Known, ...] = ()) -> Difference:
    entries, problems = read([HEAD, *rows])
    return compare(entries, people, PLACES, problems)


def told(found: Difference) -> list[tuple[int, str, str]]:
    return [(p.row, p.column, str(p)) for p in found.problems]


def test_new_moved_changed_unchanged_absent() -> None:
    found = difference(
        ["p1", "新人", "01", "", "", ""], ["p2", "沈砚秋", "02", "", "", ""], ["p3", "沈砚秋", "01", "", "科级", ""],
        ["P4", "沈砚秋", "", "办公室", "", ""],
        people=(known("p2"), known("p3"), known("p4"), known("p5"), known("p6", active=False)),
    )
    assert not found.problems
    assert [[p.entry.login for p in group] for group in (found.new, found.moved, found.changed, found.unchanged)] == [
        ["p1"], ["p2"], ["p3"], ["P4"]]
    assert [k.login for k in found.absent] == ["p5"]


def test_every_fault_names_row_and_column() -> None:
    found = difference(
        ["", "甲", "01", "", "", ""], ["p2", "", "99", "", "", ""], ["p3", "丙", "01", "车队", "", ""],
        ["p4", "丁" * 81, "01", "", "", ""], ["p 5", "戊", "01", "", "", ""], ["p6", "己", "", "车队", "", ""],
        ["p7", "庚", "", "", "", ""], ["p8", "辛", "01", "", "", ""], ["P8", "壬", "98", "", "", ""],
        ["p9", "癸\x07", "97", "", "", ""], ["p10", "子", "96", "", "", ""],
    )
    assert [(row, column) for row, column, _ in told(found)] == [
        (2, "工号"), (3, "姓名"), (4, "单位名称"), (5, "姓名"), (6, "工号"), (7, "单位编码"), (8, "单位编码"), (10, "工号"),
        (11, "姓名"), (12, "单位编码")]
    sentences = [sentence for _, _, sentence in told(found)]
    assert sentences[7] == "工号 P8 与第 9 行重复，请只留一行"
    assert sentences[9] == "没有编码为 96 的单位，请核对，或者先在“单位”页面新增"
    assert not any("%(" in sentence for sentence in sentences)


def test_formula_like_text_stays_text() -> None:
    found = difference(["1001", "=1+1", "01", "", "@科级", "-"])
    entry = found.new[0].entry
    assert (entry.name, entry.rank, entry.post_type) == ("=1+1", "@科级", "-")


def test_columns_in_any_order_blank_rows_and_full_width_numbers() -> None:
    entries, problems = read([[], ["姓名*", "其他", "单位编码", "工号"], ["", " "], ["沈 砚秋 ", "x", "０１", "Ａ００１"]])
    assert not problems
    assert (entries[0].row, entries[0].login, entries[0].name, entries[0].unit_code) == (4, "A001", "沈 砚秋", "01")


@pytest.mark.parametrize(("rows", "part"), [
    ([], "表头缺少：工号、姓名、单位编码"), ([HEAD], "没有人员"), ([["工号", "工号", "姓名"]], "两列“工号”"),
    ([["工号", "单位编码"], ["1", "1"]], "表头缺少：姓名"),
])
def test_a_sheet_that_is_no_roster(rows: list[list[str]], part: str) -> None:
    with pytest.raises(InputError) as caught:
        read(rows)
    assert part in str(caught.value)


def test_too_many_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("quizapp.people.rules.roster.MAX_ROWS", 2)
    with pytest.raises(InputError, match="超过 2 行"):
        read([HEAD, *(["1", "甲", "01"] for _ in range(3))])


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from(["01", "02", "9"]))), st.sets(st.sampled_from("abcd")))
def test_every_row_is_somewhere_and_nobody_twice(rows: list[tuple[str, str]], present: set[str]) -> None:
    if not rows:
        return
    found = difference(*([login, "沈砚秋", unit, "", "", ""] for login, unit in rows),
                       people=tuple(known(login) for login in sorted(present)))
    placed = [p.entry.login for group in (found.new, found.moved, found.changed, found.unchanged) for p in group]
    assert len(placed) == len(set(placed))
    assert len(placed) + len({p.row for p in found.problems}) == len(rows)
    assert {k.login for k in found.absent}.isdisjoint(placed)


def test_the_fingerprint_follows_the_acts() -> None:
    first = difference(["p1", "甲", "01", "", "", ""]).fingerprint()
    assert first == difference(["p1", "甲", "01", "", "", ""]).fingerprint()
    assert first != difference(["p1", "甲", "02", "", "", ""]).fingerprint()
    assert first != difference(["p1", "甲", "01", "", "", ""], people=(known("p1", "乙"),)).fingerprint()


# ---------------------------------------------------------------- files


def workbook(*rows: list[object]) -> bytes:
    book = Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_excel_numbers_lose_their_decimals() -> None:
    assert roster_files.read_rows(workbook(["工号"], [1001], ["0012"], ["=1+1"]), "a.xlsx")[:3] == [
        ["工号"], ["1001"], ["0012"]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("separator", [",", "\t"])
def test_csv_as_office_programs_write_it(encoding: str, separator: str) -> None:
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=separator).writerows([HEAD, ["1", "沈砚秋", "01", "办公室", "", "a\nb"]])
    rows = roster_files.read_rows(buffer.getvalue().encode(encoding), "a.csv")
    assert rows[0] == HEAD
    assert rows[1][1] == "沈砚秋"


def test_the_template_is_a_roster_without_people() -> None:
    rows = roster_files.read_rows(roster_files.template(), "t.xlsx")
    assert rows[0] == HEAD
    with pytest.raises(InputError, match="没有人员"):
        read(rows)


def zipped(**files: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


@pytest.mark.parametrize(("content", "part"), [
    (b"", "是空的"), (b"PK\x03\x04 and then nothing", "打不开"), (zipped(a=b"x"), "打不开"),
    (b"\xd0\xcf\x11\xe0 old", "打不开"), (b"a\0b", "不是名册"), (b"\xff\xfe\x00\x81", "不能识别"),
    (zipped(**{str(n): b"" for n in range(2001)}), "2001 个文件"),
    (zipped(**{"xl/worksheets/sheet1.xml": b'<c r="A1048576"/>'}), "范围太大"),
    (zipped(**{"xl/worksheets/sheet1.xml": b'<c r="XFD1"/>'}), "范围太大"),
])
def test_files_that_are_refused(content: bytes, part: str) -> None:
    with pytest.raises(FileError) as caught:
        roster_files.read_rows(content, "名册.csv" if content[:2] in (b"a\0", b"\xff\xfe") else "名册.xlsx")
    assert part in str(caught.value)


def test_a_file_that_unfolds_is_refused_before_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handed_in, "MAX_UNPACKED_BYTES", 1000)
    monkeypatch.setattr(zipfile.ZipFile, "read", lambda *_: pytest.fail("it was read"))
    with pytest.raises(FileError, match="超过"):
        roster_files.read_rows(zipped(a=b" " * 5000), "a.xlsx")


def test_too_many_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handed_in, "MAX_BYTES", 10)
    with pytest.raises(FileError, match="超过"):
        roster_files.read_rows(b"x" * 11, "a.csv")
