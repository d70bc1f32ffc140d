"""Nothing acknowledged is lost under faults; and the checker would see it if it were."""

from __future__ import annotations

import sys

import pytest

if sys.platform != "linux":
    pytest.skip("freezes, kills and fills disks as Linux does", allow_module_level=True)

from tests.faults.faults import FAULTS, Planned, plan
from tests.faults.outbox import HastyOutbox
from tests.faults.run import Report, Wanted
from tests.faults.run import run as run_here
from tests.faults.world import Build
from tests.loops import apart

on_each = pytest.mark.parametrize(
    "database", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]
)
SEED = 7
FORGETFUL = {
    # a commit that is told before it is on disk, and nobody who writes it there soon
    "synchronous_commit": "off", "wal_writer_delay": "10s", "wal_writer_flush_after": "1GB",
    "bgwriter_lru_maxpages": "0", "wal_level": "minimal", "max_wal_senders": "0",
}


def run(wanted: Wanted) -> Report:
    return apart(lambda: run_here(wanted))


def told(report: Report) -> str:
    return "\n".join(str(violation) for violation in report.verdict.violations[:20])


def quiet(seconds: float) -> Planned:
    """No fault at all, after so many seconds of load."""
    return Planned("clock_forward", seconds, 0.0, 0.0)


@on_each
def test_twenty_faults_lose_and_invent_nothing(database: str) -> None:
    faults = plan(database, 20, SEED)
    report = run(Wanted(Build(database, 4), faults, SEED))
    assert report.verdict.green, told(report)
    assert report.struck.total() == 20
    assert report.verdict.acknowledged > 200
    assert report.verdict.submitted > 0
    assert report.unanswered > 0
    assert report.full


@on_each
def test_a_plan_follows_from_its_seed_and_leaves_no_fault_out(database: str) -> None:
    assert plan(database, 40, 3) == plan(database, 40, 3) != plan(database, 40, 4)
    there = {name for name, (_act, databases) in FAULTS.items() if database in databases}
    assert {planned.name for planned in plan(database, len(there), 5)} == there


# ---------------------------------------------------------------- the checker can fail


@pytest.mark.postgresql
@pytest.mark.parametrize(("settings", "green"), [(FORGETFUL, False), ({}, True)], ids=["forgetful", "durable"])
def test_a_database_that_forgets_commits_turns_it_red(settings: dict[str, str], green: bool) -> None:
    build = Build("postgresql", 4, mistake="no-check", postgres=settings)
    report = run(Wanted(build, [Planned("kill_the_database", 2.0, 0.0, 0.0)], SEED))
    assert report.verdict.green is green, told(report)
    assert green or "I1" in report.verdict.broken


@on_each
def test_saving_without_the_guard_of_sequences_turns_it_red(database: str) -> None:
    """An older answer over a newer one: seen by whoever reads in between, or at the end, unless a still newer one came."""
    report = run(Wanted(Build(database, 4, mistake="no-guard"), [quiet(6.0)], SEED))
    assert report.verdict.broken & {"I1", "I4"}, told(report)


def test_an_outbox_that_lets_go_too_early_turns_it_red() -> None:
    """The browser's mistake, whatever database stands behind."""
    faults = [Planned(name, 0.5, 0.8, 0.7) for name in ("refuse_connections", "kill_the_server", "refuse_connections")]
    report = run(Wanted(Build("sqlite", 4), faults, SEED, outbox=HastyOutbox))
    assert "I1" in report.verdict.broken, told(report)
