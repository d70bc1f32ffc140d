"""The hash chain, as pure functions: anybody can verify it from an export."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping

START = "0" * 64


def canonical(fields: Mapping[str, object]) -> str:
    """JSON with sorted keys and no spaces, so that the same facts give the same bytes."""
    return json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def chained(previous: str, fields: Mapping[str, object]) -> str:
    """SHA-256 over the hash before and the canonical fields, in hexadecimal."""
    return hashlib.sha256(f"{previous}\n{canonical(fields)}".encode()).hexdigest()


def first_break(events: Iterable[tuple[int, str, str, Mapping[str, object]]]) -> int | None:
    """The number of the first event (number, previous, hash, fields) that does not follow, or None."""
    expected_number, expected_previous = 1, START
    for number, previous, digest, fields in events:
        if number != expected_number or previous != expected_previous or digest != chained(previous, fields):
            return expected_number
        expected_number, expected_previous = number + 1, digest
    return None
