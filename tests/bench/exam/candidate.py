"""A candidate: every act is one method, and each checks that the server did what it should."""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

from tests.bench.exam.client import Answer, Connection

HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')
DATA = re.compile(r'<script type="application/json" id="exam-data">(.*?)</script>', re.S)
QUESTION = re.compile(r'<section class="question" id="q(\d+)" data-number="\d+" data-kind="(\w+)"')
BROWSER = {
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
    "Accept-Language": "zh-CN,zh;q=0.9,en;q=0.8",
}
PAGE = BROWSER | {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
FORM = PAGE | {"Content-Type": "application/x-www-form-urlencoded"}
JSON = BROWSER | {"Accept": "application/json", "Content-Type": "application/json"}


class Unexpected(Exception):
    """The server answered, but not as it should."""


@dataclass
class Candidate:
    """`login` and `password` for those who sign in, `cookie` for those who are signed in already."""

    connection: Connection
    exam_id: int
    login: str = ""
    password: str = ""
    cookie: str = ""
    client_id: str = ""
    attempt: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    paper: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    kinds: dict[int, tuple[str, int]] = field(default_factory=dict)
    seqs: dict[int, int] = field(default_factory=dict)
    changes: int = 0

    async def sign_in(self) -> None:
        """The page, then login and password."""
        page = await self._get("/sign-in")
        form = dict(HIDDEN.findall(page.text)) | {"login": self.login, "password": self.password}
        await self._post_form("/sign-in", form)

    async def rules(self) -> None:
        """The page before the start, with what its form carries."""
        page = await self._get(f"/my-exams/{self.exam_id}")
        _before, _action, rest = page.text.partition(f'action="/my-exams/{self.exam_id}"')
        if not rest:
            raise Unexpected("the page before the start has no form")
        own = rest.partition("</form>")[0]
        self.fields = {name: html.unescape(value) for name, value in HIDDEN.findall(own)} | {"understood": "y"}

    async def start(self) -> None:
        self.attempt = await self._post_form(f"/my-exams/{self.exam_id}", self.fields)
        if not self.attempt.startswith("/my/attempts/"):
            raise Unexpected(f"starting led to {self.attempt}")

    async def page(self) -> None:
        self.paper = (await self._get(self.attempt)).text
        if 'id="exam-data"' not in self.paper:
            raise Unexpected("the exam page carries no data")

    async def claim(self) -> None:
        """Say which tab this is; the page is read only now, so that reading it delays nobody's first page."""
        self._read_paper()
        answer = await self._post("claim", {})
        self.data["epoch"] = answer["epoch"]

    async def save(self) -> None:
        """One change of one question, the next in turn."""
        number = self.changes % len(self.kinds) + 1
        await self._save([self._change(number)])

    async def save_all(self) -> None:
        """A change of every question, in one batch."""
        await self._save([self._change(number) for number in self.kinds])

    async def submit(self) -> None:
        answer = await self._post("submit", {"manifest": {str(number): seq for number, seq in self.seqs.items()}})
        if not answer["receipt"]:
            raise Unexpected("no receipt")

    async def receipt(self) -> None:
        await self._get(f"{self.attempt}/receipt")

    async def result(self) -> None:
        await self._get(f"{self.attempt}/result")

    # ------------------------------------------------------------ in detail

    def _read_paper(self) -> None:
        if not self.paper:
            return
        found = DATA.search(self.paper)
        assert found is not None
        self.data = json.loads(found.group(1))
        starts = [(match.start(), int(match.group(1)), match.group(2)) for match in QUESTION.finditer(self.paper)]
        ends = [start for start, _number, _kind in starts[1:]] + [len(self.paper)]
        self.kinds = {number: (kind, self.paper.count(f'name="a{number}"', start, end))
                      for (start, number, kind), end in zip(starts, ends, strict=True)}
        self.paper = ""

    def _change(self, number: int) -> dict[str, Any]:
        self.changes += 1
        kind, fields = self.kinds[number]
        turn = self.changes // len(self.kinds)
        response = {"single": [str(turn % max(fields, 1) + 1)], "multiple": ["1", str(turn % max(fields - 1, 1) + 2)],
                    "true_false": ["true" if turn % 2 else "false"]}.get(kind, ["三十日"] * fields)
        return {"q": number, "seq": self.changes, "response": response, "flagged": False, "seen": True}

    async def _save(self, saves: list[dict[str, Any]]) -> None:
        answer = await self._post("save", {"epoch": self.data["epoch"], "saves": saves})
        stored = {ack["q"]: ack["seq"] for ack in answer["acks"]}
        sent = {save["q"]: save["seq"] for save in saves}
        if stored != sent:
            raise Unexpected(f"sent {sent}, acknowledged {stored}, rejected {answer['rejected']}")
        self.seqs |= sent

    async def _post(self, name: str, payload: dict[str, Any]) -> dict[str, Any]:
        body = {"ticket": self.data.get("ticket", ""), "client_id": self.client_id, **payload}
        headers = JSON | {"Cookie": self.cookie, "X-CSRFToken": self.fields.get("csrf_token", "")}
        path = self.data["urls"][name]
        answer = await self.connection.request("POST", path, headers, json.dumps(body, ensure_ascii=False).encode())
        found: dict[str, Any] = json.loads(self._checked(answer, 200).body)
        return found

    async def _get(self, path: str) -> Answer:
        return self._checked(await self.connection.request("GET", path, PAGE | {"Cookie": self.cookie}), 200)

    async def _post_form(self, path: str, fields: dict[str, str]) -> str:
        """Where a form leads."""
        headers = FORM | {"Cookie": self.cookie}
        answer = await self.connection.request("POST", path, headers, urlencode(fields).encode())
        return urlsplit(self._checked(answer, 303).header("location")).path

    def _checked(self, answer: Answer, status: int) -> Answer:
        if answer.status != status:
            raise Unexpected(f"{answer.status} instead of {status}: {answer.text[-300:]}")
        for cookie in answer.headers("set-cookie"):
            self.cookie = cookie.partition(";")[0]
        return answer


@dataclass
class BareClient:
    """Somebody who saves on the bare route: the same answers, and nothing around them."""

    connection: Connection
    candidate_id: int
    client_id: str
    changes: int = 0

    async def save(self) -> None:
        self.changes += 1
        change = {"q": self.changes % 50 + 1, "seq": self.changes, "response": [str(self.changes % 4 + 1)],
                  "flagged": False, "seen": True}
        body = {"candidate_id": self.candidate_id, "client_id": self.client_id, "epoch": 1, "saves": [change]}
        answer = await self.connection.request("POST", "/answers", JSON, json.dumps(body, ensure_ascii=False).encode())
        if answer.status != 200 or json.loads(answer.body)["seq"] != change["seq"]:
            raise Unexpected(f"{answer.status}: {answer.text[-300:]}")
