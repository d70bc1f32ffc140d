"""Counting people, rolling up over the tree, medians from merged scores."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from quizapp.kernel.rates import round_half_up
from quizapp.reports.rules.tally import Counted, Lines, Tally, by_unit, combined
from quizapp.reports.rules.tree import UnitPlace, in_order, reconciled, rolled_up, top_paths, within

LINES = Lines(passed=6000, excellent=9000)
ADDITIVE = ("expected", "excused", "deferred", "sat", "unmarked", "passed", "excellent", "absent", "failed", "on_roster")

people = st.builds(
    Counted, unit_id=st.integers(1, 8), status=st.sampled_from(["expected", "excused", "deferred"]), sat=st.booleans(),
    score=st.none() | st.integers(0, 10000), people=st.integers(1, 4),
)


@st.composite
def trees(draw: st.DrawFn) -> list[UnitPlace]:
    """Eight units, each below an earlier one or at the top."""
    units: list[UnitPlace] = []
    for number in range(1, 9):
        parent = draw(st.none() | st.sampled_from(units)) if units else None
        path = f"{parent.path if parent else '/'}{number}/"
        position = draw(st.integers(0, 3))
        units.append(UnitPlace(number, parent.unit_id if parent else None, f"单位{number}", path, position))
    return units


def merged(rows: Sequence[Counted]) -> Tally:
    return combined(by_unit(rows, LINES).values())


@given(trees(), st.lists(people, max_size=30))
def test_children_and_own_members_add_up_to_the_parent(units: list[UnitPlace], rows: list[Counted]) -> None:
    rates = rolled_up(in_order(units, units), by_unit(rows, LINES))
    for parent in rates:
        parts = [parent.own, *(row.all for row in rates if row.parent_id == parent.unit_id)]
        for measure in ADDITIVE:
            assert getattr(parent.all, measure) == sum(getattr(part, measure) for part in parts)
    roots = combined(row.all for row in rates if row.level == 0)
    assert roots == merged(rows)
    assert reconciled(rates)


@given(trees())
def test_parents_stand_before_children_and_brothers_in_roster_order(units: list[UnitPlace]) -> None:
    ordered = in_order(units, units)
    places = {branch.unit.unit_id: place for place, branch in enumerate(ordered)}
    assert sorted(places) == [unit.unit_id for unit in units]
    for unit in units:
        if unit.parent_id is not None:
            assert places[unit.parent_id] < places[unit.unit_id]
        for other in units:
            if other.parent_id == unit.parent_id and (other.position, other.unit_id) < (unit.position, unit.unit_id):
                assert places[other.unit_id] < places[unit.unit_id]


@given(st.lists(people, max_size=30))
def test_mean_and_median_are_those_of_everybody_who_sat(rows: list[Counted]) -> None:
    tally = merged(rows)
    scores = [Decimal(row.score) / 100 for row in rows for _ in range(row.people)
              if row.status == "expected" and row.sat and row.score is not None]
    if not scores:
        assert tally.mean is None
        assert tally.median is None
        return
    assert tally.mean == round_half_up(sum(scores, Decimal(0)) / len(scores), 2)
    assert tally.median == round_half_up(statistics.median(scores), 2)


@given(st.lists(people, max_size=30))
def test_no_rate_passes_a_hundred(rows: list[Counted]) -> None:
    tally = merged(rows)
    for rate in (tally.participation, tally.pass_of_expected, tally.pass_of_sat, tally.excellence_of_sat):
        assert rate.percent is None or 0 <= rate.percent <= 100
    assert tally.sat == tally.unmarked + tally.failed + tally.passed
    assert tally.excellent <= tally.passed


def test_rates_are_rounded_half_up_and_name_their_bases() -> None:
    """The published figures of a university's exam in 2017: 105 excused, 2,059 expected, 2,014 sat, 1,992 passed."""
    tally = Tally(expected=2059, excused=105, sat=2014, passed=1992)
    assert str(tally.participation) == "97.81%"
    assert str(tally.pass_of_expected) == "96.75%"
    assert str(tally.pass_of_sat) == "98.91%"
    assert (tally.pass_of_sat.numerator, tally.pass_of_sat.denominator) == (1992, 2014)
    assert tally.on_roster == 2164


def test_the_median_of_a_parent_is_not_the_median_of_medians() -> None:
    left, right = Tally(scores={5000: 1, 6000: 1, 10000: 1}), Tally(scores={9000: 1})
    assert combined([left, right]).median == Decimal("75.00")


def test_excused_and_deferred_people_are_outside_even_with_a_score() -> None:
    rows = [Counted(1, "excused", True, 9500, 2), Counted(1, "deferred", True, 9500, 1),
            Counted(1, "expected", True, 9500, 1)]
    tally = by_unit(rows, LINES)[1]
    assert (tally.expected, tally.excused, tally.deferred, tally.sat, tally.excellent) == (1, 2, 1, 1, 1)


def test_a_mark_that_is_just_reached_is_reached() -> None:
    rows = [Counted(1, "expected", True, score, 1) for score in (5999, 6000, 8999, 9000)]
    tally = by_unit(rows, LINES)[1]
    assert (tally.failed, tally.passed, tally.excellent) == (1, 3, 1)


def test_an_empty_base_has_no_rate() -> None:
    assert Tally().participation.percent is None
    assert Tally(expected=3).pass_of_sat.percent is None


TREE = [UnitPlace(1, None, "局", "/1/", 1), UnitPlace(4, 1, "机关", "/1/4/", 2), UnitPlace(9, 4, "一科", "/1/4/9/", 3),
        UnitPlace(12, 1, "中心", "/1/12/", 4)]


def test_scope_finds_a_unit_by_its_number_in_the_older_tree() -> None:
    moved = within(TREE, ("/1/12/9/",))  # today below 12, below 4 when the roster was taken
    assert [unit.unit_id for unit in moved] == [9]
    assert [unit.unit_id for unit in within(TREE, ("/",))] == [1, 4, 9, 12]
    assert within(TREE, ("/77/",)) == []
    assert within(TREE, ()) == []


def test_a_unit_is_not_taken_for_one_whose_number_begins_alike() -> None:
    units = [UnitPlace(1, None, "甲", "/1/", 1), UnitPlace(12, None, "乙", "/12/", 2)]
    assert [unit.unit_id for unit in within(units, ("/1/",))] == [1]


def test_top_paths_leave_out_what_lies_below() -> None:
    assert top_paths(TREE[1:]) == ("/1/12/", "/1/4/")


def test_names_come_from_the_whole_tree_and_levels_from_what_is_shown() -> None:
    branch = in_order([TREE[2]], TREE)[0]
    assert branch.names == ("局", "机关", "一科")
    assert branch.level == 0
