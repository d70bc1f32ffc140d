"""The spread start: always the same for one person, within bounds, and about even."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from quizapp.attempts.rules.waiting import offset, spread
from quizapp.exams.rules import SPREAD_MOST, deadline, extra_time, is_tight, last_end

OPENS = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)
ids = st.integers(1, 2**31 - 1)


@given(ids, ids, st.integers(0, 1_000_000))
def test_an_offset_lies_within_the_spread_and_stays(exam: int, person: int, people: int) -> None:
    found = offset(exam, person, people)
    assert timedelta(0) <= found < max(spread(people), timedelta(microseconds=1))
    assert found == offset(exam, person, people)
    assert spread(people) <= SPREAD_MOST


def test_a_second_for_twenty_five_people_and_a_minute_at_most() -> None:
    assert [spread(n) for n in (0, 25, 500, 1500, 3000)] == [timedelta(seconds=s) for s in (0, 1, 20, 60, 60)]


def test_people_come_evenly() -> None:
    """1,500 people over a minute: no second with more than twice its share."""
    seconds = [offset(7, person, 1500) // timedelta(seconds=1) for person in range(1500)]
    busiest = max(seconds.count(second) for second in range(60))
    assert busiest <= 50


@given(st.integers(1, 600), st.integers(1, 700), st.integers(0, 60_000), st.sampled_from((0, 30, 50, 100)),
       st.integers(0, 120), st.integers(0, 700 * 60))
def test_nobody_loses_time_by_the_spread_and_nobody_works_past_the_settling(
    minutes: int, window: int, milliseconds: int, percent: int, rest: int, late: int
) -> None:
    closes, begins = OPENS + timedelta(minutes=window), timedelta(milliseconds=milliseconds)
    shift = begins if is_tight(OPENS, closes, minutes) else timedelta(0)
    started = OPENS + begins
    whole = timedelta(minutes=minutes) + extra_time(minutes, percent)
    if window >= minutes:
        assert deadline(started, minutes, closes, percent, shift) - started == whole
    later = OPENS + timedelta(seconds=late)
    if later < closes:
        ends = deadline(later, minutes, closes, percent, shift)
        assert later < ends <= later + whole
        assert ends + timedelta(minutes=rest) <= last_end(OPENS, closes, minutes, percent, rest)
