"""Hashing passwords: how hard, and how many at a time."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

# 19 MiB and two passes: OWASP's second recommendation, so that a sign-in rush does not exhaust the machine
HASHER = PasswordHash((Argon2Hasher(time_cost=2, memory_cost=19456, parallelism=1),))
# verified when nobody has that login, so that the answer takes as long as for somebody who exists
NOBODY = HASHER.hash("nobody has this password")


def hashed(password: str) -> str:
    return _desk(os.getpid()).submit(HASHER.hash, password).result()


def fits(password: str, stored: str | None) -> bool:
    """Whether this is the password. None, where there is none to compare with, takes as long and fits nothing."""
    right = _desk(os.getpid()).submit(HASHER.verify, password, stored or NOBODY).result()
    return right and stored is not None


@cache
def _desk(_process: int) -> ThreadPoolExecutor:
    """One thread in each process does all hashing: every thread that has hashed once keeps 19 MiB, and two at
    once would only be slower. By process, since a server's workers are copies of a process that may have hashed.
    """
    return ThreadPoolExecutor(1, "hashing")
