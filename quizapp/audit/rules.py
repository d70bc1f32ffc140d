"""The hash chain, as pure functions: anybody can verify it from an export."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import Enum

START = "0" * 64
ALLOWED, REFUSED = "allowed", "refused"

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
class Start:
    """Where a chain begins: after the event `number`, whose hash is `digest`. Events before it that were kept are
    `kept` in number, and `kept_digest` is what `digest_of` says of them."""

    number: int = 0
    digest: str = START
    kept: int = 0
    kept_digest: str = ""


def digest_of(kept: Iterable[tuple[int, str]]) -> str:
    """SHA-256 over numbers and hashes, one a line, in their order."""
    found = hashlib.sha256()
    for number, digest in kept:
        found.update(f"{number} {digest}\n".encode())
    return found.hexdigest()


@dataclass(frozen=True, slots=True)
class Link:
    """One event of the chain as it is stored: its place, the two hashes, and the facts that they cover."""

    number: int
    previous: str
    digest: str
    fields: Mapping[str, object]


def first_break(
    links: Iterable[Link], *, number: int | None = None, digest: str | None = None, start: Start | None = None
) -> int | None:
    """The number of the first event that does not follow, or None when the chain holds.

    `number` and `digest` are where the chain is known to end; without them the end is not checked. `start`: where a
    signed cut says that it begins; events before it are held to what the cut says of those that were kept.
    """
    start = start or Start()
    expected, previous = start.number + 1, start.digest
    kept: list[tuple[int, str]] = []
    for link in links:
        if link.number <= start.number and expected == start.number + 1:
            if link.digest != chained(link.previous, link.fields):
                return link.number
            kept.append((link.number, link.digest))
            continue
        if link.number != expected or link.previous != previous or link.digest != chained(previous, link.fields):
            return expected
        expected, previous = expected + 1, link.digest
    if start.number and (len(kept), digest_of(kept)) != (start.kept, start.kept_digest):
        return kept[0][0] if kept else start.number
    if number is not None and number != expected - 1:
        return expected
    if digest is not None and digest != previous:
        return max(1, expected - 1)
    return None


def differences(detail: Mapping[str, object]) -> tuple[list[tuple[str, str, str]], list[tuple[str, str]]]:
    """The detail as a reader compares it: (name, before, after) wherever it holds both, and everything else as
    `steps`. "" stands for nothing on that side."""
    changed: list[tuple[str, str, str]] = []
    rest = _apart(detail, "", changed)
    return changed, list(steps(rest))


def _apart(detail: Mapping[str, object], path: str, changed: list[tuple[str, str, str]]) -> dict[str, object]:
    """Takes pairs of before and after into `changed`; what is left."""
    for first, second in PAIRS:
        if first in detail and second in detail:
            changed += _pairs(path, detail[first], detail[second])
            detail = {key: value for key, value in detail.items() if key not in (first, second)}
    left: dict[str, object] = {}
    for key, value in detail.items():
        name = f"{path}.{key}" if path else key
        if isinstance(value, Mapping) and value:
            inner = _apart(value, name, changed)
            if inner:
                left[key] = inner
        else:
            left[key] = value
    return left


PAIRS = (("before", "after"), ("from", "to"))


def _pairs(path: str, before: object, after: object) -> Iterator[tuple[str, str, str]]:
    if isinstance(before, Mapping) or isinstance(after, Mapping):
        old = dict(steps(before)) if isinstance(before, Mapping) else {"": _word(before)}
        new = dict(steps(after)) if isinstance(after, Mapping) else {"": _word(after)}
        for name in dict.fromkeys([*old, *new]):
            whole = ".".join(part for part in (path, name) if part)
            yield whole, old.get(name, ""), new.get(name, "")
    else:
        old_text, new_text = (dict(steps({"": value}))[""] for value in (before, after))
        yield path, old_text, new_text


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
