"""Which server, and how many threads: the same saves, question pages and bare upserts on each, in turn.

`python -m tests.bench.exam.servers granian:1 granian:8 granian:16 gunicorn:8 --rounds 3`. A server that is not
installed may be lent by PYTHONPATH. The figures behind docs/decisions/0016 come from here.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

from tests.bench.exam import cpu
from tests.bench.exam.__main__ import prepared
from tests.bench.exam.databases import Database, database
from tests.bench.exam.server import Candidates, candidates, serving

PEOPLE = 64
SAVES, PAGES = 15, 2
FIGURES = ("save_ms", "save_rate", "save_p95", "page_ms", "page_rate", "page_p95", "bare_ms", "ratio", "memory")


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="tests.bench.exam.servers", description=__doc__)
    parser.add_argument("servers", nargs="+", metavar="SERVER:THREADS")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--at-once", type=int, default=16, help="people at the same time (16)")
    parser.add_argument("--database", choices=("postgresql", "sqlite"), default="postgresql")
    chosen = parser.parse_args(words)
    found: dict[str, list[dict[str, float]]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as name, database(chosen.database, Path(name)) as store:
        groups = {f"{served.replace(':', '')}r{turn}": served for turn in range(chosen.rounds) for served in chosen.servers}
        roll = prepared(store, Path(name), [f"{group}={PEOPLE}+" for group in groups])
        for group, served in groups.items():
            server, _colon, threads = served.partition(":")
            found[served].append(one_round(store, roll, group, (server, chosen.workers, int(threads)), chosen.at_once))
            print(served, json.dumps({key: round(value, 3) for key, value in found[served][-1].items()}), file=sys.stderr)
    print(f"{'':14}" + "".join(f"{figure:>12}" for figure in FIGURES))
    for served, rounds in found.items():
        print(f"{served:14}" + "".join(f"{statistics.median(r[figure] for r in rounds):12.2f}" for figure in FIGURES))
    return 0


def one_round(store: Database, roll: Path, group: str, served: tuple[str, int, int], at_once: int) -> dict[str, float]:
    """A fresh server, warmed up, under saves, pages and the bare route."""
    folder = roll.parent
    with serving("product", served, store.url, folder) as (product, port), \
            serving("bare", served, store.bare_url, folder) as (bare, bare_port):
        content = json.loads(roll.read_text(encoding="utf-8"))
        content["groups"] = {"whole": content["groups"][group]}
        own = folder / "roll-of-round.json"
        own.write_text(json.dumps(content | {"product": ["127.0.0.1", port], "bare": ["127.0.0.1", bare_port]}))
        with candidates(own) as crowd:
            ask(crowd, "whole", at_once, ("rules", 1), ("start", 1), ("page", 1), ("claim", 1), ("save", 3))
            ask(crowd, "bare", at_once, ("save", 3))
            save = measured(product, crowd, "whole", at_once, ("save", SAVES))
            yardstick = measured(bare, crowd, "bare", at_once, ("save", SAVES))
            page = measured(product, crowd, "whole", at_once, ("page", PAGES))
            memory = cpu.memory(product)
    return {
        **{f"save_{name}": value for name, value in save.items()},
        **{f"page_{name}": value for name, value in page.items()},
        "bare_ms": yardstick["ms"], "ratio": save["ms"] / yardstick["ms"], "memory": memory,
    }


def measured(root: int, crowd: Candidates, group: str, at_once: int, act: tuple[str, int]) -> dict[str, float]:
    """Server CPU of one act in milliseconds, acts a second, and the 95th percentile of waiting."""
    before = cpu.seconds(root)
    found = ask(crowd, group, at_once, act)
    spent, times = cpu.seconds(root) - before, found["acts"][act[0]]
    return {"ms": 1000 * spent / times["count"], "rate": times["count"] / found["seconds"], "p95": times["p95"]}


def ask(crowd: Candidates, group: str, at_once: int, *acts: tuple[str, int]) -> dict[str, Any]:
    found = crowd.ask(300, do="acts", group=group, acts=acts, at_once=at_once)
    if found["failed"]:
        raise RuntimeError(f"requests failed: {found['failures']}")
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
