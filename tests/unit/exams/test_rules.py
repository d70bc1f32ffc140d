"""Windows, deadlines and releases by the server's clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.exams.rules import Phase, deadline, is_released, phase

OPENS = datetime(2026, 12, 1, 1, tzinfo=UTC)
CLOSES = OPENS + timedelta(hours=9)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("state", "now", "expected"),
    [
        ("draft", OPENS, Phase.DRAFT),
        ("published", OPENS - SECOND, Phase.COMING),
        ("published", OPENS, Phase.OPEN),
        ("published", CLOSES - SECOND, Phase.OPEN),
        ("published", CLOSES, Phase.CLOSED),
        ("archived", OPENS, Phase.ARCHIVED),
    ],
)
def test_the_window_includes_its_first_moment_and_excludes_its_last(state, now, expected):
    assert phase(state, OPENS, CLOSES, now) is expected


@given(st.integers(0, 9 * 3600 - 1), st.integers(1, 600))
def test_a_deadline_never_lies_after_the_window_nor_before_the_start(after, minutes):
    start = OPENS + timedelta(seconds=after)
    found = deadline(start, minutes, CLOSES)
    assert start < found <= CLOSES
    assert found - start <= timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("release", "released_at", "now", "shown"),
    [
        ("at_once", None, OPENS, True),
        ("after_close", None, CLOSES - SECOND, False),
        ("after_close", None, CLOSES, True),
        ("manual", None, CLOSES + timedelta(days=9), False),
        ("manual", CLOSES, CLOSES - SECOND, False),
        ("manual", CLOSES, CLOSES, True),
    ],
)
def test_results_are_shown_as_the_exam_says(release, released_at, now, shown):
    assert is_released(release, released_at, CLOSES, now) is shown
