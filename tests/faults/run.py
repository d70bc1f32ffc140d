"""A run: load from many candidates, one fault after another, and the verdict on what was promised."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy.exc import DBAPIError

from quizapp.attempts import service, tasks
from quizapp.db import db
from quizapp.kernel.errors import NotFoundError
from tests.faults.candidate import Candidate, Desk
from tests.faults.checker import Verdict, check
from tests.faults.faults import Planned, strike
from tests.faults.history import History, Outcome, Read
from tests.faults.outbox import Outbox
from tests.faults.processes import PATIENCE, Stuck
from tests.faults.reading import answers_of, head_of_chain, record
from tests.faults.record import Record
from tests.faults.tab import Line
from tests.faults.world import KINDS, Build, World

BETWEEN = 3  # acknowledged saves between two faults: without them the next one would strike nothing
A_FAULT = 20.0  # seconds that each may take with its recovery, on average, before the whole run is given up


@dataclass(frozen=True)
class Wanted:
    """`faults`: the plan; `seed` also decides what the candidates do, as far as their order is not the network's."""

    build: Build
    faults: Sequence[Planned]
    seed: int = 1
    outbox: type[Outbox] = Outbox
    changes: tuple[int, int] = (15, 50)
    say: Callable[[str], None] = lambda _line: None


@dataclass
class Report:
    """`struck`: how often each fault came; `felt`: operations that got no answer through it; `full`: how
    often somebody said that the disk is full; `unanswered`: operations of the whole run whose outcome nobody knows."""

    wanted: Wanted
    verdict: Verdict
    struck: Counter[str]
    felt: Counter[str]
    full: int
    unanswered: int
    seconds: float


def run(wanted: Wanted) -> Report:
    began = time.monotonic()
    with World(wanted.build) as world:
        running = Run(world, wanted)
        asyncio.run(running.all())
        if world.server is not None:
            world.server.stop()
        world.heal_database()
        full = world.said_full()
        verdict = check(running.history, running.final())
    unanswered = sum(op.outcome is Outcome.INFO for op in running.history.operations())
    return Report(wanted, verdict, running.struck, running.felt, full, unanswered, time.monotonic() - began)


@dataclass
class Run:
    world: World
    wanted: Wanted
    struck: Counter[str] = field(default_factory=Counter)
    felt: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.history = History(self.world.clock)
        self.stopping = asyncio.Event()
        # looking may hang with the database; striking must not wait for it
        self.eyes = ThreadPoolExecutor(8, "eyes")
        self.hands = ThreadPoolExecutor(1, "hands")

    async def all(self) -> None:
        """Bounded in any case; whatever one candidate stumbles over ends the run."""
        async with asyncio.timeout(120 + A_FAULT * len(self.wanted.faults)), AsyncExitStack() as ends:
            ends.callback(self.eyes.shutdown)
            ends.callback(self.hands.shutdown)
            for line in (self.world.to_server, self.world.to_database):
                await line.open()
                ends.push_async_callback(line.close)
            await self._by_hand(self.world.start_server)
            async with asyncio.TaskGroup() as everybody:
                for candidate in await self._candidates():
                    everybody.create_task(candidate.sit())
                everybody.create_task(self._watch())
                everybody.create_task(self._strike_all())

    async def _candidates(self) -> list[Candidate]:
        desk = Desk(self.world.exam, KINDS, self.stopping, self._sign_in, self._look, self.wanted.changes,
                    outbox=self.wanted.outbox)
        return [
            Candidate(person, Line(self.world.to_server.port, await self._sign_in(person), self.history), desk,
                      random.Random(f"{self.wanted.seed}/candidate {place}"))  # noqa: S311 - must be repeatable
            for place, person in enumerate(self.world.people)
        ]

    # ------------------------------------------------------------ striking

    async def _strike_all(self) -> None:
        try:
            await self._progress("the load begins")
            for number, planned in enumerate(self.wanted.faults, 1):
                await asyncio.sleep(planned.after)
                before = self.history.waiting
                await strike(self.world, planned)
                await self._by_hand(self.world.heal)
                self.struck[planned.name] += 1
                await self._progress(planned.name)
                self.felt[planned.name] += max(0, self.history.waiting - before)
                self.wanted.say(f"{number:4}  {planned.name:28} acknowledged {self.history.acknowledged()}")
        finally:
            self.stopping.set()

    async def _progress(self, since: str) -> None:
        """Until saves are acknowledged again, whatever else ends meanwhile. Raises Stuck where they are not."""
        least, deadline = self.history.answered + BETWEEN * len(self.world.people), time.monotonic() + PATIENCE
        while self.history.answered < least:
            await self._by_hand(self.world.keep_up)
            if time.monotonic() > deadline:
                raise Stuck(f"no save was acknowledged in {PATIENCE:.0f} s after {since}; {self.world.last_words()}")
            await asyncio.sleep(0.02)

    # ------------------------------------------------------------ looking

    async def _watch(self) -> None:
        """The head of the audit chain, again and again."""
        while not self.stopping.is_set():
            await self._see(lambda: self.history.heads.append(head_of_chain(db.session())))
            await asyncio.sleep(0.5)

    async def _look(self, candidate: int, attempt: str) -> None:
        read = self.history.begin(Read(process="the database", attempt=attempt))

        def look() -> None:
            read.found, read.over = answers_of(db.session(), candidate, attempt)

        if await self._see(look):
            self.history.end(read, Outcome.OK)

    async def _see(self, act: Callable[[], None]) -> bool:
        """Do it in the application; False where the database does not answer, or does not know."""

        def guarded() -> bool:
            # around the context as well: a session that ends says goodbye to a database that may have gone meanwhile
            try:
                with self.world.app.app_context():
                    act()
            except (DBAPIError, NotFoundError):
                return False
            return True

        return await asyncio.get_running_loop().run_in_executor(self.eyes, guarded)

    async def _sign_in(self, person: int) -> str:
        while True:
            try:
                return await asyncio.get_running_loop().run_in_executor(self.eyes, self.world.sign_in, person)
            except DBAPIError:
                await asyncio.sleep(0.1)

    async def _by_hand(self, act: Callable[[], None]) -> None:
        await asyncio.get_running_loop().run_in_executor(self.hands, act)

    # ------------------------------------------------------------ the end

    def final(self) -> Record:
        """What the database holds once the sweepers, several at once, have settled what is open."""
        now = datetime.fromtimestamp(self.world.clock() + 86_400, UTC)

        def sweep() -> None:
            with self.world.app.app_context(), db.transaction() as session:
                service.finish_overdue(session, now=now)

        with ThreadPoolExecutor(4, "sweepers") as sweepers:
            for done in [sweepers.submit(sweep) for _sweeper in range(4)]:
                done.result()
        with self.world.app.app_context():
            tasks.seal_receipts()
            return record(db.session(), self.world.instance)
