"""Rates as agencies published them come out to the digit from their raw counts; what each is called and based on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.coverage.rules import Count
from quizapp.filings.rules.writing import SubjectShare
from quizapp.kernel.rates import Rate, wilson
from quizapp.kernel.withholding import SMALL
from quizapp.reports.figures import FIGURES, MEASURES
from quizapp.reports.queries.progress import Progress
from quizapp.reports.queries.sittings import SittingLine
from quizapp.reports.rules.ledger import Figures, only_of_sat
from quizapp.reports.rules.lines import Line, lines_of
from quizapp.reports.rules.report import ExamFacts
from quizapp.reports.rules.subjects import Share
from quizapp.reports.rules.tally import Counted, Lines, Tally, by_unit, combined
from quizapp.reports.rules.tree import UnitPlace, UnitRates, in_order, rolled_up

LINES = Lines(passed=6000, excellent=9000)
FACTS = ExamFacts(1, "考试", 2026, "online", datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 6, 2, tzinfo=UTC), Decimal(60), Decimal(90),
                  Decimal(95), Decimal(90), None, None)
BY_CODE = {measure.code: measure for measure in MEASURES}


def test_csuft_2017_has_a_pass_rate_of_96_7_per_cent_of_those_expected() -> None:
    """CSUFT 2017: a roster of 2,164, 105 excused, 2,059 expected, 2,014 sat, 1,992 passed; 97.8 % and 96.7 %."""
    rows = [Counted(1, "excused", False, None, 105), Counted(1, "expected", True, 7500, 1992),
            Counted(1, "expected", True, 5000, 22), Counted(1, "expected", False, None, 45)]
    tally = by_unit(rows, LINES)[1]
    assert (tally.on_roster, tally.excused, tally.expected, tally.sat, tally.passed) == (2164, 105, 2059, 2014, 1992)
    assert tally.participation.rounded(1) == Decimal("97.8")
    assert tally.pass_of_expected.rounded(1) == Decimal("96.7")
    assert tally.pass_of_sat.rounded(1) == Decimal("98.9")  # what it would have been on the other base
    assert str(tally.pass_of_expected) == "96.75%"  # rounded once: the second digit is no way to the first


def test_zhuhai_2025_can_only_have_those_who_sat_as_the_base_of_its_pass_rate() -> None:
    """Zhuhai 2025: 参考率 99.52 %, 及格率 99.91 %, 优秀率 97.57 % of more than 28,000 people. No counts were published:
    so nothing tells the base of 优秀率, which is below both other rates."""
    assert only_of_sat(Decimal("99.52"), Decimal("99.91"))
    people = 28_000
    counted = [
        tally for sat in range(27_864, 27_868) for passed in range(sat - 40, sat + 1)
        if (tally := Tally(expected=people, sat=sat, passed=passed)).participation.percent == Decimal("99.52")
    ]
    assert any(tally.pass_of_sat.percent == Decimal("99.91") for tally in counted)
    assert not any(tally.pass_of_expected.percent == Decimal("99.91") for tally in counted)


@given(st.integers(1, 3000), st.data())
def test_nobody_passes_who_has_not_sat(expected: int, data: st.DataObject) -> None:
    sat = data.draw(st.integers(0, expected))
    tally = Tally(expected=expected, sat=sat, passed=data.draw(st.integers(0, sat)))
    assert not only_of_sat(tally.participation.percent, tally.pass_of_expected.percent)
    assert not only_of_sat(None, Decimal(100))


def test_each_figure_is_registered_once_with_its_base_and_source() -> None:
    assert len(BY_CODE) == len(MEASURES)
    assert set(FIGURES) <= set(MEASURES)
    assert {"expected", "sat", "participation", "study", "pass_of_expected", "pass_of_sat", "excellence_of_sat", "mean",
            "median", "completion"} <= set(BY_CODE)
    for measure in MEASURES:
        assert measure.formula
        assert measure.source
        value = measure.of(Tally(expected=4, sat=2, passed=1, scores={7000: 2}))
        assert bool(measure.base) == (not measure.adds), measure.code
        assert (value is None) == (not measure.recorded), measure.code


def test_no_study_gate_is_kept_so_no_rate_of_study_is_invented() -> None:
    assert [measure.code for measure in MEASURES if not measure.recorded] == ["study"]


@pytest.mark.parametrize("tally", [Tally(), Tally(excused=3), Tally(expected=3)])
def test_no_figure_divides_by_nobody(tally: Tally) -> None:
    for measure in MEASURES:
        value = measure.of(tally)
        if isinstance(value, Rate) and not value.denominator:
            assert (value.percent, value.rounded(1), str(value)) == (None, None, "—"), measure.code
        if measure.code in ("mean", "median"):
            assert value is None


@pytest.mark.parametrize("empty", [
    Figures(), Share(), Progress(0, 0, 0, ()), SubjectShare("民法典", 0, 0, 0), Count(people=SMALL),
    SittingLine("people", FACTS, 0, 0, expected=0), SittingLine("attempt", FACTS, 0, 0)],
    ids=lambda one: type(one).__name__)
def test_no_rate_of_any_page_or_file_divides_by_nobody(empty: object) -> None:
    """Of the ledger, subjects, progress, filings, law coverage and sittings; those of an exam stand above."""
    found = {name: getattr(empty, name) for kind in type(empty).__mro__ for name, one in vars(kind).items() if isinstance(one, property)}
    rates = [value for value in found.values() if isinstance(value, Rate)]
    assert rates
    assert all((rate.percent, str(rate)) == (None, "—") for rate in rates)
    assert all(found.get(name) is None for name in ("mean", "interval"))


people = st.builds(
    Counted, unit_id=st.integers(1, 9), status=st.sampled_from(["expected", "expected", "excused", "deferred"]),
    sat=st.booleans(), score=st.none() | st.integers(0, 10000), people=st.integers(1, 6),
)


@st.composite
def trees(draw: st.DrawFn) -> list[UnitPlace]:
    """Nine units below one root, each below an earlier one."""
    units = [UnitPlace(1, None, "单位1", "/1/", 0)]
    for number in range(2, 10):
        parent = draw(st.sampled_from(units))
        units.append(UnitPlace(number, parent.unit_id, f"单位{number}", f"{parent.path}{number}/", number))
    return units


def rates_of(units: list[UnitPlace], rows: Sequence[Counted]) -> list[UnitRates]:
    return rolled_up(in_order(units, units), by_unit(rows, LINES))


@given(trees(), st.lists(people, max_size=30))
def test_every_figure_that_adds_is_the_sum_of_the_children(units: list[UnitPlace], rows: list[Counted]) -> None:
    rates = rates_of(units, rows)
    adding = [measure for measure in MEASURES if measure.adds]
    assert len(adding) == 9
    for parent in rates:
        parts = [parent.own, *(row.all for row in rates if row.parent_id == parent.unit_id)]
        for measure in adding:
            assert measure.of(parent.all) == sum(measure.of(part) or 0 for part in parts), measure.code  # type: ignore[misc]


@given(trees(), st.lists(people, max_size=30))
def test_nothing_on_the_page_is_about_fewer_than_five_people(units: list[UnitPlace], rows: list[Counted]) -> None:
    """Neither a line, nor a line less the lines below it, whichever of them are taken away."""
    lines = lines_of(rates_of(units, rows))
    if not lines or lines[0].tally.expected < SMALL:
        return  # whoever reads of so small a unit alone is of it
    for parent in lines:
        below = [line for line in lines if line.parent == ("" if parent.kind == "total" else parent.key)
                 and line is not parent]
        if not below:
            continue
        assert combined(line.tally for line in below) == parent.tally
        numbers = [line.tally.expected for line in below]
        for size in range(1, len(numbers) + 1):
            for taken in combinations(numbers, size):
                left = parent.tally.expected - sum(taken)
                assert left == 0 or left >= SMALL, (parent.name, numbers)


def test_a_large_unit_covers_one_that_is_too_small_alone() -> None:
    own = {2: Tally(expected=30, sat=30), 3: Tally(expected=9, sat=9), 4: Tally(expected=3, sat=1)}
    units = [UnitPlace(1, None, "局", "/1/", 1), *(UnitPlace(n, 1, f"{n} 处", f"/1/{n}/", n) for n in (2, 3, 4))]
    lines: list[Line] = lines_of(rolled_up(in_order(units, units), own))
    assert [(line.kind, line.tally.expected, line.covered) for line in lines] == [
        ("total", 42, False), ("unit", 30, False), ("small", 12, True)]
    assert lines[-1].units == "3,4"


@pytest.mark.parametrize(("share", "size", "low", "high"), [
    # Newcombe (1998), Statistics in Medicine 17, 857-872, table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29
    (81 / 263, 263, "25.5", "36.6"), (15 / 148, 148, "6.2", "16.0"), (0.0, 20, "0.0", "16.1"), (1 / 29, 29, "0.6", "17.2"),
])
def test_the_interval_agrees_with_published_ones(share: float, size: int, low: str, high: str) -> None:
    found = wilson(share, size)
    assert found is not None
    assert (found.low, found.high) == (Decimal(low), Decimal(high))
    assert wilson(0.5, 0) is None
