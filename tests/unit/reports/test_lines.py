"""The unit table of the page and the geometry of its charts."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from quizapp.reports.rules.charts import funnel, histogram
from quizapp.reports.rules.lines import Line, below_target, lines_of
from quizapp.reports.rules.report import Choice
from quizapp.reports.rules.tally import Lines, Tally, combined
from quizapp.reports.rules.tree import UnitPlace, in_order, rolled_up

UNITS = [
    UnitPlace(1, None, "局", "/1/", 1), UnitPlace(2, 1, "机关", "/1/2/", 2), UnitPlace(3, 2, "一处", "/1/2/3/", 3),
    UnitPlace(4, 1, "工会", "/1/4/", 4), UnitPlace(5, 1, "老干部处", "/1/5/", 5), UnitPlace(6, 1, "空单位", "/1/6/", 6),
    UnitPlace(7, 1, "中心", "/1/7/", 7),
]


def table(own: dict[int, int], units: list[UnitPlace] = UNITS) -> list[Line]:
    tallies = {unit: Tally(expected=people, sat=people) for unit, people in own.items()}
    return lines_of(rolled_up(in_order(units, UNITS), tallies))


def test_small_units_are_merged_and_totals_stay() -> None:
    lines = table({2: 6, 3: 7, 4: 2, 5: 4, 7: 9})
    assert [(line.kind, line.name, line.tally.expected) for line in lines] == [
        ("total", "局", 28), ("unit", "机关", 13), ("own", "机关", 6), ("unit", "一处", 7), ("unit", "中心", 9),
        ("small", "", 6),
    ]
    small = lines[-1]
    assert (small.merged, small.units) == (2, "4,5")
    assert combined(line.tally for line in lines if line.level == 1).expected == lines[0].tally.expected


def test_a_unit_of_exactly_five_stands_alone() -> None:
    assert [line.kind for line in table({2: 7, 4: 5, 7: 4, 5: 3})] == ["total", "unit", "unit", "small"]


def test_readers_of_a_small_unit_see_it_under_its_name() -> None:
    lines = table({4: 2}, [UNITS[3]])
    assert [(line.kind, line.name) for line in lines] == [("total", "工会")]
    two = table({4: 2, 5: 3}, [UNITS[3], UNITS[4]])
    assert [(line.kind, line.name) for line in two] == [("total", ""), ("unit", "工会"), ("unit", "老干部处")]


def test_small_units_at_the_top_of_the_tree_are_merged_as_well() -> None:
    units = [UnitPlace(number, None, f"{number} 局", f"/{number}/", number) for number in (1, 2, 3)]
    tallies = {1: Tally(expected=30, sat=30), 2: Tally(expected=3, sat=1), 3: Tally(expected=8, sat=8)}
    lines = lines_of(rolled_up(in_order(units, units), tallies))
    assert [(line.kind, line.tally.expected, line.units) for line in lines] == [("total", 41, ""), ("unit", 30, "1"), ("small", 11, "2,3")]


def test_own_members_of_a_parent_have_a_line_of_their_own() -> None:
    own = next(line for line in table({2: 6, 3: 7}) if line.kind == "own")
    assert own.units == "2-own"
    assert own.parent == "u2"


def test_low_means_below_the_line_and_not_on_it() -> None:
    line = Line("unit", "u1", "", "局", 1, "1", Tally(expected=100, sat=95, passed=90))
    assert not line.is_low(Decimal(95), Decimal(90))
    assert line.is_low(Decimal("95.01"), Decimal(90))


scores = st.dictionaries(st.integers(0, 10000), st.integers(1, 50), max_size=20)


@given(scores, st.integers(1, 9000), st.integers(0, 1000))
def test_every_score_stands_in_one_bar_on_its_own_side_of_the_lines(
    marks: dict[int, int], passed: int, more: int
) -> None:
    lines = Lines(passed, passed + more)
    drawn = histogram(Tally(scores=marks), lines)
    assert drawn.people == sum(marks.values())
    in_bands = {band: sum(b.people for b in drawn.bins if b.band == band) for band in ("failed", "excellent")}
    assert in_bands["failed"] == sum(n for score, n in marks.items() if score < lines.passed)
    assert in_bands["excellent"] == sum(n for score, n in marks.items() if score >= lines.excellent)
    for one, following in zip(drawn.bins, drawn.bins[1:], strict=False):
        assert one.high == following.low
        assert one.x + one.width <= following.x


def test_bars_rise_from_a_zero_baseline_in_proportion() -> None:
    drawn = histogram(Tally(scores={7000: 10, 8000: 5}), Lines(6000, 9000))
    heights = {b.people: b.height for b in drawn.bins if b.people}
    assert abs(heights[10] - 2 * heights[5]) <= 0.1
    assert drawn.grid[0][0] == 0


@given(st.integers(0, 500), st.integers(0, 500))
def test_the_funnel_never_widens(expected: int, sat: int) -> None:
    sat = min(sat, expected)
    steps = funnel(Tally(expected=expected, excused=3, sat=sat, passed=sat // 2, excellent=sat // 4))
    widths = [step.width for step in steps]
    assert widths == sorted(widths, reverse=True)
    assert [step.before for step in steps[1:]] == widths[:-1]


def test_a_choice_survives_the_address() -> None:
    choice = Choice(with_make_up=False, units=("4", "7-own"), rank="科级")
    assert Choice.from_address(choice.to_address()) == choice
    assert Choice().to_address() == {}


def test_what_falls_short_is_shown_with_the_units_above_it() -> None:
    own = {2: Tally(expected=6, sat=6, passed=6), 3: Tally(expected=7, sat=6, passed=6),
           7: Tally(expected=9, sat=9, passed=9)}
    lines = lines_of(rolled_up(in_order(UNITS, UNITS), own))
    low = below_target(lines, Decimal(90), Decimal(0))
    assert [(line.kind, line.name) for line in low] == [("total", "局"), ("unit", "机关"), ("unit", "一处")]
