"""The figures with their goals, and what the same kind of machine needs for Moodle."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """`goal`: the value must not exceed it; None for a figure that is shown beside the others."""

    key: str
    title: str
    unit: str
    goal: float | None = None
    peer: str = "–"

    def shown(self, value: float | None) -> str:
        if value is None:
            return "–"
        digits = {"s": 2, "×": 2, "ms": 1, "cores": 2}.get(self.unit, 0)
        if self.key == "attempt_s" or self.key == "attempt_with_sign_in_s":
            digits = 3
        return f"{value:,.{digits}f} {self.unit}".rstrip()

    @property
    def goal_shown(self) -> str:
        return "" if self.goal is None else f"≤ {self.goal:g} {self.unit}"

    def verdict(self, value: float | None) -> str:
        if self.goal is None or value is None:
            return ""
        return "holds" if value <= self.goal else "falls short"


ROWS = (
    Row("save_ratio", "server CPU per save, by that of the bare route", "×", 1.5),
    Row("save_ms", "  a save", "ms", peer="34 ms, about 36 statements"),
    Row("bare_ms", "  the bare Flask route: one durable upsert", "ms"),
    Row("start_ms", "server CPU per start", "ms", 5, "114 ms"),
    Row("page_ms", "server CPU per question page (50 questions)", "ms", 6, "191 ms"),
    Row("submit_ms", "server CPU per submit with marking", "ms", 8, "120 ms"),
    Row("attempt_s", "server CPU per whole attempt, 60 saves, without the sign-in", "s", 0.12, "about 3.1 s"),
    Row("attempt_with_sign_in_s", "  the same with sign-in and password hash", "s"),
    Row("barrier_s", "barrier start, all with their first page", "s", 4, "45 s + 90 s"),
    Row("submits_s", "all hand in at once, all marked", "s", 4, "44 s"),
    Row("steady_p95", "a save every 20 s each, 95th percentile", "ms", 100),
    Row("steady_p99", "  99th percentile", "ms", 300),
    Row("sign_in_ms", "server CPU per sign-in, the whole chain", "ms", 65, "237 ms"),
    Row("hash_ms", "  of it the password hash", "ms"),
    Row("product_mb", "memory of the tier, the job worker included", "MB", 400, "350–530 MB"),
    Row("database_mb", "  the database server beside it", "MB"),
)
BESIDE = (
    Row("save_database_ms", "database CPU per save", "ms"),
    Row("bare_database_ms", "database CPU per upsert of the bare route", "ms"),
    Row("start_database_ms", "database CPU per start", "ms"),
    Row("submit_database_ms", "database CPU per submit", "ms"),
    Row("rules_ms", "server CPU, page before the start", "ms"),
    Row("claim_ms", "server CPU, claim of the tab", "ms"),
    Row("receipt_ms", "server CPU, receipt page", "ms"),
    Row("result_ms", "server CPU, marked paper with reasons", "ms"),
    Row("saves_per_s", "saves per second, eight candidates without a pause", "/s"),
    Row("steady_rate", "steady load: saves per second", "/s"),
    Row("steady_p50", "steady load: median", "ms"),
    Row("steady_max", "steady load: slowest", "ms"),
    Row("steady_cores", "steady load: cores busy with the tier", "cores"),
    Row("steady_database_cores", "steady load: cores busy with the database", "cores"),
    Row("generator_share", "share of the candidates' own process in all CPU", "%"),
    Row("foreign_share", "share of other work on this machine in all CPU", "%"),
    Row("requests", "requests of candidates", ""),
    Row("failed", "requests that failed", "", 0),
)


def text(results: Mapping[str, Mapping[str, float]]) -> str:
    """Both parts as one table. `results`: name of the database → figures by key; goals are judged for the first."""
    names = list(results)
    head = ["figure", *names, "goal", "", "Moodle 4.5, 2 cores"]
    lines = [head, *(_line(row, results) for row in ROWS), ["", *[""] * len(names), "", "", ""],
             *(_line(row, results) for row in BESIDE)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    return "\n".join(_aligned(line, widths) for line in lines)


def _line(row: Row, results: Mapping[str, Mapping[str, float]]) -> list[str]:
    values = [found.get(row.key) for found in results.values()]
    return [row.title, *map(row.shown, values), row.goal_shown, row.verdict(values[0]), row.peer if row in ROWS else ""]


def _aligned(line: Sequence[str], widths: Sequence[int]) -> str:
    last = len(line) - 3
    cells = [value.rjust(width) if 0 < column < last + 1 else value.ljust(width)
             for column, (value, width) in enumerate(zip(line, widths, strict=True))]
    return "  ".join(cells).rstrip()
