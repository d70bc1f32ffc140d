"""`python3 dev.py bench-exam`: one table. The exit status is 1 when a request failed, whatever the figures are."""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

from tests.bench.exam import cpu, table
from tests.bench.exam.databases import Database, database, flush_milliseconds
from tests.bench.exam.phases import Run, Sizes
from tests.bench.exam.server import ROOT, can_serve, candidates, environment, serving
from tests.bench.figures import processor

PREPARED_WITHIN = 300  # seconds


def options(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="dev.py bench-exam", description=__doc__, allow_abbrev=False)
    parser.add_argument("--candidates", type=int, default=500, help="how many start and hand in together; four times as"
                        " many save at a steady pace, a fifth goes step by step (500)")
    parser.add_argument("--seconds", type=float, default=60, help="of steady load (60)")
    parser.add_argument("--database", choices=("postgresql", "sqlite", "both"), default="both")
    parser.add_argument("--server", choices=("granian", "gunicorn"), default="granian", help="gunicorn: where it is installed")
    parser.add_argument("--workers", type=int, default=2, help="server processes (2)")
    parser.add_argument("--threads", type=int, default=8, help="threads of each (8)")
    parser.add_argument("--quick", action="store_true", help="50 candidates, 12 seconds: a look, not a measurement")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there as well")
    chosen = parser.parse_args(words)
    if chosen.quick:
        chosen.candidates, chosen.seconds = min(chosen.candidates, 50), min(chosen.seconds, 12)
    if not can_serve(chosen.server):
        parser.error(f"{chosen.server} is not installed in this environment")
    return chosen


def measure(kind: str, chosen: argparse.Namespace) -> tuple[Database, Run]:
    sizes = Sizes.of(chosen.candidates, chosen.seconds)
    with tempfile.TemporaryDirectory() as name, database(kind, Path(name)) as store:
        print(f"{store.version}: preparing an exam for {sizes.whole + sizes.rush + sizes.steady} people …", file=sys.stderr)
        roll = prepared(store, Path(name), sizes.groups())
        print(f"{store.version}: measuring …", file=sys.stderr)
        return store, measured(store, roll, sizes, (chosen.server, chosen.workers, chosen.threads))


def prepared(store: Database, folder: Path, groups: list[str]) -> Path:
    """The roll of a database filled for these groups of people."""
    roll = folder / "roll.json"
    subprocess.run([sys.executable, "-m", "tests.bench.exam.prepare", str(roll), *groups], cwd=ROOT,
                   env=environment(store.url, folder), check=True, timeout=PREPARED_WITHIN)
    return roll


def measured(store: Database, roll: Path, sizes: Sizes, served: tuple[str, int, int]) -> Run:
    with (
        serving("product", served, store.url, roll.parent) as (product, port),
        serving("bare", served, store.bare_url, roll.parent) as (bare, bare_port),
    ):
        addresses = {"product": ["127.0.0.1", port], "bare": ["127.0.0.1", bare_port]}
        roll.write_text(json.dumps(json.loads(roll.read_text(encoding="utf-8")) | addresses), encoding="utf-8")
        with candidates(roll) as crowd:
            meters = cpu.Meters({"product": lambda: product, "bare": lambda: bare, "database": store.root,
                                 "generator": lambda: crowd.process.pid})
            run = Run(crowd, meters, store.url)
            run.everything(sizes)
            return run


def machine() -> dict[str, Any]:
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    with tempfile.TemporaryDirectory() as name:
        median, late = flush_milliseconds(Path(name))
    return {
        "date": f"{date.today():%Y-%m-%d}",  # noqa: DTZ011
        "processor": processor(), "cores": os.cpu_count(), "memory_gb": round(total), "kernel": platform.release(),
        "python": platform.python_version(), "flush_ms": round(median, 3), "flush_p95_ms": round(late, 3),
    }


def main(words: list[str]) -> int:
    chosen = options(words)
    if not cpu.available():
        print("CPU and memory are read from /proc, which only Linux has: nothing is measured here.", file=sys.stderr)
        return 2
    kinds = ("postgresql", "sqlite") if chosen.database == "both" else (chosen.database,)
    facts, runs = machine(), [measure(kind, chosen) for kind in kinds]
    sizes = Sizes.of(chosen.candidates, chosen.seconds)
    results = {store.kind: run.values for store, run in runs}
    print(f"\n{facts['date']} · {facts['processor']} · {facts['cores']} cores · {facts['memory_gb']} GB · Linux {facts['kernel']}"
          f" · Python {facts['python']} · {' · '.join(store.version for store, _run in runs)} · a flush to disk"
          f" {facts['flush_ms']:.2f} ms (95 %: {facts['flush_p95_ms']:.2f} ms)")
    print(f"{chosen.server}, {chosen.workers} workers × {chosen.threads} threads · {sizes.whole} step by step,"
          f" {sizes.rush} at once, {sizes.steady} at a steady pace for {sizes.seconds:g} s\n")
    print(table.text(results))
    failures = [f"{store.kind}: {count} × {reason}" for store, run in runs for reason, count in run.failures.items()]
    for line in failures:
        print(line, file=sys.stderr)
    if chosen.json:
        settings = {"server": chosen.server, "workers": chosen.workers, "threads": chosen.threads, **vars(sizes)}
        content = {"machine": facts, "settings": settings, "figures": results, "failures": failures}
        chosen.json.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
    return 1 if failures or any(values["failed"] for values in results.values()) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
