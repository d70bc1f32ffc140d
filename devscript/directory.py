"""A directory (LDAP) for the tests."""

import os
import shutil
import subprocess

from devscript.debian import apt_install, on_debian_as_root
from devscript.running import note


def find_slapd() -> str | None:
    """The path of OpenLDAP's server, or None: the PATH, the usual places, which are often not on it."""
    places = (shutil.which("slapd"), "/usr/sbin/slapd", "/usr/libexec/slapd", "/usr/lib/openldap/slapd")
    return next((place for place in places if place and os.access(place, os.X_OK)), None)


def need_slapd() -> None:
    """The tests of signing in by a directory start a real one. Without it they are skipped, and say so."""
    if not find_slapd() and on_debian_as_root():
        # installed without a configuration, so that no directory of this machine begins to listen
        answer = "slapd slapd/no_configuration boolean true"
        subprocess.run(["debconf-set-selections"], input=answer, text=True, check=False)
        apt_install("slapd")
    if not find_slapd():
        note(
            "No slapd (OpenLDAP) was found: the tests of signing in by a directory are skipped. Debian: sudo apt-get"
            " install -y slapd.\n没有找到 slapd（OpenLDAP），目录登录的测试会跳过。请安装 slapd。"
        )
