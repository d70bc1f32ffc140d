"""The candidates, as a process of their own: orders come in as lines of JSON, what happened goes out the same way.

`python -m tests.bench.exam.load ROLL` with the file that `prepare` wrote.

    {"do": "acts", "group": "rush", "acts": [["start", 1], ["page", 1]], "at_once": 0}   each goes through the acts
    {"do": "steady", "group": "steady", "every": 20, "seconds": 60, "warm_up": 10}       saves at a steady pace
"""

from __future__ import annotations

import asyncio
import gc
import json
import random
import sys
import uuid
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

from quizapp.ops.serving import allow_many_connections
from tests.bench.exam.candidate import BareClient, Candidate, Unexpected
from tests.bench.exam.client import BrokenAnswer, Connection

LIMIT = 60  # seconds for one act
FAILURES = (Unexpected, BrokenAnswer, OSError, TimeoutError, LookupError, ValueError)


class Record:
    """What happened in one order: seconds by act, failures by act and reason."""

    def __init__(self) -> None:
        self.times: dict[str, list[float]] = defaultdict(list)
        self.failures: Counter[str] = Counter()

    async def act(self, who: Candidate | BareClient, name: str, since: float | None = None) -> bool:
        """Do it and note how long it took, counted from `since` where the act was due earlier than now."""
        clock = asyncio.get_running_loop().time
        began = clock() if since is None else since
        try:
            async with asyncio.timeout(LIMIT):
                await getattr(who, name)()
        except FAILURES as error:
            self.failures[f"{name}: {type(error).__name__} {error}"[:400]] += 1
            who.connection.close()  # an answer that is late would be taken for the next one's
            return False
        self.times[name].append(clock() - began)
        return True

    def summary(self, seconds: float) -> dict[str, Any]:
        return {
            "seconds": seconds, "failed": self.failures.total(), "failures": dict(self.failures.most_common(5)),
            "acts": {name: spread(times) for name, times in self.times.items()},
        }


def spread(times: list[float]) -> dict[str, float]:
    """How many, and the milliseconds that half, 95 %, 99 % and all of them stayed below."""
    ordered = sorted(times)
    at = {f"p{share}": ordered[min(len(ordered) - 1, len(ordered) * share // 100)] * 1000 for share in (50, 95, 99)}
    return {"count": len(ordered), **at, "max": ordered[-1] * 1000}


async def go_through(group: list[Any], acts: list[tuple[str, int]], at_once: int) -> dict[str, Any]:
    """Everybody does the acts one after another, `at_once` people at a time, 0 for all at the same moment."""
    record, gate = Record(), asyncio.Semaphore(at_once or len(group))
    clock = asyncio.get_running_loop().time

    async def one(who: Any) -> None:
        async with gate:
            for name, times in acts:
                for _time in range(times):
                    if not await record.act(who, name):
                        return  # nothing that follows could succeed

    began = clock()
    await asyncio.gather(*map(one, group))
    return record.summary(clock() - began)


async def keep_saving(group: list[Any], every: float, seconds: float, warm_up: float) -> dict[str, Any]:
    """Each saves every so many seconds, at moments spread evenly. An answer that is late delays no other, and is
    timed from the moment it was due."""
    warming, record = Record(), Record()
    clock = asyncio.get_running_loop().time
    began = clock() + 0.5
    chance = random.Random(7)  # noqa: S311 - spreads moments

    async def one(who: Any, offset: float) -> None:
        due = began + offset
        while due < began + warm_up + seconds:
            await asyncio.sleep(max(0.0, due - clock()))
            await (record if due >= began + warm_up else warming).act(who, "save", since=due)
            due += every

    await asyncio.gather(*(one(who, chance.random() * every) for who in group))
    record.failures.update(warming.failures)
    return record.summary(seconds)


def make_groups(roll: dict[str, Any]) -> dict[str, list[Any]]:
    host, port = roll["product"]
    groups: dict[str, list[Any]] = {}
    for name, people in roll["groups"].items():
        groups[name] = [
            Candidate(Connection(host, port), roll["exam_id"], who["login"], roll["password"], who["cookie"],
                      f"tab-{uuid.uuid4().hex[:24]}") for who in people
        ]
    if "bare" in roll:
        host, port = roll["bare"]
        groups["bare"] = [BareClient(Connection(host, port), 1000 + n, f"tab-{uuid.uuid4().hex[:24]}")
                          for n in range(len(groups["whole"]))]
    return groups


async def obey(groups: dict[str, list[Any]]) -> None:
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        order = json.loads(line)
        group = groups[order["group"]]
        gc.collect()
        if order["do"] == "acts":
            found = await go_through(group, [(name, times) for name, times in order["acts"]], order["at_once"])
        else:
            found = await keep_saving(group, order["every"], order["seconds"], order["warm_up"])
        print(json.dumps(found, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    allow_many_connections()
    asyncio.run(obey(make_groups(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))))
