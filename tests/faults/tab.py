"""One browser tab on one attempt: speaks the save protocol and writes down what was asked and answered."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.faults.history import History, Outcome, Read, Save, Submit, value_of
from tests.faults.http import Answer, Unanswered, ask
from tests.faults.outbox import Entry, HastyOutbox, Outbox

DATA = re.compile(r'<script[^>]*id="exam-data"[^>]*>(.*?)</script>', re.DOTALL)
TICKET = re.compile(r'<input[^>]*name="ticket"[^>]*value="([^"]*)"')
MAY_PASS = frozenset({401, 408, 425, 429})  # ask again: it says nothing about the answers


class Odd(Exception):
    """The server answered what the protocol does not know: a fault of the product or of this harness."""


@dataclass
class Line:
    """How a candidate reaches the server. `cookie` changes when they sign in again."""

    port: int
    cookie: str
    history: History

    async def ask(self, method: str, path: str, body: bytes = b"", kind: str = "") -> Answer:
        """Raises Unanswered also where the server says that it cannot answer now."""
        headers = {"Cookie": self.cookie, "Accept": "application/json" if kind.endswith("json") else "text/html"}
        if kind:
            headers["Content-Type"] = kind
        answer = await ask(self.port, method, path, headers=headers, body=body)
        if answer.status >= 500 or answer.status in MAY_PASS:
            raise Unanswered(f"{method} {path}: {answer.status}")
        if "/sign-in" in answer.headers.get("location", ""):
            raise Unanswered(f"{method} {path}: 401")
        return answer

    async def post(self, path: str, payload: Mapping[str, object]) -> Answer:
        return await self.ask("POST", path, json.dumps(payload).encode(), "application/json")


def ticket_on(page: str) -> str:
    found = TICKET.search(page)
    return html.unescape(found.group(1)) if found else ""


def data_on(page: str) -> dict[str, Any]:
    """What the exam page hands its script. Raises Odd where there is none."""
    found = DATA.search(page)
    if found is None:
        raise Odd(f"a page without exam data: {page[:200]!r}")
    data: dict[str, Any] = json.loads(found.group(1))
    return data


@dataclass
class Tab:
    """`memory`: the newest state of every question that this page knows. `over`: why nothing more counts;
    `taken`: another tab writes now."""

    line: Line
    attempt: str
    name: str
    ticket: str
    outbox: Outbox
    epoch: int = 1
    memory: dict[int, Entry] = field(default_factory=dict)
    over: str = ""
    taken: bool = False

    @property
    def path(self) -> str:
        return f"/my/attempts/{self.attempt}"

    # ------------------------------------------------------------ whose turn it is

    async def claim(self, act: str = "claim") -> bool:
        """Become the tab that writes, by `claim` or by `take-over`; False where another one does or it is over."""
        read = self.line.history.begin(Read(process=self.name, attempt=self.attempt))
        answer = await self.line.post(f"{self.path}/{act}", {"ticket": self.ticket, "client_id": self.name})
        if answer.status == 409:
            self.line.history.end(read, Outcome.FAIL)
            self._refused(answer.json())
            return False
        body = self._known(answer, 200)
        kept = {int(number): found for number, found in body["answers"].items()}
        read.found = {q: (found["seq"], value_of(found["response"], found["flagged"], found["seen"]))
                      for q, found in kept.items()}
        self.line.history.end(read, Outcome.OK)
        self.epoch, self.taken = body["epoch"], False
        self._merge(kept)
        return True

    def _merge(self, kept: Mapping[int, Mapping[str, Any]]) -> None:
        """The greater sequence wins, wherever it comes from."""
        for q, found in kept.items():
            self.outbox.learn(found["seq"])
            if (gone := self.outbox.acknowledge(q, found["seq"])) and gone.seq == found["seq"]:
                self._shown(q, gone.seq)
            self.memory[q] = Entry(q, found["seq"], tuple(found["response"]), found["flagged"])
        self.memory |= self.outbox.entries

    # ------------------------------------------------------------ saving

    def change(self, question: int, response: tuple[str, ...], flagged: bool = False) -> Entry:
        entry = self.memory[question] = self.outbox.put(question, response, flagged)
        return entry

    async def flush(self) -> None:
        """Send what waits until nothing is left or the server refuses. Raises Unanswered."""
        while self.outbox.entries and not self.over and not self.taken:
            if not await self.send(self.outbox.batch()):
                return

    async def send(self, entries: Sequence[Entry]) -> bool:
        """One request; whether it was accepted. Without entries it only asks how things stand."""
        if isinstance(self.outbox, HastyOutbox):
            for entry in entries:
                self._shown(entry.question, entry.seq)
        saves = [self._begin(entry) for entry in entries]
        answer = await self.line.post(f"{self.path}/answers", self._payload([e.as_json() for e in entries]))
        if answer.status == 409:
            for save in saves:
                self.line.history.end(save, Outcome.FAIL)
            self._refused(answer.json())
            return False
        self._acknowledged(self._known(answer, 200), saves)
        return True

    def _begin(self, entry: Entry) -> Save:
        value = value_of(list(entry.response), entry.flagged, True)
        return self.line.history.begin(Save(process=self.name, attempt=self.attempt, question=entry.question,
                                            seq=entry.seq, value=value))

    def _acknowledged(self, body: Mapping[str, Any], saves: Sequence[Save]) -> None:
        if body["rejected"]:
            raise Odd(f"a good answer was rejected: {body['rejected']}")
        held: dict[int, int] = {}
        for ack in body["acks"]:
            held[ack["q"]] = max(ack["seq"], held.get(ack["q"], 0))
        for save in saves:
            if save.question not in held:
                raise Odd(f"question {save.question} was accepted without an acknowledgement")
            save.held = held[save.question]
            self.line.history.end(save, Outcome.OK)
        for q, seq in held.items():
            self.outbox.learn(seq)
            if (gone := self.outbox.acknowledge(q, seq)) and gone.seq == seq:
                self._shown(q, seq)

    def _payload(self, saves: Sequence[object]) -> dict[str, object]:
        return {"ticket": self.ticket, "client_id": self.name, "epoch": self.epoch, "saves": saves}

    async def send_wrongly(self, save: Mapping[str, object]) -> None:
        """A save that no browser sends: the server must refuse it and stay as it is."""
        answer = await self.line.post(f"{self.path}/answers", self._payload([save]))
        if answer.status == 200 and answer.json()["acks"]:
            raise Odd(f"the server accepted {save}")
        self._still_there(answer)
        if answer.status not in (200, 409, 422):
            raise Odd(f"{answer.status} for a wrong save: {answer.text[:200]}")

    # ------------------------------------------------------------ handing in

    async def submit(self) -> list[int] | None:
        """Hand in: None once there is a receipt or it is over, else the questions that the server lacks."""
        manifest = {q: entry.seq for q, entry in self.memory.items()}
        submit = self.line.history.begin(Submit(process=self.name, attempt=self.attempt, manifest=manifest))
        answer = await self.line.post(f"{self.path}/submit", {
            "ticket": self.ticket, "client_id": self.name, "manifest": {str(q): seq for q, seq in manifest.items()},
        })
        if answer.status == 409:
            self.line.history.end(submit, Outcome.FAIL)
            body = answer.json()
            if body.get("reason") == "missing":
                return [int(q) for q in body["missing"]]
            self._refused(body)
            return None
        submit.receipt = self._known(answer, 200)["receipt"]
        self.line.history.end(submit, Outcome.OK)
        self.over = "submitted"
        return None

    # ------------------------------------------------------------ answers of the server

    def _refused(self, body: Mapping[str, Any]) -> None:
        match body.get("reason"):
            case "late" | "closed":
                self.over = body["reason"]
                self.outbox.entries.clear()  # the server has them as evidence, and the page says so
            case "taken":
                self.taken = True
            case "paused":
                raise Unanswered("the sitting stands still")
            case reason:
                raise Odd(f"refused for {reason!r}: {body}")

    def _shown(self, question: int, seq: int) -> None:
        self.line.history.shown(self.name, self.attempt, question, seq)

    def _still_there(self, answer: Answer) -> None:
        """A missing attempt is written down as a read that shows nothing: whether something was there, the checker knows."""
        if answer.status == 404:
            gone = self.line.history.begin(Read(process=self.name, attempt=self.attempt))
            self.line.history.end(gone, Outcome.OK)
            self.over = "gone"
            raise Unanswered("there is no such attempt")

    def _known(self, answer: Answer, status: int) -> dict[str, Any]:
        self._still_there(answer)
        if answer.status != status:
            raise Odd(f"{answer.status} instead of {status}: {answer.text[:200]}")
        return answer.json()
