"""Packages of Debian, where this machine is one and may be changed."""

import os
import re
import shutil
from pathlib import Path

from devscript.running import note, run


def on_debian_as_root() -> bool:
    release = Path("/etc/os-release")
    # Ubuntu's chromium is a pointer to a snap, which a container cannot open
    debian = release.exists() and re.search(r"^ID=\"?debian", release.read_text(encoding="utf-8"), re.M)
    return bool(debian) and os.geteuid() == 0 and shutil.which("apt-get") is not None


def apt_install(*packages: str) -> bool:
    """Install Debian packages; true if that worked."""
    note(f"Installing {' '.join(packages)} (apt-get) …")
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
    # stale package lists may still serve when the network does not
    run("apt-get", "update", "-qq", env=env, quiet=True)
    return run(*install, env=env, quiet=True) == 0
