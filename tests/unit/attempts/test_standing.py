"""Time that stands still: whatever the order of breaks and pauses, nobody gains or loses working time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from quizapp.attempts.rules.standing import Standing

NOW = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
GRACE = 10

seconds = st.floats(0, 7200).map(lambda value: timedelta(seconds=round(value, 3)))
breaks = st.integers(0, 7200)
working = st.builds(lambda left, rest: Standing(NOW + left, break_left=rest), seconds, breaks)


@given(working, seconds)
def test_a_break_keeps_the_working_time_and_uses_what_it_lasts(time: Standing, lasts: timedelta) -> None:
    before = time.working_left(NOW)
    begun = time.with_break(NOW)
    assert begun.working_left(NOW) == before
    at = NOW + min(lasts, timedelta(seconds=time.break_left))
    after = begun.without_break(at)
    assert before <= after.working_left(at) < before + SECOND
    used = timedelta(seconds=time.break_left - after.break_left)
    assert at - NOW <= used < at - NOW + SECOND
    # what one gains in parts of a second, the other loses
    assert after.working_left(at) + timedelta(seconds=after.break_left) == before + timedelta(seconds=time.break_left) - (at - NOW)


@given(working, seconds)
def test_a_break_that_is_used_up_ends_by_itself(time: Standing, later: timedelta) -> None:
    begun = time.with_break(NOW)
    at = NOW + timedelta(seconds=time.break_left) + later
    assert not begun.on_break(at)
    assert begun.since(at) is None
    assert begun.break_seconds(at) == 0
    assert begun.without_break(at) == replace(begun, break_started_at=None, break_left=0)
    assert begun.working_left(at) == max(time.working_left(NOW) - later, timedelta(0))


@given(time=working, until=seconds, length=seconds, resting=st.booleans())
def test_a_pause_gives_back_its_whole_length(
    time: Standing, until: timedelta, length: timedelta, resting: bool
) -> None:
    if resting:
        time = time.with_break(NOW)
    begins = min(NOW + until, time.deadline_at)
    left, rest, was_resting = time.working_left(begins), time.break_seconds(begins), time.on_break(begins)
    paused = replace(time, paused_at=begins)
    for at in (begins, begins + length / 2, begins + length):
        assert (paused.working_left(at), paused.break_seconds(at)) == (left, rest)
        assert paused.since(at) == begins
        assert not paused.is_over(GRACE, at)
    began = time.break_started_at + length if time.break_started_at else None
    resumed = replace(time, deadline_at=time.deadline_at + length, break_started_at=began)
    at = begins + length
    assert (resumed.working_left(at), resumed.break_seconds(at), resumed.on_break(at)) == (left, rest, was_resting)


@given(time=working, work=st.integers(0, 120), more=st.integers(0, 120), when=seconds, resting=st.booleans())
def test_what_is_granted_can_be_taken_back(
    time: Standing, work: int, more: int, when: timedelta, resting: bool
) -> None:
    if resting:
        time = time.with_break(NOW)
    at = NOW + when
    given_time = time.granted(timedelta(minutes=work), more * 60, at)
    settled = time if time.on_break(at) else time.without_break(at)
    assert given_time.working_left(at) == max(
        settled.deadline_at + timedelta(minutes=work) - max(at, settled.break_ends_at or at), timedelta(0))
    assert given_time.break_seconds(at) == settled.break_seconds(at) + more * 60
    assert given_time.granted(-timedelta(minutes=work), -more * 60, at) == settled


@given(working, st.integers(1, 7200), seconds)
def test_less_break_never_takes_what_was_used(time: Standing, less: int, when: timedelta) -> None:
    begun = time.with_break(NOW)
    at = NOW + when
    if not begun.on_break(at):
        return
    cut = begun.granted(timedelta(0), -less, at)
    assert cut.working_left(at) == begun.working_left(at)
    assert cut.break_seconds(at) in (max(begun.break_left - less, 0) - (at - NOW) // SECOND,
                                     max(0, begun.break_seconds(at) - less), 0)


def test_whom_a_pause_found_after_their_time_is_over() -> None:
    late = Standing(NOW, paused_at=NOW + SECOND)
    assert not late.is_over(GRACE, NOW + timedelta(seconds=GRACE))
    assert late.is_over(GRACE, NOW + timedelta(seconds=GRACE + 1))
    assert not Standing(NOW, paused_at=NOW).is_over(GRACE, NOW + timedelta(hours=5))
