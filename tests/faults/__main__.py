"""`make faults`: load under faults on SQLite and PostgreSQL, and whether every promise was kept."""

from __future__ import annotations

import argparse
import sys

from tests.faults.faults import BOTH, plan
from tests.faults.run import Report, Wanted, run
from tests.faults.world import Build

SHOWN = 20


def main(words: list[str]) -> int:
    chosen = _parser().parse_args(words)
    databases = BOTH if chosen.database == "both" else (chosen.database,)
    reports = [_run(database, chosen) for database in databases]
    print(_line("both" if len(reports) > 1 else databases[0], chosen.seed, reports))
    return 0 if all(report.verdict.green for report in reports) else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--faults", type=int, default=200, help="how many on each database (200)")
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same faults and candidates (1)")
    parser.add_argument("--database", choices=(*BOTH, "both"), default="both")
    parser.add_argument("--candidates", type=int, default=8)
    return parser


def _run(database: str, chosen: argparse.Namespace) -> Report:
    build = Build(database, chosen.candidates, attempts=60 + 2 * chosen.faults)
    report = run(Wanted(build, plan(database, chosen.faults, chosen.seed), chosen.seed, say=print))
    for name, times in sorted(report.struck.items()):
        print(f"      {times:4} × {name.replace('_', ' '):30} {report.felt[name]:5} operations without an answer")
    for violation in report.verdict.violations[:SHOWN]:
        print(f"      {violation}")
    if len(report.verdict.violations) > SHOWN:
        print(f"      and {len(report.verdict.violations) - SHOWN} more")
    print(_line(database, chosen.seed, [report]), flush=True)
    return report


def _line(database: str, seed: int, reports: list[Report]) -> str:
    """The figure: `lost` are acknowledged saves that are not stored, `invented` what is stored and nobody sent."""
    verdicts = [report.verdict for report in reports]
    total = {
        "faults": sum(report.struck.total() for report in reports), "seed": seed, "database": database,
        "acknowledged": sum(verdict.acknowledged for verdict in verdicts),
        "lost": sum(verdict.count("I1") for verdict in verdicts),
        "invented": sum(verdict.count("I2") for verdict in verdicts),
        "violations": sum(len(verdict.violations) for verdict in verdicts),
        "attempts": sum(verdict.attempts for verdict in verdicts),
        "receipts": sum(verdict.submitted for verdict in verdicts),
        "unanswered": sum(report.unanswered for report in reports),
        "seconds": round(sum(report.seconds for report in reports)),
    }
    colour = "green" if all(verdict.green for verdict in verdicts) else "red"
    return " ".join([*(f"{name}={value}" for name, value in total.items()), colour])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
