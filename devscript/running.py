"""Where things are, and how a command is run."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
WINDOWS = os.name == "nt"
BIN = VENV / ("Scripts" if WINDOWS else "bin")
PYTHON = BIN / ("python.exe" if WINDOWS else "python")
STATE = VENV / "quizapp-setup.json"
RUNTIME, DEV = "requirements.txt", "requirements-dev.txt"


class Stop(Exception):
    """Something is missing that this script may not or cannot put right; says what to do, in two languages."""

    def __init__(self, english: str, chinese: str) -> None:
        super().__init__(f"{english}\n{chinese}")


def note(text: str) -> None:
    """Progress goes to standard error: standard output belongs to the tools."""
    print(text, file=sys.stderr, flush=True)


def run(*command: object, env: dict[str, str] | None = None, quiet: bool = False) -> int:
    """Run in the repository root; the exit status. With `quiet`, what it prints is shown only if it fails."""
    words = [str(word) for word in command]
    if not quiet:
        return subprocess.run(words, cwd=ROOT, env=env, check=False).returncode
    done = subprocess.run(
        words, cwd=ROOT, env=env, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    if done.returncode:
        sys.stdout.write(done.stdout.decode("utf-8", "replace"))
        sys.stdout.flush()
    return done.returncode


def output(*command: object) -> str:
    """What a command prints; empty if it fails or does not exist."""
    try:
        done = subprocess.run(
            [str(word) for word in command], cwd=ROOT, check=False, capture_output=True, timeout=60
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.decode("utf-8", "replace").strip() if done.returncode == 0 else ""
