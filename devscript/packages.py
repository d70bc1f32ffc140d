"""Packages from the locks, every file of them checked by its hash."""

import os
import re
import sys
import tempfile
from pathlib import Path

from devscript.running import DEV, PYTHON, ROOT, Stop, output, run


def install(lock: str) -> None:
    """Install a lock file, every file checked by its hash: by uv if it can be had, else by pip."""
    wanted = ("install", "--quiet", "--require-hashes", "--no-deps", "-r", ROOT / lock)
    if has_uv() and run(*uv("pip"), wanted[0], "--python", PYTHON, *wanted[1:], env=uv_env(), quiet=True) == 0:
        return
    if run(*pip(), *wanted, quiet=True):
        raise Stop(
            "The packages could not be installed; the reason stands above. Without a network, point pip to a"
            " mirror or a folder of wheels (PIP_INDEX_URL, PIP_FIND_LINKS) and run this again.",
            "依赖安装失败，原因见上面的信息。不能联网时，请为 pip 设置镜像或离线包目录后重试。",
        )


def pip() -> list[str]:
    own = output(PYTHON, "-c", "import pip; print(1)")
    host = [sys.executable, "-m", "pip", "--python", str(PYTHON)]
    command = [str(PYTHON), "-m", "pip"] if own else host
    return [*command, "--disable-pip-version-check"]


def uv(*words: str) -> list[str]:
    return [str(PYTHON), "-m", "uv", *words]


def has_uv() -> bool:
    """True if uv is in .venv, after an attempt to put it there at the locked version."""
    if output(*uv("--version")):
        return True
    return install_alone("uv")


def install_alone(*packages: str) -> bool:
    """Install these packages of the lock for development and no other; true if that worked."""
    lock = (ROOT / DEV).read_text(encoding="utf-8")
    pinned = [re.search(rf"^{name}==(?:.*\\\n)*.*\n", lock, re.M) for name in packages]
    with tempfile.TemporaryDirectory() as folder:
        alone = Path(folder) / "alone.txt"
        alone.write_text("".join(found.group() for found in pinned if found), encoding="utf-8")
        install = ("install", "--quiet", "--require-hashes", "--no-deps", "-r", alone)
        return all(pinned) and run(*pip(), *install, quiet=True) == 0


def uv_env() -> dict[str, str]:
    """uv does not read pip's settings: hand on the mirror and the certificates that this machine gave pip."""
    env = dict(os.environ)
    settings = output(*pip(), "config", "list")
    for name, variable in (("index-url", "UV_DEFAULT_INDEX"), ("cert", "SSL_CERT_FILE")):
        found = re.search(rf"^[\w:]+\.{name}='([^']+)'", settings, re.M)
        if found:
            env.setdefault(variable, found.group(1))
    return env
