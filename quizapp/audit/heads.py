"""The end of the chain, kept outside the database: whoever cuts the chain off there cannot cut it off here.

`audit-heads.jsonl` in the instance folder is only ever appended to, one signed line whenever the chain has grown.
It is worth most where a copy of it lies on another machine.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from quizapp.audit.queries import Head
from quizapp.audit.rules import canonical, moment
from quizapp.audit.signing import Seal, verifies

NAME = "audit-heads.jsonl"
TAIL = 4096  # bytes; a line has about 300


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the file (`place` from 1): what it says, or why it cannot be believed."""

    place: int
    number: int = 0
    digest: str = ""
    problem: str = ""


def signed(head: Head, at: datetime, seal: Seal) -> dict[str, Any]:
    """A head as it is handed to others: number, hash, moment, the key and its signature on the rest."""
    facts = {"number": head.number, "hash": head.digest, "at": moment(at)}
    return facts | {"key": seal.public_key, "signature": seal.sign(_text(facts))}


def is_signed(entry: dict[str, Any]) -> bool:
    facts = {name: entry.get(name) for name in ("number", "hash", "at")}
    return verifies(str(entry.get("key")), _text(facts), str(entry.get("signature")))


def _text(facts: dict[str, Any]) -> str:
    """With a word in front: a signature on a head must never pass for one on something else."""
    return "quizapp audit head\n" + canonical(facts)


def keep(folder: Path, head: Head, at: datetime, seal: Seal) -> bool:
    """Append the head unless the last line says the same; whether it was appended. Any number may do it at once."""
    file = folder / NAME
    before = _end(file)
    if head.number == 0 or _last(before) == head:
        return False
    # half a line, left by a machine that went down: ours begins on its own
    line = ("" if not before or before.endswith("\n") else "\n") + canonical(signed(head, at, seal)) + "\n"
    descriptor = os.open(file, os.O_APPEND | os.O_CREAT | os.O_WRONLY, 0o600)
    try:
        os.write(descriptor, line.encode())  # at once, so that two lines never mix
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    return True


def last(folder: Path) -> Head | None:
    """What the file says last, None where it says nothing."""
    return _last(_end(folder / NAME))


def _end(file: Path) -> str:
    if not file.exists():
        return ""
    with file.open("rb") as opened:
        opened.seek(0, os.SEEK_END)
        opened.seek(max(0, opened.tell() - TAIL))
        return opened.read().decode(errors="replace")


def _last(end: str) -> Head | None:
    for line in reversed(end.splitlines()):
        entry = _parsed(line)
        if entry:
            return Head(entry["number"], entry["hash"])
    return None


def read(folder: Path, public_key: str) -> Iterator[Line]:
    """Every line of the file, believed only where this installation's key has signed it."""
    file = folder / NAME
    if not file.exists():
        return
    with file.open(encoding="utf-8", errors="replace") as lines:
        for place, text in enumerate(lines, 1):
            entry = _parsed(text)
            if entry is None:
                yield Line(place, problem="读不出来")
            elif entry.get("key") != public_key:
                yield Line(place, problem="是用另一把密钥签的")
            elif not is_signed(entry):
                yield Line(place, problem="签名不对，内容被改过")
            else:
                yield Line(place, entry["number"], entry["hash"])


def _parsed(text: str) -> dict[str, Any] | None:
    try:
        entry = json.loads(text)
    except ValueError:
        return None
    whole = isinstance(entry, dict) and isinstance(entry.get("number"), int) and isinstance(entry.get("hash"), str)
    return entry if whole else None
