"""Merkle trees as RFC 9162 (section 2.1) draws them: one hash over many entries, and short proofs for each."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

LEAF, NODE = b"\x00", b"\x01"  # so that no entry can pass itself off as a node


def leaf_hash(entry: bytes) -> bytes:
    return hashlib.sha256(LEAF + entry).digest()


def root(entries: Sequence[bytes]) -> bytes:
    """The hash over all entries in their order."""
    return _root([leaf_hash(entry) for entry in entries])


def path(entries: Sequence[bytes], index: int) -> list[bytes]:
    """The hashes with which the entry at `index` (from 0) leads to the root, from the bottom up."""
    if not 0 <= index < len(entries):
        raise IndexError(f"no entry {index} among {len(entries)}")
    return _path([leaf_hash(entry) for entry in entries], index)


def leads_to(entry: bytes, index: int, size: int, proof: Sequence[bytes], wanted: bytes) -> bool:
    """Whether the entry stands at `index` of the `size` entries with this root (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    place, last, found = index, size - 1, leaf_hash(entry)
    for other in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = _node(other, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = _node(found, other)
        place, last = place >> 1, last >> 1
    return last == 0 and found == wanted


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(NODE + left + right).digest()


def _root(hashes: Sequence[bytes]) -> bytes:
    if not hashes:
        return hashlib.sha256().digest()
    if len(hashes) == 1:
        return hashes[0]
    half = _half(len(hashes))
    return _node(_root(hashes[:half]), _root(hashes[half:]))


def _path(hashes: Sequence[bytes], index: int) -> list[bytes]:
    if len(hashes) == 1:
        return []
    half = _half(len(hashes))
    if index < half:
        return [*_path(hashes[:half], index), _root(hashes[half:])]
    return [*_path(hashes[half:], index - half), _root(hashes[:half])]


def _half(size: int) -> int:
    """The largest power of two below `size`, which is at least 2."""
    return 1 << (size - 1).bit_length() - 1
