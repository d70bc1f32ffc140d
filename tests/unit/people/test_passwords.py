"""Hashing: right and wrong passwords, one at a time, and still alive in the copies of a process."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from quizapp.people.passwords import NOBODY, fits, hashed

RIGHT = "一句容易记住的话 2026"


def test_a_password_fits_its_own_hash_and_no_other() -> None:
    stored = hashed(RIGHT)
    assert fits(RIGHT, stored)
    assert not fits(RIGHT + "。", stored)
    assert hashed(RIGHT) != stored


def test_nobody_has_a_password_that_fits() -> None:
    assert not fits(RIGHT, None)
    assert not fits("nobody has this password", None)
    assert fits("nobody has this password", NOBODY)


def test_many_who_sign_in_together_are_hashed_by_one_thread() -> None:
    stored = hashed(RIGHT)
    with ThreadPoolExecutor(6) as crowd:
        assert all(crowd.map(lambda _n: fits(RIGHT, stored), range(12)))
    assert sum(thread.name.startswith("hashing") for thread in threading.enumerate()) == 1


FORKED = """
import os, sys, warnings
warnings.simplefilter("ignore")
from quizapp.people.passwords import fits, hashed
stored = hashed("a password")
child = os.fork()
if child == 0:
    os._exit(0 if fits("a password", stored) else 1)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not copy processes")
def test_a_worker_copied_from_a_process_that_has_hashed_can_hash() -> None:
    subprocess.run([sys.executable, "-c", FORKED], check=True, timeout=60)
