"""The measurement of an exam, with a handful of candidates: that it runs and counts failures, not what it measures."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from tests.bench.exam import cpu, table
from tests.bench.exam.__main__ import main
from tests.bench.exam.candidate import Candidate
from tests.bench.exam.client import Connection
from tests.bench.exam.load import go_through
from tests.loops import apart

HEAD = b"HTTP/1.1 %d Whatever\r\nContent-Length: %d\r\n\r\n"


@pytest.mark.timeout(300)
@pytest.mark.postgresql
@pytest.mark.skipif(not cpu.available(), reason="CPU and memory are read from /proc, which only Linux has")
def test_every_figure_is_there_and_no_request_failed(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "figures.json"
    status = main(["--database", "postgresql", "--candidates", "5", "--seconds", "3", "--json", str(file)])
    printed, noted = capfd.readouterr()
    content = json.loads(file.read_text(encoding="utf-8"))
    assert (status, content["failures"]) == (0, []), noted
    figures = content["figures"]["PostgreSQL"]
    rows = table.ROWS + table.BESIDE
    assert {row.key for row in rows} <= set(figures)
    for row in rows:
        assert row.title in printed
    # 16 people to warm up, 2 step by step, 5 at once, 20 at a steady pace, and the yardstick's clients
    assert figures["requests"] > 16 * 18 + 2 * 68 + 5 * 7 + 20 * 4
    assert figures["failed"] == 0
    for key in ("bare_ms", "steady_rate", "barrier_s"):
        assert figures[key] > 0
    assert figures["product_mb"] > 50


def answered_with(*answers: tuple[int, bytes]) -> dict[str, object]:
    """What three people report who open the page before the start on a server that gives these answers in turn."""

    async def meet() -> dict[str, object]:
        left = list(answers)

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            while await reader.readline():
                while (await reader.readline()).strip():
                    pass
                status, body = left.pop(0) if len(left) > 1 else left[0]
                writer.write(HEAD % (status, len(body)) + body if status else b"")
                if not status:
                    break
            writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            people = [Candidate(Connection("127.0.0.1", port), 1) for _number in range(3)]
            found = await go_through(people, [("rules", 2)], 1)
            for person in people:
                person.connection.close()
            await asyncio.sleep(0.1)  # until the server has noticed
            return found

    return apart(lambda: asyncio.run(meet()))


FORM = b'<form action="/my-exams/1"><input type="hidden" name="ticket" value="t"></form>'


def test_an_error_of_the_server_is_counted_and_ends_what_that_person_does() -> None:
    found = answered_with((200, FORM), (500, b"broken"), (200, FORM))
    assert found["failed"] == 1
    assert list(found["failures"]) == ["rules: Unexpected 500 instead of 200: broken"]
    assert found["acts"]["rules"]["count"] == 5


def test_a_page_without_its_form_and_a_connection_that_breaks_are_failures() -> None:
    assert answered_with((200, b"<p>not yet</p>"))["failed"] == 3
    assert answered_with((0, b""))["failed"] == 3
