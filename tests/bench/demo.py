"""From an installed product to a demo that can be clicked."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from tests.bench.figures import Figure

ROOT = Path(__file__).resolve().parent.parent.parent
PORT = 8917


def measure() -> list[Figure]:
    """Starts `quizapp demo` on an empty instance and waits for the sign-in page, two minutes at most."""
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", "quizapp", "demo", "--port", str(PORT)], cwd=ROOT,
            env={**os.environ, "QUIZAPP_INSTANCE": folder}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        try:
            while not _answers() and time.perf_counter() - start < 120:
                time.sleep(0.1)
            return [Figure("demo ready to click after the install", time.perf_counter() - start, 30, "s")]
        finally:
            process.terminate()
            process.wait(20)


def _answers() -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/sign-in", timeout=2) as answer:
            return answer.status == 200
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False
