"""Who is in which state, and that the counts of a board add up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.attempts.rules.standing import Standing
from quizapp.sittings.rules.board import (
    COUNT_NAMES,
    FILTERS,
    NOT_EXPECTED,
    STAGE_NAMES,
    STAGE_TAGS,
    Counts,
    Facts,
    Stage,
    Unit,
    count,
    stage_of,
    unit_lines,
)
from quizapp.sittings.rules.giving import (
    DETAIL_CHARS,
    GROUNDS,
    REASON_CHARS,
    kept_reason,
    needs_second_look,
    shown_reason,
)

NOW = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
stages = st.lists(st.sampled_from(list(Stage)))


def working(*, active: timedelta = timedelta(0), left: timedelta = timedelta(hours=1), **time: object) -> Facts:
    return Facts("open", Standing(NOW + left, **time), NOW - active)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("facts", "stage"),
    [
        (None, Stage.ABSENT),
        (working(), Stage.WORKING),
        (working(active=2 * MINUTE), Stage.WORKING),
        (working(active=2 * MINUTE + timedelta(seconds=1)), Stage.SILENT),
        (working(active=9 * MINUTE, paused_at=NOW - 8 * MINUTE), Stage.WORKING),
        (working(active=9 * MINUTE, paused_at=NOW - 6 * MINUTE), Stage.SILENT),
        (working(active=9 * MINUTE, break_started_at=NOW - 8 * MINUTE, break_left=600), Stage.BREAK),
        (working(active=30 * MINUTE, break_started_at=NOW - 11 * MINUTE, break_left=600), Stage.WORKING),
        (working(left=timedelta(seconds=-10)), Stage.WORKING),
        (working(left=timedelta(seconds=-11)), Stage.OVER),
        (Facts("submitted", Standing(NOW), NOW), Stage.SUBMITTED),
        (Facts("expired", Standing(NOW), NOW), Stage.EXPIRED),
    ],
)
def test_the_stage_of_one_person(facts: Facts | None, stage: Stage) -> None:
    assert stage_of("expected", facts, 10, NOW) is stage


def test_who_is_not_expected_and_did_not_come_is_not_absent() -> None:
    assert stage_of("excused", None, 10, NOW) is Stage.EXCUSED
    assert stage_of("deferred", None, 10, NOW) is Stage.DEFERRED


@given(stages)
def test_the_counts_add_up(found: list[Stage]) -> None:
    counts = count(found)
    assert counts.expected == counts.entered + counts.absent
    assert counts.entered == counts.working + counts.submitted + counts.expired
    assert counts.silent <= counts.working
    assert counts.expected == len(found) - sum(stage in NOT_EXPECTED for stage in found)


def test_every_stage_and_every_count_has_its_words() -> None:
    assert set(STAGE_NAMES) == set(STAGE_TAGS) == set(Stage)
    assert set(COUNT_NAMES) == set(FILTERS) == set(Counts.__slots__)


UNITS = [Unit(1, None, "局", "/1/", 1), Unit(2, 1, "办公室", "/1/2/", 2), Unit(3, 1, "服务中心", "/1/3/", 3),
         Unit(4, 3, "餐饮科", "/1/3/4/", 4)]
PEOPLE = [("/1/", Stage.WORKING), ("/1/2/", Stage.ABSENT), ("/1/3/", Stage.SILENT), ("/1/3/4/", Stage.SUBMITTED)]


def test_units_hold_everybody_below_them() -> None:
    top = unit_lines(UNITS, PEOPLE, None)
    assert [(line.name, line.level, line.below, line.counts.expected) for line in top] == [
        ("局", 0, True, 4), ("办公室", 1, False, 1), ("服务中心", 1, True, 2)]
    assert [line.name for line in unit_lines(UNITS, PEOPLE, 3)] == ["服务中心", "餐饮科"]


def test_a_reader_of_two_units_sees_these_and_no_other() -> None:
    own = [UNITS[1], UNITS[3]]
    assert [(line.name, line.level) for line in unit_lines(own, PEOPLE[1:2] + PEOPLE[3:], None)] == [
        ("办公室", 0), ("餐饮科", 0)]
    assert unit_lines(own, [], 3) == unit_lines(own, [], None)


@given(st.sampled_from(list(GROUNDS)), st.text(max_size=DETAIL_CHARS))
def test_a_reason_is_kept_as_one_text_and_comes_apart_again(ground: str, detail: str) -> None:
    kept = kept_reason(ground, detail)
    assert len(kept) <= REASON_CHARS
    assert shown_reason(kept) == (ground, detail.strip())


def test_a_long_or_a_second_extension_for_everybody_is_looked_at_twice() -> None:
    assert [needs_second_look(*one) for one in ((30, 0), (31, 0), (5, 1))] == [False, True, True]
