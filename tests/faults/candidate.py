"""A candidate at a browser: begins, answers, reloads, changes tabs, sends things twice, hands in, begins again."""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar
from urllib.parse import urlencode

from tests.faults.history import Outcome, Start
from tests.faults.http import Unanswered
from tests.faults.outbox import Entry, Outbox
from tests.faults.tab import Line, Odd, Tab, data_on, ticket_on

FIRST_WAIT, LONGEST_WAIT = 0.05, 0.8
ATTEMPT_AT = "/my/attempts/"
ADDRESS = re.compile(rf"{ATTEMPT_AT}[0-9a-f-]{{36}}")
STANDS_STILL = "<title>考试暂停"
Found = TypeVar("Found")


@dataclass(frozen=True)
class Desk:
    """What all candidates of a run share. `kinds`: the type of each question in the order shown; `changes`: how
    many acts they take on one attempt, at least and at most; `outbox`: what a browser keeps its changes in."""

    exam: int
    kinds: Sequence[str]
    stopping: asyncio.Event
    sign_in: Callable[[int], Awaitable[str]]
    look: Callable[[int, str], Awaitable[None]]
    changes: tuple[int, int] = (15, 50)
    think: float = 0.08
    outbox: type[Outbox] = Outbox


@dataclass
class Candidate:
    person: int
    line: Line
    desk: Desk
    chance: random.Random
    tabs: int = 0
    sent: list[Entry] = field(default_factory=list)

    async def sit(self) -> None:
        """One attempt after another until the run stops. What is under way at the end stays open."""
        while not self.desk.stopping.is_set():
            tab = await self._enter()
            if tab is None:
                return
            await self._work(tab)

    # ------------------------------------------------------------ beginning

    async def _enter(self) -> Tab | None:
        address = await self._until_answered(self._begin)
        if address is None:
            return None
        tab = await self._until_answered(lambda: self._open(address, self._name(), None))
        self.sent = []
        return tab

    async def _begin(self) -> str:
        """Start, or find what is open; the path of the attempt. Two clicks are one start."""
        path = f"/my-exams/{self.desk.exam}"
        page = await self.line.ask("GET", path)
        ticket = ticket_on(page.text)
        if not ticket and (under_way := ADDRESS.search(page.text)):
            return under_way.group()
        form = urlencode({"ticket": ticket, "understood": "y"}).encode()
        clicks = 2 if self.chance.random() < 0.3 else 1
        begun = await asyncio.gather(*(self._click(path, form) for _click in range(clicks)), return_exceptions=True)
        for found in begun:
            if isinstance(found, BaseException) and not isinstance(found, Unanswered):
                raise found
        for found in begun:
            if isinstance(found, str):
                return found
        raise Unanswered("no start was answered")

    async def _click(self, path: str, form: bytes) -> str:
        history = self.line.history
        start = history.begin(Start(process=f"c{self.person}", attempt="", candidate=self.person, exam=self.desk.exam))
        answer = await self.line.ask("POST", path, form, "application/x-www-form-urlencoded")
        address = answer.headers.get("location", "")
        if answer.status == 409:  # time of the last attempt is up, its grace not yet
            history.end(start, Outcome.FAIL)
            raise Unanswered("not yet")
        if answer.status != 303 or ATTEMPT_AT not in address:
            raise Odd(f"a start gave {answer.status} {address}: {answer.text[:300]}")
        start.attempt = address.partition(ATTEMPT_AT)[2]
        history.end(start, Outcome.OK)
        return ATTEMPT_AT + start.attempt

    async def _open(self, address: str, name: str, outbox: Outbox | None) -> Tab:
        """The exam page in a tab of this name, with what an earlier page kept on the device."""
        attempt = address.partition(ATTEMPT_AT)[2]
        page = await self.line.ask("GET", address)
        if page.status in (302, 303, 404):  # handed in or run out meanwhile; or lost, which the checker sees
            return Tab(self.line, attempt, name, "", outbox or self.desk.outbox(), over="closed")
        if STANDS_STILL in page.text:
            raise Unanswered("the sitting stands still")
        data = data_on(page.text)
        tab = Tab(self.line, attempt, name, data["ticket"], outbox or self.desk.outbox())
        if not await tab.claim() and tab.taken:
            tab.name = self._name()  # so that what a tab sent before and what it sends now are told apart
            await tab.claim("take-over")
        return tab

    def _name(self) -> str:
        self.tabs += 1
        return f"tab-c{self.person:04}-{self.tabs:05}"

    # ------------------------------------------------------------ working

    async def _work(self, tab: Tab) -> None:
        acts = list(self._acts())
        weights = [weight for _act, weight in acts]
        for _turn in range(self.chance.randint(*self.desk.changes)):
            if tab.over or self.desk.stopping.is_set():
                break
            [(act, _weight)] = self.chance.choices(acts, weights)
            tab = await self._patiently(tab, self._reload if tab.taken else act)
            await asyncio.sleep(self.chance.random() * self.desk.think)
        if not self.desk.stopping.is_set() and not tab.over:
            await self._hand_in(tab)

    def _acts(self) -> Sequence[tuple[Callable[[Tab], Awaitable[Tab]], int]]:
        return ((self._edit, 60), (self._burst, 8), (self._twice, 8), (self._stale, 8), (self._overlapping, 6),
                (self._ask, 3), (self._reload, 5), (self._another_tab, 4), (self._wrong, 2))

    async def _patiently(self, tab: Tab, act: Callable[[Tab], Awaitable[Tab]]) -> Tab:
        """Do it once; what the server did not answer waits in the outbox for the next time, as in a browser."""
        try:
            return await act(tab)
        except Unanswered as problem:
            await self._after(problem)
            return tab

    async def _edit(self, tab: Tab) -> Tab:
        self.sent.append(self._change(tab))
        await tab.flush()
        return tab

    async def _burst(self, tab: Tab) -> Tab:
        """Changes made without a network, sent together."""
        for _change in range(self.chance.randint(5, 40)):
            self.sent.append(self._change(tab))
        await tab.flush()
        return tab

    async def _twice(self, tab: Tab) -> Tab:
        """The same request twice at the same moment."""
        self.sent.append(self._change(tab))
        batch = tab.outbox.batch()
        await _all(tab.send(batch), tab.send(batch))
        return tab

    async def _stale(self, tab: Tab) -> Tab:
        """Something from before comes again, when newer changes have long been saved."""
        if self.sent:
            again = self.chance.choice(self.sent)
            known = tab.memory.get(again.question)
            if known is not None and again.seq <= known.seq:
                await tab.send([again])
        return tab

    async def _overlapping(self, tab: Tab) -> Tab:
        """Two changes of one question under way at once, in whatever order they arrive."""
        first = self._change(tab)
        second = tab.change(first.question, self._response(first.question, first.seq + 1))
        self.sent += [first, second]
        await _all(tab.send([second]), tab.send([first]))
        return tab

    async def _ask(self, tab: Tab) -> Tab:
        await tab.send([])
        return tab

    async def _reload(self, tab: Tab) -> Tab:
        """The page is gone and opened again: only the outbox on the device is left."""
        return await self._open(tab.path, tab.name, tab.outbox)

    async def _another_tab(self, tab: Tab) -> Tab:
        """A second tab takes over; the first, which does not know yet, sends once more and is refused."""
        second = await self._open(tab.path, self._name(), tab.outbox)
        late = tab.change(1, self._response(1, tab.outbox.last + 1))
        del tab.outbox.entries[1]
        if await tab.send([late]) and not second.over:
            raise Odd("a tab that was taken over could still save")
        return second

    async def _wrong(self, tab: Tab) -> Tab:
        """Sequences and numbers that no browser sends."""
        good: dict[str, object] = {"q": 1, "seq": 1, "response": ["x"], "flagged": False, "seen": True}
        wrong: dict[str, object] = self.chance.choice([{"seq": 0}, {"seq": -5}, {"seq": 2**31}, {"seq": 1.5}, {"seq": "7"}, {"seq": None},
                                    {"q": 0}, {"q": len(self.desk.kinds) + 1}, {"q": "1"}, {"response": {"a": 1}}])
        await tab.send_wrongly(good | wrong)
        return tab

    def _change(self, tab: Tab) -> Entry:
        question = self.chance.randint(1, len(self.desk.kinds))
        return tab.change(question, self._response(question, tab.outbox.last + 1), self.chance.random() < 0.1)

    def _response(self, question: int, mark: int) -> tuple[str, ...]:
        """An answer of the right shape; texts are all different, so that none can stand for another."""
        match self.desk.kinds[question - 1]:
            case "fill":
                return (f"{self.person}.{question}.{mark}", f"{self.chance.random():.6f}")
            case "single":
                return (str(self.chance.randint(1, 4)),)
            case "multiple":
                return tuple(str(place) for place in sorted(self.chance.sample(range(1, 5), self.chance.randint(2, 4))))
            case _:
                return (self.chance.choice(["true", "false"]),)

    # ------------------------------------------------------------ handing in

    async def _hand_in(self, tab: Tab) -> None:
        """Until there is a receipt. An impatient candidate hands in before everything is saved."""
        impatient = self.chance.random() < 0.3
        missed = 0
        while not tab.over and not tab.taken and missed < 5:
            if self.desk.stopping.is_set():
                return
            try:
                if not impatient:
                    await tab.flush()
                impatient = False
                missing = await tab.submit() if not tab.over else None
                missed += bool(missing)
                for question in missing or ():
                    tab.outbox.entries[question] = tab.memory[question]
            except Unanswered as problem:
                await self._after(problem)
        await self._afterwards(tab)

    async def _afterwards(self, tab: Tab) -> None:
        """What comes after the receipt changes nothing; asking again gives the same one."""
        if tab.over != "submitted":
            return
        try:
            if self.chance.random() < 0.4:
                await tab.submit()
            await self.desk.look(self.person, tab.attempt)
            if self.chance.random() < 0.4:
                tab.over = ""
                await tab.send([self._change(tab)])
        except Unanswered as problem:
            await self._after(problem)

    # ------------------------------------------------------------ patience

    async def _until_answered(self, act: Callable[[], Awaitable[Found]]) -> Found | None:
        wait = FIRST_WAIT
        while not self.desk.stopping.is_set():
            try:
                return await act()
            except Unanswered as problem:
                await self._after(problem, wait)
                wait = min(LONGEST_WAIT, wait * 2)
        return None

    async def _after(self, problem: Unanswered, longest: float = 0.2) -> None:
        if str(problem).endswith("401"):
            self.line.cookie = await self.desk.sign_in(self.person)
        await asyncio.sleep(self.chance.random() * longest)


async def _all(*acts: Awaitable[object]) -> None:
    """Wait for every one, then speak of the first that failed."""
    for found in await asyncio.gather(*acts, return_exceptions=True):
        if isinstance(found, BaseException):
            raise found
