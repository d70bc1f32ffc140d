"""What goes wrong, and in which order: the same seed gives the same plan."""

from __future__ import annotations

import asyncio
import random
import signal
import sqlite3
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

import psutil

from quizapp.sittings.service import giving, holding
from tests.faults.processes import kill_at_once, signal_all
from tests.faults.proxy import Mode, Proxy
from tests.faults.world import GRACE, MINUTES, World

BOTH = ("sqlite", "postgresql")
FULL_AT_MOST = 15.0  # seconds


@dataclass(frozen=True, slots=True)
class Planned:
    """`after`: seconds of undisturbed load before it; `lasts`: seconds; `pick`: 0 to 1, chooses among several."""

    name: str
    after: float
    lasts: float
    pick: float


Act = Callable[[World, Planned], Awaitable[None]]
FAULTS: dict[str, tuple[Act, tuple[str, ...]]] = {}


def fault(*databases: str) -> Callable[[Act], Act]:
    def register(act: Act) -> Act:
        FAULTS[act.__name__] = (act, databases or BOTH)
        return act

    return register


def plan(database: str, count: int, seed: int) -> list[Planned]:
    """Each fault once before any comes again, every round in another order."""
    chance = random.Random(f"{seed}/{database}/faults")  # noqa: S311 - must be repeatable
    names = sorted(name for name, (_act, databases) in FAULTS.items() if database in databases)
    found: list[Planned] = []
    while len(found) < count:
        chance.shuffle(names)
        found += [Planned(name, chance.uniform(0.1, 0.6), chance.uniform(0.2, 1.4), chance.random()) for name in names]
    return found[:count]


async def strike(world: World, planned: Planned) -> None:
    act, _databases = FAULTS[planned.name]
    await act(world, planned)


# ---------------------------------------------------------------- the server


@fault()
async def kill_a_worker(world: World, planned: Planned) -> None:
    kill_at_once(_chosen(world.workers(), planned))


@fault()
async def kill_all_workers(world: World, planned: Planned) -> None:
    kill_at_once(world.workers())


@fault()
async def kill_the_server(world: World, planned: Planned) -> None:
    """The workers, whoever watches over them, and the worker for jobs."""
    assert world.server is not None
    world.server.stop()


@fault()
async def freeze_a_worker(world: World, planned: Planned) -> None:
    await _freeze(_chosen(world.workers(), planned), planned)


@fault()
async def freeze_all_workers(world: World, planned: Planned) -> None:
    await _freeze(world.workers(), planned)


# ---------------------------------------------------------------- the network


@fault()
async def drop_responses(world: World, planned: Planned) -> None:
    await _line(world.to_server, Mode.DROP, planned)


@fault()
async def hold_the_network(world: World, planned: Planned) -> None:
    """Nothing moves; what was under way arrives late, or its line is cut."""
    await _line(world.to_server, Mode.HOLD, planned)


@fault()
async def refuse_connections(world: World, planned: Planned) -> None:
    await _line(world.to_server, Mode.REFUSE, planned)


# ---------------------------------------------------------------- the database


@fault("postgresql")
async def kill_the_database(world: World, planned: Planned) -> None:
    assert world.postgres is not None
    world.postgres.stop()


@fault("postgresql")
async def kill_a_backend(world: World, planned: Planned) -> None:
    """PostgreSQL then ends every other one as well and recovers by itself."""
    assert world.postgres is not None
    kill_at_once(_chosen(world.postgres.backends(), planned))


@fault("postgresql")
async def freeze_the_database(world: World, planned: Planned) -> None:
    assert world.postgres is not None
    await _freeze(world.postgres.processes(), planned)


@fault("postgresql")
async def cut_the_database_off(world: World, planned: Planned) -> None:
    await _line(world.to_database, Mode.REFUSE, planned)


@fault("postgresql")
async def hold_the_database(world: World, planned: Planned) -> None:
    await _line(world.to_database, Mode.HOLD, planned)


@fault("postgresql")
async def drop_what_the_database_says(world: World, planned: Planned) -> None:
    """What it was told to do is done, and the server does not learn of it."""
    await _line(world.to_database, Mode.DROP, planned)


@fault("sqlite")
async def lock_the_database(world: World, planned: Planned) -> None:
    """Another program holds the file: everything waits."""
    with closing(sqlite3.connect(world.sqlite_file, timeout=20, isolation_level=None)) as other:
        other.execute("begin immediate")
        await asyncio.sleep(planned.lasts)
        other.execute("rollback")


@fault()
async def fill_the_disk(world: World, planned: Planned) -> None:
    """Until somebody has met it."""
    said, deadline = world.said_full(), time.monotonic() + FULL_AT_MOST
    world.fill_disk()
    try:
        await asyncio.sleep(planned.lasts)
        while world.said_full() == said and time.monotonic() < deadline:
            await asyncio.sleep(0.2)
    finally:
        world.disk.free(world.writers)


# ---------------------------------------------------------------- time


@fault()
async def clock_past_the_deadline(world: World, planned: Planned) -> None:
    """Everything that is open has run out of time at once."""
    world.move_clock(60 * MINUTES * (1.2 + planned.pick / 2))


@fault()
async def clock_forward(world: World, planned: Planned) -> None:
    world.move_clock(60 * planned.pick)


@fault()
async def clock_back(world: World, planned: Planned) -> None:
    world.move_clock(-240 * planned.pick)


# ---------------------------------------------------------------- whoever holds the exam


@fault()
async def pause_the_sitting(world: World, planned: Planned) -> None:
    await asyncio.to_thread(world.invigilate, lambda session, exam, now: holding.pause(session, exam, now=now))
    await asyncio.sleep(GRACE + planned.lasts)
    await asyncio.to_thread(world.invigilate, lambda session, exam, now: holding.resume(session, exam, now=now))


@fault()
async def give_a_minute_to_all(world: World, planned: Planned) -> None:
    await asyncio.to_thread(world.invigilate, lambda session, exam, now: giving.extend_all(
        session, exam, 1, "a run of faults", by=None, now=now, agreed=True))


# ---------------------------------------------------------------- parts


def _chosen(processes: list[psutil.Process], planned: Planned) -> list[psutil.Process]:
    return [processes[int(planned.pick * len(processes))]] if processes else []


async def _freeze(processes: list[psutil.Process], planned: Planned) -> None:
    with _stopped(processes):
        await asyncio.sleep(planned.lasts)


@contextmanager
def _stopped(processes: list[psutil.Process]) -> Iterator[None]:
    signal_all(processes, signal.SIGSTOP)
    try:
        yield
    finally:
        signal_all(processes, signal.SIGCONT)


async def _line(line: Proxy, mode: Mode, planned: Planned) -> None:
    line.set(mode)
    try:
        await asyncio.sleep(planned.lasts)
    finally:
        if mode is Mode.HOLD and planned.pick < 0.5:
            line.cut()
        line.set(Mode.PASS)
