#!/usr/bin/env python3
"""Sets up, runs and tests quizapp: one command each, on Linux, macOS and Windows, without make.

python3 dev.py demo  [--port 8000] [--no-serve] [--reset]   the product with a made-up agency
python3 dev.py test  [pytest options]                       everything that has to pass
python3 dev.py check [--fast]                               reads and scans the code, then the quick tests; --fast without
python3 dev.py bench [options]                              measures speed and memory
python3 dev.py bench-exam [--quick]                         the same of an exam under load, on the real server
python3 dev.py faults [--faults 200] [--seed 1]             kills, cuts and fills what it can: nothing may be lost
python3 dev.py fuzz [--examples 20] [--seed 1]              hostile input for every form and every JSON endpoint
python3 dev.py looks [pytest options]                      every page in both themes, at both widths, in both languages
python3 dev.py setup [--runtime] [--ldap]                   .venv alone, without the test tools by --runtime
python3 dev.py lock  [--upgrade]                            makes requirements*.txt again from pyproject.toml

Each may be run again at any time: what is done already is not done twice.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

OLDEST = (3, 11)


def _with_newer_python() -> None:
    """Run this script again by a newer Python of this machine, or say what is missing."""
    for minor in range(14, OLDEST[1] - 1, -1):
        found = shutil.which(f"python3.{minor}")
        # the name alone may be a shim for a version that is not installed
        if found and os.name == "posix" and subprocess.call([found, "-c", ""]) == 0:
            os.execv(found, [found, *sys.argv])  # noqa: S606 - this very script, no shell
    have = ".".join(map(str, sys.version_info[:3]))
    sys.exit(
        f"quizapp needs Python 3.11 or newer; this is {have} ({sys.executable}). Install a newer one and run"
        f" this again with it.\n需要 Python 3.11 或更新的版本，现在运行的是 {have}。请安装后再运行。"
    )


# Before the first annotation and the first import of ours: an older Python can read this file, but not evaluate
# what follows, and may not even be able to read the modules of devscript.
if sys.version_info < OLDEST:
    _with_newer_python()

HERE = str(Path(__file__).resolve().parent)
if HERE not in sys.path:  # Python was told not to look beside its script
    sys.path.insert(0, HERE)

from devscript import commands  # noqa: E402 - an older Python has left by now
from devscript.running import Stop, note  # noqa: E402 - the same


def help_command(words: list[str]) -> int:
    print(str(__doc__).strip())
    return 0


COMMANDS = {
    "setup": commands.setup,
    "demo": commands.demo,
    "test": commands.test,
    "check": commands.check,
    "bench": commands.bench,
    "bench-exam": commands.bench_exam,
    "faults": commands.faults,
    "fuzz": commands.fuzz,
    "looks": commands.looks,
    "lock": commands.lock,
    "help": help_command,
}


def main(words: list[str]) -> int:
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    name = {"-h": "help", "--help": "help"}.get(words[0], words[0]) if words else "help"
    if name not in COMMANDS:
        note(f"There is no command {name}; there are: {', '.join(COMMANDS)}.")
        return 2
    try:
        return COMMANDS[name](words[1:])
    except Stop as stop:
        note(str(stop))
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
