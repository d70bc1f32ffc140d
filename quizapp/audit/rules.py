"""The hash chain, as pure functions: anybody can verify it from an export."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import Enum

START = "0" * 64

# What PostgreSQL cannot keep in a text: NUL, and halves of surrogate pairs.
_UNSTORABLE = {0: "\ufffd", **dict.fromkeys(range(0xD800, 0xE000), "\ufffd")}


def canonical(fields: Mapping[str, object]) -> str:
    """JSON with sorted keys and no spaces, so that the same facts give the same bytes."""
    return json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def chained(previous: str, fields: Mapping[str, object]) -> str:
    """SHA-256 over the hash before and the canonical fields, in hexadecimal."""
    return hashlib.sha256(f"{previous}\n{canonical(fields)}".encode()).hexdigest()


def storable(text: str, length: int | None = None) -> str:
    """The text as every database gives it back: without what cannot be stored, cut to `length` characters."""
    return text.translate(_UNSTORABLE)[:length]


def plain(value: object) -> object:
    """A value as JSON that comes back from every database exactly as it went in.

    Moments become ISO 8601 in UTC, dates ISO 8601, numbers with a fraction and everything else their text:
    databases write 1e20 and 1.10 each in their own way, and the hash must not depend on that.
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, Enum):
        return plain(value.value)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, datetime):
        return moment(value) if value.tzinfo else value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {storable(str(key)): plain(inner) for key, inner in value.items()}
    if isinstance(value, set | frozenset):
        return sorted((plain(inner) for inner in value), key=str)
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    return storable(str(value))


def moment(value: datetime) -> str:
    """An aware moment in UTC, always with six decimals."""
    return value.astimezone(UTC).isoformat(timespec="microseconds")


@dataclass(frozen=True, slots=True)
class Link:
    """One event of the chain as it is stored: its place, the two hashes, and the facts that they cover."""

    number: int
    previous: str
    digest: str
    fields: Mapping[str, object]


def first_break(links: Iterable[Link], *, number: int | None = None, digest: str | None = None) -> int | None:
    """The number of the first event that does not follow, or None when the chain holds.

    `number` and `digest` are where the chain is known to end; without them the end is not checked.
    """
    expected, previous = 1, START
    for link in links:
        if link.number != expected or link.previous != previous or link.digest != chained(previous, link.fields):
            return expected
        expected, previous = expected + 1, link.digest
    if number is not None and number != expected - 1:
        return expected
    if digest is not None and digest != previous:
        return max(1, expected - 1)
    return None


def steps(detail: Mapping[str, object], path: str = "") -> Iterator[tuple[str, str]]:
    """The detail as lines (name, value) in its own order; nested names are joined by dots."""
    for key, value in detail.items():
        name = f"{path}.{key}" if path else key
        if isinstance(value, Mapping) and value:
            yield from steps(value, name)
        elif isinstance(value, list) and all(not isinstance(inner, Mapping | list) for inner in value):
            yield name, "、".join(_word(inner) for inner in value)
        else:
            yield name, _word(value)


def _word(value: object) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)
