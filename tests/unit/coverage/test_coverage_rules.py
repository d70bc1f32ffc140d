"""Laws and articles from the questions of a year: counts, intervals, suggestions, and what is withheld."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.coverage.rules import (
    Asked,
    Count,
    Stock,
    Year,
    by_subject,
    count,
    hidden,
    lines,
    suggestions,
)
from quizapp.kernel.rates import Interval, Rate, wilson
from quizapp.kernel.withholding import SMALL

CIVIL, ENERGY = "民法典", "节约能源法"


@pytest.mark.parametrize(
    ("numerator", "denominator", "low", "high"),
    [(81, 263, "25.53", "36.62"), (15, 148, "6.24", "16.05"), (0, 20, "0.00", "16.11"), (1, 29, "0.61", "17.18")],
)
def test_the_interval_is_the_published_one(numerator: int, denominator: int, low: str, high: str) -> None:
    """Newcombe, Two-sided confidence intervals for the single proportion, Statistics in Medicine 17 (1998), table I, method 3."""
    assert wilson(numerator / denominator, denominator, 2) == Interval(Decimal(low), Decimal(high))
    assert Count(denominator, denominator, denominator - numerator).interval == Interval(Decimal(low), Decimal(high))


def test_nothing_counted_has_no_interval() -> None:
    assert Count(SMALL, 0, 0).interval is None


@given(st.integers(1, 5000), st.data())
def test_the_interval_holds_the_share_and_stays_within_bounds(n: int, data: st.DataObject) -> None:
    counted = Count(SMALL, n, data.draw(st.integers(0, n)))
    found, wrong = counted.interval, counted.wrong
    assert found is not None
    assert wrong is not None
    assert wrong.percent is not None
    assert 0 <= found.low <= wrong.percent <= found.high <= 100


def asked(version: int, *, people: int = 40, right: int = 30, exam: int = 1, form: int = 1, position: int = 1,
          marked: int | None = None) -> Asked:
    return Asked(exam, form, position, version, people, people if marked is None else marked, right)


def make_year(*questions: Asked, taught: tuple[str, ...] = (), subjects: tuple[str, ...] = ()) -> Year:
    """Versions 1 and 2 rest on article 1165 of the civil code, 2 on 1198 as well, 3 on article 12 of the other law, 4 on nothing."""
    return Year(
        questions, {1: {(CIVIL, "1165")}, 2: {(CIVIL, "1165"), (CIVIL, "1198")}, 3: {(ENERGY, "12")}},
        {1: "civil", 2: "civil", 3: "energy", 4: "energy"}, {1: 11, 2: 12, 3: 13, 4: 14},
        [Stock(1, 11, "civil"), Stock(2, 12, "civil"), Stock(3, 13, "energy"), Stock(4, 14, "energy")],
        frozenset(taught), frozenset(subjects), has_plan=bool(taught or subjects))


def test_a_question_on_two_articles_counts_for_each_and_once_for_the_law() -> None:
    year = make_year(asked(1, right=20), asked(2, position=2, right=10))
    [article, other] = lines(year, law=CIVIL)
    assert (article.article, article.count, article.bank, article.asked) == ("1165", Count(40, 80, 30), 2, 2)
    assert (other.article, other.count, other.bank, other.asked) == ("1198", Count(40, 40, 10), 1, 1)
    law = next(line for line in lines(year) if line.law == CIVIL)
    assert (law.count, law.bank, law.articles, law.articles_asked) == (Count(40, 80, 30), 2, 2, 2)


def test_people_are_those_of_the_largest_exam() -> None:
    """Forms of one exam are different people, a make-up may be the same ones."""
    found = count([asked(1, form=1, people=3), asked(1, form=2, people=4), asked(1, exam=2, form=9, people=5), asked(2, form=1, people=3)])
    assert (found.people, found.marked) == (7, 15)


def test_what_waits_for_a_marker_is_not_counted() -> None:
    [line] = lines(make_year(asked(3, people=40, marked=30, right=30)), law=ENERGY)
    assert line.count.wrong == Rate(0, 30)


def test_few_people_are_told_nothing_about() -> None:
    few = Count(SMALL - 1, 200, 0)
    assert (few.wrong, few.interval) == (None, None)
    assert Count(SMALL, 5, 0).wrong == Rate(5, 5)


def test_taught_by_name_or_by_subject() -> None:
    year = make_year(taught=(CIVIL, "行政处罚法"), subjects=("energy",))
    assert {line.law: line.taught for line in lines(year)} == {CIVIL: "law", ENERGY: "subject", "行政处罚法": "law"}
    assert [(one[0], one[1]) for one in by_subject(year, ["civil", "energy"])] == [("civil", False), ("energy", True)]


def test_a_subject_keeps_what_its_items_rest_on() -> None:
    year = make_year(asked(1), asked(3, position=2), taught=(CIVIL,))
    assert [line.law for line in lines(year, subject="energy")] == [ENERGY]


def test_suggestions_and_their_grounds() -> None:
    year = make_year(asked(1, people=420, right=260), asked(3, position=2, people=420, right=400),
                     taught=(CIVIL, ENERGY, "行政处罚法"))
    found = suggestions(lines(year), lines(year, articles=True), has_plan=True)
    assert [(one.ground, one.line.law, one.line.article) for one in found] == [
        ("wrong", CIVIL, "1165"), ("no_items", "行政处罚法", "")]
    idle = make_year(asked(1, right=40), taught=(ENERGY,))
    assert [(one.ground, one.line.law) for one in suggestions(lines(idle), lines(idle, articles=True), has_plan=True)] == [
        ("not_asked", ENERGY)]


@pytest.mark.parametrize(("people", "right"), [(4, 0), (6, 4), (40, 30)])
def test_chance_and_few_people_suggest_nothing(people: int, right: int) -> None:
    """Of 6 people 2 were wrong: a third, but the interval reaches down to 10 per cent."""
    year = make_year(asked(1, people=people, right=right))
    assert suggestions(lines(year), lines(year, articles=True), has_plan=False) == []


@given(st.lists(st.integers(0, 40), max_size=8))
def test_no_small_part_can_be_found_from_the_whole(people: list[int]) -> None:
    counts = [Count(n, n, 0) for n in people]
    away = hidden(counts)
    small = [place for place, n in enumerate(people) if 0 < n < SMALL]
    assert all(away[place] for place in small)
    together, everybody = sum(n for n, is_away in zip(people, away, strict=True) if is_away), sum(people)
    assert not small or together >= SMALL or together == everybody, "so few are the whole less the others"
    assert not any(away) or small, "nothing is hidden without a reason"
