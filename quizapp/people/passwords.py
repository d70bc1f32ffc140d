"""Hashing passwords: how hard, and how many at a time."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from argon2.low_level import Type, hash_secret_raw
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

# 19 MiB and two passes: OWASP's second recommendation, so that a sign-in rush does not exhaust the machine
PASSES, MEMORY = 2, 19456
HASHER = PasswordHash((Argon2Hasher(time_cost=PASSES, memory_cost=MEMORY, parallelism=1),))
# verified when nobody has that login, so that the answer takes as long as for somebody who exists
NOBODY = HASHER.hash("nobody has this password")


def hashed(password: str) -> str:
    return _desk(os.getpid()).submit(HASHER.hash, password).result()


def fits(password: str, stored: str | None) -> bool:
    """Whether this is the password. None, where there is none to compare with, takes as long and fits nothing."""
    right = _desk(os.getpid()).submit(HASHER.verify, password, stored or NOBODY).result()
    return right and stored is not None


def stretched(code: str, salt: bytes) -> str:
    """A short code as it is stored: as hard to guess from the table as a password, and found by comparing."""
    return _desk(os.getpid()).submit(
        hash_secret_raw, code.encode(), salt, PASSES, MEMORY, 1, 32, Type.ID
    ).result().hex()


@cache
def _desk(_process: int) -> ThreadPoolExecutor:
    """One thread in each process does all hashing: every thread that has hashed once keeps 19 MiB, and two at
    once would only be slower. By process, since a server's workers are copies of a process that may have hashed.
    """
    return ThreadPoolExecutor(1, "hashing")
