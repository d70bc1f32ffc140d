"""What happens in a run, in which order, and the figures that come of it."""

from __future__ import annotations

import os
import statistics
import time
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from quizapp.config import normalised_url
from quizapp.people.passwords import HASHER
from tests.bench.exam.cpu import Meters
from tests.bench.exam.server import Candidates

AT_ONCE = 8
SAVES, ROUNDS = 60, 4
EVERY = 20.0  # seconds between two saves of one candidate
MARKED_WITHIN = 60  # seconds


@dataclass(frozen=True)
class Sizes:
    """How many people: `whole` go through everything step by step, `rush` start and hand in together, `steady`
    save at a steady pace for so many seconds."""

    whole: int
    rush: int
    steady: int
    seconds: float

    @classmethod
    def of(cls, candidates: int, seconds: float) -> Sizes:
        return cls(max(2, candidates // 5), candidates, 4 * candidates, seconds)

    def groups(self) -> list[str]:
        """As `prepare` reads them; a plus: signed in already."""
        return ["warm=16", f"whole={self.whole}", f"rush={self.rush}", f"steady={self.steady}+"]


@dataclass
class Run:
    """One run on one database. `values`: figures by the keys of `table`; `failures`: what went wrong, with counts."""

    candidates: Candidates
    meters: Meters
    url: str
    values: dict[str, float] = field(default_factory=dict)
    failures: dict[str, int] = field(default_factory=dict)

    def everything(self, sizes: Sizes) -> None:
        before = self.meters.read()
        self.warm_up()
        self.step_by_step()
        self.rush(sizes)
        self.steady(sizes)
        after = self.meters.read()
        spent = {name: after[name] - before[name] for name in after}
        machine = spent.pop("machine")
        self.values["foreign_share"] = 100 * (machine - sum(spent.values())) / machine
        self.values["generator_share"] = 100 * spent["generator"] / machine
        self.values["hash_ms"] = hash_milliseconds()
        for name, peak in self.meters.peaks.items():
            self.values[f"{name}_mb"] = peak

    def warm_up(self) -> None:
        """Both workers read the forms, compile the templates and open their connections."""
        self.acts("warm", "sign_in", "rules", "start", "page", "claim", ("save", 10), "submit", "receipt", "result")
        self.acts("bare", ("save", 10))

    def step_by_step(self) -> None:
        """Every step by itself, so that the accounting tells what it costs; saves in turn with the yardstick."""
        whole = self.cost("sign_in", "whole")
        attempt = sum(self.cost(step, "whole") for step in ("rules", "start", "page", "claim"))
        saves, bare = [], []
        for _round in range(ROUNDS):
            saves.append(self.spent("whole", ("save", SAVES // ROUNDS)))
            bare.append(self.spent("bare", ("save", SAVES // ROUNDS)))
        self.values["save_ms"] = 1000 * sum(s["product"] for s in saves) / sum(s["count"] for s in saves)
        self.values["bare_ms"] = 1000 * sum(s["bare"] for s in bare) / sum(s["count"] for s in bare)
        self.values["save_ratio"] = self.values["save_ms"] / self.values["bare_ms"]
        self.values["save_database_ms"] = 1000 * sum(s["database"] for s in saves) / sum(s["count"] for s in saves)
        self.values["bare_database_ms"] = 1000 * sum(s["database"] for s in bare) / sum(s["count"] for s in bare)
        self.values["saves_per_s"] = sum(s["count"] for s in saves) / sum(s["seconds"] for s in saves)
        attempt += SAVES * self.values["save_ms"]
        attempt += sum(self.cost(step, "whole") for step in ("submit", "receipt", "result"))
        self.values["attempt_s"] = attempt / 1000
        self.values["attempt_with_sign_in_s"] = (attempt + whole) / 1000

    def rush(self, sizes: Sizes) -> None:
        """All start at the same moment, and all hand in at the same moment."""
        self.cost("sign_in", "rush")
        self.acts("rush", "rules")
        self.values["barrier_s"] = self.acts("rush", "start", "page", at_once=0)["seconds"]
        self.acts("rush", "claim", "save_all")
        handed_in = self.acts("rush", "submit", at_once=0)["seconds"]
        self.values["submits_s"] = handed_in + self.until_marked(16 + sizes.whole + sizes.rush)

    def steady(self, sizes: Sizes) -> None:
        self.acts("steady", "rules", "start", "page", "claim", at_once=16)
        order = {"do": "steady", "group": "steady", "every": EVERY, "seconds": sizes.seconds, "warm_up": sizes.seconds / 6}
        before = self.meters.read()
        found = self.noted("steady", self.candidates.ask(sizes.seconds * 2 + 120, **order))
        after = self.meters.read()
        saves = found["acts"].get("save", {"count": 0, "p50": 0.0, "p95": 0.0, "p99": 0.0, "max": 0.0})
        for name in ("p50", "p95", "p99", "max"):
            self.values[f"steady_{name}"] = saves[name]
        self.values["steady_rate"] = saves["count"] / sizes.seconds
        whole = sizes.seconds * 7 / 6
        self.values["steady_cores"] = (after["product"] - before["product"]) / whole
        self.values["steady_database_cores"] = (after["database"] - before["database"]) / whole

    # ------------------------------------------------------------ parts

    def cost(self, step: str, group: str) -> float:
        """Milliseconds of server CPU for one act of this kind; a later group's figure replaces an earlier one's."""
        found = self.spent(group, step)
        self.values[f"{step}_ms"] = 1000 * found["product"] / found["count"]
        self.values[f"{step}_database_ms"] = 1000 * found["database"] / found["count"]
        return self.values[f"{step}_ms"]

    def spent(self, group: str, *steps: str | tuple[str, int]) -> dict[str, float]:
        """CPU seconds by account, acts that succeeded (`count`) and wall time (`seconds`) of an order."""
        before = self.meters.read()
        found = self.acts(group, *steps)
        after = self.meters.read()
        count = sum(act["count"] for act in found["acts"].values())
        return {name: after[name] - before[name] for name in after} | {"count": max(count, 1), "seconds": found["seconds"]}

    def acts(self, group: str, *steps: str | tuple[str, int], at_once: int = AT_ONCE) -> dict[str, Any]:
        acts = [step if isinstance(step, tuple) else (step, 1) for step in steps]
        found = self.candidates.ask(300, do="acts", group=group, acts=acts, at_once=at_once)
        self.meters.note_memory()
        return self.noted(group, found)

    def noted(self, group: str, found: dict[str, Any]) -> dict[str, Any]:
        for reason, count in found["failures"].items():
            self.failures[f"{group}: {reason}"] = self.failures.get(f"{group}: {reason}", 0) + count
        self.values["failed"] = self.values.get("failed", 0) + found["failed"]
        done = sum(act["count"] for act in found["acts"].values())
        self.values["requests"] = self.values.get("requests", 0) + done
        return found

    def until_marked(self, expected: int) -> float:
        """Seconds until everything that was handed in has its marks; usually none are left to wait for."""
        engine = sa.create_engine(normalised_url(self.url))
        start = time.monotonic()
        marked = 0
        with engine.connect() as connection:
            while time.monotonic() < start + MARKED_WITHIN:
                marked = connection.scalar(sa.text(
                    "SELECT count(*) FROM attempt WHERE state = 'submitted' AND score IS NOT NULL")) or 0
                connection.rollback()
                if marked >= expected:
                    break
                time.sleep(0.05)
        engine.dispose()
        if marked != expected:
            self.failures[f"{expected} papers were handed in, {marked} are marked"] = abs(expected - marked)
        return time.monotonic() - start


def hash_milliseconds(runs: int = 15) -> float:
    """CPU of checking one password, measured in this process while nothing else of the run works."""
    stored = HASHER.hash("a passphrase of this run alone")
    times = []
    for _run in range(runs):
        before = os.times()
        HASHER.verify("a passphrase of this run alone", stored)
        after = os.times()
        times.append(1000 * (after.user + after.system - before.user - before.system))
    return statistics.mean(times)
