"""What a filing may show, how it is compared, and what its words rest on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from quizapp.filings.rules import differences
from quizapp.filings.rules.content import (
    Column,
    Content,
    Fact,
    Row,
    Section,
    code_of,
    digest_of,
    from_json,
    places_in,
    seen_by,
    to_json,
)
from quizapp.filings.rules.layout import LANDSCAPE, broken, document, figures_table
from quizapp.filings.rules.traces import BLANK, blanks, carried, unknown_figures
from quizapp.filings.rules.withholding import groups_of
from quizapp.filings.rules.writing import weak
from quizapp.kernel.rates import Rate
from quizapp.kernel.rights import unit_at
from quizapp.kernel.withholding import SMALL
from quizapp.reports.rules.lines import lines_of
from quizapp.reports.rules.subjects import Share, SubjectShare, added
from quizapp.reports.rules.tally import Tally, combined
from quizapp.reports.rules.tree import UnitPlace, UnitRates, in_order, rolled_up

COLUMNS = (Column("expected", "应考", "", "count"), Column("pass_of_expected", "合格率", "合格 ÷ 应考", "rate"), Column("mean", "平均分", "实考人员", "mark"))


def content_of(*rows: Row, sections: Sequence[Section] = (), facts: Sequence[Fact] = ()) -> Content:
    return Content("exam", "报告", "某局", 2026, "2026-11-25T09:00:00+08:00", "含补考", (1,), COLUMNS, rows, tuple(sections), tuple(facts))


def row(key: str, expected: int, passed: int, place: str = "/1/", level: int = 1, kind: str = "unit") -> Row:
    return Row(kind, key, key, place, (key,), level, (expected, Rate(passed, expected), "84.20"))


TOTAL = row("total", 420, 412, level=0, kind="total")


# ---------------------------------------------------------------- withholding


@st.composite
def trees(draw: st.DrawFn) -> list[UnitRates]:
    """A tree of up to three levels with small and large units, some without anybody."""
    units, own = [UnitPlace(1, None, "局", "/1/", 1)], {1: draw(st.integers(0, 9))}
    for number in range(2, draw(st.integers(2, 14))):
        parent = draw(st.sampled_from([unit for unit in units if unit.path.count("/") < 4]))
        units.append(UnitPlace(number, parent.unit_id, f"单位{number}", f"{parent.path}{number}/", number))
        own[number] = draw(st.integers(0, 9))
    tallies = {number: Tally(expected=people, excused=draw(st.integers(0, 1))) for number, people in own.items()}
    return rolled_up(in_order(units, units), tallies)


@given(trees())
def test_no_small_group_stands_alone_or_can_be_worked_out(rows: list[UnitRates]) -> None:
    groups = groups_of(rows, "局")
    for group in groups[1:]:
        assert group.tally.expected >= SMALL, group
    by_key = {group.key: group for group in groups}
    for place, parent in [(g.place, g) for g in groups if g.kind in ("total", "unit")]:
        level = parent.level + 1
        below = [g for g in groups if g.level == level and (g.place == place if g.kind in ("own", "merged") else g.place.rstrip("/").rpartition("/")[0] + "/" == place)]
        if below:  # either a unit is shown in parts that make up the whole, or in no parts
            assert combined(g.tally for g in below) == parent.tally
    assert len(by_key) == len(groups)


@given(trees())
def test_the_table_of_the_report_and_the_filing_withhold_the_same(rows: list[UnitRates]) -> None:
    """One rule for both, with two differences on purpose: the table merges even where all are small together, and its
    parts that have nobody expected take no other with them."""
    if any((row.all.on_roster and not row.all.expected) or (row.own.on_roster and not row.own.expected) for row in rows):
        return
    table = lines_of(rows)
    alone = {line.key: line for line in table if line.kind != "small"}
    together = {line.parent.removeprefix("u"): line for line in table if line.kind == "small"}  # "" below the root
    groups = groups_of(rows, "局")
    for group in groups:
        if group.kind == "merged":
            line = together["" if group.place == "/1/" else str(unit_at(group.place))]
            assert (line.tally, line.merged) == (group.tally, len(group.merged))
        else:
            assert alone[group.key].tally == group.tally
    lacking = alone.keys() - {group.key for group in groups}
    assert {alone[key].kind for key in lacking} <= {"own"}, "of a unit that has its own members and no others"
    assert all(not any(line.parent == alone[key].parent and line.key not in (key, "total") for line in table) for key in lacking)


def test_a_small_brother_takes_the_smallest_other_with_it() -> None:
    units = [UnitPlace(1, None, "局", "/1/", 1), *(UnitPlace(n, 1, f"单位{n}", f"/1/{n}/", n) for n in (2, 3, 4))]
    rows = rolled_up(in_order(units, units), {2: Tally(expected=3), 3: Tally(expected=30), 4: Tally(expected=8)})
    groups = groups_of(rows, "局")
    assert [(g.kind, g.name, g.merged) for g in groups[1:]] == [("unit", "单位3", ()), ("merged", "合并列出的 2 个单位", ("单位2", "单位4"))]


# ---------------------------------------------------------------- content


def test_a_content_comes_back_and_its_digest_covers_every_word() -> None:
    content = content_of(TOTAL, row("u2", 8, 7, "/1/2/"), sections=[Section("a", "一、标题", "文字")], facts=[Fact("k", "应考", "420", "台账")])
    stored = to_json(content)
    assert from_json(stored) == content
    assert len({digest_of(stored), digest_of(to_json(replace(content, agency="别局"))), digest_of(to_json(replace(content, as_of="x")))}) == 3
    assert code_of("0123456789abcdef" + "0" * 48) == "0123 4567 89ab cdef"


def test_a_scope_sees_its_subtree_by_number_whatever_stood_above_it() -> None:
    rows = [TOTAL, row("u2", 30, 29, "/1/2/"), row("u7", 9, 9, "/1/2/7/", 2), row("m", 9, 9, "/1/2/", 2, "merged"), row("u3", 30, 30, "/1/3/"), row("m1", 8, 8, "/1/", 1, "merged")]
    places = places_in(rows, ["/9/5/2/"])
    assert places == ("/1/2/",)
    assert [(one.key, one.level) for one in seen_by(rows, places)] == [("u2", 0), ("u7", 1), ("m", 1)]
    assert seen_by(rows, places_in(rows, ["/1/8/"])) == ()


# ---------------------------------------------------------------- differences


def test_a_difference_names_line_figure_and_base() -> None:
    after = [replace(TOTAL, values=(420, Rate(415, 420), "84.55")), row("u3", 9, 9)]
    found = differences.difference(content_of(TOTAL, row("u2", 8, 7)), content_of(*after), people=3)
    assert [(one["figure"], one["base"], one["before"], one["after"]) for one in differences.of_total(found)] == [
        ("合格率", "合格 ÷ 应考", "98.10%", "98.81%"), ("平均分", "实考人员", "84.20", "84.55")]
    assert (found["added"], found["gone"], found["people"]) == (["u3"], ["u2"], 3)
    assert differences.of_units(found) == []


def test_people_are_counted_whose_own_standing_changed() -> None:
    assert differences.changed_people({1: (5,), 2: (6,), 3: (7,)}, {1: (5,), 2: (9,), 4: (7,)}) == {2, 3, 4}


def test_units_are_concerned_by_their_own_figures_those_below_and_their_people() -> None:
    rows = [TOTAL, row("u2", 30, 29, "/1/2/"), row("u7", 9, 9, "/1/2/7/", 2), row("u3", 30, 30, "/1/3/"), row("m1", 8, 8, "/1/", 1, "merged")]
    after = [replace(one, values=(9, Rate(8, 9), "84.20")) if one.key == "u7" else one for one in rows]
    assert differences.units_concerned(rows, after, []) == [1, 2, 7], "itself and what is above it, not its neighbour"
    assert differences.units_concerned(rows, rows, ["/1/3/"]) == [1, 3], "the same figures of other people"
    assert differences.units_concerned(rows, rows, ["/1/5/"]) == [1], "a unit without a line of its own has nothing to open"
    assert differences.units_concerned(rows, rows, []) == []


# ---------------------------------------------------------------- words


FACTS = [Fact("passed", "合格", "412", "台账"), Fact("rate", "合格率", "96.71%", "台账"), Fact("exams", "考试", "3", "台账"), Fact("online", "线上", "3", "台账")]


def test_figures_that_no_fact_knows_are_pointed_out() -> None:
    assert unknown_figures(Section("a", "", "合格412人，合格率96.71%，共3次，表彰12人、1,024人次。"), FACTS) == ["12", "1,024"]
    assert unknown_figures(Section("a", "", f"没有数字{BLANK}"), FACTS) == []
    assert blanks([Section("a", "", f"{BLANK}和{BLANK}"), Section("b", "", "")]) == 2


def test_changed_figures_are_carried_and_doubtful_ones_are_left() -> None:
    after = [Fact("passed", "合格", "415", "台账"), Fact("rate", "合格率", "97.42%", "台账"), Fact("exams", "考试", "4", "台账"), FACTS[3]]
    text, unsure = carried("合格412人（96.71%），共3次，表彰7人，编号4120。", FACTS, after)
    assert (text, unsure) == ("合格415人（97.42%），共3次，表彰7人，编号4120。", ["3"])
    assert carried("合格412人", FACTS, FACTS) == ("合格412人", [])
    assert carried("合格412人", FACTS, []) == ("合格412人", ["412"])


@given(st.lists(st.tuples(st.integers(0, 100), st.integers(1, 100), st.integers(1, 60)), max_size=12))
def test_the_weak_are_those_that_reports_call_weak_and_never_all(marks: list[tuple[int, int, int]]) -> None:
    subjects = [SubjectShare(f"s{place}", f"科目{place}", "", Share(min(got, most), most, 5, questions))
                for place, (got, most, questions) in enumerate(marks)]
    overall = added(one.share for one in subjects)
    found = weak(subjects)
    assert {one.code for one in found} == {one.code for one in subjects if one.standing(overall) == "weak"}
    assert not subjects or len(found) < len(subjects)
    few = [replace(one, share=replace(one.share, people=SMALL - 1)) for one in subjects]
    assert weak(few) == []


# ---------------------------------------------------------------- layout


def test_tables_fill_the_page_and_an_extract_has_no_text() -> None:
    content = content_of(TOTAL, row("u2", 8, 7, "/1/2/"), sections=[Section("a", "一、标题", "甲\n乙")])
    assert sum(figures_table(content).widths) == LANDSCAPE
    whole, part = document(content), document(content, extract=True)
    assert [block.text for block in whole.body] == ["一、标题", "甲", "乙"]
    assert (whole.signed, part.signed, part.body) == (True, False, ())
    assert broken("关于2023 年下半年学法用法线上考试结果的通报") == "关于2023 年下半年学法用法线上考试\n结果的通报"
    assert broken("考试结果的通报") == "考试结果的通报"
