""".venv: made, filled, and left alone while it stands."""

import hashlib
import importlib.util
import json
import os
import shlex
import sys
from pathlib import Path

from devscript.debian import apt_install, on_debian_as_root
from devscript.packages import install
from devscript.running import BIN, DEV, PYTHON, ROOT, RUNTIME, STATE, VENV, WINDOWS, Stop, note, output, run


def digest(lock: str) -> str:
    files = [ROOT / lock, ROOT / "pyproject.toml"]
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()


def state() -> dict[str, str]:
    """What .venv was made from: `root`, `python` (real paths) and a digest per lock file; empty if unknown."""
    try:
        content: dict[str, str] = json.loads(STATE.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content


def stands(known: dict[str, str]) -> bool:
    """False if .venv was copied from elsewhere, or its Python was replaced: its scripts would then miss."""
    return known.get("root") == str(ROOT) and known.get("python") == os.path.realpath(PYTHON)


def settled(lock: str) -> bool:
    known = state()
    return os.access(PYTHON, os.X_OK) and stands(known) and known.get(lock) == digest(lock)


def setup(dev: bool = True) -> None:
    """Make .venv and install the locked packages and the `quizapp` command; nothing if that is done."""
    lock = DEV if dev else RUNTIME
    if settled(lock) or settled(DEV):
        return
    make_venv()
    note(f"Installing the packages of {lock} (a minute or less) … 正在安装依赖，约一分钟")
    install(lock)
    install_project()
    known = {"root": str(ROOT), "python": os.path.realpath(PYTHON)}
    kept = {name: value for name, value in state().items() if name in (RUNTIME, DEV)}
    STATE.write_text(json.dumps({**kept, **known, lock: digest(lock)}, indent=1), encoding="utf-8")


def make_venv() -> None:
    known = state()
    if output(PYTHON, "-c", "print(1)") and (not known or stands(known)):
        return
    base = getattr(sys, "_base_executable", None) or sys.executable
    command = [base, "-m", "venv", "--clear"]
    if importlib.util.find_spec("ensurepip") is None:
        # Debian keeps ensurepip in a package of its own; a pip beside this Python does as well
        if importlib.util.find_spec("pip") is not None:
            command.append("--without-pip")
        elif not (on_debian_as_root() and apt_install(venv_package())):
            raise Stop(
                f"Python's venv module is not complete. Run: sudo apt-get install -y {venv_package()}"
                " (or your system's package of that kind), then this again.",
                f"缺少 Python 的 venv 组件。请先运行 sudo apt-get install -y {venv_package()}，再重试。",
            )
    note(f"Making .venv with {base} …")
    if run(*command, VENV) or not os.access(PYTHON, os.X_OK):
        raise Stop(
            f".venv could not be made with {base}; the reason stands above.",
            "无法建立 .venv，原因见上面的信息。",
        )
    if output(PYTHON, "-c", "import setuptools; print(1)"):
        # before 3.12, Python puts one there as old as itself: nothing needs it, and its holes are known
        run(PYTHON, "-m", "pip", "uninstall", "--yes", "--quiet", "setuptools")


def venv_package() -> str:
    return f"python3.{sys.version_info.minor}-venv"


def install_project() -> None:
    """Put this folder on the path of .venv, and the command `quizapp` beside its Python.

    A path file and a two-line script need no build tool and no network, and follow every edit.
    """
    site = output(PYTHON, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))")
    # before 3.13, Python reads path files in the encoding of the locale
    encoding = "utf-8" if sys.version_info >= (3, 13) else "locale"
    (Path(site) / "quizapp.pth").write_text(f"{ROOT}\n", encoding=encoding)
    if WINDOWS:
        (BIN / "quizapp.cmd").write_text('@"%~dp0python.exe" -P -m quizapp %*\n', encoding="ascii")
        return
    script = BIN / "quizapp"
    script.write_text(f'#!/bin/sh\nexec {shlex.quote(str(PYTHON))} -P -m quizapp "$@"\n', encoding="utf-8")
    script.chmod(0o755)
