"""Who counts where, and what may follow what."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.kernel.errors import ConflictError, InputError
from quizapp.people.rules.memberships import (
    HOME,
    HOST,
    LEFT,
    MAIN,
    RETIRED,
    SECONDED,
    TRANSFER,
    Stay,
    check_day,
    check_departure,
    check_return,
    check_secondment,
    counted_in,
    has_left,
)


def day(number: int) -> date:
    return date(2026, 1, 1) + timedelta(days=number)


OFFICE = Stay(1, day(0))


@pytest.mark.parametrize(("counting", "unit"), [(HOME, 1), (HOST, 2)])
def test_a_secondment_moves_the_count_or_leaves_it_but_never_doubles_it(counting: str, unit: int) -> None:
    lent = Stay(2, day(10), day(20), SECONDED, counting)
    counted = [stay.unit_id if (stay := counted_in([OFFICE, lent], day(n))) else 0 for n in (-1, 0, 9, 10, 19, 20)]
    assert counted == [0, 1, 1, unit, unit, 1]


def test_a_secondment_alone_counts_nowhere() -> None:
    assert counted_in([Stay(2, day(0), None, SECONDED, HOST)], day(1)) is None


spans = st.tuples(st.integers(0, 8), st.integers(1, 9)).map(lambda pair: (day(pair[0]), day(pair[0] + pair[1])))
stays = st.lists(st.tuples(spans, st.sampled_from([MAIN, SECONDED]), st.sampled_from([HOME, HOST])), max_size=5)


@given(stays)
def test_nobody_counts_where_they_do_not_belong(made: list[tuple[tuple[date, date], str, str]]) -> None:
    known = [Stay(n, *span, kind, counting) for n, (span, kind, counting) in enumerate(made)]
    for number in range(20):
        found = counted_in(known, day(number))
        assert found is None or found.holds_on(day(number))


def test_who_has_left() -> None:
    gone = Stay(1, day(0), day(10), ending=RETIRED)
    assert [has_left([gone], day(n)) for n in (9, 10, 11)] == [False, True, True]
    assert not has_left([gone, Stay(1, day(12))], day(11))
    assert not has_left([Stay(1, day(0), day(10), ending=TRANSFER), Stay(2, day(10))], day(11))
    assert not has_left([], day(0))


def test_secondments_that_do_not_fit() -> None:
    check_secondment([OFFICE], 2, day(1), None)
    lent = Stay(2, day(10), day(20), SECONDED)
    check_secondment([OFFICE, lent], 3, day(20), day(30))
    for known, unit, since, until, error in (
        ([], 2, day(1), None, ConflictError), ([OFFICE], 1, day(1), None, InputError),
        ([OFFICE], 2, day(5), day(5), InputError), ([OFFICE, lent], 3, day(19), day(30), ConflictError),
        ([OFFICE, lent], 3, day(1), None, ConflictError),
    ):
        with pytest.raises(error):
            check_secondment(known, unit, since, until)


def test_departures_and_returns_that_do_not_fit() -> None:
    gone = Stay(1, day(0), day(10), ending=LEFT)
    assert check_departure([OFFICE], day(0)) is OFFICE
    check_return([gone], day(10))
    check_return([], day(0))
    for check, known, on, error in (
        (check_departure, [OFFICE], day(-1), InputError), (check_departure, [gone], day(11), ConflictError),
        (check_return, [OFFICE], day(11), ConflictError), (check_return, [gone], day(9), InputError),
    ):
        with pytest.raises(error):
            check(known, on)


@pytest.mark.parametrize("wrong", [date(1999, 12, 31), date(2100, 1, 2)])
def test_days_out_of_this_world(wrong: date) -> None:
    with pytest.raises(InputError):
        check_day(wrong)
